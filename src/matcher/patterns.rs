//! Patterns over folded text. In: regular expressions at build time, then folded texts and the gates that stand open. Out: [`PatternHit`]s. Keeps: linear
//! patterns run on linear engines; a backtracking one runs only behind an open gate and within a step limit; a pattern with a literal in it runs only where the
//! literal is. Must not know: rules.

use super::pattern_size;
use crate::limits::Budget;
use crate::text::Text;
use aho_corasick::AhoCorasick;
use once_cell::sync::OnceCell;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// A pattern seen in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatternHit {
    /// Number of the pattern, in the order in which patterns were added.
    pub pattern: u32,
    /// Start in the folded text.
    pub start: u32,
    /// End in the folded text.
    pub end: u32,
}

/// Why a pattern can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// The engine's words.
    Malformed(String),
    /// Larger than so many bytes, the bound, once compiled.
    TooLarge(usize),
}

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(cause) => f.write_str(cause),
            Self::TooLarge(bytes) => write!(f, "the pattern is larger than {bytes} bytes once compiled"),
        }
    }
}

impl std::error::Error for PatternError {}

/// Bounds on patterns.
#[derive(Debug, Clone, Copy, Default)]
pub struct PatternLimits {
    /// Bytes of a compiled pattern.
    pub compiled_bytes: usize,
    /// Steps of a backtracking pattern on one text.
    pub backtrack_steps: usize,
}

#[derive(Debug, Clone)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

