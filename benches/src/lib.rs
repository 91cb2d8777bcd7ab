//! Measures sidestep beside its peers. In: `benches.toml`, the texts of `data/`. Out: times that are worth something, because every engine's count of
//! flagged messages is checked against `expected.toml` first.

pub mod alloc;
pub mod corpus;
pub mod definitions;
pub mod engines;
#[cfg(feature = "hyperscan")]
pub mod hyperscan;
pub mod measure;
pub mod packs;
pub mod random;
