//! The evasion generator. In: the packs' own examples, and labelled messages that are caught. Out: how many are still caught when their telling words are
//! disguised, by disguise and by pair. Keeps: same packs, same files, same seed: same figures. Must not know: how a disguise is made.

use super::disguise::{ALL, Asks, Disguise, Word};
use super::labelled::{Half, Labelled};
use super::sheet::{Cell, Sheet};
use super::tally::Share;
use crate::engine::{Engine, names};
use fastrand::Rng;
use serde::Serialize;
use sidestep::evasion::Evasion;
use sidestep::pack::compile::common_words;
use sidestep::pack::model::{Composition, Reference, Rule, Source, Status, Term};
use sidestep::scan::{Filter, Scanner, Seen};
use sidestep::verdict::{Action, Verdict};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;
use std::thread;

/// What the generator found on one group of messages.
#[derive(Debug, Default, Serialize)]
pub struct Evaded {
    pub name: String,
    pub seed: u64,
    /// Messages that were disguised.
    pub messages: u64,
    /// Messages left out, by reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// Disguises left out, by reason: no grip on the word, or the term's options do not promise it.
    pub excluded: BTreeMap<&'static str, u64>,
    pub singles_seen: Share,
    pub pairs_seen: Share,
    pub singles: BTreeMap<String, Share>,
    pub pairs: BTreeMap<String, Share>,
    #[serde(skip)]
    pub misses: Vec<Miss>,
}

/// A disguise that was not seen through.
#[derive(Debug, Clone, Serialize)]
pub struct Miss {
    pub disguise: String,
    /// The rule, or the message's id.
    pub of: String,
    pub plain: String,
    pub text: String,
    #[serde(skip)]
    pub half: Option<Half>,
}

/// What must still be found.
enum Goal {
    /// This rule, or action in its category: its words were seen, whichever rule says so.
    Rule {
        id: String,
        category: String,
    },
    Categories(Vec<String>),
}

impl Goal {
    fn is_met(&self, verdict: &Verdict) -> bool {
        match self {
            Self::Rule { id, category } => {
                let acted = verdict.categories.get(category).is_some_and(|c| c.action > Action::Allow);
                acted || verdict.findings.iter().any(|f| f.rule == *id)
            }
            Self::Categories(all) => all.iter().all(|c| verdict.categories.get(c).is_some_and(|c| c.action > Action::Allow)),
        }
    }
}

/// A telling word of a message.
struct Part {
    start: usize,
    end: usize,
    word: Word,
    takes: Takes,
}

/// What a part is seen through, by what its rule promises.
#[derive(Clone, Copy)]
struct Takes {
    /// People read it, so that what looks alike is alike.
    reading: bool,
    case: bool,
    shape: bool,
    fuzzy: bool,
    digits: bool,
}

impl Takes {
    const fn allows(self, asks: Asks) -> bool {
        match asks {
            Asks::Nothing => true,
            Asks::Reading => self.reading,
            Asks::Case => self.case,
            Asks::Shape => self.shape,
            Asks::Fuzzy => self.fuzzy,
            Asks::Digits => self.digits,
        }
    }

    /// A term up to three letters long is always `word`; `fuzzy` counts from five letters on.
    fn of_term(term: &Term<'_>) -> Self {
        let letters = Word::new(term.text).letters();
        let word = term.word || term.case || letters <= 3;
        Self { reading: true, case: !term.case, shape: !word, fuzzy: !word && term.fuzzy > 0 && letters >= 5, digits: false }
    }

    fn of_entity(kind: &str) -> Self {
        let phone = kind == "phone";
        let named = matches!(kind, "email" | "link" | "app-link" | "handle" | "pay-link" | "cashtag");
        // A wallet's address is copied by a machine, to which another character is another address.
        Self { reading: kind != "wallet", case: named, shape: phone, fuzzy: false, digits: phone }
    }

    /// A pattern runs over folded text, in which look-alikes are undone and nothing else.
    const PATTERN: Self = Self { reading: true, case: true, shape: false, fuzzy: false, digits: false };
}

