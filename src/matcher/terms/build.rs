//! Builds the term index. In: terms, common words, the identifier finders' vocabulary. Out: [`TermIndex`]. Keeps: terms are folded by the same code as
//! messages; equal terms share a number. Must not know: rules.

use super::variants::{self, Kind};
use super::{Group, PHRASE_WORDS, Part, Term, TermIndex, TermSpec, Word, key_classes, lattice, unspaced};
use crate::matcher::entity::Vocabulary;
use crate::matcher::table::{KeyTable, ListTable};
use crate::text::{Text, TokenFlags, keys};
use std::collections::HashMap;

/// Marks an item of the loose table as a [`Part`].
pub(super) const PART: u32 = 1 << 31;

/// Fewest letters of a term that is looked for with one edit, and with two.
const FUZZY_ONE: usize = 5;
const FUZZY_TWO: usize = 10;

/// Takes terms and makes a [`TermIndex`] of them.
#[derive(Debug, Default)]
pub struct TermIndexBuilder {
    numbers: HashMap<TermSpec, u32>,
    specs: Vec<TermSpec>,
}

impl TermIndexBuilder {
    /// A builder without terms.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a term and tells its number; the same term again has the same number.
    pub fn add(&mut self, spec: &TermSpec) -> u32 {
        if let Some(&number) = self.numbers.get(spec) {
            return number;
        }
        let number = self.specs.len() as u32;
        self.numbers.insert(spec.clone(), number);
        self.specs.push(spec.clone());
        number
    }

    /// Number of different terms added so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.specs.len()
    }

    /// Whether none was added yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.specs.is_empty()
    }

    /// Builds the index. `common` are the words that are never taken for a disguised term, `vocabulary` those that the
    /// identifier finders listen for.
    #[must_use]
    pub fn build<'w>(self, common: impl IntoIterator<Item = &'w str>, vocabulary: &Vocabulary) -> TermIndex {
        let mut tables = Tables::default();
        for word in common {
            tables.flag(word, Word::COMMON);
        }
        let mut index = TermIndex::default();
        let mut text = Text::new();
        for (number, spec) in self.specs.iter().enumerate() {
            let term = fold_term(&mut text, spec);
            tables.add_term(number as u32, &term, &text, spec);
            index.terms.push(term);
        }
        // Vocabulary last: a word is flagged whether or not it is known already.
        for (words, flag) in [(&vocabulary.openers, Word::OPENER), (&vocabulary.numbers, Word::NUMBER)] {
            words.iter().for_each(|word| tables.flag(word, flag));
        }
        index.unspaced = tables.unspaced.build();
        index.lattice = lattice::SortedKeys::build(&index.terms, |number| tables.in_lattice.contains(&number));
        index.loose = ListTable::build(tables.loose);
        index.parts = tables.parts;
        let mut pairs = Vec::with_capacity(tables.exact.len());
        let mut keys: Vec<_> = tables.exact.into_iter().collect();
        keys.sort_unstable_by_key(|&(key, _)| key);
        for (key, entry) in keys {
            let mut word = entry.flags;
            if !entry.terms.is_empty() || entry.phrases != 0 {
                index.groups.push(Group { first: index.postings.len() as u32, count: entry.terms.len() as u32, phrases: entry.phrases });
                index.postings.extend(entry.terms);
                word |= index.groups.len() as u32 & Word::GROUP;
            }
            pairs.push((key, word));
        }
        index.exact = KeyTable::build(&pairs);
        index
    }
}

/// Folds a term; `text` holds its tokens afterwards.
fn fold_term(text: &mut Text, spec: &TermSpec) -> Term {
    text.read(spec.text.as_bytes());
    let mut letters = Vec::new();
    let mut cuts = 0u64;
    let mut single = true;
    for token in text.tokens() {
        if letters.len() < 64 {
            cuts |= 1 << letters.len();
        }
        let word = text.folded().as_bytes().get(token.range()).unwrap_or_default();
        letters.extend(word.iter().filter(|&&b| b != b'\''));
        single &= token.range().len() == 1;
    }
    let key = variants::collapse(text.tokens().iter().flat_map(|t| key_classes(text, t)));
    let count = String::from_utf8_lossy(&letters).chars().count();
    let fuzzy = match spec.fuzzy {
        0 => 0,
        _ if count < FUZZY_ONE => 0,
        1 => 1,
        _ if count < FUZZY_TWO => 1,
        _ => 2,
    };
    let word = spec.word || spec.case || (count <= 3 && letters.is_ascii()) || (single && text.tokens().len() > 1 && count <= 3);
    Term {
        text: spec.text.as_str().into(),
        letters: letters.into(),
        key: key.map(|k| k.as_slice().into()).unwrap_or_default(),
        cuts,
        fuzzy: if word { 0 } else { fuzzy },
        word,
        case: spec.case,
        disguised: spec.disguised,
    }
}

#[derive(Debug, Default)]
struct Entry {
    flags: u32,
    terms: Vec<u32>,
    phrases: u32,
}

#[derive(Debug, Default)]
struct Tables {
    exact: HashMap<u64, Entry>,
    loose: Vec<(u64, u32)>,
    parts: Vec<Part>,
    /// Number of each word of phrases, and whether it is looked for with misspellings.
    part_numbers: HashMap<Vec<u8>, (u32, bool)>,
    in_lattice: std::collections::HashSet<u32>,
    unspaced: unspaced::UnspacedBuilder,
}

