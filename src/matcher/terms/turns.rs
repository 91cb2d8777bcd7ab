//! Sets words right. In: a text. Out: the same text with letters repeated for nothing dropped, and with words that stand upside down or run backwards
//! turned round. Keeps: a known word stays, but between words that run backwards. Must not know: terms; only whether a word is known.

use super::groups::Word;
use super::reread::{Also, Manner, Rewritten, source};
use super::token_keys::token_key;
use super::variants::Letters;
use super::{Run, TermIndex};
use crate::evasion::Evasion;
use crate::text::{Text, Token, TokenFlags, keys};

/// How a word is set right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Stays,
    Single,
    Backwards,
    UpsideDown,
}

/// Fewest letters of a word that runs backwards without others about it.
const BACKWARDS: usize = 4;
/// Most places of a word with repeats that are tried as one letter and as two.
const DOUBLES: usize = 4;
/// Longest word that is turned, in bytes.
const LONGEST: usize = 40;
/// Work units of a word.
const TURN_WORK: u64 = 8;

impl TermIndex {
    /// Whether an unknown word is a known one once it is set right. Nearly all words of clean chat end after one look-up, and none of those takes memory.
    pub(super) fn is_turned_known(&self, run: &Run<'_>, i: usize, right: &mut String) -> bool {
        let word = run.text.tokens().get(i).and_then(|t| run.text.folded().get(t.range())).unwrap_or_default();
        let turns = || word.chars().all(|c| keys::turned(c).is_some());
        if !word.is_ascii() || has_repeats(word) || turns() {
            return self.turn_of(word, right) != Turn::Stays;
        }
        let backwards = || word.bytes().rev().filter(|&b| b != b'\'').collect::<Letters>();
        (BACKWARDS..=LONGEST).contains(&word.len()) && self.knows(backwards().as_slice())
    }

    /// How an unknown word is set right; what it is then is in `right`.
    fn turn_of(&self, word: &str, right: &mut String) -> Turn {
        let letters = word.chars().filter(|c| *c != '\'').count();
        if word.len() > LONGEST || letters < 2 {
            return Turn::Stays;
        }
        if has_repeats(word) && self.single(word, right) {
            return Turn::Single;
        }
        if letters < BACKWARDS {
            return Turn::Stays;
        }
        right.clear();
        right.extend(word.chars().rev());
        if self.knows(right.as_bytes()) {
            return Turn::Backwards;
        }
        if word.chars().all(|c| keys::turned(c).is_some()) {
            right.clear();
            right.extend(word.chars().rev().filter_map(keys::turned));
            if self.knows(right.as_bytes()) {
                return Turn::UpsideDown;
            }
        }
        Turn::Stays
    }

    /// The word that stands upside down at a token, of which the fold may have turned some letters.
    fn upright(&self, run: &Run<'_>, joined: &Rewritten, text: &Text, token: &Token, right: &mut String) {
        let word = text.folded().get(token.range()).unwrap_or_default();
        right.clear();
        for (at, c) in word.char_indices().rev() {
            let at = token.start as usize + at;
            let first = joined.origin(source(text, at..at + c.len_utf8())).0;
            let turned = run.text.evidence(first).contains(Evasion::FLIPPED);
            right.push(if turned { c } else { keys::turned(c).unwrap_or(c) });
        }
        if !self.knows(right.as_bytes()) {
            let as_folded: String = word.chars().rev().collect();
            if self.knows(as_folded.as_bytes()) {
                *right = as_folded;
            }
        }
    }

    /// Drops letters repeated for nothing: to what is known, or else wherever a letter stands three times.
    fn single(&self, word: &str, right: &mut String) -> bool {
        let mut doubles = 0;
        each_run(word, |_, count| doubles += usize::from(count > 1));
        for chosen in 0..1_u32 << doubles.min(DOUBLES) {
            right.clear();
            let mut at = 0;
            each_run(word, |c, count| {
                right.push(c);
                if count > 1 {
                    if at >= DOUBLES || chosen >> at & 1 == 1 {
                        right.push(c);
                    }
                    at += 1;
                }
            });
            if right.as_str() != word && self.knows_word(right.as_bytes()) {
                return true;
            }
        }
        right.clear();
        each_run(word, |c, count| (0..if count > 2 { 1 } else { count }).for_each(|_| right.push(c)));
        right.len() < word.len() && right.len() >= BACKWARDS
    }

