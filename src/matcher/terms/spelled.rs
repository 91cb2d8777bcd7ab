//! Messages that are spelled by ear (`dey reed evry werd`), without vowels (`w sll t nyn`), or with a slip in word after word. In: a text in which many words are in no
//! dictionary. Out: hits of the same text with each word read as the one that it most likely is. Keeps: a message with a few such words is left alone; the
//! likeliest reading is taken as a whole, so that what stands beside a word has a say in it. Who spells all words so hides none: it counts as slips of the pen.
//! Must not know: which rule a term belongs to.

use super::groups::Word;
use super::loose::is_swap;
use super::reread::Rewritten;
use super::token_keys::{ends_sentence, key_classes};
use super::variants::{self, Key, Letters};
use super::{Run, TermIndex};
use crate::evasion::Evasion;
use crate::text::{Text, Token, TokenFlags, keys};
use once_cell::sync::Lazy;

/// Reused memory of this reading.
#[derive(Debug, Clone, Default)]
pub(super) struct Spelled {
    readings: Vec<Reading>,
    /// Where the readings of each word end.
    ends: Vec<usize>,
    /// For each reading the cost of the best way to it, and the reading before it on that way.
    best: Vec<(u32, u32)>,
}

/// What a word may be.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// `None`: what it is.
    word: Option<&'static str>,
    key: Key,
    cost: u32,
}

/// Fewest words in no dictionary, and fewest odd words that are read as others.
const UNKNOWN_FEWEST: usize = 2;
const FEWEST: usize = 3;
/// One word of so many at least is read as another one.
const SHARE: usize = 4;
const SHARE_ENGLISH: usize = 6;
/// Most words of a message that is read so, and readings of one word.
const LONGEST: usize = 120;
const READINGS: usize = 8;
/// Longest word that is read, in letters.
const LETTERS: usize = 16;

/// What a reading costs over how rare its word is: without vowels, by sound, with a slip; by sound for a word that is one itself.
const BONES: u32 = 2;
const SOUND: u32 = 2;
const SLIP: u32 = 3;
const HOMOPHONE: u32 = 8;
/// A letter of the spelling that its word does not have.
const LETTER: u32 = 2;
/// A word that is in no dictionary and stays so; one that is known, but not among those that people say most.
const UNKNOWN: u32 = 18;
const KNOWN: u32 = 12;
/// How much less two words cost that begin a phrase, or are one.
const PAIR: u32 = 6;

/// Work units of a word that is looked up, of one that is read, and of a pair of readings.
const LOOK_UP_WORK: u64 = 20;
const WORD_WORK: u64 = 400;
const PAIR_WORK: u64 = 2;

/// Makes now the tables that the first misspelled message of a process would wait for.
pub(super) fn prepare() {
    Lazy::force(&LEXICON);
}

impl TermIndex {
    /// Finds what shows when a message that is misspelled throughout is read as it was meant.
    pub(super) fn read_spelled(&self, run: &mut Run<'_>) {
        let unknown = run.scratch.unknown.len();
        let tokens = run.text.tokens().len();
        if unknown < UNKNOWN_FEWEST || unknown * SHARE_ENGLISH < tokens || tokens > LONGEST {
            return;
        }
        let english = is_english(run.text);
        // In another language words that its speakers seldom write are no sign.
        if !(english && has_odd_words(run) || unknown * SHARE >= tokens) {
            return;
        }
        let mut spelled = run.scratch.spelling.take().unwrap_or_default();
        let mut whole = run.scratch.whole.take().unwrap_or_default();
        if self.read_words(run, &mut spelled, english) && self.choose(run, &mut spelled, &mut whole.rewritten) {
            self.find_rewritten(run, &mut whole, super::align::cost::EDIT);
        }
        run.scratch.spelling = Some(spelled);
        run.scratch.whole = Some(whole);
    }

