//! What the call through C costs beside the Rust call: both judge the same messages with the same packs, in turns, in one run. Fails past 1.2 times.
//!
//! `cargo bench -p sidestep-capi`

use sidestep::Filter;
use sidestep_capi::abi::{sidestep_filter_new, sidestep_filter_release, sidestep_scan, sidestep_scanner_free, sidestep_scanner_new};
use sidestep_capi::scanner::sidestep_scanner;
use std::ffi::c_char;
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 400;
const MOST: f64 = 1.2;

type Scan = unsafe extern "C" fn(*const sidestep_scanner, *const c_char, usize) -> i32;

fn main() {
    let chat = include_str!("../../examples/chat.txt");
    let all: Vec<&str> = chat.lines().filter(|line| !line.trim().is_empty()).collect();
    let filter = Filter::builtin().expect("the shipped packs load");
    let mut probe = filter.scanner();
    let (flagged, clean): (Vec<&str>, Vec<&str>) = all.iter().partition(|line| probe.scan(line).is_flagged());

    // Through a pointer that the compiler cannot see through, as from another language.
    let scan: Scan = black_box(sidestep_scan);
    let (mut c_filter, mut c_scanner) = (std::ptr::null(), std::ptr::null_mut());
    // SAFETY: NULL options and errors are legal; the places written to are alive.
    assert_eq!(unsafe { sidestep_filter_new(std::ptr::null(), &raw mut c_filter, std::ptr::null_mut()) }, 0);
    // SAFETY: the filter is alive, and so is the place written to.
    assert_eq!(unsafe { sidestep_scanner_new(c_filter, &raw mut c_scanner) }, 0);

    let mut worst: f64 = 0.0;
    for (name, messages) in [("clean", &clean), ("flagged", &flagged), ("all", &all)] {
        let mut rust = filter.scanner();
        let (mut by_rust, mut by_c) = (f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            by_rust = by_rust.min(each(messages, |m| rust.scan_bytes(m.as_bytes()).action as i32));
            // SAFETY: the scanner is alive, the message as long as is said.
            by_c = by_c.min(each(messages, |m| unsafe { scan(c_scanner, m.as_ptr().cast(), m.len()) }));
        }
        let ratio = by_c / by_rust;
        worst = worst.max(ratio);
        println!("{name:8} {:3} messages  Rust {by_rust:7.0} ns  C {by_c:7.0} ns  ratio {ratio:.3}", messages.len());
    }
    // SAFETY: made above, used by nobody any more.
    unsafe { sidestep_scanner_free(c_scanner) };
    // SAFETY: the reference taken above.
    unsafe { sidestep_filter_release(c_filter) };
    assert!(worst <= MOST, "the call through C costs {worst:.2} times the Rust call, more than {MOST}");
}

/// Nanoseconds a message, on average over all of them.
fn each(messages: &[&str], mut judge: impl FnMut(&str) -> i32) -> f64 {
    let start = Instant::now();
    for message in messages {
        black_box(judge(black_box(message)));
    }
    start.elapsed().as_nanos() as f64 / messages.len() as f64
}
