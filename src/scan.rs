//! The two calls of a chat server. In: packs, then messages. Out: verdicts. Keeps: [`Filter`] is immutable and shared between threads; [`Scanner`] owns
//! all scratch and allocates nothing for a message without findings once it has seen a few. Must not know: files.

use crate::evasion::Evasion;
use crate::limits::{Budget, PackLimits, Reached, ScanLimits};
use crate::matcher::entity::{self, EntityHits, EntityKind};
use crate::matcher::patterns::{PatternHit, PatternScratch};
use crate::matcher::terms::{TermHit, TermScratch};
use crate::matcher::wording::{WordingHit, WordingScratch};
use crate::pack::compile::compile;
use crate::pack::compiled::{self, CompiledError};
use crate::pack::program::{Listener, Outlook, Program, RuleInfo, Sighted};
use crate::pack::{self, LoadError, Loaded, SourceFile};
use crate::text::Text;
use crate::verdict::positions::{Positions, Stretch};
use crate::verdict::rules::{Finder, Matter, Miss, RuleBits, RuleScratch, Signal};
use crate::verdict::{Action, CategoryScore, Finding, PackRef, Points, Verdict};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The library's version, as verdicts name it.
pub const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// Compiled packs. Immutable and cheap to clone; share it between threads.
#[derive(Debug, Clone)]
pub struct Filter {
    program: Arc<Program>,
    limits: ScanLimits,
}

impl Filter {
    /// The shipped packs.
    ///
    /// ```
    /// # use sidestep::Filter;
    /// let filter = Filter::builtin()?;
    /// let verdict = filter.scanner().scan("add me on wh4ts@pp");
    /// assert!(verdict.is_flagged());
    /// # Ok::<(), sidestep::LoadError>(())
    /// ```
    ///
    /// # Errors
    /// None that a released version is known to have: the packs are part of the library and tested with it.
    #[cfg(feature = "builtin")]
    pub fn builtin() -> Result<Self, LoadError> {
        Self::from_sources(pack::builtin_sources())
    }

    /// Packs from files and folders, in the order given.
    ///
    /// # Errors
    /// All that is wrong with them, each fault with file, line, column and mend.
    pub fn from_paths(paths: &[impl AsRef<Path>]) -> Result<Self, LoadError> {
        Ok(Self::from_loaded(&pack::load_paths(paths, &PackLimits::default())?, false))
    }

    /// The shipped packs, then packs from files and folders, which may refer to the rules of the shipped ones.
    ///
    /// # Errors
    /// As [`Self::from_paths`].
    #[cfg(feature = "builtin")]
    pub fn builtin_and_paths(paths: &[impl AsRef<Path>]) -> Result<Self, LoadError> {
        Ok(Self::from_loaded(&pack::load_with_builtin(paths, &PackLimits::default())?, false))
    }

    /// Packs from memory.
    ///
    /// # Errors
    /// As [`Self::from_paths`].
    pub fn from_sources(sources: &[SourceFile]) -> Result<Self, LoadError> {
        Ok(Self::from_loaded(&pack::load_sources(sources, &PackLimits::default())?, false))
    }

    /// Packs that were loaded already, within whatever bounds the caller gave the loader. With `drafts`, draft rules are found (and never counted), as
    /// `sidestep test` needs it. Linear in the terms.
    #[must_use]
    pub fn from_loaded(loaded: &Loaded, drafts: bool) -> Self {
        Self { program: Arc::new(compile(&loaded.packs, drafts)), limits: ScanLimits::default() }
    }

