//! From checked packs to a program. In: [`Pack`]s without faults. Out: [`Program`]. Keeps: rules are numbered in an order in which each refers to earlier
//! ones only; equal terms are looked for once, whoever asks for them. Must not know: TOML, messages.

use super::leads::{self, Frequencies, Leads};
use super::model::{Composition, Distance, Example, Filters, Pack, Reference, Rule, Source, Status, Terms};
use super::program::{Category, Clue, EntityRule, Listener, Outlook, Program, RuleInfo, SharedLists, Worth};
use crate::matcher::entity;
use crate::matcher::patterns::{Pattern, PatternsBuilder};
use crate::matcher::terms::{TermIndexBuilder, TermSpec};
use crate::matcher::wording::Wording;
use crate::verdict::near::Within;
use crate::verdict::rules::{Composed, FilterSet, RuleList, RunRule};
use crate::verdict::{PackRef, Points, Thresholds};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Words that are never taken for a disguised term, one a line.
pub(super) const COMMON_WORDS: &str = include_str!("../matcher/data/common_words.txt");

/// The ordinary words of the languages of the shipped packs, folded, in no particular order: none of them is taken for a disguise of a term.
///
/// ```
/// assert!(sidestep::pack::compile::common_words().any(|word| word == "kitchen"));
/// ```
pub fn common_words() -> impl Iterator<Item = &'static str> {
    COMMON_WORDS.lines().filter(|l| !l.starts_with('#') && !l.is_empty())
}

/// Compiles packs that the loader has checked. With `drafts`, draft rules are found as shadow rules are: for running their examples.
#[must_use]
pub fn compile(packs: &[Pack], drafts: bool) -> Program {
    let rules: Vec<(&Pack, &Rule)> = packs.iter().flat_map(|p| p.rules.iter().map(move |r| (p, r))).collect();
    let runs = |status: Status| match status {
        Status::Live | Status::Shadow => true,
        Status::Draft => drafts,
        Status::Retired => false,
    };
    let mut compiler = Compiler::new(rules.into_iter().filter(|(_, r)| runs(r.status)).collect());
    compiler.categories(packs);
    for at in 0..compiler.order.len() {
        compiler.add_rule(at);
    }
    compiler.link_dependents();
    compiler.mark_on_demand();
    let mut program = compiler.finish();
    program.packs = packs.iter().map(|p| PackRef { id: p.id.clone(), version: p.version.clone(), hash: p.hash.clone() }).collect();
    for (category, texts) in packs.iter().flat_map(|p| &p.notices) {
        program.notices.entry(category.clone()).or_default().extend(texts.clone());
    }
    program
}

struct Compiler<'p> {
    /// Rules in running order.
    order: Vec<(&'p Pack, &'p Rule)>,
    /// Running number of each id, hidden rules counted.
    numbers: BTreeMap<&'p str, u16>,
    builder: TermIndexBuilder<'p>,
    /// With the term that each hears of.
    listeners: Vec<(u32, Listener)>,
    /// The words of gates, each with its pattern.
    gates: Vec<(&'p str, u32)>,
    extra_numbers: HashMap<Vec<u16>, u32>,
    patterns: PatternsBuilder,
    entity_values: usize,
    /// For each rule of words what they must reach, and the words.
    wordings: Vec<(u32, Vec<(u64, i16)>)>,
    program: Program,
}

impl<'p> Compiler<'p> {
    fn new(rules: Vec<(&'p Pack, &'p Rule)>) -> Self {
        let order = running_order(&rules);
        let order: Vec<_> = order.into_iter().filter_map(|i| rules.get(i).copied()).collect();
        let terms = order.iter().map(|(_, rule)| if let Source::Terms(terms) = &rule.source { terms.len() } else { 0 });
        let terms: usize = terms.sum();
        let mut numbers = BTreeMap::new();
        let mut number = 0u16;
        for (_, rule) in &order {
            number += u16::from(!rule.filters.except.is_empty());
            numbers.insert(rule.id.as_str(), number);
            number += 1;
        }
        Self {
            order,
            numbers,
            builder: TermIndexBuilder::with_capacity(terms),
            listeners: Vec::with_capacity(terms),
            gates: Vec::new(),
            extra_numbers: HashMap::new(),
            patterns: PatternsBuilder::default(),
            entity_values: 0,
            wordings: Vec::new(),
            program: Program::default(),
        }
    }

