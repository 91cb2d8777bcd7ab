//! Rules at work. In: signals (what the matcher saw, by rule). Out: the signals that stand after `needs`, `unless`, `except` and compositions. Keeps: rules are
//! numbered so that each refers to earlier ones only, hence one pass decides; a rule nobody touched costs nothing. Must not know: packs, terms, files.

use super::near::{self, Stand, Within};
use super::positions::Stretch;
use crate::evasion::Evasion;
use crate::limits::Budget;
use crate::matcher::bulk;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

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
    /// Composed rules that this one is a part of, first those that it calls: a composition is tried once its rarest member stands.
    pub dependents: RuleList,
    /// How many of them it calls.
    pub calls: u16,
    /// Its hits are looked for only when another rule asks for them.
    pub on_demand: bool,
    /// It names rules whose hits are looked for only when asked for.
    pub asks: bool,
}

impl RunRule {
    /// The rules that it names.
    pub(crate) fn references(&self) -> impl Iterator<Item = u16> {
        let composed = self.composed.as_deref().into_iter().flat_map(|c| {
            let at_least = c.at_least.iter().flat_map(|(_, of)| of);
            c.all.iter().flatten().chain(&c.any).chain(&c.none).chain(at_least)
        });
        self.filters.needs.iter().chain(&self.filters.unless).chain(composed).copied()
    }
}

/// A set of rules, a bit each.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct RuleBits {
    #[serde(with = "bulk")]
    words: Vec<u64>,
}

impl RuleBits {
    /// Makes it empty, with room for so many rules.
    pub(crate) fn clear(&mut self, rules: usize) {
        self.words.clear();
        self.words.resize(rules.div_ceil(64), 0);
    }

    /// Adds a rule that there is room for; whether it was not there before.
    pub(crate) fn add(&mut self, rule: u16) -> bool {
        let bit = 1 << (rule % 64);
        self.words.get_mut(usize::from(rule) / 64).is_some_and(|word| {
            let new = *word & bit == 0;
            *word |= bit;
            new
        })
    }

    /// Adds those of another set, as far as there is room.
    pub(crate) fn add_all(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Adds every rule that there is room for.
    pub(crate) fn fill(&mut self) {
        self.words.fill(u64::MAX);
    }

    #[inline]
    pub(crate) fn holds(&self, rule: u16) -> bool {
        self.words.get(usize::from(rule) / 64).is_some_and(|word| word >> (rule % 64) & 1 == 1)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.words.capacity() * 8
    }
}

/// Looks for the hits of rules that are `on_demand`.
pub(crate) trait Finder {
    /// Appends the rule's signals.
    fn find(&mut self, rule: u16, budget: &mut Budget, out: &mut Vec<Signal>);
}

/// What a signal is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
const NOT_ARRANGED: (u32, u32) = (NONE, NONE);

/// So many stretches of text are moved for a work unit.
const MOVED_A_UNIT: u64 = 512;

/// Work units of going through a list of rules, apart from those of them that have standing signals.
const fn list_work(rules: &[u16]) -> u64 {
    rules.len() as u64 / 32
}

/// Reused memory of the rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleScratch {
    /// What the matcher saw.
    pub signals: Vec<Signal>,
    /// What stands, in order of rules.
    pub live: Vec<Signal>,
    next: Vec<u32>,
    head: Vec<u32>,
    due: RuleBits,
    /// The first word of `due` that may have a bit: rules only call later ones.
    due_from: usize,
    /// Rules on demand whose hits were looked for.
    asked: RuleBits,
    /// Rules that have a standing signal.
    touched: Vec<u16>,
    parts: Vec<u32>,
    found: Vec<Signal>,
    /// The standing signals of rules that were asked about, side by side, and where each rule's are.
    stands: Vec<Stand>,
    stands_of: Vec<(u32, u32)>,
    /// What stands already of the rule that is composed now, by place: start and end.
    composed: Vec<(u32, u32)>,
}

