//! Cuts folded text into words. In: folded text. Out: tokens and key classes, written into [`Text`]. Keeps: tokens are in order, do not overlap, are
//! not empty, and begin and end on character boundaries. Must not know: what a word means.

use super::chars::{Kind, record};
use super::{Text, keys, symbol_bit};
use crate::evasion::Evasion;

/// What is known of a token, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TokenFlags(u16);

impl TokenFlags {
    /// Holds a digit.
    pub const DIGIT: Self = Self(1);
    /// Holds a letter.
    pub const LETTER: Self = Self(1 << 1);
    /// Holds a character outside ASCII.
    pub const WIDE: Self = Self(1 << 2);
    /// Belongs to a script that is written without spaces: the token is a run of characters, not a word.
    pub const UNSPACED: Self = Self(1 << 3);
    /// Is one emoji or other pictograph.
    pub const EMOJI: Self = Self(1 << 4);
    /// Holds an apostrophe, which is no part of its key.
    pub const APOSTROPHE: Self = Self(1 << 5);
    /// Nothing but marks stands between the token before and this one: they are one run of non-space characters.
    pub const ATTACHED: Self = Self(1 << 6);
    /// A sentence ended before this token (`.`, `!`, `?` before a space, a line end, or their like in other scripts).
    pub const SENTENCE: Self = Self(1 << 7);
    /// A line ended before this token.
    pub const LINE: Self = Self(1 << 8);
    /// A sentence or a line ended before this token.
    pub const BREAK: Self = Self::SENTENCE.or(Self::LINE);

    /// Whether every flag of `other` is set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The flags of both.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether some flag of `other` is set.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Takes the flags of `other` away.
    pub const fn clear(&mut self, other: Self) {
        self.0 &= !other.0;
    }

