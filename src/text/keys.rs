//! The coarse alphabet. In: folded text. Out: key classes, in which everything that people swap is one letter, and hashes of class sequences.
//! Keeps: a word and its usual disguises have the same key; a key does not depend on where words are cut. Must not know: which words matter.

/// Zero bytes kept after the classes of a text, so that sixteen bytes can be read at any place in it.
pub const PADDING: usize = 16;

/// The class of each ASCII byte of folded text; zero: no part of a word. Bytes of longer UTF-8 sequences are classes of their own.
pub const CLASS: [u8; 256] = class_table();

#[allow(clippy::indexing_slicing, reason = "runs when compiled")]
const fn class_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'l' | b'1' => b'i',
            b'0' => b'o',
            b'2' => b'z',
            b'3' => b'e',
            b'4' => b'a',
            b'5' => b's',
            b'6' | b'8' => b'b',
            b'7' => b't',
            b'9' => b'g',
            c @ (b'a'..=b'z' | 0x80..=0xFF) => c,
            _ => 0,
        };
        b += 1;
    }
    table
}

/// Builds the hash of a class sequence that comes in pieces; where the pieces are cut makes no difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyHasher {
    state: u64,
    /// The classes behind the last full block.
    block: u128,
    len: u32,
}

/// Masks that keep the first n classes of a block.
#[allow(clippy::indexing_slicing, reason = "runs when compiled")]
pub(crate) const KEEP: [u128; 16] = {
    let mut masks = [0; 16];
    let mut n = 1;
    while n < 16 {
        masks[n] = (1 << (8 * n)) - 1;
        n += 1;
    }
    masks
};

const M1: u64 = 0x9E37_79B9_7F4A_7C15;
const M2: u64 = 0xD6E8_FEB8_6659_FD93;

const fn fold_multiply(a: u64, b: u64) -> u64 {
    let wide = (a as u128) * (b as u128);
    (wide as u64) ^ ((wide >> 64) as u64)
}

impl KeyHasher {
    /// A hasher that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: 0, block: 0, len: 0 }
    }

    /// How many classes stand in the block.
    const fn filled(&self) -> u32 {
        self.len % 16
    }

    /// Appends up to sixteen classes, first class in the lowest byte of `packed`; bytes from `len` on must be zero.
    #[inline(always)]
    pub const fn push_packed(&mut self, packed: u128, len: u32) {
        let filled = self.filled();
        self.block |= packed << (8 * filled);
        if filled + len >= 16 {
            // The block is full; what of `packed` is over begins the next.
            self.state = Self::mix(self.state, self.block);
            self.block = if filled > 0 { packed >> (8 * (16 - filled)) } else { 0 };
        }
        self.len += len;
    }

    /// Appends classes.
    #[inline]
    pub fn push(&mut self, classes: &[u8]) {
        for part in classes.chunks(16) {
            self.push_packed(packed(part), part.len() as u32);
        }
    }

    /// Appends `len` classes that start at `at` in a class array with [`PADDING`]; what lies outside the array is not appended.
    #[inline(always)]
    pub fn push_at(&mut self, class: &[u8], at: usize, len: usize) {
        let filled = self.filled() as usize;
        // Read so far ahead of them that they fall into their places in the block.
        if let (Some(&keep), Some(&before)) = (KEEP.get(filled + len), KEEP.get(filled))
            && let Some(bytes) = class.get(at.wrapping_sub(filled)..).and_then(<[u8]>::first_chunk)
        {
            self.block |= u128::from_le_bytes(*bytes) & keep & !before;
            self.len += len as u32;
        } else {
            self.push(class.get(at..(at + len).min(class.len())).unwrap_or_default());
        }
    }

    /// A hasher that has seen the first `len` (fewer than sixteen) of sixteen classes: the start of nearly every word, without a loop.
    #[inline]
    #[must_use]
    #[allow(clippy::indexing_slicing, reason = "four bits index sixteen masks")]
    pub const fn of_word(classes: [u8; 16], len: usize) -> Self {
        let block = u128::from_le_bytes(classes) & KEEP[len & 15];
        Self { state: 0, block, len: len as u32 & 15 }
    }

    /// A hasher that has seen fewer than sixteen classes, packed as [`Self::push_packed`] has them.
    #[inline]
    #[must_use]
    pub const fn of_packed(packed: u128, len: u32) -> Self {
        Self { state: 0, block: packed, len }
    }

    /// The hash of what was appended so far.
    #[inline]
    #[must_use]
    pub const fn finish(&self) -> u64 {
        Self::mix(self.state ^ M2.wrapping_mul(self.len as u64), self.block)
    }

    /// Number of classes appended so far.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// Whether nothing was appended yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    const fn mix(state: u64, block: u128) -> u64 {
        fold_multiply((block as u64) ^ state ^ M1, ((block >> 64) as u64) ^ state.rotate_left(32) ^ M2)
    }
}

