//! Counts what is allocated. A binary that wants figures names [`Counting`] as its global allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counted.
#[derive(Debug)]
pub struct Counting;

fn grow(bytes: usize) {
    CALLS.fetch_add(1, Relaxed);
    let live = LIVE.fetch_add(bytes, Relaxed) + bytes;
    PEAK.fetch_max(live, Relaxed);
}

// SAFETY: every call is passed on unchanged to `System`; the counters touch no memory of the caller.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, new: usize) -> *mut u8 {
        grow(new);
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(at, layout, new) }
    }
}

/// What a piece of work did to the heap.
#[derive(Debug, Clone, Copy)]
pub struct Heap {
    /// Bytes still held afterwards.
    pub kept: usize,
    /// Most bytes held at once, above what was held before.
    pub peak: usize,
    /// Allocations and reallocations.
    pub calls: usize,
}

/// Runs something and says what it did to the heap; right only while no other thread allocates.
pub fn heap_of<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    let (before, calls) = (LIVE.load(Relaxed), CALLS.load(Relaxed));
    PEAK.store(before, Relaxed);
    let out = work();
    let heap = Heap {
        kept: LIVE.load(Relaxed).saturating_sub(before),
        peak: PEAK.load(Relaxed).saturating_sub(before),
        calls: CALLS.load(Relaxed) - calls,
    };
    (out, heap)
}
