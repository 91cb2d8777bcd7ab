//! What packs cost on the heap, counted by the allocator. In a binary of its own: nothing else may allocate meanwhile.

#[allow(dead_code, reason = "the benches use all of it")]
#[path = "../benches/src/alloc.rs"]
mod alloc;

use alloc::{Counting, Heap, heap_of};
use sidestep::pack::{Loaded, SourceFile, builtin_sources, load_sources};
use sidestep::{Filter, Scanner};
use std::fmt::Write as _;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MIB: usize = 1 << 20;

/// A pack of so many terms, one word in three with its misspellings.
fn made_pack(terms: usize) -> SourceFile {
    let mut text = String::from(
        "[pack]\nid = 'made'\nversion = '1'\nengine = '>=0.1'\n[[rule]]\nid = 'made.rule'\ncategory = 'made'\nweight = 2\nterms = [\n",
    );
    for n in 0..terms {
        let word: String = (0..5).map(|i| ["ka", "lor", "mi", "ten", "su", "bra", "dol"][n / 7usize.pow(i) % 7]).collect();
        let _ = writeln!(text, "  '{word} {n}{}',", if n % 3 == 0 { " | fuzzy=1" } else { "" });
    }
    SourceFile::new("made.toml", text + "]\n")
}

fn load(files: &[SourceFile]) -> (Filter, Heap) {
    heap_of(|| {
        let filter = Filter::from_sources(files).unwrap_or_else(|e| panic!("{e}"));
        filter.prepare();
        filter
    })
}

/// One test, for the counters are the process's.
#[test]
fn packs_cost_what_is_said() {
    // Tables of the process, not of a filter.
    drop(load(&[made_pack(1)]));
    hostile_packs_cost_little();

    let (filter, heap) = load(builtin_sources());
    let (unprepared, fresh) = heap_of(|| Filter::builtin().unwrap());
    println!(
        "shipped packs: {:.1} MiB kept, {:.1} MiB of it once patterns and automata are made; {:.1} MiB at most while loading",
        mib(heap.kept),
        mib(heap.kept - fresh.kept),
        mib(heap.peak)
    );
    drop(unprepared);
    assert!(heap.kept < 32 * MIB, "{heap:?}");
    let counted = filter.heap_bytes();
    assert!(counted <= heap.kept && heap.kept < counted * 2, "heap_bytes says {counted}, the allocator {heap:?}");

    let bytes = filter.to_bytes();
    let (again, read) = heap_of(|| Filter::from_bytes(&bytes).unwrap());
    println!(
        "from {:.1} MiB of compiled packs: {:.1} MiB kept, {:.1} MiB at most while reading",
        mib(bytes.len()),
        mib(read.kept),
        mib(read.peak)
    );
    assert!(read.peak < heap.kept * 2, "{read:?}");

    // Identifier tables and the automata that patterns build as they read: the process's, or a thread's.
    let mut scanner = again.scanner();
    let loaded = load_sources(builtin_sources(), &Default::default()).unwrap();
    let mut scan_all = || scan_examples(&mut scanner, &loaded);
    let ((), first) = heap_of(&mut scan_all);
    let ((), second) = heap_of(&mut scan_all);
    println!("after all examples on one thread: {:.1} MiB more; once more: {} bytes more", mib(first.kept), second.kept);
    assert!(first.kept < 64 * MIB && second.kept < MIB, "{first:?} {second:?}");

    let costs: Vec<(usize, Heap)> = [1_000, 10_000, 100_000].map(|n| (n, load(&[made_pack(n)]).1)).into();
    let per_term = |n: usize, what: usize| what as f64 / n as f64;
    let (_, base) = load(&[made_pack(1)]);
    for &(n, heap) in &costs {
        println!("{n} terms: {:.1} MiB kept, {:.1} MiB at most, {} allocations", mib(heap.kept), mib(heap.peak), heap.calls);
        assert!(per_term(n, heap.calls - base.calls) < 20.0, "allocations of {n} terms: {heap:?}");
        assert!(per_term(n, heap.peak.saturating_sub(base.peak)) < 4096.0, "bytes of {n} terms: {heap:?}");
    }
    let [_, (few, less), (many, more)] = costs[..] else { unreachable!() };
    let growth = (more.calls - base.calls) as f64 / (less.calls - base.calls) as f64;
    assert!(growth < 1.2 * (many / few) as f64, "ten times the terms took {growth:.1} times the allocations");
}

/// Packs made to hurt are refused, or taken, in a few times their own size; while a file of TOML is parsed, each token of it takes a hundred bytes.
fn hostile_packs_cost_little() {
    let head = "[pack]\nid = 'p'\nversion = '1'\nengine = '>=0.1'\n";
    let rule = |n: usize, body: &str| format!("[[rule]]\nid = 'r.n{n}'\n{body}\n");
    let lists = |count: usize| (0..count).map(|n| SourceFile::new(format!("l{n}.terms"), "a\n".repeat(1_000_000)));
    let listed: String = (0..10).map(|n| rule(n, &format!("terms_file = 'l{n}.terms'"))).collect();
    let all_name_all: String = (0..9_999).map(|n| rule(n, "terms = ['abc']\nneeds = ['r.*']")).collect();
    let steps: String = (0..=32usize)
        .flat_map(|step| (0..70).map(move |n| (step, n)))
        .map(|(step, n)| {
            let source = if step == 0 { format!("terms = ['abc{n}']") } else { format!("any = ['r.s{}.*']", step - 1) };
            format!("[[rule]]\nid = 'r.s{step}.n{n}'\ncategory = 'x'\nweight = 1\n{source}\n")
        })
        .collect();
    let numbers = format!("{head}x = [{}]", "1,".repeat(1_000_000));
    let packs = [
        ("a list of numbers", numbers),
        ("ten million terms", format!("{head}{listed}")),
        ("open brackets", format!("{head}x = {}", "[".repeat(3_000_000))),
        ("dotted keys", format!("{head}{}", "a.".repeat(1_500_000))),
        ("a million faults", format!("{head}{}", "=\n".repeat(1_000_000))),
        ("repetitions of repetitions", format!("{head}{}", rule(0, "regex = '((a{100}){100}){100}'"))),
        ("all rules name all", format!("{head}{all_name_all}")),
        ("references that fan out", format!("{head}{steps}")),
    ];
    for (name, pack) in packs {
        let mut files = vec![SourceFile::new("p.toml", pack)];
        if name == "ten million terms" {
            files.extend(lists(10));
        }
        let (given, toml): (usize, usize) = (files.iter().map(|f| f.bytes.len()).sum(), files[0].bytes.len());
        let (_, heap) = heap_of(|| Filter::from_sources(&files).is_ok());
        println!("{name}: {:.1} MiB given, {:.1} MiB at most", mib(given), mib(heap.peak));
        assert!(heap.peak < 128 * toml + 8 * given + 64 * MIB, "{name}: {heap:?} of {given}");
    }
}

fn scan_examples(scanner: &mut Scanner, loaded: &Loaded) {
    for example in loaded.packs.iter().flat_map(|p| &p.rules).flat_map(|r| &r.matches) {
        scanner.scan(&example.text);
    }
}

fn mib(bytes: usize) -> f64 {
    bytes as f64 / MIB as f64
}
