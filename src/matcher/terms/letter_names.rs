//! Letters called by their English names (`tee dee pee`, `eff n eff`, `eye dee`). In: a text of words. Out: hits of the same text with such rows written as the
//! letters. Keeps: one name alone is a word like others, and a row of names that are all everyday words stays. Must not know: which rule a term belongs to.

use super::reread::Rewritten;
use super::{Run, TermIndex};
use crate::evasion::Evasion;
use crate::text::{Text, Token, TokenFlags};

/// Names of letters that are seldom anything else beside each other.
const NAMES: &[(&str, u8)] = &[
    ("aitch", b'h'),
    ("bee", b'b'),
    ("cee", b'c'),
    ("cue", b'q'),
    ("dee", b'd'),
    ("eff", b'f'),
    ("ell", b'l'),
    ("ess", b's'),
    ("gee", b'g'),
    ("haitch", b'h'),
    ("jay", b'j'),
    ("kay", b'k'),
    ("pee", b'p'),
    ("tee", b't'),
    ("vee", b'v'),
    ("zed", b'z'),
    ("zee", b'z'),
];
/// Names that are everyday words, or words of other languages.
const WORDS: &[(&str, u8)] =
    &[("ay", b'a'), ("ee", b'e'), ("ef", b'f'), ("el", b'l'), ("em", b'm'), ("en", b'n'), ("ex", b'x'), ("eye", b'i'), ("oh", b'o')];
/// Fewest letters of a row.
const ROW: usize = 2;
/// Most words of a message that is read so, and work units of a word.
const LONGEST: usize = 120;
const WORD_WORK: u64 = 4;

impl TermIndex {
    /// Finds what shows when rows of letter names are read as the letters.
    pub(super) fn read_letter_names(&self, run: &mut Run<'_>) {
        let tokens = run.text.tokens();
        if tokens.len() > LONGEST || !may_have_names(run.text) || !run.budget.charge(tokens.len() as u64 * WORD_WORK) {
            return;
        }
        self.find_rewritten(run, super::align::cost::GLYPH, |run, whole| {
            put_letters(run.text, &mut whole.rewritten);
            whole.rewritten.changed
        });
    }
}

/// Whether some word is a name of three letters, the last two of which are the same: nearly every row of names has one.
fn may_have_names(text: &Text) -> bool {
    let bytes = text.folded().as_bytes();
    let ends_double = |t: &Token| bytes.get(t.start as usize + 1) == bytes.get(t.start as usize + 2);
    text.tokens().iter().any(|t| t.end - t.start == 3 && ends_double(t) && letter_of(text, t).is_some_and(|(_, name)| name))
}

/// The letter that a word is the name of, or is; whether it is hardly anything else.
fn letter_of(text: &Text, token: &Token) -> Option<(u8, bool)> {
    let word = text.folded().get(token.range())?;
    let of = |names: &[(&str, u8)]| names.iter().find(|(name, _)| *name == word).map(|&(_, letter)| letter);
    let single = || word.bytes().next().filter(|b| word.len() == 1 && b.is_ascii_alphabetic());
    of(NAMES).map(|letter| (letter, true)).or_else(|| of(WORDS).or_else(single).map(|letter| (letter, false)))
}

/// Whether a letter is a word of its own before others.
fn is_word(text: &Text, token: &Token) -> bool {
    matches!(text.folded().as_bytes().get(token.range()), Some(b"a" | b"i" | b"u"))
}

/// Writes a text with each row of letter names as one word.
fn put_letters(text: &Text, out: &mut Rewritten) {
    out.clear();
    let (folded, tokens) = (text.folded(), text.tokens());
    let (mut done, mut i) = (0, 0);
    while i < tokens.len() {
        let rest = tokens.get(i..).unwrap_or_default();
        let fits = |at: usize, token: &Token| {
            if at == 0 { !is_word(text, token) } else { !token.flags.intersects(TokenFlags::BREAK) }
        };
        let row: Vec<(&Token, (u8, bool))> =
            rest.iter().enumerate().map_while(|(at, token)| Some((token, letter_of(text, token).filter(|_| fits(at, token))?))).collect();
        if row.len() >= ROW && row.iter().any(|(_, (_, name))| *name) {
            for (n, (token, (letter, _))) in row.iter().enumerate() {
                // What stands between two letters is left out.
                out.copy(folded, if n == 0 { done..token.start as usize } else { 0..0 });
                out.put(char::from(*letter).encode_utf8(&mut [0; 4]), token.range(), Evasion::PHONETIC);
            }
            done = row.last().map_or(done, |(token, _)| token.end as usize);
        }
        i += row.len().max(1);
    }
    out.copy(folded, done..folded.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_letter_names_are_the_letters() {
        let read = |words: &str| {
            let mut text = Text::default();
            text.read(words.as_bytes());
            let mut out = Rewritten::default();
            put_letters(&text, &mut out);
            out.letters
        };
        assert_eq!(read("a tee dee pee 5 please"), "a tdp 5 please");
        assert_eq!(read("no eye dee, pay eff n eff"), "no id, pay fnf");
        assert_eq!(read("the bee is here. see you"), "the bee is here. see you");
        assert_eq!(read("el en oh"), "el en oh");
    }
}
