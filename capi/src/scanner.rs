//! Judging and the last verdict. In: bytes. Out: actions, and the verdict laid out for C. Keeps: one call at a time, a second one is told so; what a call handed
//! out stays where it is until the next scan. Must not know: pointers of the caller.
#![forbid(unsafe_code)]

use crate::codes::{
    SIDESTEP_ACTION_ALLOW, SIDESTEP_ACTION_BLOCK, SIDESTEP_ACTION_REVIEW, SIDESTEP_ACTION_WARN, SIDESTEP_ERROR_BUSY,
    SIDESTEP_ERROR_NO_VERDICT, SIDESTEP_REACHED_BACKTRACK_STEPS, SIDESTEP_REACHED_FINDINGS, SIDESTEP_REACHED_MESSAGE_BYTES,
    SIDESTEP_REACHED_WORK,
};
use crate::filter::sidestep_filter;
use sidestep::verdict::CategoryScore;
use sidestep::{Action, Finding, Scanner, Verdict};
use std::ffi::c_char;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

/// UTF-8 text, not ended by a NUL. ptr is NULL where there is none.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct sidestep_text {
    /// First byte.
    pub ptr: *const c_char,
    /// Bytes.
    pub len: usize,
}

/// One reason of a verdict. Its texts live as long as the array it is in.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct sidestep_finding {
    /// Byte offset in the message as the caller passed it.
    pub start: usize,
    /// Byte offset just past the end.
    pub end: usize,
    /// The rule's id.
    pub rule: sidestep_text,
    /// The rule's category.
    pub category: sidestep_text,
    /// The term as the pack writes it, the identifier's kind, or the rule's id.
    pub matched: sidestep_text,
    /// The identifier's canonical value; ptr is NULL where there is none.
    pub value: sidestep_text,
    /// Points that it adds.
    pub weight: f64,
    /// How the text hid: bit n is the disguise that sidestep_evasion_name(n) names.
    pub evasion: u32,
    /// Zero in this version.
    pub reserved0: u32,
    /// Zero in this version: room for findings that reach into earlier messages of a conversation.
    pub reserved: [u64; 2],
}

/// A category's part of a verdict. Its name lives as long as the array it is in.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct sidestep_category {
    /// The category.
    pub name: sidestep_text,
    /// Points.
    pub score: f64,
    /// SIDESTEP_ACTION_... that the points ask for.
    pub action: i32,
    /// Zero in this version.
    pub reserved0: u32,
}

/// Judges messages, one after another: one scanner per thread.
#[derive(Debug)]
#[allow(non_camel_case_types)]
pub struct sidestep_scanner {
    filter: Arc<sidestep_filter>,
    desk: Mutex<Desk>,
}

/// What one call at a time works on.
#[derive(Debug)]
pub(crate) struct Desk {
    scanner: Scanner,
    verdict: Option<Verdict>,
    findings: Vec<sidestep_finding>,
    categories: Vec<sidestep_category>,
    json: String,
}

impl sidestep_scanner {
    pub(crate) fn new(filter: Arc<sidestep_filter>) -> Self {
        let scanner = filter.shared.scanner();
        let desk = Desk { scanner, verdict: None, findings: Vec::new(), categories: Vec::new(), json: String::new() };
        Self { filter, desk: Mutex::new(desk) }
    }

