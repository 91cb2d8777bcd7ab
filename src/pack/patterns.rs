//! Patterns of `regex` rules. In: a pattern. Out: whether it compiles, and on which engine. Keeps: compiled size and steps bounded. Must not know: rules.

use crate::limits::PackLimits;
use crate::matcher::patterns::{self, Pattern, PatternError, PatternLimits};

/// The engine that runs a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Linear in the text whatever it holds.
    Linear,
    /// For look-around and backreferences; runs behind a gate, with a bound on its steps.
    Backtracking,
}

/// Why a pattern is refused: the byte range of the pattern that is at fault, if known, and the cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) cause: String,
    pub(super) help: &'static str,
}

/// The engine that a pattern needs by its syntax; a pattern that neither takes is called linear.
///
/// ```
/// use sidestep::pack::{Engine, engine_of};
/// assert_eq!(engine_of(r"\d+ ?g"), Engine::Linear);
/// assert_eq!(engine_of(r"(?<!no )\d+ ?g"), Engine::Backtracking);
/// ```
#[must_use]
pub fn engine_of(pattern: &str) -> Engine {
    if patterns::needs_backtracking(pattern) { Engine::Backtracking } else { Engine::Linear }
}

/// Compiles a pattern and keeps it.
pub(super) fn check(pattern: &str, limits: &PackLimits) -> Result<Pattern, Fault> {
    let bounds = PatternLimits { compiled_bytes: limits.pattern_size, backtrack_steps: limits.backtrack_steps };
    let compiled = Pattern::compile(pattern, &bounds).map_err(|error| fault(pattern, &error))?;
    if compiled.matches_nothing() {
        return Err(Fault {
            cause: "the pattern matches the empty text, so it would fire on every message".into(),
            help: "ask for at least one character",
        });
    }
    Ok(compiled)
}

const HELP: &str = "try the pattern on the folded text that `sidestep fold` shows; in single quotes a backslash is a backslash";

fn fault(pattern: &str, error: &PatternError) -> Fault {
    let cause = match (error, regex_syntax::parse(pattern)) {
        (PatternError::TooLarge(_), _) => return Fault { cause: error.to_string(), help: "make its repetitions smaller, or use terms" },
        _ if engine_of(pattern) == Engine::Backtracking => error.to_string(),
        (_, Err(regex_syntax::Error::Parse(e))) => format!("{}, at character {} of the pattern", e.kind(), e.span().start.column),
        (_, Err(regex_syntax::Error::Translate(e))) => format!("{}, at character {} of the pattern", e.kind(), e.span().start.column),
        _ => error.to_string().lines().last().unwrap_or_default().to_owned(),
    };
    Fault { cause, help: HELP }
}

/// What makes a pattern slow or dead on folded text, with the mend.
pub(super) fn smell(pattern: &str) -> Option<(&'static str, &'static str)> {
    if pattern.contains(r"\b") && !pattern.contains("(?-u") {
        return Some((r"\b asks for Unicode word edges, which are slow beyond ASCII", r"write (?-u:\b), or leave it out"));
    }
    let mut escaped = false;
    for c in pattern.chars() {
        if !escaped
            && c.is_ascii_uppercase()
            && !pattern.contains("(?")
            && !pattern.contains("[[:")
            && !pattern.contains(r"\p")
            && !pattern.contains(r"\x")
        {
            return Some(("an upper-case letter never matches: the folded text is lower case", "write the pattern in lower case"));
        }
        escaped = c == '\\' && !escaped;
    }
    None
}
