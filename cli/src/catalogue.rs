//! `sidestep catalogue`. In: packs. Out: docs/RULES.md, one entry a rule. Keeps: same packs, same page.

use crate::Outcome;
use crate::args::CatalogueArgs;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::paint::{points, visible};
use sidestep::pack::model::{Composition, Pack, Reference, Rule, Source, Status};
use std::fmt::Write as _;

/// Examples shown of each rule.
const EXAMPLES: usize = 3;

pub fn run(args: &CatalogueArgs) -> Result<Outcome, Failure> {
    let engine = Engine::load(&args.rules, true)?;
    let page = page(&engine);
    let Some(path) = &args.output else {
        crate::print(&page)?;
        return Ok(Outcome::Clean);
    };
    if args.check {
        let standing = std::fs::read_to_string(path).map_err(|e| Failure::file(path, &e))?;
        if standing != page {
            eprintln!("sidestep: {} is not what the packs say; write it anew with `sidestep catalogue -o`", path.display());
        }
        return Ok(Outcome::flagged(standing != page));
    }
    std::fs::write(path, page).map_err(|e| Failure::file(path, &e))?;
    Ok(Outcome::Clean)
}

fn page(engine: &Engine) -> String {
    let mut out = String::from(
        "# The rules\n\nWritten by `sidestep catalogue -o docs/RULES.md` from the packs; edit those. Weights are points; a category's score against its \
         thresholds gives the action.\n\n## Thresholds\n\n| category | warn | review | block |\n| --- | --- | --- | --- |\n",
    );
    let shown = |p: Option<f64>| p.map_or_else(|| "never".to_owned(), points);
    for (category, [warn, review, block]) in engine.filter.categories() {
        let _ = writeln!(out, "| {category} | {} | {} | {} |", shown(warn), shown(review), shown(block));
    }
    for pack in &engine.loaded.packs {
        write_pack(&mut out, pack);
    }
    out
}

fn write_pack(out: &mut String, pack: &Pack) {
    let _ = writeln!(out, "\n## {} {}\n", pack.id, pack.version);
    for line in [&pack.about, &pack.source].into_iter().flatten() {
        let _ = writeln!(out, "{}\n", cell(line));
    }
    let (cues, rules): (Vec<&Rule>, Vec<&Rule>) =
        pack.rules.iter().filter(|r| r.status != Status::Retired).partition(|r| r.category.is_none());
    for rule in rules {
        write_rule(out, rule);
    }
    if !cues.is_empty() {
        out.push_str(
            "Cues and guards, which other rules refer to and no verdict shows:\n\n| id | what it sees | examples |\n| --- | --- | --- |\n",
        );
        for cue in cues {
            let examples: Vec<String> = cue.matches.iter().take(EXAMPLES).map(|e| code(&e.text)).collect();
            let _ = writeln!(out, "| `{}` | {} | {} |", cue.id, cell(cue.about.as_deref().unwrap_or("")), examples.join(", "));
        }
    }
}

fn write_rule(out: &mut String, rule: &Rule) {
    let _ = writeln!(out, "### `{}`\n", rule.id);
    if let Some(about) = &rule.about {
        let _ = writeln!(out, "{}\n", cell(about));
    }
    let status = match rule.status {
        Status::Live | Status::Retired => "",
        Status::Draft => ", draft (only its examples run)",
        Status::Shadow => ", shadow (found, never counted)",
    };
    let disguise = if rule.disguise > 0.0 { format!(", {} more when disguised", points(f64::from(rule.disguise))) } else { String::new() };
    let category = rule.category.as_deref().unwrap_or("cue");
    let _ = writeln!(out, "- {category}, weight {}{disguise}{status}", points(f64::from(rule.weight)));
    let _ = writeln!(out, "- fires on {}", source(&rule.source));
    if !rule.filters.needs.is_empty() {
        let alone = if rule.filters.needs_unless_disguised { ", unless disguised" } else { "" };
        let _ = writeln!(out, "- needs {} of {} near by{alone}", rule.filters.needs_count, ids(&rule.filters.needs));
    }
    if !rule.filters.unless.is_empty() {
        let _ = writeln!(out, "- not near {}", ids(&rule.filters.unless));
    }
    for (title, examples) in [("flags", &rule.matches), ("leaves alone", &rule.no_matches)] {
        if !examples.is_empty() {
            let shown: Vec<String> = examples.iter().take(EXAMPLES).map(|e| code(&e.text)).collect();
            let _ = writeln!(out, "- {title}: {}", shown.join(", "));
        }
    }
    for (title, fact) in [("source", &rule.facts), ("reference", &rule.reference), ("to be reviewed by", &rule.review_by)] {
        if let Some(fact) = fact {
            let _ = writeln!(out, "- {title}: {}", cell(fact));
        }
    }
    out.push('\n');
}

fn source(source: &Source) -> String {
    match source {
        Source::Terms(terms) => {
            let first: Vec<String> = terms.iter().take(EXAMPLES).map(|t| code(t.text)).collect();
            let more = if terms.len() > EXAMPLES { format!(" and {} more", terms.len() - EXAMPLES) } else { String::new() };
            format!("the words {}{more}", first.join(", "))
        }
        Source::Regex { patterns, .. } => format!("{} patterns over folded text", patterns.len()),
        Source::Entity(filter) => {
            let kinds: Vec<String> =
                filter.kinds.iter().filter_map(|k| serde_json::to_value(k).ok()?.as_str().map(str::to_owned)).collect();
            let values = if filter.values.is_empty() { String::new() } else { format!(" among {} values", filter.values.len()) };
            format!("an identifier: {}{values}", kinds.join(", "))
        }
        Source::Compose(composition) => compose(composition),
        Source::Words { least, words } => format!("{} words and pairs of words with points, {least} of them together", words.len()),
    }
}

fn compose(c: &Composition) -> String {
    let mut parts = Vec::new();
    if !c.all.is_empty() {
        parts.push(format!("all of {}{}", ids(&c.all), if c.ordered { " in this order" } else { "" }));
    }
    if !c.any.is_empty() {
        parts.push(format!("one of {}", ids(&c.any)));
    }
    if let Some((count, of)) = &c.at_least {
        parts.push(format!("at least {count} of {}", ids(of)));
    }
    if !c.none.is_empty() {
        parts.push(format!("none of {}", ids(&c.none)));
    }
    parts.join(", ")
}

fn ids(references: &[Reference]) -> String {
    references.iter().map(|r| format!("`{}`", r.id)).collect::<Vec<_>>().join(", ")
}

/// A message as code: invisible characters shown, marks that would end the code or the table cell taken care of.
fn code(text: &str) -> String {
    let text = visible(text).replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn cell(text: &str) -> String {
    visible(text).replace('|', "\\|")
}
