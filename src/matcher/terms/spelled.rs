//! Messages that are spelled by ear (`dey reed evry werd`), without vowels (`w sll t nyn`), or with a slip in word after word. In: a text in which many words are in no
//! dictionary. Out: hits of the same text with each word read as the one that it most likely is, in the language that most words tell. Keeps: a message with a
//! few such words is left alone; the likeliest reading is taken as a whole, so that what stands beside a word has a say in it. Who spells all words so hides
//! none: it counts as slips of the pen. Must not know: which rule a term belongs to.

use super::groups::Word;
use super::lexicon::{self, LETTERS, LEXICONS, Lexicon, Spelling, missing};
use super::reread::Rewritten;
use super::token_keys::{ends_sentence, key_classes};
use super::variants::{Key, Letters};
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
    /// A word as it is read.
    word: String,
}

/// What a word may be.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// `None`: what it is.
    word: Option<(&'static Lexicon, u16)>,
    key: Key,
    cost: u32,
}

/// Fewest words in no dictionary, and fewest odd words that are read as others.
const UNKNOWN_FEWEST: usize = 2;
const FEWEST: usize = 3;
/// One word of so many at least is read as another one.
const SHARE: usize = 4;
const SHARE_ENGLISH: usize = 6;
/// Words by which the language is told.
const TELLING: usize = 20;
/// Or one of so many has no vowel.
const BARE_SHARE: usize = 3;
/// One letter of so many at most is a vowel in a word that is nearly without.
const NEARLY_BARE: usize = 3;
/// Most words of a message that is read so, and readings of one word.
const LONGEST: usize = 120;
const READINGS: usize = 8;

/// What a reading costs over how rare its word is: without vowels, by sound, with a slip; by sound for a word that is one itself.
const BONES: u32 = 2;
const SOUND: u32 = 2;
const SLIP: u32 = 3;
const HOMOPHONE: u32 = 5;
/// A letter of the spelling that its word does not have.
const LETTER: u32 = 2;
/// A word that is in no dictionary and stays so; one that is known, but not among those that people say most.
const UNKNOWN: u32 = 18;
const KNOWN: u32 = 12;
/// What an English word costs more in another language, where names of goods and apps are that.
const FOREIGN: u32 = 2;
/// How much less two words cost that begin a phrase, or are one.
const PAIR: u32 = 6;

/// Work units of a word that is looked up, of one that is read, and of a pair of readings.
const LOOK_UP_WORK: u64 = 20;
const WORD_WORK: u64 = 400;
const PAIR_WORK: u64 = 2;

/// Makes now the tables that the first misspelled message of a process would wait for.
pub(super) fn prepare() {
    Lazy::force(&LEXICONS);
}

impl TermIndex {
    /// Finds what shows when a message that is misspelled throughout is read as it was meant.
    pub(super) fn read_spelled(&self, run: &mut Run<'_>) {
        let (unknown, tokens) = (run.scratch.unknown.len(), run.text.tokens().len());
        // Letters set apart are no spelling.
        let apart = run.scratch.singles.len() * 2 > tokens;
        if unknown < UNKNOWN_FEWEST || unknown * SHARE_ENGLISH < tokens || tokens > LONGEST || apart {
            return;
        }
        let Some(manner) = Manner::of(run) else { return };
        let mut spelled = run.scratch.spelling.take().unwrap_or_default();
        self.find_rewritten(run, super::align::cost::EDIT, |run, whole| {
            self.read_words(run, &mut spelled, manner) && self.choose(run, &mut spelled, &mut whole.rewritten)
        });
        run.scratch.spelling = Some(spelled);
    }

    /// Notes what each word may be. Whether enough of those in no dictionary may be anything.
    fn read_words(&self, run: &mut Run<'_>, spelled: &mut Spelled, manner: Manner) -> bool {
        let Spelled { readings, ends, .. } = spelled;
        readings.clear();
        ends.clear();
        // Words that people seldom say, and those of them that may be others.
        let (mut odd, mut read) = (0, 0);
        for i in 0..run.text.tokens().len() {
            if !run.budget.charge(WORD_WORK) {
                return false;
            }
            let first = readings.len();
            let is_odd = manner.read(run, i, readings);
            odd += usize::from(is_odd);
            read += usize::from(is_odd && readings.len() > first + 1);
            ends.push(readings.len());
        }
        let foreign = manner.lexicon.is_foreign();
        let share = if (manner.english || foreign) && !manner.bare { SHARE_ENGLISH } else { SHARE };
        let most = if foreign { read * 2 >= odd } else { read * 3 >= odd * 2 };
        read >= FEWEST && most && read * share >= ends.len()
    }

