//! How long packs take to be ready, from their sources and compiled: `cargo run --release --example load [FOLDER]`. Without a folder, the shipped ones.
//! Prints the mean of eleven rounds, in time on the processor where the system tells it (Linux). For a profiler: `load FOLDER source` and `load FOLDER compiled` do one round of one of them, in
//! `load_source` and `load_compiled`.

use sidestep::Filter;
use sidestep::pack::{SourceFile, builtin_sources, is_side_file};
use std::hint::black_box;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

#[inline(never)]
fn load_source(files: &[SourceFile]) -> Result<Filter, Failure> {
    Ok(Filter::from_sources(black_box(files))?)
}

#[inline(never)]
fn load_compiled(bytes: &[u8]) -> Result<Filter, Failure> {
    Ok(Filter::from_bytes(black_box(bytes))?)
}

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let files = match args.next() {
        Some(folder) => read(&folder)?,
        None => builtin_sources().to_vec(),
    };
    let mode = args.next();
    if mode.as_deref() == Some("source") {
        black_box(load_source(&files)?);
        return Ok(());
    }
    let filter = load_source(&files)?;
    let bytes = filter.to_bytes();
    if mode.as_deref() == Some("bytes") {
        return Ok(std::fs::write(args.next().unwrap_or_default(), bytes)?);
    }
    if mode.as_deref() == Some("compiled") {
        black_box(load_compiled(&bytes)?);
        return Ok(());
    }
    println!("{} rules, {} bytes compiled, {} bytes on the heap", filter.rules().count(), bytes.len(), filter.heap_bytes());
    rounds("from sources", || load_source(&files))?;
    rounds("compiled", || load_compiled(&bytes))
}

fn rounds(what: &str, load: impl Fn() -> Result<Filter, Failure>) -> Result<(), Failure> {
    const ROUNDS: u32 = 11;
    let (start, begun) = (Instant::now(), on_processor());
    for _ in 0..ROUNDS {
        drop(load()?);
    }
    let worked = on_processor().zip(begun).map(|(now, begun)| now.saturating_sub(begun));
    println!("{what}: {:.1?}", worked.unwrap_or_else(|| start.elapsed()) / ROUNDS);
    Ok(())
}

/// How long this process was on a processor so far.
fn on_processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn read(folder: &str) -> Result<Vec<SourceFile>, Failure> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".toml") || is_side_file(&name) {
            files.push(SourceFile::new(name, std::fs::read(&path)?));
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}
