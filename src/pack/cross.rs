//! Checks between rules and between packs. In: packs as read. Out: diagnostics. Keeps: linear in rules and references, whatever circles they form; no
//! recursion. Must not know: files, TOML.

use super::document::shown;
use super::model::{Pack, Reference, Rule, Source, Status};
use super::report::Report;
use super::syntax::Read;
use crate::diagnostic::{Code, FileSpan, code};
use crate::limits::PackLimits;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Checks everything that takes more than one rule to see. With `damaged`, parts of the packs could not be read, so nothing is called unknown.
pub(super) fn check(read: &[Read], damaged: bool, limits: &PackLimits, report: &mut Report) {
    let mut packs = HashMap::new();
    for r in read {
        taken(&mut packs, "pack id", &r.pack.id, &r.id_place, code::DUPLICATE_ID, report);
    }
    settings(read, report);
    let rules: Vec<&Rule> = read.iter().flat_map(|r| &r.pack.rules).collect();
    let mut ids = HashMap::new();
    for rule in &rules {
        taken(&mut ids, "rule id", &rule.id, &rule.place, code::DUPLICATE_ID, report);
    }
    let index = Index::new(&rules);
    let mut named = 0;
    for rule in &rules {
        named += references(rule, &index, &rules, damaged, report);
        if named > limits.references {
            let message = format!("rules name more than {} others, `prefix.*` counted for each that it names", limits.references);
            report.add(code::LIMIT, rule.place.clone(), message, "let one rule take in the others (`any`), and name that one");
            return;
        }
    }
    let graph = Graph::new(&rules, &index);
    circles(&rules, &graph, report);
    depths(&rules, &graph, limits.reference_depth, report);
}

fn taken<'a>(seen: &mut HashMap<&'a str, &'a FileSpan>, what: &str, id: &'a str, place: &'a FileSpan, code: Code, report: &mut Report) {
    if id.is_empty() {
        return;
    }
    if let Some(first) = seen.insert(id, place) {
        let message = format!("the {what} `{id}` stands at {first} already");
        report.add(code, place.clone(), message, "give this one a name of its own, or delete it");
        seen.insert(id, first);
    }
}

fn settings(read: &[Read], report: &mut Report) {
    let (mut actions, mut notices) = (HashMap::new(), HashMap::new());
    for r in read {
        for (category, place) in &r.category_places {
            taken(&mut actions, "set of thresholds of", category, place, code::DUPLICATE_THRESHOLDS, report);
        }
        for (category, place) in &r.notice_places {
            taken(&mut notices, "notice of", category, place, code::DUPLICATE_THRESHOLDS, report);
        }
    }
}

/// Rules by id; those of a `prefix.*` stand next to each other.
pub(super) struct Index<'a> {
    sorted: Vec<(&'a str, usize)>,
}