impl RuleScratch {
    fn reset(&mut self, rules: usize) {
        self.live.clear();
        self.next.clear();
        for rule in self.touched.drain(..) {
            if let Some(head) = self.head.get_mut(usize::from(rule)) {
                *head = NONE;
            }
            if let Some(range) = self.stands_of.get_mut(usize::from(rule)) {
                *range = NOT_ARRANGED;
            }
        }
        self.head.resize(rules, NONE);
        self.stands.clear();
        self.stands_of.resize(rules, NOT_ARRANGED);
        self.due_from = 0;
        self.due.clear(rules);
        self.asked.clear(rules);
    }

    fn next_due(&mut self) -> Option<u16> {
        let (at, word) = self.due.words.iter_mut().enumerate().skip(self.due_from).find(|(_, w)| **w != 0)?;
        let bit = word.trailing_zeros();
        *word &= *word - 1;
        self.due_from = at;
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

    /// The standing signals of a rule, in the order that [`near`] asks for. All of them stand by now: only rules with greater numbers ask.
    fn of(&mut self, rule: u16, budget: &mut Budget) -> &[Stand] {
        let mut at = self.first(rule);
        let Some(range) = self.stands_of.get_mut(usize::from(rule)).filter(|_| at != NONE) else { return &[] };
        if *range == NOT_ARRANGED {
            let from = self.stands.len();
            while let Some(signal) = self.live.get(at as usize)
                && budget.charge(1)
            {
                self.stands.push(Stand::new(at, signal));
                at = self.next.get(at as usize).copied().unwrap_or(NONE);
            }
            near::arrange(self.stands.get_mut(from..).unwrap_or_default());
            *range = (from as u32, self.stands.len() as u32);
        }
        self.stands.get(range.0 as usize..range.1 as usize).unwrap_or_default()
    }

    /// Whether some standing signal of a rule shares text with another signal.
    fn lies_over(&mut self, rule: u16, signal: &Signal, budget: &mut Budget) -> bool {
        let stands = self.of(rule, budget);
        !stands.is_empty() && near::lies_over(stands, signal, budget)
    }

    fn is_near(&mut self, rule: u16, within: Within, signal: &Signal, budget: &mut Budget) -> bool {
        let stands = self.of(rule, budget);
        !stands.is_empty() && near::is_near(stands, within, signal, budget)
    }

    /// Those of some rules that have a standing signal near another signal.
    fn near<'a>(&'a mut self, rules: &'a [u16], within: Within, signal: &'a Signal, budget: &'a mut Budget) -> impl Iterator<Item = u16> {
        let rules = if budget.charge(list_work(rules)) { rules } else { &[] };
        rules.iter().copied().filter(move |&rule| self.is_near(rule, within, signal, budget))
    }

