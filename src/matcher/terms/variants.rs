//! Coarser spellings of a word: what it is looked up by when it is in no dictionary. In: folded letters or classes. Out: keys without repeats, with
//! one letter gone, without vowels, backwards, by sound. Keeps: the same for terms and for messages. Must not know: terms.

use crate::text::keys::{self, CLASS, KEEP, KeyHasher};

/// Longest key that has variants, in classes.
pub const KEY_MAX: usize = 48;

/// A short class sequence on the stack.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    bytes: [u8; KEY_MAX],
    len: usize,
}

impl Key {
    /// The empty key.
    pub const EMPTY: Self = Self { bytes: [0; KEY_MAX], len: 0 };

    /// The classes.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Appends a class; `false` when full.
    pub fn push(&mut self, class: u8) -> bool {
        match self.bytes.get_mut(self.len) {
            Some(slot) => {
                *slot = class;
                self.len += 1;
                true
            }
            None => false,
        }
    }

    /// Appends classes; `false`, and nothing appended, where they are too many.
    fn append(&mut self, classes: &[u8]) -> bool {
        let room = self.bytes.get_mut(self.len..self.len + classes.len());
        room.is_some_and(|room| {
            room.copy_from_slice(classes);
            self.len += classes.len();
            true
        })
    }

    fn last(&self) -> u8 {
        self.as_slice().last().copied().unwrap_or(0)
    }

    /// From any classes; `None` where they are too many.
    pub fn collect(classes: impl IntoIterator<Item = u8>) -> Option<Self> {
        let mut key = Self::EMPTY;
        classes.into_iter().all(|c| key.push(c)).then_some(key)
    }
}

/// The folded letters of a word on the stack; of a longer word than fits the first ones, which are then no term's.
pub type Letters = Key;

impl FromIterator<u8> for Letters {
    fn from_iter<I: IntoIterator<Item = u8>>(letters: I) -> Self {
        let mut word = Self::EMPTY;
        let _ = letters.into_iter().all(|b| word.push(b));
        word
    }
}

impl IntoIterator for Letters {
    type Item = u8;
    type IntoIter = std::iter::Take<std::array::IntoIter<u8, KEY_MAX>>;

    fn into_iter(self) -> Self::IntoIter {
        self.bytes.into_iter().take(self.len)
    }
}

/// What a key stands for in the loose table; mixed into its hash, so that kinds do not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Kind {
    /// Repeats collapsed.
    Collapsed = 0x1111_2222_3333_4444,
    /// Collapsed, one or two classes gone.
    Deleted = 0x2222_9999_1234_4321,
    /// Collapsed, read from the end.
    Reversed = 0x3333_8888_5678_8765,
    /// Without vowels.
    Consonants = 0x4444_7777_9ABC_CBA9,
    /// By sound.
    Sound = 0x5555_6666_DEF0_0FED,
}

/// The hash of a key of a kind.
pub fn hash(kind: Kind, key: &[u8]) -> u64 {
    keys::hash(key) ^ salt(kind)
}

const fn salt(kind: Kind) -> u64 {
    (kind as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Bytes of the character that begins with a byte; classes outside ASCII are the bytes of their character.
pub const fn char_len(first: u8) -> usize {
    match first {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xFF => 4,
        _ => 1,
    }
}

/// The characters of a class sequence, as ranges.
fn characters(key: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let len = char_len(*key.get(at)?);
        let range = at..(at + len).min(key.len());
        at = range.end;
        Some(range)
    })
}

/// Classes with repeats collapsed and non-word bytes left out.
pub fn collapse(classes: impl IntoIterator<Item = u8>) -> Option<Key> {
    let mut key = Key::EMPTY;
    for class in classes {
        let again = class < 0x80 && class == key.last();
        if class != 0 && !again && !key.push(class) {
            return None;
        }
    }
    if key.as_slice().is_ascii() { Some(key) } else { collapse_wide(key.as_slice()) }
}

/// The collapsed key of folded letters.
pub fn key_of(letters: &[u8]) -> Option<Key> {
    collapse(letters.iter().map(|&b| CLASS.get(usize::from(b)).copied().unwrap_or(0)))
}

fn collapse_wide(key: &[u8]) -> Option<Key> {
    let mut last: &[u8] = &[];
    let kept = characters(key).filter_map(|c| key.get(c)).filter(|c| *c != std::mem::replace(&mut last, c));
    Key::collect(kept.flatten().copied())
}

