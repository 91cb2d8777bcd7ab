//! Rules at work. In: signals (what the matcher saw, by rule). Out: the signals that stand after `needs`, `unless`, `except` and compositions. Keeps: rules are
//! numbered so that each refers to earlier ones only, hence one pass decides; a rule nobody touched costs nothing. Must not know: packs, terms, files.

use super::positions::Stretch;
use crate::evasion::Evasion;
use crate::limits::Budget;
use serde::{Deserialize, Serialize};

/// How far two hits may lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Within {
    Message,
    Sentence,
    Words(u32),
    WordsBefore(u32),
    WordsAfter(u32),
}

impl Within {
    /// Whether `other` lies within this distance of `hit`.
    const fn holds(self, hit: Stretch, other: Stretch) -> bool {
        match self {
            Self::Message => true,
            Self::Sentence => hit.sentence == other.sentence,
            Self::Words(n) => hit.words_between(other) <= n,
            Self::WordsBefore(n) => other.first <= hit.first && hit.words_between(other) <= n,
            Self::WordsAfter(n) => other.first >= hit.first && hit.words_between(other) <= n,
        }
    }
}

/// Numbers of rules.
pub(crate) type RuleList = Box<[u16]>;

/// Filters on each hit of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FilterSet {
    pub needs: RuleList,
    pub needs_count: u16,
    pub needs_within: Within,
    pub needs_unless_disguised: bool,
    pub unless: RuleList,
    pub unless_within: Within,
    /// The hidden rule of the `except` phrases.
    pub except: Option<u16>,
}

/// A rule made of other rules.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Composed {
    pub all: Box<[RuleList]>,
    pub any: RuleList,
    pub none: RuleList,
    pub at_least: Option<(u16, RuleList)>,
    pub within: Within,
    pub ordered: bool,
}

/// One rule, ready to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RunRule {
    pub filters: FilterSet,
    pub composed: Option<Box<Composed>>,
    /// Composed rules that may fire when this one does.
    pub dependents: RuleList,
    /// Its hits are looked for only when another rule asks for them.
    pub on_demand: bool,
    /// Whether its firing may bring about a finding; a cue that only serves others' `needs` and `unless` does not by itself.
    pub leads: bool,
}

/// Looks for the hits of rules that are `on_demand`.
pub(crate) trait Finder {
    /// Appends the rule's signals.
    fn find(&mut self, rule: u16, budget: &mut Budget, out: &mut Vec<Signal>);
}

/// What a signal is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matter {
    Term(u32),
    Entity(u32),
    Pattern(u32),
    Composed,
}

/// Something seen, on behalf of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signal {
    pub rule: u16,
    /// Range in the folded text.
    pub start: u32,
    pub end: u32,
    pub stretch: Stretch,
    pub evasion: Evasion,
    pub matter: Matter,
    /// A list of cues that this signal needs besides its rule's: number in [`RuleSet::extra_needs`] plus one.
    pub extra: u32,
}

/// Why a signal did not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Miss {
    /// Fewer cues near by than needed.
    Needs,
    /// The term's own cues are missing.
    TermNeeds,
    /// This rule's signal vetoes it.
    Unless(u16),
    /// It lies over an excepted phrase.
    Except,
    /// Member of a composition that is missing near by: its number in `all`, or `any`, `none`, `at_least`.
    All(u16),
    Any,
    None(u16),
    AtLeast,
}

/// All rules of a program.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct RuleSet {
    pub rules: Vec<RunRule>,
    pub extra_needs: Vec<RuleList>,
}

const NONE: u32 = u32::MAX;

/// Work units of holding one hit against another.
const COMPARE_WORK: u64 = 3;

/// Reused memory of the rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleScratch {
    /// What the matcher saw.
    pub signals: Vec<Signal>,
    /// What stands, in order of rules.
    pub live: Vec<Signal>,
    next: Vec<u32>,
    head: Vec<u32>,
    due: Vec<u64>,
    /// Rules on demand whose hits were looked for.
    asked: Vec<u64>,
    /// Rules that have a standing signal.
    touched: Vec<u16>,
    parts: Vec<u32>,
    found: Vec<Signal>,
}

impl RuleScratch {
    fn reset(&mut self, rules: usize) {
        self.live.clear();
        self.next.clear();
        for rule in self.touched.drain(..) {
            if let Some(head) = self.head.get_mut(usize::from(rule)) {
                *head = NONE;
            }
        }
        self.head.resize(rules, NONE);
        for set in [&mut self.due, &mut self.asked] {
            set.clear();
            set.resize(rules.div_ceil(64), 0);
        }
    }

