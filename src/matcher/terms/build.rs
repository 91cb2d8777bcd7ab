//! Builds the term index. In: terms, common words, the identifier finders' vocabulary. Out: [`TermIndex`]. Keeps: terms are folded by the same code as
//! messages; equal terms share a number. Must not know: rules.

use super::variants::{self, Kind};
use super::{Group, PHRASE_WORDS, Part, Parts, Term, TermIndex, TermSpec, Terms, Word, key_classes, lattice, unspaced};
use crate::matcher::entity::Vocabulary;
use crate::matcher::table::{KeyTable, ListTable};
use crate::text::{Text, TokenFlags, keys};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Marks an item of the loose table as a [`Part`].
pub(super) const PART: u32 = 1 << 31;

/// Room for the common words and the words that they bring.
const COMMON_ROOM: usize = 1 << 16;

/// Fewest letters of a term that is looked for with one edit, and with two.
const FUZZY_ONE: usize = 5;
const FUZZY_TWO: usize = 10;

/// Fewest letters of a word of a phrase that is looked for in disguise, and fewest consonants of one without vowels.
const PART_LETTERS: usize = 4;
const PART_BONES: usize = 3;

/// Takes terms and makes a [`TermIndex`] of them.
#[derive(Debug, Default)]
pub struct TermIndexBuilder<'t> {
    numbers: HashMap<TermSpec<'t>, u32>,
    specs: Vec<TermSpec<'t>>,
    /// By number, as far as told.
    leads: Vec<bool>,
}

impl<'t> TermIndexBuilder<'t> {
    /// A builder without terms, with room for so many.
    #[must_use]
    pub fn with_capacity(terms: usize) -> Self {
        Self { numbers: HashMap::with_capacity(terms), specs: Vec::with_capacity(terms), leads: Vec::new() }
    }

    /// Adds a term and tells its number; the same term again has the same number.
    pub fn add(&mut self, spec: TermSpec<'t>) -> u32 {
        let next = self.specs.len() as u32;
        let number = *self.numbers.entry(spec).or_insert(next);
        if number == next {
            self.specs.push(spec);
        }
        number
    }

    /// The terms added so far with their numbers.
    pub fn terms(&self) -> impl Iterator<Item = (&TermSpec<'t>, u32)> {
        self.specs.iter().zip(0..)
    }

    /// Makes a term lead: [`TermIndex::find_leading`] looks for it.
    pub fn lead(&mut self, number: u32) {
        if self.leads.len() < self.specs.len() {
            self.leads.resize(self.specs.len(), false);
        }
        if let Some(leads) = self.leads.get_mut(number as usize) {
            *leads = true;
        }
    }

    /// Number of different terms added so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether none was added yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Builds the index. `common` are the words that are never taken for a disguised term, `vocabulary` those that the
    /// identifier finders listen for.
    #[must_use]
    pub fn build<'w>(self, common: impl IntoIterator<Item = &'w str>, vocabulary: &Vocabulary) -> TermIndex {
        let specs = self.specs;
        let mut tables = Tables::for_terms(specs.len());
        for word in common {
            tables.flag(word, Word::COMMON);
        }
        let mut index = TermIndex { terms: Terms::with_capacity(specs.len()), ..TermIndex::default() };
        let mut text = Text::new();
        let (mut letters, mut key) = (Vec::new(), Vec::new());
        for (number, spec) in specs.iter().enumerate() {
            let leads = self.leads.get(number).copied().unwrap_or(false);
            let term = Term { leads, ..fold_term(&mut text, spec, &mut letters, &mut key) };
            tables.add_term(number as u32, &term, &text, spec);
            index.terms.push(&term);
        }
        // Vocabulary last: a word is flagged whether or not it is known already.
        for (words, flag) in [(&vocabulary.openers, Word::OPENER), (&vocabulary.numbers, Word::NUMBER)] {
            words.iter().for_each(|word| tables.flag(word, flag));
        }
        tables.mark_leading_starts();
        let common = |opener: &&&str| tables.is_common(&classes_of(opener));
        index.openers = vocabulary.openers.iter().filter(common).map(|opener| opener.as_bytes().into()).collect();
        index.openers.sort_unstable();
        index.unspaced = tables.unspaced;
        index.lattice = lattice::SortedKeys::build(&index.terms, tables.in_lattice);
        index.loose = ListTable::build(tables.loose, |item| match item & PART {
            0 => index.terms.get(item as usize).is_some_and(|t| t.leads),
            _ => tables.leading_parts.get((item & !PART) as usize).is_some_and(|&leads| leads),
        });
        index.parts = tables.parts;
        let mut pairs = Vec::with_capacity(tables.exact.entries.len());
        for (key, mut entry) in tables.exact.entries {
            let mut word = entry.flags | if entry.word { 0 } else { Word::JOINED };
            if !entry.terms.is_empty() || entry.phrases != 0 {
                let leads = |number: &u32| index.terms.get(*number as usize).is_some_and(|t| t.leads);
                entry.terms.sort_by_key(|number| !leads(number));
                let leading = entry.terms.iter().filter(|number| leads(number)).count() as u32;
                let leading_phrases = if entry.begins_leading { entry.phrases } else { 0 };
                index.groups.push(Group {
                    first: index.postings.len() as u32,
                    count: entry.terms.len() as u32,
                    leading,
                    phrases: entry.phrases,
                    leading_phrases,
                });
                word |= index.groups.len() as u32 & Word::GROUP;
                word |= if leading_phrases != 0 || leading != 0 { Word::LEADS } else { 0 };
                index.postings.extend(entry.terms);
            }
            pairs.push((key, word));
        }
        index.exact = KeyTable::build(&pairs);
        index.terms.shrink();
        index.parts.shrink();
        index.groups.shrink_to_fit();
        index.postings.shrink_to_fit();
        index
    }
}

