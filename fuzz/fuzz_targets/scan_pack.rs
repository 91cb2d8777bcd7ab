//! A pack drawn from the bytes, and the rest of them as a message. Loading a pack takes longer than judging some twenty messages, so most mutations leave
//! the pack as it is, and the last pack is kept.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use sidestep::Scanner;
use sidestep_fuzz::made_pack;
use sidestep_fuzz::promises::{self, Extent};
use std::cell::RefCell;

thread_local!(static LAST: RefCell<Option<(String, Scanner)>> = const { RefCell::new(None) });

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let (pack, message) = made_pack::from_bytes(bytes);
    let extent = Extent::one_by(bytes);
    LAST.with_borrow_mut(|last| {
        match last {
            Some((text, scanner)) if *text == pack => _ = promises::scan(scanner, message, extent),
            _ => *last = promises::load(pack.as_bytes(), message, extent).map(|filter| (pack, filter.scanner())),
        }
        if last.is_some() { Corpus::Keep } else { Corpus::Reject }
    })
});

fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    let pack = 1 + bytes.first().map_or(0, |&drawn| usize::from(drawn));
    if seed % 16 == 0 || pack >= size {
        fuzzer_mutate(bytes, size, most)
    } else {
        pack + fuzzer_mutate(&mut bytes[pack..], size - pack, most - pack)
    }
});
