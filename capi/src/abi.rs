//! The exported functions, in the order of the header. Keeps: each is one guarded call that turns pointers into references, asks a safe module, and writes the result.
#![allow(clippy::must_use_candidate)]

use crate::batch::{Column, Offset};
use crate::codes::{SIDESTEP_ABI_VERSION, SIDESTEP_ACTION_NONE, SIDESTEP_ERROR_BUFFER, SIDESTEP_ERROR_NOT_FOUND, SIDESTEP_OK};
use crate::codes::{SIDESTEP_ERROR_ARGUMENT, SIDESTEP_ERROR_PANIC, action_name, code_name};
use crate::fault::{Fault, sidestep_error};
use crate::filter::sidestep_filter;
use crate::options::sidestep_options;
use crate::raw::{self, guard, guard_or};
use crate::scanner::{action_number, reached, sidestep_category, sidestep_finding, sidestep_scanner, sidestep_text};
use sidestep::diagnostic::Diagnostic;
use sidestep::evasion::Evasion;
use sidestep::pack::SourceFile;
use std::ffi::{CStr, c_char};
use std::path::PathBuf;
use std::sync::Arc;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

/// The ABI that the library has. Compare with SIDESTEP_ABI_VERSION: equal is compatible; the number goes up only when something is taken away or changed.
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn sidestep_abi_version() -> u32 {
    SIDESTEP_ABI_VERSION
}

/// The library's version, such as "0.1.0", ended by a NUL. Static: never freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn sidestep_version() -> *const c_char {
    VERSION.as_ptr()
}

/// What a code means, in a few words, ended by a NUL. Static: never freed. Any number is legal. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn sidestep_code_name(code: i32) -> *const c_char {
    code_name(code).as_ptr()
}

/// The name of an action: "allow", "warn", "review", "block". Static: never freed. Any number is legal. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn sidestep_action_name(action: i32) -> *const c_char {
    action_name(action).as_ptr()
}

/// The name of the disguise that has this bit in the evasion of a finding, bits counted from 0; SIDESTEP_ERROR_NOT_FOUND past the last one.
/// The name is static: never freed. Any thread.
///
/// # Safety
/// name is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_evasion_name(bit: u32, name: *mut sidestep_text) -> i32 {
    guard(|| {
        raw::check_out(name)?;
        let found = Evasion::name_of_bit(bit).ok_or(SIDESTEP_ERROR_NOT_FOUND)?;
        // SAFETY: writable by this function's contract.
        unsafe { raw::write(name, sidestep_text { ptr: found.as_ptr().cast(), len: found.len() })? };
        Ok(SIDESTEP_OK)
    })
}

/// A new error object, empty. The caller owns it and frees it with sidestep_error_free. May be used for any number of calls, by one thread at a time.
/// NULL only after a fault of the library itself.
#[unsafe(no_mangle)]
pub extern "C" fn sidestep_error_new() -> *mut sidestep_error {
    raw::give(sidestep_error::new)
}

/// Frees an error object and the texts in it. NULL is legal and does nothing.
///
/// # Safety
/// error is NULL or from sidestep_error_new, and is not used after, nor by another thread meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_error_free(error: *mut sidestep_error) {
    // SAFETY: from `give` by this function's contract.
    unsafe { raw::free(error) };
}

/// The code of the call that was last given this object; SIDESTEP_ERROR_ARGUMENT for NULL.
///
/// # Safety
/// error is NULL or a live error object that no other thread changes meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_error_code(error: *const sidestep_error) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let error = unsafe { raw::handle(error)? };
        Ok(error.code())
    })
}

/// Why the call failed, for a log: each fault of the packs with its file, line, column and mend. After a call that worked: warnings of the loader.
/// Ended by a NUL; empty where there is nothing to say; never NULL. Owned by the error object: valid until it is given to another call or freed.
///
/// # Safety
/// error is NULL (an empty text) or a live error object that no other thread changes meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_error_text(error: *const sidestep_error) -> *const c_char {
    guard_or(c"".as_ptr(), || {
        // SAFETY: live by this function's contract.
        let error = unsafe { raw::handle(error) };
        error.map_or(c"".as_ptr(), |e| e.text().as_ptr())
    })
}

