//! Patterns over folded text. In: regular expressions at build time, then folded texts and the gates that stand open. Out: [`PatternHit`]s. Keeps: linear
//! patterns run on linear engines; a backtracking one runs only behind an open gate and within a step limit; a pattern with a literal in it runs only where the
//! literal is. Must not know: rules.

use crate::limits::Budget;
use aho_corasick::AhoCorasick;
use once_cell::sync::OnceCell;
use regex_syntax::hir::literal::Extractor;
use serde::{Deserialize, Serialize};
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

/// A pattern that compiles. Cheap to clone; equal to another one of the same text. One that was read from a compiled program is compiled when it is first
/// looked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pattern {
    text: Arc<str>,
    #[serde(skip)]
    limits: PatternLimits,
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
        let engine = Engine::compile(text, limits)?;
        Ok(Self { text: text.into(), limits: *limits, engine: OnceCell::with_value(Some(engine)) })
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it takes steps that are not linear in the text.
    #[must_use]
    pub fn is_backtracking(&self) -> bool {
        matches!(self.engine(), Some(Engine::Backtracking(_)))
    }

    /// Whether it matches the empty text, and so every text.
    #[must_use]
    pub fn matches_nothing(&self) -> bool {
        match self.engine() {
            Some(Engine::Linear(engine)) => engine.is_match(""),
            Some(Engine::Backtracking(engine)) => engine.is_match("").unwrap_or(false),
            None => false,
        }
    }

    fn engine(&self) -> Option<&Engine> {
        self.engine.get_or_init(|| Engine::compile(&self.text, &self.limits).ok()).as_ref()
    }
}

