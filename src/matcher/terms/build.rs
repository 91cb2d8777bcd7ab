//! Builds the term index. In: terms, common words, the identifier finders' vocabulary. Out: [`TermIndex`]. Keeps: terms are folded by the same code as
//! messages; equal terms share a number. Must not know: rules.

use super::entries::{Entries, Entry, NONE, Note};
use super::folder::{FUZZY_ONE, Folder, TermWord, each_word};
use super::groups::{Group, Groups, Scope, Word};
use super::loose::{is_skeleton, sounds_like};
use super::starts::PhraseStarts;
use super::store::{Part, Parts, Term, Terms};
use super::variants::{self, Kind};
use super::{PHRASE_WORDS, TermIndex, TermSpec, lattice, unspaced};
use crate::matcher::entity::Vocabulary;
use crate::matcher::table::{ListTable, Places};
use crate::text::keys;

/// Marks an item of the loose table as a [`Part`].
const PART: u32 = 1 << 31;

/// Beside [`PART`]: only with a slip of the pen in it.
const SLIP: u32 = 1 << 30;

/// What an item of the loose table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    /// A term, by number.
    Term(u32),
    /// A word of a phrase, by its number among the parts.
    Part(u32),
    /// A common word of some term with a slip of the pen in it.
    Slip(u32),
}

impl Item {
    pub(super) const fn of(item: u32) -> Self {
        match (item & PART, item & SLIP) {
            (0, _) => Self::Term(item),
            (_, 0) => Self::Part(item & !PART),
            _ => Self::Slip(item & !(PART | SLIP)),
        }
    }

    /// Whether an item is one of so many terms or parts. Without a branch, for all items of a table are asked.
    pub(super) const fn is_among(item: u32, terms: u32, parts: u32) -> bool {
        let (number, count) = if item & PART == 0 { (item, terms) } else { (item & !(PART | SLIP), parts) };
        number < count
    }
}

/// Room for the common words and the words that they bring.
const COMMON_ROOM: usize = 1 << 16;

/// Fewest letters of a word of a phrase that is looked for in disguise, and fewest consonants of one without vowels.
const PART_LETTERS: usize = 4;
const PART_BONES: usize = 3;

/// Takes terms and makes a [`TermIndex`] of them.
#[derive(Debug, Default)]
pub struct TermIndexBuilder<'t> {
    places: Places,
    specs: Vec<TermSpec<'t>>,
    /// By number, as far as told.
    leads: Vec<bool>,
}

impl<'t> TermIndexBuilder<'t> {
    /// A builder without terms, with room for so many.
    #[must_use]
    pub fn with_capacity(terms: usize) -> Self {
        Self { places: Places::with_capacity(terms), specs: Vec::with_capacity(terms), leads: Vec::new() }
    }

    /// Adds a term and tells its number; the same term again has the same number.
    pub fn add(&mut self, spec: TermSpec<'t>) -> u32 {
        let next = self.specs.len() as u32;
        let number = self.places.number(keys::hash(spec.text.as_bytes()), next, |known| self.specs.get(known as usize) == Some(&spec));
        if number == next {
            self.specs.push(spec);
        }
        number
    }