    /// Writes `text`, which was written as `joined`, with its words set right.
    pub(super) fn turn_words(&self, run: &mut Run<'_>, joined: &Rewritten, text: &Text, manner: Manner, out: &mut Rewritten) -> Also {
        out.clear();
        let tokens = text.tokens();
        let mut turns = Vec::with_capacity(tokens.len());
        let mut right = String::new();
        for token in tokens {
            let first = joined.origin(source(text, token.range())).0;
            let flipped = run.text.evidence(first).contains(Evasion::FLIPPED);
            let skip = token.flags.has(TokenFlags::UNSPACED) || token.flags.has(TokenFlags::EMOJI);
            let known = Word(self.exact.get(token_key(text, token).finish())).is_known();
            let word = text.folded().get(token.range()).unwrap_or_default();
            turns.push(match flipped && !skip {
                true => Turn::UpsideDown,
                // The digits of a number are no letters repeated for nothing.
                false if manner.marks && word.bytes().all(|b| b.is_ascii_digit()) => Turn::Stays,
                false if skip || known || !run.budget.charge(TURN_WORK) => Turn::Stays,
                false => self.turn_of(word, &mut right),
            });
        }
        let also = Also { from_the_end: self.spread(text, &mut turns), ..Also::default() };
        let mut done = 0;
        let mut i = 0;
        while let Some(token) = tokens.get(i) {
            let row = turns.get(i..).unwrap_or_default().iter().take_while(|t| **t == Turn::Backwards).count();
            out.copy(text.folded(), done..token.start as usize);
            if manner.from_the_end && row > 1 {
                put_backwards(text, tokens.get(i..i + row).unwrap_or_default(), out);
                done = tokens.get(i + row - 1).map_or(done, |t| t.end as usize);
                i += row;
                continue;
            }
            self.put_turned(run, joined, (text, token), turns.get(i).copied().unwrap_or(Turn::Stays), out);
            done = token.end as usize;
            i += 1;
        }
        out.copy(text.folded(), done..text.folded().len());
        also
    }

    /// Words beside those that run backwards do so too where they are known from their end. Whether several in a row do.
    fn spread(&self, text: &Text, turns: &mut [Turn]) -> bool {
        let turns_known = |i: usize, turn: Turn| {
            let word = text.tokens().get(i).and_then(|t| text.folded().get(t.range())).unwrap_or_default();
            let reversed: String = word.chars().rev().collect();
            turn == Turn::Backwards || turn == Turn::Stays && word.len() <= LONGEST && self.knows(reversed.as_bytes())
        };
        let mut any = false;
        let mut at = 0;
        while at < turns.len() {
            if turns.get(at) != Some(&Turn::Backwards) {
                at += 1;
                continue;
            }
            let mut first = at;
            while first > 0 && turns.get(first - 1).is_some_and(|&t| turns_known(first - 1, t)) {
                first -= 1;
            }
            let mut end = at + 1;
            while turns.get(end).is_some_and(|&t| turns_known(end, t)) {
                end += 1;
            }
            // Beside a single one that runs backwards everything else is more likely to be as it should.
            let sure = turns.get(first..end).unwrap_or_default().iter().filter(|t| **t == Turn::Backwards).count();
            if sure * 4 >= end - first || end - first == 2 {
                turns.get_mut(first..end).unwrap_or_default().fill(Turn::Backwards);
                any |= end - first > 1;
            }
            at = end;
        }
        any
    }

    fn put_turned(&self, run: &Run<'_>, joined: &Rewritten, (text, token): (&Text, &Token), turn: Turn, out: &mut Rewritten) {
        let mut right = String::new();
        let word = text.folded().get(token.range()).unwrap_or_default();
        let undone = match turn {
            Turn::Stays => {
                out.copy(text.folded(), token.range());
                return;
            }
            Turn::Single => {
                self.single(word, &mut right);
                Evasion::REPEAT
            }
            Turn::Backwards => {
                right.extend(word.chars().rev());
                Evasion::REVERSED
            }
            Turn::UpsideDown => {
                self.upright(run, joined, text, token, &mut right);
                Evasion::FLIPPED
            }
        };
        out.put(&right, token.range(), undone);
    }
}

/// Writes some words from the last one's last letter to the first one's first.
fn put_backwards(text: &Text, words: &[Token], out: &mut Rewritten) {
    for (i, token) in words.iter().rev().enumerate() {
        if i > 0 {
            out.put(" ", token.end as usize..token.end as usize + 1, Evasion::REVERSED);
        }
        let word: String = text.folded().get(token.range()).unwrap_or_default().chars().rev().collect();
        out.put(&word, token.range(), Evasion::REVERSED);
    }
}

fn has_repeats(word: &str) -> bool {
    word.as_bytes().windows(2).any(|w| matches!(w, [a, b] if a == b)) || !word.is_ascii()
}

/// Calls `each` with every character and how often it stands there in a row.
fn each_run(word: &str, mut each: impl FnMut(char, usize)) {
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let mut count = 1;
        while chars.next_if_eq(&c).is_some() {
            count += 1;
        }
        each(c, count);
    }
}
