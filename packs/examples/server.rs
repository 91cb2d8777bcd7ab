//! What a server does: one filter for all, one scanner for each thread. `cargo run --release --example server`

use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let begun = Instant::now();
    let filter = sidestep_packs::filter()?;
    println!("ready in {:.1?}", begun.elapsed());
    let mut scanner = filter.scanner();
    for message in ["Is the bike still for sale?", "Hit me up on T3legr@m instead"] {
        println!("{:?}: {message}", scanner.scan(message).action);
    }
    Ok(())
}