/// UTF-8 with every character that is the same as the one before it left out.
pub fn collapse_characters(letters: &[u8]) -> Vec<u8> {
    let mut last: &[u8] = &[];
    let kept = characters(letters).filter_map(|c| letters.get(c)).filter(|c| *c != std::mem::replace(&mut last, c));
    kept.flatten().copied().collect()
}

/// The key from the end.
pub fn reverse(key: &[u8]) -> Option<Key> {
    let mut ends: Vec<_> = characters(key).collect();
    ends.reverse();
    Key::collect(ends.into_iter().filter_map(|c| key.get(c)).flatten().copied())
}

/// The classes of folded ASCII letters without the vowels, the first letter aside, repeats collapsed; `None` where a letter is not ASCII.
pub fn consonants(letters: &[u8]) -> Option<Key> {
    if !letters.is_ascii() {
        return None;
    }
    let kept = letters.iter().enumerate().filter(|(i, b)| *i == 0 || !is_vowel(**b)).map(|(_, b)| b);
    collapse(kept.map(|&b| CLASS.get(b as usize).copied().unwrap_or(0)))
}

/// Whether a word has no vowel but perhaps its first letter.
pub fn is_vowelless(letters: &[u8]) -> bool {
    !letters.iter().skip(1).any(|&b| is_vowel(b))
}

