//! What every finding needs to be seen. In: a program's rules, and what their terms, patterns and identifiers are. Out: [`Leads`]: for each rule that counts
//! the ways in which it may come to fire, each a few sets of sources, of all of which a source is seen when it fires so, and which ordinary chat seldom holds
//! all of. Keeps: a rule can't fire where of each of its ways one of the sets is not seen. Must not know: messages.
//!
//! A rule needs its own source and, with `needs`, one of its cues; a composition needs each of its members, or so many of them. What it needs one of makes a
//! way each. Of the many sets of a way the rare ones are kept, by a guess, and ways that are rare by one of their sets alone are taken together.

use super::program::{Clue, Listener, Program};
use crate::matcher::patterns::{MANY_DIGITS, PatternsBuilder};
use crate::matcher::table::KeyTable;
use crate::text::keys;
use crate::verdict::rules::{Composed, RuleBits, RunRule};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What a rule listens to by itself: its number, and the number plus one of the cues that these of its terms need besides (see [`Listener::Rule`]).
pub(super) type Source = (u16, u32);

/// What stands for a pattern that has no gate but needs a digit: any digit at all.
pub(super) const DIGIT: Source = (u16::MAX, u32::MAX);

/// Words by how often they come; see the file.
const FREQUENT_WORDS: &str = include_str!("../matcher/data/frequent_words.txt");

/// Room for the words of the lists that are ASCII.
const WORDS: usize = 1 << 15;

/// Of so many messages so many hold a common word, and any other word.
const MESSAGES: u64 = 1 << 20;
const COMMON: u32 = 32;
const OTHER: u32 = 8;
/// And a word or emoji outside ASCII: a look at English chat, the most common, is not to pay for other scripts.
const WIDE: u64 = 1;
/// A phrase comes as often as its rarest word divided by this for the second word, and by the next for each word more.
const SECOND_WORD: u64 = 8;
const MORE_WORDS: u64 = 4;
/// Identifiers of one rule, and what has many digits.
const IDENTIFIERS: u64 = 2_000;
/// Words whose points reach what a rule asks for.
const WORDINGS: u64 = 200;
/// A digit, or what may be one.
const DIGITS: u64 = MESSAGES / 5;
/// Another pattern without a gate, which has to be run to be seen.
const PATTERN: u64 = MESSAGES;
/// A pattern is seen so much seldomer than its gate.
const BEHIND_GATE: u64 = 16;
/// A rule that is seen more seldom than that counts no signs.
const RARE: u64 = MESSAGES / 32_768;
/// To judge a message in full costs so many times what noting a hit does.
const JUDGING: u64 = 80;
/// A set that is seen so often is not kept, unless a rule has no other.
const USELESS: u64 = MESSAGES / 3;
/// The most ways of a rule and sets of a way, and the most members of a rule that counts them.
const WAYS: usize = 24;
const SETS: usize = 4;
/// A way stays apart that keeps so many messages from being judged in full, or more.
const APART: u64 = MESSAGES / 16_384;
const MEMBERS: usize = 200;

/// How often words and phrases come, by a guess.
pub(super) struct Frequencies {
    words: KeyTable,
}

