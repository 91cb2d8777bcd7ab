//! The words that people say, by language, and how each may be spelled. In: the files of `data/spoken`, then the letters of a word. Out: the words of a language
//! that it may be without its vowels, by its sound, or with a slip of the pen. Keeps: a language is a file; letters are bytes here, whatever their script.
//! Must not know: messages.

use super::loose::is_swap;
use super::sounds::{self, Rules};
use super::variants::Letters;
use crate::text::keys;
use once_cell::sync::Lazy;

/// The words of one language.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// The letters of all words, one after another.
    letters: Vec<u8>,
    /// By first letter, length and letters.
    words: Vec<Word>,
    /// Hashes of the words without vowels, of their sound, and of what they are written for short, each with the number of the word.
    bones: Vec<(u32, u16)>,
    sounds: Vec<(u32, u16)>,
    shorts: Vec<(u32, u16)>,
    /// How it sounds; `None`: as English.
    rules: Option<Rules>,
    /// Whether a capital inside a sentence is no sign of a name.
    pub nouns: bool,
}

/// A word, and how often it is said: the lower the level, the more often.
#[derive(Debug, Clone, Copy)]
struct Word {
    start: u32,
    len: u8,
    level: u8,
}

/// How a word may be spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Bones,
    Sound,
    Short,
}

/// Longest word that is read, in letters.
pub(super) const LETTERS: usize = 16;

/// The words of all languages; English is the first one.
const FILES: [&str; 6] = [
    include_str!("../data/spoken/en.txt"),
    include_str!("../data/spoken/es.txt"),
    include_str!("../data/spoken/pt.txt"),
    include_str!("../data/spoken/fr.txt"),
    include_str!("../data/spoken/de.txt"),
    include_str!("../data/spoken/ru.txt"),
];

/// All languages, in that order.
pub(super) static LEXICONS: Lazy<[Lexicon; 6]> = Lazy::new(|| FILES.map(Lexicon::new));

/// The words of English.
pub(super) fn english() -> &'static Lexicon {
    let [english, ..] = &*LEXICONS;
    english
}

impl Lexicon {
    /// From a file: each line begins with a level and goes on with words of it, or with `~` and rules of sound, or with `=` and what words are written for short
    /// (`q:que`), or is `nouns`: these begin with capitals.
    fn new(file: &'static str) -> Self {
        let mut found = Self::default();
        let (mut words, mut shorts) = (Vec::new(), Vec::new());
        for line in file.lines() {
            match line.split_once(' ') {
                Some(("#", _)) => {}
                Some(("~", rules)) => found.rules.get_or_insert_default().add(rules),
                Some(("=", pairs)) => shorts.extend(pairs.split(' ').filter_map(|pair| pair.split_once(':'))),
                Some((level, said)) => {
                    let level = level.parse().unwrap_or(u8::MAX);
                    words.extend(said.split(' ').filter_map(|word| Some((letters(word)?, level))));
                }
                None => found.nouns |= line == "nouns",
            }
        }
        words.sort_unstable_by(|(a, _), (b, _)| place_of(a.as_slice()).cmp(&place_of(b.as_slice())));
        for (word, level) in &words {
            let (start, word) = (found.letters.len() as u32, word.as_slice());
            found.letters.extend_from_slice(word);
            found.words.push(Word { start, len: word.len() as u8, level: *level });
        }
        found.index(&words, &shorts);
        found
    }

    fn index(&mut self, words: &[(Letters, u8)], shorts: &[(&str, &str)]) {
        for ((word, _), number) in words.iter().zip(0..) {
            each_bones(word.as_slice(), |key| self.bones.push((hash(key), number)));
            self.sounds.push((hash(self.sound(word.as_slice()).as_slice()), number));
        }
        for (short, word) in shorts {
            if let (Some(short), Some(number)) = (letters(short), letters(word).and_then(|word| self.number(word.as_slice()))) {
                self.shorts.push((hash(short.as_slice()), number as u16));
            }
        }
        for table in [&mut self.bones, &mut self.sounds, &mut self.shorts] {
            table.sort_unstable();
            table.dedup();
            table.shrink_to_fit();
        }
        self.letters.shrink_to_fit();
        self.words.shrink_to_fit();
    }

    /// Whether it is another language than English.
    pub const fn is_foreign(&self) -> bool {
        self.rules.is_some()
    }