/// The faults or warnings as JSON, one object a line: code, severity, place (file, start, end, line, column), message, help. Empty where the code says all.
/// Ended by a NUL; never NULL. Owned by the error object: valid until it is given to another call or freed.
///
/// # Safety
/// error is NULL (an empty text) or a live error object that no other thread changes meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_error_json(error: *const sidestep_error) -> *const c_char {
    guard_or(c"".as_ptr(), || {
        // SAFETY: live by this function's contract.
        let error = unsafe { raw::handle(error) };
        error.map_or(c"".as_ptr(), |e| e.json().as_ptr())
    })
}

/// New options: the shipped packs, the default bounds. The caller owns them and frees them with sidestep_options_free; a filter keeps nothing of them.
/// One thread at a time. NULL only after a fault of the library itself.
#[unsafe(no_mangle)]
pub extern "C" fn sidestep_options_new() -> *mut sidestep_options {
    raw::give(sidestep_options::new)
}

/// Frees options. NULL is legal and does nothing.
///
/// # Safety
/// options is NULL or from sidestep_options_new, and is not used after, nor by another thread meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_options_free(options: *mut sidestep_options) {
    // SAFETY: from `give` by this function's contract.
    unsafe { raw::free(options) };
}

/// Whether the shipped packs are loaded too, before others: any number but 0 for yes, which is the default.
///
/// # Safety
/// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_options_set_builtin(options: *mut sidestep_options, on: i32) -> i32 {
    guard(|| {
        // SAFETY: live and not shared by this function's contract.
        let options = unsafe { raw::handle_mut(options)? };
        options.builtin = on != 0;
        Ok(SIDESTEP_OK)
    })
}

/// Adds a pack file, or a folder of which all *.toml are read, to be loaded in the order added. UTF-8, copied; it is read when a filter is made or reloaded.
///
/// # Safety
/// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile; path points to len bytes, or len is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_options_add_path(options: *mut sidestep_options, path: *const c_char, len: usize) -> i32 {
    guard(|| {
        // SAFETY: live and not shared by this function's contract.
        let options = unsafe { raw::handle_mut(options)? };
        // SAFETY: as long as is said by this function's contract.
        let path = unsafe { bytes(path, len)? };
        let path = utf8(path)?;
        if path.is_empty() {
            return Err(SIDESTEP_ERROR_ARGUMENT);
        }
        options.paths.push(PathBuf::from(path));
        Ok(SIDESTEP_OK)
    })
}

/// Adds a file from memory: a pack, or, where its name ends in .terms, .values or .words, a list that a pack names. Name (UTF-8) and content are copied.
/// Options take files from memory or paths, not both.
///
/// # Safety
/// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile; name and content point to as many bytes as is
/// said, or are NULL with length 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_options_add_source(
    options: *mut sidestep_options,
    name: *const c_char,
    name_len: usize,
    content: *const c_char,
    content_len: usize,
) -> i32 {
    guard(|| {
        // SAFETY: live and not shared by this function's contract.
        let options = unsafe { raw::handle_mut(options)? };
        // SAFETY: as long as is said by this function's contract.
        let name = unsafe { bytes(name, name_len)? };
        // SAFETY: as long as is said by this function's contract.
        let content = unsafe { bytes(content, content_len)? };
        options.sources.push(SourceFile::new(utf8(name)?, content));
        Ok(SIDESTEP_OK)
    })
}