    /// The compiled packs as bytes, for [`Self::from_bytes`]: to be stored beside the packs, or linked into a program. Linear in the packs.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        compiled::write(&self.program)
    }

    /// What [`Self::to_bytes`] of this very version of the library wrote, in a small part of the time that the packs themselves take. Automata and patterns are
    /// made when messages first ask for them; [`Self::prepare`] makes them at once.
    ///
    /// The bytes may come from anywhere: time and memory are linear in them, and what is damaged or made up is refused. Whoever can write them can choose
    /// the rules, as with packs.
    ///
    /// ```
    /// # use sidestep::Filter;
    /// # use sidestep::pack::SourceFile;
    /// let pack = "[pack]\nid = 'p'\nversion = '1'\nengine = '>=0.1'\n[[rule]]\nid = 'x.y'\ncategory = 'x'\nweight = 2\nterms = ['telegram']";
    /// let filter = Filter::from_sources(&[SourceFile::new("p.toml", pack)])?;
    /// let mut bytes = filter.to_bytes();
    /// let again = Filter::from_bytes(&bytes).expect("what was written can be read");
    /// assert!(again.scanner().scan("t3legram?").is_flagged());
    /// bytes.pop();
    /// assert!(Filter::from_bytes(&bytes).is_err());
    /// # Ok::<(), sidestep::LoadError>(())
    /// ```
    ///
    /// # Errors
    /// They are no such bytes, or were written by another version, or are damaged: then load the packs.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CompiledError> {
        let program = compiled::read(bytes, &PackLimits::default())?;
        Ok(Self { program: Arc::new(program), limits: ScanLimits::default() })
    }

    /// Makes now what the first messages would otherwise wait for: automata and patterns. Some ten milliseconds for the shipped packs.
    pub fn prepare(&self) {
        self.program.prepare();
    }

    /// The same filter with other bounds on messages.
    #[must_use]
    pub const fn with_limits(mut self, limits: ScanLimits) -> Self {
        self.limits = limits;
        self
    }

    /// A scanner for this filter: one per thread.
    #[must_use]
    pub fn scanner(&self) -> Scanner {
        Scanner { filter: self.clone(), generation: 0, scratch: Box::default() }
    }

    /// The packs, in the order in which they were loaded.
    #[must_use]
    pub fn packs(&self) -> &[PackRef] {
        &self.program.packs
    }

    /// What is known of each rule, cues included.
    pub fn rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.program.infos.iter()
    }

    /// Names and thresholds (warn, review, block, in points) of the categories.
    pub fn categories(&self) -> impl Iterator<Item = (&str, [Option<f64>; 3])> {
        let points = |t: Option<Points>| t.map(Points::to_f64);
        self.program
            .categories
            .iter()
            .map(move |c| (&*c.name, [points(c.thresholds.warn), points(c.thresholds.review), points(c.thresholds.block)]))
    }

    /// What a host may tell the sender of a message in a category, in the language asked for (BCP 47) or its base language or English.
    #[must_use]
    pub fn notice(&self, category: &str, lang: &str) -> Option<&str> {
        let texts = self.program.notices.get(category)?;
        let base = lang.split(['-', '_']).next().unwrap_or(lang);
        [lang, base, "en"].iter().find_map(|l| texts.get(*l)).map(String::as_str)
    }

    /// Bytes of the compiled packs on the heap, about.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.program.heap_bytes()
    }
}

#[derive(Debug, Default)]
struct Scratch {
    text: Text,
    terms: TermScratch,
    term_hits: Vec<TermHit>,
    sighted: Sighted,
    patterns: PatternScratch,
    open_gates: Vec<u32>,
    pattern_hits: Vec<PatternHit>,
    wording: WordingScratch,
    wording_hits: Vec<WordingHit>,
    entities: EntityHits,
    /// Those of a part that was rewritten.
    rewritten: EntityHits,
    positions: Positions,
    rules: RuleScratch,
    /// Standing signals of rules with a category, by rule, then place: what becomes findings.
    found: Vec<Signal>,
    spent: u64,
}

/// Judges messages, one after another. One per thread.
#[derive(Debug)]
pub struct Scanner {
    filter: Filter,
    /// Of the shared filter that it follows, if it does.
    generation: u64,
    scratch: Box<Scratch>,
}

impl Scanner {
    /// Judges one message.
    pub fn scan(&mut self, message: &str) -> Verdict {
        self.scan_bytes(message.as_bytes())
    }

    /// Judges one message of any bytes; ill-formed UTF-8 is read as U+FFFD. Linear in the message; offsets in the verdict are bytes of `message`.
    pub fn scan_bytes(&mut self, message: &[u8]) -> Verdict {
        let reached = self.decide(message, false, &mut |_, _| {});
        self.verdict(message, reached)
    }

    /// The filter that judges.
    #[must_use]
    pub const fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Work units that the last message took: what [`ScanLimits::work_base`] and [`ScanLimits::work_per_byte`] bound, and at most a quarter of that besides
    /// for the first look, which tells most messages to be clean.
    #[must_use]
    pub fn work_spent(&self) -> u64 {
        self.scratch.spent
    }

    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn follow(&mut self, filter: Filter, generation: u64) {
        self.filter = filter;
        self.generation = generation;
    }