    fn categories(&mut self, packs: &[Pack]) {
        let used = self.order.iter().filter_map(|(_, r)| r.category.clone());
        let names: BTreeSet<String> = used.collect();
        for name in names {
            let set = packs.iter().find_map(|p| p.actions.get(&name).copied()).unwrap_or_default();
            let points = |t: Option<f32>| t.map(Points::from_weight);
            let thresholds = Thresholds { warn: points(set.warn), review: points(set.review), block: points(set.block) };
            self.program.categories.push(Category { name: name.into(), thresholds });
        }
    }

    /// The numbers of the rules that references name, each once.
    fn resolve(&self, references: &[Reference]) -> RuleList {
        let mut found = Vec::new();
        for reference in references {
            match reference.id.strip_suffix('*') {
                None => found.extend(self.numbers.get(reference.id.as_str())),
                Some(prefix) => {
                    let named = self.numbers.range(prefix..).take_while(|(id, _)| id.starts_with(prefix));
                    found.extend(named.map(|(_, &n)| n));
                }
            }
        }
        let mut seen = HashSet::new();
        found.retain(|n| seen.insert(*n));
        found.into()
    }

    fn add_rule(&mut self, at: usize) {
        let Some(&(pack, rule)) = self.order.get(at) else { return };
        let except = self.add_except(&rule.filters.except);
        let number = self.program.rules.rules.len() as u16;
        let mut composed = None;
        match &rule.source {
            Source::Terms(terms) => self.add_terms(number, terms),
            Source::Regex { patterns, gate } => self.add_patterns(number, patterns, gate),
            Source::Entity(filter) => {
                let mut filter = filter.clone();
                filter.values.sort_unstable();
                self.program.entity_options.countries.extend(filter.countries.iter().cloned());
                self.program.entity_options.groupings |= filter.grouping > entity::Grouping::Any;
                self.entity_values += filter.values.len();
                self.program.entity_rules.push(EntityRule { rule: number, filter });
            }
            Source::Compose(c) => composed = Some(Box::new(self.composed(c))),
            Source::Words { least, words } => {
                let words = words.iter().map(|word| (word.key, word.points)).collect();
                self.wordings.push(((least * 100.0).round() as u32, words));
                self.program.wording_rules.push(number);
            }
        }
        let filters = self.filters(&rule.filters, except);
        self.program.rules.rules.push(RunRule { filters, composed, dependents: [].into(), calls: 0, on_demand: false, asks: false });
        let category = rule.category.as_ref().and_then(|c| self.program.categories.iter().position(|k| *k.name == **c)).map(|c| c as u16);
        self.program.worth.push(Worth {
            category,
            weight: Points::from_weight(rule.weight),
            disguise: Points::from_weight(rule.disguise),
            counts: rule.status == Status::Live,
            info: Some(self.program.infos.len() as u16),
        });
        self.program.infos.push(info(pack, rule));
    }

    /// A hidden cue that hears of the `except` phrases.
    fn add_except(&mut self, phrases: &'p [Example]) -> Option<u16> {
        if phrases.is_empty() {
            return None;
        }
        let number = self.program.rules.rules.len() as u16;
        for phrase in phrases {
            let term = self.builder.add(TermSpec { text: &phrase.text, ..TermSpec::default() });
            self.listeners.push((term, Listener::Rule { rule: number, extra: 0 }));
        }
        let filters = FilterSet {
            needs: [].into(),
            needs_count: 0,
            needs_within: Within::Message,
            needs_unless_disguised: false,
            unless: [].into(),
            unless_within: Within::Message,
            except: None,
        };
        self.program.rules.rules.push(RunRule { filters, composed: None, dependents: [].into(), calls: 0, on_demand: false, asks: false });
        self.program.worth.push(Worth { category: None, weight: Points::ZERO, disguise: Points::ZERO, counts: false, info: None });
        Some(number)
    }

    fn add_terms(&mut self, rule: u16, terms: &'p Terms) {
        let extra: Vec<u32> = terms.needs().map(|needs| self.extra_needs(needs)).collect();
        for term in terms.iter() {
            let number = self.builder.add(TermSpec {
                text: term.text,
                fuzzy: term.fuzzy,
                word: term.word,
                case: term.case,
                homophone: term.homophone,
                disguised: term.disguised,
            });
            let extra = extra.get(term.section as usize).copied().unwrap_or(0);
            self.listeners.push((number, Listener::Rule { rule, extra }));
        }
    }

    fn extra_needs(&mut self, needs: &[Reference]) -> u32 {
        if needs.is_empty() {
            return 0;
        }
        let rules = self.resolve(needs);
        let lists = &mut self.program.rules.extra_needs;
        *self.extra_numbers.entry(rules.to_vec()).or_insert_with(|| {
            lists.push(rules);
            lists.len() as u32
        })
    }