/// Folds a term; `text` holds its tokens afterwards. `letters` and `key` are reused memory.
fn fold_term<'t>(text: &mut Text, spec: &TermSpec<'t>, letters: &'t mut Vec<u8>, key: &'t mut Vec<u8>) -> Term<'t> {
    text.read(spec.text.as_bytes());
    letters.clear();
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
    key.clear();
    if let Some(collapsed) = variants::collapse(text.tokens().iter().flat_map(|t| key_classes(text, t))) {
        key.extend_from_slice(collapsed.as_slice());
    }
    let count = letters.iter().filter(|b| (**b & 0xC0) != 0x80).count();
    let fuzzy = match spec.fuzzy {
        0 => 0,
        _ if count < FUZZY_ONE => 0,
        1 => 1,
        _ if count < FUZZY_TWO => 1,
        _ => 2,
    };
    let word = spec.word || spec.case || (count <= 3 && letters.is_ascii()) || (single && text.tokens().len() > 1 && count <= 3);
    Term {
        text: spec.text,
        letters,
        key,
        cuts,
        fuzzy: if word { 0 } else { fuzzy },
        word,
        case: spec.case,
        disguised: spec.disguised,
        leads: false,
    }
}

/// The key of a folded word.
fn classes_of(word: &str) -> Vec<u8> {
    word.bytes().filter_map(|b| keys::CLASS.get(b as usize).copied()).filter(|&c| c != 0).collect()
}

#[derive(Debug, Default)]
struct Entry {
    flags: u32,
    /// It is a word, not only some words run together.
    word: bool,
    terms: Vec<u32>,
    phrases: u32,
    /// The key of a term that leads begins with this one and goes on.
    begins_leading: bool,
}

/// Entries by key, in the order in which they were made.
#[derive(Debug, Default)]
struct Entries {
    places: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    entries: Vec<(u64, Entry)>,
}

/// Takes a key for its hash, which it is.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.0 = self.0.rotate_left(8) ^ u64::from(b));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Entries {
    fn of(&mut self, key: u64) -> &mut Entry {
        let next = self.entries.len();
        let place = *self.places.entry(key).or_insert(next as u32) as usize;
        if place == next {
            self.entries.push((key, Entry::default()));
        }
        // The place is one of those pushed.
        #[allow(clippy::indexing_slicing)]
        &mut self.entries[place].1
    }

    fn get_mut(&mut self, key: u64) -> Option<&mut Entry> {
        self.entries.get_mut(*self.places.get(&key)? as usize).map(|(_, entry)| entry)
    }

    fn get(&self, key: u64) -> Option<&Entry> {
        self.entries.get(*self.places.get(&key)? as usize).map(|(_, entry)| entry)
    }
}

#[derive(Debug, Default)]
struct Tables {
    exact: Entries,
    loose: Vec<(u64, u32)>,
    /// Keys of terms that lead.
    leading: Vec<Box<[u8]>>,
    parts: Parts,
    /// Of each part, whether it is a word of a phrase that leads.
    leading_parts: Vec<bool>,
    /// Number of each word of phrases, and whether it is looked for with misspellings.
    part_numbers: HashMap<Box<[u8]>, (u32, bool)>,
    in_lattice: Vec<u32>,
    unspaced: unspaced::Unspaced,
    /// Reused: the classes of a term's words, and where each word ends.
    classes: Vec<u8>,
    ends: Vec<usize>,
    /// Reused: the keys of a word's deletions.
    deletions: Vec<u64>,
}