    /// Notes what each word may be. Whether enough of those in no dictionary may be anything.
    fn read_words(&self, run: &mut Run<'_>, spelled: &mut Spelled, english: bool) -> bool {
        let Spelled { readings, ends, .. } = spelled;
        readings.clear();
        ends.clear();
        let bare = run.scratch.unknown.iter().filter(|&&i| run.text.tokens().get(i as usize).is_some_and(|t| is_bare(run.text, t))).count();
        let style = if bare >= UNKNOWN_FEWEST && bare * 2 >= run.scratch.unknown.len() { Style::Bare } else { Style::Sound };
        // Words that people seldom say, and those of them that may be others.
        let (mut odd, mut read) = (0, 0);
        for (i, token) in run.text.tokens().iter().enumerate() {
            if !run.budget.charge(WORD_WORK) {
                return false;
            }
            let first = readings.len();
            let known = run.scratch.words.get(i).is_some_and(|w| w.is_known());
            let own = Key::collect(key_classes(run.text, token)).unwrap_or(Key::EMPTY);
            let letters = plain_letters(run, token);
            let word = letters.as_ref().and_then(|l| LEXICON.level(l.as_slice()));
            let cost = word.unwrap_or(if known || letters.is_none() { KNOWN } else { UNKNOWN });
            readings.push(Reading { word: None, key: own, cost });
            if let Some(letters) = letters {
                let name = is_name(run, i, token);
                let manner = if name { Style::Name } else { style };
                // Among English words one of another language (`de`, `mi`) is no word.
                LEXICON.read(letters.as_slice(), known && (word.is_some() || !english), manner, readings, first);
                let is_odd = word.is_none() && !name;
                odd += usize::from(is_odd);
                read += usize::from(is_odd && readings.len() > first + 1);
            }
            ends.push(readings.len());
        }
        let share = if english && style == Style::Sound { SHARE_ENGLISH } else { SHARE };
        read >= FEWEST && read * 3 >= odd * 2 && read * share >= ends.len()
    }

    /// Chooses the readings that cost least together. Whether any word is read as another.
    fn choose(&self, run: &mut Run<'_>, spelled: &mut Spelled, rewritten: &mut Rewritten) -> bool {
        let Spelled { readings, ends, best } = spelled;
        best.clear();
        let mut before = 0..0;
        let mut start = 0;
        for (i, &end) in ends.iter().enumerate() {
            let Some(token) = run.text.tokens().get(i) else { return false };
            let tied = !ends_sentence(token) && !before.is_empty();
            if !run.budget.charge(PAIR_WORK * (before.len().max(1) * (end - start)) as u64) {
                return false;
            }
            for reading in readings.get(start..end).unwrap_or_default() {
                let way = |at: usize| {
                    let (cost, last) = (best.get(at).map_or(0, |b| b.0), readings.get(at));
                    let pair = tied && last.is_some_and(|last| self.begins(&last.key, &reading.key));
                    (cost + if pair { 0 } else { PAIR }, at as u32)
                };
                let (cost, from) = before.clone().map(way).min().unwrap_or((0, 0));
                best.push((cost + reading.cost, from));
            }
            before = start..end;
            start = end;
        }
        let mut chosen = vec![0_u32; ends.len()];
        let last = before.clone().min_by_key(|&at| best.get(at).map_or(u32::MAX, |b| b.0));
        let mut at = last.unwrap_or(0) as u32;
        for slot in chosen.iter_mut().rev() {
            *slot = at;
            at = best.get(at as usize).map_or(0, |b| b.1);
        }
        rewritten.clear();
        let mut done = 0;
        for (token, at) in run.text.tokens().iter().zip(chosen) {
            if let Some(Reading { word: Some(word), .. }) = readings.get(at as usize) {
                rewritten.copy(run.text.folded(), done..token.start as usize);
                rewritten.put(word, token.range(), Evasion::TYPO);
                done = token.end as usize;
            }
        }
        rewritten.copy(run.text.folded(), done..run.text.folded().len());
        rewritten.changed
    }

    /// Whether two words begin a phrase, or are one.
    fn begins(&self, first: &Key, second: &Key) -> bool {
        let mut key = keys::KeyHasher::new();
        key.push(first.as_slice());
        key.push(second.as_slice());
        Word(self.exact.get(key.finish())).0 & Word::GROUP != 0
    }
}

/// Words of which two make a text English: frequent there, and words of hardly any other language.
const ENGLISH: [&str; 40] = [
    "about", "and", "any", "anyone", "are", "but", "by", "can", "could", "don't", "dont", "for", "from", "got", "have", "how", "i'm", "if",
    "it", "my", "not", "of", "or", "she", "some", "that", "the", "them", "they", "this", "to", "we", "were", "what", "when", "who", "with",
    "you", "your", "yours",
];

