//! From a pack's TOML tree to the model. In: a file, and its term and value files on demand. Out: a [`Pack`] whose references are still names.
//! Keeps: every fault is reported and reading goes on. Must not know: other packs, how rules are run.

use super::document::{Reader, Str, Table, shown};
use super::list::Terms;
use super::model::{Composition, Distance, EntityFilter, Example, Filters, Pack, Reference, Rule, Source, Status, Thresholds};
use super::place::Lines;
use super::{names, patterns, points, terms};
use crate::diagnostic::{FileSpan, code};
use crate::matcher::entity::{EntityKind, Grouping};
use semver::{Version, VersionReq};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// The text of the files beside a pack.
pub(super) trait Beside {
    /// The file of this plain name; reported at `asked` if it cannot be had.
    fn open(&mut self, name: &str, asked: &FileSpan, reader: &mut Reader<'_>) -> Option<(std::sync::Arc<str>, std::sync::Arc<str>)>;
}

/// What is counted over all packs of a program.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) rules: usize,
    pub(super) terms: usize,
    pub(super) patterns: usize,
}

/// A pack as read, with the places that the checks between packs point at.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) pack: Pack,
    pub(super) id_place: FileSpan,
    pub(super) category_places: BTreeMap<String, FileSpan>,
    pub(super) notice_places: BTreeMap<String, FileSpan>,
}

/// Most points that a threshold may ask for.
const THRESHOLD_MOST: f32 = 1000.0;
/// Most points that a rule, or its disguise, may give.
const WEIGHT_MOST: f32 = 100.0;

/// Most points that the words of a rule may have to reach.
const POINTS_MOST: f32 = 1000.0;

const TOP_KEYS: &[&str] = &["pack", "actions", "notice", "rule"];
const PACK_KEYS: &[&str] = &["id", "version", "engine", "owner", "about", "source"];
const ACTION_KEYS: &[&str] = &["warn", "review", "block"];
const AT_LEAST_KEYS: &[&str] = &["count", "of"];
const COMMON_KEYS: &[&str] =
    &["id", "about", "status", "category", "weight", "disguise", "source", "reference", "review_by", "match", "no_match"];
const FILTER_KEYS: &[&str] = &["needs", "needs_count", "needs_within", "needs_unless_disguised", "unless", "unless_within", "except"];
const TERM_KEYS: &[&str] = &["terms", "terms_file"];
const PATTERN_KEYS: &[&str] = &["regex", "gate"];
const ENTITY_KEYS: &[&str] =
    &["entity", "min_confidence", "max_confidence", "countries", "grouping", "own_hosts", "apps", "values", "values_file", "except_values"];
const COMPOSE_KEYS: &[&str] = &["all", "any", "none", "at_least", "within", "ordered"];
const WORD_KEYS: &[&str] = &["words_file", "words_least"];
const RULE_KEYS: &[&[&str]] = &[COMMON_KEYS, FILTER_KEYS, TERM_KEYS, PATTERN_KEYS, ENTITY_KEYS, COMPOSE_KEYS, WORD_KEYS];

/// The kinds of source: what the rule is then called, its keys, and those of them that make it one.
const SOURCES: &[(&str, &[&str], &[&str])] = &[
    ("a rule of terms", TERM_KEYS, &["terms", "terms_file"]),
    ("a rule of patterns", PATTERN_KEYS, &["regex"]),
    ("a rule of entities", ENTITY_KEYS, &["entity"]),
    ("a composition", COMPOSE_KEYS, &["all", "any", "none", "at_least"]),
    ("a rule of words with points", WORD_KEYS, &["words_file"]),
];

const STATUSES: &[(&str, Status)] =
    &[("draft", Status::Draft), ("shadow", Status::Shadow), ("live", Status::Live), ("retired", Status::Retired)];

