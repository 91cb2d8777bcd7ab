//! The C ABI, called as its header says, in any order of calls: no crash, and the verdict that the Rust interface gives.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use sidestep::Scanner;
use sidestep_capi::abi::*;
use sidestep_capi::codes::*;
use sidestep_fuzz::promises;
use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_void};
use std::ptr;

#[derive(Debug, Arbitrary)]
enum Call<'b> {
    Scan(&'b [u8]),
    ScanNothing,
    Batch { data: &'b [u8], offsets: [u8; 4], validity: u8, first: u8, rows: u8 },
    Reload(&'b [u8]),
    Describe(u8),
    Notice(&'b [u8], &'b [u8], u8),
    SetLimit(i32, u64),
    NewScanner,
    ReleaseFilterFirst,
}

/// The verdict in a scanner is that of the Rust interface.
macro_rules! compare {
    ($scanner:expr, $message:expr) => {{
        let scanner = $scanner;
        let message: &[u8] = $message;
        let verdict = DIRECT.with_borrow_mut(|direct| direct.scan_bytes(message));
        let (mut json, mut len, mut findings, mut count, mut score) = (ptr::null(), 0, ptr::null(), 0, 0.0);
        assert_eq!(sidestep_verdict_json(scanner, &mut json, &mut len), SIDESTEP_OK);
        let json = std::slice::from_raw_parts(json.cast::<u8>(), len);
        assert_eq!(json, serde_json::to_string(&verdict).unwrap().as_bytes(), "JSON as in Rust");
        assert_eq!(sidestep_verdict_findings(scanner, &mut findings, &mut count), SIDESTEP_OK);
        assert_eq!(count, verdict.findings.len());
        assert!(!findings.is_null());
        for (c, rust) in std::slice::from_raw_parts(findings, count).iter().zip(&verdict.findings) {
            assert_eq!((c.start, c.end, c.weight), (rust.start, rust.end, rust.weight));
            assert_eq!(std::slice::from_raw_parts(c.rule.ptr.cast::<u8>(), c.rule.len), rust.rule.as_bytes());
        }
        assert_eq!(sidestep_verdict_score(scanner, &mut score), SIDESTEP_OK);
        assert_eq!(score, verdict.score);
    }};
}

/// A batch with any offsets: judged, or refused without a write.
macro_rules! batch {
    ($scanner:expr, $data:expr, $offsets:expr, $validity:expr, $first:expr, $rows:expr) => {{
        let (scanner, data, offsets, validity, first, rows) = ($scanner, $data, $offsets, $validity, $first, $rows);
        let (first, rows) = (usize::from(first), usize::from(rows));
        let mut column: Vec<i32> = offsets.iter().map(|&o| i32::from(o as i8)).collect();
        column.resize(first + rows + 1, i32::from(offsets[3] as i8));
        let (mut actions, mut scores) = (vec![99i8; rows], vec![-1.0; rows]);
        let code = {
            let (a, s) = (actions.as_mut_ptr(), scores.as_mut_ptr());
            sidestep_scan_batch32(scanner, data.as_ptr(), data.len(), column.as_ptr(), &validity, first, rows, a, s)
        };
        let range = &column[first..=first + rows];
        let legal = rows == 0 || range.is_sorted() && range[0] >= 0 && range[rows] as usize <= data.len();
        assert_eq!(code == SIDESTEP_OK, legal, "{code} for {column:?} of {} bytes", data.len());
        assert!(if legal { actions.iter().all(|&a| (-1..=3).contains(&a)) } else { actions.iter().all(|&a| a == 99) });
    }};
}

thread_local! {
    static DIRECT: RefCell<Scanner> = RefCell::new(promises::small_filter().scanner());
    /// A filter of the small pack that the calls before this one left as it was: making one takes longer than all else.
    static UNCHANGED: Cell<*const c_void> = const { Cell::new(ptr::null()) };
}

/// A filter of the small pack.
macro_rules! small_filter {
    ($options:expr, $error:expr) => {{
        let unchanged = UNCHANGED.replace(ptr::null());
        let mut filter = ptr::null();
        if unchanged.is_null() {
            assert_eq!(sidestep_filter_new($options, &mut filter, $error), SIDESTEP_OK);
        } else {
            filter = unchanged.cast();
        }
        filter
    }};
}

fn bytes(data: &[u8]) -> *const c_char {
    if data.is_empty() { ptr::null() } else { data.as_ptr().cast() }
}

fuzz_target!(|calls: Vec<Call<'_>>| {
    // SAFETY: every pointer is from the library itself, or from a live slice with its length; what was freed is not used again.
    unsafe {
        let error = sidestep_error_new();
        let options = sidestep_options_new();
        assert_eq!(sidestep_options_set_builtin(options, 0), SIDESTEP_OK);
        let name = b"small.toml";
        let small = promises::SMALL_PACK.as_bytes();
        assert_eq!(sidestep_options_add_source(options, bytes(name), name.len(), bytes(small), small.len()), SIDESTEP_OK);
        let filter = small_filter!(options, error);
        let mut scanner = ptr::null_mut();
        assert_eq!(sidestep_scanner_new(filter, &mut scanner), SIDESTEP_OK);
        let (mut held, mut same) = (true, true);
        for call in calls {
            match call {
                Call::Scan(message) => {
                    let action = sidestep_scan(scanner, bytes(message), message.len());
                    assert!((SIDESTEP_ACTION_ALLOW..=SIDESTEP_ACTION_BLOCK).contains(&action), "{action}");
                    assert_eq!(sidestep_verdict_action(scanner), action);
                    if same {
                        compare!(scanner, message);
                    }
                }
                Call::ScanNothing => assert_eq!(sidestep_scan(scanner, ptr::null(), 0), SIDESTEP_ACTION_ALLOW),
                Call::Batch { data, offsets, validity, first, rows } => batch!(scanner, data, offsets, validity, first % 4, rows % 4),
                Call::Reload(_) if !held => {}
                Call::Reload(pack) => {
                    let options = sidestep_options_new();
                    sidestep_options_set_builtin(options, 0);
                    sidestep_options_add_source(options, bytes(b"p.toml"), 6, bytes(pack), pack.len());
                    let code = sidestep_filter_reload(filter, options, error);
                    assert_eq!(sidestep_error_code(error), code);
                    assert!(!sidestep_error_text(error).is_null() && !sidestep_error_json(error).is_null());
                    same &= code != SIDESTEP_OK;
                    sidestep_options_free(options);
                }
                Call::Describe(size) if held => {
                    let (mut buffer, mut needed) = (vec![0 as c_char; usize::from(size)], 0);
                    let code = sidestep_filter_describe(filter, buffer.as_mut_ptr(), buffer.len(), &mut needed);
                    assert_eq!(code, if needed > buffer.len() { SIDESTEP_ERROR_BUFFER } else { SIDESTEP_OK });
                }
                Call::Notice(category, language, size) if held => {
                    let mut buffer = vec![0 as c_char; usize::from(size)];
                    let (category, language) = ((bytes(category), category.len()), (bytes(language), language.len()));
                    let room = (buffer.as_mut_ptr(), buffer.len());
                    let code =
                        sidestep_filter_notice(filter, category.0, category.1, language.0, language.1, room.0, room.1, ptr::null_mut());
                    assert!(code <= 0, "{code}");
                }
                Call::Describe(_) | Call::Notice(..) => {}
                Call::SetLimit(limit, value) => assert!(sidestep_options_set_limit(options, limit, value) <= 0),
                Call::NewScanner => {
                    if held {
                        assert_eq!(sidestep_scanner_free(scanner), SIDESTEP_OK);
                        assert_eq!(sidestep_scanner_new(filter, &mut scanner), SIDESTEP_OK);
                        assert_eq!(sidestep_verdict_action(scanner), SIDESTEP_ERROR_NO_VERDICT);
                    }
                }
                Call::ReleaseFilterFirst => {
                    if held {
                        sidestep_filter_release(filter);
                        held = false;
                    }
                }
            }
        }
        assert_eq!(sidestep_scanner_free(scanner), SIDESTEP_OK);
        if held && same {
            UNCHANGED.set(filter.cast());
        } else if held {
            sidestep_filter_release(filter);
        }
        sidestep_options_free(options);
        sidestep_error_free(error);
    }
});