    /// Sets the flags of `other`.
    pub const fn set(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// One word of the folded text, one run of an unspaced script, or one emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Offset of its first byte in the folded text.
    pub start: u32,
    /// Offset just past its last byte in the folded text.
    pub end: u32,
    /// What it is.
    pub flags: TokenFlags,
}

impl Token {
    /// Its range in the folded text.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The key class of a byte, as [`keys::CLASS`] has it, in comparisons that vectorize.
#[inline]
const fn class_of(b: u8) -> u8 {
    let keep = (b.wrapping_sub(b'a') < 26) | (b >= 0x80);
    let mut class = if keep { b } else { 0 };
    class = if (b == b'l') | (b == b'1') { b'i' } else { class };
    class = if b == b'0' { b'o' } else { class };
    class = if b == b'2' { b'z' } else { class };
    class = if b == b'3' { b'e' } else { class };
    class = if b == b'4' { b'a' } else { class };
    class = if b == b'5' { b's' } else { class };
    class = if (b == b'6') | (b == b'8') { b'b' } else { class };
    class = if b == b'7' { b't' } else { class };
    if b == b'9' { b'g' } else { class }
}

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * EACH;

/// One bit for each of eight bytes whose highest bit is set, first byte lowest.
#[inline]
const fn gather(high: u64) -> u64 {
    ((high & HIGH) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// One bit for each byte that is not zero.
#[inline]
const fn not_zero(eight: u64) -> u64 {
    gather(((eight & !HIGH) + !HIGH) | eight)
}

/// One bit for each byte that is an ASCII digit.
#[inline]
const fn digits(eight: u64) -> u64 {
    let low = eight & !HIGH;
    gather((low + (0x80 - b'0' as u64) * EACH) & !(low + (0x80 - b'9' as u64 - 1) * EACH) & !eight)
}

/// One bit for each byte below 0x80 that is not a space.
#[inline]
const fn not_space(eight: u64) -> u64 {
    let other = eight ^ (b' ' as u64 * EACH);
    gather((((other & !HIGH) + !HIGH) | other) & !eight)
}

/// Sixty-four bytes (fewer at the end) as masks of words, digits and marks.
#[derive(Clone, Copy, Default)]
struct Masks {
    word: u64,
    digit: u64,
    mark: u64,
}

impl Masks {
    /// Words that stand one space behind another word; the first two places of a block never tell.
    const fn spaced(self) -> u64 {
        (!(self.word | self.mark) << 1) & (self.word << 2) & self.word
    }
}

#[inline]
fn masks(class: &[u8], bytes: &[u8]) -> Masks {
    let mut masks = Masks::default();
    let (class_eights, class_rest) = class.as_chunks::<8>();
    let (byte_eights, byte_rest) = bytes.as_chunks::<8>();
    let mut shift = 0;
    let mut add = |class: [u8; 8], bytes: [u8; 8]| {
        let (class, bytes) = (u64::from_le_bytes(class), u64::from_le_bytes(bytes));
        let word = not_zero(class);
        masks.word |= word << shift;
        masks.digit |= digits(bytes) << shift;
        masks.mark |= (not_space(bytes) & !word) << shift;
        shift += 8;
    };
    for (class, bytes) in class_eights.iter().zip(byte_eights) {
        add(*class, *bytes);
    }
    if !byte_rest.is_empty() {
        let (mut class, mut bytes) = ([0; 8], [b' '; 8]);
        class.iter_mut().zip(class_rest).for_each(|(to, from)| *to = *from);
        bytes.iter_mut().zip(byte_rest).for_each(|(to, from)| *to = *from);
        add(class, bytes);
    }
    masks
}

pub(super) fn tokenize(text: &mut Text) {
    text.tokens.clear();
    text.class.resize(text.folded.len() + keys::PADDING, 0);
    let (words, padding) = text.class.split_at_mut(text.folded.len());
    words.iter_mut().zip(text.folded.as_bytes()).for_each(|(class, &b)| *class = class_of(b));
    padding.fill(0);
    if text.folded.is_ascii() {
        tokenize_ascii(text);
    } else {
        tokenize_wide(text);
    }
}

/// What the marks between two words say; `gap` holds everything between them.
fn gap_flags(gap: &str) -> TokenFlags {
    let mut flags = TokenFlags::ATTACHED;
    let mut ended = false;
    for b in gap.bytes() {
        match b {
            b'\n' | b'\r' => {
                flags.set(TokenFlags::LINE);
                flags.set(TokenFlags::SENTENCE);
                flags.clear(TokenFlags::ATTACHED);
            }
            b' ' | b'\t' | 0x0B | 0x0C => {
                flags.clear(TokenFlags::ATTACHED);
                if ended {
                    flags.set(TokenFlags::SENTENCE);
                }
            }
            b'.' | b'!' | b'?' => ended = true,
            b'"' | b'\'' | b')' | b']' => {}
            _ => ended = false,
        }
    }
    flags
}

/// Appends a word, or lengthens the one before it where only an apostrophe between letters parts them.
fn push_word(tokens: &mut Vec<Token>, folded: &str, start: usize, end: usize, kind: TokenFlags) {
    let mut flags = kind;
    let last = tokens.last_mut();
    let gap_start = last.as_ref().map_or(0, |last| last.end as usize);
    match folded.as_bytes().get(gap_start..start) {
        Some([b'\'']) => {
            if let Some(last) = last
                && joins(folded, last, start, kind)
            {
                last.end = end as u32;
                last.flags.set(kind);
                last.flags.set(TokenFlags::APOSTROPHE);
                return;
            }
            flags.set(TokenFlags::ATTACHED);
        }
        _ if gap_start == start && last.is_none() => {}
        _ => {
            let gap = folded.get(gap_start..start).unwrap_or_default();
            flags.set(gap_flags(gap));
            // Scripts without spaces have none after a full stop either.
            if kind.has(TokenFlags::UNSPACED) && gap.bytes().any(|b| matches!(b, b'.' | b'!' | b'?')) {
                flags.set(TokenFlags::SENTENCE);
            }
        }
    }
    if tokens.is_empty() {
        flags.clear(TokenFlags::ATTACHED);
        flags.clear(TokenFlags::SENTENCE);
    }
    tokens.push(Token { start: start as u32, end: end as u32, flags });
}

/// Tokens of these kinds are no words that letters join.
const APART: TokenFlags = TokenFlags::UNSPACED.or(TokenFlags::EMOJI);

/// Whether the apostrophe before `start` stands between two letters of one word.
fn joins(folded: &str, last: &Token, start: usize, kind: TokenFlags) -> bool {
    let letter = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphabetic() || !b.is_ascii());
    let bytes = folded.as_bytes();
    let behind = (last.end as usize).checked_sub(1).and_then(|i| bytes.get(i));
    !last.flags.or(kind).intersects(APART) && letter(behind) && letter(bytes.get(start))
}

fn tokenize_ascii(text: &mut Text) {
    let Text { folded, class, tokens, facts, .. } = text;
    let bytes = folded.as_bytes();
    // A word that goes on in the next block.
    let mut open: Option<(usize, TokenFlags)> = None;
    let mut base = 0;
    let words = class.get(..bytes.len()).unwrap_or_default();
    for (class, block) in words.chunks(64).zip(bytes.chunks(64)) {
        let masks = masks(class, block);
        let Masks { mut word, digit, mark } = masks;
        let spaced = masks.spaced();
        facts.digits += digit.count_ones();
        let mut marks = mark;
        while marks != 0 {
            let at = marks.trailing_zeros() as usize;
            facts.symbols |= block.get(at).map_or(0, |&b| symbol_bit(b));
            marks &= marks - 1;
        }
        if let Some((start, mut flags)) = open.take() {
            let end = word.trailing_ones();
            flags.set(kind_of(word, digit, 0, end));
            if end == 64 {
                open = Some((start, flags));
                word = 0;
            } else {
                push_word(tokens, folded, start, base + end as usize, flags);
                word &= u64::MAX << end;
            }
        }
        while word != 0 {
            let at = word.trailing_zeros();
            let end = at + (word >> at).trailing_ones();
            let (start, flags) = (base + at as usize, kind_of(word, digit, at, end));
            if end == 64 {
                open = Some((start, flags));
                break;
            }
            let end_byte = base + end as usize;
            if spaced >> at & 1 == 1 {
                tokens.push(Token { start: start as u32, end: end_byte as u32, flags });
            } else {
                push_word(tokens, folded, start, end_byte, flags);
            }
            word &= u64::MAX << end;
        }
        base += block.len();
    }
    if let Some((start, flags)) = open {
        push_word(tokens, folded, start, bytes.len(), flags);
    }
}

/// Whether there are letters and digits among the bits `at..end` of a block.
#[inline]
const fn kind_of(word: u64, digit: u64, at: u32, end: u32) -> TokenFlags {
    if digit == 0 {
        return if at < end { TokenFlags::LETTER } else { TokenFlags(0) };
    }
    let inside = u64::MAX << at & if end < 64 { (1 << end) - 1 } else { u64::MAX };
    TokenFlags((digit & inside != 0) as u16 | ((word & !digit & inside != 0) as u16) << 1)
}

/// What a character of folded text is to the tokenizer: flags, or `None` for a separator.
fn flags_of(c: char) -> Option<TokenFlags> {
    if c.is_ascii() {
        return match c {
            '0'..='9' => Some(TokenFlags::DIGIT),
            'a'..='z' => Some(TokenFlags::LETTER),
            _ => None,
        };
    }
    let record = record(c);
    let wide = |flags: TokenFlags| Some(flags.or(TokenFlags::WIDE));
    match record.kind() {
        Kind::Latin | Kind::Digit | Kind::Letter | Kind::Second | Kind::Mark => wide(TokenFlags::LETTER),
        Kind::Unspaced => wide(TokenFlags::LETTER.or(TokenFlags::UNSPACED)),
        Kind::Emoji | Kind::Regional => wide(TokenFlags::EMOJI),
        Kind::WordSymbol | Kind::InnerSymbol if record.look_seen().contains(Evasion::EMOJI) => wide(TokenFlags::EMOJI),
        _ => None,
    }
}

fn tokenize_wide(text: &mut Text) {
    let Text { folded, class, tokens, facts, .. } = text;
    let mut open: Option<(usize, TokenFlags)> = None;
    let mut half_flag = false;
    for (at, c) in folded.char_indices() {
        let flags = flags_of(c);
        let second_half = half_flag;
        half_flag = !second_half && ('\u{1F1E6}'..='\u{1F1FF}').contains(&c);
        match (&mut open, flags) {
            (Some((_, seen)), Some(_)) if second_half && ('\u{1F1E6}'..='\u{1F1FF}').contains(&c) => seen.set(TokenFlags::EMOJI),
            (Some((_, seen)), Some(new)) if (seen.0 ^ new.0) & APART.0 == 0 && !new.has(TokenFlags::EMOJI) => seen.set(new),
            (seen, new) => {
                if let Some((start, seen)) = seen.take() {
                    facts.unspaced |= seen.has(TokenFlags::UNSPACED);
                    push_word(tokens, folded, start, at, seen);
                }
                open = new.map(|new| (at, new));
            }
        }
        if c.is_ascii() {
            facts.digits += u32::from(c.is_ascii_digit());
            if flags.is_none() && c != ' ' {
                facts.symbols |= u8::try_from(c).map_or(0, symbol_bit);
            }
        } else {
            facts.wide += 1;
            if flags.is_none() {
                class.get_mut(at..at + c.len_utf8()).unwrap_or_default().fill(0);
            }
        }
    }
    if let Some((start, seen)) = open {
        facts.unspaced |= seen.has(TokenFlags::UNSPACED);
        push_word(tokens, folded, start, folded.len(), seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_in_comparisons_is_class_in_the_table() {
        for b in 0..=255 {
            assert_eq!(class_of(b), keys::CLASS[b as usize], "{b}");
        }
    }

    fn shown(text: &str) -> Vec<(String, u16)> {
        let mut read = Text::new();
        read.read(text.as_bytes());
        read.tokens().iter().map(|t| (read.folded()[t.range()].to_owned(), t.flags.0)).collect()
    }

    #[test]
    fn ascii_and_wide_tokenizers_agree() {
        let samples = [
            "Add me on 4-ANPP's list... don't! ok?\nnext line 'quoted' it''s a1b2",
            "",
            " ",
            "x",
            "a very long line of words that goes on past the sixty-fourth byte without any other reason than to be long, 1234567890 and more (so)",
            "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww w",
        ];
        for text in samples {
            let (mut ascii, mut wide) = (Text::new(), Text::new());
            ascii.read(text.as_bytes());
            wide.folded = ascii.folded.clone();
            wide.class.extend(wide.folded.bytes().map(class_of));
            tokenize_wide(&mut wide);
            assert_eq!(ascii.tokens, wide.tokens, "{text}");
            assert_eq!((ascii.facts.digits, ascii.facts.symbols), (wide.facts.digits, wide.facts.symbols));
        }
    }

    #[test]
    fn words_runs_and_emoji_are_tokens_of_their_own() {
        let texts = |text: &str| shown(text).into_iter().map(|(t, _)| t).collect::<Vec<_>>();
        assert_eq!(texts("加V信 t恤"), ["加", "v", "信", "t", "恤"]);
        assert_eq!(texts("don’t rock'n'roll 'so'"), ["don't", "rock'n'roll", "so"]);
        assert_eq!(texts("ok👻💿🇺🇸go→x"), ["ok", "👻", "💿", "🇺🇸", "go", "x"]);
    }

    #[test]
    fn sentences_lines_and_attachment_are_flagged() {
        let flags: Vec<TokenFlags> = shown("a-b c. d\ne f.g \u{1F600}").into_iter().map(|(_, f)| TokenFlags(f)).collect();
        let having = |flag| (0..flags.len()).filter(|&i| flags[i].has(flag)).collect::<Vec<_>>();
        assert_eq!(having(TokenFlags::ATTACHED), [1, 6]);
        assert_eq!(having(TokenFlags::SENTENCE), [3, 4]);
        assert_eq!(having(TokenFlags::LINE), [4]);
        assert_eq!(having(TokenFlags::EMOJI), [7]);
    }
}