const ENTITIES: &[(&str, EntityKind)] = &[
    ("phone", EntityKind::Phone),
    ("email", EntityKind::Email),
    ("link", EntityKind::Link),
    ("app-link", EntityKind::AppLink),
    ("handle", EntityKind::Handle),
    ("wallet", EntityKind::Wallet),
    ("iban", EntityKind::Iban),
    ("card", EntityKind::Card),
    ("cashtag", EntityKind::Cashtag),
    ("pay-link", EntityKind::PayLink),
    ("bank-account", EntityKind::BankAccount),
    ("cas", EntityKind::Cas),
];

const GROUPINGS: &[(&str, Grouping)] = &[("any", Grouping::Any), ("kept", Grouping::Kept), ("exact", Grouping::Exact)];

/// Options that only some kinds of entity take.
const ENTITY_OPTIONS: &[(&str, &[EntityKind])] = &[
    ("countries", &[EntityKind::Phone]),
    ("grouping", &[EntityKind::Phone]),
    ("own_hosts", &[EntityKind::Link, EntityKind::Email]),
    ("apps", &[EntityKind::AppLink, EntityKind::Handle]),
];

/// Reads a pack; `None` if it is for another engine.
pub(super) fn read(document: &Table<'_>, r: &mut Reader<'_>, totals: &mut Totals, beside: &mut dyn Beside) -> Option<Read> {
    let mut pack = Pack::default();
    let id_place = match r.table(document, "pack") {
        Some((header, span)) => read_header(header, span, r, &mut pack)?,
        None => {
            if !document.contains_key("pack") {
                r.missing(0..0, "[pack]", "a pack", "begin with [pack] and its id, version and engine");
            }
            FileSpan::whole(r.lines.name().clone())
        }
    };
    // Below a header that could not be read, a rule's keys seem to stand here.
    if !r.damaged {
        r.only_keys(document, &[TOP_KEYS], "a pack file");
    }
    let category_places = read_actions(document, r, &mut pack);
    let notice_places = read_notices(document, r, &mut pack);
    let rules = r.tables(document, "rule");
    pack.rules.reserve(rules.len().min(r.limits.rules));
    for (table, span) in rules {
        totals.rules += 1;
        if totals.rules > r.limits.rules {
            let message = format!("there are more than {} rules", r.limits.rules);
            r.fault(code::LIMIT, span, message, "join rules that do the same, or load fewer packs");
            break;
        }
        pack.rules.push(RuleReader { table, span, r, totals, beside }.read());
    }
    Some(Read { pack, id_place, category_places, notice_places })
}

fn read_header(header: &Table<'_>, span: Range<usize>, r: &mut Reader<'_>, pack: &mut Pack) -> Option<FileSpan> {
    if let Some(engine) = r.text(header, "engine") {
        match VersionReq::parse(&engine.text) {
            Ok(wanted) if !engine_meets(&wanted) => {
                let message = format!("this pack is for engine {}, and this one is {}", shown(&engine.text), env!("CARGO_PKG_VERSION"));
                r.report.add(code::ENGINE, engine.place, message, "update the library, or take the pack's version for this engine");
                return None;
            }
            Ok(_) => {}
            Err(error) => {
                let message = format!("`{}` is no version requirement: {error}", shown(&engine.text));
                r.report.add(code::BAD_ID, engine.place, message, "write a range such as \">=0.1, <0.2\"");
            }
        }
    } else if !header.contains_key("engine") {
        r.missing(span.clone(), "engine", "[pack]", "write engine = \">=0.1, <0.2\"");
    }
    r.only_keys(header, &[PACK_KEYS], "[pack]");
    let id = named(header, "id", r, names::is_kebab, "words of a-z and 0-9 joined by -");
    let version = named(header, "version", r, names::is_version, "numbers joined by dots, such as 2026.11.0");
    for key in ["id", "version"] {
        if !header.contains_key(key) {
            r.missing(span.clone(), key, "[pack]", &format!("write {key} = \"...\""));
        }
    }
    pack.version = version.map(|v| v.text).unwrap_or_default();
    pack.owner = r.text(header, "owner").map(|s| s.text);
    pack.about = r.text(header, "about").map(|s| s.text);
    pack.source = r.text(header, "source").map(|s| s.text);
    let place = id.as_ref().map_or_else(|| r.at(span), |id| id.place.clone());
    pack.id = id.map(|id| id.text).unwrap_or_default();
    Some(place)
}

