//! All integration tests in one binary: one link, one start.

mod entities;
mod packs;
mod text;
mod verdicts;