/// A pattern that compiles. Cheap to clone; equal to another one of the same text. Where its parsed form shows that it compiles within its bounds, that is put
/// off until it is first looked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pattern {
    text: Arc<str>,
    backtracking: bool,
    #[serde(skip)]
    limits: PatternLimits,
    /// Kept from when it was parsed until it is one of [`Patterns`].
    #[serde(skip)]
    needs: Option<Arc<Needs>>,
    /// `None` inside: it does not compile under the bounds of now, and is never seen.
    #[serde(skip)]
    engine: OnceCell<Option<Engine>>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Pattern {
    /// Compiles a pattern: on a linear engine where that takes it, on a backtracking one for look-around and back-references.
    ///
    /// # Errors
    /// The pattern is malformed or too large.
    pub fn compile(text: &str, limits: &PatternLimits) -> Result<Self, PatternError> {
        let parsed = regex_syntax::parse(text).ok();
        let needs = Some(Arc::new(Needs::of(parsed.as_ref())));
        let mut pattern = Self { text: text.into(), backtracking: false, limits: *limits, needs, engine: OnceCell::new() };
        let can_wait = |hir: Hir| hir.properties().minimum_len() != Some(0) && pattern_size::at_most(&hir) <= limits.compiled_bytes;
        if !parsed.is_some_and(can_wait) {
            let engine = Engine::compile(text, limits)?;
            pattern.backtracking = matches!(engine, Engine::Backtracking(_));
            pattern.engine = OnceCell::with_value(Some(engine));
        }
        Ok(pattern)
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it takes steps that are not linear in the text.
    #[must_use]
    pub const fn is_backtracking(&self) -> bool {
        self.backtracking
    }

    /// Whether it matches the empty text, and so every text.
    #[must_use]
    pub fn matches_nothing(&self) -> bool {
        match self.engine.get() {
            Some(Some(Engine::Linear(engine))) => engine.is_match(""),
            Some(Some(Engine::Backtracking(engine))) => engine.is_match("").unwrap_or(false),
            // Only what takes at least one byte is put off.
            _ => false,
        }
    }

    fn engine(&self) -> Option<&Engine> {
        self.engine.get_or_init(|| Engine::compile(&self.text, &self.limits).ok()).as_ref()
    }
}

impl Engine {
    fn compile(text: &str, limits: &PatternLimits) -> Result<Self, PatternError> {
        // The other way is none, and one that may begin with anything.
        let plain = if has_many_starts(text) { Cow::Owned(format!(r"(?:{text})|\z.")) } else { Cow::Borrowed(text) };
        let linear = regex::RegexBuilder::new(&plain).size_limit(limits.compiled_bytes).dfa_size_limit(limits.compiled_bytes).build();
        match linear {
            Ok(engine) => Ok(Self::Linear(engine)),
            Err(regex::Error::CompiledTooBig(size)) => Err(PatternError::TooLarge(size)),
            Err(error) if !needs_backtracking(text) => Err(PatternError::Malformed(error.to_string())),
            Err(_) => {
                let backtracking = fancy_regex::RegexBuilder::new(text)
                    .backtrack_limit(limits.backtrack_steps)
                    .delegate_size_limit(limits.compiled_bytes)
                    .delegate_dfa_size_limit(limits.compiled_bytes)
                    .max_prog_size(limits.compiled_bytes / INSTRUCTION_BYTES)
                    .build();
                Ok(Self::Backtracking(Box::new(backtracking.map_err(|e| PatternError::Malformed(e.to_string()))?)))
            }
        }
    }
}

/// So many literals to begin with, or more: the engine builds an automaton of tens or hundreds of kilobytes to skip to them, which saves hardly any time.
const MANY_STARTS: usize = 16;

/// Whether a match may begin with so many literals.
fn has_many_starts(pattern: &str) -> bool {
    let starts = |hir: Hir| {
        let mut starts = Extractor::new().extract(&hir);
        starts.optimize_for_prefix_by_preference();
        starts.len()
    };
    regex_syntax::parse(pattern).ok().and_then(starts).is_some_and(|starts| starts >= MANY_STARTS)
}

/// Whether a pattern has parts that only a backtracking engine takes.
pub(crate) fn needs_backtracking(pattern: &str) -> bool {
    use regex_syntax::ast::ErrorKind::{UnsupportedBackreference, UnsupportedLookAround};
    let parsed = regex_syntax::ast::parse::Parser::new().parse(pattern);
    parsed.is_err_and(|e| matches!(e.kind(), UnsupportedLookAround | UnsupportedBackreference))
}

/// So many bytes of text are held against a pattern for a work unit.
const BYTES_A_UNIT: u64 = 2;

/// Work units of holding a text against a pattern.
const fn pattern_work(folded: &str) -> u64 {
    1 + folded.len() as u64 / BYTES_A_UNIT
}

/// Work units that a backtracking pattern is charged for each byte of text.
const BACKTRACK_WORK: u64 = 8;

/// Bytes of a text that a backtracking pattern reads: each of its steps may look over all of them. What looks around is near by.
const BACKTRACK_BYTES: usize = 4096;

/// Bytes of an instruction of a backtracking pattern, about.
const INSTRUCTION_BYTES: usize = 64;

/// What a pattern waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct On {
    /// [`On::GATE`] and [`On::DEMAND`].
    flags: u8,
    /// So many digits, as [`most_digits`](crate::text::Facts::most_digits) has it.
    digits: u8,
}

impl On {
    const GATE: u8 = 1;
    const DEMAND: u8 = 2;

    const fn is(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Hits of one pattern that are kept.
const HITS: usize = 16;

/// All patterns of a program.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Patterns {
    engines: Vec<Pattern>,
    on: Vec<On>,
    /// Patterns that run by themselves.
    eager: Eager,
    /// Patterns that may lead to a finding by themselves, on demand or not.
    leading: Eager,
}

/// Patterns that run where what they need is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Eager {
    /// Those that run on every text.
    always: Vec<u32>,
    /// Those that need digits, with how many.
    digits: Vec<(u32, u32)>,
    /// Each literal, and the pattern that it belongs to.
    literals: Vec<(Box<[u8]>, u32)>,
    /// Of the literals; `None` inside: they are too many for one.
    #[serde(skip)]
    automaton: OnceCell<Option<AhoCorasick>>,
}