    /// Judges one message and says how the verdict came about. Slower than [`Self::scan_bytes`].
    pub fn explain(&mut self, message: &[u8]) -> Explanation {
        let mut missed = Vec::new();
        let reached = self.decide(message, true, &mut |signal, miss| missed.push((*signal, miss)));
        let verdict = self.verdict(message, reached);
        let mut explanation = self.explanation(self.read_part(message), verdict, &missed);
        if !reached.is_empty() {
            // Judging does less than explaining, and may have met no bound.
            explanation.verdict = self.scan_bytes(message);
        }
        explanation
    }

    /// What is known of the message that was judged last, thoroughly.
    fn explanation(&self, message: &[u8], verdict: Verdict, missed: &[(Signal, Miss)]) -> Explanation {
        let text = &self.scratch.text;
        let seen = |s: &Signal| self.seen(s, message);
        Explanation {
            folded: text.folded().to_owned(),
            words: text.tokens().iter().filter_map(|t| text.folded().get(t.range())).map(str::to_owned).collect(),
            cues: self.scratch.rules.live.iter().filter(|s| self.is_cue(s.rule)).map(seen).collect(),
            uncounted: self.scratch.rules.live.iter().filter(|s| self.is_uncounted(s.rule)).map(seen).collect(),
            misses: missed
                .iter()
                .filter(|(s, _)| !self.program().rule_id(s.rule).is_empty())
                .map(|(s, m)| self.missed(s, *m, message))
                .collect(),
            thresholds: self.filter.categories().map(|(name, t)| (name.to_owned(), t)).collect(),
            verdict,
        }
    }

    fn program(&self) -> &Program {
        &self.filter.program
    }

