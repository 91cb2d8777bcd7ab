//! What every finding needs to be seen. In: a program's rules, and what their terms, patterns and identifiers are. Out: [`Leads`]: for each rule that counts a
//! few sets of sources, each of which has a source that is seen wherever the rule fires, and which ordinary chat seldom holds all of. Keeps: a rule can't fire
//! where one of its sets is not seen. Must not know: messages.
//!
//! A rule needs its own source and, with `needs`, one of its cues; a composition needs each of its members, or so many of them. Of the many sets the rare ones
//! are kept, by a guess.

use super::program::{Listener, Program};
use crate::matcher::patterns::{MANY_DIGITS, PatternsBuilder};
use crate::matcher::table::Places;
use crate::text::keys;
use crate::verdict::rules::{Composed, RuleList, RunRule};
use std::collections::{BTreeMap, BTreeSet};

/// What a rule listens to by itself: its number, and the number plus one of the cues that these of its terms need besides (see [`Listener::Rule`]).
pub(super) type Source = (u16, u32);

/// Words by how often they come; see the file.
const FREQUENT_WORDS: &str = include_str!("../matcher/data/frequent_words.txt");

/// Room for the words of the lists that are ASCII.
const WORDS: usize = 1 << 15;

/// Of so many messages so many hold a common word, and any other word.
const MESSAGES: u64 = 1 << 20;
const COMMON: u64 = 32;
const OTHER: u64 = 8;
/// And a word or emoji outside ASCII: a look at English chat, the most common, is not to pay for other scripts.
const WIDE: u64 = 1;
/// A phrase comes as often as its rarest word divided by this for the second word, and by the next for each word more.
const SECOND_WORD: u64 = 8;
const MORE_WORDS: u64 = 4;
/// Identifiers of one rule, and what has many digits.
const IDENTIFIERS: u64 = 2_000;
/// Another pattern without a gate, which has to be run to be seen.
const PATTERN: u64 = MESSAGES;
/// A pattern is seen so much seldomer than its gate.
const BEHIND_GATE: u64 = 16;
/// A rule that is seen more seldom than that counts no signs.
const RARE: u64 = MESSAGES / 4096;
/// To judge a message in full costs so many times what noting a hit does.
const JUDGING: u64 = 80;
/// A set that is seen so often is not kept, unless a rule has no other.
const USELESS: u64 = MESSAGES / 3;
/// The most sets of a rule, and the most members of a rule that counts them.
const SETS: usize = 4;
const MEMBERS: usize = 200;

/// How often words and phrases come, by a guess.
pub(super) struct Frequencies<'w> {
    places: Places,
    words: Vec<(&'w str, u64)>,
}

impl<'w> Frequencies<'w> {
    pub(super) fn new(common: impl Iterator<Item = &'w str>) -> Self {
        let mut frequencies = Self { places: Places::with_capacity(WORDS), words: Vec::with_capacity(WORDS) };
        // Only terms in ASCII are looked at closer.
        for word in common.filter(|word| word.is_ascii()) {
            frequencies.set(word, COMMON);
        }
        for line in FREQUENT_WORDS.lines().filter(|l| !l.starts_with('#')) {
            let (exponent, rest) = line.split_once(' ').unwrap_or_default();
            let often = MESSAGES >> exponent.parse::<u32>().unwrap_or(20).min(20);
            rest.split(' ').for_each(|word| frequencies.set(word, often));
        }
        frequencies
    }

    fn set(&mut self, word: &'w str, often: u64) {
        let next = self.words.len() as u32;
        let is_it = |known: u32| self.words.get(known as usize).is_some_and(|(w, _)| *w == word);
        let place = self.places.number(keys::hash(word.as_bytes()), next, is_it);
        match self.words.get_mut(place as usize) {
            Some((_, known)) => *known = often,
            None => self.words.push((word, often)),
        }
    }

