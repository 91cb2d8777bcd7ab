//! How far apart two places of a text lie, as a reader counts. In: a folded text. Out: word and sentence numbers. Keeps: two characters of a script
//! without spaces count as a word, and emoji as none where they stand between words. Must not know: rules.

use crate::text::{Text, Token, TokenFlags};

/// The stretch of words that a hit takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stretch {
    /// Number of its first word.
    pub first: u32,
    /// Number of the word after its last.
    pub end: u32,
    /// Number of the sentence that it begins in.
    pub sentence: u32,
}

impl Stretch {
    /// Words strictly between the two.
    pub(crate) const fn words_between(self, other: Self) -> u32 {
        if self.first <= other.first { other.first.saturating_sub(self.end) } else { self.first.saturating_sub(other.end) }
    }

    pub(crate) const fn cover(self, other: Self) -> Self {
        Self {
            first: if self.first < other.first { self.first } else { other.first },
            end: if self.end > other.end { self.end } else { other.end },
            sentence: if self.sentence < other.sentence { self.sentence } else { other.sentence },
        }
    }
}

/// Word and sentence numbers of a text's tokens; reused.
#[derive(Debug, Clone, Default)]
pub(crate) struct Positions {
    words: Vec<u32>,
    sentences: Vec<u32>,
}

impl Positions {
    /// Numbers the words of a text.
    pub(crate) fn read(&mut self, text: &Text) {
        self.words.clear();
        self.sentences.clear();
        let (mut word, mut sentence) = (0, 0);
        let between = text.has_emoji_between_words();
        let mut last: Option<Token> = None;
        for token in text.tokens() {
            sentence += u32::from(token.flags.has(TokenFlags::SENTENCE));
            let set_off = |token: &Token| between && token.flags.has(TokenFlags::EMOJI);
            if last.is_some_and(|last| !set_off(&last) && !set_off(token) && is_one_word(text, &last, token)) {
                word -= 1;
            }
            last = Some(*token);
            self.words.push(word);
            self.sentences.push(sentence);
            word += match token.flags {
                _ if set_off(token) => 0,
                flags if flags.has(TokenFlags::UNSPACED) => characters(token.range()).div_ceil(2).max(1),
                _ => 1,
            };
        }
        // For what stands behind the last word.
        self.words.push(word);
        self.sentences.push(sentence);
    }

    /// The words of a range of the folded text.
    pub(crate) fn stretch(&self, text: &Text, start: u32, end: u32) -> Stretch {
        let tokens = text.tokens();
        let first = tokens.partition_point(|t| t.end <= start);
        // A hit is a few words long.
        let within = tokens.get(first..).unwrap_or_default().iter().take_while(|t| t.start < end).count();
        let last = first + within.max(1) - 1;
        let number = |i: usize, upto: u32, round_up: bool| {
            let base = self.words.get(i).copied().unwrap_or(0);
            match tokens.get(i) {
                Some(t) if t.flags.has(TokenFlags::UNSPACED) => {
                    let inside = characters(t.start as usize..upto.clamp(t.start, t.end) as usize);
                    base + if round_up { inside.div_ceil(2) } else { inside / 2 }
                }
                _ => base + u32::from(round_up),
            }
        };
        Stretch {
            first: number(first, start, false),
            end: number(last, end, true),
            sentence: self.sentences.get(first).copied().unwrap_or(0),
        }
    }
}

/// Whether two tokens, one behind the other, are parts of a word: letters set apart (`t o y s`, `f/o/r/m`), an emoji that touches letters (`®️ight`), letters
/// with a sign for one between them (`sch@ut`).
fn is_one_word(text: &Text, last: &Token, token: &Token) -> bool {
    let parts = text.folded().as_bytes().get(last.end as usize..token.start as usize).unwrap_or_default();
    let of = |flag: TokenFlags| (last.flags.has(flag), token.flags.has(flag));
    match parts {
        [] => matches!(of(TokenFlags::EMOJI), (true, false) | (false, true)) && of(TokenFlags::UNSPACED) == (false, false),
        [b'@' | b'$'] if of(TokenFlags::UNSPACED) == (false, false) => true,
        [_] => is_letter(last) && is_letter(token),
        _ => false,
    }
}

/// Whether a token is one letter of a script with spaces.
fn is_letter(token: &Token) -> bool {
    let bytes = if token.flags.has(TokenFlags::WIDE) { 2 } else { 1 };
    token.range().len() == bytes && !token.flags.has(TokenFlags::UNSPACED)
}

/// Bytes of a character of the scripts without spaces: all but some rare ideographs, which count for one and a third. Counting bytes keeps a place's number
/// independent of the length of the run that it stands in.
const UNSPACED_BYTES: usize = 3;

fn characters(range: std::ops::Range<usize>) -> u32 {
    (range.len() / UNSPACED_BYTES) as u32
}