/// Whether enough words of an English text are not among those that people say most.
fn has_odd_words(run: &mut Run<'_>) -> bool {
    let tokens = run.text.tokens();
    if !run.budget.charge(tokens.len() as u64 * LOOK_UP_WORK) {
        return false;
    }
    let odd = tokens.iter().filter(|t| plain_letters(run, t).is_some_and(|l| LEXICON.level(l.as_slice()).is_none())).count();
    odd >= FEWEST && odd * SHARE_ENGLISH >= tokens.len()
}

/// Whether a text is English.
pub(super) fn is_english(text: &Text) -> bool {
    let word = |token: &Token| text.folded().get(token.range()).unwrap_or_default();
    text.tokens().iter().filter(|t| ENGLISH.binary_search(&word(t)).is_ok()).take(2).count() == 2
}

/// The letters of a word that may be read as another one: ASCII letters, as they were written.
fn plain_letters(run: &Run<'_>, token: &Token) -> Option<Letters> {
    let kind = TokenFlags::DIGIT.or(TokenFlags::WIDE).or(TokenFlags::UNSPACED).or(TokenFlags::EMOJI);
    if token.flags.intersects(kind) || token.range().len() > LETTERS {
        return None;
    }
    let word = run.text.folded().as_bytes().get(token.range())?;
    run.text.evidence(token.range()).is_empty().then(|| word.iter().copied().filter(|&b| b != b'\'').collect())
}

/// Whether a word with a capital inside a sentence may be a name, which has a slip in it at most.
fn is_name(run: &Run<'_>, i: usize, token: &Token) -> bool {
    let span = run.text.source_span(token.range());
    let begins = i == 0 || ends_sentence(token) || token.flags.has(TokenFlags::LINE);
    !begins && matches!(run.source.get(span.start..span.end), Some([a, b, ..]) if a.is_ascii_uppercase() && b.is_ascii_lowercase())
}

/// Whether a word has no vowel.
fn is_bare(text: &Text, token: &Token) -> bool {
    let word = text.folded().as_bytes().get(token.range()).unwrap_or_default();
    word.len() > 1 && word.iter().all(|&b| b.is_ascii_lowercase() && !variants::is_vowel(b))
}

/// How a message is misspelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Bare,
    Sound,
    Name,
}

/// The words that are read, by how they may be spelled.
struct Lexicon {
    /// By first letter, length and letters, with their levels.
    words: Vec<(&'static str, u8)>,
    /// Hashes of the words without vowels, and of their sound, each with the word.
    bones: Vec<(u32, u16)>,
    sounds: Vec<(u32, u16)>,
}

static LEXICON: Lazy<Lexicon> = Lazy::new(Lexicon::new);

/// Spellings that sound does not tell: a few of the commonest words.
const ALIASES: &[(&str, &str)] = &[
    ("an", "and"),
    ("anywun", "anyone"),
    ("b", "be"),
    ("c", "see"),
    ("cos", "because"),
    ("coz", "because"),
    ("cuz", "because"),
    ("evry", "every"),
    ("evrywun", "everyone"),
    ("fing", "thing"),
    ("n", "and"),
    ("nuffin", "nothing"),
    ("ova", "over"),
    ("r", "are"),
    ("sum", "some"),
    ("sumfin", "something"),
    ("sumwun", "someone"),
    ("u", "you"),
    ("ur", "your"),
    ("wid", "with"),
    ("wif", "with"),
    ("wiv", "with"),
    ("won", "one"),
    ("wun", "one"),
    ("y", "why"),
    ("ya", "you"),
    ("yer", "your"),
    ("yor", "your"),
];

impl Lexicon {
    fn new() -> Self {
        let lines = include_str!("../data/spoken_words.txt").lines().filter(|l| !l.starts_with('#'));
        let level = |line: &'static str| line.split_once(' ').and_then(|(level, words)| Some((level.parse::<u8>().ok()?, words)));
        let mut words: Vec<_> = lines.filter_map(level).flat_map(|(level, words)| words.split(' ').map(move |w| (w, level))).collect();
        words.sort_unstable_by_key(|(word, _)| place_of(word.as_bytes()));
        let (mut bones, mut sounds) = (Vec::new(), Vec::new());
        for (&(word, _), number) in words.iter().zip(0..) {
            each_bones(word.as_bytes(), |key| bones.push((hash(key), number)));
            sounds.push((hash(sound(word.as_bytes()).as_slice()), number));
        }
        bones.sort_unstable();
        bones.dedup();
        sounds.sort_unstable();
        words.shrink_to_fit();
        bones.shrink_to_fit();
        sounds.shrink_to_fit();
        Self { words, bones, sounds }
    }

