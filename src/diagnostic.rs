//! What is wrong with a pack, for the person who edits it. In: places in files and words. Out: [`Diagnostic`]s as text and JSON.
//! Keeps: a diagnostic always names a file, a line and a mend. Must not know: what packs are made of.

use serde::Serialize;

/// A place in a file: byte range with line and column of its start.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FileSpan {
    /// The file's name as it was given, or found in the folder given.
    pub file: std::sync::Arc<str>,
    /// Byte offset.
    pub start: usize,
    /// Byte offset just past the end.
    pub end: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The packs are refused.
    Error,
    /// The packs work, but something is likely not meant so.
    Warning,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable code: `E` or `W` and a number.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Where.
    pub place: FileSpan,
    /// The cause, one sentence.
    pub message: String,
    /// The mend, one sentence.
    pub help: String,
}
