//! What holds of every input. In: any bytes. Out: a panic that names the promise that was broken. Shared by the property tests, the fuzz targets (`fuzz/`)
//! and the replay of regressions: a promise is written down once. Uses nothing but the public interface.

use sidestep::diagnostic::{Diagnostic, SourceText};
use sidestep::evasion::Evasion;
use sidestep::limits::{Budget, PackLimits, ScanLimits};
use sidestep::matcher::entity::{self, EntityHits, EntityKind, EntityOptions, Heard};
use sidestep::pack::{SourceFile, compiled, lint, load_sources};
use sidestep::text::{Text, keys};
use sidestep::{Action, Filter, Finding, Scanner, Verdict};
use std::sync::OnceLock;

/// A pack with one rule of each kind.
pub const SMALL_PACK: &str = include_str!("../data/invariants/small.toml");

/// The small pack, ready.
pub fn small_filter() -> Filter {
    Filter::from_sources(&[SourceFile::new("small.toml", SMALL_PACK)]).unwrap_or_else(|e| panic!("{e}"))
}

fn read(source: &[u8]) -> Text {
    let mut text = Text::new();
    text.read(source);
    text
}

/// Whether a place is between characters of the message, ill-formed sequences taken for one character each.
fn is_boundary(source: &[u8], at: usize) -> bool {
    let mut offset = 0;
    for chunk in source.utf8_chunks() {
        let valid = chunk.valid();
        if at <= offset + valid.len() {
            return valid.is_char_boundary(at - offset);
        }
        offset += valid.len() + chunk.invalid().len();
    }
    at == offset
}

/// The text stage: source map, idempotence, tokens, reuse. `reused` has read other texts before.
pub fn text(reused: &mut Text, source: &[u8]) {
    let once = read(source);
    let mut last = 0;
    for at in 0..=once.folded().len() {
        let place = once.source_span(at..at).start;
        assert!(last <= place && place <= source.len(), "the source map is in bounds and monotone");
        if place != last {
            assert!(is_boundary(source, place), "the source map is on character boundaries");
        }
        last = place;
    }
    assert_eq!(once.source_span(0..usize::MAX).end, source.len(), "the source map ends where the message ends");
    assert_eq!(once.class().len(), once.folded().len() + keys::PADDING, "one class a byte");
    let mut end = 0;
    for token in once.tokens() {
        assert!(end <= token.start && token.start < token.end, "tokens are in order and not empty");
        assert!(once.folded().get(token.range()).is_some(), "tokens are on character boundaries");
        end = token.end;
    }
    let twice = read(once.folded().as_bytes());
    assert_eq!(once.folded(), twice.folded(), "folding a folded text changes nothing");
    assert_eq!(once.tokens(), twice.tokens(), "tokens of a folded text are the same");
    reused.read(source);
    assert_eq!(reused.folded(), once.folded(), "a reused text folds as a fresh one");
    assert_eq!(reused.tokens(), once.tokens(), "a reused text has the tokens of a fresh one");
    assert_eq!(reused.facts(), once.facts(), "a reused text has the facts of a fresh one");
    assert_eq!(reused.evidence(0..usize::MAX), once.evidence(0..usize::MAX), "a reused text has the evidence of a fresh one");
}

/// Promises that take further scans to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Costly {
    Reuse,
    Explain,
    Gate,
    Entries,
    Ways,
    Hiding,
    Lint,
}

/// All of them.
pub const COSTLY: [Costly; 7] = [Costly::Reuse, Costly::Explain, Costly::Gate, Costly::Entries, Costly::Ways, Costly::Hiding, Costly::Lint];

/// How many of the costly promises are checked of an input.
#[derive(Debug, Clone, Copy)]
pub enum Extent {
    /// Every one: tests.
    All,
    /// One, chosen by the input's bytes: fuzzers, for which executions count. What they find is found again by the same bytes.
    One(Costly),
}

impl Extent {
    /// The one that these bytes choose.
    pub fn one_by(bytes: &[u8]) -> Self {
        let sum = bytes.iter().fold(0, |sum: usize, &b| (sum ^ usize::from(b)).wrapping_mul(0x0100_0000_01B3)) >> 8;
        Self::One(COSTLY[sum % COSTLY.len()])
    }

