//! All integration tests in one binary: one link, one start.

mod architecture;
mod compiled;
mod entities;
mod hostile_packs;
mod invariants;
mod labelled;
mod limits;
mod made_pack;
mod packs;
mod promises;
mod regressions;
mod reload;
mod text;
mod verdicts;