    /// Notes that a rule's hits are looked for now; `false` where they were already.
    fn ask(&mut self, rule: u16) -> bool {
        let bit = 1 << (rule % 64);
        self.asked.get_mut(usize::from(rule) / 64).is_some_and(|word| {
            let first = *word & bit == 0;
            *word |= bit;
            first
        })
    }

    fn call(&mut self, rule: u16) {
        if let Some(word) = self.due.get_mut(usize::from(rule) / 64) {
            *word |= 1 << (rule % 64);
        }
    }

    fn next_due(&mut self) -> Option<u16> {
        let (at, word) = self.due.iter_mut().enumerate().find(|(_, w)| **w != 0)?;
        let bit = word.trailing_zeros();
        *word &= *word - 1;
        Some((at * 64) as u16 + bit as u16)
    }

    fn stand(&mut self, signal: Signal) {
        let number = self.live.len() as u32;
        if let Some(head) = self.head.get_mut(usize::from(signal.rule)) {
            if *head == NONE {
                self.touched.push(signal.rule);
            }
            self.next.push(*head);
            *head = number;
            self.live.push(signal);
        }
    }

    /// The number of a rule's last standing signal, [`NONE`] where there is none.
    fn first(&self, rule: u16) -> u32 {
        self.head.get(usize::from(rule)).copied().unwrap_or(NONE)
    }

    fn stands(&self, rule: u16) -> bool {
        self.first(rule) != NONE
    }

    /// The standing signals of a rule, with their numbers.
    fn of(&self, rule: u16) -> impl Iterator<Item = (u32, &Signal)> {
        let mut at = self.first(rule);
        std::iter::from_fn(move || {
            let signal = self.live.get(at as usize)?;
            let number = at;
            at = self.next.get(at as usize).copied().unwrap_or(NONE);
            Some((number, signal))
        })
    }
}

/// What the rules have at hand while they decide.
struct Hearing<'h, F, M> {
    scratch: &'h mut RuleScratch,
    finder: &'h mut F,
    budget: &'h mut Budget,
    missed: &'h mut M,
}

impl RuleSet {
    /// Whether every rule refers to earlier ones only, and is called by later ones only.
    pub(crate) fn is_sound(&self) -> bool {
        let is_rule = |rule: &u16| usize::from(*rule) < self.rules.len();
        self.extra_needs.iter().all(|list| list.iter().all(is_rule))
            && self.rules.iter().enumerate().all(|(number, rule)| {
                let earlier = |r: &u16| usize::from(*r) < number;
                let f = &rule.filters;
                let composed = rule.composed.as_deref().is_none_or(|c| {
                    let at_least = c.at_least.iter().flat_map(|(_, of)| of);
                    c.all.iter().flatten().chain(&c.any).chain(&c.none).chain(at_least).all(earlier)
                });
                composed
                    && f.needs.iter().chain(&f.unless).chain(&f.except).all(earlier)
                    && rule.dependents.iter().all(|r| is_rule(r) && usize::from(*r) > number)
            })
    }

    /// Decides which signals stand; they are in `scratch.live` afterwards. `missed` is told of those that do not. With `thorough`, rules on demand are
    /// looked for whether or not somebody asks: for explaining.
    pub(crate) fn decide(
        &self,
        thorough: bool,
        scratch: &mut RuleScratch,
        finder: &mut impl Finder,
        budget: &mut Budget,
        missed: &mut impl FnMut(&Signal, Miss),
    ) {
        scratch.reset(self.rules.len());
        let mut signals = std::mem::take(&mut scratch.signals);
        signals.sort_unstable_by_key(|s| (s.rule, s.start, s.end));
        for signal in &signals {
            scratch.call(signal.rule);
        }
        if thorough {
            let on_demand = self.rules.iter().enumerate().filter(|(_, r)| r.on_demand);
            on_demand.for_each(|(number, _)| scratch.call(number as u16));
        }
        let hearing = &mut Hearing { scratch, finder, budget, missed };
        let mut from = 0;
        while let Some(number) = hearing.scratch.next_due() {
            let Some(rule) = self.rules.get(usize::from(number)) else { continue };
            from += signals.iter().skip(from).take_while(|s| s.rule < number).count();
            match &rule.composed {
                _ if rule.on_demand && thorough => self.ask(&[number], hearing),
                _ if rule.on_demand => {}
                Some(composed) => self.compose(number, rule, composed, hearing),
                None => {
                    for signal in signals.iter().skip(from).take_while(|s| s.rule == number) {
                        self.admit(rule, *signal, hearing);
                    }
                }
            }
            if hearing.scratch.stands(number) {
                for &dependent in &rule.dependents {
                    hearing.scratch.call(dependent);
                }
            }
        }
        scratch.signals = signals;
    }

