//! All integration tests in one binary: one link, one start. Without the shipped packs those that need them are left out, and what only they use.
#![cfg_attr(not(feature = "builtin"), allow(dead_code, unused_imports))]

mod architecture;
#[cfg(feature = "builtin")]
mod compiled;
mod entities;
mod hostile_packs;
#[cfg(feature = "builtin")]
mod invariants;
#[cfg(feature = "builtin")]
mod labelled;
#[cfg(feature = "builtin")]
mod limits;
mod made_pack;
mod packs;
mod promises;
#[cfg(feature = "builtin")]
mod regressions;
mod reload;
mod text;
mod verdicts;
