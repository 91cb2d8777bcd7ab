//! What the fuzz targets check: the promises of the test suite, and how bytes become packs.

#[path = "../../tests/it/promises.rs"]
pub mod promises;

#[path = "../../tests/it/made_pack.rs"]
pub mod made_pack;