/// Packs as sidestep_filter_compile or the command `sidestep compile` wrote them: ready in a twentieth of the time that their sources take. They stand alone:
/// the shipped packs are not loaded beside them, and with packs by path or from memory a filter is refused with SIDESTEP_ERROR_ARGUMENT. Bytes of another
/// version of the library, or damaged ones, are refused with SIDESTEP_ERROR_PACKS when a filter is made: load the sources then. Copied; len 0 takes them out
/// again.
///
/// # Safety
/// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile; compiled points to len bytes, or len is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_options_set_compiled(options: *mut sidestep_options, compiled: *const c_char, len: usize) -> i32 {
    guard(|| {
        // SAFETY: live and not shared by this function's contract.
        let options = unsafe { raw::handle_mut(options)? };
        // SAFETY: as long as is said by this function's contract.
        let compiled = unsafe { bytes(compiled, len)? };
        options.compiled = (!compiled.is_empty()).then(|| compiled.into());
        Ok(SIDESTEP_OK)
    })
}

/// Sets a bound, one of SIDESTEP_LIMIT_...; SIDESTEP_ERROR_ARGUMENT for another number, or a value that does not fit.
///
/// # Safety
/// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_options_set_limit(options: *mut sidestep_options, limit: i32, value: u64) -> i32 {
    guard(|| {
        // SAFETY: live and not shared by this function's contract.
        let options = unsafe { raw::handle_mut(options)? };
        options.set_limit(limit, value).ok_or(SIDESTEP_ERROR_ARGUMENT)?;
        Ok(SIDESTEP_OK)
    })
}

/// Loads packs and makes a filter of them. Takes milliseconds to a second: not on a thread that must answer. options may be NULL: the shipped packs, default
/// bounds. On failure *filter is NULL and error, if not NULL, says why. The caller holds one reference and gives it back with sidestep_filter_release.
/// The filter may be used by any number of threads at once.
///
/// # Safety
/// options is NULL or live options; filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or may be written; error is NULL or a live error object; no other
/// thread uses options or error meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_filter_new(
    options: *const sidestep_options,
    filter: *mut *const sidestep_filter,
    error: *mut sidestep_error,
) -> i32 {
    let call = || {
        // SAFETY: writable by this function's contract.
        unsafe { raw::write(filter, std::ptr::null())? };
        // SAFETY: live by this function's contract.
        let options = unsafe { options_or_default(options)? };
        let (made, warnings) = sidestep_filter::new(&options)?;
        // SAFETY: writable by this function's contract.
        unsafe { raw::write(filter, Arc::into_raw(Arc::new(made)))? };
        Ok(warnings)
    };
    // SAFETY: by this function's contract.
    unsafe { reported(error, call) }
}

/// Takes another reference, to be given back with sidestep_filter_release, and answers the same pointer. NULL is legal and answered with NULL. Any thread.
///
/// # Safety
/// filter is NULL or a filter to which somebody holds a reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_filter_retain(filter: *const sidestep_filter) -> *const sidestep_filter {
    guard_or(std::ptr::null(), || {
        // SAFETY: alive by this function's contract.
        let counted = unsafe { raw::counted(filter) };
        counted.map_or(std::ptr::null(), Arc::into_raw)
    })
}

/// Gives a reference back; the last one frees the filter. Scanners hold one of their own, so filter and scanners may go in any order. NULL is legal and does
/// nothing. Any thread.
///
/// # Safety
/// filter is NULL or a filter to which the caller holds a reference, which is not used after.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_filter_release(filter: *const sidestep_filter) {
    // SAFETY: the caller gives up its reference by this function's contract.
    unsafe { raw::release(filter) };
}

/// Loads packs anew and puts them in place: scanners of this filter use them from their next call on; a call under way ends with the packs it began with.
/// On failure the packs before go on and error, if not NULL, says why. Any thread, scanners may run; it does not hold them up. A scanner that idles keeps the
/// packs that it last used in memory until its next call; a scan of an empty message is enough.
///
/// # Safety
/// filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live filter; options is NULL (the shipped packs) or live options; error is NULL or a live error
/// object; no other thread uses options or error meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_filter_reload(
    filter: *const sidestep_filter,
    options: *const sidestep_options,
    error: *mut sidestep_error,
) -> i32 {
    let call = || {
        // SAFETY: live by this function's contract.
        let filter = unsafe { raw::handle(filter)? };
        // SAFETY: live by this function's contract.
        let options = unsafe { options_or_default(options)? };
        filter.reload(&options)
    };
    // SAFETY: by this function's contract.
    unsafe { reported(error, call) }
}

