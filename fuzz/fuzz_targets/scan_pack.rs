//! A pack drawn from the bytes, and the rest of them as a message.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use sidestep_fuzz::{made_pack, promises};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let (pack, message) = made_pack::from_bytes(bytes);
    match promises::load(pack.as_bytes(), message) {
        Some(_) => Corpus::Keep,
        None => Corpus::Reject,
    }
});
