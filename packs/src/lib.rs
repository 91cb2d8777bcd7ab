//! The packs that [`sidestep`] ships, compiled when this crate is built. In: nothing. Out: [`filter`], ready in milliseconds; from the packs' sources
//! [`Filter::builtin`] takes some hundreds of them. Adds the compiled packs, about as many bytes as they take on the heap, to the program.
//!
//! ```
//! let mut scanner = sidestep_packs::filter()?.scanner();
//! assert!(scanner.scan("add me on t3legr@m").is_flagged());
//! # Ok::<(), sidestep::pack::LoadError>(())
//! ```

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub use sidestep;

use sidestep::Filter;
use sidestep::pack::LoadError;

/// What [`Filter::from_bytes`] reads.
pub static COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/packs.compiled"));

/// The filter of the shipped packs.
///
/// # Errors
/// None that this crate was built with: were the compiled packs refused, the filter is made of their sources, and those are checked when sidestep is released.
pub fn filter() -> Result<Filter, LoadError> {
    Filter::from_bytes(COMPILED).or_else(|_| Filter::builtin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_packs_are_the_shipped_ones() {
        assert!(Filter::from_bytes(COMPILED).is_ok());
        assert!(Filter::builtin().unwrap().to_bytes() == COMPILED);
    }
}