    /// The letters of a word.
    pub fn word(&self, number: u16) -> &[u8] {
        self.words.get(usize::from(number)).map_or(&[], |&word| self.letters_of(word))
    }

    fn letters_of(&self, word: Word) -> &[u8] {
        let start = word.start as usize;
        self.letters.get(start..start + usize::from(word.len)).unwrap_or_default()
    }

    /// Whether letters are of the script of this language.
    pub fn writes(&self, letters: &[u8]) -> bool {
        let is_cyrillic = |letters: &[u8]| letters.first().is_some_and(|&b| b >= CYRILLIC);
        is_cyrillic(&self.letters) == is_cyrillic(letters)
    }

    fn number(&self, letters: &[u8]) -> Option<usize> {
        self.words.binary_search_by(|&word| place_of(self.letters_of(word)).cmp(&place_of(letters))).ok()
    }

    /// How often a word is said, if it is one of these.
    pub fn level(&self, letters: &[u8]) -> Option<u32> {
        self.words.get(self.number(letters)?).map(|w| u32::from(w.level))
    }

    /// The level of a word that is there.
    pub fn level_of(&self, number: u16) -> u32 {
        self.words.get(usize::from(number)).map_or(u32::MAX / 2, |w| u32::from(w.level))
    }

    /// The words that may be spelled so in this way.
    pub fn spelled(&self, letters: &[u8], spelling: Spelling) -> impl Iterator<Item = u16> + '_ {
        let (table, key) = match spelling {
            Spelling::Bones => (&self.bones, bones(letters)),
            Spelling::Sound => (&self.sounds, self.sound(letters)),
            Spelling::Short => (&self.shorts, letters.iter().copied().collect()),
        };
        of_hash(table, hash(key.as_slice())).iter().map(|entry| entry.1)
    }

    /// The words that are spelled so with one slip of the pen, not in the first letter.
    pub fn with_slip<'l>(&'l self, letters: &'l [u8]) -> impl Iterator<Item = u16> + 'l {
        // Those that begin alike and are about as long.
        let (initial, shortest) = (letters.first().copied(), letters.len().max(5) - 1);
        let from = self.words.partition_point(|&w| (self.letters_of(w).first().copied(), usize::from(w.len)) < (initial, shortest));
        let rest = self.words.get(from..).unwrap_or_default().iter().map(|&w| self.letters_of(w)).zip(from..);
        let near = rest.take_while(move |(w, _)| w.first().copied() == initial && w.len() <= letters.len() + 1);
        near.filter(|(w, _)| is_slip(letters, w)).map(|(_, number)| number as u16)
    }

    /// What a word sounds like.
    fn sound(&self, letters: &[u8]) -> Letters {
        self.rules.as_ref().map_or_else(|| sounds::english(letters), |rules| rules.sound(letters))
    }
}

/// The letters of a word, one byte each: ASCII as it is, Cyrillic as in Windows-1251. `None` where there is another one, or too many.
pub(super) fn letters(word: &str) -> Option<Letters> {
    let mut letters = Letters::EMPTY;
    for c in word.chars().filter(|&c| c != '\'') {
        let letter = match c {
            'a'..='z' => c as u8,
            'а'..='я' => (c as u32 - 'а' as u32) as u8 | CYRILLIC,
            _ => return None,
        };
        if letters.as_slice().len() == LETTERS || !letters.push(letter) {
            return None;
        }
    }
    Some(letters)
}

/// The first Cyrillic letter.
const CYRILLIC: u8 = 0xE0;

/// The characters of letters.
pub(super) fn characters(letters: &[u8]) -> impl Iterator<Item = char> + '_ {
    letters.iter().map(|&b| if b < CYRILLIC { char::from(b) } else { char::from_u32('а' as u32 + u32::from(b - CYRILLIC)).unwrap_or('?') })
}

/// Whether a letter is a vowel of its script (`y` may be none).
pub(super) const fn is_vowel(b: u8) -> bool {
    // а е и о у ы э ю я
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | 0xE0 | 0xE5 | 0xE8 | 0xEE | 0xF3 | 0xFB | 0xFD..=0xFF)
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

