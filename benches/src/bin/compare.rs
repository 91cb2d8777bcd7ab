//! Prints the tables that README and `docs/COMPARE.md` quote. `--renew` writes `expected.toml` instead, `--check` only compares the counts with it,
//! `--rounds N` (default 15) sets how often each is timed; a word picks the packs whose names hold it.

use sidestep::scan::Filter;
use sidestep_bench::alloc::{Counting, heap_of};
use sidestep_bench::definitions::{Definitions, Expected, PackDef, TextDef};
use sidestep_bench::engines::{self, Engine, Sidestep};
use sidestep_bench::measure::{self, Times};
use sidestep_bench::{corpus, packs};
use std::process::ExitCode;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Packs with more terms are measured without the engines that take tens of microseconds a message.
const SLOW_UP_TO: usize = 20_000;

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Time,
    Check,
    Renew,
}

struct Run {
    mode: Mode,
    rounds: usize,
    expected: Expected,
    void: usize,
}

fn main() -> ExitCode {
    let mut run = Run { mode: Mode::Time, rounds: 15, expected: Expected::read(), void: 0 };
    let mut only = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--renew" => run.mode = Mode::Renew,
            "--check" => run.mode = Mode::Check,
            "--rounds" => run.rounds = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(run.rounds),
            word => only = Some(word.to_owned()),
        }
    }
    let definitions = Definitions::read();
    if run.mode == Mode::Time {
        head(&run);
    }
    for pack in definitions.pack.iter().filter(|p| only.as_ref().is_none_or(|word| p.name.contains(word))) {
        run.pack(&definitions, pack);
    }
    if run.mode == Mode::Renew {
        run.expected.write();
    }
    if run.void > 0 {
        println!("\n{} counts are not the expected ones: those rows are void.", run.void);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn head(run: &Run) {
    let field = |key: &str| {
        let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        text.lines().find(|l| l.starts_with(key)).and_then(|l| l.split(": ").nth(1)).unwrap_or("unknown").to_owned()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("Machine: {}, {threads} threads, {}. sidestep {}.", field("model name"), std::env::consts::ARCH, sidestep::scan::ENGINE);
    let lock = include_str!("../../Cargo.lock");
    let version = |name: &str| {
        let at = lock.find(&format!("name = \"{name}\"\nversion = \"")).unwrap_or(0);
        lock[at..].split('"').nth(3).unwrap_or("unknown").to_owned()
    };
    let peers = ["aho-corasick", "regex", "rustrict", "decancer"].map(|p| format!("{p} {}", version(p)));
    println!("Peers: {}.", peers.join(", "));
    #[cfg(feature = "hyperscan")]
    println!("       hyperscan {}.", sidestep_bench::hyperscan::version());
    println!("Times in ns a message; medians of {} rounds, engines in turn in one process, one thread.", run.rounds);
    println!(
        "Bias: a message meets warm caches, which flatters all, large automata most. Keyword engines only find words as written; sidestep gives a whole"
    );
    println!(
        "verdict with rules and identifiers. rustrict and decancer are used as their documents say, with our words; they were made for short word lists."
    );
}

impl Run {
    fn pack(&mut self, definitions: &Definitions, pack: &PackDef) {
        let sources = packs::sources(pack);
        let words = packs::terms(pack);
        let load = || Filter::from_sources(&sources).unwrap_or_else(|e| panic!("{}: {e}", pack.name));
        let (filter, heap) = heap_of(load);
        if self.mode == Mode::Time {
            let mut times: Vec<f64> = (0..5)
                .map(|_| {
                    let start = Instant::now();
                    std::hint::black_box(load());
                    start.elapsed().as_secs_f64() * 1e3
                })
                .collect();
            let load_ms = measure::median(&mut times);
            println!("\n## {}: {} terms", pack.name, words.len());
            println!("load {load_ms:.1} ms from sources; keeps {} KiB, peak {} KiB", heap.kept / 1024, heap.peak / 1024);
        }
        let mut engines = engines::all(&filter, &words, words.len() <= SLOW_UP_TO);
        let mut clean_byte = None;
        for text in &definitions.text {
            self.text(pack, text, &words, &filter, &mut engines, &mut clean_byte);
        }
        if self.mode == Mode::Time {
            threads(&filter, &corpus::messages(definitions.text("clean-80"), &[]));
        }
    }

    fn text(
        &mut self,
        pack: &PackDef,
        text: &TextDef,
        words: &[String],
        filter: &Filter,
        engines: &mut Vec<Box<dyn Engine>>,
        clean_byte: &mut Option<f64>,
    ) {
        if (text.plant_every.is_some() || text.hostile) && (pack.terms.is_none() != text.plant_every.is_none()) {
            return;
        }
        let messages = corpus::messages(text, words);
        let mut alone: Vec<Box<dyn Engine>>;
        let engines = if text.hostile {
            alone = vec![Box::new(Sidestep::new(filter))];
            &mut alone
        } else {
            engines
        };
        let void: Vec<Option<String>> = engines.iter_mut().map(|e| self.counted(pack, text, &mut **e, &messages)).collect();
        if self.mode != Mode::Time {
            return;
        }
        let bytes = messages.iter().map(String::len).sum::<usize>() as f64;
        let rounds = if text.hostile { self.rounds.min(5) } else { self.rounds };
        let times = measure::interleaved(engines, &messages, rounds);
        if text.hostile {
            let per_byte = times.first().map_or(0.0, |t| t.mean) * messages.len() as f64 / bytes;
            let void = void.iter().flatten().next().map_or("", String::as_str);
            println!("{:<28} {per_byte:>8.2} ns/byte = {:.1} x clean text {void}", text.name, per_byte / clean_byte.unwrap_or(f64::NAN));
            return;
        }
        if text.name == "clean-80" {
            *clean_byte = times.first().map(|t| t.mean * messages.len() as f64 / bytes);
        }
        println!("\n{} ({} messages, mean {:.0} bytes)", text.name, messages.len(), bytes / messages.len() as f64);
        table(engines, &messages, &times, &void);
    }

    /// Counts, and compares with what is expected; `Some`: why the row is void.
    fn counted(&mut self, pack: &PackDef, text: &TextDef, engine: &mut dyn Engine, messages: &[String]) -> Option<String> {
        let flagged = measure::count(engine, messages);
        if self.mode == Mode::Renew {
            self.expected.set(&pack.name, &text.name, engine.name(), flagged);
            return None;
        }
        match self.expected.get(&pack.name, &text.name, engine.name()) {
            Some(expected) if expected == flagged => None,
            expected => {
                self.void += 1;
                let expected = expected.map_or("nothing".to_owned(), |n| n.to_string());
                let why = format!("VOID: flags {flagged}, expected {expected}");
                if self.mode == Mode::Check {
                    println!("{} {} {}: {why}", pack.name, text.name, engine.name());
                }
                Some(why)
            }
        }
    }
}

fn table(engines: &mut [Box<dyn Engine>], messages: &[String], times: &[Times], void: &[Option<String>]) {
    println!("{:<12} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8}", "engine", "mean", "p50", "p99", "max", "x sidestep", "allocs", "flagged");
    let own = times.first().map_or(f64::NAN, |t| t.mean);
    for ((engine, t), void) in engines.iter_mut().zip(times).zip(void) {
        let (flagged, heap) = heap_of(|| measure::count(&mut **engine, messages));
        let allocations = heap.calls as f64 / messages.len() as f64;
        let void = void.as_deref().unwrap_or("");
        println!(
            "{:<12} {:>9.0} {:>9.0} {:>9.0} {:>9.0} {:>9.2}x {:>8.1} {:>8} {void}",
            engine.name(),
            t.mean,
            t.p50,
            t.p99,
            t.max,
            t.mean / own,
            allocations,
            flagged
        );
    }
}

/// Messages a second on one thread and more, each with its own scanner.
fn threads(filter: &Filter, messages: &[String]) {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let mut one = f64::NAN;
    for threads in (0..).map(|n| 1usize << n).take_while(|&n| n <= all) {
        let passes = 20_000_000 / (messages.len() * 400);
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mut engine = Sidestep::new(filter);
                    (0..passes).map(|_| measure::count(&mut engine, messages)).sum::<usize>()
                });
            }
        });
        let rate = (threads * passes * messages.len()) as f64 / start.elapsed().as_secs_f64();
        if threads == 1 {
            one = rate;
        }
        println!("{threads} threads: {:.2} million messages a second, {:.2} x one thread", rate / 1e6, rate / one);
    }
}
