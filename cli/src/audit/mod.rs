//! `sidestep audit`. In: labelled files. Out: a report in figures, or the messages behind them. Keeps: same packs, same files, same seed: same figures.

mod labelled;
mod list;
mod set;
mod sheet;
mod tally;

use crate::Outcome;
use crate::args::{AuditArgs, ReportFormat};
use crate::engine::Engine;
use crate::failure::Failure;
use crate::paint::Paint;
use crate::pipeline;
use list::Wish;
use serde::Serialize;
use sheet::Sheet;
use sidestep::verdict::PackRef;
use std::path::Path;
use tally::Halves;

/// What an audit found.
#[derive(Serialize)]
struct Report {
    /// The library's version.
    engine: String,
    /// The day of the audit, UTC.
    date: String,
    packs: Vec<Pack>,
    sets: Vec<Set>,
}

/// A pack that judged.
#[derive(Serialize)]
struct Pack {
    #[serde(flatten)]
    pack: PackRef,
    /// Rules that count.
    rules: usize,
}

/// One file that was judged.
#[derive(Serialize)]
struct Set {
    file: String,
    sha256: String,
    #[serde(flatten)]
    figures: Halves,
}

pub fn run(args: &AuditArgs, paint: Paint) -> Result<Outcome, Failure> {
    let engine = Engine::load(&args.rules, false)?;
    let threads = pipeline::threads(args.threads);
    if let Some(wish) = Wish::of(args) {
        for file in &args.files {
            list_file(file, &engine, threads, &wish, args.format, paint)?;
        }
        return Ok(Outcome::Clean);
    }
    let mut report =
        Report { engine: sidestep::scan::ENGINE.to_owned(), date: crate::date::today(), packs: packs(&engine), sets: Vec::new() };
    let mut sheets = Vec::new();
    for file in &args.files {
        let mut figures = Halves::default();
        set::run(file, &engine.filter, threads, |judged| figures.count(&judged))?;
        sheets.extend(sheet::of_set(&short(file), &figures));
        report.sets.push(Set { file: short(file), sha256: sha256(file)?, figures });
    }
    match args.format {
        ReportFormat::Text => crate::print(&text(&report, &sheets))?,
        ReportFormat::Json => crate::print(&format!("{}\n", serde_json::to_string_pretty(&report).unwrap_or_default()))?,
        ReportFormat::Html => return Err(Failure::Other("the page is not there yet: take --format json".to_owned())),
    }
    Ok(Outcome::Clean)
}

fn packs(engine: &Engine) -> Vec<Pack> {
    let rules = |id: &str| engine.filter.rules().filter(|r| r.pack == id && r.category.is_some()).count();
    engine.filter.packs().iter().map(|p| Pack { rules: rules(&p.id), pack: p.clone() }).collect()
}

/// A file's own name.
fn short(file: &Path) -> String {
    file.file_name().map_or_else(|| file.display().to_string(), |n| n.to_string_lossy().into_owned())
}

fn sha256(file: &Path) -> Result<String, Failure> {
    use sha2::Digest as _;
    let bytes = std::fs::read(file).map_err(|e| Failure::file(file, &e))?;
    Ok(sha2::Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect())
}

fn text(report: &Report, sheets: &[Sheet]) -> String {
    let mut out = format!("sidestep {} audit, {}\n", report.engine, report.date);
    for Pack { pack, rules } in &report.packs {
        out.push_str(&format!("pack {} {} ({rules} rules, {})\n", pack.id, pack.version, pack.hash.get(..12).unwrap_or(&pack.hash)));
    }
    for sheet in sheets {
        out.push('\n');
        out.push_str(&sheet.text());
    }
    out
}

fn list_file(file: &Path, engine: &Engine, threads: usize, wish: &Wish<'_>, format: ReportFormat, paint: Paint) -> Result<(), Failure> {
    let (mut shown, mut withheld) = (0u64, 0u64);
    let mut written = Ok(());
    set::run(file, &engine.filter, threads, |judged| {
        if !wish.wants(&judged) || written.is_err() {
            return;
        }
        if wish.shows(&judged) {
            shown += 1;
            let line = if format == ReportFormat::Json { list::json(&judged) + "\n" } else { list::text(&judged, paint) };
            written = crate::print(&line);
        } else {
            withheld += 1;
        }
    })?;
    written?;
    eprintln!("{}: {shown} listed, {withheld} of the other half withheld (--half odd, even or all)", short(file));
    Ok(())
}