/// Up to sixteen bytes as one number, the first lowest.
#[inline]
pub(crate) fn packed(part: &[u8]) -> u128 {
    // Two pieces that meet, or lie over each other where they are the same.
    if let (Some(first), Some(last)) = (part.first_chunk(), part.last_chunk()) {
        u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << (8 * (part.len() - 8).min(8))
    } else if let (Some(first), Some(last)) = (part.first_chunk(), part.last_chunk()) {
        u128::from(u32::from_le_bytes(*first)) | u128::from(u32::from_le_bytes(*last)) << (8 * (part.len() - 4))
    } else {
        part.iter().rev().fold(0, |packed, &b| packed << 8 | u128::from(b))
    }
}

/// The hash of one whole class sequence.
///
/// ```
/// use sidestep::text::keys::{hash, KeyHasher};
/// let mut parts = KeyHasher::new();
/// parts.push(b"pii");
/// parts.push(b"press");
/// assert_eq!(parts.finish(), hash(b"piipress"));
/// ```
#[must_use]
pub fn hash(classes: &[u8]) -> u64 {
    if classes.len() < PADDING {
        return KeyHasher::of_packed(packed(classes), classes.len() as u32).finish();
    }
    let mut hasher = KeyHasher::new();
    hasher.push(classes);
    hasher.finish()
}

/// The hash of classes that stand at a place in an array with [`PADDING`] after them.
#[must_use]
#[inline]
pub(crate) fn hash_at(padded: &[u8], at: usize, len: usize) -> u64 {
    match padded.get(at..).and_then(<[u8]>::first_chunk) {
        Some(classes) if len < PADDING => KeyHasher::of_word(*classes, len).finish(),
        _ => hash_long_at(padded, at, len),
    }
}

fn hash_long_at(padded: &[u8], at: usize, len: usize) -> u64 {
    let mut hasher = KeyHasher::new();
    let (mut at, mut left) = (at, len);
    while left > 0 {
        let part = left.min(PADDING);
        hasher.push_at(padded, at, part);
        at += part;
        left -= part;
    }
    hasher.finish()
}

/// Appends to `out` the text with every look-alike read as the Latin letter that it looks like, whatever its word is: for printed keys, and as a
/// second reading of words in other scripts. Linear; give the original text where there is a choice, for a capital may look like another letter
/// than its small one (`Ν`, `ν`).
///
/// ```
/// let mut skeleton = String::new();
/// sidestep::text::keys::skeleton("ТЕСТ", &mut skeleton);
/// assert_eq!(skeleton, "tect");
/// ```
pub fn skeleton(text: &str, out: &mut String) {
    super::fold::skeleton(text, out);
}

/// The Cyrillic letter that a Latin letter may stand for in a Cyrillic word.
///
/// ```
/// assert_eq!(sidestep::text::keys::cyrillic_look_alike('p'), Some('р'));
/// ```
#[must_use]
pub fn cyrillic_look_alike(latin: char) -> Option<char> {
    super::chars::cyrillic_for(latin)
}

/// The Cyrillic letter that a character is, in lower case, or that a Latin one may stand for; `None` for all others.
///
/// ```
/// use sidestep::text::keys::as_cyrillic;
/// assert_eq!((as_cyrillic('Ж'), as_cyrillic('p'), as_cyrillic('w')), (Some('ж'), Some('р'), None));
/// ```
#[must_use]
pub fn as_cyrillic(c: char) -> Option<char> {
    if super::chars::record(c).is_cyrillic() { c.to_lowercase().next() } else { super::chars::cyrillic_for(c) }
}

