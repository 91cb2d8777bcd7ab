//! A labelled file, judged. In: a file and a filter. Out: each message's label and what was found, in order. Must not know: how it is shown.

use super::labelled::Labelled;
use crate::failure::Failure;
use crate::input::Batch;
use crate::{pipeline, progress};
use sidestep::scan::{Filter, Scanner};
use sidestep::verdict::{Action, Finding};
use std::path::{Path, PathBuf};

/// One labelled message and its verdict.
#[derive(Debug)]
pub struct Judged {
    pub item: Labelled,
    pub action: Action,
    /// Categories at `warn` or more.
    pub found: Vec<String>,
    pub findings: Vec<Finding>,
}

impl Judged {
    /// Whether a category that is expected was found; of `any` one suffices, of `expect` too.
    pub fn is_caught(&self) -> bool {
        self.found.iter().any(|c| self.item.expect.contains(c) || self.item.any.contains(c))
    }

    /// Whether it is caught and every expected category was found.
    pub fn is_complete(&self) -> bool {
        self.is_caught() && self.item.expect.iter().all(|c| self.found.contains(c))
    }
}

/// Judges one message.
pub fn judge(scanner: &mut Scanner, item: Labelled) -> Judged {
    let verdict = scanner.scan_bytes(&item.text);
    let found = verdict.categories.iter().filter(|(_, c)| c.action > Action::Allow).map(|(name, _)| name.clone()).collect();
    Judged { item, action: verdict.action, found, findings: verdict.findings }
}

/// Judges a file and hands on each message in order.
pub fn run(path: &Path, filter: &Filter, threads: usize, mut take: impl FnMut(Judged)) -> Result<(), Failure> {
    let files = [PathBuf::from(path)];
    let bar = progress::bar(crate::input::total_bytes(&files));
    pipeline::run(
        &files,
        threads,
        || filter.scanner(),
        |scanner, batch| judge_batch(scanner, batch, path),
        |judged| {
            let (bytes, judged) = judged?;
            bar.inc(bytes);
            judged.into_iter().for_each(&mut take);
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    Ok(())
}

fn judge_batch(scanner: &mut Scanner, batch: &Batch, path: &Path) -> Result<(u64, Vec<Judged>), Failure> {
    let mut judged = Vec::new();
    for (number, line) in batch.lines().filter(|(_, line)| !line.trim_ascii().is_empty()) {
        judged.push(judge(scanner, parse(line, number, path)?));
    }
    Ok((batch.bytes.len() as u64, judged))
}

/// The labelled messages of a file, unjudged.
pub fn read(path: &Path) -> Result<Vec<Labelled>, Failure> {
    let mut items = Vec::new();
    let mut fault = None;
    crate::input::read_batches(&[PathBuf::from(path)], |batch| {
        for (number, line) in batch.lines().filter(|(_, line)| !line.trim_ascii().is_empty()) {
            match parse(line, number, path) {
                Ok(item) => items.push(item),
                Err(e) => fault = Some(e),
            }
        }
        fault.is_none()
    })?;
    fault.map_or(Ok(items), Err)
}

fn parse(line: &[u8], number: u64, path: &Path) -> Result<Labelled, Failure> {
    serde_json::from_slice(line)
        .map_err(|e| Failure::Other(format!("{}:{number}: no labelled message: {e} (docs/AUDIT.md has the format)", path.display())))
}
