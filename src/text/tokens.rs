//! Cuts folded text into words. In: folded text. Out: tokens and key classes, written into [`Text`]. Keeps: tokens are in order, do not overlap, are
//! not empty, and begin and end on character boundaries. Must not know: what a word means.

use super::{Text, keys, symbol_bit};

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

    /// Whether every flag of `other` is set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
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

pub(super) fn tokenize(text: &mut Text) {
    text.tokens.clear();
    text.class.clear();
    let bytes = text.folded.as_bytes();
    text.class.extend(bytes.iter().map(|&b| keys::CLASS.get(b as usize).copied().unwrap_or(0)));
    text.class.extend([0; keys::PADDING]);
    let mut flags = TokenFlags::default();
    let mut open: Option<(usize, TokenFlags)> = None;
    for (i, &b) in bytes.iter().enumerate() {
        let word = b.is_ascii_alphanumeric() || b >= 0x80;
        if word {
            let (_, f) = open.get_or_insert((i, flags));
            f.set(if b.is_ascii_digit() { TokenFlags::DIGIT } else { TokenFlags::LETTER });
            if b >= 0x80 {
                f.set(TokenFlags::WIDE);
            }
            text.facts.digits += u32::from(b.is_ascii_digit());
            continue;
        }
        if let Some((start, f)) = open.take() {
            text.tokens.push(Token { start: start as u32, end: i as u32, flags: f });
            flags = TokenFlags::ATTACHED;
        }
        text.facts.symbols |= symbol_bit(b);
        match b {
            b'\n' | b'\r' => flags = TokenFlags(TokenFlags::LINE.0 | TokenFlags::SENTENCE.0),
            b' ' | b'\t' => flags = TokenFlags(flags.0 & !TokenFlags::ATTACHED.0),
            _ => {}
        }
    }
    if let Some((start, f)) = open {
        text.tokens.push(Token { start: start as u32, end: bytes.len() as u32, flags: f });
    }
}