/// A message and its telling words.
struct Subject {
    name: String,
    text: String,
    parts: Vec<Part>,
    /// Every part must take a disguise, or else one that stays plain gives the message away.
    all_parts: bool,
    goal: Goal,
    half: Option<Half>,
}

/// Why a message is not disguised.
enum LeftOut {
    NotSeen,
    NoParts,
}

impl LeftOut {
    const fn reason(&self) -> &'static str {
        match self {
            Self::NotSeen => "not seen in plain spelling",
            Self::NoParts => "no word of its own, or disguised in a way that cannot be taken back",
        }
    }
}

/// Disguises messages of one set of packs.
pub struct Generator<'e> {
    engine: &'e Engine,
    rules: HashMap<&'e str, &'e Rule>,
    /// By rule, then letters and digits of the term in lower case.
    terms: HashMap<(&'e str, String), Term<'e>>,
    seed: u64,
    threads: usize,
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl<'e> Generator<'e> {
    pub fn new(engine: &'e Engine, seed: u64, threads: usize) -> Self {
        let mut terms = HashMap::new();
        for (_, rule) in engine.rules() {
            if let Source::Terms(of_rule) = &rule.source {
                terms.extend(of_rule.iter().map(|t| ((rule.id.as_str(), bare(t.text)), t)));
            }
        }
        Self { engine, rules: engine.by_id(), terms, seed, threads }
    }

    /// The `match` lines of live rules that have a category.
    pub fn of_packs(&self) -> Evaded {
        let mut scanner = self.engine.filter.scanner();
        let mut made = Vec::new();
        for (_, rule) in self.engine.rules().filter(|(_, r)| r.status == Status::Live && r.category.is_some()) {
            for example in &rule.matches {
                made.push(self.subject_of_rule(&mut scanner, rule, &example.text));
            }
        }
        self.run("the packs' own examples", made)
    }

    /// Labelled messages that are caught, `sample` of them at most, evenly taken.
    pub fn of_messages(&self, name: &str, items: &[Labelled], sample: usize) -> Evaded {
        let mut scanner = self.engine.filter.scanner();
        let made = items.iter().filter(|i| i.is_violating()).filter_map(|i| self.subject_of_message(&mut scanner, i)).collect::<Vec<_>>();
        let step = made.len().div_ceil(sample.max(1)).max(1);
        self.run(name, made.into_iter().step_by(step).collect())
    }

    fn subject_of_rule(&self, scanner: &mut Scanner, rule: &Rule, text: &str) -> Result<Subject, LeftOut> {
        let goal = Goal::Rule { id: rule.id.clone(), category: rule.category.clone().unwrap_or_default() };
        let composed = matches!(rule.source, Source::Compose(_));
        self.subject(scanner, &rule.id, text, |id| id == rule.id, goal, !composed)
    }

    /// `None` where nothing that is expected was found.
    fn subject_of_message(&self, scanner: &mut Scanner, item: &Labelled) -> Option<Result<Subject, LeftOut>> {
        let text = String::from_utf8(item.text.clone()).ok()?;
        let verdict = scanner.scan(&text);
        let expected = |c: &String| item.expect.contains(c) || item.any.contains(c);
        let caught =
            |(name, c): (&String, &sidestep::verdict::CategoryScore)| (c.action > Action::Allow && expected(name)).then(|| name.clone());
        let found: Vec<String> = verdict.categories.iter().filter_map(caught).collect();
        if found.is_empty() {
            return None;
        }
        let rules: BTreeSet<String> = verdict.findings.iter().filter(|f| found.contains(&f.category)).map(|f| f.rule.clone()).collect();
        let subject = self.subject(scanner, item.id(), &text, |id| rules.contains(id), Goal::Categories(found), false);
        Some(subject.map(|s| Subject { half: item.half(), ..s }))
    }

    fn subject(
        &self,
        scanner: &mut Scanner,
        name: &str,
        text: &str,
        wanted: impl Fn(&str) -> bool,
        goal: Goal,
        all_parts: bool,
    ) -> Result<Subject, LeftOut> {
        let explanation = scanner.explain(text.as_bytes());
        let findings = explanation.verdict.findings.iter().map(|f| Seen {
            rule: f.rule.clone(),
            start: f.start,
            end: f.end,
            text: f.text.clone(),
            matched: f.matched.clone(),
            evasion: f.evasion,
        });
        let seen: Vec<Seen> = findings.chain(explanation.cues).collect();
        let mut telling: Vec<&Seen> = Vec::new();
        for hit in seen.iter().filter(|s| wanted(&s.rule)) {
            match self.rules.get(hit.rule.as_str()).map(|r| &r.source) {
                Some(Source::Compose(composition)) => {
                    let members = self.members(composition);
                    telling.extend(seen.iter().filter(|s| members.contains(s.rule.as_str()) && hit.start <= s.start && s.end <= hit.end));
                }
                // Points of many words: no part of them tells alone.
                Some(Source::Words { .. }) => {}
                _ => telling.push(hit),
            }
        }
        let parts = self.parts(telling, text).ok_or(LeftOut::NoParts)?;
        let plain = scanner.scan(&rewritten(text, parts.iter().map(|p| (p, p.word.text()))));
        let by_rule = match &goal {
            Goal::Rule { id, .. } => plain.findings.iter().any(|f| f.rule == *id),
            Goal::Categories(_) => true,
        };
        if !goal.is_met(&plain) || !by_rule {
            return Err(LeftOut::NotSeen);
        }
        Ok(Subject { name: name.to_owned(), text: text.to_owned(), parts, all_parts, goal, half: None })
    }

    /// Parts that do not overlap, the longer of two that do.
    fn parts(&self, mut telling: Vec<&Seen>, text: &str) -> Option<Vec<Part>> {
        telling.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
        let mut parts: Vec<Part> = Vec::new();
        for seen in telling {
            if parts.last().is_some_and(|last| seen.start < last.end) {
                continue;
            }
            text.get(seen.start..seen.end)?;
            parts.push(self.part(seen)?);
        }
        (!parts.is_empty()).then_some(parts)
    }

    /// A term that stands disguised in the message is taken in plain spelling.
    fn part(&self, seen: &Seen) -> Option<Part> {
        let plain = seen.evasion == Evasion::NONE;
        let (word, takes) = match &self.rules.get(seen.rule.as_str())?.source {
            Source::Terms(_) => {
                let term = self.terms.get(&(seen.rule.as_str(), bare(&seen.matched)))?;
                (if plain { seen.text.as_str() } else { term.text }, Takes::of_term(term))
            }
            Source::Entity(_) if plain => (seen.text.as_str(), Takes::of_entity(&seen.matched)),
            Source::Regex { .. } if plain => (seen.text.as_str(), Takes::PATTERN),
            _ => return None,
        };
        Some(Part { start: seen.start, end: seen.end, word: Word::new(word), takes })
    }

    /// The rules that a composition is made of in the end.
    fn members(&self, composition: &Composition) -> BTreeSet<&'e str> {
        let mut members = BTreeSet::new();
        let mut open: Vec<&Reference> = parts_of(composition).collect();
        while let Some(reference) = open.pop() {
            for (id, rule) in &self.rules {
                if names(reference, id)
                    && members.insert(*id)
                    && let Source::Compose(inner) = &rule.source
                {
                    open.extend(parts_of(inner));
                }
            }
        }
        members.retain(|id| self.rules.get(id).is_some_and(|r| !matches!(r.source, Source::Compose(_))));
        members
    }

    fn run(&self, name: &str, made: Vec<Result<Subject, LeftOut>>) -> Evaded {
        let mut evaded = Evaded { name: name.to_owned(), seed: self.seed, ..Evaded::default() };
        let mut subjects = Vec::new();
        for subject in made {
            match subject {
                Ok(subject) => subjects.push(subject),
                Err(why) => *evaded.left_out.entry(why.reason()).or_default() += 1,
            }
        }
        evaded.messages = subjects.len() as u64;
        let chunk = subjects.len().div_ceil(self.threads.max(1)).max(1);
        thread::scope(|scope| {
            let filter = &self.engine.filter;
            let runs: Vec<_> = subjects.chunks(chunk).map(|part| scope.spawn(move || disguise_all(part, filter, self.seed))).collect();
            for run in runs {
                if let Ok(part) = run.join() {
                    evaded.add(part);
                }
            }
        });
        evaded
    }
}