    /// Whether this promise is checked.
    pub fn covers(self, costly: Costly) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => one == costly,
        }
    }
}

/// Scanning: what must hold of one message under one filter. `reused` is a scanner of that filter that has judged other messages before.
pub fn scan(reused: &mut Scanner, message: &[u8], extent: Extent) -> Verdict {
    if extent.covers(Costly::Reuse) {
        let (before, after) = message.split_at(any_place(message));
        reused.scan_bytes(before);
        reused.scan_bytes(after);
    }
    let verdict = reused.scan_bytes(message);
    let limits = ScanLimits::default();
    let most = u64::from(limits.work_base) + u64::from(limits.work_per_byte) * message.len() as u64;
    assert!(reused.work_spent() <= most + most / 4, "work is within its bound, and the first look within a quarter of it");
    if extent.covers(Costly::Reuse) {
        let fresh = reused.filter().clone().scanner().scan_bytes(message);
        assert_eq!(verdict, fresh, "fresh and used scanners agree");
    }
    if extent.covers(Costly::Explain) {
        assert_eq!(reused.explain(message).verdict, verdict, "explaining judges as scanning does");
    }
    adds_up(&verdict);
    points_into(&verdict, message);
    survives_json(&verdict);
    if extent.covers(Costly::Gate) {
        gate_hides_nothing(message);
    }
    let lossy = String::from_utf8_lossy(message);
    if lossy.as_bytes() == message {
        masks(&verdict, &lossy);
    }
    if extent.covers(Costly::Entries) {
        both_entries(reused, &verdict, message, &lossy);
    }
    if extent.covers(Costly::Ways) && message.is_ascii() && verdict.limits.is_empty() {
        both_ways(reused, &lossy);
    }
    verdict
}

/// Text and bytes are judged alike.
fn both_entries(scanner: &mut Scanner, verdict: &Verdict, message: &[u8], lossy: &str) {
    if lossy.as_bytes() == message {
        assert_eq!(scanner.scan(lossy), *verdict, "text and bytes are judged alike");
    } else if verdict.limits.is_empty() {
        let repaired = scanner.scan(lossy);
        assert_eq!(without_places(&repaired), without_places(verdict), "ill-formed bytes are read as U+FFFD");
    }
}

/// A place in a message that its bytes choose.
fn any_place(message: &[u8]) -> usize {
    message.iter().fold(0, |sum: usize, &b| sum.wrapping_mul(31).wrapping_add(usize::from(b))) % (message.len() + 1)
}

/// A message as a fuzzer gives it: scanned, and, where it is text, hidden from.
pub fn message(reused: &mut Scanner, bytes: &[u8], extent: Extent) {
    let verdict = scan(reused, bytes, extent);
    if extent.covers(Costly::Hiding)
        && let Ok(text) = std::str::from_utf8(bytes)
        && verdict.is_flagged()
    {
        hiding_does_not_help(reused, text, bytes.len());
    }
}

/// The sums are what an editor would add up by hand.
fn adds_up(verdict: &Verdict) {
    let by_category: f64 = verdict.categories.values().map(|c| c.score).sum();
    assert!((by_category - verdict.score).abs() < 1e-6, "the score is the sum of the categories");
    let action = verdict.categories.values().map(|c| c.action).max().unwrap_or(Action::Allow);
    assert_eq!(action, verdict.action, "the action is the strongest of any category");
    if !verdict.limits.findings {
        let weights: f64 = verdict.findings.iter().map(|f| f.weight).sum();
        assert!((weights - verdict.score).abs() < 1e-6, "the score is the sum of the findings");
    }
    assert!(verdict.findings.is_sorted_by_key(|f| (f.start, f.end, f.rule.clone())), "findings are in order");
    assert!(!verdict.packs.is_empty(), "a verdict names its packs");
}