    /// Chooses the readings that cost least together. Whether any word is read as another.
    fn choose(&self, run: &mut Run<'_>, spelled: &mut Spelled, rewritten: &mut Rewritten) -> bool {
        let Spelled { readings, ends, best, word: right } = spelled;
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
            if let Some(&Reading { word: Some((lexicon, number)), .. }) = readings.get(at as usize) {
                rewritten.copy(run.text.folded(), done..token.start as usize);
                right.clear();
                right.extend(lexicon::characters(lexicon.word(number)));
                rewritten.put(right, token.range(), Evasion::TYPO);
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
    let english = lexicon::english();
    let odd = tokens.iter().filter(|t| plain_letters(run, t).is_some_and(|l| english.level(l.as_slice()).is_none())).count();
    odd >= FEWEST && odd * SHARE_ENGLISH >= tokens.len()
}

/// Whether a text is English.
pub(super) fn is_english(text: &Text) -> bool {
    let word = |token: &Token| text.folded().get(token.range()).unwrap_or_default();
    text.tokens().iter().filter(|t| ENGLISH.binary_search(&word(t)).is_ok()).take(2).count() == 2
}

/// The letters of a word that may be read as another one: those of one script, as they were written but for accents.
fn plain_letters(run: &Run<'_>, token: &Token) -> Option<Letters> {
    let kind = TokenFlags::DIGIT.or(TokenFlags::UNSPACED).or(TokenFlags::EMOJI);
    if token.flags.intersects(kind) || token.range().len() > LETTERS * 2 {
        return None;
    }
    let letters = lexicon::letters(run.text.folded().get(token.range())?)?;
    run.text.evidence(token.range()).without(Evasion::ACCENT).is_empty().then_some(letters)
}

/// Whether a word with a capital inside a sentence may be a name, which has a slip in it at most.
fn is_name(run: &Run<'_>, i: usize, token: &Token) -> bool {
    let span = run.text.source_span(token.range());
    let begins = i == 0 || ends_sentence(token) || token.flags.has(TokenFlags::LINE);
    let word = || std::str::from_utf8(run.source.get(span.start..span.end)?).ok();
    let mut start = word().into_iter().flat_map(str::chars);
    !begins && start.next().is_some_and(char::is_uppercase) && start.next().is_some_and(char::is_lowercase)
}

/// Whether letters have no vowel among them.
fn is_bare(letters: &[u8]) -> bool {
    !letters.iter().any(|&b| lexicon::is_vowel(b))
}

/// Whether letters behind the first have so few vowels among them as no word has: `blnce`.
fn is_nearly_bare(letters: &[u8]) -> bool {
    let rest = letters.get(1..).unwrap_or_default();
    rest.len() > 2 && rest.iter().filter(|&&b| lexicon::is_vowel(b)).count() * NEARLY_BARE <= rest.len()
}

/// How many words have no vowel, and may be known for that: `sl`.
fn bare_words(run: &Run<'_>) -> usize {
    let is_word = |token: &&Token| token.range().len() > 1 && plain_letters(run, token).is_some_and(|l| is_bare(l.as_slice()));
    run.text.tokens().iter().filter(is_word).count()
}

/// Whether a message is written without vowels: half the words that are in no dictionary have none.
fn is_written_bare(run: &Run<'_>) -> bool {
    let is_bare = |token: &Token| plain_letters(run, token).is_some_and(|l| l.as_slice().len() > 1 && is_bare(l.as_slice()));
    let unknown = &run.scratch.unknown;
    let bare = unknown.iter().filter(|&&i| run.text.tokens().get(i as usize).is_some_and(is_bare)).count();
    bare >= UNKNOWN_FEWEST && bare * 2 >= unknown.len()
}

/// How a message is read.
#[derive(Debug, Clone, Copy)]
struct Manner {
    lexicon: &'static Lexicon,
    /// The language that words of another one may be of.
    other: Option<&'static Lexicon>,
    /// Whether it is English beyond doubt.
    english: bool,
    /// Without vowels; otherwise by ear.
    bare: bool,
}

impl Manner {
    /// How a message is read in which some words are in no dictionary; `None` where it is not.
    fn of(run: &mut Run<'_>) -> Option<Self> {
        let (unknown, tokens) = (run.scratch.unknown.len(), run.text.tokens().len());
        let (bare, bare_words) = (is_written_bare(run), bare_words(run));
        let odd = unknown * SHARE >= tokens || bare_words * BARE_SHARE >= tokens;
        if is_english(run.text) {
            return (odd || has_odd_words(run)).then(|| Self { lexicon: lexicon::english(), other: None, english: true, bare });
        }
        // Of what may be a spelling there is too little otherwise: words in no dictionary, words without a vowel, letters for words.
        if unknown + bare_words + run.scratch.singles.len() < FEWEST {
            return None;
        }
        let manner = Self::told_by_words(run, bare);
        // Where no language is told, words that its speakers seldom write are no sign.
        (odd || manner.lexicon.is_foreign()).then_some(manner)
    }

    /// In the language in which most of the first words are words, or spellings of them, the commoner the better.
    fn told_by_words(run: &mut Run<'_>, bare: bool) -> Self {
        let mut votes = LEXICONS.each_ref().map(|lexicon| (0, lexicon));
        let tokens = run.text.tokens();
        if run.budget.charge((tokens.len().min(TELLING) * votes.len()) as u64 * LOOK_UP_WORK) {
            for (token, word) in tokens.iter().zip(&run.scratch.words).take(TELLING) {
                let Some(letters) = plain_letters(run, token) else { continue };
                for (vote, lexicon) in votes.iter_mut().filter(|(_, lexicon)| lexicon.writes(letters.as_slice())) {
                    *vote += KNOWN.saturating_sub(lexicon.least_level(letters.as_slice(), word.is_known(), bare).unwrap_or(KNOWN));
                }
            }
        }
        votes.sort_by_key(|(vote, _)| std::cmp::Reverse(*vote));
        let [(_, lexicon), (_, next), ..] = votes;
        let other = if lexicon.is_foreign() { lexicon::english() } else { next };
        Self { lexicon, other: Some(other), english: false, bare }
    }

    /// Appends what a word may be, first what it is. Whether it is a word that people seldom say.
    fn read(self, run: &Run<'_>, i: usize, readings: &mut Vec<Reading>) -> bool {
        let Self { lexicon, other, english, bare } = self;
        let Some(token) = run.text.tokens().get(i) else { return false };
        let first = readings.len();
        let known = run.scratch.words.get(i).is_some_and(|w| w.is_known());
        let own = Key::collect(key_classes(run.text, token)).unwrap_or(Key::EMPTY);
        let letters = plain_letters(run, token);
        let level = letters.as_ref().and_then(|l| lexicon.level(l.as_slice()));
        let cost = level.unwrap_or(if known || letters.is_none() { KNOWN } else { UNKNOWN });
        readings.push(Reading { word: None, key: own, cost });
        let Some(letters) = letters else { return false };
        let letters = letters.as_slice();
        let name = !lexicon.nouns && is_name(run, i, token);
        let style = match name {
            true => Style::Name,
            false if bare => Style::Bare,
            false => Style::Sound,
        };
        // Among English words one of another language (`de`, `mi`) is no word.
        lexicon.read(letters, known && (level.is_some() || !english), style, 0, readings);
        if let Some(other) = other.filter(|_| level.is_none()) {
            other.read(letters, known, style, FOREIGN, readings);
        }
        keep_likeliest(readings, first);
        // Of another language than English not all words are there that its speakers say.
        let told =
            || !known || !lexicon.is_foreign() || bare && is_bare(letters) || lexicon.spelled(letters, Spelling::Short).next().is_some();
        level.is_none() && !name && told()
    }
}

/// How a word is misspelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Bare,
    Sound,
    Name,
}

impl Lexicon {
    /// How often letters are said, as they stand or, where they are no word, as what they may be spelled for.
    fn least_level(&self, letters: &[u8], known: bool, bare: bool) -> Option<u32> {
        let spelled = || {
            let ways: &[Spelling] = if bare { &[Spelling::Bones] } else { &[Spelling::Sound, Spelling::Short] };
            ways.iter().flat_map(|&way| self.spelled(letters, way)).map(|number| self.level_of(number) + SOUND).min()
        };
        self.level(letters).or_else(|| if known { None } else { spelled() })
    }