fn parts_of(composition: &Composition) -> impl Iterator<Item = &Reference> {
    let counted = composition.at_least.iter().flat_map(|(_, of)| of);
    composition.all.iter().chain(&composition.any).chain(counted)
}

/// The message with its parts replaced.
fn rewritten<'p>(text: &str, parts: impl Iterator<Item = (&'p Part, String)>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (part, word) in parts {
        out.push_str(&text[at..part.start]);
        out.push_str(&word);
        at = part.end;
    }
    out.push_str(&text[at..]);
    out
}

/// The message with its parts replaced, whose letters stand apart: from another part, and from a word of one letter, each is as far as its own words are.
fn set_apart(subject: &Subject, words: Vec<String>) -> String {
    let text = &subject.text;
    let single = |word: &str| word.chars().count() == 1 && word.chars().all(char::is_alphanumeric);
    let is_part = |at: usize, edge: fn(&Part) -> usize| subject.parts.iter().any(|p| edge(p) == at);
    let wide = |part: &Part, word: String| {
        let before = text[..part.start]
            .strip_suffix(' ')
            .filter(|t| is_part(t.len(), |p| p.end) || single(t.rsplit(' ').next().unwrap_or_default()));
        let after = text[part.end..].strip_prefix(' ').filter(|t| single(t.split(' ').next().unwrap_or_default()));
        format!("{}{word}{}", if before.is_some() { " " } else { "" }, if after.is_some() { " " } else { "" })
    };
    rewritten(
        text,
        subject.parts.iter().zip(words).map(|(part, word)| (part, if word == part.word.text() { word } else { wide(part, word) })),
    )
}

