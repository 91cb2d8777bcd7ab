//! Packs, compiled. In: nothing at run time. Out: tables that the scanner reads. Keeps: immutable; numbers in one table are valid in the others. Must not
//! know: files.

use super::model::{EntityFilter, Status};
use crate::diagnostic::FileSpan;
use crate::limits::PackLimits;
use crate::matcher::bulk::{self, Fixed};
use crate::matcher::entity::{EntityHit, EntityKind, EntityOptions};
use crate::matcher::patterns::Patterns;
use crate::matcher::terms::TermIndex;
use crate::matcher::wording::Wording;
use crate::verdict::rules::{RuleBits, RuleSet};
use crate::verdict::{Points, Thresholds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who hears of a term's hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listener {
    /// A rule, and the number plus one of the cues that this term needs besides.
    Rule { rule: u16, extra: u32 },
    /// The gate of a pattern.
    Gate(u32),
}

impl Listener {
    /// Stands in the place of a rule's number for a gate.
    const GATE: u32 = u32::MAX;

    /// The pattern whose gate it is.
    pub(crate) const fn gate(&self) -> Option<u32> {
        match *self {
            Self::Gate(pattern) => Some(pattern),
            Self::Rule { .. } => None,
        }
    }
}

impl Fixed for Listener {
    const BYTES: usize = 8;

    fn put(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Rule { rule, extra } => [u32::from(rule), extra].put(out),
            Self::Gate(pattern) => [Self::GATE, pattern].put(out),
        }
    }

    #[inline]
    fn take(bytes: &[u8]) -> Self {
        match <[u32; 2]>::take(bytes) {
            [Self::GATE, pattern] => Self::Gate(pattern),
            [rule, extra] => Self::Rule { rule: rule as u16, extra },
        }
    }
}

/// Numbers in lists, all lists in one allocation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "T: Fixed")]
pub(crate) struct Lists<T> {
    #[serde(with = "bulk")]
    starts: Vec<u32>,
    #[serde(with = "bulk")]
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }
}

impl<T> Lists<T> {
    pub(crate) fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.starts.push(self.items.len() as u32);
    }

    #[inline]
    pub(crate) fn get(&self, i: u32) -> &[T] {
        let bound = |i: usize| self.starts.get(i).map_or(0, |&s| s as usize);
        self.items.get(bound(i as usize)..bound(i as usize + 1)).unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether the lists are where they say, and every item is one that is `known`.
    fn is_sound(&self, known: impl Fn(&T) -> bool) -> bool {
        self.starts.first() == Some(&0)
            && bulk::is_sorted(&self.starts)
            && self.starts.last().is_some_and(|&end| end as usize == self.items.len())
            && bulk::all(&self.items, known)
    }
}

/// Lists of which most are the same as the one before, kept once then. Each says itself where it is, so one look leads to its items.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "T: Fixed")]
pub(crate) struct SharedLists<T> {
    /// Where each begins and ends among the items.
    #[serde(with = "bulk")]
    ranges: Vec<[u32; 2]>,
    #[serde(with = "bulk")]
    items: Vec<T>,
}

impl<T> Default for SharedLists<T> {
    fn default() -> Self {
        Self { ranges: Vec::new(), items: Vec::new() }
    }
}

impl<T: Copy + PartialEq> SharedLists<T> {
    /// Gives back the room that nothing came to fill.
    pub(crate) fn shrink(&mut self) {
        self.ranges.shrink_to_fit();
        self.items.shrink_to_fit();
    }

    pub(crate) fn push(&mut self, list: &[T]) {
        let last = self.ranges.last().copied();
        let range = last.filter(|&range| self.list(range) == list).unwrap_or_else(|| {
            let start = self.items.len() as u32;
            self.items.extend_from_slice(list);
            [start, self.items.len() as u32]
        });
        self.ranges.push(range);
    }

    #[inline]
    pub(crate) fn get(&self, i: u32) -> &[T] {
        self.ranges.get(i as usize).map_or(&[], |&range| self.list(range))
    }

    #[inline]
    fn list(&self, [start, end]: [u32; 2]) -> &[T] {
        self.items.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Whether there are so many, each is where it says, and every item is one that is `known`.
    fn is_sound(&self, count: usize, known: impl Fn(&T) -> bool) -> bool {
        let items = self.items.len();
        self.ranges.len() == count
            && bulk::all(&self.ranges, |&[start, end]| (start <= end) & (end as usize <= items))
            && bulk::all(&self.items, known)
    }

    fn heap_bytes(&self) -> usize {
        self.ranges.capacity() * 8 + self.items.capacity() * size_of::<T>()
    }
}

/// A rule that hears of identifiers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EntityRule {
    pub rule: u16,
    pub filter: EntityFilter,
}

