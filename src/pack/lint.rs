//! What works but is likely not meant so. In: loaded packs and, if the caller has one, today's date. Out: warnings. Keeps: linear in rules and terms; no
//! clock. Must not know: files, TOML.

use super::Loaded;
use super::compile::COMMON_WORDS;
use super::cross::{Index, all_rules, references_of};
use super::document::shown;
use super::model::{Pack, Rule, Source, Status, Thresholds};
use super::report::Report;
use crate::diagnostic::{Diagnostic, code};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Most warnings that are returned; a number more tell an editor nothing.
const MOST: usize = 1000;

/// The categories that the shipped packs use; a host may add others.
const CATEGORIES: &[&str] = &["diversion", "contact", "drugs", "precursors", "equipment", "payment", "shipping", "documents"];

/// Looks through packs for what an editor would want to know: examples missing, review dates past, cues that nothing uses, terms twice, categories that
/// can never act or are misspelled. `today` is an ISO 8601 date (`2026-11-20`); without it no review date is judged. The warnings of loading come first.
#[must_use]
pub fn lint(loaded: &Loaded, today: Option<&str>) -> Vec<Diagnostic> {
    let mut report = Report::new(MOST);
    let rules = all_rules(&loaded.packs);
    for rule in rules.iter().filter(|r| r.status != Status::Retired) {
        review_date(rule, today, &mut report);
        examples(rule, &mut report);
        duplicate_terms(rule, &mut report);
    }
    common_terms(&rules, &mut report);
    unused_cues(&rules, &mut report);
    categories(&loaded.packs, &rules, &mut report);
    let order: HashMap<&str, usize> = loaded.sources.iter().enumerate().map(|(i, s)| (&*s.name, i)).collect();
    let mut all = loaded.warnings.clone();
    all.extend(report.finish(|file| order.get(file).copied().unwrap_or(usize::MAX)).0);
    all
}

fn review_date(rule: &Rule, today: Option<&str>, report: &mut Report) {
    if let (Some(due), Some(today)) = (rule.review_by.as_deref(), today)
        && due < today
    {
        let message = format!("`{}` was to be reviewed by {due}", rule.id);
        report.add(code::REVIEW_PAST, rule.place.clone(), message, "look whether it still does what it should, then set a new date");
    }
}

fn examples(rule: &Rule, report: &mut Report) {
    let missing = match (rule.matches.is_empty(), rule.no_matches.is_empty()) {
        _ if rule.status != Status::Live => return,
        (true, true) => "`match` and `no_match`",
        (true, false) => "`match`",
        (false, true) => "`no_match`",
        (false, false) => return,
    };
    let message = format!("`{}` is live without {missing}", rule.id);
    report.add(code::NO_EXAMPLES, rule.place.clone(), message, "add a message on which it must fire, and one like it on which it must not");
}

fn duplicate_terms(rule: &Rule, report: &mut Report) {
    let Source::Terms(terms) = &rule.source else { return };
    let mut seen: HashMap<String, usize> = HashMap::with_capacity(terms.len());
    for term in terms {
        let same: String = if term.case {
            term.text.to_owned()
        } else {
            let words: Vec<&str> = term.text.split(|c: char| c.is_whitespace() || c == '-').filter(|word| !word.is_empty()).collect();
            words.join(" ").to_lowercase()
        };
        if let Some(line) = seen.insert(same, term.place().line) {
            let message = format!("the term `{}` stands in line {line} already", shown(term.text));
            report.add(code::DUPLICATE_TERM, term.place(), message, "delete one; case and hyphens make no difference");
        }
    }
}

/// Weight from which on a common word alone is worth a warning: less only adds to other signs.
const COMMON_WEIGHT: f32 = 2.0;

fn common_terms(rules: &[&Rule], report: &mut Report) {
    let common: HashSet<&str> = COMMON_WORDS.lines().filter(|l| !l.starts_with('#')).collect();
    for rule in
        rules.iter().filter(|r| r.status == Status::Live && r.category.is_some() && r.weight >= COMMON_WEIGHT && r.filters.needs.is_empty())
    {
        let Source::Terms(terms) = &rule.source else { continue };
        for term in
            terms.iter().filter(|t| t.needs.is_empty() && !t.disguised && !t.case && common.contains(t.text.to_lowercase().as_str()))
        {
            let message = format!("`{}` is a common word, and one hit gives {} points", shown(term.text), rule.weight);
            report.add(
                code::COMMON_TERM,
                term.place(),
                message,
                "give it a cue (` | needs=cue.trade`), or write the phrase that nobody else writes",
            );
        }
    }
}

fn unused_cues(rules: &[&Rule], report: &mut Report) {
    let index = Index::new(rules);
    let mut used = HashSet::new();
    let mut resolved = HashSet::new();
    for rule in rules.iter().filter(|r| r.status != Status::Retired) {
        for reference in references_of(rule) {
            if resolved.insert(reference.id.as_str()) {
                used.extend(index.resolve(&reference.id));
            }
        }
    }
    for (number, rule) in rules.iter().enumerate() {
        if rule.category.is_none() && rule.status == Status::Live && !used.contains(&number) {
            let message = format!("no rule refers to the cue `{}`", rule.id);
            report.add(
                code::UNUSED_CUE,
                rule.place.clone(),
                message,
                "name it in a rule's needs, unless, all, any, none or at_least, or give it a category",
            );
        }
    }
}

fn categories(packs: &[Pack], rules: &[&Rule], report: &mut Report) {
    let thresholds: BTreeMap<&str, &Thresholds> = packs.iter().flat_map(|p| &p.actions).map(|(c, t)| (c.as_str(), t)).collect();
    let mut most: BTreeMap<&str, (f32, &Rule)> = BTreeMap::new();
    for rule in rules.iter().filter(|r| matches!(r.status, Status::Live)) {
        if let Some(category) = &rule.category {
            most.entry(category).or_insert((0.0, rule)).0 += rule.weight + rule.disguise;
        }
    }
    for (category, (points, rule)) in &most {
        let own = thresholds.get(category).map_or_else(Thresholds::default, |t| **t);
        let least = [own.warn, own.review, own.block].into_iter().flatten().reduce(f32::min);
        if least.is_none_or(|least| *points < least) {
            let message = format!("all rules of {category} together give {points} points, which reaches no threshold");
            report.add(code::TOO_LIGHT, rule.place.clone(), message, "raise a weight, or lower the category's warn threshold");
        }
        let known = CATEGORIES.contains(category) || thresholds.contains_key(category);
        if !known && let Some(near) = report.nearest(category, CATEGORIES.iter().copied().chain(thresholds.keys().copied())) {
            let message = format!("`{category}` looks like the category {near} misspelled");
            report.add(
                code::NEAR_CATEGORY,
                rule.place.clone(),
                message,
                format!("write {near}, or set thresholds in [actions.{category}]"),
            );
        }
    }
}