impl Frequencies {
    pub(super) fn new<'w>(common: impl Iterator<Item = &'w str>) -> Self {
        let mut words = KeyTable::with_capacity(WORDS);
        // Of a word that stands in several places the first one put in stays: the last in the file.
        for line in FREQUENT_WORDS.lines().rev().filter(|l| !l.starts_with('#')) {
            let (exponent, rest) = line.split_once(' ').unwrap_or_default();
            let often = (MESSAGES as u32) >> exponent.parse::<u32>().unwrap_or(20).min(20);
            rest.split(' ').for_each(|word| words.insert(keys::hash(word.as_bytes()), often));
        }
        // Only terms in ASCII are looked at closer.
        for word in common.filter(|word| word.is_ascii()) {
            words.insert(keys::hash(word.as_bytes()), COMMON);
        }
        Self { words }
    }

    /// Of a term; `lower` is reused memory.
    fn of(&self, term: &str, lower: &mut Vec<u8>) -> u64 {
        if !term.is_ascii() {
            return WIDE;
        }
        lower.clear();
        lower.extend_from_slice(term.as_bytes());
        lower.make_ascii_lowercase();
        lower.extend_from_slice(&[0; keys::PADDING]);
        let (mut rarest, mut count) = (None, 0u32);
        let mut start = 0;
        for (end, b) in lower.iter().enumerate().take(term.len() + 1) {
            if b.is_ascii_alphanumeric() || *b == b'\'' {
                continue;
            }
            if end > start {
                let often = match self.words.get(keys::hash_at(lower, start, end - start)) {
                    0 => OTHER,
                    often => often,
                };
                rarest = Some(rarest.map_or(often, |rarest: u32| rarest.min(often)));
                count += 1;
            }
            start = end + 1;
        }
        let divisor = match count {
            0 | 1 => 1,
            more => SECOND_WORD * MORE_WORDS.pow(more.min(8) - 2),
        };
        (u64::from(rarest.unwrap_or(OTHER)) / divisor).max(1)
    }
}

/// Chooses what to look for in a program, whose terms with their listeners are given, and the patterns that will be its own.
pub(super) fn choose<'t>(
    program: &Program,
    terms: impl Iterator<Item = (&'t str, &'t [Listener])>,
    frequencies: &Frequencies,
    patterns: &PatternsBuilder,
) -> Leads {
    let (often, with_digits) = seen_alone(program, terms, frequencies, patterns);
    let mut choice = Choice { often, with_digits, extra_needs: &program.rules.extra_needs, ways: Vec::new(), voices: Vec::new() };
    let mut leads = Leads::default();
    for (number, rule) in program.rules.rules.iter().enumerate() {
        let ways = choice.ways_of(number as u16, rule);
        let voices = choice.voices_of(number as u16, rule, program.rules.rules.len());
        if program.worth.get(number).is_some_and(|w| w.counts && w.category.is_some()) {
            match choice.several_signs(rule, &ways) {
                Some((count, members)) => leads.add(&members, count),
                None => ways.iter().filter(|way| !way.is_empty()).for_each(|way| leads.add(way, way.len())),
            }
            leads.voices.push(voices.clone());
        }
        leads.often.push(ways.iter().map(|way| together(way)).sum());
        choice.ways.push(ways);
        choice.voices.push(voices);
    }
    leads
}

/// For each way in which a rule that counts may come to fire, sets of sources that it needs one of each of.
#[derive(Debug, Default)]
pub(super) struct Leads {
    /// How many of its sets each way needs.
    pub needed: Vec<u8>,
    /// The rule of each way, as a number in `voices`.
    pub rule_of: Vec<u16>,
    /// Of each rule that counts the rules that have a say in whether it fires, and itself.
    pub voices: Vec<RuleBits>,
    /// The way of each set, and the first set of each way.
    pub way_of: Vec<u32>,
    pub first_set: Vec<u32>,
    /// What a source tells: the sets that it is in.
    pub clues_of: BTreeMap<Source, Vec<Clue>>,
    /// How often each rule comes to fire at most, by the same guess.
    pub often: Vec<u64>,
}

impl Leads {
    /// A way of the next rule that counts, which needs so many of some sets; more than a byte counts are needed no more: the look may see too much.
    fn add(&mut self, sets: &[Rc<Set>], needed: usize) {
        self.first_set.push(self.way_of.len() as u32);
        let mut sets: Vec<&Set> = sets.iter().map(Rc::as_ref).collect();
        sets.sort();
        for (place, set) in sets.iter().enumerate() {
            // Without one of the rarest there are not enough.
            let tells = if place + needed <= sets.len() { Clue::TELLS } else { 0 };
            for source in &set.sources {
                self.clues_of.entry(*source).or_default().push(Clue(self.way_of.len() as u32 | tells));
            }
            self.way_of.push(self.needed.len() as u32);
        }
        self.rule_of.push(self.voices.len() as u16);
        self.needed.push(u8::try_from(needed).unwrap_or(u8::MAX));
    }