    /// Of the standing signals of some rules the one nearest to `from`, as [`near::nearest`] has it.
    fn nearest(&mut self, rules: &[u16], within: Within, from: &Signal, ordered: bool, budget: &mut Budget) -> Option<(u32, Signal)> {
        let mut best: Option<Stand> = None;
        let rules = if budget.charge(list_work(rules)) { rules } else { &[] };
        for &rule in rules {
            let stands = self.of(rule, budget);
            let found = if stands.is_empty() { None } else { near::nearest(stands, within, from, ordered, budget) };
            if let Some(found) = found
                && best.is_none_or(|best| near::key(from, found) < near::key(from, &best))
            {
                best = Some(*found);
            }
        }
        let number = best?.number;
        Some((number, *self.live.get(number as usize)?))
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
    /// Whether every rule refers to earlier ones only, through at most `depth` others, and is called by later ones only.
    pub(crate) fn is_sound(&self, depth: usize) -> bool {
        let is_rule = |rule: &u16| usize::from(*rule) < self.rules.len();
        let mut depths: Vec<usize> = Vec::with_capacity(self.rules.len());
        let sound = self.rules.iter().enumerate().all(|(number, rule)| {
            let earlier = |r: &u16| usize::from(*r) < number;
            let own = rule.references().map(|r| depths.get(usize::from(r)).map_or(usize::MAX, |d| d + 1)).max().unwrap_or(0);
            depths.push(own);
            own <= depth
                && rule.filters.except.iter().all(earlier)
                && rule.dependents.iter().all(|r| is_rule(r) && !earlier(r) && usize::from(*r) != number)
        });
        sound && self.extra_needs.iter().all(|list| list.iter().all(is_rule))
    }

    /// Decides which signals stand; they are in `scratch.live` afterwards. `missed` is told of those that do not. All signals are of rules that are `wanted`,
    /// as are all rules that these name; no others are decided. With `thorough`, rules on demand are looked for whether or not somebody asks, and
    /// compositions tried by whatever part of them stands: for explaining.
    pub(crate) fn decide(
        &self,
        thorough: bool,
        wanted: &RuleBits,
        scratch: &mut RuleScratch,
        finder: &mut impl Finder,
        budget: &mut Budget,
        missed: &mut impl FnMut(&Signal, Miss),
    ) {
        scratch.reset(self.rules.len());
        let mut signals = std::mem::take(&mut scratch.signals);
        // Of two readings of one place the plain one stands last, and is met first.
        signals.sort_unstable_by_key(|s| (u64::from(s.rule) << 32 | u64::from(s.start), s.end, Reverse(s.evasion), s.matter));
        for signal in &signals {
            scratch.due.add(signal.rule);
        }
        if thorough {
            let on_demand = self.rules.iter().enumerate().filter(|(_, r)| r.on_demand);
            on_demand.for_each(|(number, _)| _ = scratch.due.add(number as u16));
        }
        let hearing = &mut Hearing { scratch, finder, budget, missed };
        let mut rest = signals.as_slice();
        while let Some(number) = hearing.scratch.next_due() {
            let Some(rule) = self.rules.get(usize::from(number)) else { continue };
            while let [Signal { rule, .. }, later @ ..] = rest
                && *rule < number
            {
                rest = later;
            }
            match &rule.composed {
                _ if rule.on_demand && thorough => self.ask(&[number], hearing),
                _ if rule.on_demand => {}
                Some(composed) => self.compose(number, rule, composed, hearing),
                None => {
                    for signal in rest.iter().take_while(|s| s.rule == number) {
                        self.admit(rule, *signal, hearing);
                    }
                }
            }
            if hearing.scratch.stands(number) {
                let called = if thorough { rule.dependents.len() } else { usize::from(rule.calls) };
                for &dependent in rule.dependents.iter().take(called).filter(|&&dependent| wanted.holds(dependent)) {
                    hearing.scratch.due.add(dependent);
                }
            }
        }
        scratch.signals = signals;
    }

    /// Looks for the hits of those of some rules that are on demand and were not asked yet.
    fn ask<F: Finder, M: FnMut(&Signal, Miss)>(&self, rules: &[u16], hearing: &mut Hearing<'_, F, M>) {
        for &number in rules {
            let Some(rule) = self.rules.get(usize::from(number)).filter(|r| r.on_demand) else { continue };
            if !hearing.scratch.asked.add(number) {
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

    /// Lets a signal stand unless something speaks against it; whether it stands.
    fn admit<F: Finder, M: FnMut(&Signal, Miss)>(&self, rule: &RunRule, signal: Signal, hearing: &mut Hearing<'_, F, M>) -> bool {
        let objection = self.objection(rule, &signal, hearing);
        match objection {
            Some(miss) => (hearing.missed)(&signal, miss),
            None => hearing.scratch.stand(signal),
        }
        objection.is_none()
    }

    fn objection<F: Finder, M: FnMut(&Signal, Miss)>(
        &self,
        rule: &RunRule,
        signal: &Signal,
        hearing: &mut Hearing<'_, F, M>,
    ) -> Option<Miss> {
        let filters = &rule.filters;
        if let Some(except) = filters.except
            && hearing.scratch.lies_over(except, signal, hearing.budget)
        {
            return Some(Miss::Except);
        }
        let disguised = filters.needs_unless_disguised && signal.evasion.is_deliberate();
        let ask = |rules: &[u16], hearing: &mut Hearing<'_, F, M>| {
            if rule.asks {
                self.ask(rules, hearing);
            }
        };
        if !filters.needs.is_empty() && !disguised {
            ask(&filters.needs, hearing);
            let near = hearing.scratch.near(&filters.needs, filters.needs_within, signal, hearing.budget);
            if near.take(usize::from(filters.needs_count)).count() < usize::from(filters.needs_count) {
                return Some(Miss::Needs);
            }
        }
        let extra = (signal.extra as usize).checked_sub(1).and_then(|e| self.extra_needs.get(e));
        if let Some(needs) = extra
            && !disguised
        {
            self.ask(needs, hearing);
            if hearing.scratch.near(needs, filters.needs_within, signal, hearing.budget).next().is_none() {
                return Some(Miss::TermNeeds);
            }
        }
        ask(&filters.unless, hearing);
        let vetoed = hearing.scratch.near(&filters.unless, filters.unless_within, signal, hearing.budget).next();
        vetoed.map(Miss::Unless)
    }

    /// Whether each of `all` may still have a hit; asks those on demand only once the others have one.
    fn is_open<F: Finder, M: FnMut(&Signal, Miss)>(&self, rule: &RunRule, composed: &Composed, hearing: &mut Hearing<'_, F, M>) -> bool {
        if !rule.asks {
            return composed.all.iter().all(|m| m.iter().any(|r| hearing.scratch.stands(*r)));
        }
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
        if !self.is_open(rule, composed, hearing) {
            return;
        }
        let anchors: &[u16] = match (composed.all.first(), &composed.at_least) {
            (Some(first), _) => first,
            (None, Some((_, of))) if composed.any.is_empty() => of,
            _ => &composed.any,
        };
        let mut parts = std::mem::take(&mut hearing.scratch.parts);
        let mut own = std::mem::take(&mut hearing.scratch.composed);
        own.clear();
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
                        if let Some(place) = free_place(&own, &whole)
                            && hearing.budget.charge(1 + (own.len() - place) as u64 / MOVED_A_UNIT)
                            && self.admit(rule, whole, hearing)
                        {
                            own.insert(place, (whole.start, whole.end));
                        }
                    }
                }
            }
        }
        hearing.scratch.parts = parts;
        hearing.scratch.composed = own;
    }
}

