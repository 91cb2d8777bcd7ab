//! Pointers to references and back: the only file that dereferences. Keeps: NULL, misaligned pointers and impossible lengths are answered with a code, and no
//! panic crosses the border. Cannot check, so the header asks for it: that a pointer is alive and points to as much as is said.

use crate::codes::{SIDESTEP_ERROR_ARGUMENT, SIDESTEP_ERROR_PANIC};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a call comes to: a code of zero or more, or one below zero.
pub(crate) type Outcome = Result<i32, i32>;

/// Runs a call; a panic becomes a code.
pub(crate) fn guard(call: impl FnOnce() -> Outcome) -> i32 {
    guard_or(SIDESTEP_ERROR_PANIC, || call().unwrap_or_else(|code| code))
}

/// Runs a call; a panic becomes `fallen`.
pub(crate) fn guard_or<T>(fallen: T, call: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
        // Dropping what was thrown could throw again.
        std::mem::forget(payload);
        fallen
    })
}

/// Whether a pointer can be that of `len` items.
fn is_sound<T>(ptr: *const T, len: usize) -> bool {
    let size = len.checked_mul(size_of::<T>()).filter(|size| isize::try_from(*size).is_ok());
    ptr.is_aligned() && !ptr.is_null() && size.is_some_and(|size| ptr.addr().checked_add(size).is_some())
}

/// Items lent by the caller. None at all may be anywhere.
///
/// # Safety
/// A pointer that is not NULL points to `len` items that nobody writes while the reference lives.
pub(crate) unsafe fn items<'a, T: Copy>(ptr: *const T, len: usize) -> Result<&'a [T], i32> {
    if len == 0 {
        return Ok(&[]);
    }
    if !is_sound(ptr, len) {
        return Err(SIDESTEP_ERROR_ARGUMENT);
    }
    // SAFETY: not NULL, aligned, no longer than an allocation can be; alive and unwritten by the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(ptr, len) })
}

/// Room for items that the caller wants written; NULL: not wanted.
///
/// # Safety
/// A pointer that is not NULL points to `len` items that nobody else touches while the reference lives.
pub(crate) unsafe fn room<'a, T: Copy>(ptr: *mut T, len: usize) -> Result<&'a mut [T], i32> {
    if ptr.is_null() || len == 0 {
        return Ok(&mut []);
    }
    if !is_sound(ptr, len) {
        return Err(SIDESTEP_ERROR_ARGUMENT);
    }
    // SAFETY: as in `items`, and nobody else touches it by the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts_mut(ptr, len) })
}

/// A handle.
///
/// # Safety
/// A pointer that is not NULL is a live handle of this kind.
pub(crate) unsafe fn handle<'a, T>(ptr: *const T) -> Result<&'a T, i32> {
    if !is_sound(ptr, 1) {
        return Err(SIDESTEP_ERROR_ARGUMENT);
    }
    // SAFETY: not NULL, aligned; alive by the caller's promise.
    Ok(unsafe { &*ptr })
}

/// A handle that is changed.
///
/// # Safety
/// As [`handle`], and no other thread uses it meanwhile.
pub(crate) unsafe fn handle_mut<'a, T>(ptr: *mut T) -> Result<&'a mut T, i32> {
    if !is_sound(ptr, 1) {
        return Err(SIDESTEP_ERROR_ARGUMENT);
    }
    // SAFETY: not NULL, aligned; alive and not shared by the caller's promise.
    Ok(unsafe { &mut *ptr })
}

/// Whether something can be written there.
pub(crate) fn check_out<T>(out: *mut T) -> Result<(), i32> {
    if is_sound(out, 1) { Ok(()) } else { Err(SIDESTEP_ERROR_ARGUMENT) }
}

/// Writes a result.
///
/// # Safety
/// A pointer that is not NULL may be written.
pub(crate) unsafe fn write<T: Copy>(out: *mut T, value: T) -> Result<(), i32> {
    check_out(out)?;
    // SAFETY: not NULL, aligned; writable by the caller's promise. `T` is plain data, so nothing is dropped.
    unsafe { out.write(value) };
    Ok(())
}

/// Hands an object to the caller; NULL where that panicked.
pub(crate) fn give<T>(make: impl FnOnce() -> T) -> *mut T {
    guard_or(std::ptr::null_mut(), || Box::into_raw(Box::new(make())))
}

/// Takes an object back and frees it.
///
/// # Safety
/// A pointer that is not NULL came from [`give`] and is not used after.
pub(crate) unsafe fn free<T>(ptr: *mut T) {
    if is_sound(ptr, 1) {
        // SAFETY: from `Box::into_raw` by the caller's promise.
        let object = unsafe { Box::from_raw(ptr) };
        guard_or((), || drop(object));
    }
}

/// Another reference to a counted object.
///
/// # Safety
/// A pointer that is not NULL came from `Arc::into_raw` and is held by somebody.
pub(crate) unsafe fn counted<T>(ptr: *const T) -> Result<Arc<T>, i32> {
    if !is_sound(ptr, 1) {
        return Err(SIDESTEP_ERROR_ARGUMENT);
    }
    // SAFETY: from `Arc::into_raw` and alive by the caller's promise.
    unsafe { Arc::increment_strong_count(ptr) };
    // SAFETY: this is the reference just added.
    Ok(unsafe { Arc::from_raw(ptr) })
}

/// Gives one reference back.
///
/// # Safety
/// A pointer that is not NULL came from `Arc::into_raw`, and this reference is not used after.
pub(crate) unsafe fn release<T>(ptr: *const T) {
    if is_sound(ptr, 1) {
        // SAFETY: the caller gives up the reference that it holds.
        let object = unsafe { Arc::from_raw(ptr) };
        guard_or((), || drop(object));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_code() {
        assert_eq!(guard(|| panic!("on purpose")), SIDESTEP_ERROR_PANIC);
        assert!(give(|| -> u8 { panic!("on purpose") }).is_null());
    }

    #[test]
    fn impossible_memory_is_refused() {
        let word = 7_u64;
        let at = &raw const word;
        // SAFETY: refused before anything is read.
        let wraps = unsafe { items(at, usize::MAX / 8) };
        assert!(wraps.is_err());
        // SAFETY: refused before anything is read.
        let misaligned = unsafe { items(at.cast::<u8>().wrapping_add(1).cast::<u32>(), 1) };
        assert!(misaligned.is_err());
        // SAFETY: nothing is read.
        let empty = unsafe { items::<u64>(std::ptr::null(), 0) };
        assert_eq!(empty, Ok(&[][..]));
    }
}
