//! Every bound of the library in one place, each with its default and the reason for it. Keeps: a stage that meets a bound stops its own work, says so in
//! [`Reached`], and leaves what it had found. Must not know: what the embedder does about it (allow or review is the host's choice).

use serde::{Deserialize, Serialize};

/// Bounds on one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScanLimits {
    /// Bytes of a message that are read; the rest is left unread. 64 KiB: no chat service takes longer messages.
    pub message_bytes: usize,
    /// Work units per message: [`Self::work_base`] plus this many for each byte. Each stage charges what it does. A unit is one to three hundred instructions,
    /// a tenth of a microsecond at most on a server of 2025. Long ordinary text takes 3 to 8 a byte where it is judged in full: with 10 a term behind 64 KiB
    /// of talk is still found, and a long hostile text takes at most ten times as long as a clean one (`.ci/hostile` counts).
    pub work_per_byte: u32,
    /// Work units that even the shortest message may use: two thirds more than the dearest example of the shipped rules needs.
    pub work_base: u32,
    /// Findings kept for one message, the strongest rules first. 64: more tell a reader nothing.
    pub findings: usize,
}

impl Default for ScanLimits {
    fn default() -> Self {
        Self { message_bytes: 64 * 1024, work_per_byte: 9, work_base: 32 * 1024, findings: 64 }
    }
}

/// Bounds on the packs of one program. A bound that is passed refuses the packs with a diagnostic that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackLimits {
    /// Bytes of one file. 4 MiB: a hundred thousand terms with options; what is longer is no list that people keep.
    pub file_bytes: usize,
    /// Files read for one program, term and value files too. 256: some ten times the shipped packs.
    pub files: usize,
    /// Bytes of all files together. 32 MiB bounds what a load holds in memory.
    pub total_bytes: usize,
    /// Rules of a program. 10,000: rule numbers stay small and references between them can be walked in milliseconds.
    pub rules: usize,
    /// Terms of a program, of all rules together. 200,000: twice the size that speed is promised for.
    pub terms: usize,
    /// Code points of a term, an `except` phrase or a gate word. 120: longer ones are sentences, which nobody types twice alike.
    pub term_chars: usize,
    /// Code points of an example. 4,096: the longest line a chat service takes.
    pub example_chars: usize,
    /// Code points of any other text (`about`, notices, ids ...). 1,000: one paragraph.
    pub text_chars: usize,
    /// Entries of one list of ids or values. 10,000: as many as there can be rules.
    pub list: usize,
    /// Rules that all rules name, `prefix.*` counted for each that it names. 200,000: forty times the shipped packs; bounds what a
    /// load holds in memory.
    pub references: usize,
    /// Rules that name others that name others: how many stand behind one. 32: the shipped packs need seven. Each takes about a kilobyte of a scanning
    /// thread's stack.
    pub reference_depth: usize,
    /// Patterns of a program. 1,000: each is tried on every message that passes its gate.
    pub patterns: usize,
    /// Bytes of a pattern as written. 4,096: longer ones are lists of words, which terms do better.
    pub pattern_bytes: usize,
    /// Bytes of a compiled pattern. 1 MiB: stops `(\w{1000}){1000}` before it costs memory.
    pub pattern_size: usize,
    /// Steps that a pattern with look-around may go back over one message. 10,000: usually under a millisecond; such a pattern reads 4 KiB at most, which
    /// a step may look over.
    pub backtrack_steps: usize,
    /// Depth of brackets and dotted keys in a pack. 16: the format needs five.
    pub nesting: usize,
    /// Errors, and warnings, that are reported; the rest are counted. 1,000: nobody reads more.
    pub diagnostics: usize,
}

impl Default for PackLimits {
    fn default() -> Self {
        Self {
            file_bytes: 4 << 20,
            files: 256,
            total_bytes: 32 << 20,
            rules: 10_000,
            terms: 200_000,
            term_chars: 120,
            example_chars: 4_096,
            text_chars: 1_000,
            list: 10_000,
            references: 200_000,
            reference_depth: 32,
            patterns: 1_000,
            pattern_bytes: 4_096,
            pattern_size: 1 << 20,
            backtrack_steps: 10_000,
            nesting: 16,
            diagnostics: 1_000,
        }
    }
}

/// Which bounds a message met.
///
/// ```
/// use sidestep::limits::Reached;
/// assert!(Reached::default().is_empty());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reached {
    /// The message was longer than `message_bytes`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub message_bytes: bool,
    /// The work budget ran out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub work: bool,
    /// There were more findings than `findings`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub findings: bool,
    /// A pattern with look-around took more than [`PackLimits::backtrack_steps`] and was given up, or the text goes on where it stops to read (4 KiB); what
    /// it had found by then counts.
    #[serde(default, skip_serializing_if = "is_false")]
    pub backtrack_steps: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_false(b: &bool) -> bool {
    !*b
}

impl Reached {
    /// Whether no bound was met.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !(self.message_bytes || self.work || self.findings || self.backtrack_steps)
    }

    pub(crate) const fn is_empty_ref(&self) -> bool {
        self.is_empty()
    }
}

/// The work that one message may still cost. Every stage charges it; one that is refused stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct Budget {
    left: u64,
    spent: u64,
    exhausted: bool,
}

impl Budget {
    /// The budget of a message of `bytes` bytes.
    #[must_use]
    pub const fn for_message(limits: &ScanLimits, bytes: usize) -> Self {
        Self { left: limits.work_base as u64 + limits.work_per_byte as u64 * bytes as u64, spent: 0, exhausted: false }
    }

    /// Takes `units`; `false` once they are not there any more, and from then on.
    #[inline]
    #[must_use]
    pub const fn charge(&mut self, units: u64) -> bool {
        if self.left < units {
            self.left = 0;
            self.exhausted = true;
            return false;
        }
        self.left -= units;
        self.spent += units;
        true
    }

    /// Quarters of what is left, for one stage: none leaves nothing to those after it. Give it back with [`Self::settle`].
    #[must_use]
    pub const fn quarters(&self, of_four: u64) -> Self {
        Self { left: self.left.saturating_mul(of_four) / 4, spent: 0, exhausted: false }
    }

    /// Takes what a stage spent of its share.
    pub const fn settle(&mut self, share: &Self) {
        self.left = self.left.saturating_sub(share.spent);
        self.spent += share.spent;
        self.exhausted |= share.exhausted;
    }

    /// Whether no more than half of what a message of `bytes` bytes may take was spent.
    #[must_use]
    pub const fn is_half_left(&self, limits: &ScanLimits, bytes: usize) -> bool {
        self.spent <= Self::for_message(limits, bytes).left / 2
    }

    /// Units spent so far.
    #[must_use]
    pub const fn spent(&self) -> u64 {
        self.spent
    }

    /// Whether a charge was ever refused.
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        self.exhausted
    }
}
