//! What is known of one character. In: a code point. Out: its record, unpacked. Must not know: words.

use super::tables::{BLOCKS, INDEX, POOL, RECORDS, Record};
use crate::evasion::Evasion;

/// How the fold and the tokenizer treat a character; the numbers are those of the generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A symbol or mark of punctuation: no part of a word.
    Other,
    Space,
    /// Folds to Latin letters (and digits).
    Latin,
    /// Folds to ASCII digits.
    Digit,
    /// A letter of a script in use that is written with spaces.
    Letter,
    /// A letter of a script that is written without spaces.
    Unspaced,
    /// An accent, point or vowel mark that folding drops.
    Mark,
    Invisible,
    /// Zero-width joiner and non-joiner, which some scripts need.
    Joiner,
    /// A variation selector or skin tone.
    Variation,
    /// The enclosing keycap.
    Keycap,
    /// RIGHT-TO-LEFT OVERRIDE.
    Override,
    /// POP DIRECTIONAL FORMATTING.
    Pop,
    Emoji,
    /// A regional indicator: half a flag or a letter.
    Regional,
    /// A symbol that may stand for a letter beside a letter.
    WordSymbol,
    /// A symbol that may stand for a letter between letters.
    InnerSymbol,
    /// A letter that may compose with the one before it (vowel and final jamo, voicing marks, vowel signs).
    Second,
}

const KINDS: [Kind; 18] = [
    Kind::Other,
    Kind::Space,
    Kind::Latin,
    Kind::Digit,
    Kind::Letter,
    Kind::Unspaced,
    Kind::Mark,
    Kind::Invisible,
    Kind::Joiner,
    Kind::Variation,
    Kind::Keycap,
    Kind::Override,
    Kind::Pop,
    Kind::Emoji,
    Kind::Regional,
    Kind::WordSymbol,
    Kind::InnerSymbol,
    Kind::Second,
];

/// Indexed by the evidence codes of the tables.
const EVIDENCE: [Evasion; 7] =
    [Evasion::NONE, Evasion::ACCENT, Evasion::HOMOGLYPH, Evasion::FULLWIDTH, Evasion::STYLED, Evasion::FLIPPED, Evasion::EMOJI];

/// The record of what the tables leave out (private use, ideographs beyond plane 2): an unspaced letter or a symbol that stays itself.
const ABOVE: Record = Record { plain: 0, look: 0, kind: 5, traits: 0, seen: 0, look_seen: 0 };
const TAGS: Record = Record { plain: 0, look: 0, kind: 7, traits: 0, seen: 0, look_seen: 0 };
const PRIVATE: Record = Record { plain: 0, look: 0, kind: 0, traits: 0, seen: 0, look_seen: 0 };

/// Looks a character up: three loads.
#[inline]
pub(super) fn record(c: char) -> Record {
    let cp = c as usize;
    if let Some(&block) = INDEX.get(cp >> 6) {
        return BLOCKS
            .get(usize::from(block))
            .and_then(|block| block.get(cp & 63))
            .and_then(|&id| RECORDS.get(usize::from(id)))
            .copied()
            .unwrap_or(PRIVATE);
    }
    match cp {
        0xE0000..=0xE0FFF => TAGS,
        0x30000..=0x3FFFD => ABOVE,
        _ => PRIVATE,
    }
}

/// A word of which every letter looks Latin may be Latin.
const WHOLE_WORDS: u8 = 4;
const CYRILLIC: u8 = 8;

impl Record {
    #[inline]
    pub(super) fn kind(self) -> Kind {
        KINDS.get(usize::from(self.kind)).copied().unwrap_or(Kind::Other)
    }

    /// What the character folds to wherever it stands; `None`: itself.
    #[inline]
    pub(super) fn plain(self) -> Option<&'static str> {
        pooled(self.plain)
    }

    /// What it reads as among Latin letters.
    #[inline]
    pub(super) fn look(self) -> Option<&'static str> {
        pooled(self.look)
    }

    pub(super) fn has_look(self) -> bool {
        self.look != 0
    }

    pub(super) fn is_strong(self) -> bool {
        self.traits & 3 == 2
    }

    /// Whether it belongs to a cased script that shares most letter shapes with Latin.
    pub(super) fn may_be_whole_word(self) -> bool {
        self.traits & WHOLE_WORDS != 0
    }

    pub(super) fn is_cyrillic(self) -> bool {
        self.traits & CYRILLIC != 0
    }

    #[inline]
    pub(super) fn seen(self) -> Evasion {
        EVIDENCE.get(usize::from(self.seen)).copied().unwrap_or(Evasion::NONE)
    }

    #[inline]
    pub(super) fn look_seen(self) -> Evasion {
        EVIDENCE.get(usize::from(self.look_seen)).copied().unwrap_or(Evasion::NONE)
    }
}

#[inline]
fn pooled(place: u32) -> Option<&'static str> {
    let (at, len) = ((place >> 6) as usize, (place & 63) as usize);
    if len == 0 { None } else { POOL.get(at..at + len) }
}

/// The Cyrillic letter that a Latin letter of the original stands for in a Cyrillic word.
pub(super) fn cyrillic_for(latin: char) -> Option<char> {
    Some(match latin {
        'a' | 'A' => 'а',
        'B' => 'в',
        'b' => 'ь',
        'c' | 'C' => 'с',
        'e' | 'E' => 'е',
        'H' => 'н',
        'i' | 'I' => 'і',
        'k' | 'K' => 'к',
        'm' | 'M' => 'м',
        'o' | 'O' => 'о',
        'p' | 'P' => 'р',
        't' | 'T' => 'т',
        'x' | 'X' => 'х',
        'y' | 'Y' => 'у',
        _ => return None,
    })
}

/// The letter that a letter is when turned upside down, where that is another one.
pub(super) fn turned(letter: u8) -> u8 {
    match letter {
        b'b' => b'q',
        b'd' => b'p',
        b'm' => b'w',
        b'n' => b'u',
        b'p' => b'd',
        b'q' => b'b',
        b'u' => b'n',
        b'w' => b'm',
        other => other,
    }
}