    /// Looks for the hits of those of some rules that are on demand and were not asked yet.
    fn ask<F: Finder, M: FnMut(&Signal, Miss)>(&self, rules: &[u16], hearing: &mut Hearing<'_, F, M>) {
        for &number in rules {
            let Some(rule) = self.rules.get(usize::from(number)).filter(|r| r.on_demand) else { continue };
            if !hearing.scratch.ask(number) {
                continue;
            }
            if let Some(composed) = &rule.composed {
                self.compose(number, rule, composed, hearing);
            } else {
                let mut found = std::mem::take(&mut hearing.scratch.found);
                found.clear();
                hearing.finder.find(number, hearing.budget, &mut found);
                for signal in &found {
                    self.admit(rule, *signal, hearing);
                }
                hearing.scratch.found = found;
            }
        }
    }

    fn admit<F: Finder, M: FnMut(&Signal, Miss)>(&self, rule: &RunRule, signal: Signal, hearing: &mut Hearing<'_, F, M>) {
        match self.objection(rule, &signal, hearing) {
            Some(miss) => (hearing.missed)(&signal, miss),
            None => hearing.scratch.stand(signal),
        }
    }

    fn objection<F: Finder, M: FnMut(&Signal, Miss)>(
        &self,
        rule: &RunRule,
        signal: &Signal,
        hearing: &mut Hearing<'_, F, M>,
    ) -> Option<Miss> {
        let filters = &rule.filters;
        if let Some(except) = filters.except
            && lies_over(except, signal, hearing.scratch, hearing.budget)
        {
            return Some(Miss::Except);
        }
        let disguised = filters.needs_unless_disguised && signal.evasion.is_deliberate();
        if !filters.needs.is_empty() && !disguised {
            self.ask(&filters.needs, hearing);
            let near = filters.needs.iter().filter(|&&r| is_near(r, filters.needs_within, signal, hearing.scratch, hearing.budget));
            if near.take(usize::from(filters.needs_count)).count() < usize::from(filters.needs_count) {
                return Some(Miss::Needs);
            }
        }
        let extra = (signal.extra as usize).checked_sub(1).and_then(|e| self.extra_needs.get(e));
        if let Some(needs) = extra
            && !disguised
        {
            self.ask(needs, hearing);
            if !needs.iter().any(|&r| is_near(r, filters.needs_within, signal, hearing.scratch, hearing.budget)) {
                return Some(Miss::TermNeeds);
            }
        }
        self.ask(&filters.unless, hearing);
        let vetoed = filters.unless.iter().find(|&&r| is_near(r, filters.unless_within, signal, hearing.scratch, hearing.budget));
        vetoed.map(|&r| Miss::Unless(r))
    }

    /// Whether each of `all` may still have a hit; asks those on demand only once the others have one.
    fn is_open<F: Finder, M: FnMut(&Signal, Miss)>(&self, composed: &Composed, hearing: &mut Hearing<'_, F, M>) -> bool {
        let asks = |r: &u16| self.rules.get(usize::from(*r)).is_some_and(|r| r.on_demand);
        let closed = composed.all.iter().any(|m| !m.iter().any(|r| asks(r) || hearing.scratch.stands(*r)));
        if closed {
            return false;
        }
        for member in &composed.all {
            self.ask(member, hearing);
            if !member.iter().any(|r| hearing.scratch.stands(*r)) {
                return false;
            }
        }
        self.ask(&composed.any, hearing);
        self.ask(&composed.none, hearing);
        if let Some((_, of)) = &composed.at_least {
            self.ask(of, hearing);
        }
        true
    }

    fn compose<F: Finder, M: FnMut(&Signal, Miss)>(
        &self,
        number: u16,
        rule: &RunRule,
        composed: &Composed,
        hearing: &mut Hearing<'_, F, M>,
    ) {
        if !self.is_open(composed, hearing) {
            return;
        }
        let anchors: &[u16] = match (composed.all.first(), &composed.at_least) {
            (Some(first), _) => first,
            (None, Some((_, of))) if composed.any.is_empty() => of,
            _ => &composed.any,
        };
        let mut parts = std::mem::take(&mut hearing.scratch.parts);
        for &anchor_rule in anchors {
            let mut at = hearing.scratch.first(anchor_rule);
            while let Some(anchor) = hearing.scratch.live.get(at as usize).copied() {
                let anchor_number = at;
                at = hearing.scratch.next.get(at as usize).copied().unwrap_or(NONE);
                parts.clear();
                parts.push(anchor_number);
                let whole = Signal { rule: number, matter: Matter::Composed, extra: 0, ..anchor };
                match gather(composed, &anchor, hearing.scratch, &mut parts, hearing.budget) {
                    Some(miss) => (hearing.missed)(&whole, miss),
                    None => {
                        let members = parts.iter().filter_map(|&p| hearing.scratch.live.get(p as usize));
                        let whole = members.fold(whole, cover);
                        if !lies_over(number, &whole, hearing.scratch, hearing.budget) {
                            self.admit(rule, whole, hearing);
                        }
                    }
                }
            }
        }
        hearing.scratch.parts = parts;
    }
}

