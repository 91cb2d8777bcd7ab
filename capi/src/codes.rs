//! The numbers of the ABI. Keeps: a number never changes its meaning; new ones may come, so a caller treats an unknown negative number as a failure.
#![forbid(unsafe_code)]

/// The ABI that this header describes; sidestep_abi_version() says which one the library has.
pub const SIDESTEP_ABI_VERSION: u32 = 1;

/// Done.
pub const SIDESTEP_OK: i32 = 0;
/// A pointer is NULL or misaligned where it must not be, a length or a number is out of range, or a name is not UTF-8.
pub const SIDESTEP_ERROR_ARGUMENT: i32 = -1;
/// The packs were refused; the error object lists every fault.
pub const SIDESTEP_ERROR_PACKS: i32 = -2;
/// Another thread is in a call with the same scanner; nothing was done.
pub const SIDESTEP_ERROR_BUSY: i32 = -3;
/// A fault of the library itself was caught; nothing is known of the message. The handle may be used further.
pub const SIDESTEP_ERROR_PANIC: i32 = -4;
/// The scanner holds no verdict: nothing was scanned yet, the last scan failed, or it was a batch.
pub const SIDESTEP_ERROR_NO_VERDICT: i32 = -5;
/// The caller's buffer is too small; the size needed was written.
pub const SIDESTEP_ERROR_BUFFER: i32 = -6;
/// Offsets of a batch are negative, fall, or lead past the data; nothing was judged.
pub const SIDESTEP_ERROR_OFFSETS: i32 = -7;
/// There is no such thing.
pub const SIDESTEP_ERROR_NOT_FOUND: i32 = -8;
/// The library was built without what is asked for.
pub const SIDESTEP_ERROR_UNSUPPORTED: i32 = -9;

/// A row of a batch that is null: it was not judged.
pub const SIDESTEP_ACTION_NONE: i32 = -1;
/// Deliver.
pub const SIDESTEP_ACTION_ALLOW: i32 = 0;
/// Deliver, and tell the sender.
pub const SIDESTEP_ACTION_WARN: i32 = 1;
/// Deliver, and queue for a person.
pub const SIDESTEP_ACTION_REVIEW: i32 = 2;
/// Do not deliver.
pub const SIDESTEP_ACTION_BLOCK: i32 = 3;

/// Bytes of a message that are read; the rest is left unread.
pub const SIDESTEP_LIMIT_MESSAGE_BYTES: i32 = 1;
/// Work units that a message may cost for each of its bytes.
pub const SIDESTEP_LIMIT_WORK_PER_BYTE: i32 = 2;
/// Work units that even the shortest message may cost.
pub const SIDESTEP_LIMIT_WORK_BASE: i32 = 3;
/// Findings kept for one message.
pub const SIDESTEP_LIMIT_FINDINGS: i32 = 4;

/// The message was longer than is read.
pub const SIDESTEP_REACHED_MESSAGE_BYTES: u32 = 1;
/// The work budget ran out.
pub const SIDESTEP_REACHED_WORK: u32 = 2;
/// There were more findings than are kept.
pub const SIDESTEP_REACHED_FINDINGS: u32 = 4;
/// A pattern with look-around took too many steps and was given up.
pub const SIDESTEP_REACHED_BACKTRACK_STEPS: u32 = 8;

/// The name of a code, with its NUL.
pub(crate) const fn code_name(code: i32) -> &'static std::ffi::CStr {
    match code {
        SIDESTEP_OK => c"ok",
        SIDESTEP_ERROR_ARGUMENT => c"bad argument",
        SIDESTEP_ERROR_PACKS => c"packs refused",
        SIDESTEP_ERROR_BUSY => c"scanner in use by another thread",
        SIDESTEP_ERROR_PANIC => c"internal fault",
        SIDESTEP_ERROR_NO_VERDICT => c"no verdict",
        SIDESTEP_ERROR_BUFFER => c"buffer too small",
        SIDESTEP_ERROR_OFFSETS => c"bad offsets",
        SIDESTEP_ERROR_NOT_FOUND => c"not found",
        SIDESTEP_ERROR_UNSUPPORTED => c"not supported by this build",
        _ => c"unknown code",
    }
}

/// The name of an action as verdicts in JSON have it, with its NUL.
pub(crate) const fn action_name(action: i32) -> &'static std::ffi::CStr {
    match action {
        SIDESTEP_ACTION_NONE => c"none",
        SIDESTEP_ACTION_ALLOW => c"allow",
        SIDESTEP_ACTION_WARN => c"warn",
        SIDESTEP_ACTION_REVIEW => c"review",
        SIDESTEP_ACTION_BLOCK => c"block",
        _ => c"unknown action",
    }
}
