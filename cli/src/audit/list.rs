//! Messages by name. In: judged messages. Out: those asked for, as lines. Keeps: by default those with even id numbers are counted and not shown, so that
//! half of a set stays unread.

use super::labelled::Half;
use super::set::Judged;
use crate::args::{AuditArgs, HalfArg, Listed};
use crate::paint::{Paint, action_name, marked};
use serde::Serialize;
use std::fmt::Write as _;

/// What is asked for.
pub struct Wish<'a> {
    pub which: Listed,
    half: Option<HalfArg>,
    category: Option<&'a str>,
    lang: Option<&'a str>,
}

/// One listed message, as JSON.
#[derive(Serialize)]
struct Line<'j> {
    id: &'j str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'j str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evasion: Option<&'j str>,
    action: &'static str,
    expect: &'j [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    any: &'j [String],
    found: &'j [String],
    rules: Vec<&'j str>,
    text: String,
}

impl<'a> Wish<'a> {
    pub fn of(args: &'a AuditArgs) -> Option<Self> {
        args.list.map(|which| Self { which, half: args.half, category: args.category.as_deref(), lang: args.lang.as_deref() })
    }

    /// Whether the message is of the kind asked for.
    pub fn wants(&self, judged: &Judged) -> bool {
        let item = &judged.item;
        if self.lang.is_some_and(|lang| item.lang.as_deref() != Some(lang)) {
            return false;
        }
        let found = |c: &str| judged.found.iter().any(|f| f == c);
        let expected = |c: &str| item.expect.iter().any(|e| e == c);
        let allowed = |c: &str| expected(c) || item.any.iter().any(|e| e == c);
        match (self.which, self.category) {
            (Listed::Missed, None) => item.is_violating() && !judged.is_caught(),
            (Listed::Missed, Some(c)) => (expected(c) && !found(c)) || (item.any.iter().any(|a| a == c) && !judged.is_caught()),
            (Listed::Flagged, None) => !item.is_violating() && !judged.found.is_empty(),
            (Listed::Flagged, Some(c)) => found(c) && !allowed(c),
            (Listed::Partial, c) => judged.is_caught() && !judged.is_complete() && c.is_none_or(|c| expected(c) && !found(c)),
            (Listed::All, c) => c.is_none_or(|c| found(c) || allowed(c)),
        }
    }

    /// Whether the message may be shown.
    pub const fn shows(&self, half: Option<Half>) -> bool {
        match (half, self.half) {
            (_, Some(HalfArg::All)) | (Some(Half::Even), Some(HalfArg::Even)) | (Some(Half::Odd) | None, None | Some(HalfArg::Odd)) => true,
            (Some(Half::Even), None | Some(HalfArg::Odd)) | (Some(Half::Odd) | None, Some(HalfArg::Even)) => false,
        }
    }
}

/// One message as JSON.
pub fn json(judged: &Judged) -> String {
    let item = &judged.item;
    let mut rules: Vec<&str> = judged.findings.iter().map(|f| f.rule.as_str()).collect();
    rules.dedup();
    let line = Line {
        id: item.id(),
        lang: item.lang.as_deref(),
        evasion: item.evasion.as_deref(),
        action: action_name(judged.action),
        expect: &item.expect,
        any: &item.any,
        found: &judged.found,
        rules,
        text: String::from_utf8_lossy(&item.text).into_owned(),
    };
    serde_json::to_string(&line).unwrap_or_default()
}

/// One message for people.
pub fn text(judged: &Judged, paint: Paint) -> String {
    let item = &judged.item;
    let list = |names: &[String], between: &str| if names.is_empty() { "nothing".to_owned() } else { names.join(between) };
    let expected = if item.any.is_empty() { list(&item.expect, " + ") } else { list(&item.any, " or ") };
    let mut out = paint.bold(item.id());
    for part in [&item.lang, &item.evasion].into_iter().flatten() {
        let _ = write!(out, "  {part}");
    }
    let _ = writeln!(out, "  expected {expected}, found {}", list(&judged.found, " + "));
    let spans: Vec<(usize, usize)> = judged.findings.iter().map(|f| (f.start, f.end)).collect();
    let _ = writeln!(out, "    {}", marked(paint, &item.text, &spans));
    for finding in &judged.findings {
        let _ = writeln!(out, "    {}", crate::scan::describe(finding, paint));
    }
    out
}