    /// The number of a term, if it was added.
    #[must_use]
    pub fn number_of(&self, spec: &TermSpec<'_>) -> Option<u32> {
        self.places.get(keys::hash(spec.text.as_bytes()), |known| self.specs.get(known as usize) == Some(spec))
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
        let Self { places, specs, leads } = self;
        drop(places);
        let leads = |number: u32| leads.get(number as usize).copied().unwrap_or(false);
        let texts = specs.iter().map(|spec| spec.text.len()).sum();
        let mut tables = Tables::for_terms(specs.len(), texts);
        for word in common {
            let told_apart = word.len() >= FUZZY_ONE && word.contains(['i', 'l']);
            tables.flag(word, Word::COMMON | if told_apart { Word::ells_of(word.as_bytes()) } else { 0 });
        }
        tables.exact.settle();
        let mut index = TermIndex { terms: Terms::with_capacity(specs.len(), texts), ..TermIndex::default() };
        let mut folder = Folder::default();
        for (spec, number) in specs.iter().zip(0..) {
            folder.fold(spec.text);
            let term = Term { leads: leads(number), ..folder.term(spec) };
            tables.add_term(number, &term, &folder, spec);
            index.terms.push(&term, spec.text);
        }
        // Vocabulary last: a word is flagged whether or not it is known already.
        for (words, flag) in [(&vocabulary.openers, Word::OPENER), (&vocabulary.numbers, Word::NUMBER)] {
            words.iter().for_each(|word| tables.flag(word, flag));
        }
        tables.exact.settle();
        tables.mark_leading_starts();
        let common = |opener: &&&str| tables.is_common(&classes_of(opener));
        index.openers = vocabulary.openers.iter().filter(common).map(|opener| opener.as_bytes().into()).collect();
        index.openers.sort_unstable();
        index.unspaced = tables.unspaced;
        index.parts = tables.parts;
        // Each table of the building goes before the next of the index comes.
        index.take_exact(tables.exact, leads);
        index.lattice = lattice::SortedKeys::build(&tables.in_lattice, &tables.lattice_keys, &tables.lattice_ends);
        drop((tables.in_lattice, tables.lattice_keys, tables.lattice_ends));
        let uses = tables.part_uses;
        index.loose = ListTable::build(tables.loose, |item| match Item::of(item) {
            Item::Term(term) => leads(term),
            Item::Part(part) | Item::Slip(part) => uses.get(part as usize).is_some_and(|part| part.leads),
        });
        index.mark_spelled();
        index.terms.shrink();
        index.parts.shrink();
        index
    }
}

impl TermIndex {
    /// Makes the exact table with its groups.
    fn take_exact(&mut self, exact: Entries, leads: impl Fn(u32) -> bool) {
        let Entries { numbers, entries, links, notes } = exact;
        drop(notes);
        // Where each entry's terms begin; once they are in place, where they end.
        let begins = entries.iter().scan(0, |sum, entry| {
            *sum += entry.terms;
            Some(*sum - entry.terms)
        });
        let mut ends: Vec<u32> = begins.collect();
        self.postings = vec![0; links.len()];
        for (entry, term) in links {
            if let Some(end) = ends.get_mut(entry as usize) {
                if let Some(place) = self.postings.get_mut(*end as usize) {
                    *place = term;
                }
                *end += 1;
            }
        }
        let mut words = Vec::with_capacity(entries.len());
        self.groups = Groups::with_capacity(entries.iter().filter(|entry| entry.terms != 0 || entry.phrases != 0).count());
        for (entry, end) in entries.iter().zip(ends) {
            let mut word = entry.flags & (Word::COMMON | Word::ELLS | Word::OPENER | Word::NUMBER);
            word |= if entry.flags & Entry::WORD != 0 { 0 } else { Word::JOINED };
            if entry.terms != 0 || entry.phrases != 0 {
                let first = end - entry.terms;
                let own = self.postings.get_mut(first as usize..end as usize).unwrap_or_default();
                if own.len() > 1 {
                    own.sort_by_key(|&number| !leads(number));
                }
                let leading = own.iter().filter(|&&number| leads(number)).count() as u32;
                self.groups.push(Group { first, count: entry.terms, leading, phrases: entry.phrases });
                word |= self.groups.len() as u32 & Word::GROUP;
                word |= if leading != 0 { Word::LEADS } else { 0 };
                let begins = entry.flags & Entry::BEGINS_LEADING != 0 && entry.phrases != 0;
                word |= if begins { Word::LEADS_ON } else { 0 };
            }
            words.push(word);
        }
        self.exact = numbers.into_table(&words, |number| entries.get(number as usize).map(|entry| entry.key));
        self.leading = self.exact.filter(Scope::Leading.group());
    }

    /// Marks the words that are terms, and another spelling of others.
    fn mark_spelled(&mut self) {
        for number in 0..self.terms.len() as u32 {
            let key = self.terms.get(number as usize).filter(|_| self.is_spelling(number)).map(|term| {
                let class = |b: &u8| keys::CLASS.get(usize::from(*b)).copied().filter(|&c| c != 0);
                keys::hash(&term.letters.iter().filter_map(class).collect::<Vec<_>>())
            });
            if let Some(key) = key {
                self.exact.mark(key, Word::SPELLED, Word::COMMON);
            }
        }
    }