/// A version's pre-releases meet what the version itself meets.
fn engine_meets(wanted: &VersionReq) -> bool {
    Version::parse(env!("CARGO_PKG_VERSION")).is_ok_and(|v| wanted.matches(&Version::new(v.major, v.minor, v.patch)))
}

/// A text at a key that must have a certain form.
fn named(table: &Table<'_>, key: &str, r: &mut Reader<'_>, fits: fn(&str) -> bool, form: &str) -> Option<Str> {
    let name = r.text(table, key)?;
    check_name(name, key, r, fits, form)
}

fn check_name(name: Str, key: &str, r: &mut Reader<'_>, fits: fn(&str) -> bool, form: &str) -> Option<Str> {
    if fits(&name.text) {
        return Some(name);
    }
    let message = format!("`{}` is not well-formed as {key}", shown(&name.text));
    r.report.add(code::BAD_ID, name.place, message, format!("write {form}, at most {} characters", names::NAME_CHARS));
    None
}

fn key_name(key: &toml::Spanned<Cow<'_, str>>, what: &str, r: &mut Reader<'_>, fits: fn(&str) -> bool, form: &str) -> Option<String> {
    let name = Str { text: key.get_ref().to_string(), place: r.at(key.span()) };
    check_name(name, what, r, fits, form).map(|s| s.text)
}

const CATEGORY_FORM: &str = "words of a-z and 0-9 joined by -";

fn read_actions(document: &Table<'_>, r: &mut Reader<'_>, pack: &mut Pack) -> BTreeMap<String, FileSpan> {
    let mut places = BTreeMap::new();
    let Some((actions, _)) = r.table(document, "actions") else { return places };
    for key in actions.keys() {
        let Some(category) = key_name(key, "category", r, names::is_kebab, CATEGORY_FORM) else { continue };
        let Some((table, span)) = r.table(actions, &category) else { continue };
        r.only_keys(table, &[ACTION_KEYS], "a category's actions");
        let mut read = |name| r.number(table, name, 0.0..=THRESHOLD_MOST, true);
        let thresholds = Thresholds { warn: read("warn"), review: read("review"), block: read("block") };
        if table.is_empty() {
            r.fault(
                code::EMPTY,
                span.clone(),
                format!("[actions.{category}] sets no threshold"),
                "write warn, review or block, or leave it out",
            );
        }
        let set: Vec<f32> = [thresholds.warn, thresholds.review, thresholds.block].into_iter().flatten().collect();
        if !set.is_sorted() {
            let message = format!("the thresholds of {category} are not in order");
            r.fault(code::THRESHOLD_ORDER, key.span(), message, "make warn the smallest and block the largest");
        }
        places.insert(category.clone(), r.at(key.span()));
        pack.actions.insert(category, thresholds);
    }
    places
}

fn read_notices(document: &Table<'_>, r: &mut Reader<'_>, pack: &mut Pack) -> BTreeMap<String, FileSpan> {
    let mut places = BTreeMap::new();
    let Some((notices, _)) = r.table(document, "notice") else { return places };
    for key in notices.keys() {
        let Some(category) = key_name(key, "category", r, names::is_kebab, CATEGORY_FORM) else { continue };
        let Some((table, _)) = r.table(notices, &category) else { continue };
        let mut texts = BTreeMap::new();
        for lang in table.keys() {
            let Some(tag) = key_name(lang, "language", r, names::is_language, "a BCP 47 tag such as en or zh-Hant") else { continue };
            if let Some(text) = r.text(table, &tag) {
                texts.insert(tag, text.text);
            }
        }
        places.insert(category.clone(), r.at(key.span()));
        pack.notices.insert(category, texts);
    }
    places
}

