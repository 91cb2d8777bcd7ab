//! One loop over the lines of a file, for a profiler: `cargo build --release --example profile && perf record target/release/examples/profile 200 FILE`.
//! Prints the mean time of a message, in three rounds.

use sidestep::{Filter, Scanner};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let rounds: usize = args.next().map_or(Ok(1), |n| n.parse())?;
    let text = std::fs::read_to_string(args.next().as_deref().unwrap_or("benches/data/clean.txt"))?;
    let lines: Vec<&str> = text.lines().filter(|l| !l.is_empty()).collect();
    let filter = Filter::builtin()?;
    let mut scanner = filter.scanner();
    let flagged = run(&lines, &mut scanner);
    println!("{} lines, {flagged} flagged, {} bytes of packs on the heap", lines.len(), filter.heap_bytes());
    for _ in 0..3 {
        let start = Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(run(&lines, &mut scanner));
        }
        println!("{} ns a message", start.elapsed().as_nanos() / (rounds * lines.len()).max(1) as u128);
    }
    Ok(())
}

/// How many lines are flagged.
#[inline(never)]
fn run(lines: &[&str], scanner: &mut Scanner) -> usize {
    lines.iter().filter(|line| scanner.scan(line).is_flagged()).count()
}
