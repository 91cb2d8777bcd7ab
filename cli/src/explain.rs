//! `sidestep explain`. In: one message. Out: how its verdict came about, as a person would add it up.

use crate::Outcome;
use crate::args::{DocFormat, ExplainArgs};
use crate::engine::{Engine, names};
use crate::failure::Failure;
use crate::paint::{Paint, marked, points, push_visible, visible};
use crate::scan::describe;
use serde::Serialize;
use sidestep::evasion::Evasion;
use sidestep::pack::model::{Reference, Rule, Source};
use sidestep::scan::{Explanation, NearMiss, Seen};
use sidestep::text::Text;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Read;

/// One thing that folding undid.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Step {
    /// Byte offset in the message as it was sent.
    start: usize,
    end: usize,
    /// The bytes between.
    text: String,
    /// What they were read as.
    folded: String,
    evidence: Evasion,
}

/// What `--format json` writes: the library's explanation and the fold's steps.
#[derive(Serialize)]
struct Document<'e> {
    text: String,
    #[serde(flatten)]
    explanation: &'e Explanation,
    steps: Vec<Step>,
}

pub fn run(args: &ExplainArgs, paint: Paint) -> Result<Outcome, Failure> {
    let message = match &args.text {
        Some(text) => text.clone().into_bytes(),
        None => read_stdin()?,
    };
    let engine = Engine::load(&args.rules, false)?;
    let explanation = engine.filter.scanner().explain(&message);
    let steps = steps(&message);
    match args.format {
        DocFormat::Json => {
            let document = Document { text: String::from_utf8_lossy(&message).into_owned(), explanation: &explanation, steps };
            crate::print(&format!("{}\n", serde_json::to_string_pretty(&document).unwrap_or_default()))?;
        }
        DocFormat::Text => crate::print(&render(&message, &explanation, &steps, &engine.by_id(), paint))?,
    }
    Ok(Outcome::flagged(explanation.verdict.is_flagged()))
}

/// All of standard input but for one line end.
fn read_stdin() -> Result<Vec<u8>, Failure> {
    let mut message = Vec::new();
    std::io::stdin()
        .take(crate::input::LINE_BYTES as u64)
        .read_to_end(&mut message)
        .map_err(|e| Failure::Other(format!("reading standard input: {e}")))?;
    if message.ends_with(b"\n") {
        message.pop();
        message.pop_if(|last| *last == b'\r');
    }
    Ok(message)
}

/// Where the folded text differs from the message by more than letter case, neighbouring places as one step.
fn steps(message: &[u8]) -> Vec<Step> {
    let mut text = Text::new();
    text.read(message);
    let mut steps: Vec<Step> = Vec::new();
    let mut consumed = 0;
    for (at, c) in text.folded().char_indices() {
        let range = at..at + c.len_utf8();
        let evidence = text.evidence(range.clone());
        let span = text.source_span(range);
        let start = span.start.max(consumed);
        let source = String::from_utf8_lossy(message.get(start..span.end.max(start)).unwrap_or_default()).into_owned();
        consumed = consumed.max(span.end);
        if evidence.is_empty() && source.to_lowercase().chars().eq([c]) {
            continue;
        }
        match steps.last_mut() {
            Some(last) if last.end >= span.start && last.evidence == evidence => {
                last.end = last.end.max(span.end);
                last.text.push_str(&source);
                last.folded.push(c);
            }
            _ => steps.push(Step { start: span.start, end: span.end, text: source, folded: c.to_string(), evidence }),
        }
    }
    steps
}

fn render(message: &[u8], explanation: &Explanation, steps: &[Step], rules: &Rules<'_>, paint: Paint) -> String {
    let verdict = &explanation.verdict;
    let mut out = String::new();
    let spans: Vec<(usize, usize)> = verdict.findings.iter().map(|f| (f.start, f.end)).collect();
    if paint.is_on() {
        let _ = writeln!(out, "{}", marked(paint, message, &spans));
    } else {
        out.push_str(&underlined(message, &spans));
    }
    heading(&mut out, paint, "Folded");
    let _ = writeln!(out, "  {}", visible(&explanation.folded));
    for step in steps {
        let kinds: Vec<&str> = step.evidence.names().collect();
        let folded = if step.folded.trim().is_empty() { format!("{:?}", step.folded) } else { visible(&step.folded) };
        let _ = writeln!(out, "  {}..{}  {} -> {folded}  {}", step.start, step.end, visible(&step.text), paint.dim(&kinds.join("+")));
    }
    heading(&mut out, paint, "Fired");
    for finding in &verdict.findings {
        let _ = writeln!(out, "  {}", describe(finding, paint));
    }
    if verdict.findings.is_empty() {
        out.push_str("  nothing\n");
    }
    write_near(&mut out, explanation, rules, paint);
    heading(&mut out, paint, "Sum");
    for (category, c) in &verdict.categories {
        let parts: Vec<String> =
            verdict.findings.iter().filter(|f| f.category == *category && f.weight > 0.0).map(|f| points(f.weight)).collect();
        let [warn, review, block] = explanation.thresholds.get(category).copied().unwrap_or_default();
        let at = |name: &str, points_at: Option<f64>| points_at.map_or(format!("{name} never"), |p| format!("{name} {}", points(p)));
        let thresholds = [at("warn", warn), at("review", review), at("block", block)].join(", ");
        let _ = writeln!(out, "  {category}: {} = {}  {}  ({thresholds})", parts.join(" + "), points(c.score), paint.action(c.action));
    }
    let _ = writeln!(out, "  {} {}", paint.bold("verdict:"), paint.action(verdict.action));
    if !verdict.limits.is_empty() {
        let _ = writeln!(out, "  {}", paint.bad("a bound was met: the message was not read to the end (`limits` in --format json)"));
    }
    out
}

