//! From byte offsets to lines and columns. In: a file's text. Out: [`FileSpan`]s. Keeps: every span lies inside the file. Must not know: the format.

use crate::diagnostic::FileSpan;
use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

/// A file's text with its line starts; kept by what was read from it.
#[derive(Debug)]
pub(super) struct FileText {
    name: Arc<str>,
    text: Arc<str>,
    starts: Vec<u32>,
}

/// U+FEFF at the start of a file: accepted, part of no line.
pub(super) const BOM: char = '\u{FEFF}';

impl FileText {
    pub(super) fn new(name: Arc<str>, text: Arc<str>) -> Self {
        let first = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
        let starts = std::iter::once(first).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1));
        let starts = starts.map(|start| start as u32).collect();
        Self { name, text, starts }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A place, found by a search for its line.
    pub(super) fn at(&self, range: Range<usize>) -> FileSpan {
        let first = self.starts.first().map_or(0, |&first| first as usize);
        Cursor { place: first, line: 1, column: 1 }.to(self, range).0
    }

    fn start(&self, line: usize) -> Option<usize> {
        self.starts.get(line - 1).map(|&start| start as usize)
    }

    /// The line of a place; the lines from `likely` on are tried first.
    fn line_of(&self, place: usize, likely: usize) -> usize {
        let begins = |line: usize| self.start(line).is_none_or(|start| start > place);
        if !begins(likely)
            && let Some(line) = (likely..likely + 3).find(|line| begins(line + 1))
        {
            return line;
        }
        self.starts.partition_point(|&s| s as usize <= place).max(1)
    }
}

/// A place with the number of its line and its column.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    place: usize,
    line: usize,
    column: usize,
}

impl Cursor {
    fn to(self, file: &FileText, range: Range<usize>) -> (FileSpan, Self) {
        let start = range.start.min(file.text.len());
        let end = range.end.clamp(start, file.text.len());
        let line = file.line_of(start, self.line);
        let from = file.start(line).unwrap_or(0);
        let (near, column) = if line == self.line && self.place <= start { (self.place, self.column) } else { (from, 1) };
        let between = file.text.as_bytes().get(near..start).unwrap_or_default();
        let column = column + between.iter().filter(|b| (**b & 0xC0) != 0x80).count();
        (FileSpan { file: Arc::clone(&file.name), start, end, line, column }, Self { place: start, line, column })
    }
}

/// A file that is being read.
#[derive(Debug)]
pub(super) struct Lines {
    file: Arc<FileText>,
    /// A place asked for of late: files are read from left to right, and lists stand on long lines.
    last: Cell<Cursor>,
}

impl Lines {
    pub(super) fn new(name: Arc<str>, text: Arc<str>) -> Self {
        let file = FileText::new(name, text);
        let place = file.start(1).unwrap_or(0);
        Self { file: Arc::new(file), last: Cell::new(Cursor { place, line: 1, column: 1 }) }
    }

    pub(super) const fn file(&self) -> &Arc<FileText> {
        &self.file
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.file.name
    }

    pub(super) fn text(&self) -> &str {
        &self.file.text
    }

    pub(super) fn at(&self, range: Range<usize>) -> FileSpan {
        let (span, last) = self.last.get().to(&self.file, range);
        self.last.set(last);
        span
    }
}