/// A word without its vowels, the first letter aside, and without repeats.
fn bones(word: &[u8]) -> Letters {
    let mut bones = Letters::EMPTY;
    for (i, &b) in word.iter().enumerate() {
        if (i == 0 || !is_vowel(b)) && bones.as_slice().last() != Some(&b) {
            bones.push(b);
        }
    }
    bones
}

/// Calls `each` with what may be left of a word without its vowels: the vowels that it begins with kept or not, `y` kept or not.
fn each_bones(word: &[u8], mut each: impl FnMut(&[u8])) {
    let vowels = word.iter().take_while(|&&b| is_vowel(b)).count();
    let rest = word.get(vowels..).filter(|_| vowels > 0);
    for letters in [Some(word), rest].into_iter().flatten() {
        let bones = bones(letters);
        if bones.as_slice().is_empty() {
            continue;
        }
        each(bones.as_slice());
        let no_y: Letters = bones.as_slice().iter().enumerate().filter(|(i, b)| *i == 0 || **b != b'y').map(|(_, &b)| b).collect();
        if no_y.as_slice().len() < bones.as_slice().len() {
            each(no_y.as_slice());
        }
    }
}

/// How many letters of a spelling its word does not have in this order.
pub(super) fn missing(spelling: &[u8], word: &[u8]) -> u32 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_more_less_other_or_swapped_is_a_slip() {
        for (slip, word) in [("mial", "mail"), ("adress", "address"), ("werk", "work"), ("kindlyy", "kindly"), ("ocde", "code")] {
            assert!(is_slip(slip.as_bytes(), word.as_bytes()) && is_slip(word.as_bytes(), slip.as_bytes()), "{slip} {word}");
        }
        assert!(!is_slip(b"mlia", b"mail") && !is_slip(b"mail", b"males"));
        assert_eq!((missing(b"dey", b"they"), missing(b"dey", b"the"), missing(b"heer", b"here"), missing(b"", b"a")), (1, 2, 1, 0));
    }

    #[test]
    fn each_file_is_words_once_each_and_every_short_form_is_of_one_of_them() {
        for lexicon in LEXICONS.iter() {
            let words = || (0..lexicon.words.len()).map(|number| lexicon.word(number as u16));
            assert!(words().zip(words().skip(1)).all(|(a, b)| place_of(a) < place_of(b)) && lexicon.words.len() < usize::from(u16::MAX));
        }
        let shorts = |file: &str| file.lines().filter_map(|l| l.strip_prefix("= ")).flat_map(|l| l.split(' ')).count();
        assert!(FILES.iter().zip(LEXICONS.iter()).all(|(file, lexicon)| shorts(file) == lexicon.shorts.len()));
    }

    #[test]
    fn a_word_is_found_by_its_sound_in_its_language() {
        let [_, others @ ..] = &*LEXICONS;
        let spellings: [&[(&str, &str)]; 5] = [
            &[("kiero", "quiero"), ("yamame", "llamame"), ("ablar", "hablar"), ("bender", "vender"), ("resivo", "recibo")],
            &[("naum", "nao"), ("kero", "quero"), ("fala", "falar"), ("xama", "chama"), ("dinheru", "dinheiro")],
            &[("koi", "quoi"), ("apele", "appeler"), ("kado", "cadeau"), ("bokou", "beaucoup"), ("arjen", "argent")],
            &[("fon", "von"), ("numma", "nummer"), ("schraiben", "schreiben"), ("tswai", "zwei"), ("ueber", "uber")],
            &[("пачиму", "почему"), ("севодня", "сегодня"), ("штобы", "чтобы"), ("горат", "город"), ("встретица", "встретиться")],
        ];
        for (lexicon, spellings) in others.iter().zip(spellings) {
            for (spelled, word) in spellings {
                let word = letters(word).unwrap();
                let mut found = lexicon.spelled(letters(spelled).unwrap().as_slice(), Spelling::Sound);
                assert!(found.any(|number| lexicon.word(number) == word.as_slice()), "{spelled}");
            }
        }
    }

    #[test]
    fn letters_are_bytes_and_back() {
        for word in ["kilo", "перевод", "ящик", "don't"] {
            let back: String = characters(letters(word).unwrap().as_slice()).collect();
            assert_eq!(back, word.replace('\'', ""));
        }
        assert!(letters("größe").is_none() && letters("їжак").is_none() && letters("abcdefghijklmnopq").is_none());
    }
}
