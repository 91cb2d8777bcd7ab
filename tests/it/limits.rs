//! Bounds on a message at one below, at, and one above; and what hostile messages cost, counted in work units, not in time.

use crate::promises;
use sidestep::limits::{Reached, ScanLimits};
use sidestep::matcher::patterns::{Pattern, PatternLimits, PatternScratch, PatternsBuilder};
use sidestep::pack::SourceFile;
use sidestep::text::Text;
use sidestep::{Filter, Verdict};

fn limited(set: impl Fn(&mut ScanLimits)) -> Filter {
    let mut limits = ScanLimits::default();
    set(&mut limits);
    promises::small_filter().with_limits(limits)
}

fn reached(filter: &Filter, message: &str) -> Reached {
    filter.scanner().scan(message).limits
}

#[test]
fn message_bytes_hold_at_one_below_at_and_one_above() {
    let filter = limited(|l| l.message_bytes = 6);
    for (message, cut, flagged) in [("signa", false, false), ("signal", false, true), ("signals", true, true), (" signal", true, false)] {
        let verdict = filter.scanner().scan(message);
        assert_eq!((verdict.limits.message_bytes, verdict.is_flagged()), (cut, flagged), "{message}");
    }
}

#[test]
fn a_message_cut_inside_a_character_is_read_up_to_there() {
    let filter = limited(|l| l.message_bytes = 10);
    let verdict = filter.scanner().scan("telegram é!");
    assert!(verdict.limits.message_bytes && verdict.is_flagged());
    let verdict = filter.scanner().scan("ab é telegram");
    assert!(verdict.findings.is_empty());
}

#[test]
fn work_holds_at_one_below_at_and_one_above() {
    let message = "add me on t3legram or wh4ts@pp, 12 g each, call 202 555 0143, plug here";
    let met = |work| reached(&limited(|l| (l.work_base, l.work_per_byte) = (work, 0)), message).work;
    // A stage may take half of what is left, so a message needs more than it spends.
    let (mut low, mut high) = (0, 1 << 20);
    while low + 1 < high {
        let middle = (low + high) / 2;
        if met(middle) { low = middle } else { high = middle }
    }
    let needed = high;
    assert!(needed > 100, "{needed}");
    assert_eq!((met(needed - 1), met(needed), met(needed + 1)), (true, false, false), "{needed}");
    // Per byte, and with nothing at all: no panic, an empty answer that says so.
    let starved = limited(|l| (l.work_base, l.work_per_byte) = (0, 0)).scanner().scan(message);
    assert!(starved.limits.work && starved.findings.is_empty());
    let per_byte = needed.div_ceil(message.len() as u32);
    assert!(!reached(&limited(|l| (l.work_base, l.work_per_byte) = (0, per_byte)), message).work);
}

#[test]
fn findings_hold_at_one_below_at_and_one_above() {
    let filter = limited(|l| l.findings = 7);
    for (n, kept, met) in [(6, 6, false), (7, 7, false), (8, 7, true)] {
        let verdict = filter.scanner().scan(&"telegram, ".repeat(n));
        assert_eq!((verdict.findings.len(), verdict.limits.findings), (kept, met), "{n}");
        assert!((verdict.score - 3.0).abs() < 1e-9, "the score counts what is not shown");
    }
    // The strongest stay, whatever their place.
    let verdict = limited(|l| l.findings = 1).scanner().scan("12 g, 13 g, telegram");
    assert_eq!(verdict.findings[0].rule, "diversion.app");
}