    /// Whether a term of one word is what another term, or a word of one, is spelled as by sound, without vowels or backwards.
    fn is_spelling(&self, number: u32) -> bool {
        let Some(term) = self.terms.get(number as usize).filter(|t| t.cuts == 1 && t.letters.len() >= 4 && t.letters.is_ascii()) else {
            return false;
        };
        let letters_of = |item: u32| match Item::of(item) {
            Item::Term(other) => self.terms.get(other as usize).filter(|t| t.cuts == 1).map(|t| t.letters),
            Item::Part(part) => self.parts.get(part as usize).map(|p| p.letters),
            Item::Slip(_) => None,
        };
        let any = |kind: Kind, key: &[u8], same: &dyn Fn(&[u8]) -> bool| {
            let items = self.loose.get(variants::hash(kind, key));
            items.iter().filter_map(|&item| letters_of(item)).any(|other| other != term.letters && same(other))
        };
        let key = variants::key_of(term.letters);
        let key = key.as_ref().map_or(&[][..], variants::Key::as_slice);
        let sounds = || {
            variants::sound(term.letters).is_some_and(|sound| any(Kind::Sound, sound.as_slice(), &|other| sounds_like(term.letters, other)))
        };
        let bones = || variants::is_vowelless(term.letters) && any(Kind::Consonants, key, &|other| is_skeleton(term.letters, other));
        let reversed = |other: &[u8]| {
            variants::key_of(other).and_then(|key| variants::reverse(key.as_slice())).is_some_and(|other| other.as_slice() == key)
        };
        sounds() || bones() || any(Kind::Reversed, key, &reversed)
    }
}

/// The key of a folded word.
fn classes_of(word: &str) -> Vec<u8> {
    word.bytes().filter_map(|b| keys::CLASS.get(b as usize).copied()).filter(|&c| c != 0).collect()
}

/// What a word of some terms is for.
#[derive(Debug, Clone, Copy, Default)]
struct PartUse {
    /// Some of the terms leads.
    leads: bool,
    /// It is looked for with repeats, with a slip of the pen, misspelled and in other disguises.
    repeated: bool,
    slipped: bool,
    misspelled: bool,
    /// It is a common word in which a slip of the pen is looked for.
    common: bool,
}

#[derive(Debug, Default)]
struct Tables {
    exact: Entries,
    loose: Vec<(u64, u32)>,
    /// Keys of terms that lead, one after another, and where each ends.
    leading: Vec<u8>,
    leading_ends: Vec<u32>,
    phrase_starts: PhraseStarts,
    parts: Parts,
    /// By letters.
    part_places: Places,
    /// What each part is for.
    part_uses: Vec<PartUse>,
    in_lattice: Vec<u32>,
    /// Their keys, one after another, and where each ends.
    lattice_keys: Vec<u8>,
    lattice_ends: Vec<u32>,
    unspaced: unspaced::Unspaced,
    /// Reused.
    classes: Vec<u8>,
}

impl Tables {
    /// With room for what so many terms, of so many bytes, and the common words bring.
    fn for_terms(terms: usize, texts: usize) -> Self {
        let room = terms + terms / 2 + COMMON_ROOM;
        let exact = Entries::with_capacity(room, terms + terms / 2);
        Self {
            exact,
            loose: Vec::with_capacity(terms * 2),
            leading: Vec::with_capacity(texts + terms * 2),
            leading_ends: Vec::with_capacity(terms),
            in_lattice: Vec::with_capacity(terms),
            lattice_keys: Vec::with_capacity(texts),
            lattice_ends: Vec::with_capacity(terms),
            ..Self::default()
        }
    }

    /// Flags a word that is already folded.
    fn flag(&mut self, word: &str, flag: u32) {
        self.classes.clear();
        self.classes.extend(word.bytes().filter_map(|b| keys::CLASS.get(b as usize).copied()).filter(|&c| c != 0));
        self.exact.note(Note { key: keys::hash(&self.classes), term: NONE, flags: flag | Entry::WORD, phrases: 0 });
    }

    /// Of words that are settled.
    fn is_common(&self, key: &[u8]) -> bool {
        self.exact.get(keys::hash(key)).is_some_and(|e| e.flags & Word::COMMON != 0)
    }

