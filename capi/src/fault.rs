//! The error object. In: why a call failed. Out: text for a log and JSON for a program, both ended by a NUL. Keeps: what is in it stays until the next call that is given it.
#![forbid(unsafe_code)]

use crate::codes::{SIDESTEP_ERROR_ARGUMENT, SIDESTEP_ERROR_PACKS, SIDESTEP_OK, code_name};
use sidestep::CompiledError;
use sidestep::LoadError;
use sidestep::diagnostic::Diagnostic;
use std::ffi::{CStr, CString};

/// Why a call failed. Made and freed by the caller; any call that takes one overwrites it.
#[derive(Debug)]
#[allow(non_camel_case_types)]
pub struct sidestep_error {
    code: i32,
    text: CString,
    json: CString,
}

/// What went wrong, for the error object.
pub(crate) enum Fault {
    /// The code says all.
    Code(i32),
    /// A bad argument, and which.
    Argument(&'static str),
    /// Packs that do not load.
    Packs(LoadError),
    /// Compiled packs that cannot be used.
    Compiled(CompiledError),
}

impl From<i32> for Fault {
    fn from(code: i32) -> Self {
        Self::Code(code)
    }
}

impl From<LoadError> for Fault {
    fn from(error: LoadError) -> Self {
        Self::Packs(error)
    }
}

impl From<CompiledError> for Fault {
    fn from(error: CompiledError) -> Self {
        Self::Compiled(error)
    }
}

impl Fault {
    pub(crate) const fn code(&self) -> i32 {
        match self {
            Self::Code(code) => *code,
            Self::Argument(_) => SIDESTEP_ERROR_ARGUMENT,
            Self::Packs(_) | Self::Compiled(_) => SIDESTEP_ERROR_PACKS,
        }
    }
}

impl sidestep_error {
    pub(crate) fn new() -> Self {
        Self { code: SIDESTEP_OK, text: CString::default(), json: CString::default() }
    }

    /// Writes down a failure.
    pub(crate) fn set(&mut self, fault: &Fault) {
        let (text, json) = match fault {
            Fault::Code(code) => (code_name(*code).to_string_lossy().into_owned(), String::new()),
            Fault::Argument(which) => ((*which).to_owned(), String::new()),
            Fault::Packs(error) => (error.to_string(), error.to_json_lines()),
            Fault::Compiled(error) => (error.to_string(), String::new()),
        };
        *self = Self { code: fault.code(), text: c_string(text), json: c_string(json) };
    }

    /// Writes down success, with what the loader would rather have otherwise.
    pub(crate) fn set_warnings(&mut self, warnings: &[Diagnostic]) {
        let text: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        let json: String = warnings.iter().map(|w| w.to_json() + "\n").collect();
        *self = Self { code: SIDESTEP_OK, text: c_string(text.join("\n\n")), json: c_string(json) };
    }

    pub(crate) const fn code(&self) -> i32 {
        self.code
    }

    pub(crate) fn text(&self) -> &CStr {
        &self.text
    }

    pub(crate) fn json(&self) -> &CStr {
        &self.json
    }
}

/// A NUL from a pack's own text is shown as U+FFFD.
fn c_string(text: String) -> CString {
    CString::new(text).unwrap_or_else(|error| {
        let text = String::from_utf8_lossy(&error.into_vec()).replace('\0', "\u{FFFD}");
        CString::new(text).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_in_a_diagnostic_does_not_cut_it() {
        assert_eq!(c_string("a\0b".to_owned()).to_str(), Ok("a\u{FFFD}b"));
    }
}
