//! The terms of an index, and the words of its phrases. In: one after another at build time. Out: views of them by number. Keeps: a handful of allocations
//! however many there are; rows that point outside the shared bytes give nothing. Must not know: how terms are looked up.

use super::align::Target;
use crate::matcher::bulk::{self, Fixed};
use serde::{Deserialize, Serialize};

/// A term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term<'t> {
    /// Folded, without separators.
    pub letters: &'t [u8],
    /// Bit for each offset in `letters` at which a word begins.
    pub cuts: u64,
    pub fuzzy: u8,
    pub word: bool,
    pub case: bool,
    pub disguised: bool,
    /// Whether it is looked for by [`super::TermIndex::find_leading`].
    pub leads: bool,
}

impl<'t> Term<'t> {
    pub(super) const fn target(&self) -> Target<'t> {
        Target { letters: self.letters, cuts: self.cuts, fuzzy: self.fuzzy, plural: !self.word && self.letters.len() >= 4 }
    }
}

/// A word of a phrase that is looked for with misspellings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'t> {
    pub letters: &'t [u8],
    pub class: &'t [u8],
}

/// Where a term's bytes are, and its options.
#[derive(Debug, Clone, Copy)]
struct Row {
    text: u32,
    /// Bytes of the text times [`Row::LENGTH`]; below that its options: bits 0 and 1 `fuzzy`, then [`Row::WORD`] and so on.
    text_len: u32,
    /// Its letters begin where those of the term before end.
    letters_end: u32,
    cuts: [u32; 2],
}

impl Row {
    const FUZZY: u32 = 0b11;
    const WORD: u32 = 1 << 2;
    const CASE: u32 = 1 << 3;
    const DISGUISED: u32 = 1 << 4;
    const LEADS: u32 = 1 << 5;
    const LENGTH: u32 = 1 << 6;

    const fn text_end(self) -> usize {
        (self.text as usize).saturating_add((self.text_len / Self::LENGTH) as usize)
    }
}

impl Fixed for Row {
    const BYTES: usize = 20;

    fn put(&self, out: &mut Vec<u8>) {
        let [low, high] = self.cuts;
        [self.text, self.text_len, self.letters_end, low, high].put(out);
    }

    #[inline]
    fn take(bytes: &[u8]) -> Self {
        let [text, text_len, letters_end, low, high] = <[u32; 5]>::take(bytes);
        Self { text, text_len, letters_end, cuts: [low, high] }
    }
}

/// All terms of an index, by number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Terms {
    #[serde(with = "bulk")]
    rows: Vec<Row>,
    texts: String,
    /// Each term's letters.
    #[serde(with = "bulk")]
    bytes: Vec<u8>,
}

impl Terms {
    /// With room for so many terms, of so many bytes of text.
    pub(super) fn with_capacity(terms: usize, texts: usize) -> Self {
        Self { rows: Vec::with_capacity(terms), texts: String::with_capacity(texts), bytes: Vec::with_capacity(texts) }
    }

    /// Adds a term, and as which text it was written.
    pub(super) fn push(&mut self, term: &Term<'_>, written: &str) {
        let text = self.texts.len() as u32;
        self.texts.push_str(written);
        self.bytes.extend_from_slice(term.letters);
        let flag = |on: bool, bit: u32| if on { bit } else { 0 };
        let options = u32::from(term.fuzzy)
            | flag(term.word, Row::WORD)
            | flag(term.case, Row::CASE)
            | flag(term.disguised, Row::DISGUISED)
            | flag(term.leads, Row::LEADS);
        // No file is as long as a text would have to be that has no room here.
        let text_len = ((written.len() as u32).min(u32::MAX / Row::LENGTH) * Row::LENGTH) | options;
        let cuts = [term.cuts as u32, (term.cuts >> 32) as u32];
        self.rows.push(Row { text, text_len, letters_end: self.bytes.len() as u32, cuts });
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    #[inline]
    pub(super) fn get(&self, number: usize) -> Option<Term<'_>> {
        let row = self.rows.get(number)?;
        let letters = number.checked_sub(1).and_then(|before| self.rows.get(before)).map_or(0, |before| before.letters_end as usize);
        let has = |bit: u32| row.text_len & bit != 0;
        Some(Term {
            letters: self.bytes.get(letters..row.letters_end as usize)?,
            cuts: u64::from(row.cuts[0]) | u64::from(row.cuts[1]) << 32,
            fuzzy: (row.text_len & Row::FUZZY) as u8,
            word: has(Row::WORD),
            case: has(Row::CASE),
            disguised: has(Row::DISGUISED),
            leads: has(Row::LEADS),
        })
    }

    /// A term as its editor wrote it; nothing where that is no whole characters.
    pub(super) fn text(&self, number: usize) -> Option<&str> {
        let row = self.rows.get(number)?;
        self.texts.get(row.text as usize..row.text_end())
    }

    /// Gives back the room that nothing came to fill.
    pub(super) fn shrink(&mut self) {
        self.texts.shrink_to_fit();
        self.bytes.shrink_to_fit();
    }

    /// Whether every row is that of a term, with its bytes. A text cut inside a character is none, as [`Self::text`] says.
    pub(super) fn is_sound(&self) -> bool {
        let next = self.rows.get(1..).unwrap_or_default();
        bulk::all(&self.rows, |row| (row.text_len & Row::FUZZY <= 2) & (row.text_end() <= self.texts.len()))
            && bulk::all(self.rows.iter().zip(next), |(row, next)| row.letters_end <= next.letters_end)
            && self.rows.last().is_none_or(|row| row.letters_end as usize <= self.bytes.len())
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Row>() + self.texts.capacity() + self.bytes.capacity()
    }
}

/// The words of phrases, by number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Parts {
    /// Where each part's letters end, and where its classes end.
    #[serde(with = "bulk")]
    ends: Vec<[u32; 2]>,
    #[serde(with = "bulk")]
    bytes: Vec<u8>,
}

impl Parts {
    pub(super) fn push(&mut self, part: Part<'_>) {
        self.bytes.extend_from_slice(part.letters);
        let letters = self.bytes.len() as u32;
        self.bytes.extend_from_slice(part.class);
        self.ends.push([letters, self.bytes.len() as u32]);
    }

    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, number: usize) -> Option<Part<'_>> {
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).map(|e| e[1] as usize))?;
        let [letters, class] = *self.ends.get(number)?;
        Some(Part { letters: self.bytes.get(start..letters as usize)?, class: self.bytes.get(letters as usize..class as usize)? })
    }

    /// Gives back the room that nothing came to fill.
    pub(super) fn shrink(&mut self) {
        self.ends.shrink_to_fit();
        self.bytes.shrink_to_fit();
    }

    /// Whether every part has its bytes.
    pub(super) fn is_sound(&self) -> bool {
        let ends = self.ends.as_flattened();
        bulk::is_sorted(ends) && ends.last().is_none_or(|&end| end as usize <= self.bytes.len())
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.ends.capacity() * 8 + self.bytes.capacity()
    }
}
