//! Rule packs. In: TOML and term files. Out: a [`Program`](program::Program) or all that is wrong with them. The only module that reads files.
//! Keeps: a half-loaded pack cannot exist. Must not know: messages.

pub mod compile;
pub mod model;
pub mod program;
