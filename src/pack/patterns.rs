//! Patterns of `regex` rules. In: a pattern. Out: whether it compiles, and on which engine. Keeps: compiled size and steps bounded. Must not know: rules.

use crate::limits::PackLimits;
use regex_syntax::ast;

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
    match ast::parse::Parser::new().parse(pattern) {
        Err(error) if matches!(error.kind(), ast::ErrorKind::UnsupportedLookAround | ast::ErrorKind::UnsupportedBackreference) => {
            Engine::Backtracking
        }
        _ => Engine::Linear,
    }
}

/// Compiles a pattern and throws the result away.
pub(super) fn check(pattern: &str, limits: &PackLimits) -> Result<Engine, Fault> {
    let engine = engine_of(pattern);
    let matches_nothing = match engine {
        Engine::Linear => {
            let compiled = regex::RegexBuilder::new(pattern).size_limit(limits.pattern_size).build();
            compiled.map_err(|e| linear_fault(pattern, &e, limits))?.is_match("")
        }
        Engine::Backtracking => {
            let compiled = fancy_regex::RegexBuilder::new(pattern)
                .backtrack_limit(limits.backtrack_steps)
                .delegate_size_limit(limits.pattern_size)
                .max_prog_size(limits.pattern_size)
                .build();
            compiled.map_err(|e| Fault { cause: e.to_string(), help: HELP })?.is_match("").unwrap_or(false)
        }
    };
    if matches_nothing {
        return Err(Fault {
            cause: "the pattern matches the empty text, so it would fire on every message".into(),
            help: "ask for at least one character",
        });
    }
    Ok(engine)
}

const HELP: &str = "try the pattern on the folded text that `sidestep fold` shows; in single quotes a backslash is a backslash";

fn linear_fault(pattern: &str, error: &regex::Error, limits: &PackLimits) -> Fault {
    if let regex::Error::CompiledTooBig(_) = error {
        let cause = format!("the pattern is larger than {} bytes once compiled", limits.pattern_size);
        return Fault { cause, help: "make its repetitions smaller, or use terms" };
    }
    let cause = match regex_syntax::parse(pattern) {
        Err(regex_syntax::Error::Parse(e)) => format!("{}, at character {} of the pattern", e.kind(), e.span().start.column),
        Err(regex_syntax::Error::Translate(e)) => format!("{}, at character {} of the pattern", e.kind(), e.span().start.column),
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
