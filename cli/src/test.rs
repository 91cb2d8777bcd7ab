//! `sidestep test`. In: packs. Out: which inline examples do not do what their pack says. Keeps: every example runs through the whole program.

use crate::Outcome;
use crate::args::{DocFormat, TestArgs};
use crate::engine::{self, Engine};
use crate::failure::Failure;
use crate::paint::{Paint, visible};
use serde::Serialize;
use sidestep::pack::model::{Example, Rule, Status};
use sidestep::scan::Scanner;
use std::fmt::Write as _;

/// An example that did not do what it should.
#[derive(Debug, Serialize)]
struct Failed {
    file: String,
    line: usize,
    rule: String,
    /// `match`: the rule did not fire; `no_match`: it did.
    kind: &'static str,
    text: String,
    /// The rules that fired.
    fired: Vec<String>,
    /// Why the rule did not fire, where it nearly did.
    reasons: Vec<String>,
}

/// A rule whose examples prove little.
#[derive(Debug, Serialize)]
struct Weak {
    file: String,
    line: usize,
    rule: String,
    why: &'static str,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    passed: usize,
    failed: usize,
    failures: Vec<Failed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weak: Option<Vec<Weak>>,
}

pub fn run(args: &TestArgs, paint: Paint) -> Result<Outcome, Failure> {
    let engine = Engine::load(&args.rules, true)?;
    let mut scanner = engine.filter.scanner();
    let mut report = Report::default();
    for (_, rule) in engine.rules().filter(|(_, r)| r.status != Status::Retired) {
        for (examples, kind) in [(&rule.matches, "match"), (&rule.no_matches, "no_match")] {
            for example in examples {
                check(rule, example, kind, &mut scanner, &mut report);
            }
        }
    }
    report.failed = report.failures.len();
    report.weak = args.strength.then(|| weak(&engine, &mut scanner));
    match args.format {
        DocFormat::Json => crate::print(&format!("{}\n", serde_json::to_string_pretty(&report).unwrap_or_default()))?,
        DocFormat::Text => crate::print(&text(&report, paint))?,
    }
    Ok(Outcome::flagged(report.failed > 0 || report.weak.is_some_and(|w| !w.is_empty())))
}

fn check(rule: &Rule, example: &Example, kind: &'static str, scanner: &mut Scanner, report: &mut Report) {
    let (explanation, fired) = engine::fired(scanner, example.text.as_bytes());
    if fired.contains(&rule.id) == (kind == "match") {
        report.passed += 1;
        return;
    }
    let near = explanation.misses.iter().filter(|m| m.seen.rule == rule.id);
    report.failures.push(Failed {
        file: example.place.file.to_string(),
        line: example.place.line,
        rule: rule.id.clone(),
        kind,
        text: example.text.clone(),
        reasons: near.map(|m| format!("saw \"{}\" but {}", m.seen.text, m.reason)).collect(),
        fired,
    });
}

/// Rules whose examples would not notice if the rule were dropped, or loosened.
fn weak(engine: &Engine, scanner: &mut Scanner) -> Vec<Weak> {
    let mut found = Vec::new();
    for (_, rule) in engine.rules().filter(|(_, r)| matches!(r.status, Status::Live | Status::Shadow)) {
        let decides = rule.matches.iter().any(|e| engine::fired(scanner, e.text.as_bytes()).1.contains(&rule.id));
        let filtered = !rule.filters.needs.is_empty() || !rule.filters.unless.is_empty() || !rule.filters.except.is_empty();
        let near = rule.no_matches.iter().any(|e| scanner.explain(e.text.as_bytes()).misses.iter().any(|m| m.seen.rule == rule.id));
        let why = if rule.matches.is_empty() {
            "no `match` line"
        } else if !decides {
            "no `match` line fires it: dropping the rule would go unnoticed"
        } else if rule.category.is_some() && rule.no_matches.is_empty() {
            "no `no_match` line"
        } else if rule.category.is_some() && filtered && !near {
            "no `no_match` line is held back by its needs, unless or except: dropping them would go unnoticed"
        } else {
            continue;
        };
        found.push(Weak { file: rule.place.file.to_string(), line: rule.place.line, rule: rule.id.clone(), why });
    }
    found
}

fn text(report: &Report, paint: Paint) -> String {
    let mut out = String::new();
    for f in &report.failures {
        let what = if f.kind == "match" { "should fire and does not" } else { "should not fire and does" };
        let _ = writeln!(out, "{} {}:{}: {} {what}", paint.bad("FAIL"), f.file, f.line, paint.bold(&f.rule));
        let _ = writeln!(out, "    {}", visible(&f.text));
        let fired = if f.fired.is_empty() { "nothing".to_owned() } else { f.fired.join(", ") };
        let _ = writeln!(out, "    fired: {fired}");
        for reason in &f.reasons {
            let _ = writeln!(out, "    {}", visible(reason));
        }
    }
    for w in report.weak.iter().flatten() {
        let _ = writeln!(out, "{} {}:{}: {}: {}", paint.bad("WEAK"), w.file, w.line, paint.bold(&w.rule), w.why);
    }
    if let Some(weak) = &report.weak {
        let _ = writeln!(out, "{} rules with weak examples", weak.len());
    }
    let count = format!("{} passed, {} failed", report.passed, report.failed);
    let _ = writeln!(out, "{}", if report.failed > 0 { paint.bad(&count) } else { paint.good(&count) });
    out
}