impl Eager {
    fn build<'t>(triggers: impl Iterator<Item = (u32, &'t Trigger)>) -> Self {
        let mut eager = Self::default();
        for (number, trigger) in triggers {
            match trigger {
                Trigger::Gate => {}
                Trigger::Always => eager.always.push(number),
                Trigger::Digits(count) => eager.digits.push((number, *count)),
                Trigger::Literals(literals) => eager.literals.extend(literals.iter().map(|l| (l.as_slice().into(), number))),
            }
        }
        eager
    }

    fn automaton(&self) -> Option<&AhoCorasick> {
        self.automaton.get_or_init(|| AhoCorasick::new(self.literals.iter().map(|(literal, _)| literal)).ok()).as_ref()
    }

    /// Appends the numbers of the patterns that are worth running on a text of so many digits.
    fn due(&self, text: &Text, budget: &mut Budget, due: &mut Vec<u32>) {
        let (folded, digits) = (text.folded(), text.facts().most_digits());
        due.extend_from_slice(&self.always);
        if !self.digits.is_empty() {
            due.extend(self.digits.iter().filter(|(_, needed)| *needed <= digits).map(|(number, _)| *number));
        }
        if self.literals.is_empty() || !budget.charge(folded.len() as u64 / 8) {
            return;
        }
        let pattern = |literal: usize| self.literals.get(literal).map(|(_, number)| *number);
        match self.automaton() {
            Some(automaton) => due.extend(automaton.find_overlapping_iter(folded).filter_map(|l| pattern(l.pattern().as_usize()))),
            None => due.extend(self.literals.iter().map(|(_, number)| *number)),
        }
    }

    fn numbers(&self) -> impl Iterator<Item = &u32> {
        self.always.iter().chain(self.digits.iter().map(|(number, _)| number)).chain(self.literals.iter().map(|(_, number)| number))
    }
}

/// Takes patterns and makes [`Patterns`] of them.
#[derive(Debug, Default)]
pub struct PatternsBuilder {
    engines: Vec<Pattern>,
    /// What must stand in a text for a pattern to be worth running.
    triggers: Vec<Trigger>,
    /// And how many digits.
    digits: Vec<u32>,
}

/// What a text must hold for a pattern to be seen in it.
#[derive(Debug)]
struct Needs {
    /// Digits, or characters outside ASCII.
    digits: u32,
    /// What it waits for where it has no gate.
    trigger: Trigger,
}

impl Needs {
    fn of(parsed: Option<&Hir>) -> Self {
        Self { digits: parsed.map_or(0, |hir| digits(hir, true)), trigger: parsed.map_or(Trigger::Always, trigger) }
    }
}

/// What makes a pattern run.
#[derive(Debug, Clone)]
enum Trigger {
    /// Its gate.
    Gate,
    /// One of these literals.
    Literals(Vec<Vec<u8>>),
    /// So many digits.
    Digits(u32),
    /// Nothing less than a text.
    Always,
}

impl PatternsBuilder {
    /// Adds a pattern and tells its number. A `gated` one runs only where the caller says that its gate stands open, and so does one that backtracks.
    pub fn add(&mut self, pattern: &Pattern, gated: bool) -> u32 {
        let number = self.engines.len() as u32;
        let mut pattern = pattern.clone();
        let needs = pattern.needs.take().unwrap_or_else(|| Arc::new(Needs::of(regex_syntax::parse(pattern.text()).ok().as_ref())));
        self.digits.push(needs.digits);
        self.triggers.push(if gated || pattern.is_backtracking() { Trigger::Gate } else { needs.trigger.clone() });
        self.engines.push(pattern);
        number
    }

    /// The digits, or characters outside ASCII, without which a pattern that has no gate is not run.
    #[must_use]
    pub fn digits_needed(&self, pattern: u32) -> u32 {
        match self.triggers.get(pattern as usize) {
            Some(Trigger::Digits(count)) => *count,
            _ => 0,
        }
    }

