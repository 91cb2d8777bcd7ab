//! What is known of each key while the index is built. In: notes of words, terms and beginnings of phrases. Out: an entry a key. Keeps: entries stand in the
//! order in which their keys came. Must not know: how keys are made.

use crate::matcher::table::KeyNumbers;

/// No number.
pub(super) const NONE: u32 = u32::MAX;

/// What is known of a key.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: u64,
    /// Of [`super::groups::Word`], and those below.
    pub(super) flags: u32,
    pub(super) phrases: u32,
    /// How many terms have it.
    pub(super) terms: u32,
}

impl Entry {
    /// It is a word, not only some words run together.
    pub(super) const WORD: u32 = 1;
    /// The key of a term that leads begins with this one and goes on.
    pub(super) const BEGINS_LEADING: u32 = 2;
}

/// What is to be added to the entry of a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Note {
    pub(super) key: u64,
    /// Or [`NONE`].
    pub(super) term: u32,
    pub(super) flags: u32,
    pub(super) phrases: u32,
}

/// Entries by key, in the order in which they were made. Looking one up waits for memory; what is noted is settled many at a time, so that these waits fall
/// together.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) numbers: KeyNumbers,
    pub(super) entries: Vec<Entry>,
    /// The entry of each term, in the order of terms.
    pub(super) links: Vec<(u32, u32)>,
    pub(super) notes: Vec<Note>,
}

impl Entries {
    /// Notes that are kept before they are settled.
    pub(super) const NOTES: usize = 1024;

    /// With room for so many keys, and so many terms among them.
    pub(super) fn with_capacity(keys: usize, terms: usize) -> Self {
        Self {
            numbers: KeyNumbers::with_capacity(keys),
            entries: Vec::with_capacity(keys),
            links: Vec::with_capacity(terms),
            notes: Vec::with_capacity(Self::NOTES),
        }
    }

    pub(super) fn note(&mut self, note: Note) {
        if self.notes.len() >= Self::NOTES {
            self.settle();
        }
        self.notes.push(note);
    }

    /// Adds what was noted.
    pub(super) fn settle(&mut self) {
        for note in self.notes.drain(..) {
            let place = self.numbers.number(note.key, |number| self.entries.get(number as usize).map(|entry| entry.key));
            if place as usize == self.entries.len() {
                self.entries.push(Entry { key: note.key, flags: 0, phrases: 0, terms: 0 });
            }
            let Some(entry) = self.entries.get_mut(place as usize) else { continue };
            entry.flags |= note.flags;
            entry.phrases |= note.phrases;
            if note.term != NONE {
                entry.terms += 1;
                self.links.push((place, note.term));
            }
        }
    }

    fn place(&self, key: u64) -> Option<usize> {
        self.numbers.get(key, |number| self.entries.get(number as usize).map(|entry| entry.key)).map(|number| number as usize)
    }

    /// Notes of keys that a term that leads begins with them.
    pub(super) fn begin_leading(&mut self, keys: &mut Vec<u64>) {
        for key in keys.drain(..) {
            if let Some(entry) = self.place(key).and_then(|place| self.entries.get_mut(place)) {
                entry.flags |= Entry::BEGINS_LEADING;
            }
        }
    }

    pub(super) fn get(&self, key: u64) -> Option<&Entry> {
        self.place(key).and_then(|place| self.entries.get(place))
    }
}