    /// The part of a message that is read.
    fn read_part<'m>(&self, message: &'m [u8]) -> &'m [u8] {
        message.get(..self.filter.limits.message_bytes).unwrap_or(message)
    }

    /// Runs all stages up to the standing signals; `thorough`ly also those that no finding can come of.
    fn decide(&mut self, message: &[u8], thorough: bool, missed: &mut impl FnMut(&Signal, Miss)) -> Reached {
        let source = self.read_part(message);
        let program = &*self.filter.program;
        let s = &mut *self.scratch;
        let mut budget = Budget::for_message(&self.filter.limits, source.len());
        s.text.read(source);
        s.found.clear();
        s.spent = 0;
        let message_bytes = source.len() < message.len();
        let told = is_worth_a_look(&s.text) && look(program, s, source, &budget);
        let clean = told && !s.sighted.may_flag();
        if clean && !thorough {
            return Reached { message_bytes, ..Reached::default() };
        }
        if thorough {
            s.sighted.want_all(program.rules.rules.len());
        }
        s.term_hits.clear();
        let mut share = budget.quarters(3);
        let wanted = |term: u32| !told || program.is_heard(term, s.sighted.wanted());
        program.terms.find(&s.text, source, &wanted, &mut s.terms, &mut share, &mut s.term_hits);
        budget.settle(&share);
        if !told {
            find_wordings(program, s, &mut budget);
            share = budget.quarters(2);
            find_entities(program, s, source, &mut share);
            budget.settle(&share);
        }
        open_gates(program, &s.term_hits, &mut s.open_gates);
        s.pattern_hits.clear();
        share = budget.quarters(2);
        program.patterns.find(&s.text, &s.open_gates, &mut s.patterns, &mut share, &mut s.pattern_hits);
        budget.settle(&share);
        // What patterns that are asked for later may need comes first. Half is told by the folded text, which is the same for ill-formed bytes and U+FFFD.
        if !told && budget.is_half_left(&self.filter.limits, s.text.folded().len()) {
            share = budget.quarters(1);
            find_rewritten(program, s, source, &mut share);
            budget.settle(&share);
        }
        if !told && !thorough {
            sight(program, s);
        }
        s.rules.live.clear();
        if thorough || s.sighted.may_flag() {
            let wanted = s.sighted.wanted();
            s.rules.signals.clear();
            term_signals(program, &s.term_hits, wanted, &mut s.rules.signals);
            let patterns = s.pattern_hits.iter().filter_map(|hit| pattern_signal(program, &s.text, hit));
            s.rules.signals.extend(patterns.filter(|signal| wanted.holds(signal.rule)));
            entity_signals(program, &s.entities, wanted, &mut s.rules.signals);
            let wordings = s.wording_hits.iter().filter_map(|hit| wording_signal(program, &s.text, hit));
            s.rules.signals.extend(wordings.filter(|signal| wanted.holds(signal.rule)));
            s.positions.read(&s.text);
            for signal in &mut s.rules.signals {
                signal.stretch = s.positions.stretch(&s.text, signal.start, signal.end);
            }
            let mut on_demand = OnDemand {
                program,
                text: &s.text,
                positions: &s.positions,
                open_gates: &s.open_gates,
                scratch: &mut s.patterns,
                hits: &mut s.pattern_hits,
            };
            program.rules.decide(thorough, wanted, &mut s.rules, &mut on_demand, &mut budget, missed);
            let has_category = |s: &&Signal| program.worth.get(usize::from(s.rule)).is_some_and(|w| w.counts && w.category.is_some());
            s.found.extend(s.rules.live.iter().filter(has_category));
        }
        s.spent += budget.spent();
        // Of a clean message nobody waits for an end that explaining it may meet.
        Reached { message_bytes, work: !clean && budget.is_exhausted(), findings: false, backtrack_steps: !clean && s.patterns.given_up() }
    }

    fn verdict(&mut self, message: &[u8], mut reached: Reached) -> Verdict {
        let packs = Arc::clone(&self.program().packs);
        let engine = Cow::Borrowed(ENGINE);
        if self.scratch.found.is_empty() {
            return Verdict { packs, engine, limits: reached, ..Verdict::default() };
        }
        let mut found = std::mem::take(&mut self.scratch.found);
        drop_overlaps(&mut found);
        let mut sums: BTreeMap<u16, Points> = BTreeMap::new();
        let mut worthy: Vec<(Points, Signal)> = Vec::with_capacity(found.len());
        let mut at = 0;
        while let Some(&Signal { rule, .. }) = found.get(at) {
            let hits: Vec<&Signal> = found.iter().skip(at).take_while(|s| s.rule == rule).collect();
            at += hits.len();
            let Some(&worth) = self.program().worth.get(usize::from(rule)) else { continue };
            // The strongest hit carries the rule's points: a disguised one before a plain one, then the first.
            let strongest = hits.iter().position(|s| s.evasion.is_deliberate()).unwrap_or(0);
            let disguised = hits.get(strongest).is_some_and(|s| s.evasion.is_deliberate());
            let points = worth.weight + if disguised { worth.disguise } else { Points::ZERO };
            if let Some(category) = worth.category {
                let sum = sums.entry(category).or_default();
                *sum = *sum + points;
            }
            worthy.extend(hits.into_iter().enumerate().map(|(i, &hit)| (if i == strongest { points } else { Points::ZERO }, hit)));
        }
        self.scratch.found = found;
        if worthy.len() > self.filter.limits.findings {
            reached.findings = true;
            worthy.sort_unstable_by_key(|(points, s)| (std::cmp::Reverse(*points), s.start, s.end, s.rule));
            worthy.truncate(self.filter.limits.findings);
        }
        let mut findings: Vec<Finding> = worthy.iter().map(|(points, hit)| self.finding(hit, *points, message)).collect();
        findings.sort_by(|a, b| (a.start, a.end, &a.rule).cmp(&(b.start, b.end, &b.rule)));
        let mut verdict = Verdict { packs, engine, limits: reached, findings, ..Verdict::default() };
        verdict.score = sums.values().copied().sum::<Points>().to_f64();
        for (number, score) in sums {
            if let Some(category) = self.program().categories.get(usize::from(number)) {
                let action = category.thresholds.action(score);
                verdict.action = verdict.action.max(action);
                verdict.categories.insert(category.name.to_string(), CategoryScore { score: score.to_f64(), action });
            }
        }
        verdict
    }

    fn is_cue(&self, rule: u16) -> bool {
        self.program().worth.get(usize::from(rule)).is_some_and(|w| w.category.is_none() && w.info.is_some())
    }

    fn is_uncounted(&self, rule: u16) -> bool {
        self.program().worth.get(usize::from(rule)).is_some_and(|w| w.category.is_some() && !w.counts)
    }

    fn finding(&self, signal: &Signal, points: Points, message: &[u8]) -> Finding {
        let Seen { rule, start, end, text, matched, evasion } = self.seen(signal, message);
        let category = self.program().worth.get(usize::from(signal.rule)).and_then(|w| w.category);
        let category = category.and_then(|c| self.program().categories.get(usize::from(c))).map_or(String::new(), |c| c.name.to_string());
        let value = match signal.matter {
            Matter::Entity(number) => {
                self.scratch.entities.hits().get(number as usize).map(|hit| self.scratch.entities.value(hit).to_owned())
            }
            _ => None,
        };
        Finding { rule, category, start, end, text, matched, value, evasion, weight: points.to_f64() }
    }

    fn seen(&self, signal: &Signal, message: &[u8]) -> Seen {
        let span = self.scratch.text.source_span(signal.start as usize..signal.end as usize);
        let bytes = message.get(span.start..span.end).unwrap_or_default();
        let rule = self.program().rule_id(signal.rule).to_owned();
        let matched = match signal.matter {
            Matter::Term(term) => self.program().terms.text(term).to_owned(),
            Matter::Entity(number) => self.scratch.entities.hits().get(number as usize).map_or(String::new(), |hit| kind_name(hit.kind)),
            Matter::Pattern(_) | Matter::Composed => rule.clone(),
        };
        Seen { rule, start: span.start, end: span.end, text: String::from_utf8_lossy(bytes).into_owned(), matched, evasion: signal.evasion }
    }

    fn missed(&self, signal: &Signal, miss: Miss, message: &[u8]) -> NearMiss {
        let id = |rule: u16| self.program().rule_id(rule);
        let reason = match miss {
            Miss::Needs => "too few of its cues (`needs`) are near by".to_owned(),
            Miss::TermNeeds => "none of the cues that this term needs is near by".to_owned(),
            Miss::Unless(rule) => format!("`{}` is near by (`unless`)", id(rule)),
            Miss::Except => "it lies over one of the rule's `except` phrases".to_owned(),
            Miss::All(member) => format!("member {} of `all` is not near by", member + 1),
            Miss::Any => "none of `any` is near by".to_owned(),
            Miss::None(rule) => format!("`{}` is near by (`none`)", id(rule)),
            Miss::AtLeast => "too few of `at_least` are near by".to_owned(),
        };
        let partial = matches!(miss, Miss::All(_) | Miss::Any | Miss::AtLeast);
        NearMiss { seen: self.seen(signal, message), partial, reason }
    }
}