    /// What some sources tell, each clue once.
    pub(super) fn clues(&self, sources: impl Iterator<Item = Source>) -> Vec<Clue> {
        let mut clues = Vec::new();
        self.note_clues(sources, &mut clues);
        clues
    }

    /// The same, in place of what stands in `clues`.
    pub(super) fn note_clues(&self, sources: impl Iterator<Item = Source>, clues: &mut Vec<Clue>) {
        clues.clear();
        for (before, own) in sources.filter_map(|source| self.clues_of.get(&source)).enumerate() {
            clues.extend_from_slice(own);
            if before > 0 {
                clues.sort_unstable_by_key(|clue| clue.0);
                clues.dedup();
            }
        }
    }

    /// Whether anything is told by a source.
    pub(super) fn tells(&self, source: Source) -> bool {
        self.clues_of.contains_key(&source)
    }
}

/// How often each source is seen, and the rules that are seen only where a digit is.
fn seen_alone<'t>(
    program: &Program,
    terms: impl Iterator<Item = (&'t str, &'t [Listener])>,
    frequencies: &Frequencies,
    patterns: &PatternsBuilder,
) -> (BTreeMap<Source, u64>, BTreeSet<u16>) {
    let mut often: BTreeMap<Source, u64> = [(DIGIT, DIGITS)].into();
    let mut with_digits = BTreeSet::new();
    // Terms of one source mostly stand together: they are summed up before the source is looked up.
    let mut run: (Option<Source>, u64) = (None, 0);
    let mut end_run = |(source, sum): (Option<Source>, u64)| {
        if let Some(source) = source {
            *often.entry(source).or_default() += sum;
        }
    };
    let mut gated = BTreeSet::new();
    let mut lower = Vec::new();
    for (text, listeners) in terms {
        let seen = frequencies.of(text, &mut lower);
        for listener in listeners {
            if let Listener::Gate(pattern) = *listener {
                gated.insert(pattern);
            }
            let rarely = if matches!(listener, Listener::Gate(_)) { BEHIND_GATE } else { 1 };
            let source = source_of(program, listener);
            if source != run.0 {
                end_run(std::mem::replace(&mut run, (source, 0)));
            }
            run.1 += seen / rarely;
        }
    }
    end_run(run);
    for (pattern, &rule) in (0..).zip(&program.pattern_rules).filter(|(pattern, _)| !gated.contains(pattern)) {
        let on_demand = program.rules.rules.get(usize::from(rule)).is_some_and(|r| r.on_demand);
        match patterns.digits_needed(pattern) {
            MANY_DIGITS.. => *often.entry((rule, 0)).or_default() += IDENTIFIERS,
            // Only a digit is looked for: to run the pattern is left to the rule that asks for it.
            1.. if on_demand => _ = with_digits.insert(rule),
            _ => *often.entry((rule, 0)).or_default() += PATTERN,
        }
    }
    for rule in &program.entity_rules {
        *often.entry((rule.rule, 0)).or_default() += IDENTIFIERS;
    }
    for &rule in &program.wording_rules {
        *often.entry((rule, 0)).or_default() += WORDINGS;
    }
    (often, with_digits)
}

/// How often one source each of all sets is seen in a message, if they come independently.
fn together(sets: &[Rc<Set>]) -> u64 {
    sets.iter().fold(MESSAGES, |together, set| together * set.often.min(MESSAGES) / MESSAGES)
}