/// Writes how many times the packs were replaced. Any thread.
///
/// # Safety
/// filter is NULL or a live filter, generation is NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_filter_generation(filter: *const sidestep_filter, generation: *mut u64) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let filter = unsafe { raw::handle(filter)? };
        // SAFETY: writable by this function's contract.
        unsafe { raw::write(generation, filter.shared.generation())? };
        Ok(SIDESTEP_OK)
    })
}

/// Writes what is loaded into the caller's buffer, as one JSON object: engine, generation, heap_bytes, packs (id, version, hash), categories (thresholds).
/// Ended by a NUL. *needed becomes the bytes needed, the NUL counted; SIDESTEP_ERROR_BUFFER if the buffer has fewer: it is then left alone. Any thread.
///
/// # Safety
/// filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live filter; buffer points to size bytes, or size is 0; needed is NULL (not wanted) or may be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_filter_describe(
    filter: *const sidestep_filter,
    buffer: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let filter = unsafe { raw::handle(filter)? };
        // SAFETY: as long as is said, and writable, by this function's contract.
        unsafe { fill_text(&filter.describe(), buffer, size, needed) }
    })
}

/// Writes the packs in the compiled form that sidestep_options_set_compiled takes, into the caller's buffer: bytes, about as many as the filter takes on the
/// heap, with no NUL at the end. *needed becomes the bytes needed; SIDESTEP_ERROR_BUFFER if the buffer has fewer: it is then left alone. A reload between two
/// calls may change the size. Any thread.
///
/// # Safety
/// filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live filter; buffer points to size bytes, or size is 0; needed is NULL (not wanted) or may be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_filter_compile(
    filter: *const sidestep_filter,
    buffer: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let filter = unsafe { raw::handle(filter)? };
        // SAFETY: as long as is said, and writable, by this function's contract.
        unsafe { fill(&filter.compiled(), buffer, size, needed) }
    })
}

/// Writes what the packs want told to the sender of a message of a category, in a language (BCP 47), its base language or English; SIDESTEP_ERROR_NOT_FOUND
/// where the packs have no such text. Buffer as in sidestep_filter_describe. Any thread.
///
/// # Safety
/// filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live filter; category, language and buffer point to as many bytes as is said, or are NULL with
/// length 0; needed is NULL (not wanted) or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_filter_notice(
    filter: *const sidestep_filter,
    category: *const c_char,
    category_len: usize,
    language: *const c_char,
    language_len: usize,
    buffer: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let filter = unsafe { raw::handle(filter)? };
        // SAFETY: as long as is said by this function's contract.
        let category = unsafe { bytes(category, category_len)? };
        // SAFETY: as long as is said by this function's contract.
        let language = unsafe { bytes(language, language_len)? };
        let filter = filter.shared.filter();
        let notice = filter.notice(utf8(category)?, utf8(language)?).ok_or(SIDESTEP_ERROR_NOT_FOUND)?;
        // SAFETY: as long as is said, and writable, by this function's contract.
        unsafe { fill_text(notice, buffer, size, needed) }
    })
}

/// A scanner for a filter. The caller owns it and frees it with sidestep_scanner_free; it keeps the filter alive. For one thread at a time: a call while
/// another thread is in one is answered with SIDESTEP_ERROR_BUSY. On failure *scanner is NULL.
///
/// # Safety
/// filter is NULL or a live filter, scanner is NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_scanner_new(filter: *const sidestep_filter, scanner: *mut *mut sidestep_scanner) -> i32 {
    guard(|| {
        // SAFETY: writable by this function's contract.
        unsafe { raw::write(scanner, std::ptr::null_mut())? };
        // SAFETY: live by this function's contract.
        let filter = unsafe { raw::counted(filter)? };
        let made = raw::give(|| sidestep_scanner::new(filter));
        if made.is_null() {
            return Err(SIDESTEP_ERROR_PANIC);
        }
        // SAFETY: writable by this function's contract.
        unsafe { raw::write(scanner, made)? };
        Ok(SIDESTEP_OK)
    })
}

