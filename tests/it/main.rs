//! All integration tests in one binary: one link, one start.

mod entities;
mod invariants;
mod limits;
mod packs;
mod promises;
mod text;
mod verdicts;