    /// Of a word in an array with [`keys::PADDING`].
    fn of_word(&self, padded: &[u8], at: usize, length: usize) -> u64 {
        let word = padded.get(at..at + length).unwrap_or_default();
        let is_it = |known: u32| self.words.get(known as usize).is_some_and(|(w, _)| w.as_bytes() == word);
        let place = self.places.get(keys::hash_at(padded, at, length), is_it);
        place.and_then(|place| self.words.get(place as usize)).map_or(OTHER, |(_, often)| *often)
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
                let often = self.of_word(lower, start, end - start);
                rarest = Some(rarest.map_or(often, |rarest: u64| rarest.min(often)));
                count += 1;
            }
            start = end + 1;
        }
        let divisor = match count {
            0 | 1 => 1,
            more => SECOND_WORD * MORE_WORDS.pow(more.min(8) - 2),
        };
        (rarest.unwrap_or(OTHER) / divisor).max(1)
    }
}

/// Chooses what to look for in a program, whose terms with their listeners are given, and the patterns that will be its own.
pub(super) fn choose<'t>(
    program: &Program,
    terms: impl Iterator<Item = (&'t str, &'t [Listener])>,
    frequencies: &Frequencies<'_>,
    patterns: &PatternsBuilder,
) -> Leads {
    let mut choice =
        Choice { often: seen_alone(program, terms, frequencies, patterns), extra_needs: &program.rules.extra_needs, needed: Vec::new() };
    let mut leads = Leads::default();
    for (number, rule) in program.rules.rules.iter().enumerate() {
        let needed = choice.needed_by(number as u16, rule);
        let counts = program.worth.get(number).is_some_and(|w| w.counts && w.category.is_some());
        if counts && !needed.is_empty() {
            match several_signs(rule, &choice.needed, &needed) {
                Some((count, members)) => leads.add(&members, count),
                None => leads.add(&needed, needed.len()),
            }
        }
        choice.needed.push(needed);
    }
    leads
}

/// For each rule that counts, sets of sources that it needs one of each of.
#[derive(Debug, Default)]
pub(super) struct Leads {
    /// How many of its sets each rule needs.
    pub rules: Vec<u8>,
    /// The rule of each set, as numbered here.
    pub rule_of: Vec<u16>,
    /// The sets that a source is in.
    pub sets_of: BTreeMap<Source, Vec<u32>>,
}

impl Leads {
    /// A rule that needs so many of some sets.
    fn add(&mut self, sets: &[Set], needed: usize) {
        for set in sets {
            for source in &set.sources {
                self.sets_of.entry(*source).or_default().push(self.rule_of.len() as u32);
            }
            self.rule_of.push(self.rules.len() as u16);
        }
        self.rules.push(needed as u8);
    }

    /// The sets that some sources are in, each once, in order.
    pub(super) fn sets(&self, sources: impl Iterator<Item = Source>) -> Vec<u32> {
        let mut sets: Vec<u32> = sources.filter_map(|source| self.sets_of.get(&source)).flatten().copied().collect();
        sets.sort_unstable();
        sets.dedup();
        sets
    }
}

/// How often each source is seen.
fn seen_alone<'t>(
    program: &Program,
    terms: impl Iterator<Item = (&'t str, &'t [Listener])>,
    frequencies: &Frequencies<'_>,
    patterns: &PatternsBuilder,
) -> BTreeMap<Source, u64> {
    let mut often: BTreeMap<Source, u64> = BTreeMap::new();
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
        *often.entry((rule, 0)).or_default() += if patterns.digits_needed(pattern) >= MANY_DIGITS { IDENTIFIERS } else { PATTERN };
    }
    for rule in &program.entity_rules {
        *often.entry((rule.rule, 0)).or_default() += IDENTIFIERS;
    }
    often
}

/// Of a rule that needs several of many signs, and whose sets do not make it rare, how many of the members, and the rarest set of each.
fn several_signs(rule: &RunRule, needed: &[Vec<Set>], sets: &[Set]) -> Option<(usize, Vec<Set>)> {
    let (count, of) = rule.composed.as_ref()?.at_least.as_ref()?;
    if *count < 2 || of.len() > MEMBERS || together(sets) <= RARE {
        return None;
    }
    let members = of.iter().filter_map(|&rule| needed.get(usize::from(rule))?.first().cloned()).collect();
    Some((usize::from(*count), members))
}

