//! `sidestep compile`. In: packs. Out: a file of compiled packs, and how large it is. Keeps: a reader never sees half a file.

use crate::args::CompileArgs;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::{Outcome, print};
use std::path::PathBuf;

pub fn run(args: &CompileArgs) -> Result<Outcome, Failure> {
    let bytes = Engine::load(&args.rules, false)?.filter.to_bytes();
    let mut beside = args.output.clone().into_os_string();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, &bytes).map_err(|e| Failure::file(&beside, &e))?;
    std::fs::rename(&beside, &args.output).map_err(|e| Failure::file(&args.output, &e))?;
    print(&format!("{}: {} bytes\n", args.output.display(), bytes.len()))?;
    Ok(Outcome::Clean)
}