/// One `[[rule]]`.
struct RuleReader<'x, 'v, 'i, 'a> {
    table: &'v Table<'i>,
    span: Range<usize>,
    r: &'x mut Reader<'a>,
    totals: &'x mut Totals,
    beside: &'x mut dyn Beside,
}

impl RuleReader<'_, '_, '_, '_> {
    fn read(mut self) -> Rule {
        let (table, limits) = (self.table, self.r.limits);
        self.r.only_keys(table, RULE_KEYS, "a rule");
        let id = named(table, "id", self.r, names::is_rule_id, "words of a-z and 0-9 joined by . or -");
        if !table.contains_key("id") {
            self.r.missing(self.span.clone(), "id", "a rule", "write id = \"area.what-it-finds\"");
        }
        let place = id.as_ref().map_or_else(|| self.r.at(self.span.clone()), |id| id.place.clone());
        let status = self.status();
        let category = named(table, "category", self.r, names::is_kebab, CATEGORY_FORM).map(|c| c.text);
        let (weight, disguise) = self.weights(status);
        let source = self.source(status);
        let filters = self.filters(&source);
        Rule {
            id: id.map(|id| id.text).unwrap_or_default(),
            place,
            about: self.r.text(table, "about").map(|s| s.text),
            status,
            category,
            weight,
            disguise,
            source,
            filters,
            matches: self.examples("match", limits.example_chars),
            no_matches: self.examples("no_match", limits.example_chars),
            facts: self.r.text(table, "source").map(|s| s.text),
            reference: self.r.text(table, "reference").map(|s| s.text),
            review_by: self.r.date(table, "review_by"),
        }
    }

    fn span_of(&self, key: &str) -> Range<usize> {
        self.table.get_key_value(key).map_or_else(|| self.span.clone(), |(key, _)| key.span())
    }

    fn status(&mut self) -> Status {
        let Some(status) = self.r.text(self.table, "status") else { return Status::Live };
        if let Some((_, known)) = STATUSES.iter().find(|(name, _)| *name == status.text) {
            return *known;
        }
        let help = self.r.report.did_you_mean(&status.text, STATUSES.iter().map(|(name, _)| *name), "write draft, shadow, live or retired");
        self.r.report.add(code::BAD_VALUE, status.place, format!("there is no status `{}`", shown(&status.text)), help);
        Status::Draft
    }

    fn weights(&mut self, status: Status) -> (f32, f32) {
        let table = self.table;
        let weight = self.r.number(table, "weight", 0.0..=WEIGHT_MOST, true);
        let disguise = self.r.number(table, "disguise", 0.0..=WEIGHT_MOST, false);
        if table.contains_key("category") {
            if !table.contains_key("weight") && status != Status::Retired {
                self.r.missing(self.span_of("category"), "weight", "a rule with a category", "write weight = 2.0, in points");
            }
            return (weight.unwrap_or_default(), disguise.unwrap_or(1.0));
        }
        for key in ["weight", "disguise"] {
            if table.contains_key(key) && !self.r.damaged {
                let message = format!("a cue (a rule without category) has no `{key}`");
                self.r.fault(code::MISPLACED_KEY, self.span_of(key), message, "add a category, or leave it out");
            }
        }
        (0.0, 0.0)
    }

    fn examples(&mut self, key: &str, chars: usize) -> Vec<Example> {
        let texts = self.r.texts(self.table, key, chars).unwrap_or_default();
        texts.into_iter().map(|s| Example { text: s.text, place: s.place }).collect()
    }

    fn source(&mut self, status: Status) -> Source {
        let table = self.table;
        let here: Vec<usize> = SOURCES
            .iter()
            .enumerate()
            .filter(|(_, (_, _, makers))| makers.iter().any(|k| table.contains_key(*k)))
            .map(|(index, _)| index)
            .collect();
        let [kind] = here.as_slice() else {
            self.no_single_source(&here, status);
            return Source::Terms(Terms::default());
        };
        self.refuse_keys_of_other_sources(*kind);
        match kind {
            0 => Source::Terms(self.terms()),
            1 => self.patterns(),
            2 => Source::Entity(self.entity()),
            3 => Source::Compose(self.composition()),
            _ => self.words(),
        }
    }

