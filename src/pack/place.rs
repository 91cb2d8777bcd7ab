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
    /// A place asked for of late, its line's start and its column: lists stand on long lines and are read from left to right.
    last: Cell<(usize, usize, usize)>,
}

/// U+FEFF at the start of a file: accepted, part of no line.
pub(super) const BOM: char = '\u{FEFF}';

impl<'t> Lines<'t> {
    pub(super) fn new(file: Arc<str>, text: &'t str) -> Self {
        let first = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
        let starts = std::iter::once(first).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1)).collect();
        Self { file, text, starts, last: Cell::new((first, first, 1)) }
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
        let line = self.starts.partition_point(|&s| s <= start).max(1);
        let from = self.starts.get(line - 1).copied().unwrap_or(0);
        let (near, column) = match self.last.get() {
            (place, of, column) if of == from && place <= start => (place, column),
            _ => (from, 1),
        };
        let between = self.text.as_bytes().get(near..start).unwrap_or_default();
        let column = column + between.iter().filter(|b| (**b & 0xC0) != 0x80).count();
        self.last.set((start, from, column));
        FileSpan { file: Arc::clone(&self.file), start, end, line, column }
    }
}