/// Whether a folded byte is a vowel.
pub const fn is_vowel(b: u8) -> bool {
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// Calls `each` with every key that has one character fewer.
pub fn each_deletion(key: &[u8], each: impl FnMut(&[u8])) {
    each_deletion_from(key, 0, each);
}

/// The same, the first characters kept.
pub fn each_deletion_from(key: &[u8], kept: usize, mut each: impl FnMut(&[u8])) {
    for gone in characters(key).take(KEY_MAX).skip(kept) {
        let mut shorter = Key::EMPTY;
        let (front, back) = (key.get(..gone.start).unwrap_or_default(), key.get(gone.end..).unwrap_or_default());
        if shorter.append(front) && shorter.append(back) && shorter.len > 0 {
            each(shorter.as_slice());
        }
    }
}

/// Calls `each` with the hash of every key that has one character fewer, and with `two` of every one that has two fewer.
pub fn each_deleted(key: &[u8], two: bool, mut each: impl FnMut(u64)) {
    if let Some(packed) = pack(key) {
        let len = key.len() as u32;
        let salt = salt(Kind::Deleted);
        for gone in 0..key.len() {
            let shorter = without(packed, gone);
            if len > 1 {
                each(KeyHasher::of_packed(shorter, len - 1).finish() ^ salt);
            }
            // Each pair once: where the other one of it stands before.
            for other in 0..if two && len > 2 { gone } else { 0 } {
                each(KeyHasher::of_packed(without(shorter, other), len - 2).finish() ^ salt);
            }
        }
        return;
    }
    each_deletion(key, |shorter| {
        each(hash(Kind::Deleted, shorter));
        if two {
            each_deletion(shorter, |two| each(hash(Kind::Deleted, two)));
        }
    });
}

/// A key of fewer than sixteen ASCII classes in one number, first class lowest.
pub fn pack(key: &[u8]) -> Option<u128> {
    let mut bytes = [0; 16];
    bytes.get_mut(..key.len()).filter(|_| key.len() < 16 && key.is_ascii())?.copy_from_slice(key);
    Some(u128::from_le_bytes(bytes))
}

/// A packed key without its class at a place.
fn without(packed: u128, gone: usize) -> u128 {
    let before = KEEP.get(gone).copied().unwrap_or(u128::MAX);
    packed & before | packed >> 8 & !before
}

/// What folded ASCII letters sound like to an English ear: consonant groups by one letter, all vowels between them one mark; `None` where a letter is not ASCII.
pub fn sound(letters: &[u8]) -> Option<Key> {
    let mut key = Key::EMPTY;
    let fits = each_sound(letters, |sounds, _| sounds.iter().all(|&s| s == key.last() || key.push(s)));
    fits.then_some(key)
}

/// Calls `put` with the sounds of each letter or two, and their first; whether all letters have some, and `put` took them.
fn each_sound(letters: &[u8], mut put: impl FnMut(&[u8], u8) -> bool) -> bool {
    let mut at = 0;
    while let Some(&b) = letters.get(at) {
        let next = letters.get(at + 1).copied().unwrap_or(0);
        let (sounds, len): (&[u8], usize) = match (b, next) {
            (0x80.., _) => return false,
            (b'p', b'h') => (b"f", 2),
            (b'c' | b's', b'k') if b == b'c' => (b"k", 2),
            (b'w', b'h') => (b"w", 2),
            (b'w', b'r') => (b"r", 2),
            (b'k' | b'g', b'n') if at == 0 => (b"n", 2),
            (b'g', b'h') => (b"", 2),
            (b'c', b'e' | b'i' | b'y') => (b"s", 1),
            (b'c', b'h') => (b"c", 2),
            (b'c' | b'q', _) => (b"k", 1),
            (b'x', _) => (b"ks", 1),
            (b'z', _) => (b"s", 1),
            (b'd', b'g') => (b"j", 2),
            (b'g', b'e' | b'i' | b'y') => (b"g", 1),
            (b'a' | b'e' | b'i' | b'o' | b'u' | b'y', _) => (VOWEL, 1),
            (b'w' | b'h', _) if at > 0 && !is_vowel(next) => (b"", 1),
            _ => (letters.get(at..=at).unwrap_or_default(), 1),
        };
        if !put(sounds, b) {
            return false;
        }
        at += len;
    }
    true
}

/// The mark of all vowels.
const VOWEL: &[u8] = b"a";

/// The vowels of each group between consonants, as bits of the like: `a`, `e i y`, `o u`. Groups behind the eighth are not told.
fn vowel_groups(letters: &[u8]) -> ([u8; 8], usize) {
    let mut groups = [0; 8];
    let mut count = 0;
    let mut inside = false;
    each_sound(letters, |sounds, b| {
        if sounds == VOWEL {
            count += usize::from(!inside);
            let bit = match b {
                b'a' => 1,
                b'o' | b'u' => 4,
                _ => 2,
            };
            groups.get_mut(count.wrapping_sub(1)).into_iter().for_each(|group| *group |= bit);
        }
        inside = sounds == VOWEL || inside && sounds.is_empty();
        true
    });
    (groups, count)
}

/// Whether the vowels of two words that sound alike but for these are mostly like: one group may differ, or one of three.
pub fn vowels_are_like(one: &[u8], other: &[u8]) -> bool {
    let ((one, count), (other, _)) = (vowel_groups(one), vowel_groups(other));
    let differ = one.iter().zip(&other).filter(|&(a, b)| *a != 0 && *b != 0 && a & b == 0).count();
    differ <= (count / 3).max(1)
}

/// The sound of a word whose last `e` is mute; `None` for others.
pub fn mute_sound(letters: &[u8]) -> Option<Key> {
    letters.strip_suffix(b"e").filter(|rest| rest.len() > 3).and_then(sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_alikes_meet() {
        for (a, b) in
            [("fentanyl", "fentanill"), ("telegram", "tellygram"), ("signal", "sygnal"), ("percocet", "perkoset"), ("whatsapp", "wotsap")]
        {
            let key = |s: &str| sound(s.as_bytes()).unwrap().as_slice().to_vec();
            assert_eq!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn vowels_tell_words_of_one_sound_apart() {
        let like = |a: &str, b: &str| vowels_are_like(a.as_bytes(), b.as_bytes());
        assert!(like("wotsap", "whatsapp") && like("perkaset", "percocet") && like("ketameen", "ketamine") && like("kokayn", "cocaine"));
        assert!(!like("italiani", "eutylone") && !like("horana", "heroina"));
    }

    #[test]
    fn packed_deletions_are_those_of_the_letters() {
        for key in [&b"telegram"[..], b"ab", b"a", b"fentanylabcdefg", b"fentanylabcdefgh", "т1еlе".as_bytes()] {
            for two in [false, true] {
                let (mut packed, mut spelled) = (Vec::new(), Vec::new());
                each_deleted(key, two, |hash| packed.push(hash));
                each_deletion(key, |shorter| {
                    spelled.push(hash(Kind::Deleted, shorter));
                    if two {
                        each_deletion(shorter, |two| spelled.push(hash(Kind::Deleted, two)));
                    }
                });
                for hashes in [&mut packed, &mut spelled] {
                    hashes.sort_unstable();
                    hashes.dedup();
                }
                assert_eq!(packed, spelled, "{key:?}");
            }
        }
    }

    #[test]
    fn deletions_are_all_there() {
        let mut seen = Vec::new();
        each_deletion(b"abc", |k| seen.push(k.to_vec()));
        assert_eq!(seen, [b"bc".to_vec(), b"ac".to_vec(), b"ab".to_vec()]);
    }
}
