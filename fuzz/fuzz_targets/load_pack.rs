//! Any bytes as the files of a pack (a line `=== name` begins another file).
#![no_main]

use libfuzzer_sys::fuzz_target;
use sidestep_fuzz::promises::{self, Extent};

fuzz_target!(|bytes: &[u8]| {
    promises::load(bytes, b"add me on t3legram, 12 g of sn0w each", Extent::one_by(bytes));
});