/// Disguises each subject in every single way and every pair of ways.
fn disguise_all(subjects: &[Subject], filter: &Filter, seed: u64) -> Evaded {
    let mut scanner = filter.scanner();
    let mut evaded = Evaded::default();
    for subject in subjects {
        for (at, first) in ALL.iter().enumerate() {
            evaded.attempt(subject, &[first], &mut scanner, seed);
            for second in ALL.iter().skip(at + 1).filter(|second| first.goes_with(second)) {
                evaded.attempt(subject, &[first, second], &mut scanner, seed);
            }
        }
    }
    evaded
}

/// A part's word in disguise, or why it cannot be disguised so.
fn lay_all(ways: &[&Disguise], part: &Part, rng: &mut Rng) -> Result<String, &'static str> {
    let mut word = part.word.clone();
    for way in ways {
        word = way.lay(&word, rng).ok_or("no grip on the word, or nothing readable left")?;
        if word.text() != part.word.text() && is_ordinary(&word.text()) {
            return Err("another ordinary word then");
        }
    }
    if word.text() == part.word.text() {
        return Err("no grip on the word, or nothing readable left");
    }
    if !part.takes.case && part.word.has_letters() && !word.cased_as(&part.word) {
        return Err("the term's options do not promise it");
    }
    Ok(word.text())
}

/// Whether this is a word that people write in earnest.
fn is_ordinary(word: &str) -> bool {
    static ORDINARY: LazyLock<HashSet<&str>> = LazyLock::new(|| common_words().collect());
    ORDINARY.contains(word.to_lowercase().as_str())
}