impl Tables {
    /// Flags a word that is already folded.
    fn flag(&mut self, word: &str, flag: u32) {
        let classes: Vec<u8> = word.bytes().filter_map(|b| keys::CLASS.get(b as usize).copied()).filter(|&c| c != 0).collect();
        self.exact.entry(keys::hash(&classes)).or_default().flags |= flag;
    }

    fn is_common(&self, key: &[u8]) -> bool {
        self.exact.get(&keys::hash(key)).is_some_and(|e| e.flags & Word::COMMON != 0)
    }

    fn add_term(&mut self, number: u32, term: &Term, text: &Text, spec: &TermSpec) {
        let words: Vec<Vec<u8>> = text.tokens().iter().map(|t| key_classes(text, t).collect()).collect();
        if words.is_empty() {
            return;
        }
        if text.tokens().iter().any(|t| t.flags.has(TokenFlags::UNSPACED)) {
            self.unspaced.add(number, &term.letters, spec.homophone);
            return;
        }
        let classes = words.concat();
        self.add_exact(number, &classes);
        if words.len() > 1 && words.len() <= PHRASE_WORDS {
            // The first word announces the phrase, and so do the first two together: most phrases are given up after those.
            for start in words.iter().take(2).scan(Vec::new(), |start, word| {
                start.extend_from_slice(word);
                Some(start.clone())
            }) {
                self.exact.entry(keys::hash(&start)).or_default().phrases |= 1 << words.len();
            }
        }
        if !term.word {
            self.add_plural(number, term, &classes);
            self.add_loose(number, term, &words);
        }
    }

    fn add_exact(&mut self, number: u32, classes: &[u8]) {
        let terms = &mut self.exact.entry(keys::hash(classes)).or_default().terms;
        if !terms.contains(&number) {
            terms.push(number);
        }
    }

    fn add_plural(&mut self, number: u32, term: &Term, classes: &[u8]) {
        let [.., before, last] = &*term.letters else { return };
        if term.letters.len() < 4 || !last.is_ascii_lowercase() || *last == b's' {
            return;
        }
        let hissing = matches!(last, b'x' | b'z') || (*last == b'h' && matches!(before, b'c' | b's'));
        let mut plural = classes.to_vec();
        plural.extend_from_slice(if hissing { b"es" } else { b"s" });
        self.add_exact(number, &plural);
    }

    fn add_loose(&mut self, number: u32, term: &Term, words: &[Vec<u8>]) {
        let key = &*term.key;
        if key.len() < 3 {
            return;
        }
        self.loose.push((variants::hash(Kind::Collapsed, key), number));
        if key.len() >= 4 {
            self.in_lattice.insert(number);
        }
        if words.len() > 1 {
            self.add_parts(term, words);
        }
        if term.fuzzy == 0 {
            return;
        }
        self.add_deletions(key, term.fuzzy, number);
        if key.len() >= 5 {
            if let Some(reversed) = variants::reverse(key)
                && reversed.as_slice() != key
                && !self.is_common(reversed.as_slice())
            {
                self.loose.push((variants::hash(Kind::Reversed, reversed.as_slice()), number));
            }
            self.add_consonants(number, term);
            if let Some(sound) = variants::sound(&term.letters)
                && sound.as_slice().len() >= 5
            {
                self.loose.push((variants::hash(Kind::Sound, sound.as_slice()), number));
            }
        }
    }

    /// The term without vowels; where it begins with one, with that and without.
    fn add_consonants(&mut self, number: u32, term: &Term) {
        let rest = term.letters.get(1..).filter(|_| term.letters.first().is_some_and(|&b| variants::is_vowel(b)));
        for letters in [Some(&*term.letters), rest].into_iter().flatten() {
            if let Some(bones) = variants::consonants(letters)
                && bones.as_slice().len() >= 4
                && bones.as_slice().len() < term.key.len()
                && !self.is_common(bones.as_slice())
            {
                self.loose.push((variants::hash(Kind::Consonants, bones.as_slice()), number));
            }
        }
    }

    fn add_deletions(&mut self, key: &[u8], fuzzy: u8, item: u32) {
        let mut pairs = vec![(variants::hash(Kind::Deleted, key), item)];
        variants::each_deletion(key, |shorter| {
            pairs.push((variants::hash(Kind::Deleted, shorter), item));
            if fuzzy > 1 {
                variants::each_deletion(shorter, |two| pairs.push((variants::hash(Kind::Deleted, two), item)));
            }
        });
        pairs.sort_unstable();
        pairs.dedup();
        self.loose.append(&mut pairs);
    }

    /// The words of a phrase, so that one of them may have repeated letters or, where the term allows it, be misspelled.
    fn add_parts(&mut self, term: &Term, words: &[Vec<u8>]) {
        let mut at = 0;
        for class in words {
            let letters = term.letters.get(at..at + class.len()).unwrap_or_default().to_vec();
            at += class.len();
            let Some(key) = variants::collapse(class.iter().copied()).filter(|k| k.as_slice().len() >= 3) else { continue };
            let next = self.parts.len() as u32;
            let (number, misspelled) = *self.part_numbers.entry(letters.clone()).or_insert((next, false));
            if number == next {
                self.parts.push(Part { letters: letters.clone().into(), class: class.as_slice().into() });
                self.loose.push((variants::hash(Kind::Collapsed, key.as_slice()), number | PART));
            }
            if term.fuzzy > 0 && class.len() >= FUZZY_ONE && !misspelled {
                self.part_numbers.insert(letters, (number, true));
                self.add_deletions(key.as_slice(), 1, number | PART);
            }
        }
    }
}
