//! Rules at work. In: signals (what the matcher saw, by rule). Out: the signals that stand after `needs`, `unless`, `except` and compositions. Keeps: rules are
//! numbered so that each refers to earlier ones only, hence one pass decides; a rule nobody touched costs nothing. Must not know: packs, terms, files.

use super::positions::Stretch;
use crate::evasion::Evasion;
use crate::limits::Budget;

/// How far two hits may lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub(crate) struct Composed {
    pub all: Box<[RuleList]>,
    pub any: RuleList,
    pub none: RuleList,
    pub at_least: Option<(u16, RuleList)>,
    pub within: Within,
    pub ordered: bool,
}

/// One rule, ready to run.
#[derive(Debug, Clone)]
pub(crate) struct RunRule {
    pub filters: FilterSet,
    pub composed: Option<Box<Composed>>,
    /// Composed rules that may fire when this one does.
    pub dependents: RuleList,
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
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleSet {
    pub rules: Vec<RunRule>,
    pub extra_needs: Vec<RuleList>,
}

const NONE: u32 = u32::MAX;

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
    parts: Vec<u32>,
}

impl RuleScratch {
    fn reset(&mut self, rules: usize) {
        self.live.clear();
        self.next.clear();
        self.head.clear();
        self.head.resize(rules, NONE);
        self.due.clear();
        self.due.resize(rules.div_ceil(64), 0);
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
            self.next.push(*head);
            *head = number;
            self.live.push(signal);
        }
    }

    /// The standing signals of a rule, with their numbers.
    fn of(&self, rule: u16) -> impl Iterator<Item = (u32, &Signal)> {
        let mut at = self.head.get(usize::from(rule)).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let signal = self.live.get(at as usize)?;
            let number = at;
            at = self.next.get(at as usize).copied().unwrap_or(NONE);
            Some((number, signal))
        })
    }
}

impl RuleSet {
    /// Decides which signals stand; they are in `scratch.live` afterwards. `missed` is told of those that do not.
    pub(crate) fn decide(&self, scratch: &mut RuleScratch, budget: &mut Budget, missed: &mut impl FnMut(&Signal, Miss)) {
        scratch.reset(self.rules.len());
        let mut signals = std::mem::take(&mut scratch.signals);
        signals.sort_unstable_by_key(|s| (s.rule, s.start, s.end));
        for signal in &signals {
            scratch.call(signal.rule);
        }
        let mut from = 0;
        while let Some(number) = scratch.next_due() {
            let Some(rule) = self.rules.get(usize::from(number)) else { continue };
            from += signals.iter().skip(from).take_while(|s| s.rule < number).count();
            match &rule.composed {
                Some(composed) => self.compose(number, rule, composed, scratch, budget, missed),
                None => {
                    for signal in signals.iter().skip(from).take_while(|s| s.rule == number) {
                        self.admit(rule, *signal, scratch, budget, missed);
                    }
                }
            }
            if scratch.of(number).next().is_some() {
                for &dependent in &rule.dependents {
                    scratch.call(dependent);
                }
            }
        }
        scratch.signals = signals;
    }

    fn admit(
        &self,
        rule: &RunRule,
        signal: Signal,
        scratch: &mut RuleScratch,
        budget: &mut Budget,
        missed: &mut impl FnMut(&Signal, Miss),
    ) {
        match self.objection(rule, &signal, scratch, budget) {
            Some(miss) => missed(&signal, miss),
            None => scratch.stand(signal),
        }
    }

    fn objection(&self, rule: &RunRule, signal: &Signal, scratch: &RuleScratch, budget: &mut Budget) -> Option<Miss> {
        let filters = &rule.filters;
        if let Some(except) = filters.except
            && lies_over(except, signal, scratch, budget)
        {
            return Some(Miss::Except);
        }
        let disguised = filters.needs_unless_disguised && signal.evasion.is_deliberate();
        if !filters.needs.is_empty() && !disguised && !Self::has_cues(filters, signal, scratch, budget) {
            return Some(Miss::Needs);
        }
        let extra = (signal.extra as usize).checked_sub(1).and_then(|e| self.extra_needs.get(e));
        if let Some(needs) = extra
            && !disguised
            && !needs.iter().any(|&r| is_near(r, filters.needs_within, signal, scratch, budget))
        {
            return Some(Miss::TermNeeds);
        }
        let vetoed = filters.unless.iter().find(|&&r| is_near(r, filters.unless_within, signal, scratch, budget));
        vetoed.map(|&r| Miss::Unless(r))
    }

    fn has_cues(filters: &FilterSet, signal: &Signal, scratch: &RuleScratch, budget: &mut Budget) -> bool {
        let near = filters.needs.iter().filter(|&&r| is_near(r, filters.needs_within, signal, scratch, budget));
        near.take(usize::from(filters.needs_count)).count() == usize::from(filters.needs_count)
    }

    fn compose(
        &self,
        number: u16,
        rule: &RunRule,
        composed: &Composed,
        scratch: &mut RuleScratch,
        budget: &mut Budget,
        missed: &mut impl FnMut(&Signal, Miss),
    ) {
        let anchors: &[u16] = match (composed.all.first(), &composed.at_least) {
            (Some(first), _) => first,
            (None, Some((_, of))) if composed.any.is_empty() => of,
            _ => &composed.any,
        };
        let mut parts = std::mem::take(&mut scratch.parts);
        for &anchor_rule in anchors {
            let mut at = scratch.head.get(usize::from(anchor_rule)).copied().unwrap_or(NONE);
            while let Some(anchor) = scratch.live.get(at as usize).copied() {
                let anchor_number = at;
                at = scratch.next.get(at as usize).copied().unwrap_or(NONE);
                parts.clear();
                parts.push(anchor_number);
                let mut whole = Signal { rule: number, matter: Matter::Composed, extra: 0, ..anchor };
                match gather(composed, &anchor, scratch, &mut parts, budget) {
                    Some(miss) => missed(&whole, miss),
                    None => {
                        for part in parts.iter().filter_map(|&p| scratch.live.get(p as usize)) {
                            whole.start = whole.start.min(part.start);
                            whole.end = whole.end.max(part.end);
                            whole.stretch = whole.stretch.cover(part.stretch);
                            whole.evasion |= part.evasion;
                        }
                        if !lies_over(number, &whole, scratch, budget) {
                            self.admit(rule, whole, scratch, budget, missed);
                        }
                    }
                }
            }
        }
        scratch.parts = parts;
    }
}

/// Whether some standing signal of a rule shares text with another signal.
fn lies_over(rule: u16, signal: &Signal, scratch: &RuleScratch, budget: &mut Budget) -> bool {
    let standing = scratch.of(rule).take_while(|_| budget.charge(1));
    standing.map(|(_, s)| s).any(|s| s.start < signal.end && signal.start < s.end)
}

fn is_near(rule: u16, within: Within, signal: &Signal, scratch: &RuleScratch, budget: &mut Budget) -> bool {
    let mut standing = scratch.of(rule).take_while(|_| budget.charge(1));
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
    near.take_while(|_| budget.charge(1))
        .filter(|(_, s)| apart(s) && within.holds(from.stretch, s.stretch))
        .min_by_key(|(_, s)| (from.stretch.words_between(s.stretch), s.start))
        .map(|(number, s)| (number, *s))
}
