//! The terms of a rule. In: texts of a file and what was said of them. Out: views of them. Keeps: no memory of its own for a term that stands in its file as it
//! is; terms with the same options share these. Must not know: how terms are written, how they are looked for.

use super::model::Reference;
use super::place::FileText;
use crate::diagnostic::FileSpan;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A term with its options.
#[derive(Clone, Copy)]
pub struct Term<'t> {
    /// As written.
    pub text: &'t str,
    /// 0, 1 or 2 edits.
    pub fuzzy: u8,
    /// Whole words only, no disguise that changes where words are cut.
    pub word: bool,
    /// Letter case as written.
    pub case: bool,
    /// Chinese: by sound.
    pub homophone: bool,
    /// Only when disguised.
    pub disguised: bool,
    /// Cues of its own; terms of a section share them.
    pub needs: &'t [Reference],
    /// BCP 47.
    pub lang: Option<&'t str>,
    /// Number of its options among those of the list.
    pub(super) section: u32,
    file: &'t FileText,
    place: (u32, u32),
}

impl Term<'_> {
    /// Where it stands. Takes a search for its line.
    #[must_use]
    pub fn place(&self) -> FileSpan {
        self.file.at(self.place.0 as usize..self.place.1 as usize)
    }
}

impl fmt::Debug for Term<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Term")
            .field("text", &self.text)
            .field("fuzzy", &self.fuzzy)
            .field("word", &self.word)
            .field("case", &self.case)
            .field("homophone", &self.homophone)
            .field("disguised", &self.disguised)
            .field("needs", &self.needs)
            .field("lang", &self.lang)
            .field("place", &self.place())
            .finish()
    }
}

impl PartialEq for Term<'_> {
    fn eq(&self, other: &Self) -> bool {
        let options = |t: &Self| (t.fuzzy, t.word, t.case, t.homophone, t.disguised);
        (self.text, self.needs, self.lang, self.place()) == (other.text, other.needs, other.lang, other.place())
            && options(self) == options(other)
    }
}

impl Eq for Term<'_> {}

/// What may be said of a term: after ` | `, or in a line `[...]` for all that follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) fuzzy: u8,
    pub(super) word: bool,
    pub(super) case: bool,
    pub(super) homophone: bool,
    pub(super) disguised: bool,
    pub(super) needs: Arc<[Reference]>,
    pub(super) lang: Option<Arc<str>>,
}

/// The terms of a rule, in the order in which they stand.
#[derive(Clone, Default)]
pub struct Terms {
    rows: Vec<Row>,
    sections: Vec<Section>,
    /// Texts that stand otherwise in their file, one after another.
    decoded: String,
}

/// A file, and options, of some terms.
#[derive(Debug, Clone)]
struct Section {
    file: Arc<FileText>,
    options: Options,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    /// Where the text begins, in the file or in [`Terms::decoded`], and its length: [`Row::DECODED`] for the latter.
    text: u32,
    length: u32,
    place: (u32, u32),
    section: u32,
}

impl Row {
    const DECODED: u32 = 1 << 31;
}

/// Sections that are looked at for one that a term may share: terms with the same options mostly stand together.
const SECTIONS_BACK: usize = 8;

impl Terms {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Term<'_>> + Clone {
        self.rows.iter().map(|row| self.view(row))
    }

    /// The cues that terms of the list need, each list of them once for all terms that share it, in order of their first terms.
    pub fn needs(&self) -> impl Iterator<Item = &[Reference]> {
        self.sections.iter().map(|section| &*section.options.needs)
    }

    fn view(&self, row: &Row) -> Term<'_> {
        // Sections are made before the rows that are in them, and never go.
        #[allow(clippy::indexing_slicing)]
        let Section { file, options } = &self.sections[row.section as usize];
        let source = if row.length & Row::DECODED == 0 { file.text() } else { &self.decoded };
        let start = row.text as usize;
        Term {
            text: source.get(start..start + (row.length & !Row::DECODED) as usize).unwrap_or_default(),
            fuzzy: options.fuzzy,
            word: options.word || options.case,
            case: options.case,
            homophone: options.homophone,
            disguised: options.disguised,
            needs: &options.needs,
            lang: options.lang.as_deref(),
            section: row.section,
            file,
            place: row.place,
        }
    }

    pub(super) fn reserve(&mut self, terms: usize) {
        self.rows.reserve(terms);
    }

    /// The number of a section, made where there is none of late.
    pub(super) fn section(&mut self, file: &Arc<FileText>, options: &Options) -> u32 {
        let count = self.sections.len();
        let late = self.sections.get(count.saturating_sub(SECTIONS_BACK)..).unwrap_or_default();
        let known = late.iter().rposition(|s| Arc::ptr_eq(&s.file, file) && s.options == *options);
        match known {
            Some(known) => (count - late.len() + known) as u32,
            None => {
                self.sections.push(Section { file: Arc::clone(file), options: options.clone() });
                count as u32
            }
        }
    }

    /// Adds a term of a section: its text, where that stands in the file as it is (`None`: nowhere), and the place that is told as the term's.
    pub(super) fn push(&mut self, section: u32, text: &str, at: Option<usize>, place: Range<usize>) {
        // Files end below 4 GiB, and lengths are bounded far below.
        let length = text.len() as u32;
        let (text, length) = match at {
            Some(at) => (at as u32, length),
            None => {
                self.decoded.push_str(text);
                ((self.decoded.len() - text.len()) as u32, length | Row::DECODED)
            }
        };
        self.rows.push(Row { text, length, place: (place.start as u32, place.end as u32), section });
    }
}

impl<'t> IntoIterator for &'t Terms {
    type Item = Term<'t>;
    type IntoIter = Box<dyn Iterator<Item = Term<'t>> + 't>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl PartialEq for Terms {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Terms {}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