/// Longest message that is looked at first, in bytes of folded text: longer ones nearly always hold what some rule needs.
const LOOK_BYTES: usize = 1024;

/// Whether a first look may save work: not for a long message, nor for one that hides something.
fn is_worth_a_look(text: &Text) -> bool {
    text.folded().len() <= LOOK_BYTES && !text.evidence(0..text.folded().len()).is_deliberate()
}

/// Looks at a message, read already, for what rules that count need. Tells whether `s.sighted` then knows all that may fire: not where too much work would tell.
/// The look may cost a quarter of what the message may, on top of that, so that it changes no verdict.
fn look(program: &Program, s: &mut Scratch, source: &[u8], budget: &Budget) -> bool {
    let mut look = budget.quarters(1);
    let (outlook, sighted) = (&program.outlook, &mut s.sighted);
    s.term_hits.clear();
    sighted.clear(outlook, program.rules.rules.len());
    sight_digits(outlook, &s.text, sighted);
    let mut noted = 0;
    let mut enough = |hits: &[TermHit]| {
        hits.iter().skip(noted).for_each(|hit| sighted.note(outlook, outlook.terms.get(hit.term)));
        noted = hits.len();
        sighted.weigh(outlook)
    };
    let mut told = program.terms.find_leading(&s.text, source, &mut s.terms, &mut look, &mut s.term_hits, &mut enough);
    if told {
        find_wordings(program, s, &mut look);
        sight_wordings(outlook, &s.wording_hits, &mut s.sighted);
        find_entities(program, s, source, &mut look);
        find_rewritten(program, s, source, &mut look);
        sight_entities(program, &s.entities, &mut s.sighted);
        sight_patterns(program, s, &mut look);
        told = !look.is_exhausted();
    }
    s.spent = look.spent();
    told
}