impl Tables {
    /// With room for what so many terms, and the common words, bring.
    fn for_terms(terms: usize) -> Self {
        let room = terms * 2 + COMMON_ROOM;
        let exact =
            Entries { places: HashMap::with_capacity_and_hasher(room, BuildHasherDefault::default()), entries: Vec::with_capacity(room) };
        Self { exact, loose: Vec::with_capacity(terms * 2), in_lattice: Vec::with_capacity(terms), ..Self::default() }
    }

    /// Flags a word that is already folded.
    fn flag(&mut self, word: &str, flag: u32) {
        self.classes.clear();
        self.classes.extend(word.bytes().filter_map(|b| keys::CLASS.get(b as usize).copied()).filter(|&c| c != 0));
        let entry = self.exact.of(keys::hash(&self.classes));
        entry.flags |= flag;
        entry.word = true;
    }

    fn is_common(&self, key: &[u8]) -> bool {
        self.exact.get(keys::hash(key)).is_some_and(|e| e.flags & Word::COMMON != 0)
    }

    fn add_term(&mut self, number: u32, term: &Term<'_>, text: &Text, spec: &TermSpec<'_>) {
        if text.tokens().iter().any(|t| t.flags.has(TokenFlags::UNSPACED)) {
            self.unspaced.add(number, spec.homophone);
            return;
        }
        let mut classes = std::mem::take(&mut self.classes);
        let mut ends = std::mem::take(&mut self.ends);
        classes.clear();
        ends.clear();
        for token in text.tokens() {
            classes.extend(key_classes(text, token));
            ends.push(classes.len());
        }
        if let Some(&first) = ends.first() {
            self.add_exact(number, &classes);
            self.exact.of(keys::hash(classes.get(..first).unwrap_or_default())).word = true;
            if term.leads {
                self.leading.push(classes.as_slice().into());
            }
            if ends.len() > 1 && ends.len() <= PHRASE_WORDS {
                // The first word announces the phrase, and so do the first two together: most phrases are given up after those.
                for &end in ends.iter().take(2) {
                    let start = classes.get(..end).unwrap_or_default();
                    self.exact.of(keys::hash(start)).phrases |= 1 << ends.len();
                }
            }
            if !term.word {
                self.add_plural(number, term, &mut classes);
                self.add_loose(number, term, &classes, &ends);
            }
        }
        self.classes = classes;
        self.ends = ends;
    }

    fn add_exact(&mut self, number: u32, classes: &[u8]) {
        let terms = &mut self.exact.of(keys::hash(classes)).terms;
        if !terms.contains(&number) {
            terms.push(number);
        }
    }

    /// Words of a text may join to a term wherever the first of them begins some phrase: all starts of terms that lead are noted.
    fn mark_leading_starts(&mut self) {
        for key in std::mem::take(&mut self.leading) {
            let mut start = keys::KeyHasher::new();
            for class in key.iter().take(key.len().saturating_sub(1)) {
                start.push_packed(u128::from(*class), 1);
                if let Some(entry) = self.exact.get_mut(start.finish()) {
                    entry.begins_leading = true;
                }
            }
        }
    }

    fn add_plural(&mut self, number: u32, term: &Term<'_>, classes: &mut Vec<u8>) {
        let [.., before, last] = term.letters else { return };
        if term.letters.len() < 4 || !last.is_ascii_lowercase() || *last == b's' {
            return;
        }
        let hissing = matches!(last, b'x' | b'z') || (*last == b'h' && matches!(before, b'c' | b's'));
        let length = classes.len();
        classes.extend_from_slice(if hissing { b"es" } else { b"s" });
        self.add_exact(number, classes);
        if term.cuts == 1 {
            self.exact.of(keys::hash(classes)).word = true;
        }
        if term.leads {
            self.leading.push(classes.as_slice().into());
        }
        classes.truncate(length);
    }

