//! Generates `src/text/tables.rs` from the Unicode Consortium's files and `data/look_alikes.tsv` and `data/simplified.tsv`, or `src/text/pinyin.rs` from `kmandarin.tsv`.
//! In: a folder with `confusables.txt`, `Scripts.txt`, `DerivedCoreProperties.txt`, `kmandarin.tsv`. Out: Rust source on standard output.
//! Keeps: every reading is a fixed point of reading, so that folding a folded text changes nothing. Must not know: the library.
//!
//! `cargo run -p tablegen -- FOLDER > src/text/tables.rs`, `cargo run -p tablegen -- FOLDER pinyin > src/text/pinyin.rs`

mod pinyin;
mod read;
mod tables;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("usage: tablegen FOLDER [pinyin]")?;
    let folder = Path::new(&folder);
    let source = match args.next().as_deref() {
        None => tables::generate(folder)?,
        Some("pinyin") => pinyin::generate(folder)?,
        Some(other) => return Err(format!("unknown table `{other}`").into()),
    };
    print!("{source}");
    Ok(())
}
