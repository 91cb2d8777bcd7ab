//! Reads one chat message and says, with reasons that point at its bytes, whether it steers people off the platform or trades in what must not be traded.
#![forbid(unsafe_code)]
#![deny(missing_docs, rustdoc::broken_intra_doc_links)]
#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)
)]

pub mod diagnostic;
pub mod evasion;
pub mod limits;
pub mod matcher;
pub mod pack;
pub mod reload;
pub mod scan;
pub mod span;
pub mod text;
pub mod verdict;

pub use diagnostic::LoadError;
pub use pack::compiled::CompiledError;
pub use scan::{Filter, Scanner};
pub use verdict::{Action, Finding, Verdict};

/// The first page's example runs as a test.
#[cfg(all(doctest, feature = "builtin"))]
#[doc = include_str!("../README.md")]
struct Readme;
