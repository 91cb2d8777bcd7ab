//! `sidestep scan`. In: messages. Out: their verdicts in the same order, and whether any was flagged.

use crate::Outcome;
use crate::args::{Colour, LineFormat, ScanArgs};
use crate::engine::{self, Engine};
use crate::failure::Failure;
use crate::input::{self, Batch};
use crate::paint::{Paint, action_name, marked, points, visible};
use crate::watch::{self, Shape};
use crate::{pipeline, progress};
use sidestep::reload::SharedFilter;
use sidestep::scan::Scanner;
use sidestep::verdict::{Action, Finding, Verdict};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};

/// What a batch came to.
#[derive(Default)]
struct Judged {
    output: String,
    bytes: u64,
    tally: Tally,
}

/// Messages by action.
#[derive(Default, Clone, Copy)]
struct Tally {
    messages: u64,
    warn: u64,
    review: u64,
    block: u64,
}

impl Tally {
    const fn count(&mut self, action: Action) {
        self.messages += 1;
        match action {
            Action::Allow => {}
            Action::Warn => self.warn += 1,
            Action::Review => self.review += 1,
            Action::Block => self.block += 1,
        }
    }

    const fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.warn += other.warn;
        self.review += other.review;
        self.block += other.block;
    }

    const fn flagged(self) -> u64 {
        self.warn + self.review + self.block
    }
}

pub fn run(args: &ScanArgs, paint: Paint, colour: Colour) -> Result<Outcome, Failure> {
    let shape = args.watch.then(|| Shape::of(&args.rules.rules));
    let filter = match &args.compiled {
        Some(path) => engine::load_compiled(path)?,
        None if args.rules.rules.is_empty() && !args.rules.no_builtin => engine::load_shipped()?,
        None => Engine::load(&args.rules, false)?.filter,
    };
    let shared = SharedFilter::new(filter);
    let Some(shape) = shape else { return scan(args, paint, &shared) };
    std::thread::scope(|scope| {
        let (going, stop) = std::sync::mpsc::channel();
        let (rules, shared) = (&args.rules, &shared);
        scope.spawn(move || watch::follow(rules, shape, shared, &stop, colour));
        let outcome = scan(args, paint, shared);
        drop(going);
        outcome
    })
}

fn scan(args: &ScanArgs, paint: Paint, shared: &SharedFilter) -> Result<Outcome, Failure> {
    let files = input::or_stdin(&args.files);
    let several = files.len() > 1;
    let bar = progress::bar(input::total_bytes(&files));
    let mut stdout = std::io::stdout().lock();
    let mut tally = Tally::default();
    let names: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
    pipeline::run(
        &files,
        pipeline::threads(args.threads),
        || shared.scanner(),
        |scanner, batch| judge(shared, scanner, batch, several.then(|| names[batch.file].as_str()), args.format, paint),
        |judged| {
            tally.add(judged.tally);
            bar.inc(judged.bytes);
            if judged.output.is_empty() {
                return Ok(());
            }
            let written = bar.suspend(|| stdout.write_all(judged.output.as_bytes()).and_then(|()| stdout.flush()));
            match written {
                // The reader may still wait for standard input: leave at once.
                Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(Outcome::flagged(tally.flagged() > 0).code()),
                other => other.map_err(Failure::from),
            }
        },
    )?;
    bar.finish_and_clear();
    if args.format == LineFormat::Text && std::io::stderr().is_terminal() {
        let Tally { messages, warn, review, block } = tally;
        eprintln!("{messages} messages: {} flagged ({warn} warn, {review} review, {block} block)", tally.flagged());
    }
    Ok(Outcome::flagged(tally.flagged() > 0))
}

fn judge(shared: &SharedFilter, scanner: &mut Scanner, batch: &Batch, file: Option<&str>, format: LineFormat, paint: Paint) -> Judged {
    let mut judged = Judged { bytes: batch.bytes.len() as u64, ..Judged::default() };
    for (number, line) in batch.lines() {
        let record = input::record(line);
        shared.refresh(scanner);
        let mut verdict = scanner.scan_bytes(&record.text);
        judged.tally.count(verdict.action);
        let place = || file.map_or_else(|| number.to_string(), |file| format!("{file}:{number}"));
        match format {
            LineFormat::Jsonl => {
                verdict.id = Some(record.id.unwrap_or_else(place));
                judged.output.push_str(&serde_json::to_string(&verdict).unwrap_or_default());
                judged.output.push('\n');
            }
            LineFormat::Text if verdict.is_flagged() => {
                let name = record.id.unwrap_or_else(|| if file.is_some() { place() } else { format!("line {number}") });
                write_text(&mut judged.output, &name, &record.text, &verdict, paint);
            }
            LineFormat::Text => {}
        }
    }
    judged
}

fn write_text(out: &mut String, name: &str, text: &[u8], verdict: &Verdict, paint: Paint) {
    let categories: Vec<String> =
        verdict.categories.iter().map(|(category, c)| format!("{category} {} {}", points(c.score), action_name(c.action))).collect();
    let _ = writeln!(
        out,
        "{}  {}  {}  {}",
        paint.bold(&visible(name)),
        paint.action(verdict.action),
        points(verdict.score),
        categories.join(", ")
    );
    let spans: Vec<(usize, usize)> = verdict.findings.iter().map(|f| (f.start, f.end)).collect();
    let _ = writeln!(out, "    {}", marked(paint, text, &spans));
    for finding in &verdict.findings {
        let _ = writeln!(out, "    {}", describe(finding, paint));
    }
}

/// One finding on one line.
pub fn describe(f: &Finding, paint: Paint) -> String {
    let mut line = format!("{}  {} {}..{}", f.rule, visible(&format!("{:?}", f.text)), f.start, f.end);
    if f.matched != f.rule {
        let _ = write!(line, "  is {}", visible(&f.matched));
    }
    if let Some(value) = &f.value {
        let _ = write!(line, " {}", visible(value));
    }
    if !f.evasion.is_empty() {
        let _ = write!(line, "  {}", paint.dim(&f.evasion.names().collect::<Vec<_>>().join("+")));
    }
    if f.weight > 0.0 {
        let _ = write!(line, "  +{}", points(f.weight));
    }
    line
}