#[test]
fn a_bound_that_is_met_is_in_the_verdicts_json() {
    let cases: [(Filter, &str, &str); 3] = [
        (limited(|l| l.message_bytes = 4), "telegram", r#""limits":{"message_bytes":true}"#),
        (limited(|l| (l.work_base, l.work_per_byte) = (1, 0)), "on telegram", r#""limits":{"work":true}"#),
        (limited(|l| l.findings = 1), "telegram, signal", r#""limits":{"findings":true}"#),
    ];
    for (filter, message, expected) in cases {
        let json = serde_json::to_string(&filter.scanner().scan(message)).unwrap();
        assert!(json.contains(expected), "{json}");
        let back: Verdict = serde_json::from_str(&json).unwrap();
        assert!(!back.limits.is_empty());
    }
    let json = serde_json::to_string(&promises::small_filter().scanner().scan("telegram")).unwrap();
    assert!(!json.contains("limits"), "{json}");
}

/// Searches a text for a pattern with look-around behind an open gate: whether it was found, and whether it was given up.
fn search(pattern: &str, text: &str, backtrack_steps: usize) -> (bool, bool) {
    let mut builder = PatternsBuilder::default();
    let pattern = Pattern::compile(pattern, &PatternLimits { compiled_bytes: 1 << 20, backtrack_steps }).unwrap();
    let number = builder.add(&pattern, true);
    let (mut scratch, mut hits) = (PatternScratch::default(), Vec::new());
    let mut budget = sidestep::limits::Budget::for_message(&ScanLimits::default(), text.len());
    let mut read = Text::new();
    read.read(text.as_bytes());
    builder.build(|_| false, |_| false).find(&read, &[number], &mut scratch, &mut budget, &mut hits);
    (!hits.is_empty(), scratch.given_up())
}

#[test]
fn backtrack_steps_hold_at_one_below_at_and_one_above() {
    let (pattern, text) = (r"(?:(?=a)a|aa)*(?<!b)c", "aaaaaab aac");
    let enough = (1..10_000).find(|&n| !search(pattern, text, n).1).expect("some bound is enough");
    assert!(enough > 3, "{enough}");
    for (steps, given_up) in [(enough - 1, true), (enough, false), (enough + 1, false)] {
        assert_eq!(search(pattern, text, steps).1, given_up, "{steps}");
    }
    assert_eq!(search(pattern, text, enough), (true, false));
}

#[test]
fn backtracking_patterns_read_so_many_bytes_and_say_where_there_are_more() {
    let pattern = "x(?!y)";
    for (length, given_up) in [(4095, false), (4096, false), (4097, true)] {
        let text = format!("{}x", " ".repeat(length - 1));
        assert_eq!(search(pattern, &text, 10_000), (!given_up, given_up), "{length}");
    }
    assert_eq!(search(pattern, &"щ".repeat(3000), 10_000), (false, true));
}

#[test]
fn a_pattern_that_was_given_up_is_in_the_verdict() {
    const PACK: &str = "[pack]\nid = 'p'\nversion = '1'\nengine = '>=0.1'\n[[rule]]\nid = 'x.y'\ncategory = 'x'\nweight = 2\nregex = '(?:a|a)*(?=b)c'\ngate = ['plug']";
    let filter = Filter::from_sources(&[SourceFile::new("p.toml", PACK)]).unwrap();
    assert!(reached(&filter, "plug").is_empty());
    assert!(reached(&filter, &format!("plug {}", "a".repeat(64))).backtrack_steps);
}

#[test]
fn compiled_patterns_hold_their_size_at_one_below_at_and_one_above() {
    let pattern = r"(?:[a-f]{3}x){9}";
    let compiles = |compiled_bytes| Pattern::compile(pattern, &PatternLimits { compiled_bytes, backtrack_steps: 1 }).is_ok();
    let (mut low, mut high) = (1, 1 << 20);
    while low + 1 < high {
        let middle = (low + high) / 2;
        if compiles(middle) { high = middle } else { low = middle }
    }
    assert_eq!((compiles(high - 1), compiles(high), compiles(high + 1)), (false, true, true), "{high}");
    assert!(high > 1000, "{high}");
}

/// Bounds are for hostile texts: what the shipped rules are meant to see fits in well.
#[test]
fn no_shipped_example_meets_a_bound() {
    let filter = Filter::builtin().unwrap_or_else(|e| panic!("{e}"));
    let mut scanner = filter.scanner();
    let mut dear = (0, "");
    for example in filter.rules().flat_map(|r| r.matches.iter().chain(&r.no_matches)) {
        let verdict = scanner.scan(&example.text);
        assert!(verdict.limits.is_empty(), "{:?}: {} units: {}", verdict.limits, scanner.work_spent(), example.text);
        dear = dear.max((scanner.work_spent(), &example.text));
    }
    println!("the dearest takes {} units: {}", dear.0, dear.1);
}

/// The texts of `tests/data/hostile.tsv`, each as often as it takes to reach a length in characters.
fn hostile(length: usize) -> impl Iterator<Item = (&'static str, String)> {
    let lines = include_str!("../data/hostile.tsv").lines().filter(|l| !l.starts_with('#'));
    lines.map(move |line| {
        let (name, seed) = line.split_once('\t').unwrap();
        let seed = seed.replace("\\n", "\n").replace("\\{200B}", "\u{200B}").replace("\\{200D}", "\u{200D}").replace("\\\\", "\\");
        (name, seed.repeat(length.div_ceil(seed.chars().count())))
    })
}

/// A small pack with a rule of each kind, and the shipped ones, without a bound on work.
fn unbounded() -> [(&'static str, Filter); 2] {
    let mut limits = ScanLimits::default();
    (limits.work_base, limits.work_per_byte) = (u32::MAX, u32::MAX);
    let shipped = Filter::builtin().unwrap_or_else(|e| panic!("{e}"));
    [("small", promises::small_filter().with_limits(limits)), ("shipped", shipped.with_limits(limits))]
}

/// Twice the text, twice the work: neither finding hits nor holding them against each other grows with the square of a message.
#[test]
fn work_is_linear_in_hostile_texts() {
    let mut wrong = Vec::new();
    for (packs, filter) in unbounded() {
        let mut scanner = filter.scanner();
        for ((name, short), (_, long)) in hostile(1500).zip(hostile(3000)) {
            scanner.scan(&short);
            let once = scanner.work_spent();
            scanner.scan(&long);
            let ratio = scanner.work_spent() as f64 / once.max(1) as f64;
            if ratio > 2.2 {
                wrong.push(format!("{packs}, {name}: {once} units, then {} ({ratio:.2} times)", scanner.work_spent()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Counted in work units, so that no machine changes it: what each hostile text takes a byte beside clean text, both judged in full by the shipped packs.
/// `.ci/hostile` counts instructions.
#[test]
fn hostile_texts_take_at_most_ten_times_the_work_of_clean_text() {
    let mut scanner = Filter::builtin().unwrap_or_else(|e| panic!("{e}")).scanner();
    let mut clean = 0.0;
    let mut dear = Vec::new();
    for (name, text) in hostile(16 * 1024) {
        let verdict = scanner.scan(&text);
        let units = scanner.work_spent() as f64 / text.len().min(ScanLimits::default().message_bytes) as f64;
        if name == "clean" {
            assert!(verdict.limits.is_empty());
            clean = units;
        }
        println!("{units:6.1} units a byte, {:4.1} times clean: {name}", units / clean);
        if units > 10.0 * clean {
            dear.push(name);
        }
    }
    assert!(clean > 0.5 && dear.is_empty(), "{dear:?}");
}

/// Ordinary talk meets no bound on work, however long it is, and what stands behind it is found.
#[test]
fn ordinary_text_is_judged_to_its_end() {
    let mut scanner = Filter::builtin().unwrap_or_else(|e| panic!("{e}")).scanner();
    for length in [80, 1000, 1100, 4096, 16_000, 65_000] {
        let Some((_, clean)) = hostile(length).next() else { panic!("the first text is clean") };
        let verdict = scanner.scan(&clean);
        assert!(verdict.limits.is_empty() && verdict.findings.is_empty(), "{length}: {:?}", verdict.limits);
        let verdict = scanner.scan(&format!("{clean}. add me on telegram"));
        assert!(verdict.findings.iter().any(|f| f.rule == "diversion.app.telegram"), "{length}: {:?}", verdict.limits);
    }
}

/// At the greatest length the work is what the limits allow, and no more.
#[test]
fn hostile_texts_of_any_length_stay_within_the_budget() {
    let filter = promises::small_filter();
    let mut scanner = filter.scanner();
    for length in [1, 80, 4096, 70_000] {
        for (name, text) in hostile(length) {
            let verdict = scanner.scan(&text);
            let limits = ScanLimits::default();
            let read = text.len().min(limits.message_bytes) as u64;
            let most = u64::from(limits.work_base) + u64::from(limits.work_per_byte) * read;
            // The first look may take a quarter on top.
            assert!(scanner.work_spent() <= most + most / 4, "{name}: {}", scanner.work_spent());
            assert_eq!(verdict.limits.message_bytes, text.len() > limits.message_bytes, "{name}");
            assert!(verdict.findings.len() <= limits.findings, "{name}");
        }
    }
}
