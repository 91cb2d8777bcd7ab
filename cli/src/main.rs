//! The `sidestep` command. In: arguments. Out: exit status 0, 1 or 2. Keeps: standard output holds results only; a reader that goes away is no fault.

mod args;
mod audit;
mod catalogue;
mod compile;
mod date;
mod engine;
mod explain;
mod failure;
mod fold;
mod input;
mod learn;
mod lint;
mod paint;
mod pipeline;
mod progress;
mod scan;
mod table;
mod test;
mod watch;

use args::{Cli, Command};
use clap::Parser;
use failure::Failure;
use paint::Paint;
use std::io::Write;
use std::process::ExitCode;

/// How a command ended when it could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing flagged, nothing failed.
    Clean,
    /// Something flagged, or some example failed.
    Found,
    /// The packs that were to be checked have faults.
    Faulty,
}

impl Outcome {
    pub const fn flagged(any: bool) -> Self {
        if any { Self::Found } else { Self::Clean }
    }

    pub const fn code(self) -> i32 {
        match self {
            Self::Clean => 0,
            Self::Found => 1,
            Self::Faulty => 2,
        }
    }
}

/// Writes results to standard output.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let paint = Paint::for_stdout(cli.color);
    let outcome = match &cli.command {
        Command::Scan(args) => scan::run(args, paint, cli.color),
        Command::Explain(args) => explain::run(args, paint),
        Command::Fold(args) => fold::run(args, paint),
        Command::Lint(args) => lint::run(args, paint),
        Command::Test(args) => test::run(args, paint),
        Command::Audit(args) => audit::run(args, paint),
        Command::Learn(args) => learn::run(args),
        Command::Compile(args) => compile::run(args),
        Command::Catalogue(args) => catalogue::run(args),
    };
    match outcome {
        Ok(outcome) => ExitCode::from(outcome.code() as u8),
        Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(failure) => {
            lint::report_failure(&failure, cli.color);
            ExitCode::from(2)
        }
    }
}