/// Frees a scanner and the verdict in it. NULL is legal. SIDESTEP_ERROR_BUSY if another thread is in a call with it: then nothing is freed.
///
/// # Safety
/// scanner is NULL or from sidestep_scanner_new, and is not used after SIDESTEP_OK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_scanner_free(scanner: *mut sidestep_scanner) -> i32 {
    guard(|| {
        if scanner.is_null() {
            return Ok(SIDESTEP_OK);
        }
        // SAFETY: live by this function's contract.
        let live = unsafe { raw::handle(scanner)? };
        drop(live.enter()?);
        // SAFETY: from `give` by this function's contract.
        unsafe { raw::free(scanner) };
        Ok(SIDESTEP_OK)
    })
}

/// Judges one message: SIDESTEP_ACTION_..., or a negative code. Any bytes are legal: NUL, and ill-formed UTF-8, which is read as U+FFFD. The message is not kept.
/// What the last scan handed out is no longer valid after.
///
/// # Safety
/// scanner is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live scanner; message points to len bytes that nobody writes meanwhile, or len is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_scan(scanner: *const sidestep_scanner, message: *const c_char, len: usize) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let scanner = unsafe { raw::handle(scanner)? };
        // SAFETY: as long as is said by this function's contract.
        let message = unsafe { bytes(message, len)? };
        scanner.scan(message)
    })
}

/// The action of the last scan once more, or a negative code.
///
/// # Safety
/// scanner is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live scanner.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_verdict_action(scanner: *const sidestep_scanner) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let scanner = unsafe { raw::handle(scanner)? };
        let desk = scanner.enter()?;
        Ok(action_number(desk.verdict()?.action))
    })
}

/// Writes the points of the last scan, of all categories together.
///
/// # Safety
/// scanner is NULL or a live scanner, score is NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_verdict_score(scanner: *const sidestep_scanner, score: *mut f64) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let scanner = unsafe { raw::handle(scanner)? };
        let desk = scanner.enter()?;
        let points = desk.verdict()?.score;
        // SAFETY: writable by this function's contract.
        unsafe { raw::write(score, points)? };
        Ok(SIDESTEP_OK)
    })
}

/// Writes which bounds the last message met, as SIDESTEP_REACHED_... bits. What was found up to there stands.
///
/// # Safety
/// scanner is NULL or a live scanner, bits is NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_verdict_limits(scanner: *const sidestep_scanner, bits: *mut u32) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let scanner = unsafe { raw::handle(scanner)? };
        let desk = scanner.enter()?;
        let met = reached(desk.verdict()?);
        // SAFETY: writable by this function's contract.
        unsafe { raw::write(bits, met)? };
        Ok(SIDESTEP_OK)
    })
}

/// Writes where the findings of the last scan are, by place in the message, and how many. Owned by the scanner: they and their texts are valid until its next
/// scan, or until it is freed. Never NULL; nothing is there to read where the count is 0.
///
/// # Safety
/// scanner is NULL or a live scanner, findings and count are NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_verdict_findings(
    scanner: *const sidestep_scanner,
    findings: *mut *const sidestep_finding,
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let scanner = unsafe { raw::handle(scanner)? };
        let mut desk = scanner.enter()?;
        // SAFETY: writable by this function's contract.
        unsafe { lend(desk.findings()?, findings, count) }
    })
}

/// Writes where the categories of the last scan are that have points, by name, and how many. Owner and lifetime as in sidestep_verdict_findings.
///
/// # Safety
/// scanner is NULL or a live scanner, categories and count are NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_verdict_categories(
    scanner: *const sidestep_scanner,
    categories: *mut *const sidestep_category,
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let scanner = unsafe { raw::handle(scanner)? };
        let mut desk = scanner.enter()?;
        // SAFETY: writable by this function's contract.
        unsafe { lend(desk.categories()?, categories, count) }
    })
}