    fn add_loose(&mut self, number: u32, term: &Term<'_>, classes: &[u8], ends: &[usize]) {
        let key = term.key;
        if key.len() < 3 {
            return;
        }
        self.loose.push((variants::hash(Kind::Collapsed, key), number));
        if key.len() >= 4 {
            self.in_lattice.push(number);
        }
        if ends.len() > 1 {
            self.add_parts(term, classes, ends);
        }
        if term.fuzzy == 0 {
            return;
        }
        self.add_deletions(key, term.fuzzy, number);
        if classes != key {
            // One more letter between two that are the same (`twitvter`).
            self.loose.push((variants::hash(Kind::Deleted, classes), number));
        }
        if key.len() >= 5 {
            if let Some(reversed) = variants::reverse(key)
                && reversed.as_slice() != key
                && !self.is_common(reversed.as_slice())
            {
                self.loose.push((variants::hash(Kind::Reversed, reversed.as_slice()), number));
            }
            self.add_consonants(number, term);
            for sound in [variants::sound(term.letters), variants::mute_sound(term.letters)].into_iter().flatten() {
                if sound.as_slice().len() >= 5 {
                    self.loose.push((variants::hash(Kind::Sound, sound.as_slice()), number));
                }
            }
        }
    }

    /// The term without vowels; where it begins with one, with that and without.
    fn add_consonants(&mut self, number: u32, term: &Term) {
        let rest = term.letters.get(1..).filter(|_| term.letters.first().is_some_and(|&b| variants::is_vowel(b)));
        for letters in [Some(term.letters), rest].into_iter().flatten() {
            if let Some(bones) = variants::consonants(letters)
                && bones.as_slice().len() >= 4
                && bones.as_slice().len() < term.key.len()
                && !self.is_common(bones.as_slice())
            {
                self.loose.push((variants::hash(Kind::Consonants, bones.as_slice()), number));
                let mut plural = bones;
                if bones.as_slice().last() != Some(&b's') && plural.push(b's') && !self.is_common(plural.as_slice()) {
                    self.loose.push((variants::hash(Kind::Consonants, plural.as_slice()), number));
                }
            }
        }
    }

    fn add_deletions(&mut self, key: &[u8], fuzzy: u8, item: u32) {
        let keys = &mut self.deletions;
        keys.clear();
        keys.push(variants::hash(Kind::Deleted, key));
        variants::each_deletion(key, |shorter| {
            keys.push(variants::hash(Kind::Deleted, shorter));
            if fuzzy > 1 {
                variants::each_deletion(shorter, |two| keys.push(variants::hash(Kind::Deleted, two)));
            }
        });
        keys.sort_unstable();
        keys.dedup();
        self.loose.extend(keys.iter().map(|&key| (key, item)));
    }

    /// The words of a phrase, so that one of them may have repeated letters or, where the term allows it, be misspelled.
    fn add_parts(&mut self, term: &Term<'_>, classes: &[u8], ends: &[usize]) {
        let mut at = 0;
        for &end in ends {
            let class = classes.get(at..end).unwrap_or_default();
            let letters = term.letters.get(at..end).unwrap_or_default();
            at = end;
            let Some(key) = variants::collapse(class.iter().copied()).filter(|k| k.as_slice().len() >= 3) else { continue };
            let next = self.parts.len() as u32;
            let known = self.part_numbers.get(letters).copied();
            let (number, misspelled) = known.unwrap_or((next, false));
            if known.is_none() {
                self.part_numbers.insert(letters.into(), (number, false));
                self.parts.push(Part { letters, class });
                self.leading_parts.push(false);
                self.loose.push((variants::hash(Kind::Collapsed, key.as_slice()), number | PART));
            }
            if let Some(leads) = self.leading_parts.get_mut(number as usize) {
                *leads |= term.leads;
            }
            if term.fuzzy > 0 && class.len() >= PART_LETTERS && !misspelled {
                self.part_numbers.insert(letters.into(), (number, true));
                self.add_disguised_part(number | PART, letters, key.as_slice());
            }
        }
    }

    /// A word of a phrase with a misspelling, without its vowels, and by its sound.
    fn add_disguised_part(&mut self, item: u32, letters: &[u8], key: &[u8]) {
        if letters.len() >= FUZZY_ONE {
            self.add_deletions(key, 1, item);
            if let Some(sound) = variants::sound(letters).filter(|s| s.as_slice().len() >= PART_LETTERS) {
                self.loose.push((variants::hash(Kind::Sound, sound.as_slice()), item));
            }
        }
        if let Some(bones) = variants::consonants(letters)
            && bones.as_slice().len() >= PART_BONES
            && bones.as_slice().len() < key.len()
            && !self.is_common(bones.as_slice())
        {
            self.loose.push((variants::hash(Kind::Consonants, bones.as_slice()), item));
        }
    }
}