    fn add_patterns(&mut self, rule: u16, patterns: &[Pattern], gate: &'p [String]) {
        for pattern in patterns {
            let number = self.patterns.add(pattern, !gate.is_empty());
            self.program.pattern_rules.push(rule);
            for word in gate {
                let term = self.builder.add(TermSpec { text: word, ..TermSpec::default() });
                self.listeners.push((term, Listener::Gate(number)));
                self.gates.push((word, number));
            }
        }
    }

    /// A gate that is a fuzzy term of some rule opens for its misspellings too: they are looked for in any case.
    fn open_for_misspelled(&mut self) {
        for (text, pattern) in std::mem::take(&mut self.gates) {
            for fuzzy in 1..=2 {
                let known = self.builder.number_of(&TermSpec { text, fuzzy, ..TermSpec::default() });
                self.listeners.extend(known.map(|term| (term, Listener::Gate(pattern))));
            }
        }
    }

    fn composed(&self, c: &Composition) -> Composed {
        Composed {
            all: c.all.iter().map(|r| self.resolve(std::slice::from_ref(r))).collect(),
            any: self.resolve(&c.any),
            none: self.resolve(&c.none),
            at_least: c.at_least.as_ref().map(|(count, of)| (*count, self.resolve(of))),
            within: within(c.within),
            ordered: c.ordered,
        }
    }

    fn filters(&self, f: &Filters, except: Option<u16>) -> FilterSet {
        FilterSet {
            needs: self.resolve(&f.needs),
            needs_count: f.needs_count,
            needs_within: within(f.needs_within),
            needs_unless_disguised: f.needs_unless_disguised,
            unless: self.resolve(&f.unless),
            unless_within: within(f.unless_within),
            except,
        }
    }

    fn link_dependents(&mut self) {
        let rules = &mut self.program.rules.rules;
        let mut dependents: Vec<Vec<u16>> = vec![Vec::new(); rules.len()];
        for (number, rule) in rules.iter().enumerate() {
            let Some(c) = &rule.composed else { continue };
            for member in members(c) {
                if let Some(list) = dependents.get_mut(usize::from(member)) {
                    list.push(number as u16);
                }
            }
        }
        for (rule, mut list) in rules.iter_mut().zip(dependents) {
            list.dedup();
            rule.dependents = list.into();
        }
    }

    /// Of each rule's dependents those come first that it is to call.
    fn choose_callers(&mut self, often: &[u64]) {
        let rules = &mut self.program.rules.rules;
        let mut called: BTreeSet<(u16, u16)> = BTreeSet::new();
        for (number, rule) in (0..).zip(rules.iter()) {
            let callers = rule.composed.as_deref().map_or_else(Vec::new, |c| callers(c, rules, often));
            called.extend(callers.into_iter().map(|caller| (caller, number)));
        }
        for (number, rule) in (0..).zip(rules) {
            let (calls, others): (Vec<u16>, Vec<u16>) =
                rule.dependents.iter().partition(|&&dependent| called.contains(&(number, dependent)));
            rule.calls = calls.len() as u16;
            rule.dependents = calls.into_iter().chain(others).collect();
        }
    }

    /// Cues that are patterns, and cues composed with such, are looked for only when a rule asks for them; not so where another composition could
    /// fire by such cues alone, for nothing would ask.
    fn mark_on_demand(&mut self) {
        let rules = &mut self.program.rules.rules;
        let mut asked = vec![false; rules.len()];
        for number in 0..rules.len() {
            let is_cue = self.program.worth.get(number).is_some_and(|w| w.category.is_none());
            let is_pattern = self.program.pattern_rules.contains(&(number as u16));
            let composed = rules.get(number).and_then(|r| r.composed.as_deref());
            let waits = is_pattern || composed.is_some_and(|c| members(c).any(|m| is_set(&asked, m)));
            if let Some(flag) = asked.get_mut(number) {
                *flag = is_cue && waits;
            }
        }
        loop {
            let alone = rules.iter().enumerate().filter(|(n, _)| !is_set(&asked, *n as u16)).filter_map(|(_, r)| r.composed.as_deref());
            let alone = alone.filter(|c| !c.all.iter().any(|m| m.iter().all(|&r| !is_set(&asked, r))));
            let eager: Vec<u16> = alone.flat_map(members).filter(|&m| is_set(&asked, m)).collect();
            if eager.is_empty() {
                break;
            }
            for rule in eager {
                if let Some(flag) = asked.get_mut(usize::from(rule)) {
                    *flag = false;
                }
            }
        }
        for (rule, on_demand) in rules.iter_mut().zip(&asked) {
            rule.on_demand = *on_demand;
            let asks = rule.references().any(|named| is_set(&asked, named));
            rule.asks = asks;
        }
    }