type Rules<'e> = HashMap<&'e str, &'e Rule>;

/// What nearly fired, and the cues and guards that had a say in that or in what fired. The rest is counted: `--format json` names it.
fn write_near(out: &mut String, explanation: &Explanation, rules: &Rules<'_>, paint: Paint) {
    let in_verdict = |id: &str| rules.get(id).is_some_and(|r| r.category.is_some());
    let (near, far): (Vec<&NearMiss>, Vec<&NearMiss>) =
        explanation.misses.iter().filter(|m| in_verdict(&m.seen.rule)).partition(|m| !m.partial);
    let concerned = explanation.verdict.findings.iter().map(|f| f.rule.as_str()).chain(near.iter().map(|m| m.seen.rule.as_str()));
    let asked: Vec<&Reference> = concerned.filter_map(|id| rules.get(id)).flat_map(|rule| references(rule)).collect();
    let (cues, idle): (Vec<&Seen>, Vec<&Seen>) = explanation.cues.iter().partition(|s| asked.iter().any(|r| names(r, &s.rule)));
    let count = |ids: &mut dyn Iterator<Item = &str>| ids.collect::<BTreeSet<_>>().len();
    grouped(out, paint, "Cues and guards near by", cues.into_iter().map(|s| (s, "")));
    grouped(out, paint, "Fired in shadow, not counted", explanation.uncounted.iter().map(|s| (s, "")));
    grouped(out, paint, "Nearly fired", near.into_iter().map(|m| (&m.seen, m.reason.as_str())));
    let (parts, idle) = (count(&mut far.iter().map(|m| m.seen.rule.as_str())), count(&mut idle.iter().map(|s| s.rule.as_str())));
    if parts + idle > 0 {
        let line =
            format!("  (and {parts} compositions of which a part was there, {idle} cues that none of these rules asks for: --format json)");
        let _ = writeln!(out, "{}", paint.dim(&line));
    }
}

/// The rules that a rule refers to.
fn references(rule: &Rule) -> Vec<&Reference> {
    let mut all: Vec<&Reference> = rule.filters.needs.iter().chain(&rule.filters.unless).collect();
    match &rule.source {
        Source::Terms(terms) => all.extend(terms.needs().flatten()),
        Source::Compose(c) => all.extend(c.all.iter().chain(&c.any).chain(&c.none).chain(c.at_least.iter().flat_map(|(_, of)| of))),
        Source::Regex { .. } | Source::Entity(_) | Source::Words { .. } => {}
    }
    all
}

/// A rule and a reason, with the places and texts that they concern.
type Groups<'s> = BTreeMap<(&'s str, &'s str), BTreeSet<(usize, usize, &'s str)>>;

/// What was seen, one line for each rule and reason, under a heading if there is any.
fn grouped<'s>(out: &mut String, paint: Paint, title: &str, seen: impl Iterator<Item = (&'s Seen, &'s str)>) {
    let mut groups = Groups::new();
    for (s, reason) in seen {
        groups.entry((&s.rule, reason)).or_default().insert((s.start, s.end, &s.text));
    }
    if !groups.is_empty() {
        heading(out, paint, title);
    }
    for ((rule, reason), places) in groups {
        let places: Vec<String> =
            places.into_iter().map(|(start, end, text)| format!("{} {start}..{end}", visible(&format!("{text:?}")))).collect();
        let colon = if reason.is_empty() { "" } else { ": " };
        let _ = writeln!(out, "  {rule}  {}{colon}{reason}", places.join(", "));
    }
}

fn heading(out: &mut String, paint: Paint, title: &str) {
    let _ = writeln!(out, "{}", paint.bold(title));
}

/// The message, and under it a line of `^` for each character inside a finding.
fn underlined(message: &[u8], spans: &[(usize, usize)]) -> String {
    let (mut shown, mut marks) = (String::new(), String::new());
    let mut at = 0;
    for chunk in message.utf8_chunks() {
        let valid = chunk.valid().char_indices().map(|(i, c)| (at + i, c));
        let after = at + chunk.valid().len();
        let broken = (!chunk.invalid().is_empty()).then_some((after, char::REPLACEMENT_CHARACTER));
        for (offset, c) in valid.chain(broken) {
            let before = shown.chars().count();
            push_visible(&mut shown, c);
            let mark = if spans.iter().any(|&(start, end)| start <= offset && offset < end) { '^' } else { ' ' };
            marks.extend(std::iter::repeat_n(mark, shown.chars().count() - before));
        }
        at = after + chunk.invalid().len();
    }
    let marks = marks.trim_end();
    if marks.is_empty() { format!("{shown}\n") } else { format!("{shown}\n{marks}\n") }
}

#[cfg(test)]
mod tests {
    use super::{steps, underlined};

    #[test]
    fn marks_stand_under_their_characters() {
        assert_eq!(underlined("ä\u{200b}tg\n".as_bytes(), &[(5, 7)]), "ä\\u{200B}tg\\n\n         ^^\n");
        assert_eq!(underlined(b"a\xFFb", &[(1, 2)]), "a\u{FFFD}b\n ^\n");
        assert_eq!(underlined(b"clean", &[]), "clean\n");
    }

    #[test]
    fn letter_case_alone_is_no_step() {
        assert_eq!(steps(b"Add Me"), []);
    }
}