/// The source that a listener is.
pub(super) fn source_of(program: &Program, listener: &Listener) -> Option<Source> {
    match *listener {
        Listener::Rule { rule, extra } => Some((rule, extra)),
        Listener::Gate(pattern) => program.pattern_rules.get(pattern as usize).map(|&rule| (rule, 0)),
    }
}

/// Sources one of which is needed, and how often one of them is seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Set {
    often: u64,
    sources: BTreeSet<Source>,
}

/// Sets of which one source each is seen, the rarest first.
type Way = Vec<Rc<Set>>;

struct Choice<'c> {
    often: BTreeMap<Source, u64>,
    with_digits: BTreeSet<u16>,
    extra_needs: &'c [Box<[u16]>],
    /// By rule, as far as they are done: wherever the rule fires, one of its ways is seen whole.
    ways: Vec<Vec<Way>>,
    /// By rule, as far as they are done: all rules that it names, they name, and so on, and itself.
    voices: Vec<RuleBits>,
}

impl Choice<'_> {
    fn ways_of(&self, number: u16, rule: &RunRule) -> Vec<Way> {
        let filters = &rule.filters;
        let mut ways = match rule.composed.as_deref() {
            None => self.own(number, rule),
            Some(composed) => self.composed(composed),
        };
        if !filters.needs.is_empty() && !filters.needs_unless_disguised {
            let cues = match filters.needs_count {
                1 => self.one_of(&filters.needs),
                count => self.several_of(usize::from(count), &filters.needs).into_iter().collect(),
            };
            ways = self.both(ways, cues);
        }
        for way in &mut ways {
            way.sort();
            way.dedup();
            // One more as long as noting its hits costs less than the messages that it keeps from being judged in full.
            let wanted = |(number, set): &(usize, &Rc<Set>)| {
                let kept_back = together(way.get(..*number).unwrap_or_default()) * MESSAGES.saturating_sub(set.often) / MESSAGES;
                set.often < USELESS && kept_back * JUDGING > set.often
            };
            let enough = way.iter().enumerate().take_while(wanted).count().clamp(1, SETS);
            way.truncate(enough);
        }
        self.few(ways)
    }

    fn voices_of(&self, number: u16, rule: &RunRule, rules: usize) -> RuleBits {
        let mut voices = RuleBits::default();
        voices.clear(rules);
        voices.add(number);
        let extra = self.sources(number).filter_map(|(_, extra)| self.extra_needs.get((extra as usize).checked_sub(1)?));
        for named in rule.references().chain(rule.filters.except).chain(extra.flatten().copied()) {
            if let Some(of_named) = self.voices.get(usize::from(named)) {
                voices.add_all(of_named);
            }
        }
        voices
    }

    /// The sources that are a rule's own.
    fn sources(&self, number: u16) -> impl Iterator<Item = Source> {
        self.often.range((number, 0)..=(number, u32::MAX)).map(|(source, _)| *source)
    }

    /// A rule's own terms; those that need cues of their own make ways with these.
    fn own(&self, number: u16, rule: &RunRule) -> Vec<Way> {
        let mut plain: BTreeSet<Source> = self.with_digits.get(&number).map(|_| DIGIT).into_iter().collect();
        let mut ways = Vec::new();
        for source in self.sources(number) {
            let extra = (source.1 as usize).checked_sub(1).and_then(|e| self.extra_needs.get(e));
            match extra.filter(|_| !rule.filters.needs_unless_disguised) {
                Some(needs) => ways.push(vec![Rc::new(self.set([source].into())), Rc::new(self.any_of(needs))]),
                None => _ = plain.insert(source),
            }
        }
        if !plain.is_empty() || ways.is_empty() {
            ways.push(vec![Rc::new(self.set(plain))]);
        }
        ways
    }

    fn composed(&self, c: &Composed) -> Vec<Way> {
        let any = Some(&c.any).filter(|any| !any.is_empty());
        let members = c.all.iter().chain(any).map(|member| self.one_of(member));
        let signs = c.at_least.as_ref().and_then(|(count, of)| self.several_of(usize::from(*count), of));
        members.chain(signs.map(|way| vec![way])).fold(vec![Way::new()], |ways, more| self.both(ways, more))
    }

    /// The ways in which one of some rules, all of them decided already, comes to fire.
    fn one_of(&self, rules: &[u16]) -> Vec<Way> {
        match rules {
            [one] => self.ways.get(usize::from(*one)).cloned().unwrap_or_default(),
            _ => self.few(rules.iter().filter_map(|&rule| self.ways.get(usize::from(rule))).flatten().cloned().collect()),
        }
    }

    /// The ways in which both come to pass.
    fn both(&self, one: Vec<Way>, other: Vec<Way>) -> Vec<Way> {
        let (few, many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
        let many = if few.len() * many.len() > WAYS { vec![self.rarest(&many)] } else { many };
        few.iter().flat_map(|one| many.iter().map(|other| one.iter().chain(other).cloned().collect())).collect()
    }

    /// No more ways than there may be: each of those taken together is told by its rarest set alone.
    fn few(&self, mut ways: Vec<Way>) -> Vec<Way> {
        ways.sort();
        ways.dedup();
        let gain = |way: &Way| way.first().map_or(0, |rarest| rarest.often).saturating_sub(together(way));
        ways.sort_by_key(|way| std::cmp::Reverse(gain(way)));
        let apart = ways.iter().take_while(|way| gain(way) > APART).count().min(WAYS - 1);
        let rest = ways.split_off(apart.min(ways.len()));
        match rest.as_slice() {
            [] => {}
            [one] => ways.push(one.clone()),
            _ => ways.push(self.rarest(&rest)),
        }
        ways
    }

    /// The way that all of some lead to: one source of the rarest set of any.
    fn rarest(&self, ways: &[Way]) -> Way {
        vec![Rc::new(self.set(ways.iter().filter_map(|way| way.first()).flat_map(|set| &set.sources).copied().collect()))]
    }

    /// What is needed by `count` of some rules: all but the `count - 1` most frequent ones can't be missing together.
    fn several_of(&self, count: usize, rules: &[u16]) -> Option<Way> {
        let mut rarest: Vec<u16> = rules.to_vec();
        rarest.sort_by_key(|&rule| self.any_of(&[rule]).often);
        rarest.truncate((rules.len() + 1).saturating_sub(count));
        (count > 0).then(|| vec![Rc::new(self.any_of(&rarest))])
    }

    /// Of a rule that needs several of many signs, and whose ways do not make it rare, how many of the members and signs, and the rarest sets of each.
    fn several_signs(&self, rule: &RunRule, ways: &[Way]) -> Option<(usize, Way)> {
        let composed = rule.composed.as_ref()?;
        let (count, of) = composed.at_least.as_ref()?;
        if *count < 2 || of.len() > MEMBERS || ways.iter().map(|way| together(way)).sum::<u64>() <= RARE {
            return None;
        }
        let members = composed.all.iter().map(|member| self.any_of(member));
        let signs = of.iter().map(|&rule| self.any_of(&[rule]));
        Some((composed.all.len() + usize::from(*count), members.chain(signs).map(Rc::new).collect()))
    }

    /// What is needed by one of some rules, all of them decided already: the rarest set of each of their ways.
    fn any_of(&self, rules: &[u16]) -> Set {
        let ways = rules.iter().filter_map(|&rule| self.ways.get(usize::from(rule))).flatten();
        self.set(ways.filter_map(|way| way.first()).flat_map(|set| &set.sources).copied().collect())
    }

    fn set(&self, sources: BTreeSet<Source>) -> Set {
        Set { often: sources.iter().map(|source| self.often.get(source).copied().unwrap_or(0)).sum(), sources }
    }
}
