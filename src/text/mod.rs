//! The text stage. In: the bytes of one message, any bytes. Out: [`Text`], the folded text with its tokens, key classes, evidence of disguise
//! and the source map. Keeps: the folded text is UTF-8; every folded byte maps to a byte of the original on a character boundary, in order; folding a
//! folded text changes nothing. Must not know: terms, rules, scores, files.

mod between;
mod chars;
mod escape;
mod fold;
pub mod glyphs;
pub mod keys;
pub mod pinyin;
mod tables;
mod tokens;

pub use tables::UNICODE_VERSION;
pub use tokens::{Token, TokenFlags};

use crate::evasion::Evasion;
use crate::span::Span;

/// One message, folded. Reused from message to message: after a few of them it allocates no more.
///
/// ```
/// use sidestep::span::Span;
/// use sidestep::text::Text;
/// let mut text = Text::new();
/// text.read("Add me on WhatsApp".as_bytes());
/// assert_eq!(text.folded(), "add me on whatsapp");
/// assert_eq!(text.source_span(10..18), Span::new(10, 18));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Text {
    folded: String,
    /// Key class of each folded byte (see [`keys`]), zero for bytes that are no part of a word, and [`keys::PADDING`] zeros at the end.
    class: Vec<u8>,
    /// Where each folded byte comes from, and the message's length at the end; empty when the map is the identity.
    starts: Vec<u32>,
    /// Disguises undone at each folded byte; empty when the map is the identity.
    evidence: Vec<Evasion>,
    tokens: Vec<Token>,
    facts: Facts,
    source_len: usize,
    scratch: Scratch,
}

/// Room for a text that is folded more than once: what is read, where its bytes come from, and map and evidence of the round before.
#[derive(Debug, Clone, Default)]
struct Scratch {
    decoded: Vec<u8>,
    origins: Vec<u32>,
    starts: Vec<u32>,
    evidence: Vec<Evasion>,
}

/// What the message holds at all: the cheap gates before the dear stages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// Decimal digits in the folded text.
    pub digits: u32,
    /// Characters outside ASCII in the folded text.
    pub wide: u32,
    /// The ASCII punctuation seen: bit `byte - 0x20` for bytes 0x20 to 0x5F, bit `byte - 0x40` for the rest.
    pub symbols: u64,
    /// Tokens of a script that is written without spaces.
    pub unspaced: bool,
    /// The original was not plain ASCII without character references, so the fold did more than lower its case.
    pub rewritten: bool,
}

impl Facts {
    /// Whether this ASCII punctuation mark stands in the message. (Marks that share a bit answer for each other: a gate may open too often, never too seldom.)
    #[must_use]
    pub const fn has_symbol(self, mark: u8) -> bool {
        self.symbols & symbol_bit(mark) != 0
    }

    /// How many digits the folded text holds at most: every character outside ASCII may be one of another script.
    #[must_use]
    pub const fn most_digits(self) -> u32 {
        self.digits.saturating_add(self.wide)
    }
}

const fn symbol_bit(mark: u8) -> u64 {
    1 << (if mark < 0x60 { mark.wrapping_sub(0x20) } else { mark.wrapping_sub(0x40) } & 63)
}

impl Text {
    /// An empty text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds a message; what was here before is forgotten. Linear in its length. Ill-formed UTF-8 is read as U+FFFD.
    pub fn read(&mut self, source: &[u8]) {
        self.source_len = source.len();
        self.facts = Facts::default();
        fold::fold(source, self);
        tokens::tokenize(self);
    }

    /// The same by a short way where there is one, and only the folded text: `Some`, with whether it is one run of a script without spaces; other words are then
    /// runs of what has a key class, apostrophes between letters included. `None`: the text is to be read.
    pub(crate) fn read_simply(text: &str, folded: &mut String) -> Option<bool> {
        fold::simply(text, folded)
    }

    /// The folded text. Same for every spelling that looks or reads alike.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The key class of each folded byte, followed by [`keys::PADDING`] zeros.
    #[must_use]
    pub fn class(&self) -> &[u8] {
        &self.class
    }

    /// The words of the folded text, in order.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Whether emoji stand between one word and the next all through a stretch of it (`write 👏 me 👏 on 👏`). Linear.
    #[must_use]
    pub fn has_emoji_between_words(&self) -> bool {
        self.facts.rewritten && between::has_emoji_between(&self.tokens)
    }

    /// The gates.
    #[must_use]
    pub const fn facts(&self) -> Facts {
        self.facts
    }

    /// Length of the original message, in bytes.
    #[must_use]
    pub const fn source_len(&self) -> usize {
        self.source_len
    }

    /// The bytes of the original that a range of the folded text stands for. Marks and invisible characters belong to the character that they follow.
    /// A range outside the text is cut to it.
    #[must_use]
    pub fn source_span(&self, folded: std::ops::Range<usize>) -> Span {
        if self.starts.is_empty() {
            return Span::new(folded.start.min(self.source_len), folded.end.min(self.source_len));
        }
        let at = |i: usize| self.starts.get(i).map_or(self.source_len, |&s| s as usize);
        Span::new(at(folded.start), at(folded.end))
    }

    /// The smallest range of the folded text that holds all places where one of some disguises was undone; `None` where none was.
    #[must_use]
    pub fn extent_of(&self, kinds: Evasion) -> Option<std::ops::Range<usize>> {
        let has = |seen: &Evasion| seen.intersects(kinds);
        let first = self.evidence.iter().position(has)?;
        let last = self.evidence.iter().rposition(has)?;
        Some(first..(last + 1).min(self.folded.len()))
    }

    /// The disguises that folding undid in a range of the folded text (letter case aside: see the matcher).
    #[must_use]
    pub fn evidence(&self, folded: std::ops::Range<usize>) -> Evasion {
        self.evidence
            .get(folded.start..folded.end.min(self.evidence.len()))
            .map_or(Evasion::NONE, |seen| seen.iter().fold(Evasion::NONE, |all, &one| all | one))
    }
}