impl<'a> Index<'a> {
    pub(super) fn new(rules: &[&'a Rule]) -> Self {
        let mut sorted: Vec<_> = rules.iter().enumerate().filter(|(_, r)| !r.id.is_empty()).map(|(i, r)| (r.id.as_str(), i)).collect();
        sorted.sort_unstable();
        Self { sorted }
    }

    /// The rules that a reference names, as numbers in the list that the index was made of.
    pub(super) fn resolve(&self, id: &str) -> impl ExactSizeIterator<Item = usize> {
        let (from, to) = match id.strip_suffix('*') {
            Some(prefix) => {
                let from = self.sorted.partition_point(|(known, _)| *known < prefix);
                let tail = self.sorted.get(from..).unwrap_or_default();
                (from, from + tail.partition_point(|(known, _)| known.starts_with(prefix)))
            }
            None => {
                let from = self.sorted.partition_point(|(known, _)| *known < id);
                (from, from + usize::from(self.sorted.get(from).is_some_and(|(known, _)| *known == id)))
            }
        };
        self.sorted.get(from..to).unwrap_or_default().iter().map(|(_, rule)| *rule)
    }

    fn names(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.sorted.iter().map(|(id, _)| *id)
    }
}

/// Every reference of a rule to others; those of terms too.
pub(super) fn references_of(rule: &Rule) -> impl Iterator<Item = &Reference> {
    let mut lists: Vec<&[Reference]> = vec![&rule.filters.needs, &rule.filters.unless];
    match &rule.source {
        Source::Compose(c) => {
            lists.extend([&*c.all, &*c.any, &*c.none]);
            lists.extend(c.at_least.iter().map(|(_, of)| &**of));
        }
        Source::Terms(terms) => lists.extend(terms.needs()),
        Source::Regex { .. } | Source::Entity(_) | Source::Words { .. } => {}
    }
    lists.into_iter().flatten()
}

/// Checks the references of a rule; returns how many rules they name.
fn references(rule: &Rule, index: &Index<'_>, rules: &[&Rule], damaged: bool, report: &mut Report) -> usize {
    let mut count = 0;
    // The terms of a section share their ids: each is judged once a rule.
    let mut judged: HashMap<&str, ()> = HashMap::new();
    for reference in references_of(rule) {
        if judged.insert(&reference.id, ()).is_some() {
            continue;
        }
        let named = index.resolve(&reference.id);
        count += named.len();
        let mut named = named.filter_map(|i| rules.get(i)).peekable();
        if named.peek().is_none() {
            if !damaged {
                let help = report.did_you_mean(&reference.id, index.names(), "add the rule, load the pack that has it, or mend the id");
                report.add(code::UNKNOWN_REFERENCE, reference.place.clone(), format!("no rule is called `{}`", shown(&reference.id)), help);
            }
        } else if matches!(rule.status, Status::Live | Status::Shadow) && named.all(|r| matches!(r.status, Status::Draft | Status::Retired))
        {
            let message = format!("`{}` names draft or retired rules only, which never hit", shown(&reference.id));
            report.add(code::DEAD_REFERENCE, reference.place.clone(), message, "set that rule live, or take the reference out");
        }
    }
    counts(rule, index, damaged, report);
    count
}

fn counts(rule: &Rule, index: &Index<'_>, damaged: bool, report: &mut Report) {
    if damaged {
        return;
    }
    let mut check = |what: &str, count: u16, of: &[Reference]| {
        // Stops at the count, so that wide references cost no more than narrow ones.
        let mut different = HashSet::new();
        let mut members = of.iter().flat_map(|r| index.resolve(&r.id));
        while different.len() < usize::from(count)
            && let Some(member) = members.next()
        {
            different.insert(member);
        }
        if !different.is_empty() && different.len() < usize::from(count) {
            let message = format!("{what} asks for {count} different rules, but only {} can hit", different.len());
            let place = of.first().map_or_else(|| rule.place.clone(), |r| r.place.clone());
            report.add(code::BAD_COUNT, place, message, "lower the count, or list more rules");
        }
    };
    check("needs_count", rule.filters.needs_count, &rule.filters.needs);
    if let Source::Compose(c) = &rule.source
        && let Some((count, of)) = &c.at_least
    {
        check("at_least", *count, of);
    }
}

/// Who refers to whom. Nodes are rules, then one node for each `prefix.*`, so that edges stay few.
struct Graph {
    edges: Vec<Vec<usize>>,
}

impl Graph {
    fn new(rules: &[&Rule], index: &Index<'_>) -> Self {
        let mut edges: Vec<Vec<usize>> = vec![Vec::new(); rules.len()];
        let mut prefixes: BTreeMap<&str, usize> = BTreeMap::new();
        for (from, rule) in rules.iter().enumerate() {
            let mut out = Vec::new();
            for reference in references_of(rule) {
                let id = reference.id.as_str();
                if !id.ends_with('*') {
                    out.extend(index.resolve(id));
                } else if let Some(node) = prefixes.get(id) {
                    out.push(*node);
                } else {
                    let node = edges.len();
                    edges.push(index.resolve(id).collect());
                    prefixes.insert(id, node);
                    out.push(node);
                }
            }
            out.sort_unstable();
            out.dedup();
            if let Some(slot) = edges.get_mut(from) {
                *slot = out;
            }
        }
        Self { edges }
    }

    fn from(&self, node: usize) -> &[usize] {
        self.edges.get(node).map_or(&[], |e| e)
    }

    /// The edges the other way round.
    fn backward(&self) -> Vec<Vec<usize>> {
        let mut backward: Vec<Vec<usize>> = vec![Vec::new(); self.edges.len()];
        for (from, out) in self.edges.iter().enumerate() {
            for to in out {
                if let Some(slot) = backward.get_mut(*to) {
                    slot.push(from);
                }
            }
        }
        backward
    }

