//! Hyperscan's (or Vectorscan's) pure literal matcher over the words, ASCII case ignored, hits only at word edges.

use crate::engines::{Engine, is_whole};
use std::ffi::{CStr, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr::{null, null_mut};

const CASELESS: c_uint = 1;
const BLOCK_MODE: c_uint = 1;

type OnMatch = extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;

unsafe extern "C" {
    fn hs_compile_lit_multi(
        words: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        lens: *const usize,
        count: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut c_void,
        error: *mut *mut c_void,
    ) -> c_int;
    fn hs_alloc_scratch(database: *const c_void, scratch: *mut *mut c_void) -> c_int;
    fn hs_scan(
        database: *const c_void,
        data: *const c_char,
        length: c_uint,
        flags: c_uint,
        scratch: *mut c_void,
        on_match: OnMatch,
        context: *mut c_void,
    ) -> c_int;
    fn hs_version() -> *const c_char;
}

/// The version that is linked.
#[must_use]
pub fn version() -> String {
    // SAFETY: returns a pointer to a static string that ends in NUL.
    unsafe { CStr::from_ptr(hs_version()) }.to_string_lossy().into_owned()
}

/// A compiled set of words. Never given back: the process ends with the measurement.
#[derive(Debug)]
pub struct Literals {
    database: *mut c_void,
    scratch: *mut c_void,
    lens: Vec<usize>,
}

struct Hits<'m> {
    message: &'m [u8],
    lens: &'m [usize],
    any: bool,
}

extern "C" fn on_match(id: c_uint, _from: c_ulonglong, to: c_ulonglong, _flags: c_uint, context: *mut c_void) -> c_int {
    // SAFETY: `context` is the `Hits` that `flags` passed to `hs_scan`, which calls back only while it runs.
    let hits = unsafe { &mut *context.cast::<Hits<'_>>() };
    let end = to as usize;
    hits.any |= is_whole(hits.message, end - hits.lens[id as usize], end);
    0
}

impl Literals {
    /// Compiles the words.
    ///
    /// # Panics
    /// When the library refuses them.
    #[must_use]
    pub fn new(words: &[String]) -> Self {
        let pointers: Vec<*const c_char> = words.iter().map(|w| w.as_ptr().cast()).collect();
        let lens: Vec<usize> = words.iter().map(String::len).collect();
        let flags = vec![CASELESS; words.len()];
        let ids: Vec<c_uint> = (0..words.len() as c_uint).collect();
        let (mut database, mut error, mut scratch) = (null_mut(), null_mut(), null_mut());
        // SAFETY: the four arrays hold `words.len()` entries each and outlive the call, which copies what it needs.
        let compiled = unsafe {
            hs_compile_lit_multi(
                pointers.as_ptr(),
                flags.as_ptr(),
                ids.as_ptr(),
                lens.as_ptr(),
                words.len() as c_uint,
                BLOCK_MODE,
                null(),
                &mut database,
                &mut error,
            )
        };
        assert_eq!(compiled, 0, "hs_compile_lit_multi");
        // SAFETY: `database` was compiled above; a null scratch asks for a new one.
        assert_eq!(unsafe { hs_alloc_scratch(database, &mut scratch) }, 0, "hs_alloc_scratch");
        Self { database, scratch, lens }
    }
}

impl Engine for Literals {
    fn name(&self) -> &'static str {
        "hyperscan"
    }

    fn flags(&mut self, message: &str) -> bool {
        let mut hits = Hits { message: message.as_bytes(), lens: &self.lens, any: false };
        // SAFETY: database and scratch belong together and to this thread; the message and `hits` outlive the call.
        let status = unsafe {
            hs_scan(self.database, message.as_ptr().cast(), message.len() as c_uint, 0, self.scratch, on_match, (&raw mut hits).cast())
        };
        status == 0 && hits.any
    }
}