impl EntityRule {
    /// Whether an identifier is one that the rule asks for.
    pub(crate) fn wants(&self, hit: &EntityHit, value: &str) -> bool {
        let (f, kind) = (&self.filter, hit.kind);
        let (app, _) = value.split_once(':').unwrap_or(("", value));
        f.kinds.contains(&kind)
            && (f.min_confidence..=f.max_confidence).contains(&hit.confidence)
            && (kind != EntityKind::Phone || hit.grouping >= f.grouping)
            && (f.values.is_empty() || f.values.binary_search_by(|v| v.as_str().cmp(value)).is_ok())
            && (f.apps.is_empty() || f.apps.iter().any(|a| a == app))
            && !f.except_values.iter().any(|v| v == value)
            && !is_own_host(kind, value, &f.own_hosts)
    }
}

fn is_own_host(kind: EntityKind, value: &str, own: &[String]) -> bool {
    let host = match kind {
        EntityKind::Email => value.rsplit('@').next(),
        EntityKind::Link | EntityKind::PayLink | EntityKind::AppLink => value.split('/').next(),
        _ => None,
    };
    host.is_some_and(|host| own.iter().any(|o| host.strip_suffix(o.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))))
}

/// What a source tells where it is seen: one of the sets of an [`Outlook`] that it is in, or that the gate of a pattern is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clue(pub(crate) u32);

impl Clue {
    /// The set is one of the rare ones of its way: as long as none of those is seen, the way need not be asked about.
    pub(crate) const TELLS: u32 = 1 << 31;
    /// The number is that of a pattern.
    pub(crate) const GATE: u32 = 1 << 30;

    const fn number(self) -> u32 {
        self.0 & !(Self::TELLS | Self::GATE)
    }
}

impl Fixed for Clue {
    const BYTES: usize = 4;

    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    #[inline]
    fn take(bytes: &[u8]) -> Self {
        Self(u32::take(bytes))
    }
}

/// What must be seen in a message for any finding to come of it: of each way in which a rule that counts may come to fire, one source of each set; see
/// `leads`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Outlook {
    /// What each term, each rule of [`Program::entity_rules`] and each pattern tells.
    pub terms: SharedLists<Clue>,
    pub entity_rules: Lists<Clue>,
    /// The same of each of [`Program::wording_rules`].
    pub wordings: Lists<Clue>,
    pub patterns: Lists<Clue>,
    /// What a digit tells.
    #[serde(with = "bulk")]
    pub digit: Vec<Clue>,
    /// The way of each set; those of a way stand together.
    pub way_of: Vec<u32>,
    /// The first set of each way, and one more for the end.
    pub first_set: Vec<u32>,
    /// How many of its sets a way needs.
    pub needed: Vec<u8>,
    /// The rule of each way, as a number in `voices`.
    pub rule_of: Vec<u16>,
    /// Of each rule that counts the rules that have a say in whether it fires, and itself.
    pub voices: Vec<RuleBits>,
}

impl Outlook {
    fn is_sound(&self, terms: usize, (entity_rules, wordings, patterns): (usize, usize, usize)) -> bool {
        let sets = self.way_of.len();
        let is_known = |clue: &Clue| (clue.number() as usize) < if clue.0 & Clue::GATE == 0 { sets } else { patterns };
        let lists = [(&self.entity_rules, entity_rules), (&self.wordings, wordings), (&self.patterns, patterns)];
        self.terms.is_sound(terms, is_known)
            && lists.into_iter().all(|(clues, of)| clues.len() == of && clues.is_sound(is_known))
            && self.digit.iter().all(is_known)
            && self.way_of.iter().all(|way| (*way as usize) < self.needed.len())
            && self.first_set.len() == self.needed.len() + 1
            && self.first_set.is_sorted()
            && self.first_set.last().is_some_and(|&end| end as usize == sets)
            && self.rule_of.len() == self.needed.len()
            && self.rule_of.iter().all(|rule| usize::from(*rule) < self.voices.len())
    }

    fn heap_bytes(&self) -> usize {
        self.terms.heap_bytes() + self.voices.iter().map(RuleBits::heap_bytes).sum::<usize>()
    }
}

/// What of an [`Outlook`] was seen in a message; reused.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sighted {
    /// A bit for each set.
    sets: Vec<u64>,
    /// The same with the sets that may still be seen.
    hoped: Vec<u64>,
    /// A bit for each way of which a set that tells was seen, and those of which not all that they need was.
    ways: Vec<u64>,
    begun: Vec<u32>,
    /// Patterns whose gates stand open.
    gates: Vec<u32>,
    /// Something was noted and not weighed yet.
    fresh: bool,
    /// All that some way needs was seen.
    may_flag: bool,
    /// The rules that have a say in what may come to fire: those of which some way was seen whole, and all that they name.
    wanted: RuleBits,
}