/// How often one source each of all sets is seen in a message, if they come independently.
fn together(sets: &[Set]) -> u64 {
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
#[derive(Debug, Clone, PartialEq, Eq)]
struct Set {
    often: u64,
    sources: BTreeSet<Source>,
}

struct Choice<'c> {
    often: BTreeMap<Source, u64>,
    extra_needs: &'c [Box<[u16]>],
    /// By rule, as far as they are done: sets of which one source each is seen wherever the rule fires, the rarest first.
    needed: Vec<Vec<Set>>,
}

impl Choice<'_> {
    fn needed_by(&self, number: u16, rule: &RunRule) -> Vec<Set> {
        let filters = &rule.filters;
        let mut sets = match rule.composed.as_deref() {
            None => vec![self.own(number, rule)],
            Some(composed) => self.composed(composed),
        };
        if !filters.needs.is_empty() && !filters.needs_unless_disguised {
            sets.extend(self.several_of(usize::from(filters.needs_count), &filters.needs));
        }
        sets.sort_by_key(|set| set.often);
        sets.dedup();
        // One more as long as noting its hits costs less than the messages that it keeps from being judged in full.
        let wanted = |(number, set): &(usize, &Set)| {
            let kept_back = together(sets.get(..*number).unwrap_or_default()) * MESSAGES.saturating_sub(set.often) / MESSAGES;
            set.often < USELESS && kept_back * JUDGING > set.often
        };
        let enough = sets.iter().enumerate().take_while(wanted).count().clamp(1, SETS);
        sets.truncate(enough);
        sets
    }

    fn own(&self, number: u16, rule: &RunRule) -> Set {
        let mut own = BTreeSet::new();
        for (&source, &often) in self.often.range((number, 0)..=(number, u32::MAX)) {
            let extra = (source.1 as usize).checked_sub(1).and_then(|e| self.extra_needs.get(e));
            let cues = extra.filter(|_| !rule.filters.needs_unless_disguised).and_then(|needs| self.any_of(needs));
            match cues.filter(|cues| cues.often < often) {
                Some(cues) => own.extend(cues.sources),
                None => _ = own.insert(source),
            }
        }
        self.set(own)
    }

    fn composed(&self, c: &Composed) -> Vec<Set> {
        let any = Some(&c.any).filter(|any| !any.is_empty());
        let of_member = |member: &RuleList| match **member {
            [one] => self.needed.get(usize::from(one)).cloned().unwrap_or_default(),
            _ => self.any_of(member).into_iter().collect(),
        };
        let at_least = c.at_least.as_ref().and_then(|(count, of)| self.several_of(usize::from(*count), of));
        c.all.iter().chain(any).flat_map(of_member).chain(at_least).collect()
    }

    /// What is needed by `count` of some rules: all but the `count - 1` most frequent ones can't be missing together.
    fn several_of(&self, count: usize, rules: &[u16]) -> Option<Set> {
        let mut rarest: Vec<u16> = rules.to_vec();
        rarest.sort_by_key(|&rule| self.needed.get(usize::from(rule)).and_then(|sets| sets.first()).map_or(0, |set| set.often));
        rarest.truncate((rules.len() + 1).saturating_sub(count));
        if count == 0 { None } else { self.any_of(&rarest) }
    }

    /// What is needed by one of some rules, all of them decided already: the rarest set of each.
    fn any_of(&self, rules: &[u16]) -> Option<Set> {
        let mut sources = BTreeSet::new();
        for &rule in rules {
            sources.extend(self.needed.get(usize::from(rule))?.first().iter().flat_map(|set| &set.sources));
        }
        Some(self.set(sources))
    }

    fn set(&self, sources: BTreeSet<Source>) -> Set {
        Set { often: sources.iter().map(|source| self.often.get(source).copied().unwrap_or(0)).sum(), sources }
    }
}
