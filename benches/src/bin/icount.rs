//! Scans a fixed text, for `.ci/icount` to count the instructions of [`counted_pass`] under valgrind. Arguments: the names of a pack and of a
//! text in `benches.toml`.

use sidestep::scan::{Filter, Scanner};
use sidestep_bench::definitions::Definitions;
use sidestep_bench::{corpus, packs};
use std::hint::black_box;

/// Callgrind counts while this runs, and nothing else.
#[unsafe(no_mangle)]
#[inline(never)]
fn counted_pass(scanner: &mut Scanner, messages: &[String]) {
    pass(scanner, messages);
}

#[inline(always)]
fn pass(scanner: &mut Scanner, messages: &[String]) {
    for message in messages {
        black_box(scanner.scan(black_box(message)));
    }
}

fn main() {
    let name = std::env::args().nth(1).unwrap_or_else(|| "shipped".to_owned());
    let definitions = Definitions::read();
    let filter = Filter::from_sources(&packs::sources(definitions.pack(&name))).unwrap_or_else(|e| panic!("{name}: {e}"));
    let text = std::env::args().nth(2).unwrap_or_else(|| "clean-80".to_owned());
    let messages = corpus::messages(definitions.text(&text), &[]);
    let mut scanner = filter.scanner();
    pass(&mut scanner, &messages);
    counted_pass(&mut scanner, &messages);
    println!("{}", messages.len());
}
