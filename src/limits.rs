//! Every bound of the library in one place, each with its default and the reason for it. Keeps: a stage that meets a bound stops its own work, says so in
//! [`Reached`], and leaves what it had found. Must not know: what the embedder does about it (allow or review is the host's choice).

use serde::{Deserialize, Serialize};

/// Bounds on one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScanLimits {
    /// Bytes of a message that are read; the rest is left unread. 64 KiB: no chat service takes longer messages.
    pub message_bytes: usize,
    /// Work units per message: [`Self::work_base`] plus this many for each byte. Each stage charges what it does.
    pub work_per_byte: u32,
    /// Work units that even the shortest message may use.
    pub work_base: u32,
    /// Findings kept for one message, the strongest rules first. 64: more tell a reader nothing.
    pub findings: usize,
}

impl Default for ScanLimits {
    fn default() -> Self {
        Self { message_bytes: 64 * 1024, work_per_byte: 64, work_base: 16 * 1024, findings: 64 }
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
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_false(b: &bool) -> bool {
    !*b
}

impl Reached {
    /// Whether no bound was met.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !(self.message_bytes || self.work || self.findings)
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