    fn add_term(&mut self, number: u32, term: &Term<'_>, folder: &Folder, spec: &TermSpec<'_>) {
        if folder.unspaced {
            self.unspaced.add(number, spec.homophone);
            return;
        }
        let Some(&first) = folder.ends.first() else { return };
        let (classes, len) = (folder.classes.as_slice(), folder.len());
        let words = folder.ends.len();
        let phrases = if words > 1 && words <= PHRASE_WORDS { 1 << words } else { 0 };
        let whole = keys::hash_at(classes, 0, len);
        let is_word = if words == 1 { Entry::WORD } else { 0 };
        self.exact.note(Note { key: whole, term: number, flags: is_word, phrases: 0 });
        if words != 1 {
            self.exact.note(Note { key: keys::hash_at(classes, 0, first), term: NONE, flags: Entry::WORD, phrases });
        }
        if phrases != 0 {
            // The first word announces the phrase, and so do the first two together: most phrases are given up after those.
            let second = folder.ends.get(1).copied().unwrap_or(first);
            self.exact.note(Note { key: keys::hash_at(classes, 0, second), term: NONE, flags: 0, phrases });
            self.phrase_starts.note(classes, first);
            self.phrase_starts.note(classes, second);
        }
        let ending = if term.word { &[][..] } else { plural_ending(term.letters) };
        if !ending.is_empty() {
            self.classes.clear();
            self.classes.extend_from_slice(classes.get(..len).unwrap_or_default());
            self.classes.extend_from_slice(ending);
            let flags = if term.cuts == 1 { Entry::WORD } else { 0 };
            self.exact.note(Note { key: keys::hash(&self.classes), term: number, flags, phrases: 0 });
        }
        if term.leads {
            // What the plural begins with the term does too, or is it.
            self.leading.extend_from_slice(classes.get(..len).unwrap_or_default());
            self.leading.extend_from_slice(ending);
            self.leading_ends.push(self.leading.len() as u32);
        }
        let is_loose = !term.word && folder.key.len() >= 3;
        if is_loose {
            self.add_loose(number, term, folder);
        }
        self.add_words(term, folder, is_loose && words > 1);
    }

    /// Words of a text may join to a term wherever the first of them begins some phrase: all starts of terms that lead are noted.
    fn mark_leading_starts(&mut self) {
        let mut keys = std::mem::take(&mut self.leading);
        keys.extend_from_slice(&[0; keys::PADDING]);
        let (mut start, mut before): (usize, &[u8]) = (0, &[]);
        // Looked up many at a time, as notes are.
        let mut starts = Vec::with_capacity(Entries::NOTES);
        for end in std::mem::take(&mut self.leading_ends) {
            let end = end as usize;
            let key = keys.get(start..).unwrap_or_default();
            // Lists often hold terms that begin alike one after another: what the one before begins with is noted already.
            let done = key.iter().zip(before).take_while(|(a, b)| a == b).count().min(before.len().saturating_sub(1));
            self.phrase_starts.each_length(key, done + 1..end - start, |length| starts.push(keys::hash_at(key, 0, length)));
            if starts.len() >= Entries::NOTES {
                self.exact.begin_leading(&mut starts);
            }
            before = keys.get(start..end).unwrap_or_default();
            start = end;
        }
        self.exact.begin_leading(&mut starts);
    }