/// A composition's signal with one more part in it.
fn cover(whole: Signal, part: &Signal) -> Signal {
    Signal {
        start: whole.start.min(part.start),
        end: whole.end.max(part.end),
        stretch: whole.stretch.cover(part.stretch),
        evasion: whole.evasion | part.evasion,
        ..whole
    }
}

/// Whether some standing signal of a rule shares text with another signal.
fn lies_over(rule: u16, signal: &Signal, scratch: &RuleScratch, budget: &mut Budget) -> bool {
    let standing = scratch.of(rule).take_while(|_| budget.charge(COMPARE_WORK));
    standing.map(|(_, s)| s).any(|s| s.start < signal.end && signal.start < s.end)
}

fn is_near(rule: u16, within: Within, signal: &Signal, scratch: &RuleScratch, budget: &mut Budget) -> bool {
    let mut standing = scratch.of(rule).take_while(|_| budget.charge(COMPARE_WORK));
    standing.any(|(_, other)| !is_inside(other, signal) && within.holds(signal.stretch, other.stretch))
}

/// Whether a hit is only a part of, or the same as, the other: a word is no cue for itself. A composition holds words that are none of its parts, so
/// what lies between its ends counts.
fn is_inside(other: &Signal, signal: &Signal) -> bool {
    signal.matter != Matter::Composed && signal.start <= other.start && other.end <= signal.end
}

/// Finds the other parts of a composition around its anchor and appends their numbers; tells what is missing.
fn gather(composed: &Composed, anchor: &Signal, scratch: &RuleScratch, parts: &mut Vec<u32>, budget: &mut Budget) -> Option<Miss> {
    let mut last = *anchor;
    for (i, member) in composed.all.iter().enumerate().skip(1) {
        let within = if composed.ordered { after(composed.within) } else { composed.within };
        let from = if composed.ordered { last } else { *anchor };
        let Some((number, found)) = nearest(member, within, &from, composed.ordered, scratch, budget) else {
            return Some(Miss::All(i as u16));
        };
        parts.push(number);
        last = found;
    }
    if !composed.any.is_empty() && !composed.all.is_empty() {
        match nearest(&composed.any, composed.within, anchor, false, scratch, budget) {
            Some((number, _)) => parts.push(number),
            None => return Some(Miss::Any),
        }
    }
    if let Some((count, of)) = &composed.at_least {
        let before = parts.len();
        let own = u16::from(of.contains(&anchor.rule));
        for &rule in of.iter().filter(|&&r| r != anchor.rule) {
            if let Some((number, _)) = nearest(&[rule], composed.within, anchor, false, scratch, budget) {
                parts.push(number);
            }
        }
        if own + ((parts.len() - before) as u16) < *count {
            return Some(Miss::AtLeast);
        }
    }
    composed.none.iter().find(|&&r| is_near(r, composed.within, anchor, scratch, budget)).map(|&r| Miss::None(r))
}

const fn after(within: Within) -> Within {
    match within {
        Within::Words(n) => Within::WordsAfter(n),
        other => other,
    }
}

/// Of the standing signals of some rules the one nearest to `from`, not the same stretch of text; behind it where the order counts.
fn nearest(
    rules: &[u16],
    within: Within,
    from: &Signal,
    behind: bool,
    scratch: &RuleScratch,
    budget: &mut Budget,
) -> Option<(u32, Signal)> {
    let apart = |s: &Signal| (s.start, s.end) != (from.start, from.end) && (!behind || s.start >= from.end);
    let near = rules.iter().flat_map(|&r| scratch.of(r));
    near.take_while(|_| budget.charge(COMPARE_WORK))
        .filter(|(_, s)| apart(s) && within.holds(from.stretch, s.stretch))
        .min_by_key(|(_, s)| (from.stretch.words_between(s.stretch), s.start))
        .map(|(number, s)| (number, *s))
}