impl Engine {
    fn compile(text: &str, limits: &PatternLimits) -> Result<Self, PatternError> {
        let linear = regex::RegexBuilder::new(text).size_limit(limits.compiled_bytes).dfa_size_limit(limits.compiled_bytes).build();
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

/// Whether a pattern has parts that only a backtracking engine takes.
pub(crate) fn needs_backtracking(pattern: &str) -> bool {
    use regex_syntax::ast::ErrorKind::{UnsupportedBackreference, UnsupportedLookAround};
    let parsed = regex_syntax::ast::parse::Parser::new().parse(pattern);
    parsed.is_err_and(|e| matches!(e.kind(), UnsupportedLookAround | UnsupportedBackreference))
}

/// Work units that a backtracking pattern is charged for each byte of text.
const BACKTRACK_WORK: u64 = 8;

/// Bytes of a text that a backtracking pattern reads: each of its steps may look over all of them. What looks around is near by.
const BACKTRACK_BYTES: usize = 4096;

/// Bytes of an instruction of a backtracking pattern, about.
const INSTRUCTION_BYTES: usize = 64;

/// What a pattern waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct On(u8);

impl On {
    const GATE: Self = Self(1);
    const DEMAND: Self = Self(2);
}

/// Hits of one pattern that are kept.
const HITS: usize = 16;

/// All patterns of a program.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(into = "Form", from = "Form")]
pub struct Patterns {
    engines: Vec<Pattern>,
    on: Vec<On>,
    /// Patterns that run without any literal.
    always: Vec<u32>,
    /// Each literal, and the pattern that it belongs to.
    literals: Vec<(Box<[u8]>, u32)>,
    automaton: Option<AhoCorasick>,
}

/// Patterns as they are written.
#[derive(Serialize, Deserialize)]
struct Form {
    engines: Vec<Pattern>,
    on: Vec<On>,
    always: Vec<u32>,
    literals: Vec<(Box<[u8]>, u32)>,
}

impl From<Patterns> for Form {
    fn from(patterns: Patterns) -> Self {
        let Patterns { engines, on, always, literals, .. } = patterns;
        Self { engines, on, always, literals }
    }
}

impl From<Form> for Patterns {
    fn from(form: Form) -> Self {
        let Form { engines, on, always, literals } = form;
        let mut patterns = Self { engines, on, always, literals, automaton: None };
        patterns.join_literals();
        patterns
    }
}

/// Takes patterns and makes [`Patterns`] of them.
#[derive(Debug, Default)]
pub struct PatternsBuilder {
    engines: Vec<Pattern>,
    /// What must stand in a text for a pattern to be worth running.
    triggers: Vec<Trigger>,
}

/// What makes a pattern run.
#[derive(Debug)]
enum Trigger {
    /// Its gate.
    Gate,
    /// One of these literals.
    Literals(Vec<Vec<u8>>),
    /// Nothing less than a text.
    Always,
}

impl PatternsBuilder {
    /// Adds a pattern and tells its number. A `gated` one runs only where the caller says that its gate stands open, and so does one that backtracks.
    pub fn add(&mut self, pattern: &Pattern, gated: bool) -> u32 {
        let number = self.engines.len() as u32;
        self.engines.push(pattern.clone());
        let gated = gated || pattern.is_backtracking();
        self.triggers.push(if gated { Trigger::Gate } else { literals(pattern.text()).map_or(Trigger::Always, Trigger::Literals) });
        number
    }

    /// All that was added. Patterns that are `on_demand` never run by themselves, only when they are asked for.
    #[must_use]
    pub fn build(self, on_demand: impl Fn(u32) -> bool) -> Patterns {
        let mut patterns = Patterns { engines: self.engines, ..Patterns::default() };
        for (number, trigger) in self.triggers.into_iter().enumerate() {
            let number = number as u32;
            let asked = on_demand(number);
            let gate = if matches!(trigger, Trigger::Gate) { On::GATE.0 } else { 0 };
            patterns.on.push(On(gate | if asked { On::DEMAND.0 } else { 0 }));
            match trigger {
                _ if asked => {}
                Trigger::Gate => {}
                Trigger::Always => patterns.always.push(number),
                Trigger::Literals(literals) => patterns.literals.extend(literals.into_iter().map(|l| (l.into(), number))),
            }
        }
        patterns.join_literals();
        patterns
    }
}

/// Literals one of which every match of a pattern begins with.
fn literals(pattern: &str) -> Option<Vec<Vec<u8>>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let prefixes = Extractor::new().limit_total(64).extract(&hir);
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

    /// One automaton of all literals.
    fn join_literals(&mut self) {
        if self.literals.is_empty() {
            return;
        }
        match AhoCorasick::new(self.literals.iter().map(|(literal, _)| literal)) {
            Ok(automaton) => self.automaton = Some(automaton),
            // Too many literals for an automaton: run the patterns plainly.
            Err(_) => self.always.extend(self.literals.drain(..).map(|(_, pattern)| pattern)),
        }
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
    }

    /// Whether every number is that of a pattern, and no pattern is longer than so many bytes.
    pub(crate) fn is_sound(&self, pattern_bytes: usize) -> bool {
        let known = |&number: &u32| (number as usize) < self.len();
        self.on.len() == self.len()
            && self.on.iter().all(|on| on.0 & !(On::GATE.0 | On::DEMAND.0) == 0)
            && self.engines.iter().all(|pattern| pattern.text.len() <= pattern_bytes)
            && self.always.iter().chain(self.literals.iter().map(|(_, pattern)| pattern)).all(known)
            && self.literals.iter().all(|(literal, _)| !literal.is_empty())
    }

    /// Appends the patterns seen in a folded text. `open` are the numbers of the gated patterns whose gate stands open.
    pub fn find(&self, folded: &str, open: &[u32], scratch: &mut PatternScratch, budget: &mut Budget, out: &mut Vec<PatternHit>) {
        scratch.given_up = false;
        if self.engines.is_empty() {
            return;
        }
        scratch.due.clear();
        scratch.due.extend_from_slice(&self.always);
        scratch.due.extend(open.iter().filter(|&&number| !self.is(number, On::DEMAND)));
        if let Some(automaton) = &self.automaton
            && budget.charge(folded.len() as u64 / 8)
        {
            let seen = automaton
                .find_overlapping_iter(folded)
                .filter_map(|l| self.literals.get(l.pattern().as_usize()).map(|(_, number)| *number));
            scratch.due.extend(seen);
        }
        scratch.due.sort_unstable();
        scratch.due.dedup();
        for &number in &scratch.due {
            scratch.given_up |= !self.run(number, folded, scratch.given_up, budget, out);
        }
    }

    /// Appends the hits of a pattern that is on demand, unless its gate is shut.
    pub fn find_asked(
        &self,
        number: u32,
        folded: &str,
        open: &[u32],
        scratch: &mut PatternScratch,
        budget: &mut Budget,
        out: &mut Vec<PatternHit>,
    ) {
        if !self.is(number, On::GATE) || open.contains(&number) {
            scratch.given_up |= !self.run(number, folded, scratch.given_up, budget, out);
        }
    }

    fn is(&self, number: u32, on: On) -> bool {
        self.on.get(number as usize).is_some_and(|o| o.0 & on.0 != 0)
    }

    /// Appends the hits of one pattern; tells whether it was tried to the end. Once one was `given_up` in a text no other one that backtracks is tried.
    fn run(&self, number: u32, folded: &str, given_up: bool, budget: &mut Budget, out: &mut Vec<PatternHit>) -> bool {
        let length = folded.len();
        let hit = |start: usize, end: usize| PatternHit { pattern: number, start: start as u32, end: end as u32 };
        match self.engines.get(number as usize).and_then(Pattern::engine) {
            Some(Engine::Linear(engine)) if budget.charge(folded.len() as u64) => {
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
