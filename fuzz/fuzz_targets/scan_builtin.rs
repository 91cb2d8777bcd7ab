//! Any bytes as a message, under the shipped packs and under a small one that has a rule of each kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sidestep::{Filter, Scanner};
use sidestep_fuzz::promises::{self, Extent};
use std::cell::RefCell;

thread_local! {
    static SHIPPED: RefCell<Scanner> = RefCell::new(Filter::builtin().unwrap().scanner());
    static SMALL: RefCell<Scanner> = RefCell::new(promises::small_filter().scanner());
}

fuzz_target!(|bytes: &[u8]| {
    for scanner in [&SHIPPED, &SMALL] {
        scanner.with_borrow_mut(|scanner| promises::message(scanner, bytes, Extent::one_by(bytes)));
    }
});
