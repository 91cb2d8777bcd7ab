//! Any bytes through the text stage.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sidestep::text::Text;
use std::cell::RefCell;

thread_local!(static TEXT: RefCell<Text> = RefCell::new(Text::new()));

fuzz_target!(|bytes: &[u8]| TEXT.with_borrow_mut(|text| sidestep_fuzz::promises::text(text, bytes)));