    /// Appends what a word may be, which costs so much `more`.
    fn read(&'static self, letters: &[u8], known: bool, style: Style, more: u32, readings: &mut Vec<Reading>) {
        let mut push = |number: u16, cost: u32| {
            let word = self.word(number);
            if word != letters {
                let cost = self.level_of(number) + more + cost + LETTER * missing(letters, word);
                readings.push(Reading { word: Some((self, number)), key: key_of(word), cost });
            }
        };
        let bare = is_bare(letters) || letters.len() > 2 && is_bare(letters.get(1..).unwrap_or_default());
        let nearly = !known && style != Style::Name && is_nearly_bare(letters);
        if style == Style::Bare && bare || nearly {
            self.spelled(letters, Spelling::Bones).for_each(|number| push(number, BONES));
        }
        if style == Style::Sound {
            self.spelled(letters, Spelling::Short).for_each(|number| push(number, SOUND));
            if letters.len() > 1 {
                self.spelled(letters, Spelling::Sound).for_each(|number| push(number, if known { HOMOPHONE } else { SOUND }));
            }
        }
        if !known && letters.len() >= 4 {
            self.with_slip(letters).for_each(|number| push(number, SLIP));
        }
    }
}

/// Keeps of the readings of a word, all but the first one, those that cost least.
fn keep_likeliest(readings: &mut Vec<Reading>, first: usize) {
    let others = readings.get_mut(first + 1..).unwrap_or_default();
    others.sort_unstable_by_key(|r| (r.cost, r.word.map(|(lexicon, number)| lexicon.word(number))));
    readings.truncate(first + 1 + READINGS);
}

/// The key of a word.
fn key_of(letters: &[u8]) -> Key {
    let (mut key, mut bytes) = (Key::EMPTY, [0; 4]);
    for c in lexicon::characters(letters) {
        for byte in c.encode_utf8(&mut bytes).bytes() {
            key.push(keys::CLASS.get(usize::from(byte)).copied().unwrap_or(0));
        }
    }
    key
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_that_tell_english_are_sorted() {
        assert!(super::ENGLISH.is_sorted());
    }
}