impl Sighted {
    /// Forgets everything; `outlook` is what will be asked of, and there are so many `rules`.
    pub(crate) fn clear(&mut self, outlook: &Outlook, rules: usize) {
        (self.fresh, self.may_flag) = (false, false);
        self.wanted.clear(rules);
        self.begun.clear();
        self.gates.clear();
        for (bits, count) in [(&mut self.sets, outlook.way_of.len()), (&mut self.ways, outlook.needed.len())] {
            bits.clear();
            bits.resize(count.div_ceil(64), 0);
        }
    }

    /// Notes what a source tells that was seen; [`Self::weigh`] says what follows.
    #[inline]
    pub(crate) fn note(&mut self, outlook: &Outlook, clues: &[Clue]) {
        self.fresh |= !clues.is_empty();
        for &clue in clues {
            let number = clue.number();
            if clue.0 & Clue::GATE != 0 {
                self.gates.push(number);
                continue;
            }
            add(&mut self.sets, number);
            if clue.0 & Clue::TELLS != 0
                && let Some(&way) = outlook.way_of.get(number as usize)
                && add(&mut self.ways, way)
            {
                self.begun.push(way);
            }
        }
    }

    /// Takes some things to be seen before they are looked for; [`Self::may_matter`] then says what is worth it.
    pub(crate) fn hope<'c>(&mut self, clues: impl Iterator<Item = &'c Clue>) {
        self.hoped.clone_from(&self.sets);
        clues.for_each(|clue| _ = add(&mut self.hoped, clue.number()));
    }

    /// Whether some way could be whole of which one of these sets is, if all that was hoped for were seen.
    pub(crate) fn may_matter(&self, outlook: &Outlook, clues: &[Clue]) -> bool {
        let way = |clue: &Clue| outlook.way_of.get(clue.number() as usize);
        clues.iter().filter_map(way).any(|&way| is_whole(outlook, &self.hoped, way as usize))
    }

    /// Whether some rule that counts may come to fire, by all that was noted.
    pub(crate) fn weigh(&mut self, outlook: &Outlook) -> bool {
        let Self { sets, begun, wanted, may_flag, fresh, .. } = self;
        if !std::mem::take(fresh) {
            return *may_flag;
        }
        begun.retain(|&way| {
            let whole = is_whole(outlook, sets, way as usize);
            if whole {
                *may_flag = true;
                let voices = outlook.rule_of.get(way as usize).and_then(|&rule| outlook.voices.get(usize::from(rule)));
                voices.into_iter().for_each(|voices| wanted.add_all(voices));
            }
            !whole
        });
        *may_flag
    }

    /// Every one of so many rules has a say.
    pub(crate) fn want_all(&mut self, rules: usize) {
        self.wanted.clear(rules);
        self.wanted.fill();
    }

    /// What [`Self::weigh`] said last.
    pub(crate) const fn may_flag(&self) -> bool {
        self.may_flag
    }

    pub(crate) const fn wanted(&self) -> &RuleBits {
        &self.wanted
    }

    /// The patterns whose gates were noted to be open.
    pub(crate) fn gates(&self) -> &[u32] {
        &self.gates
    }
}

/// Adds a number to a set of bits; whether it was not there before.
#[inline]
fn add(bits: &mut [u64], number: u32) -> bool {
    bits.get_mut(number as usize / 64).is_some_and(|word| {
        let (before, bit) = (*word, 1 << (number % 64));
        *word |= bit;
        before & bit == 0
    })
}

/// Whether so many sets of a way were seen as it needs.
fn is_whole(outlook: &Outlook, seen: &[u64], way: usize) -> bool {
    let (Some(&[first, end]), Some(&needed)) = (outlook.first_set.get(way..).and_then(<[u32]>::first_chunk), outlook.needed.get(way))
    else {
        return false;
    };
    let is_seen = |set: &u32| seen.get(*set as usize / 64).is_some_and(|word| word >> (set % 64) & 1 == 1);
    (first..end).filter(is_seen).take(usize::from(needed)).count() == usize::from(needed)
}

/// What reports say of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// Unique in the program.
    pub id: String,
    /// The pack it is from.
    pub pack: String,
    /// Where its `id` stands.
    pub place: FileSpan,
    /// One sentence.
    pub about: Option<String>,
    /// Whether it counts.
    pub status: Status,
    /// `None`: a cue.
    pub category: Option<String>,
    /// Points.
    pub weight: f64,
    /// Points on top when deliberately disguised.
    pub disguise: f64,
    /// Where its facts are from.
    pub facts: Option<String>,
    /// Examples that must fire it, with their places.
    pub matches: Vec<super::model::Example>,
    /// Examples that must not.
    pub no_matches: Vec<super::model::Example>,
}