    /// The desk, unless somebody else sits at it.
    #[inline]
    pub(crate) fn enter(&self) -> Result<MutexGuard<'_, Desk>, i32> {
        match self.desk.try_lock() {
            Ok(desk) => Ok(desk),
            Err(TryLockError::WouldBlock) => Err(SIDESTEP_ERROR_BUSY),
            Err(TryLockError::Poisoned(poisoned)) => {
                // A call panicked half-way: its scratch is not to be trusted.
                let mut desk = poisoned.into_inner();
                desk.clear();
                desk.scanner = self.filter.shared.scanner();
                self.desk.clear_poison();
                Ok(desk)
            }
        }
    }

    /// Judges one message; the verdict stays on the desk.
    #[inline]
    pub(crate) fn scan(&self, message: &[u8]) -> Result<i32, i32> {
        let mut desk = self.enter()?;
        desk.clear();
        self.filter.shared.refresh(&mut desk.scanner);
        let verdict = desk.scanner.scan_bytes(message);
        let action = action_number(verdict.action);
        desk.verdict = Some(verdict);
        Ok(action)
    }

    /// Judges many messages with one filter; no verdict stays. `each` is given the number of the message, its action and its score.
    pub(crate) fn scan_all<'m>(
        &self,
        messages: impl Iterator<Item = Option<&'m [u8]>>,
        mut each: impl FnMut(usize, Option<(i32, f64)>),
    ) -> Result<(), i32> {
        let mut desk = self.enter()?;
        desk.clear();
        self.filter.shared.refresh(&mut desk.scanner);
        for (number, message) in messages.enumerate() {
            each(number, message.map(|m| desk.scanner.scan_bytes(m)).map(|v| (action_number(v.action), v.score)));
        }
        Ok(())
    }
}

impl Desk {
    fn clear(&mut self) {
        self.verdict = None;
        self.findings.clear();
        self.categories.clear();
        self.json.clear();
    }

    pub(crate) fn verdict(&self) -> Result<&Verdict, i32> {
        self.verdict.as_ref().ok_or(SIDESTEP_ERROR_NO_VERDICT)
    }

    pub(crate) fn findings(&mut self) -> Result<&[sidestep_finding], i32> {
        let verdict = self.verdict.as_ref().ok_or(SIDESTEP_ERROR_NO_VERDICT)?;
        if self.findings.is_empty() {
            self.findings.extend(verdict.findings.iter().map(finding));
        }
        Ok(&self.findings)
    }

    pub(crate) fn categories(&mut self) -> Result<&[sidestep_category], i32> {
        let verdict = self.verdict.as_ref().ok_or(SIDESTEP_ERROR_NO_VERDICT)?;
        if self.categories.is_empty() {
            self.categories.extend(verdict.categories.iter().map(|(name, score)| category(name, *score)));
        }
        Ok(&self.categories)
    }

    /// The verdict as one JSON object, ended by a NUL that is not counted.
    pub(crate) fn json(&mut self) -> Result<&str, i32> {
        let verdict = self.verdict.as_ref().ok_or(SIDESTEP_ERROR_NO_VERDICT)?;
        if self.json.is_empty() {
            self.json = serde_json::to_string(verdict).unwrap_or_default() + "\0";
        }
        Ok(self.json.trim_end_matches('\0'))
    }
}

pub(crate) const fn action_number(action: Action) -> i32 {
    match action {
        Action::Allow => SIDESTEP_ACTION_ALLOW,
        Action::Warn => SIDESTEP_ACTION_WARN,
        Action::Review => SIDESTEP_ACTION_REVIEW,
        Action::Block => SIDESTEP_ACTION_BLOCK,
    }
}

/// Which bounds a verdict met, as bits.
pub(crate) fn reached(verdict: &Verdict) -> u32 {
    let bit = |is: bool, bit: u32| if is { bit } else { 0 };
    bit(verdict.limits.message_bytes, SIDESTEP_REACHED_MESSAGE_BYTES)
        | bit(verdict.limits.work, SIDESTEP_REACHED_WORK)
        | bit(verdict.limits.findings, SIDESTEP_REACHED_FINDINGS)
        | bit(verdict.limits.backtrack_steps, SIDESTEP_REACHED_BACKTRACK_STEPS)
}

const fn text(text: &str) -> sidestep_text {
    sidestep_text { ptr: text.as_ptr().cast(), len: text.len() }
}

fn finding(finding: &Finding) -> sidestep_finding {
    sidestep_finding {
        start: finding.start,
        end: finding.end,
        rule: text(&finding.rule),
        category: text(&finding.category),
        matched: text(&finding.matched),
        value: finding.value.as_deref().map_or(sidestep_text { ptr: std::ptr::null(), len: 0 }, text),
        weight: finding.weight,
        evasion: finding.evasion.bits(),
        reserved0: 0,
        reserved: [0; 2],
    }
}

fn category(name: &str, score: CategoryScore) -> sidestep_category {
    sidestep_category { name: text(name), score: score.score, action: action_number(score.action), reserved0: 0 }
}
