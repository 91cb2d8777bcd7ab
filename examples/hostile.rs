//! What hostile texts cost beside clean ones: `cargo run --release --example hostile [bytes [part of a name]]`; with `once` for the name each is
//! scanned twice and not timed, as `.ci/hostile` counts instructions. The same texts are held to a number of work units, which no
//! machine changes, by tests/it/limits.rs; this shows how long the units take.

use sidestep::{Filter, Scanner, Verdict};
use std::time::Instant;

/// One scan, for `.ci/hostile` to count the instructions of.
#[inline(never)]
fn counted_scan(scanner: &mut Scanner, message: &str) -> Verdict {
    scanner.scan(message)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lengths: Vec<usize> = match std::env::args().nth(1) {
        Some(bytes) => vec![bytes.parse()?],
        None => vec![80, 1000, 64 * 1024],
    };
    let wanted = std::env::args().nth(2).unwrap_or_default();
    let once = wanted == "once";
    let mut scanner = Filter::builtin()?.scanner();
    for length in lengths {
        let mut clean = 0.0;
        println!("{length} bytes\n  ns/byte  times clean  units/byte  text");
        for line in include_str!("../tests/data/hostile.tsv").lines().filter(|l| !l.starts_with('#')) {
            let (name, seed) = line.split_once('\t').ok_or("a line is a name, a tab, and a text")?;
            if name != "clean" && !once && !name.contains(&wanted) {
                continue;
            }
            let seed = unescaped(seed);
            let message: String = seed
                .chars()
                .cycle()
                .scan(0, |n, c| {
                    *n += c.len_utf8();
                    (*n <= length).then_some(c)
                })
                .collect();
            if once {
                scanner.scan(&message);
                let verdict = counted_scan(&mut scanner, &message);
                println!("{name}\t{}\t{}\t{}", message.len(), scanner.work_spent(), verdict.limits.work);
                continue;
            }
            let rounds = (200_000 / length).max(3);
            let mut best = f64::MAX;
            for _ in 0..5 {
                let started = Instant::now();
                for _ in 0..rounds {
                    std::hint::black_box(scanner.scan(std::hint::black_box(&message)));
                }
                best = best.min(started.elapsed().as_nanos() as f64 / (rounds * message.len()) as f64);
            }
            let verdict = scanner.scan(&message);
            if name == "clean" {
                clean = best;
            }
            let met = if verdict.limits.work { " (work)" } else { "" };
            println!("{best:9.1} {:12.1} {:11.1}  {name}{met}", best / clean, scanner.work_spent() as f64 / message.len() as f64);
        }
    }
    Ok(())
}

/// Undoes `\n`, `\\` and `\{200B}`.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next()) {
            ('\\', Some('n')) => {
                rest.next();
                out.push('\n');
            }
            ('\\', Some('{')) => {
                let code: String = rest.by_ref().skip(1).take_while(|&c| c != '}').collect();
                out.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
            }
            ('\\', Some('\\')) => {
                rest.next();
                out.push('\\');
            }
            _ => out.push(c),
        }
    }
    out
}