    fn join_listeners(&mut self) {
        let mut listeners = SharedLists::default();
        let mut own: Vec<Listener> = Vec::new();
        let heard = by_term(&self.listeners, self.builder.len());
        let mut heard = heard.iter().peekable();
        for term in 0..self.builder.len() as u32 {
            own.clear();
            while let Some((_, listener)) = heard.next_if(|(t, _)| *t == term) {
                if !own.contains(listener) {
                    own.push(*listener);
                }
            }
            listeners.push(&own);
        }
        listeners.shrink();
        self.program.listeners = listeners;
    }

    /// Chooses what to look for in every message; tells the term index, and the sources that are patterns by what is returned.
    fn choose_leads(&mut self, frequencies: &Frequencies) -> Leads {
        let listeners = |number: u32| self.program.listeners.get(number);
        let terms = self.builder.terms().map(|(spec, number)| (spec.text, listeners(number)));
        let leads = leads::choose(&self.program, terms, frequencies, &self.patterns);
        let mut outlook = Outlook {
            needed: leads.needed.clone(),
            way_of: leads.way_of.clone(),
            first_set: leads.first_set.iter().copied().chain([leads.way_of.len() as u32]).collect(),
            rule_of: leads.rule_of.clone(),
            voices: leads.voices.clone(),
            ..Outlook::default()
        };
        let mut before: (&[Listener], Vec<Clue>, bool) = (&[], Vec::new(), false);
        for number in 0..self.builder.len() as u32 {
            let heard = listeners(number);
            // Terms of a list mostly have the same listeners.
            if heard != before.0 {
                let source = |listener: &Listener| leads::source_of(&self.program, listener);
                let rules = heard.iter().filter(|listener| matches!(listener, Listener::Rule { .. }));
                leads.note_clues(rules.filter_map(source), &mut before.1);
                for listener in heard.iter().filter(|listener| source(listener).is_some_and(|source| leads.tells(source))) {
                    before.1.extend(listener.gate().map(|pattern| Clue(pattern | Clue::GATE)));
                }
                (before.0, before.2) = (heard, !before.1.is_empty());
            }
            if before.2 {
                self.builder.lead(number);
            }
            outlook.terms.push(&before.1);
        }
        for rule in &self.program.entity_rules {
            outlook.entity_rules.push(leads.clues(std::iter::once((rule.rule, 0))));
        }
        for &rule in &self.program.wording_rules {
            outlook.wordings.push(leads.clues(std::iter::once((rule, 0))));
        }
        for &rule in &self.program.pattern_rules {
            outlook.patterns.push(leads.clues(std::iter::once((rule, 0))));
        }
        outlook.digit = leads.clues(std::iter::once(leads::DIGIT));
        outlook.terms.shrink();
        self.program.outlook = outlook;
        leads
    }

    fn finish(mut self) -> Program {
        self.open_for_misspelled();
        self.join_listeners();
        let leads = self.choose_leads(&Frequencies::new(common_words()));
        self.choose_callers(&leads.often);
        let vocabulary = if self.program.entity_rules.is_empty() { entity::Vocabulary::default() } else { entity::vocabulary() };
        self.program.terms = self.builder.build(common_words(), &vocabulary);
        self.program.wording = Wording::build(&self.wordings);
        for rule in 0..self.program.rules.rules.len() as u16 {
            let own = self.program.pattern_rules.iter().enumerate().filter(|(_, r)| **r == rule).map(|(pattern, _)| pattern as u32);
            self.program.patterns_of.push(own);
        }
        let (rules, pattern_rules) = (&self.program.rules.rules, &self.program.pattern_rules);
        let rule_of = |pattern: u32| pattern_rules.get(pattern as usize).and_then(|&r| rules.get(usize::from(r)));
        let is_lead = |pattern: u32| pattern_rules.get(pattern as usize).is_some_and(|&rule| leads.tells((rule, 0)));
        self.program.patterns = self.patterns.build(|pattern| rule_of(pattern).is_some_and(|r| r.on_demand), is_lead);
        let countries = &mut self.program.entity_options.countries;
        let mut seen = HashSet::new();
        countries.retain(|c| seen.insert(c.clone()));
        self.program.rules.rules.shrink_to_fit();
        self.program.worth.shrink_to_fit();
        self.program.infos.shrink_to_fit();
        self.program
    }
}