    fn add_loose(&mut self, number: u32, term: &Term<'_>, folder: &Folder) {
        let key = folder.key.as_slice();
        self.loose.push((variants::hash(Kind::Collapsed, key), number));
        if key.len() >= 4 {
            self.in_lattice.push(number);
            self.lattice_keys.extend_from_slice(key);
            self.lattice_ends.push(self.lattice_keys.len() as u32);
        }
        if term.fuzzy == 0 {
            return;
        }
        self.add_deletions(key, term.fuzzy, number);
        let classes = folder.classes.get(..folder.len()).unwrap_or_default();
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
            self.add_consonants(number, term, key.len());
            for sound in [variants::sound(term.letters), variants::mute_sound(term.letters)].into_iter().flatten() {
                if sound.as_slice().len() >= 5 {
                    self.loose.push((variants::hash(Kind::Sound, sound.as_slice()), number));
                }
            }
        }
    }

    /// The term without vowels; where it begins with one, with that and without.
    fn add_consonants(&mut self, number: u32, term: &Term<'_>, key_len: usize) {
        let rest = term.letters.get(1..).filter(|_| term.letters.first().is_some_and(|&b| variants::is_vowel(b)));
        for letters in [Some(term.letters), rest].into_iter().flatten() {
            if let Some(bones) = variants::consonants(letters)
                && bones.as_slice().len() >= 4
                && bones.as_slice().len() < key_len
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
        let loose = &mut self.loose;
        loose.push((variants::hash(Kind::Deleted, key), item));
        if variants::pack(key).is_some() {
            variants::each_deleted(key, fuzzy > 1, |hash| loose.push((hash, item)));
            return;
        }
        let mut gone = 0;
        variants::each_deletion(key, |shorter| {
            loose.push((variants::hash(Kind::Deleted, shorter), item));
            if fuzzy > 1 {
                // Each pair once: where the other one of it stands behind.
                variants::each_deletion_from(shorter, gone, |two| loose.push((variants::hash(Kind::Deleted, two), item)));
            }
            gone += 1;
        });
    }

    /// The words of a term. Where they are `parts` of a phrase, so that one of them may have repeated letters or, where the term allows it, be misspelled; and
    /// the common ones among them, so that a slip of the pen in one does not hide the term, whatever it allows.
    fn add_words(&mut self, term: &Term<'_>, folder: &Folder, parts: bool) {
        let slips = !term.case && !term.disguised;
        if !parts && !slips {
            return;
        }
        each_word(folder, |word| {
            let known = self.part_places.get(word.hash, |part| self.parts.get(part as usize).is_some_and(|p| p.letters == word.letters));
            let Some(part) = known.or_else(|| self.new_part(&word, parts)) else { return };
            let Some(uses) = self.part_uses.get_mut(part as usize).filter(|uses| parts || slips && uses.common) else { return };
            uses.leads |= term.leads;
            let misspelled = parts && term.fuzzy > 0 && word.letters.len() >= PART_LETTERS;
            let before = *uses;
            uses.repeated |= parts;
            uses.misspelled |= misspelled;
            uses.slipped |= slips && uses.common;
            let new = (uses.repeated && !before.repeated, uses.misspelled && !before.misspelled, uses.slipped && !before.slipped);
            if new == (false, false, false) {
                return;
            }
            let Some(key) = part_key(&word) else { return };
            if new.0 {
                self.loose.push((variants::hash(Kind::Collapsed, key.as_slice()), part | PART));
            }
            if new.1 {
                self.add_disguised_part(part | PART, word.letters, key.as_slice());
            }
            if new.2 {
                self.add_deletions(key.as_slice(), 1, part | PART | SLIP);
            }
        });
    }

    /// Makes a word a part: any word of a phrase, or only a common one.
    fn new_part(&mut self, word: &TermWord<'_>, any: bool) -> Option<u32> {
        let is_plain = word.letters.len() >= FUZZY_ONE && word.letters.iter().all(u8::is_ascii_lowercase);
        let common = is_plain && self.is_common(word.class);
        if !any && !common {
            return None;
        }
        part_key(word)?;
        let part = self.parts.len() as u32;
        self.part_places.number(word.hash, part, |_| false);
        self.parts.push(Part { letters: word.letters, class: word.class });
        self.part_uses.push(PartUse { common, ..PartUse::default() });
        Some(part)
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

/// What makes a plural of a term that has one, as classes.
fn plural_ending(letters: &[u8]) -> &'static [u8] {
    match letters {
        [.., before, last] if letters.len() >= 4 && last.is_ascii_lowercase() && *last != b's' => {
            let hissing = matches!(last, b'x' | b'z') || (*last == b'h' && matches!(before, b'c' | b's'));
            if hissing { b"es" } else { b"s" }
        }
        _ => &[],
    }
}

/// The key without repeats of a word that is long enough for a part.
fn part_key(word: &TermWord<'_>) -> Option<variants::Key> {
    variants::collapse(word.class.iter().copied()).filter(|key| key.as_slice().len() >= 3)
}