/// Writes where the verdict of the last scan is as one JSON object, ended by a NUL that len does not count. It names the message's own words: treat it as the
/// message. Owner and lifetime as in sidestep_verdict_findings.
///
/// # Safety
/// scanner is NULL or a live scanner, json and len are NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_verdict_json(scanner: *const sidestep_scanner, json: *mut *const c_char, len: *mut usize) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let scanner = unsafe { raw::handle(scanner)? };
        let mut desk = scanner.enter()?;
        // SAFETY: writable by this function's contract.
        unsafe { lend(desk.json()?.as_bytes(), json.cast(), len) }
    })
}

/// Judges the rows of a column as Arrow lays it out (Utf8 or Binary): row i is the bytes of data from offset i up to offset i + 1, for i from first up to
/// first + rows. validity has one bit a row, least significant first, bit i for row i; NULL: no row is null. The k-th row judged, from 0, is written to place k
/// of actions, as SIDESTEP_ACTION_..., and of scores; either may be NULL: not wanted. A null row gets SIDESTEP_ACTION_NONE and 0. All rows are judged by the
/// same packs. All offsets are checked before: SIDESTEP_ERROR_OFFSETS, and nothing is written, where one is negative, falls, or leads past the data. No verdict
/// stays in the scanner.
///
/// # Safety
/// scanner is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live scanner; data points to data_len bytes, or data_len is 0; offsets to first + rows + 1
/// numbers; validity is NULL or points to (first + rows + 7) / 8 bytes; actions and scores are NULL or have room for rows numbers; nobody writes the inputs
/// meanwhile, and no output overlaps another array. Where rows is 0 nothing but scanner is looked at.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_scan_batch32(
    scanner: *const sidestep_scanner,
    data: *const u8,
    data_len: usize,
    offsets: *const i32,
    validity: *const u8,
    first: usize,
    rows: usize,
    actions: *mut i8,
    scores: *mut f64,
) -> i32 {
    // SAFETY: by this function's contract.
    unsafe { scan_batch(scanner, (data, data_len), offsets, validity, (first, rows), (actions, scores)) }
}

/// As sidestep_scan_batch32, for 64-bit offsets (LargeUtf8 or LargeBinary).
///
/// # Safety
/// As sidestep_scan_batch32.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidestep_scan_batch64(
    scanner: *const sidestep_scanner,
    data: *const u8,
    data_len: usize,
    offsets: *const i64,
    validity: *const u8,
    first: usize,
    rows: usize,
    actions: *mut i8,
    scores: *mut f64,
) -> i32 {
    // SAFETY: by this function's contract.
    unsafe { scan_batch(scanner, (data, data_len), offsets, validity, (first, rows), (actions, scores)) }
}

/// # Safety
/// As [`sidestep_scan_batch32`].
unsafe fn scan_batch<O: Offset>(
    scanner: *const sidestep_scanner,
    (data, data_len): (*const u8, usize),
    offsets: *const O,
    validity: *const u8,
    (first, rows): (usize, usize),
    (actions, scores): (*mut i8, *mut f64),
) -> i32 {
    guard(|| {
        // SAFETY: live by this function's contract.
        let scanner = unsafe { raw::handle(scanner)? };
        if rows == 0 {
            return scanner.scan_all(std::iter::empty(), |_, _| {}).map(|()| SIDESTEP_OK);
        }
        let end = first.checked_add(rows).filter(|end| *end < usize::MAX - 8).ok_or(SIDESTEP_ERROR_ARGUMENT)?;
        // SAFETY: as long as is said by this function's contract.
        let data = unsafe { raw::items(data, data_len)? };
        // SAFETY: as long as is said by this function's contract.
        let offsets = unsafe { raw::items(offsets, end + 1)? };
        let bits = if validity.is_null() { 0 } else { end.div_ceil(8) };
        // SAFETY: as long as is said by this function's contract.
        let validity = unsafe { raw::items(validity, bits)? };
        // SAFETY: as long as is said, and not shared, by this function's contract.
        let actions = unsafe { raw::room(actions, rows)? };
        // SAFETY: as long as is said, and not shared, by this function's contract.
        let scores = unsafe { raw::room(scores, rows)? };
        let column = Column::new(data, offsets.get(first..).unwrap_or_default(), validity, first)?;
        scanner.scan_all(column.rows(), |row, judged| {
            let (action, points) = judged.unwrap_or((SIDESTEP_ACTION_NONE, 0.0));
            if let Some(place) = actions.get_mut(row) {
                *place = i8::try_from(action).unwrap_or(i8::MAX);
            }
            if let Some(place) = scores.get_mut(row) {
                *place = points;
            }
        })?;
        Ok(SIDESTEP_OK)
    })
}