/// Looks for the patterns of which, with all that was seen, a finding could come.
fn sight_patterns(program: &Program, s: &mut Scratch, budget: &mut Budget) {
    let (outlook, sighted) = (&program.outlook, &mut s.sighted);
    let due = program.patterns.due(&s.text, sighted.gates(), &mut s.patterns, budget);
    if !due.is_empty() {
        sighted.hope(due.iter().flat_map(|&pattern| outlook.patterns.get(pattern)));
    }
    for &pattern in due {
        let clues = outlook.patterns.get(pattern);
        if sighted.may_matter(outlook, clues) && program.patterns.is_seen(pattern, &s.text, budget) {
            sighted.note(outlook, clues);
        }
    }
    sighted.weigh(outlook);
}

fn find_entities(program: &Program, s: &mut Scratch, source: &[u8], budget: &mut Budget) {
    s.entities.clear();
    if !program.entity_rules.is_empty() {
        entity::find(&s.text, source, s.terms.heard(), &program.entity_options, budget, &mut s.entities);
    }
}

/// Notes all that was found in a message that was not looked at, or not to the end.
fn sight(program: &Program, s: &mut Scratch) {
    let (outlook, sighted) = (&program.outlook, &mut s.sighted);
    sighted.clear(outlook, program.rules.rules.len());
    sight_digits(outlook, &s.text, sighted);
    sight_wordings(outlook, &s.wording_hits, sighted);
    s.term_hits.iter().for_each(|hit| sighted.note(outlook, outlook.terms.get(hit.term)));
    let found = s.pattern_hits.iter().map(|hit| hit.pattern);
    let asked = program.patterns.may_be_asked(&s.text, &s.open_gates);
    found.chain(asked).for_each(|pattern| sighted.note(outlook, outlook.patterns.get(pattern)));
    sight_entities(program, &s.entities, sighted);
    sighted.weigh(outlook);
}

fn sight_digits(outlook: &Outlook, text: &Text, sighted: &mut Sighted) {
    if text.facts().most_digits() > 0 {
        sighted.note(outlook, &outlook.digit);
    }
}

/// Adds up the points of the words that the term index read.
fn find_wordings(program: &Program, s: &mut Scratch, budget: &mut Budget) {
    s.wording_hits.clear();
    program.wording.find(&s.text, s.terms.keys(), &mut s.wording, budget, &mut s.wording_hits);
}

fn sight_wordings(outlook: &Outlook, hits: &[WordingHit], sighted: &mut Sighted) {
    hits.iter().for_each(|hit| sighted.note(outlook, outlook.wordings.get(hit.list)));
}

fn sight_entities(program: &Program, entities: &EntityHits, sighted: &mut Sighted) {
    for hit in entities.hits() {
        for (_, number) in program.entity_rules.iter().zip(0..).filter(|(rule, _)| rule.wants(hit, entities.value(hit))) {
            sighted.note(&program.outlook, program.outlook.entity_rules.get(number));
        }
    }
}

/// Finds the identifiers that only show where the second reading rewrote the message that terms and identifiers were looked up in.
fn find_rewritten(program: &Program, s: &mut Scratch, source: &[u8], budget: &mut Budget) {
    let windows = if program.entity_rules.is_empty() { 0 } else { s.terms.windows().len() };
    for number in 0..windows {
        let Some(&window) = s.terms.windows().get(number).filter(|w| entity::is_worth_rewriting(&s.text, w.heard)) else { continue };
        let named = window.heard.openers > s.terms.heard().openers;
        let (text, entities, rewritten) = (&s.text, &mut s.entities, &mut s.rewritten);
        program.terms.each_reading((text, source), window, &mut s.terms, budget, &mut |reading, budget| {
            entity::find(reading.text(), reading.source(), window.heard, &program.entity_options, budget, rewritten);
            entities.add_rewritten(text, rewritten, named, |range| reading.origin(range));
        });
    }
}

/// What a kind of identifier is called in verdicts and packs.
fn kind_name(kind: EntityKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Runs the patterns of cues when a rule asks for them.
struct OnDemand<'s> {
    program: &'s Program,
    text: &'s Text,
    positions: &'s Positions,
    open_gates: &'s [u32],
    scratch: &'s mut PatternScratch,
    hits: &'s mut Vec<PatternHit>,
}

impl Finder for OnDemand<'_> {
    fn find(&mut self, rule: u16, budget: &mut Budget, out: &mut Vec<Signal>) {
        for &pattern in self.program.patterns_of.get(u32::from(rule)) {
            self.hits.clear();
            self.program.patterns.find_asked(pattern, self.text, self.open_gates, self.scratch, budget, self.hits);
            for hit in self.hits.iter() {
                let stretch = self.positions.stretch(self.text, hit.start, hit.end);
                out.extend(pattern_signal(self.program, self.text, hit).map(|signal| Signal { stretch, ..signal }));
            }
        }
    }
}

