//! What is wrong with a pack, for the person who edits it. In: places in files and words. Out: [`Diagnostic`]s as text and JSON.
//! Keeps: a diagnostic always names a file, a line and a mend. Must not know: what packs are made of.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A place in a file: byte range with line and column of its start.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileSpan {
    /// The file's name as it was given, or found in the folder given.
    pub file: Arc<str>,
    /// Byte offset.
    pub start: usize,
    /// Byte offset just past the end.
    pub end: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl FileSpan {
    /// The very beginning of a file: for what is wrong with the file as a whole.
    #[must_use]
    pub const fn whole(file: Arc<str>) -> Self {
        Self { file, start: 0, end: 0, line: 1, column: 1 }
    }
}

impl fmt::Display for FileSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
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

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
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

impl Diagnostic {
    /// One JSON object on one line: `code`, `severity`, `place` (`file`, `start`, `end`, `line`, `column`), `message`, `help`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Three lines: what, where, how to mend it.
///
/// ```text
/// error[E012]: weight 0 is out of range
///   --> rules/x.toml:12:10
///   help: write a number above 0 and up to 100
/// ```
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}\n  --> {}\n  help: {}", self.severity, self.code, self.message, self.place, self.help)
    }
}

/// The text of a file that was read, so that a diagnostic's place can be shown in it.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The name that [`FileSpan::file`] has.
    pub name: Arc<str>,
    /// What was read; ill-formed UTF-8 as U+FFFD.
    pub text: Arc<str>,
}

/// Without the text: a server whose `main` returns the error is not to print whole packs.
impl fmt::Debug for SourceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceText").field("name", &self.name).field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// Why packs were refused: every fault of every file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// Errors and warnings, in the order of the files and by place in each; at least one is an error.
    pub diagnostics: Vec<Diagnostic>,
    /// How many more there were than the bound on diagnostics.
    pub left_out: usize,
    /// The files read.
    pub sources: Vec<SourceText>,
}

impl LoadError {
    /// Those that refuse the packs.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|d| d.severity == Severity::Error)
    }

    /// The text of a file that a diagnostic names.
    #[must_use]
    pub fn source(&self, file: &str) -> Option<&str> {
        self.sources.iter().find(|s| *s.name == *file).map(|s| &*s.text)
    }

    /// One JSON object a line, one line a diagnostic.
    #[must_use]
    pub fn to_json_lines(&self) -> String {
        self.diagnostics.iter().map(|d| d.to_json() + "\n").collect()
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.diagnostics.iter().enumerate() {
            if i > 0 {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        if self.left_out > 0 {
            write!(f, "\n\nand {} more", self.left_out)?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// `E` or `W` and a number.
    pub code: &'static str,
    /// What it stands for, a few words.
    pub title: &'static str,
}

macro_rules! codes {
    ($($konst:ident $code:literal $title:literal;)*) => {
        /// Every code by name.
        pub mod code {
            use super::Code;
            $(#[doc = $title] pub const $konst: Code = Code { code: $code, title: $title };)*
        }
        /// All codes with their titles, errors first; a code is never given a second meaning.
        pub const CODES: &[Code] = &[$(code::$konst),*];
    };
}

codes! {
    UNREADABLE "E001" "a file or folder cannot be read";
    NOT_A_PACK "E002" "a file or folder given holds no pack";
    NOT_UTF8 "E003" "a file is not UTF-8";
    SYNTAX "E004" "not TOML";
    UNKNOWN_KEY "E005" "a key that the format does not have";
    WRONG_TYPE "E006" "a value of the wrong type";
    MISSING_KEY "E007" "a key that must be there is missing";
    BAD_ID "E008" "an id, version, category or language that is not well-formed";
    EMPTY "E009" "an empty text or list";
    BAD_VALUE "E010" "a word that is not among those allowed";
    BAD_DISTANCE "E011" "a distance that cannot be read";
    OUT_OF_RANGE "E012" "a number out of range";
    THRESHOLD_ORDER "E013" "thresholds that are not in order";
    ENGINE "E014" "a pack for another engine";
    LIMIT "E015" "a bound of the loader is passed";
    DUPLICATE_ID "E016" "an id that stands twice";
    DUPLICATE_THRESHOLDS "E017" "a category's thresholds or notice in two packs";
    UNKNOWN_REFERENCE "E018" "a rule id that no rule has";
    CIRCLE "E019" "rules that refer to each other in a circle";
    RULE_SOURCE "E020" "a rule with no source, or with two kinds of source";
    MISPLACED_KEY "E021" "a key that this kind of rule does not take";
    BAD_PATTERN "E022" "a pattern that does not compile";
    NO_GATE "E023" "a pattern with look-around and no gate";
    BAD_TERM "E024" "a term that cannot match";
    BAD_OPTION "E025" "a term option that is unknown or wrong";
    SIDE_FILE "E026" "a file of terms, values or words that is not there or not allowed";
    BAD_ENTITY_VALUE "E027" "a value that the entity cannot have";
    BAD_COUNT "E028" "a count that can never be reached";
    BAD_POINTS "E029" "a word with points that cannot be read";
    REVIEW_PAST "W001" "a rule is past its review date";
    NO_EXAMPLES "W002" "a live rule without examples";
    TOO_LIGHT "W003" "a category whose rules can never reach a threshold";
    DUPLICATE_TERM "W004" "a term twice in one rule";
    SHORT_FUZZY "W005" "misspellings asked for in a term that is too short";
    UNUSED_CUE "W006" "a cue that no rule refers to";
    NO_EFFECT "W007" "a setting without effect";
    DEAD_REFERENCE "W008" "a reference to rules that never hit";
    SLOW_PATTERN "W009" "a slow or never matching part in a pattern";
    UNUSED_FILE "W010" "a file of terms, values or words that no rule names";
    NEAR_CATEGORY "W011" "a category that looks like another one misspelled";
    COMMON_TERM "W012" "a common word as a term of its own";
}