impl Evaded {
    fn attempt(&mut self, subject: &Subject, ways: &[&Disguise], scanner: &mut Scanner, seed: u64) {
        let name = ways.iter().map(|d| d.name).collect::<Vec<_>>().join("+");
        let mut rng = Rng::with_seed(seed ^ fnv(&subject.name) ^ fnv(&subject.text).rotate_left(1) ^ fnv(&name).rotate_left(2));
        let mut words = Vec::with_capacity(subject.parts.len());
        let mut hidden = 0;
        for part in &subject.parts {
            if !ways.iter().all(|way| part.takes.allows(way.asks)) {
                if subject.all_parts {
                    return self.exclude("the term's options do not promise it");
                }
                words.push(part.word.text());
                continue;
            }
            match lay_all(ways, part, &mut rng) {
                Ok(word) => {
                    hidden += 1;
                    words.push(word);
                }
                Err(why) if subject.all_parts => return self.exclude(why),
                Err(_) => words.push(part.word.text()),
            }
        }
        if hidden == 0 {
            return self.exclude("no part of the message takes it");
        }
        let apart = ways.iter().any(|way| way.name == "spaced");
        let text = if apart { set_apart(subject, words) } else { rewritten(&subject.text, subject.parts.iter().zip(words)) };
        let seen = subject.goal.is_met(&scanner.scan(&text));
        let (all, by_name) =
            if ways.len() == 1 { (&mut self.singles_seen, &mut self.singles) } else { (&mut self.pairs_seen, &mut self.pairs) };
        all.count(seen);
        by_name.entry(name.clone()).or_default().count(seen);
        if !seen {
            self.misses.push(Miss { disguise: name, of: subject.name.clone(), plain: subject.text.clone(), text, half: subject.half });
        }
    }

    fn exclude(&mut self, why: &'static str) {
        *self.excluded.entry(why).or_default() += 1;
    }

    fn add(&mut self, other: Self) {
        for (why, n) in other.excluded {
            *self.excluded.entry(why).or_default() += n;
        }
        self.singles_seen.add(other.singles_seen);
        self.pairs_seen.add(other.pairs_seen);
        for (mine, theirs) in [(&mut self.singles, other.singles), (&mut self.pairs, other.pairs)] {
            for (name, share) in theirs {
                mine.entry(name).or_default().add(share);
            }
        }
        self.misses.extend(other.misses);
    }

    /// How many of the weakest pairs a sheet shows.
    const PAIRS_SHOWN: usize = 25;

    pub fn sheets(&self) -> Vec<Sheet> {
        let mut singles = Sheet::new(format!("Disguised by seed {}: {}", self.seed, self.name), &["disguise", "still seen"]);
        let counts = |of: &BTreeMap<&'static str, u64>| of.iter().map(|(why, n)| format!("{n} {why}")).collect::<Vec<_>>().join("; ");
        singles.note = Some(format!(
            "{} messages; left out: {}. Disguises excluded: {}.",
            self.messages,
            if self.left_out.is_empty() { "none".to_owned() } else { counts(&self.left_out) },
            if self.excluded.is_empty() { "none".to_owned() } else { counts(&self.excluded) }
        ));
        singles.rows.push(("every single disguise".to_owned(), vec![Cell::Good(self.singles_seen)]));
        singles.rows.push(("every pair".to_owned(), vec![Cell::Good(self.pairs_seen)]));
        singles.rows.extend(self.singles.iter().map(|(name, share)| (name.clone(), vec![Cell::Good(*share)])));
        let mut weakest: Vec<(&String, &Share)> = self.pairs.iter().filter(|(_, share)| share.hits < share.of).collect();
        weakest.sort_by(|a, b| a.1.rate().partial_cmp(&b.1.rate()).unwrap_or(std::cmp::Ordering::Equal).then(a.0.cmp(b.0)));
        let mut pairs = Sheet::new(format!("Weakest pairs: {}", self.name), &["pair", "still seen"]);
        pairs.rows.extend(weakest.into_iter().take(Self::PAIRS_SHOWN).map(|(name, share)| (name.clone(), vec![Cell::Good(*share)])));
        if pairs.rows.is_empty() { vec![singles] } else { vec![singles, pairs] }
    }
}

/// FNV-1a, so that a case's chance depends on the case alone.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3))
}