/// A signal whose place among the words is not known yet.
fn signal(rule: u16, start: u32, end: u32, evasion: Evasion, matter: Matter) -> Signal {
    Signal { rule, start, end, stretch: Stretch::default(), evasion, matter, extra: 0 }
}

fn term_signals(program: &Program, hits: &[TermHit], wanted: &RuleBits, out: &mut Vec<Signal>) {
    for hit in hits {
        for listener in program.listeners.get(hit.term) {
            if let Listener::Rule { rule, extra } = *listener
                && wanted.holds(rule)
            {
                out.push(Signal { extra, ..signal(rule, hit.start, hit.end, hit.evasion, Matter::Term(hit.term)) });
            }
        }
    }
}

/// Notes the patterns whose gates stand open by some terms.
fn open_gates(program: &Program, hits: &[TermHit], open: &mut Vec<u32>) {
    open.clear();
    open.extend(hits.iter().flat_map(|hit| program.listeners.get(hit.term)).filter_map(Listener::gate));
}

fn pattern_signal(program: &Program, text: &Text, hit: &PatternHit) -> Option<Signal> {
    let &rule = program.pattern_rules.get(hit.pattern as usize)?;
    let evasion = text.evidence(hit.start as usize..hit.end as usize);
    Some(signal(rule, hit.start, hit.end, evasion, Matter::Pattern(hit.pattern)))
}

fn wording_signal(program: &Program, text: &Text, hit: &WordingHit) -> Option<Signal> {
    let &rule = program.wording_rules.get(hit.list as usize)?;
    Some(signal(rule, hit.start, hit.end, text.evidence(hit.start as usize..hit.end as usize), Matter::Composed))
}

fn entity_signals(program: &Program, entities: &EntityHits, wanted: &RuleBits, out: &mut Vec<Signal>) {
    for (number, hit) in entities.hits().iter().enumerate() {
        for rule in program.entity_rules.iter().filter(|r| wanted.holds(r.rule) && r.wants(hit, entities.value(hit))) {
            out.push(signal(rule.rule, hit.start, hit.end, hit.evasion, Matter::Entity(number as u32)));
        }
    }
}

/// Of overlapping hits of one rule keeps the longest, of as long ones the plainest, of as plain ones that of the first term. Leaves the hits by rule, then place.
fn drop_overlaps(found: &mut Vec<Signal>) {
    found.sort_unstable_by_key(|s| (s.rule, s.start, std::cmp::Reverse(s.end), s.evasion, s.matter));
    let mut kept: Option<Signal> = None;
    found.retain(|s| {
        let inside = kept.is_some_and(|k| k.rule == s.rule && s.start < k.end);
        if !inside {
            kept = Some(*s);
        }
        !inside
    });
}

/// Something that a rule saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    /// The rule's id.
    pub rule: String,
    /// Byte offset in the message as it was sent.
    pub start: usize,
    /// Byte offset just past the end.
    pub end: usize,
    /// The bytes between.
    pub text: String,
    /// The term, the identifier's kind, or the rule's id.
    pub matched: String,
    /// How the text hid.
    pub evasion: Evasion,
}

/// Something that a rule saw and did not count.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearMiss {
    /// What it saw.
    #[serde(flatten)]
    pub seen: Seen,
    /// A composition of which only a part was there: not as near as one that was vetoed or lacked a cue.
    pub partial: bool,
    /// Why it did not count.
    pub reason: String,
}

/// How a verdict came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The verdict.
    pub verdict: Verdict,
    /// The folded text.
    pub folded: String,
    /// Its words.
    pub words: Vec<String>,
    /// Cues and guards that were there.
    pub cues: Vec<Seen>,
    /// What shadow rules saw, and draft rules where they are loaded: found, never counted.
    pub uncounted: Vec<Seen>,
    /// Rules that nearly fired.
    pub misses: Vec<NearMiss>,
    /// Thresholds of each category: warn, review, block.
    pub thresholds: BTreeMap<String, [Option<f64>; 3]>,
}

/// Whether an action asks for anything at all.
impl Verdict {
    /// Whether the message is flagged: `warn` or more.
    #[must_use]
    pub fn is_flagged(&self) -> bool {
        self.action > Action::Allow
    }
}