    fn no_single_source(&mut self, here: &[usize], status: Status) {
        let all = "give it one of: terms or terms_file, regex, entity, all/any/none/at_least, words_file";
        if here.len() > 1 {
            let kinds: Vec<&str> = here.iter().filter_map(|i| SOURCES.get(*i)).map(|(name, ..)| *name).collect();
            let message = format!("a rule has one kind of source, and this is {} at once", kinds.join(" and "));
            self.r.fault(code::RULE_SOURCE, self.span_of("id"), message, "make a rule of each, and a composition of them if needed");
        } else if status != Status::Retired && !self.r.damaged {
            self.r.fault(code::RULE_SOURCE, self.span_of("id"), "this rule has nothing to find", all);
        }
    }

    fn refuse_keys_of_other_sources(&mut self, kind: usize) {
        for (other, (_, keys, _)) in SOURCES.iter().enumerate() {
            for key in keys.iter().filter(|key| other != kind && self.table.contains_key(**key)) {
                let name = SOURCES.get(kind).map_or("this rule", |(name, ..)| *name);
                let owner = SOURCES.get(other).map_or("another rule", |(name, ..)| *name);
                let message = format!("{name} does not take `{key}`");
                self.r.fault(code::MISPLACED_KEY, self.span_of(key), message, format!("leave it out; it belongs to {owner}"));
            }
        }
    }

    fn terms(&mut self) -> Terms {
        let limits = self.r.limits;
        let values = self.r.list(self.table, "terms", limits.terms).unwrap_or_default();
        let mut read = Terms::default();
        read.reserve(values.len());
        for value in values {
            // Options follow the term in the same text, so the text may be longer than a term.
            if let Some(text) = self.r.checked(value, "terms", limits.term_chars + limits.text_chars) {
                let span = value.span();
                // It may stand in the file as it is, between quotes of one byte.
                let written = self.r.lines.text().get(span.start + 1..span.end.saturating_sub(1));
                let at = (written == Some(text)).then_some(span.start + 1);
                terms::read_inline(self.r.lines, (text, at), &span, limits, self.r.report, &mut read);
            }
        }
        for name in self.r.texts(self.table, "terms_file", limits.text_chars).unwrap_or_default() {
            if let Some((file, text)) = self.open(&name, ".terms") {
                let before = read.len();
                terms::read_file(&Lines::new(file, text), limits, self.r.report, &mut read);
                if read.len() == before {
                    self.r.report.add(
                        code::EMPTY,
                        name.place,
                        format!("`{}` has no terms", shown(&name.text)),
                        "write one term on each line",
                    );
                }
            }
        }
        if self.are_too_many(read.len()) { Terms::default() } else { read }
    }

    /// Counts terms; whether there are too many now.
    fn are_too_many(&mut self, more: usize) -> bool {
        let most = self.r.limits.terms;
        let before = self.totals.terms;
        self.totals.terms += more;
        if before <= most && self.totals.terms > most {
            let message = format!("there are more than {most} terms");
            self.r.fault(code::LIMIT, self.span_of("id"), message, "drop terms that never hit, or use a pattern");
        }
        self.totals.terms > most
    }

    fn words(&mut self) -> Source {
        if !self.table.contains_key("words_least") {
            let message = "a rule of words with points needs `words_least`";
            self.r.fault(code::MISSING_KEY, self.span_of("words_file"), message, "write the points that the words must reach together");
        }
        let least = self.r.number(self.table, "words_least", 0.0..=POINTS_MOST, true).unwrap_or(POINTS_MOST);
        let mut words = Vec::new();
        for name in self.r.texts(self.table, "words_file", self.r.limits.text_chars).unwrap_or_default() {
            if let Some((file, text)) = self.open(&name, ".words") {
                let before = words.len();
                points::read_file(&Lines::new(file, text), self.r.report, &mut words);
                if words.len() == before {
                    let message = format!("`{}` has no words", shown(&name.text));
                    self.r.report.add(code::EMPTY, name.place, message, "write points and a word on each line");
                }
            }
        }
        if self.are_too_many(words.len()) {
            words.clear();
        }
        Source::Words { least, words }
    }