/// Where a signal belongs among stretches of text in order, none of which lies over another; `None` where it lies over one of them.
fn free_place(taken: &[(u32, u32)], signal: &Signal) -> Option<usize> {
    let place = taken.partition_point(|&(start, _)| start < signal.end);
    let last = taken.get(..place).and_then(<[_]>::last);
    last.is_none_or(|&(_, end)| end <= signal.start).then_some(place)
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

/// Finds the other parts of a composition around its anchor and appends their numbers; tells what is missing.
fn gather(composed: &Composed, anchor: &Signal, scratch: &mut RuleScratch, parts: &mut Vec<u32>, budget: &mut Budget) -> Option<Miss> {
    let mut last = *anchor;
    for (i, member) in composed.all.iter().enumerate().skip(1) {
        let within = if composed.ordered { after(composed.within) } else { composed.within };
        let from = if composed.ordered { last } else { *anchor };
        let Some((number, found)) = scratch.nearest(member, within, &from, composed.ordered, budget) else {
            return Some(Miss::All(i as u16));
        };
        parts.push(number);
        last = found;
    }
    if !composed.any.is_empty() && !composed.all.is_empty() {
        match scratch.nearest(&composed.any, composed.within, anchor, false, budget) {
            Some((number, _)) => parts.push(number),
            None => return Some(Miss::Any),
        }
    }
    if let Some((count, of)) = &composed.at_least {
        let before = parts.len();
        let own = u16::from(of.contains(&anchor.rule));
        let others = if budget.charge(list_work(of)) { of } else { &RuleList::default() };
        for &rule in others.iter().filter(|&&r| r != anchor.rule) {
            if let Some((number, _)) = scratch.nearest(&[rule], composed.within, anchor, false, budget) {
                parts.push(number);
            }
        }
        if own + ((parts.len() - before) as u16) < *count {
            return Some(Miss::AtLeast);
        }
    }
    scratch.near(&composed.none, composed.within, anchor, budget).next().map(Miss::None)
}

const fn after(within: Within) -> Within {
    match within {
        Within::Words(n) => Within::WordsAfter(n),
        other => other,
    }
}
