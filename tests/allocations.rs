//! A scanner that has seen a few messages allocates nothing for one without findings. A test binary of its own: it counts what the allocator is asked for.

use sidestep::Filter;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is handed to the system's allocator as it came; the counter is a plain number of this thread.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.with(|asked| asked.set(asked.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: `memory` is from `alloc` above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn asked() -> u64 {
    ASKED.with(Cell::get)
}

#[test]
fn the_counter_counts() {
    let before = asked();
    drop(std::hint::black_box(Box::new(7)));
    assert_eq!(asked() - before, 1);
}

#[test]
fn messages_without_findings_allocate_nothing_but_for_a_second_reading() {
    let filter = Filter::builtin().unwrap_or_else(|e| panic!("{e}"));
    let mut scanner = filter.scanner();
    let messages: Vec<&str> = [include_str!("../benches/data/clean.txt"), include_str!("../benches/data/mixed.txt")]
        .into_iter()
        .flat_map(str::lines)
        .filter(|message| !message.is_empty())
        .collect();
    assert!(messages.len() > 400);
    for message in &messages {
        scanner.scan(message);
    }
    let mut wrong = Vec::new();
    for message in &messages {
        let before = asked();
        let verdict = scanner.scan(message);
        let asked = asked() - before;
        if asked > 0 && verdict.findings.is_empty() {
            wrong.push(format!("{asked}: {message}"));
        }
    }
    // Single letters side by side ("i add a") are read again as one word, for which memory is asked: seldom.
    assert!(wrong.len() * 100 <= messages.len(), "{}", wrong.join("\n"));
}