    fn open(&mut self, name: &Str, extension: &str) -> Option<(std::sync::Arc<str>, std::sync::Arc<str>)> {
        let file = &name.text;
        let plain = !file.contains(['/', '\\', ':', '\0']) && !file.starts_with('.') && file.ends_with(extension);
        if plain {
            return self.beside.open(file, &name.place, self.r);
        }
        let message = format!("`{}` is no plain name of a {extension} file", shown(file));
        self.r.report.add(
            code::SIDE_FILE,
            name.place.clone(),
            message,
            format!("put the file beside the pack, and write its name, such as \"drugs{extension}\""),
        );
        None
    }

    fn patterns(&mut self) -> Source {
        let limits = self.r.limits;
        let gate: Vec<String> =
            self.r.texts(self.table, "gate", limits.term_chars).unwrap_or_default().into_iter().map(|s| s.text).collect();
        let gated = self.table.contains_key("gate");
        let mut patterns = Vec::new();
        for pattern in self.r.texts(self.table, "regex", limits.pattern_bytes).unwrap_or_default() {
            self.totals.patterns += 1;
            if self.totals.patterns > limits.patterns {
                if self.totals.patterns == limits.patterns + 1 {
                    let message = format!("there are more than {} patterns", limits.patterns);
                    self.r.report.add(code::LIMIT, pattern.place, message, "use terms for words and phrases");
                }
                continue;
            }
            if pattern.text.len() > limits.pattern_bytes {
                let message = format!("the pattern is {} bytes long; at most {} are read", pattern.text.len(), limits.pattern_bytes);
                self.r.report.add(code::LIMIT, pattern.place, message, "use terms for words and phrases");
                continue;
            }
            match patterns::check(&pattern.text, limits) {
                Err(fault) => self.r.report.add(code::BAD_PATTERN, pattern.place.clone(), fault.cause, fault.help),
                Ok(compiled) if compiled.is_backtracking() && !gated => self.r.report.add(
                    code::NO_GATE,
                    pattern.place.clone(),
                    "a pattern with look-around or backreferences needs `gate`",
                    "write gate = [\"word\"]: words of which one stands in every text that matches",
                ),
                Ok(compiled) => patterns.push(compiled),
            }
            if let Some((message, help)) = patterns::smell(&pattern.text) {
                self.r.report.add(code::SLOW_PATTERN, pattern.place.clone(), message, help);
            }
        }
        Source::Regex { patterns, gate }
    }

