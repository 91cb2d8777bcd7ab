//! Languages written in Latin letters that are not theirs: Russian as it sounds (`pishi v telegu`), Chinese in pinyin (`jia wo wei xin`). In: a text of words that are
//! mostly in no dictionary. Out: hits of the same text in Cyrillic, or in characters of the same sound. Keeps: a text is read so only where most of its words
//! are words then. Who writes so hides nothing: it counts as slips of the pen. Must not know: which rule a term belongs to.

use super::reread::{Rewritten, Whole};
use super::spelled::is_english;
use super::{Run, TermIndex, unit_key};
use crate::evasion::Evasion;
use crate::text::pinyin::{SYLLABLES, pinyin};
use crate::text::{Text, Token, TokenFlags};
use once_cell::sync::Lazy;

/// Fewest and most words of such a text, and fewest letters of a word that tells.
const FEWEST: usize = 3;
const LONGEST: usize = 120;
const TELLING: usize = 3;
/// Longest word that is cut into syllables, longest syllable, and fewest syllables in all.
const WORD_LETTERS: usize = 24;
const SYLLABLE_LETTERS: usize = 6;
const SYLLABLES_FEWEST: usize = 4;
/// Work units of a word.
const WORD_WORK: u64 = 40;

/// Latin spellings of Cyrillic letters, longer ones first.
const CYRILLIC: &[(&str, &str)] = &[
    ("shch", "щ"),
    ("sch", "щ"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("zh", "ж"),
    ("kh", "х"),
    ("ts", "ц"),
    ("ya", "я"),
    ("ja", "я"),
    ("yu", "ю"),
    ("ju", "ю"),
    ("yo", "ё"),
    ("ye", "е"),
    ("ks", "кс"),
    ("a", "а"),
    ("b", "б"),
    ("c", "ц"),
    ("d", "д"),
    ("e", "е"),
    ("f", "ф"),
    ("g", "г"),
    ("h", "х"),
    ("i", "и"),
    ("j", "й"),
    ("k", "к"),
    ("l", "л"),
    ("m", "м"),
    ("n", "н"),
    ("o", "о"),
    ("p", "п"),
    ("q", "к"),
    ("r", "р"),
    ("s", "с"),
    ("t", "т"),
    ("u", "у"),
    ("v", "в"),
    ("w", "в"),
    ("x", "х"),
    ("z", "з"),
    ("'", "ь"),
];

/// A character of each syllable's sound, by the number of the syllable.
static CHARACTERS: Lazy<Vec<char>> = Lazy::new(|| {
    let mut characters = vec!['\0'; SYLLABLES.len()];
    for c in ('\u{4E00}'..='\u{9FFF}').rev() {
        if let Some(slot) = pinyin(c).and_then(|number| characters.get_mut(usize::from(number))) {
            *slot = c;
        }
    }
    characters
});

/// Makes now the table that the first such message of a process would wait for.
pub(super) fn prepare() {
    Lazy::force(&CHARACTERS);
}

impl TermIndex {
    /// Finds what shows when a text in Latin letters is read as Russian or as Chinese.
    pub(super) fn read_romanized(&self, run: &mut Run<'_>) {
        let (tokens, unknown) = (run.text.tokens().len(), run.scratch.unknown.len());
        if unknown * 4 < tokens || !(FEWEST..=LONGEST).contains(&tokens) || is_english(run.text) {
            return;
        }
        if !run.budget.charge(tokens as u64 * WORD_WORK) {
            return;
        }
        self.find_rewritten(run, super::align::cost::EDIT, |run, Whole { rewritten, text, .. }| {
            put_characters(run.text, rewritten) || put_cyrillic(run.text, rewritten) && self.is_mostly_known(rewritten, text)
        });
    }

    /// Whether half the words of a rewritten text are known, of those that tell.
    fn is_mostly_known(&self, rewritten: &Rewritten, text: &mut Text) -> bool {
        text.read(rewritten.letters.as_bytes());
        let telling =
            |t: &&Token| t.flags.has(TokenFlags::WIDE) && text.folded().get(t.range()).is_some_and(|w| w.chars().count() >= TELLING);
        let (mut all, mut known) = (0, 0);
        for token in text.tokens().iter().filter(telling) {
            all += 1;
            known += usize::from(self.word(token, unit_key(text, token)).is_known());
        }
        known >= FEWEST && known * 2 >= all
    }
}

/// Whether a word is of Latin letters.
fn is_latin(text: &Text, token: &Token) -> bool {
    text.folded().as_bytes().get(token.range()).unwrap_or_default().iter().all(|b| b.is_ascii_alphabetic() || *b == b'\'')
}

/// Writes a text with its words in Cyrillic. Whether any is.
fn put_cyrillic(text: &Text, out: &mut Rewritten) -> bool {
    out.clear();
    let mut done = 0;
    for token in text.tokens().iter().filter(|t| is_latin(text, t)) {
        out.copy(text.folded(), done..token.start as usize);
        let word = text.folded().get(token.range()).unwrap_or_default();
        let mut at = 0;
        while let Some(rest) = word.get(at..).filter(|rest| !rest.is_empty()) {
            let (letter, len) = cyrillic(rest, word.get(..at).unwrap_or_default());
            let start = token.start as usize + at;
            out.put(letter, start..start + len, Evasion::TYPO);
            at += len;
        }
        done = token.end as usize;
    }
    out.copy(text.folded(), done..text.folded().len());
    out.changed
}

/// The Cyrillic letters that some Latin ones stand for, and how many these are.
fn cyrillic(rest: &str, before: &str) -> (&'static str, usize) {
    if let Some(&(latin, letter)) = CYRILLIC.iter().find(|(latin, _)| rest.starts_with(latin)) {
        return (letter, latin.len());
    }
    // `y` is a vowel behind a consonant.
    let behind_vowel = before.is_empty() || before.ends_with(['a', 'e', 'i', 'o', 'u', 'y']);
    (if behind_vowel { "й" } else { "ы" }, 1)
}

/// Writes a text with its words as characters of the same sound. Whether most words are of such syllables.
fn put_characters(text: &Text, out: &mut Rewritten) -> bool {
    out.clear();
    let (mut done, mut others, mut syllables) = (0, 0, 0);
    let mut cuts = [(0, 0); WORD_LETTERS];
    for token in text.tokens() {
        let word = text.folded().get(token.range()).unwrap_or_default();
        let count = if is_latin(text, token) { cut(word, &mut cuts) } else { 0 };
        if count == 0 {
            others += 1;
            if others * 4 > text.tokens().len() {
                return false;
            }
            continue;
        }
        out.copy(text.folded(), done..token.start as usize);
        let mut at = 0;
        for &(end, number) in cuts.iter().take(count) {
            let start = token.start as usize;
            let character = CHARACTERS.get(number).copied().unwrap_or('\0');
            out.put(character.encode_utf8(&mut [0; 4]), start + at..start + end, Evasion::TYPO);
            syllables += 1;
            at = end;
        }
        done = token.end as usize;
    }
    out.copy(text.folded(), done..text.folded().len());
    syllables >= SYLLABLES_FEWEST
}

/// Cuts a word into as few syllables as can be: the end and the number of each. How many these are, none where it can not be cut so.
fn cut(word: &str, cuts: &mut [(usize, usize); WORD_LETTERS]) -> usize {
    if word.len() > WORD_LETTERS {
        return 0;
    }
    // For each length how many syllables the letters up to it are, and the last one's beginning and number.
    let mut best = [None; WORD_LETTERS + 1];
    best[0] = Some((0_usize, 0_usize, 0_usize));
    for end in 1..=word.len() {
        for start in end.saturating_sub(SYLLABLE_LETTERS)..end {
            let before = best.get(start).copied().flatten();
            let number = word.get(start..end).and_then(|syllable| SYLLABLES.binary_search(&syllable).ok());
            if let (Some((count, ..)), Some(number)) = (before, number)
                && let Some(slot) = best.get_mut(end)
                && slot.is_none_or(|(fewest, ..)| count + 1 < fewest)
            {
                *slot = Some((count + 1, start, number));
            }
        }
    }
    let count = best.get(word.len()).copied().flatten().map_or(0, |(count, ..)| count);
    let mut end = word.len();
    for slot in cuts.iter_mut().take(count).rev() {
        if let Some((_, start, number)) = best.get(end).copied().flatten() {
            *slot = (end, number);
            end = start;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(words: &str) -> Text {
        let mut text = Text::default();
        text.read(words.as_bytes());
        text
    }

    #[test]
    fn russian_is_read() {
        let mut out = Rewritten::default();
        assert!(put_cyrillic(&text_of("pishi v telegu, moy nomer u tebya"), &mut out));
        assert_eq!(out.letters, "пиши в телегу, мой номер у тебя");
    }

    #[test]
    fn chinese_is_cut_into_syllables() {
        let mut out = Rewritten::default();
        assert!(put_characters(&text_of("jia wo weixin ba laoban"), &mut out));
        let sounds = out.letters.chars().filter_map(pinyin).map(|n| SYLLABLES[usize::from(n)]).collect::<Vec<_>>();
        assert_eq!(sounds, ["jia", "wo", "wei", "xin", "ba", "lao", "ban"]);
        assert!(!put_characters(&text_of("he can sing to the men"), &mut out));
        assert!(SYLLABLES.is_sorted() && CHARACTERS.iter().all(|&c| c != '\0'));
    }
}