/// What a letter looks like when it is turned upside down, if that is a letter too: `n` for `u`, `o` for `o`; `None` for those that look like none.
///
/// ```
/// use sidestep::text::keys::turned;
/// assert_eq!((turned('u'), turned('o'), turned('k')), (Some('n'), Some('o'), None));
/// ```
#[must_use]
pub fn turned(letter: char) -> Option<char> {
    match letter {
        'o' | 's' | 'x' | 'z' | 'l' | 'i' => Some(letter),
        _ => u8::try_from(letter).ok().map(super::chars::turned).map(char::from).filter(|t| *t != letter),
    }
}

/// The ASCII letter or digit that a character of another script looks like; `None` for ASCII and for what looks like none or like several.
///
/// ```
/// assert_eq!(sidestep::text::keys::look_alike('г'), Some(b'r'));
/// assert_eq!(sidestep::text::keys::look_alike('中'), None);
/// ```
#[must_use]
pub fn look_alike(c: char) -> Option<u8> {
    match super::chars::record(c).look()?.as_bytes() {
        [letter @ (b'a'..=b'z' | b'0'..=b'9')] if !c.is_ascii() => Some(*letter),
        _ => None,
    }
}

/// Appends to `out` the printed key of a text: its skeleton with digits and symbols read as letters, what people swap as one class, repeats
/// collapsed and separators dropped. Linear. For people to compare spellings by; the matcher has finer means.
///
/// ```
/// let mut key = String::new();
/// sidestep::text::keys::key("wh4t$ |-|ееrе", &mut key);
/// assert_eq!(key, "whatshere");
/// ```
pub fn key(text: &str, out: &mut String) {
    let mut folded = String::new();
    skeleton(text, &mut folded);
    let bytes = folded.as_bytes();
    let mut at = 0;
    let mut last = None;
    while let Some(c) = folded.get(at..).and_then(|rest| rest.chars().next()) {
        let (reading, len) = reading_at(bytes, at).map_or((c, c.len_utf8()), |(letter, len)| (char::from(letter), len));
        at += len;
        let class = match u8::try_from(reading) {
            Ok(b) if b.is_ascii() => CLASS.get(usize::from(b)).map_or('\0', |&class| char::from(class)),
            _ if reading.is_alphanumeric() => reading,
            _ => '\0',
        };
        if class != '\0' && last != Some(class) {
            out.push(class);
            last = Some(class);
        }
    }
}

/// The letter that a symbol, or a group that holds one, stands for in a word: groups always, a single one where letters or digits touch it.
fn reading_at(folded: &[u8], at: usize) -> Option<(u8, usize)> {
    let is_word = |i: usize| folded.get(i).is_some_and(u8::is_ascii_alphanumeric);
    let byte = folded.get(at).filter(|b| b.is_ascii())?;
    let reading = super::glyphs::glyphs_at(folded, at).find(|&(_, len)| {
        let group = folded.get(at..at + len).unwrap_or_default();
        len > 1 && group.iter().any(u8::is_ascii_punctuation) && !group.iter().any(u8::is_ascii_alphabetic)
    });
    let alone = || {
        let touching = is_word(at + 1) || at.checked_sub(1).is_some_and(is_word);
        // The same mark after every letter parts them.
        let parting = |i: Option<usize>| i.and_then(|i| folded.get(i)) == Some(byte);
        let touching = touching && !(is_word(at + 1) && parting(Some(at + 2)) || parting(at.checked_sub(2)));
        let letter = matches!(byte, b'@' | b'$' | b'|' | b'!' | b'+' | b'(' | b'<') && touching;
        letter.then(|| super::glyphs::glyphs_at(folded, at).find(|&(_, len)| len == 1)).flatten()
    };
    if byte.is_ascii_alphanumeric() { reading.filter(|_| !byte.is_ascii_digit()) } else { reading.or_else(alone) }
}