/// Every finding points at the bytes that it shows, and these read as what matched.
fn points_into(verdict: &Verdict, message: &[u8]) {
    for finding in &verdict.findings {
        let slice = message.get(finding.start..finding.end).unwrap_or_else(|| panic!("{finding:?} lies inside the message"));
        assert!(!slice.is_empty(), "{finding:?} is not empty");
        assert!(is_boundary(message, finding.start) && is_boundary(message, finding.end), "{finding:?} is on boundaries");
        assert_eq!(String::from_utf8_lossy(slice), finding.text, "the text of a finding is what its range holds");
        assert!(finding.weight >= 0.0 && !finding.rule.is_empty() && !finding.category.is_empty(), "{finding:?}");
        let folded = read(slice);
        assert!(!folded.folded().trim().is_empty(), "{finding:?} holds something that can be read");
        if is_clear_term(finding) {
            assert!(
                letters(folded.folded()).starts_with(&letters(read(finding.matched.as_bytes()).folded())),
                "{finding:?} reads as its term"
            );
        } else if is_term(finding) && LETTER_BY_LETTER.contains(finding.evasion) {
            let (shown, term) = (bare_key(&finding.text), bare_key(&finding.matched));
            // In a script without spaces emoji and other signs may stand between.
            let mut shown = shown.iter();
            assert!(term.iter().all(|class| shown.any(|s| s == class)), "{finding:?} has the key of its term");
        }
    }
}

/// Disguises that leave each letter where it was, with its key: the text of such a finding, read by itself, has the key of the term.
const LETTER_BY_LETTER: Evasions = Evasions(&[
    Evasion::CASE,
    Evasion::ACCENT,
    Evasion::FULLWIDTH,
    Evasion::STYLED,
    Evasion::ZEROWIDTH,
    Evasion::ZALGO,
    Evasion::SPACED,
    Evasion::PUNCT,
    Evasion::REPEAT,
    Evasion::SPLIT,
]);