    fn entity(&mut self) -> EntityFilter {
        let (table, limits) = (self.table, self.r.limits);
        let kinds = self.entity_kinds();
        for (key, takers) in ENTITY_OPTIONS {
            if table.contains_key(*key) && !kinds.is_empty() && !kinds.iter().any(|k| takers.contains(k)) {
                let names: Vec<&str> = ENTITIES.iter().filter(|(_, k)| takers.contains(k)).map(|(n, _)| *n).collect();
                let message = format!("`{key}` is only for {}", names.join(" and "));
                self.r.fault(code::MISPLACED_KEY, self.span_of(key), message, "leave it out, or ask for that entity");
            }
        }
        let min_confidence = self.r.whole(table, "min_confidence", 0..=100).unwrap_or(50);
        let max_confidence = self.r.whole(table, "max_confidence", 0..=100).unwrap_or(100);
        if min_confidence > max_confidence {
            let message = format!("min_confidence {min_confidence} is above max_confidence {max_confidence}");
            self.r.fault(code::OUT_OF_RANGE, self.span_of("min_confidence"), message, "make it the smaller one");
        }
        let mut values = self.values("values", &kinds);
        for name in self.r.texts(table, "values_file", limits.text_chars).unwrap_or_default() {
            if let Some((file, text)) = self.open(&name, ".values") {
                let found = terms::read_values(&Lines::new(file, text));
                if found.len() > limits.list {
                    let message = format!("`{}` has {} values; at most {} are read", shown(&name.text), found.len(), limits.list);
                    self.r.report.add(code::LIMIT, name.place, message, "split the rule");
                    continue;
                }
                if found.is_empty() {
                    self.r.report.add(
                        code::EMPTY,
                        name.place,
                        format!("`{}` has no values", shown(&name.text)),
                        "write one value on each line",
                    );
                }
                values.extend(found.into_iter().filter_map(|(text, place)| self.value(Str { text, place }, &kinds)));
            }
        }
        EntityFilter {
            countries: self.form("countries", names::is_country, "a code of ISO 3166-1 in capitals, such as \"US\" or \"GB\""),
            grouping: self.grouping(),
            own_hosts: self.form("own_hosts", names::is_host, "a host in lower case without https://, such as \"market.example\""),
            apps: self.form("apps", names::is_rule_id, "the canonical id of an app, such as \"telegram\""),
            values,
            except_values: self.values("except_values", &kinds),
            min_confidence: u8::try_from(min_confidence).unwrap_or(50),
            max_confidence: u8::try_from(max_confidence).unwrap_or(100),
            kinds,
        }
    }

    fn grouping(&mut self) -> Grouping {
        let Some(name) = self.r.text(self.table, "grouping") else { return Grouping::Any };
        if let Some((_, known)) = GROUPINGS.iter().find(|(known, _)| *known == name.text) {
            return *known;
        }
        let help = self.r.report.did_you_mean(&name.text, GROUPINGS.iter().map(|(known, _)| *known), "write any, kept or exact");
        self.r.report.add(code::BAD_VALUE, name.place, format!("there is no grouping `{}`", shown(&name.text)), help);
        Grouping::Any
    }

    fn entity_kinds(&mut self) -> Vec<EntityKind> {
        let mut kinds = Vec::new();
        for name in self.r.texts(self.table, "entity", self.r.limits.text_chars).unwrap_or_default() {
            match ENTITIES.iter().find(|(known, _)| *known == name.text) {
                Some((_, kind)) if !kinds.contains(kind) => kinds.push(*kind),
                Some(_) => {}
                None => {
                    let all: Vec<&str> = ENTITIES.iter().map(|(n, _)| *n).collect();
                    let help = self.r.report.did_you_mean(&name.text, all.iter().copied(), &format!("the entities are {}", all.join(", ")));
                    self.r.report.add(code::BAD_VALUE, name.place, format!("there is no entity `{}`", shown(&name.text)), help);
                }
            }
        }
        kinds
    }

    /// The texts at a key that have the form asked for; the others are reported.
    fn form(&mut self, key: &str, fits: fn(&str) -> bool, form: &str) -> Vec<String> {
        let texts = self.r.texts(self.table, key, self.r.limits.text_chars).unwrap_or_default();
        texts.into_iter().filter_map(|text| check_name(text, key, self.r, fits, form)).map(|s| s.text).collect()
    }

    fn values(&mut self, key: &str, kinds: &[EntityKind]) -> Vec<String> {
        let texts = self.r.texts(self.table, key, self.r.limits.text_chars).unwrap_or_default();
        texts.into_iter().filter_map(|text| self.value(text, kinds)).collect()
    }

    fn value(&mut self, value: Str, kinds: &[EntityKind]) -> Option<String> {
        if kinds == [EntityKind::Cas] && !names::is_cas(&value.text) {
            let message = format!("`{}` is no CAS number: its form or its last (check) digit is wrong", shown(&value.text));
            self.r.report.add(code::BAD_ENTITY_VALUE, value.place, message, "copy the number from its source again");
            return None;
        }
        Some(value.text)
    }