/// Sorts by term, and keeps the order in which the listeners of a term were noted.
fn by_term(listeners: &[(u32, Listener)], terms: usize) -> Vec<(u32, Listener)> {
    let mut next = vec![0usize; terms + 1];
    for &(term, _) in listeners {
        if let Some(count) = next.get_mut(term as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for start in &mut next {
        sum += *start;
        *start = sum;
    }
    let mut sorted = listeners.to_vec();
    for &heard in listeners {
        if let Some(place) = next.get_mut(heard.0 as usize) {
            if let Some(slot) = sorted.get_mut(*place) {
                *slot = heard;
            }
            *place += 1;
        }
    }
    sorted
}

/// The rules whose hits a composition is made of.
fn members(c: &Composed) -> impl Iterator<Item = u16> {
    c.all.iter().flatten().chain(&c.any).chain(c.at_least.iter().flat_map(|(_, of)| of)).copied()
}

/// The rules that call a composition: of the members of `all` the one that is seen least often. Trying the composition where another one is missing costs no work
/// units, so explaining, which does, meets no bound that judging does not.
fn callers(c: &Composed, rules: &[RunRule], often: &[u64]) -> Vec<u16> {
    let seen = |member: &&RuleList| member.iter().filter_map(|&r| often.get(usize::from(r))).sum::<u64>();
    let waits = |member: &RuleList| member.iter().any(|&r| rules.get(usize::from(r)).is_some_and(|r| r.on_demand));
    let rarest = c.all.iter().filter(|member| !waits(member)).min_by_key(seen);
    rarest.map_or_else(|| members(c).collect(), |member| member.to_vec())
}

fn is_set(flags: &[bool], rule: u16) -> bool {
    flags.get(usize::from(rule)).copied().unwrap_or(false)
}

fn info(pack: &Pack, rule: &Rule) -> RuleInfo {
    RuleInfo {
        id: rule.id.clone(),
        pack: pack.id.clone(),
        place: rule.place.clone(),
        about: rule.about.clone(),
        status: rule.status,
        category: rule.category.clone(),
        weight: Points::from_weight(rule.weight).to_f64(),
        disguise: Points::from_weight(rule.disguise).to_f64(),
        facts: rule.facts.clone(),
        matches: rule.matches.clone(),
        no_matches: rule.no_matches.clone(),
    }
}

const fn within(distance: Distance) -> Within {
    match distance {
        Distance::Message => Within::Message,
        Distance::Sentence => Within::Sentence,
        Distance::Words(n) => Within::Words(n as u32),
        Distance::WordsBefore(n) => Within::WordsBefore(n as u32),
        Distance::WordsAfter(n) => Within::WordsAfter(n as u32),
    }
}

/// Numbers of the rules so that each comes after those it refers to (depth first, in file order otherwise). The loader has refused circles; should one
/// be left, its rules come in file order and the reference that closes it finds nothing.
fn running_order(rules: &[(&Pack, &Rule)]) -> Vec<usize> {
    let by_id: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(i, (_, r))| (r.id.as_str(), i)).collect();
    let mut done = vec![false; rules.len()];
    let mut order = Vec::with_capacity(rules.len());
    for start in 0..rules.len() {
        let mut stack = vec![(start, false)];
        while let Some((i, referred)) = stack.pop() {
            let (Some(flag), Some((_, rule))) = (done.get_mut(i), rules.get(i)) else { continue };
            if referred {
                order.push(i);
            } else if !std::mem::replace(flag, true) {
                stack.push((i, true));
                stack.extend(referred_to(rule, &by_id).into_iter().rev().map(|r| (r, false)));
            }
        }
    }
    order
}

fn referred_to(rule: &Rule, by_id: &BTreeMap<&str, usize>) -> Vec<usize> {
    let f = &rule.filters;
    let mut references: Vec<&Reference> = f.needs.iter().chain(&f.unless).collect();
    match &rule.source {
        Source::Terms(terms) => references.extend(terms.needs().flatten()),
        Source::Compose(c) => {
            references.extend(c.all.iter().chain(&c.any).chain(&c.none));
            references.extend(c.at_least.iter().flat_map(|(_, of)| of));
        }
        Source::Regex { .. } | Source::Entity(_) | Source::Words { .. } => {}
    }
    let mut found = Vec::new();
    for reference in references {
        match reference.id.strip_suffix('*') {
            None => found.extend(by_id.get(reference.id.as_str()).copied()),
            Some(prefix) => found.extend(by_id.range(prefix..).take_while(|(id, _)| id.starts_with(prefix)).map(|(_, &i)| i)),
        }
    }
    found
}
