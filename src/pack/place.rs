//! From byte offsets to lines and columns. In: a file's text. Out: [`FileSpan`]s. Keeps: every span lies inside the file. Must not know: the format.

use crate::diagnostic::FileSpan;
use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

/// The line starts of a file.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    file: Arc<str>,
    text: &'t str,
    starts: Vec<usize>,
    /// A place asked for of late, its line's number and its column: files are read from left to right, and lists stand on long lines.
    last: Cell<(usize, usize, usize)>,
}

/// U+FEFF at the start of a file: accepted, part of no line.
pub(super) const BOM: char = '\u{FEFF}';

impl<'t> Lines<'t> {
    pub(super) fn new(file: Arc<str>, text: &'t str) -> Self {
        let first = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
        let starts = std::iter::once(first).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1)).collect();
        Self { file, text, starts, last: Cell::new((first, 1, 1)) }
    }

    pub(super) const fn file(&self) -> &Arc<str> {
        &self.file
    }

    pub(super) const fn text(&self) -> &'t str {
        self.text
    }

    pub(super) fn at(&self, range: Range<usize>) -> FileSpan {
        let start = range.start.min(self.text.len());
        let end = range.end.clamp(start, self.text.len());
        let (place, last, column) = self.last.get();
        let line = self.line_of(start, last);
        let from = self.starts.get(line - 1).copied().unwrap_or(0);
        let (near, column) = if line == last && place <= start { (place, column) } else { (from, 1) };
        let between = self.text.as_bytes().get(near..start).unwrap_or_default();
        let column = column + between.iter().filter(|b| (**b & 0xC0) != 0x80).count();
        self.last.set((start, line, column));
        FileSpan { file: Arc::clone(&self.file), start, end, line, column }
    }

    /// The line of a place; the lines from `likely` on are tried first.
    fn line_of(&self, place: usize, likely: usize) -> usize {
        let begins = |line: usize| self.starts.get(line - 1).is_none_or(|&start| start > place);
        if !begins(likely)
            && let Some(line) = (likely..likely + 3).find(|line| begins(line + 1))
        {
            return line;
        }
        self.starts.partition_point(|&s| s <= place).max(1)
    }
}