    fn references(&mut self, key: &str) -> Vec<Reference> {
        let texts = self.r.texts(self.table, key, self.r.limits.text_chars).unwrap_or_default();
        self.as_references(texts)
    }

    fn as_references(&mut self, texts: Vec<Str>) -> Vec<Reference> {
        let form = "a rule's id, or its beginning and .*";
        let named = texts.into_iter().filter_map(|text| check_name(text, "rule id", self.r, names::is_reference, form));
        named.map(|s| Reference { id: s.text, place: s.place }).collect()
    }

    fn composition(&mut self) -> Composition {
        let composition = Composition {
            all: self.references("all"),
            any: self.references("any"),
            none: self.references("none"),
            at_least: self.at_least(),
            within: self.distance("within", Distance::Message),
            ordered: self.r.boolean(self.table, "ordered"),
        };
        let table = self.table;
        if !["all", "any", "at_least"].iter().any(|k| table.contains_key(*k)) {
            self.r.fault(
                code::RULE_SOURCE,
                self.span_of("none"),
                "`none` alone has nothing to fire on",
                "add `all`, `any` or `at_least`: the hits that count where none of these is near",
            );
        }
        if composition.ordered && composition.all.len() < 2 {
            self.r.fault(code::NO_EFFECT, self.span_of("ordered"), "`ordered` is about `all` with two ids or more", "leave it out");
        }
        composition
    }

    fn at_least(&mut self) -> Option<(u16, Vec<Reference>)> {
        let (inner, span) = self.r.table(self.table, "at_least")?;
        self.r.only_keys(inner, &[AT_LEAST_KEYS], "at_least");
        for key in AT_LEAST_KEYS {
            if !inner.contains_key(*key) {
                self.r.missing(span.clone(), key, "at_least", "write at_least = { count = 2, of = [\"id\", \"id\"] }");
            }
        }
        let count = self.r.whole(inner, "count", 1..=1000).unwrap_or(1);
        let of = self.r.texts(inner, "of", self.r.limits.text_chars).unwrap_or_default();
        Some((count, self.as_references(of)))
    }

    fn distance(&mut self, key: &str, default: Distance) -> Distance {
        let Some(text) = self.r.text(self.table, key) else { return default };
        names::distance(&text.text).unwrap_or_else(|| {
            let message = format!("`{}` is no distance", shown(&text.text));
            let help = format!(
                "write \"message\", \"sentence\", \"12 words\", \"12 words before\" or \"12 words after\"; at most {} words",
                names::DISTANCE_WORDS
            );
            self.r.report.add(code::BAD_DISTANCE, text.place, message, help);
            default
        })
    }

    fn filters(&mut self, source: &Source) -> Filters {
        let table = self.table;
        let filters = Filters {
            needs: self.references("needs"),
            needs_count: self.r.whole(table, "needs_count", 1..=1000).unwrap_or(1),
            needs_within: self.distance("needs_within", Distance::Words(12)),
            needs_unless_disguised: self.r.boolean(table, "needs_unless_disguised"),
            unless: self.references("unless"),
            unless_within: self.distance("unless_within", Distance::Words(8)),
            except: self.examples("except", self.r.limits.term_chars),
        };
        let term_needs = matches!(source, Source::Terms(terms) if terms.iter().any(|t| !t.needs.is_empty()));
        let idle = [
            ("needs_count", table.contains_key("needs")),
            ("needs_within", table.contains_key("needs") || term_needs),
            ("needs_unless_disguised", table.contains_key("needs") || term_needs),
            ("unless_within", table.contains_key("unless")),
        ];
        for (key, used) in idle {
            if table.contains_key(key) && !used {
                let base = key.split('_').next().unwrap_or(key);
                self.r.fault(
                    code::NO_EFFECT,
                    self.span_of(key),
                    format!("`{key}` does nothing without `{base}`"),
                    "add it, or leave this out",
                );
            }
        }
        filters
    }
}