    /// All that was added. Patterns that are `on_demand` never run by themselves, only when they are asked for; [`Patterns::due`] tells of those that
    /// are `leading`.
    #[must_use]
    pub fn build(self, on_demand: impl Fn(u32) -> bool, leading: impl Fn(u32) -> bool) -> Patterns {
        let triggers = || (0..).zip(&self.triggers);
        let on = |(number, trigger): (u32, &Trigger)| {
            let gate = if matches!(trigger, Trigger::Gate) { On::GATE } else { 0 };
            let digits = self.digits.get(number as usize).map_or(0, |&digits| u8::try_from(digits).unwrap_or(u8::MAX));
            On { flags: gate | if on_demand(number) { On::DEMAND } else { 0 }, digits }
        };
        Patterns {
            on: triggers().map(on).collect(),
            eager: Eager::build(triggers().filter(|(number, _)| !on_demand(*number))),
            leading: Eager::build(triggers().filter(|(number, _)| leading(*number))),
            engines: self.engines,
        }
    }
}

/// What a text must hold for a pattern to be worth running on it.
fn trigger(hir: &Hir) -> Trigger {
    // Digits are counted already, and a text is searched for literals only where some pattern needs that.
    let has_digit = |literal: &Vec<u8>| literal.iter().any(u8::is_ascii_digit);
    match (literals(hir), digits(hir, false)) {
        (_, digits) if digits >= MANY_DIGITS => Trigger::Digits(digits),
        (Some(literals), digits) if literals.iter().all(has_digit) => Trigger::Digits(digits),
        (Some(literals), _) => Trigger::Literals(literals),
        (None, _) => match digits(hir, true) {
            0 => Trigger::Always,
            digits => Trigger::Digits(digits),
        },
    }
}

/// So many digits are rarer than any word.
pub const MANY_DIGITS: u32 = 6;

/// Code points of the longest range of digits: the mathematical ones.
const DIGITS_IN_A_ROW: usize = 50;

/// The fewest digits of a match; with `wide`, characters outside ASCII count too, as [`most_digits`](crate::text::Facts::most_digits) has it.
fn digits(hir: &Hir, wide: bool) -> u32 {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            let counts = |r: &ClassUnicodeRange| r.len() <= DIGITS_IN_A_ROW && (r.start()..=r.end()).all(char::is_numeric);
            u32::from(class.ranges().iter().all(|r| wide && !r.start().is_ascii() || counts(r)))
        }
        HirKind::Literal(literal) => literal.0.iter().filter(|b| b.is_ascii_digit() || wide && **b >= 0xC0).count() as u32,
        HirKind::Repetition(repetition) => repetition.min.saturating_mul(digits(&repetition.sub, wide)),
        HirKind::Capture(capture) => digits(&capture.sub, wide),
        HirKind::Concat(parts) => parts.iter().map(|part| digits(part, wide)).fold(0, u32::saturating_add),
        HirKind::Alternation(ways) => ways.iter().map(|way| digits(way, wide)).min().unwrap_or(0),
        HirKind::Empty | HirKind::Class(Class::Bytes(_)) | HirKind::Look(_) => 0,
    }
}

/// Literals one of which every match of a pattern begins with.
fn literals(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let prefixes = Extractor::new().limit_total(64).extract(hir);
    let literals = prefixes.literals().filter(|l| !l.is_empty() && l.iter().all(|l| l.len() >= 3))?;
    Some(literals.iter().map(|l| l.as_bytes().to_vec()).collect())
}

/// Reused memory of the search.
#[derive(Debug, Clone, Default)]
pub struct PatternScratch {
    due: Vec<u32>,
    given_up: bool,
}

impl PatternScratch {
    /// Whether a backtracking pattern met its step limit in the last text, or did not read all of it.
    #[must_use]
    pub const fn given_up(&self) -> bool {
        self.given_up
    }
}