/// A constant set of disguises.
struct Evasions(&'static [Evasion]);

impl Evasions {
    fn contains(&self, seen: Evasion) -> bool {
        self.0.iter().fold(seen, |left, &kind| left.without(kind)).is_empty()
    }
}

/// The key classes of a text, repeats taken for one.
fn bare_key(text: &str) -> Vec<u8> {
    let text = read(text.as_bytes());
    let mut key: Vec<u8> = text.class().iter().copied().filter(|&class| class != 0).collect();
    key.dedup();
    key
}

/// The gate before the identifier finders hides nothing: held open, they find what they find behind it. Handles are left out: the app beside one opens the
/// gate, and where it stands in pieces that is the term index's to say.
fn gate_hides_nothing(message: &[u8]) {
    thread_local!(static VOCABULARY: entity::Vocabulary = entity::vocabulary());
    let text = read(message);
    let heard = VOCABULARY.with(|v| Heard::listen(&text, v));
    let find = |heard| {
        let mut budget = Budget::for_message(&ScanLimits::default(), message.len());
        let mut hits = EntityHits::default();
        entity::find(&text, message, heard, &EntityOptions::default(), &mut budget, &mut hits);
        let sure = hits.hits().iter().filter(|h| h.confidence >= 50 && h.kind != EntityKind::Handle);
        sure.map(|h| (h.kind, h.start, h.end, hits.value(h).to_owned())).collect::<Vec<_>>()
    };
    let held_open = find(Heard { openers: heard.openers + 1, ..heard });
    assert_eq!(find(heard), held_open, "the gate hides an identifier in {:?}", String::from_utf8_lossy(message));
}

/// A finding of a term, not of an identifier, a pattern or a composition.
fn is_term(finding: &Finding) -> bool {
    finding.value.is_none() && finding.matched != finding.rule
}

/// A term that stands in the message as its editor wrote it.
pub fn is_clear_term(finding: &Finding) -> bool {
    is_term(finding) && finding.evasion == Evasion::NONE && finding.text.is_ascii()
}

fn letters(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn survives_json(verdict: &Verdict) {
    let json = serde_json::to_string(verdict).unwrap();
    let back: Verdict = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{e}: {json}"));
    assert_eq!(&back, verdict, "a verdict survives JSON");
    let shown = serde_json::from_str::<serde_json::Value>(&json).unwrap().get("limits").is_some();
    assert_eq!(shown, !verdict.limits.is_empty(), "a bound that was met is in the JSON, and only then");
}

/// Masking hides each character of each finding, and nothing else.
fn masks(verdict: &Verdict, message: &str) {
    let masked = verdict.masked(message);
    assert_eq!(masked.chars().count(), message.chars().count(), "masking keeps the number of characters");
    for ((at, was), is) in message.char_indices().zip(masked.chars()) {
        let hidden = verdict.findings.iter().any(|f| f.start <= at && at < f.end) && !was.is_whitespace();
        assert_eq!(is, if hidden { '█' } else { was }, "at {at}");
    }
}

/// What a verdict says apart from byte offsets, which move where ill-formed bytes become U+FFFD.
fn without_places(verdict: &Verdict) -> Vec<(String, String, String, Option<String>, String)> {
    let mut all: Vec<_> = verdict
        .findings
        .iter()
        .map(|f| (f.rule.clone(), f.matched.clone(), f.text.clone(), f.value.clone(), format!("{:?} {}", f.evasion, f.weight)))
        .collect();
    all.sort();
    all
}

/// Plain ASCII takes a shorter way through the text stage; one invisible character at the end sends the same words the long way.
fn both_ways(scanner: &mut Scanner, message: &str) {
    let short = scanner.scan(&format!("{message} "));
    let mut long = scanner.scan(&format!("{message} \u{200B}"));
    // The invisible character belongs to the space before it, and that to a pattern that ends with one.
    for finding in long.findings.iter_mut().filter(|f| f.end > message.len() + 1) {
        finding.end = message.len() + 1;
        finding.text.truncate(finding.end - finding.start);
    }
    if short.limits.is_empty() && long.limits.is_empty() {
        assert_eq!(short.findings, long.findings, "the fast path and the full fold agree");
    }
}

/// A term seen in clear is still seen with an invisible character inside, and in capitals. `at` chooses which finding and where.
pub fn hiding_does_not_help(scanner: &mut Scanner, message: &str, at: usize) {
    let verdict = scanner.scan(message);
    let clear: Vec<&Finding> = verdict.findings.iter().filter(|f| is_clear_term(f) && f.text.len() > 1).collect();
    if clear.is_empty() || !verdict.limits.is_empty() {
        return;
    }
    let finding = clear[at % clear.len()];
    let inside = finding.start + 1 + at % (finding.text.len() - 1);
    for hidden in ["\u{200B}", "\u{AD}", "\u{2060}", "\u{200D}", "\u{FEFF}"] {
        let (before, after) = message.split_at(inside);
        let changed = format!("{before}{hidden}{after}");
        assert!(fires(scanner, &changed, &finding.rule), "{} no longer fires on {changed:?}", finding.rule);
    }
    // A term may stand for its letter case: `LINE`.
    if finding.matched.contains(char::is_uppercase) {
        return;
    }
    let mut shouted = message.to_owned();
    shouted.replace_range(finding.start..finding.end, &finding.text.to_ascii_uppercase());
    assert!(fires(scanner, &shouted, &finding.rule), "{} no longer fires on {shouted:?}", finding.rule);
}

fn fires(scanner: &mut Scanner, message: &str, rule: &str) -> bool {
    let verdict = scanner.scan(message);
    !verdict.limits.is_empty() || verdict.findings.iter().any(|f| f.rule == rule)
}

/// Bounds small enough that a fuzzer meets them.
pub fn tight_pack_limits() -> PackLimits {
    let mut limits = PackLimits::default();
    limits.pattern_size = 64 << 10;
    limits.nesting = 8;
    limits.rules = 64;
    limits.terms = 512;
    limits
}

/// Loading: any bytes give a program that judges, or faults with places inside their files. A line `=== name` begins another file.
pub fn load(bytes: &[u8], message: &[u8], extent: Extent) -> Option<Filter> {
    let files = split_files(bytes);
    let today = Some("2026-11-21");
    match load_sources(&files, &tight_pack_limits()) {
        Ok(loaded) => {
            if extent.covers(Costly::Lint) {
                lint(&loaded, today).iter().for_each(|d| is_placed(d, &loaded.sources, &files));
            }
            let filter = Filter::from_loaded(&loaded, false);
            scan(&mut filter.scanner(), message, extent);
            Some(filter)
        }
        Err(error) => {
            assert!(error.errors().next().is_some(), "a refusal says why");
            error.diagnostics.iter().for_each(|d| is_placed(d, &error.sources, &files));
            None
        }
    }
}

/// Compiled packs: however they are changed, they are refused, or give a program that judges and can be written again. Every four bytes are a change: its
/// kind, how far from the start or the end, a value. Length and checksum are made right, so that what lies behind those is reached.
pub fn compiled(changes: &[u8], message: &[u8]) -> bool {
    static SMALL: OnceLock<Vec<u8>> = OnceLock::new();
    let mut bytes = SMALL.get_or_init(|| small_filter().to_bytes()).clone();
    for change in changes.chunks_exact(4).take(64) {
        let [kind, low, high, value] = *change else { continue };
        let offset = usize::from(u16::from_le_bytes([low, high]));
        let at = if kind & 1 == 0 { COMPILED_HEAD + offset } else { bytes.len().saturating_sub(1 + offset) };
        if at < COMPILED_HEAD || at >= bytes.len() {
            continue;
        }
        match kind >> 1 & 3 {
            0 => bytes[at] = value,
            1 => bytes[at] = bytes[at].wrapping_add(value),
            2 => bytes.insert(at, value),
            _ => drop(bytes.drain(at..bytes.len().min(at + usize::from(value)))),
        }
    }
    assert!(changes.is_empty() || Filter::from_bytes(changes).is_err(), "what has no head is refused");
    compiled::seal(&mut bytes);
    let Ok(filter) = Filter::from_bytes(&bytes) else { return false };
    filter.prepare();
    filter.scanner().explain(message);
    let again = Filter::from_bytes(&filter.to_bytes()).unwrap_or_else(|e| panic!("what was read can be written and read again: {e}"));
    assert_eq!(again.scanner().scan_bytes(message), filter.scanner().scan_bytes(message), "the same program judges the same");
    true
}

/// Bytes before the body of compiled packs.
pub const COMPILED_HEAD: usize = 120;

fn split_files(bytes: &[u8]) -> Vec<SourceFile> {
    let mut files: Vec<(String, Vec<u8>)> = vec![("p.toml".into(), Vec::new())];
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        match line.strip_prefix(b"=== ").and_then(|name| std::str::from_utf8(name).ok()) {
            Some(name) => files.push((name.trim().to_owned(), Vec::new())),
            None => files.last_mut().unwrap().1.extend_from_slice(line),
        }
    }
    files.into_iter().map(|(name, bytes)| SourceFile::new(name, bytes)).collect()
}

fn is_placed(diagnostic: &Diagnostic, sources: &[SourceText], files: &[SourceFile]) {
    let place = &diagnostic.place;
    assert!(!diagnostic.message.is_empty() && !diagnostic.help.is_empty(), "{diagnostic:?} says what and how");
    assert!(serde_json::from_str::<serde_json::Value>(&diagnostic.to_json()).is_ok(), "{diagnostic:?} is JSON");
    let longest = files.iter().filter(|f| *f.name == *place.file).map(|f| f.bytes.len()).max();
    let longest = longest.unwrap_or_else(|| panic!("{diagnostic:?} names a file that was given"));
    assert!(place.start <= place.end && place.end <= longest, "{diagnostic:?} lies inside its file");
    let same = |s: &SourceText| files.iter().filter(|f| *f.name == *s.name).all(|f| f.bytes == s.text.as_bytes());
    let source = sources.iter().find(|s| s.name == place.file && same(s));
    if let Some(text) = source.map(|s| &s.text) {
        assert!(text.is_char_boundary(place.start) && text.is_char_boundary(place.end), "{diagnostic:?} is on character boundaries");
    }
}
