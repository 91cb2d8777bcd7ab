//! The two calls of a chat server. In: packs, then messages. Out: verdicts. Keeps: [`Filter`] is immutable and shared between threads; [`Scanner`] owns
//! all scratch. Must not know: files.

use crate::verdict::Verdict;

/// Compiled packs. Immutable; share it between threads.
#[derive(Debug)]
pub struct Filter {}

impl Filter {
    /// A scanner for this filter: one per thread.
    #[must_use]
    pub fn scanner(&self) -> Scanner<'_> {
        Scanner { filter: self }
    }
}

/// Judges messages, one after another.
#[derive(Debug)]
pub struct Scanner<'f> {
    filter: &'f Filter,
}

impl Scanner<'_> {
    /// Judges one message.
    pub fn scan(&mut self, message: &str) -> Verdict {
        self.scan_bytes(message.as_bytes())
    }

    /// Judges one message of any bytes; ill-formed UTF-8 is read as U+FFFD.
    pub fn scan_bytes(&mut self, message: &[u8]) -> Verdict {
        let _ = (message, self.filter);
        Verdict::default()
    }
}