    fn number(&self, letters: &[u8]) -> Option<usize> {
        self.words.binary_search_by_key(&place_of(letters), |(word, _)| place_of(word.as_bytes())).ok()
    }

    fn level(&self, letters: &[u8]) -> Option<u32> {
        self.words.get(self.number(letters)?).map(|w| u32::from(w.1))
    }

    /// Appends what a word may be, the commonest first.
    fn read(&self, letters: &[u8], known: bool, style: Style, readings: &mut Vec<Reading>, first: usize) {
        let mut push = |number: u16, more: u32| {
            if let Some(&(word, level)) = self.words.get(usize::from(number)).filter(|(w, _)| w.as_bytes() != letters) {
                let more = more + LETTER * missing(letters, word.as_bytes());
                let key = Key::collect(word.bytes().filter_map(|b| keys::CLASS.get(usize::from(b)).copied()));
                let reading = Reading { word: Some(word), key: key.unwrap_or(Key::EMPTY), cost: u32::from(level) + more };
                readings.push(reading);
            }
        };
        let bare = !letters.iter().any(|&b| variants::is_vowel(b)) || letters.len() > 2 && variants::is_vowelless(letters);
        if style == Style::Bare
            && bare
            && let Some(key) = variants::key_of(letters)
        {
            for &(_, number) in of_hash(&self.bones, hash(key.as_slice())) {
                push(number, BONES);
            }
        }
        if style == Style::Sound {
            if let Ok(alias) = ALIASES.binary_search_by(|(spelled, _)| spelled.as_bytes().cmp(letters))
                && let Some(number) = ALIASES.get(alias).and_then(|(_, word)| self.number(word.as_bytes()))
            {
                push(number as u16, SOUND);
            }
            if letters.len() > 1 {
                for &(_, number) in of_hash(&self.sounds, hash(sound(letters).as_slice())) {
                    push(number, if known { HOMOPHONE } else { SOUND });
                }
            }
        }
        if !known && letters.len() >= 4 {
            // Those that begin alike and are about as long.
            let (initial, shortest) = (letters.first().copied(), letters.len().max(5) - 1);
            let from = self.words.partition_point(|(w, _)| (w.as_bytes().first().copied(), w.len()) < (initial, shortest));
            let rest = self.words.get(from..).unwrap_or_default().iter();
            let near = rest.take_while(|(w, _)| w.as_bytes().first().copied() == initial && w.len() <= letters.len() + 1);
            for (at, _) in near.enumerate().filter(|(_, (w, _))| is_slip(letters, w.as_bytes())) {
                push((from + at) as u16, SLIP);
            }
        }
        if let Some(own) = readings.get_mut(first + 1..) {
            own.sort_unstable_by_key(|r| (r.cost, r.word));
        }
        readings.truncate(first + 1 + READINGS);
    }
}

/// What the words are sorted by, so that those that begin alike and are as long lie together.
fn place_of(word: &[u8]) -> (Option<u8>, usize, &[u8]) {
    (word.first().copied(), word.len(), word)
}

/// A hash of which half is kept: two words that share it are read for each other, seldom and at no harm.
fn hash(key: &[u8]) -> u32 {
    (keys::hash(key) >> 32) as u32
}

/// The entries that have a hash.
fn of_hash(entries: &[(u32, u16)], hash: u32) -> &[(u32, u16)] {
    let from = entries.partition_point(|e| e.0 < hash);
    let rest = entries.get(from..).unwrap_or_default();
    let count = rest.iter().take_while(|e| e.0 == hash).count();
    rest.get(..count).unwrap_or_default()
}

/// Calls `each` with what may be left of a word without its vowels: the first letter kept or not where it is one, `y` kept or not.
fn each_bones(word: &[u8], mut each: impl FnMut(&[u8])) {
    let rest = word.get(1..).filter(|_| word.first().is_some_and(|&b| variants::is_vowel(b)));
    for letters in [Some(word), rest].into_iter().flatten() {
        let Some(bones) = variants::consonants(letters).filter(|b| !b.as_slice().is_empty()) else { continue };
        each(bones.as_slice());
        let no_y: Key = bones.as_slice().iter().enumerate().filter(|(i, b)| *i == 0 || **b != b'y').map(|(_, &b)| b).collect();
        if no_y.as_slice().len() < bones.as_slice().len() {
            each(no_y.as_slice());
        }
    }
}

/// How many letters of a spelling its word does not have in this order.
fn missing(spelling: &[u8], word: &[u8]) -> u32 {
    // Longest common part so far, by how much of the word was taken in.
    let mut row = [0_u32; LETTERS + 1];
    for a in spelling.iter().take(LETTERS) {
        let mut diagonal = 0;
        for (i, b) in word.iter().take(LETTERS).enumerate() {
            let left = row.get(i).copied().unwrap_or(0);
            if let Some(slot) = row.get_mut(i + 1) {
                let here = if a == b { diagonal + 1 } else { (*slot).max(left) };
                diagonal = std::mem::replace(slot, here);
            }
        }
    }
    spelling.len() as u32 - row.get(word.len().min(LETTERS)).copied().unwrap_or(0)
}

/// Whether one word is the other with one letter added, dropped, changed, or two swapped.
fn is_slip(one: &[u8], other: &[u8]) -> bool {
    if one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (a, b) = (one.get(same..).unwrap_or_default(), other.get(same..).unwrap_or_default());
    match (a, b) {
        ([_, a @ ..], b) | (b, [_, a @ ..]) if a == b && one.len() != other.len() => true,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        _ => one.len() == other.len() && is_swap(a, b),
    }
}

/// What a word sounds like to whoever spells by ear: all vowels one, mute letters left out, what is spoken alike one.
fn sound(word: &[u8]) -> Key {
    let mut key = Key::EMPTY;
    let spoken_u = matches!(word, [b'u', c, v, ..] if !variants::is_vowel(*c) && variants::is_vowel(*v));
    let (word, le) = trimmed(word);
    let mut at = 0;
    while let Some(&b) = word.get(at) {
        let rest = word.get(at..).unwrap_or_default();
        let next = rest.get(1).copied().unwrap_or(0);
        let vowel_next = variants::is_vowel(next) || next == b'y';
        let before = at.checked_sub(1).and_then(|at| word.get(at)).copied().unwrap_or(0);
        let after_vowel = variants::is_vowel(before) || before == b'y';
        let voiced = key.as_slice().contains(&b'a');
        let (sounds, len): (&[u8], usize) = match rest {
            [b'k' | b'g', b'n', ..] if at == 0 => (b"n", 2),
            [b'w', b'r', ..] if at == 0 => (b"r", 2),
            [b'w', b'h', ..] => (b"w", 2),
            [b'u', ..] if at == 0 && spoken_u => (b"ya", 1),
            [b'y', ..] if at == 0 && vowel_next => (b"y", 1),
            [b't', b'c', b'h', ..] => (b"c", 3),
            [b'c', b'h', ..] => (b"c", 2),
            [b's', b's', b'i', b'o', ..] => (b"S", 3),
            [b't' | b's' | b'c', b'i', b'o' | b'a', ..] if at > 0 => (b"S", 2),
            [b's', b'h', ..] => (b"S", 2),
            [b't', b'h', ..] => (b"d", 2),
            [b'p', b'h', ..] => (b"f", 2),
            [b'g', b'h', ..] if at > 0 => (b"", 2),
            [b'd', b'g', ..] => (b"g", 2),
            [b'c', b'k', ..] => (b"k", 2),
            [b'q', b'u', ..] => (b"kw", 2),
            [b'o', b'u', b'l', b'd'] => (b"a", 3),
            [b'a' | b'o', b'l', b'k' | b'm' | b'f', ..] => (b"a", 2),
            [b'm', b'b'] => (b"m", 2),
            [b'b', b't'] => (b"t", 2),
            // The last `t` of a group is dropped as often as not.
            [b'x', b't'] if at > 1 => (b"ks", 2),
            [b's' | b'f' | b'p' | b'k', b't'] if at > 1 => (rest.get(..1).unwrap_or_default(), 2),
            [b'e', b'd'] if voiced && !after_vowel && !matches!(before, b't' | b'd') => (b"", 1),
            [b'e', b's'] if voiced && !after_vowel && !matches!(before, b's' | b'z' | b'x' | b'h' | b'c' | b'g') => (b"", 1),
            [b'c', b'e' | b'i' | b'y', ..] => (b"s", 1),
            [b'c', ..] => (b"k", 1),
            [b'q', ..] => (b"k", 1),
            [b'x', ..] => (b"ks", 1),
            [b'z', ..] => (b"s", 1),
            [b'j', ..] => (b"g", 1),
            [b'a' | b'e' | b'i' | b'o' | b'u' | b'y', ..] => (b"a", 1),
            [b'w' | b'h', ..] if at > 0 && (!vowel_next || b == b'h' && !after_vowel) => (b"", 1),
            _ => (rest.get(..1).unwrap_or_default(), 1),
        };
        for &s in sounds {
            if key.as_slice().last() != Some(&s) {
                key.push(s);
            }
        }
        at += len;
    }
    if le {
        key.push(b'a');
        key.push(b'l');
    }
    // A last `r` behind a vowel is hardly heard, but in words of one syllable.
    let vowels = key.as_slice().iter().filter(|&&b| b == b'a').count();
    match key.as_slice() {
        [heard @ .., b'a', b'r'] if vowels > 1 => Key::collect(heard.iter().copied().chain([b'a'])).unwrap_or(Key::EMPTY),
        _ => key,
    }
}

/// A word without the mute letters at its end, and whether it ends in a consonant and `le`.
fn trimmed(word: &[u8]) -> (&[u8], bool) {
    let vowel = |b: &u8| variants::is_vowel(*b) || *b == b'y';
    match word {
        [start @ .., c, b'l', b'e'] if !vowel(c) && !start.is_empty() => (word.get(..word.len() - 2).unwrap_or(word), true),
        [start @ .., c, b'e'] if !vowel(c) && start.iter().any(vowel) => (word.get(..word.len() - 1).unwrap_or(word), false),
        [.., b'i', b'n', b'g'] if word.len() > 4 => (word.get(..word.len() - 1).unwrap_or(word), false),
        _ => (word, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_meets() {
        for (spelled, word) in [
            ("kontinyoo", "continue"),
            ("owtsyde", "outside"),
            ("dis", "this"),
            ("dere", "there"),
            ("komishun", "commission"),
            ("bottel", "bottle"),
            ("rite", "write"),
            ("yooz", "use"),
            ("payin", "paying"),
            ("wud", "would"),
            ("tok", "talk"),
            ("jus", "just"),
            ("kild", "killed"),
            ("numba", "number"),
            ("kwik", "quick"),
        ] {
            let sounds = [spelled, word].map(|w| sound(w.as_bytes()).as_slice().to_vec());
            assert_eq!(sounds[0], sounds[1], "{spelled} {word}");
        }
        assert_ne!(sound(b"meet").as_slice(), sound(b"need").as_slice());
    }

    #[test]
    fn one_letter_more_less_other_or_swapped_is_a_slip() {
        for (slip, word) in [("mial", "mail"), ("adress", "address"), ("werk", "work"), ("kindlyy", "kindly"), ("ocde", "code")] {
            assert!(is_slip(slip.as_bytes(), word.as_bytes()) && is_slip(word.as_bytes(), slip.as_bytes()), "{slip} {word}");
        }
        assert!(!is_slip(b"mlia", b"mail") && !is_slip(b"mail", b"males"));
        assert_eq!((missing(b"dey", b"they"), missing(b"dey", b"the"), missing(b"heer", b"here"), missing(b"", b"a")), (1, 2, 1, 0));
    }

    #[test]
    fn words_and_aliases_are_sorted_and_known() {
        assert!(
            LEXICON.words.windows(2).all(|w| place_of(w[0].0.as_bytes()) < place_of(w[1].0.as_bytes()))
                && LEXICON.words.len() < usize::from(u16::MAX)
        );
        assert!(ENGLISH.is_sorted());
        assert!(ALIASES.windows(2).all(|w| w[0].0 < w[1].0));
        assert!(ALIASES.iter().all(|(_, word)| LEXICON.level(word.as_bytes()).is_some()));
    }
}