impl Patterns {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.engines.is_empty()
    }

    /// Number of patterns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.engines.len()
    }

    /// Sets the bounds under which patterns that were read from a compiled program are compiled.
    pub(crate) fn bound(&mut self, limits: &PatternLimits) {
        self.engines.iter_mut().for_each(|pattern| pattern.limits = *limits);
    }

    /// Makes now what the first texts would otherwise wait for.
    pub(crate) fn prepare(&self) {
        for pattern in &self.engines {
            pattern.engine();
        }
        for eager in [&self.eager, &self.leading] {
            eager.automaton();
        }
    }

    /// Whether every number is that of a pattern, and no pattern is longer than so many bytes.
    pub(crate) fn is_sound(&self, pattern_bytes: usize) -> bool {
        let known = |&number: &u32| (number as usize) < self.len();
        self.on.len() == self.len()
            && self.on.iter().all(|on| on.flags & !(On::GATE | On::DEMAND) == 0)
            && self.engines.iter().all(|pattern| pattern.text.len() <= pattern_bytes)
            && [&self.eager, &self.leading].into_iter().all(|e| e.numbers().all(known) && e.literals.iter().all(|(l, _)| !l.is_empty()))
    }

    /// Appends the patterns seen in a folded text. `open` are the numbers of the gated patterns whose gate stands open.
    pub fn find(&self, text: &Text, open: &[u32], scratch: &mut PatternScratch, budget: &mut Budget, out: &mut Vec<PatternHit>) {
        scratch.given_up = false;
        if self.engines.is_empty() {
            return;
        }
        scratch.due.clear();
        scratch.due.extend(open.iter().filter(|&&number| !self.is(number, On::DEMAND) && self.has_digits(number, text)));
        self.eager.due(text, budget, &mut scratch.due);
        scratch.due.sort_unstable();
        scratch.due.dedup();
        for &number in &scratch.due {
            scratch.given_up |= !self.run(number, text.folded(), scratch.given_up, budget, out);
        }
    }

    /// The leading patterns that are worth looking for in a folded text, each once: of those with a gate only the `open` ones.
    pub fn due<'s>(&self, text: &Text, open: &[u32], scratch: &'s mut PatternScratch, budget: &mut Budget) -> &'s [u32] {
        scratch.due.clear();
        scratch.due.extend(open.iter().filter(|&&number| self.has_digits(number, text)));
        self.leading.due(text, budget, &mut scratch.due);
        scratch.due.sort_unstable();
        scratch.due.dedup();
        &scratch.due
    }

    /// Whether a pattern is seen in a folded text, as far as the budget tells.
    pub fn is_seen(&self, number: u32, text: &Text, budget: &mut Budget) -> bool {
        budget.charge(pattern_work(text.folded())) && self.is_match(number, text.folded())
    }

    /// The leading patterns on demand that may be seen in a text: those whose gate is `open` or that have none.
    pub fn may_be_asked<'p>(&'p self, text: &'p Text, open: &'p [u32]) -> impl Iterator<Item = u32> + use<'p> {
        let numbers = open.iter().chain(self.leading.numbers()).copied();
        numbers.filter(move |&number| self.is(number, On::DEMAND) && self.has_digits(number, text))
    }

    fn is_match(&self, number: u32, folded: &str) -> bool {
        match self.engines.get(number as usize).and_then(Pattern::engine) {
            Some(Engine::Linear(engine)) => engine.is_match(folded),
            Some(Engine::Backtracking(_)) => true,
            None => false,
        }
    }

    /// Appends the hits of a pattern that is on demand, unless its gate is shut.
    pub fn find_asked(
        &self,
        number: u32,
        text: &Text,
        open: &[u32],
        scratch: &mut PatternScratch,
        budget: &mut Budget,
        out: &mut Vec<PatternHit>,
    ) {
        if (!self.is(number, On::GATE) || open.contains(&number)) && self.has_digits(number, text) {
            scratch.given_up |= !self.run(number, text.folded(), scratch.given_up, budget, out);
        }
    }

    fn is(&self, number: u32, flag: u8) -> bool {
        self.on.get(number as usize).is_some_and(|on| on.is(flag))
    }

    /// Whether a text may hold the digits of a pattern's shortest match.
    fn has_digits(&self, number: u32, text: &Text) -> bool {
        self.on.get(number as usize).is_some_and(|on| u32::from(on.digits) <= text.facts().most_digits())
    }

    /// Appends the hits of one pattern; tells whether it was tried to the end. Once one was `given_up` in a text no other one that backtracks is tried.
    fn run(&self, number: u32, folded: &str, given_up: bool, budget: &mut Budget, out: &mut Vec<PatternHit>) -> bool {
        let length = folded.len();
        let hit = |start: usize, end: usize| PatternHit { pattern: number, start: start as u32, end: end as u32 };
        match self.engines.get(number as usize).and_then(Pattern::engine) {
            Some(Engine::Linear(engine)) if budget.charge(pattern_work(folded)) => {
                out.extend(engine.find_iter(folded).filter(|m| !m.is_empty()).take(HITS).map(|m| hit(m.start(), m.end())));
            }
            Some(Engine::Backtracking(engine)) if !given_up && budget.charge(BACKTRACK_WORK * folded.len().min(BACKTRACK_BYTES) as u64) => {
                let folded = beginning(folded);
                let (read, mut whole) = (folded.len(), true);
                // Past the step limit the pattern has no further hits in this text.
                let hits = engine.find_iter(folded).map_while(|m| {
                    whole = m.is_ok();
                    m.ok()
                });
                let hits = hits.filter(|m| m.start() < m.end());
                out.extend(hits.take(HITS).map(|m| hit(m.start(), m.end())));
                return whole && read == length;
            }
            _ => {}
        }
        true
    }
}