    /// The nodes left when everything outside circles, and nothing else but what leads from one circle to another, is taken away: nodes that nobody in the
    /// rest refers to, and nodes that refer to nobody in the rest.
    fn core(&self) -> Vec<bool> {
        let mut left = vec![true; self.edges.len()];
        let backward = self.backward();
        peel(&self.edges, &backward, &mut left);
        peel(&backward, &self.edges, &mut left);
        left
    }
}

/// Takes away, again and again, what has no edge in `out` to a node that is left; `into` holds the same edges the other way round.
fn peel(out: &[Vec<usize>], into: &[Vec<usize>], left: &mut [bool]) {
    let is_left = |left: &[bool], n: usize| left.get(n).copied().unwrap_or(false);
    let mut degree: Vec<usize> = out.iter().map(|o| o.iter().filter(|n| is_left(left, **n)).count()).collect();
    let mut idle: Vec<usize> = (0..out.len()).filter(|n| is_left(left, *n) && degree.get(*n) == Some(&0)).collect();
    while let Some(node) = idle.pop() {
        if let Some(slot) = left.get_mut(node) {
            *slot = false;
        }
        for from in into.get(node).into_iter().flatten() {
            if let Some(d) = degree.get_mut(*from) {
                *d = d.saturating_sub(1);
                if *d == 0 && is_left(left, *from) {
                    idle.push(*from);
                }
            }
        }
    }
}

/// Names each circle once: follows first edges inside the core until a node comes again.
fn circles(rules: &[&Rule], graph: &Graph, report: &mut Report) {
    let left = graph.core();
    let is_left = |n: usize| left.get(n).copied().unwrap_or(false);
    let mut walk_of: Vec<usize> = vec![0; left.len()];
    for start in 0..rules.len() {
        let mut path = Vec::new();
        let mut at = Some(start).filter(|n| is_left(*n));
        while let Some(node) = at {
            match walk_of.get_mut(node) {
                Some(walk) if *walk == 0 => *walk = start + 1,
                Some(walk) if *walk == start + 1 => {
                    let from = path.iter().position(|n| *n == node).unwrap_or(0);
                    report_circle(path.get(from..).unwrap_or_default(), rules, report);
                    break;
                }
                _ => break,
            }
            path.push(node);
            at = graph.from(node).iter().copied().find(|n| is_left(*n));
        }
    }
}

fn report_circle(circle: &[usize], rules: &[&Rule], report: &mut Report) {
    // Nodes of a `prefix.*` are no rules: the circle is told by its rules alone.
    let mut members: Vec<&Rule> = circle.iter().filter_map(|n| rules.get(*n).copied()).collect();
    let Some(first) = (0..members.len()).min_by_key(|i| members.get(*i).map(|r| r.id.as_str())) else { return };
    members.rotate_left(first);
    let Some(head) = members.first() else { return };
    let names: Vec<&str> = members.iter().take(12).map(|r| r.id.as_str()).collect();
    let dots = if members.len() > 12 { " -> ..." } else { "" };
    let message = format!("rules refer to each other in a circle: {}{dots} -> {}", names.join(" -> "), head.id);
    report.add(
        code::CIRCLE,
        head.place.clone(),
        message,
        "take one of these references out; `prefix.*` takes in every rule that begins so",
    );
}

/// Names the first rules from which references lead through too many others; not those in circles or above.
fn depths(rules: &[&Rule], graph: &Graph, most: usize, report: &mut Report) {
    let mut waits: Vec<usize> = graph.edges.iter().map(Vec::len).collect();
    let mut ready: Vec<usize> = (0..waits.len()).filter(|&n| graph.from(n).is_empty()).collect();
    let mut depths = vec![0usize; waits.len()];
    let backward = graph.backward();
    while let Some(node) = ready.pop() {
        let below = depths.get(node).copied().unwrap_or(0);
        for &from in backward.get(node).into_iter().flatten() {
            let (Some(depth), Some(left)) = (depths.get_mut(from), waits.get_mut(from)) else { continue };
            // A `prefix.*` is no rule: it is as deep as what it names.
            *depth = below.saturating_add(usize::from(from < rules.len())).max(*depth);
            *left = left.saturating_sub(1);
            if *left == 0 {
                ready.push(from);
            }
        }
    }
    for (rule, _) in rules.iter().zip(&depths).filter(|(_, depth)| **depth == most.saturating_add(1)) {
        let message = format!("the references of `{}` lead through more than {most} rules, each of which names the next", rule.id);
        report.add(code::LIMIT, rule.place.clone(), message, "name the rules at the end of the chain at once");
    }
}

/// All rules of some packs.
pub(super) fn all_rules(packs: &[Pack]) -> Vec<&Rule> {
    packs.iter().flat_map(|p| &p.rules).collect()
}