/// What the verdict needs of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Worth {
    /// Number in [`Program::categories`]; `None`: a cue.
    pub category: Option<u16>,
    pub weight: Points,
    pub disguise: Points,
    /// Live, or found and never counted.
    pub counts: bool,
    /// Number in [`Program::infos`]; `None`: a hidden rule (`except` phrases).
    pub info: Option<u16>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Category {
    pub name: Arc<str>,
    pub thresholds: Thresholds,
}

/// Compiled packs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Program {
    pub(crate) terms: TermIndex,
    pub(crate) listeners: SharedLists<Listener>,
    pub(crate) patterns: Patterns,
    /// The rule of each pattern.
    pub(crate) pattern_rules: Vec<u16>,
    /// The patterns of each rule.
    pub(crate) patterns_of: Lists<u32>,
    pub(crate) entity_rules: Vec<EntityRule>,
    pub(crate) entity_options: EntityOptions,
    pub(crate) wording: Wording,
    /// The rule of each list of `wording`.
    pub(crate) wording_rules: Vec<u16>,
    pub(crate) rules: RuleSet,
    pub(crate) outlook: Outlook,
    /// By rule.
    pub(crate) worth: Vec<Worth>,
    pub(crate) categories: Vec<Category>,
    pub(crate) infos: Vec<RuleInfo>,
    pub(crate) packs: Arc<[crate::verdict::PackRef]>,
    pub(crate) notices: BTreeMap<String, BTreeMap<String, String>>,
}

impl Program {
    /// Bytes on the heap, about, the automata and tables of the matcher included.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let rules: usize = self
            .rules
            .rules
            .iter()
            .map(|r| size_of_val(r) + (r.filters.needs.len() + r.filters.unless.len() + r.dependents.len()) * 2)
            .sum();
        self.terms.heap_bytes()
            + self.listeners.heap_bytes()
            + self.outlook.heap_bytes()
            + self.wording.heap_bytes()
            + rules
            + self.worth.capacity() * size_of::<Worth>()
    }

    /// Whether some of the rules hear of a term, or one of their patterns has it for a gate.
    pub(crate) fn is_heard(&self, term: u32, rules: &RuleBits) -> bool {
        self.listeners.get(term).iter().any(|listener| match *listener {
            Listener::Rule { rule, .. } => rules.holds(rule),
            Listener::Gate(pattern) => self.pattern_rules.get(pattern as usize).is_some_and(|&rule| rules.holds(rule)),
        })
    }

    /// Makes now what the first messages would otherwise wait for: automata and patterns.
    pub(crate) fn prepare(&self) {
        self.terms.prepare();
        self.patterns.prepare();
    }

    /// Whether every number in every table is that of something that is there, and rules refer to earlier ones only. Linear.
    pub(crate) fn is_sound(&self, limits: &PackLimits) -> bool {
        let rules = self.rules.rules.len();
        let (terms, patterns) = (self.terms.len(), self.patterns.len());
        let is_rule = |rule: &u16| usize::from(*rule) < rules;
        let is_pattern = |pattern: &u32| (*pattern as usize) < patterns;
        let hears = |listener: &Listener| match listener {
            Listener::Rule { rule, extra } => is_rule(rule) && *extra as usize <= self.rules.extra_needs.len(),
            Listener::Gate(pattern) => is_pattern(pattern),
        };
        let has_worth = |w: &Worth| {
            w.category.is_none_or(|c| usize::from(c) < self.categories.len()) && w.info.is_none_or(|i| usize::from(i) < self.infos.len())
        };
        rules <= usize::from(u16::MAX)
            && self.terms.is_sound()
            && self.patterns.is_sound(limits.pattern_bytes)
            && self.listeners.is_sound(terms, hears)
            && self.pattern_rules.len() == patterns
            && self.pattern_rules.iter().all(is_rule)
            && self.patterns_of.len() == rules
            && self.patterns_of.is_sound(is_pattern)
            && self.entity_rules.iter().all(|e| is_rule(&e.rule) && e.filter.values.is_sorted())
            && self.rules.is_sound(limits.reference_depth)
            && self.wording.is_sound(self.wording_rules.len())
            && self.wording_rules.iter().all(is_rule)
            && self.outlook.is_sound(terms, (self.entity_rules.len(), self.wording_rules.len(), patterns))
            && self.worth.len() == rules
            && self.worth.iter().all(has_worth)
    }

    pub(crate) fn rule_id(&self, rule: u16) -> &str {
        let info = self.worth.get(usize::from(rule)).and_then(|w| w.info).and_then(|i| self.infos.get(usize::from(i)));
        info.map_or("", |i| &i.id)
    }
}