/// The part of a text that backtracking patterns read.
fn beginning(folded: &str) -> &str {
    let most = folded.len().min(BACKTRACK_BYTES);
    (most.saturating_sub(3)..=most).rev().find_map(|end| folded.get(..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gated_pattern_without_its_digits_is_not_run() {
        let mut builder = PatternsBuilder::default();
        let pattern = Pattern::compile(r"for \d\d", &PatternLimits { compiled_bytes: 1 << 20, ..PatternLimits::default() }).unwrap();
        let number = builder.add(&pattern, true);
        let patterns = builder.build(|_| false, |_| true);
        let spent = |text: &str| {
            let (mut scratch, mut hits) = (PatternScratch::default(), Vec::new());
            let mut budget = Budget::for_message(&crate::limits::ScanLimits::default(), text.len());
            let mut read = Text::new();
            read.read(text.as_bytes());
            patterns.find(&read, &[number], &mut scratch, &mut budget, &mut hits);
            (hits.len(), budget.spent() > 0)
        };
        assert_eq!(
            [spent("for you"), spent("for u 2"), spent("1 for you 2"), spent("2 for 20")],
            [(0, false), (0, false), (0, true), (1, true)]
        );
    }

    #[test]
    fn patterns_wait_for_the_digits_of_their_shortest_match() {
        let needed = [(r"\d{4} ?\d{4,6}x?", 8), (r"(?:12|3)a+", 1), (r"[0-9a]7", 1), (r"\d*", 0), ("[0-\u{661}]", 0), (r"(\d|\d\d)+z", 1)];
        for (pattern, count) in needed {
            assert_eq!(regex_syntax::parse(pattern).map(|hir| digits(&hir, false)), Ok(count), "{pattern}");
        }
        let wide = [("(?:[一二]|[0-9]) ?(?:克|粒)", 2), ("半?g", 0), ("[a-zé]克", 1)];
        for (pattern, count) in wide {
            assert_eq!(regex_syntax::parse(pattern).map(|hir| digits(&hir, true)), Ok(count), "{pattern}");
        }
        let mut text = Text::new();
        text.read(format!("{}4 中", "a1".repeat(300)).as_bytes());
        assert_eq!(text.facts().most_digits(), 302);
    }
}
