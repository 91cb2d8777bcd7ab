//! From byte offsets to lines and columns. In: a file's text. Out: [`FileSpan`]s. Keeps: every span lies inside the file. Must not know: the format.

use crate::diagnostic::FileSpan;
use std::ops::Range;
use std::sync::Arc;

/// The line starts of a file.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    file: Arc<str>,
    text: &'t str,
    starts: Vec<usize>,
}

/// U+FEFF at the start of a file: accepted, part of no line.
pub(super) const BOM: char = '\u{FEFF}';

impl<'t> Lines<'t> {
    pub(super) fn new(file: Arc<str>, text: &'t str) -> Self {
        let first = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
        let starts = std::iter::once(first).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1)).collect();
        Self { file, text, starts }
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
        let before = self.text.as_bytes().get(from..start).unwrap_or_default();
        let column = 1 + before.iter().filter(|b| (**b & 0xC0) != 0x80).count();
        FileSpan { file: Arc::clone(&self.file), start, end, line, column }
    }
}
