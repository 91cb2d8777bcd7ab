//! Changes of compiled packs, drawn from the bytes, under a right length and checksum.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sidestep_fuzz::promises;

fuzz_target!(|bytes: &[u8]| {
    promises::compiled(bytes, b"add me on t3legram, 12 g of sn0w each");
});
