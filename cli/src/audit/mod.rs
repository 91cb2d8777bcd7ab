//! `sidestep audit`. In: labelled files. Out: a report in figures, or the messages behind them. Keeps: same packs, same files, same seed: same figures.

mod cases;
mod demands;
mod disguise;
mod evade;
mod html;
pub mod labelled;
mod list;
pub mod set;
mod sheet;
mod tally;

use crate::Outcome;
use crate::args::{AuditArgs, Listed, ReportFormat};
use crate::engine::Engine;
use crate::failure::Failure;
use crate::paint::{Paint, visible};
use crate::pipeline;
use evade::{Evaded, Generator, Miss};
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
    /// What `--evade` found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evaded: Vec<Evaded>,
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
    figures: SetFigures,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum SetFigures {
    /// A set of labelled messages and its halves.
    Messages(Box<Halves>),
    /// A table of cases.
    Cases(cases::Table),
}

impl Set {
    fn sheets(&self) -> Vec<Sheet> {
        match &self.figures {
            SetFigures::Messages(figures) => sheet::of_set(&self.file, figures),
            SetFigures::Cases(table) => vec![table.sheet(&self.file)],
        }
    }

    fn items(&self) -> u64 {
        match &self.figures {
            SetFigures::Messages(figures) => figures.all.messages,
            SetFigures::Cases(table) => table.cases.len() as u64,
        }
    }
}

pub fn run(args: &AuditArgs, paint: Paint) -> Result<Outcome, Failure> {
    let engine = Engine::load(&args.rules, false)?;
    let threads = pipeline::threads(args.threads);
    let evaded = if args.evade { evade(args, &engine, threads)? } else { Vec::new() };
    if let Some(wish) = Wish::of(args) {
        evaded.iter().try_for_each(|e| list_misses(e, &wish, args.format, paint))?;
        for file in args.files.iter().filter(|_| !args.evade) {
            list_file(file, &engine, threads, &wish, args.format, paint)?;
        }
        return Ok(Outcome::Clean);
    }
    let sets =
        if args.evade { Vec::new() } else { args.files.iter().map(|f| judge_file(f, &engine, threads)).collect::<Result<_, _>>()? };
    let report = Report { engine: sidestep::scan::ENGINE.to_owned(), date: crate::date::today(), packs: packs(&engine), sets, evaded };
    let sheets: Vec<Sheet> = report.sets.iter().flat_map(Set::sheets).chain(report.evaded.iter().flat_map(Evaded::sheets)).collect();
    crate::print(&match args.format {
        ReportFormat::Text => text(&report, &sheets),
        ReportFormat::Json => format!("{}\n", serde_json::to_string_pretty(&report).unwrap_or_default()),
        ReportFormat::Html => html::page(&head(&report), &sheets),
    })?;
    Ok(Outcome::Clean)
}

fn judge_file(file: &Path, engine: &Engine, threads: usize) -> Result<Set, Failure> {
    let figures = match cases::run(file, engine)? {
        Some(table) => SetFigures::Cases(table),
        None => {
            let mut figures = Box::<Halves>::default();
            set::run(file, &engine.filter, threads, |judged| figures.count(&judged))?;
            SetFigures::Messages(figures)
        }
    };
    Ok(Set { file: short(file), sha256: sha256(file)?, figures })
}

/// Disguises the packs' own examples, or where files are given their caught messages too.
fn evade(args: &AuditArgs, engine: &Engine, threads: usize) -> Result<Vec<Evaded>, Failure> {
    let generator = Generator::new(engine, args.seed, threads);
    let mut all = vec![generator.of_packs()];
    for file in &args.files {
        all.push(generator.of_messages(&short(file), &set::read(file)?, args.sample));
    }
    Ok(all)
}

fn list_misses(evaded: &Evaded, wish: &Wish<'_>, format: ReportFormat, paint: Paint) -> Result<(), Failure> {
    let shown: Vec<&Miss> = evaded.misses.iter().filter(|m| wish.shows(m.half)).collect();
    let lines: String = shown
        .iter()
        .map(|miss| match format {
            ReportFormat::Json => serde_json::to_string(miss).unwrap_or_default() + "\n",
            _ => format!(
                "{}  {}\n    {}\n    {}\n",
                paint.bold(&miss.disguise),
                miss.of,
                visible(&miss.text),
                paint.dim(&visible(&miss.plain))
            ),
        })
        .collect();
    crate::print(&lines)?;
    eprintln!("{}: {} misses listed, {} withheld", evaded.name, shown.len(), evaded.misses.len() - shown.len());
    Ok(())
}

fn head(report: &Report) -> html::Head<'_> {
    let pack = |Pack { pack, rules }: &'_ Pack| (pack.id.clone(), pack.version.clone(), pack.hash.clone(), *rules);
    html::Head {
        engine: &report.engine,
        date: &report.date,
        packs: report.packs.iter().map(pack).collect(),
        sets: report.sets.iter().map(|s| (s.file.clone(), s.items(), s.sha256.clone())).collect(),
    }
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
    if let Some(table) = cases::run(file, engine)? {
        return list_cases(file, &table, wish, format, paint);
    }
    let (mut shown, mut withheld) = (0u64, 0u64);
    let mut written = Ok(());
    set::run(file, &engine.filter, threads, |judged| {
        if !wish.wants(&judged) || written.is_err() {
            return;
        }
        if wish.shows(judged.item.half()) {
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

fn list_cases(file: &Path, table: &cases::Table, wish: &Wish<'_>, format: ReportFormat, paint: Paint) -> Result<(), Failure> {
    let listed: Vec<&cases::Case> = table.cases.iter().filter(|c| wish.which == Listed::All || c.is_missed()).collect();
    let lines: String = listed
        .iter()
        .map(|case| match format {
            ReportFormat::Json => serde_json::to_string(case).unwrap_or_default() + "\n",
            _ => format!(
                "{}  expected {}\n    {}\n    got {}\n",
                paint.bold(&visible(&case.class)),
                visible(&case.expected),
                visible(&case.text),
                visible(&case.got)
            ),
        })
        .collect();
    crate::print(&lines)?;
    eprintln!("{}: {} of {} cases listed", short(file), listed.len(), table.cases.len());
    Ok(())
}
