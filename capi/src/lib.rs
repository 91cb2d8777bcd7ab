//! The C ABI of sidestep. In: handles, pointers and lengths from any language. Out: codes, verdicts, diagnostics. Keeps: nothing that a caller passes in a
//! valid pointer makes it panic, unwind or read past an end; every handle may be freed in any order. Must not know: how a message is judged.
//!
//! Pointers become references in `raw` only; [`abi`] is the list of exported functions; the rest is safe Rust.
#![deny(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc)]
#![deny(clippy::multiple_unsafe_ops_per_block)]
#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)
)]

pub mod abi;
mod batch;
pub mod codes;
mod fault;
mod filter;
mod options;
mod raw;
pub mod scanner;
