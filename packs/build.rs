//! Compiles the shipped packs. Out: `packs.compiled`. The same lines serve a server's own packs: see docs/OPERATIONS.md.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let packs = sidestep::Filter::builtin()?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    Ok(std::fs::write(out.join("packs.compiled"), packs.to_bytes())?)
}