/// Text that the caller says is so long.
///
/// # Safety
/// As [`raw::items`].
unsafe fn bytes<'a>(ptr: *const c_char, len: usize) -> Result<&'a [u8], i32> {
    // SAFETY: by this function's contract.
    unsafe { raw::items(ptr.cast(), len) }
}

fn utf8(bytes: &[u8]) -> Result<&str, i32> {
    std::str::from_utf8(bytes).map_err(|_| SIDESTEP_ERROR_ARGUMENT)
}

/// # Safety
/// options is NULL or live options.
unsafe fn options_or_default(options: *const sidestep_options) -> Result<sidestep_options, i32> {
    if options.is_null() {
        return Ok(sidestep_options::new());
    }
    // SAFETY: live by this function's contract.
    let options = unsafe { raw::handle(options)? };
    Ok(options.clone())
}

/// Runs a call and writes into the error object how it went.
///
/// # Safety
/// error is NULL or a live error object that no other thread uses meanwhile.
unsafe fn reported(error: *mut sidestep_error, call: impl FnOnce() -> Result<Vec<Diagnostic>, Fault>) -> i32 {
    let outcome = guard_or(Err(Fault::Code(SIDESTEP_ERROR_PANIC)), call);
    guard(|| {
        if !error.is_null() {
            // SAFETY: live and not shared by this function's contract.
            let error = unsafe { raw::handle_mut(error)? };
            match &outcome {
                Ok(warnings) => error.set_warnings(warnings),
                Err(fault) => error.set(fault),
            }
        }
        outcome.as_ref().map(|_| SIDESTEP_OK).map_err(Fault::code)
    })
}

/// Lends an array of the scanner's.
///
/// # Safety
/// at and count are NULL or may be written.
unsafe fn lend<T>(array: &[T], at: *mut *const T, count: *mut usize) -> Result<i32, i32> {
    raw::check_out(at)?;
    // SAFETY: writable by this function's contract.
    unsafe { raw::write(count, array.len())? };
    // SAFETY: writable by this function's contract.
    unsafe { raw::write(at, array.as_ptr())? };
    Ok(SIDESTEP_OK)
}

/// Writes a text and a NUL into the caller's buffer.
///
/// # Safety
/// As [`fill`].
unsafe fn fill_text(text: &str, buffer: *mut c_char, size: usize, needed: *mut usize) -> Result<i32, i32> {
    let ended: Vec<u8> = text.bytes().chain([0]).collect();
    // SAFETY: by this function's contract.
    unsafe { fill(&ended, buffer, size, needed) }
}

/// Writes bytes into the caller's buffer.
///
/// # Safety
/// buffer points to size bytes, or size is 0; needed is NULL or may be written.
unsafe fn fill(bytes: &[u8], buffer: *mut c_char, size: usize, needed: *mut usize) -> Result<i32, i32> {
    if !needed.is_null() {
        // SAFETY: writable by this function's contract.
        unsafe { raw::write(needed, bytes.len())? };
    }
    if size > 0 {
        raw::check_out(buffer)?;
    }
    // SAFETY: as long as is said, and writable, by this function's contract.
    let room = unsafe { raw::room(buffer.cast::<u8>(), size)? };
    room.get_mut(..bytes.len()).ok_or(SIDESTEP_ERROR_BUFFER)?.copy_from_slice(bytes);
    Ok(SIDESTEP_OK)
}
