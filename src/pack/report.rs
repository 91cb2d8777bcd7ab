//! Collects what is wrong. In: codes, places, words. Out: [`LoadError`] or warnings. Keeps: bounded, and a suggestion is sought in bounded work.
//! Must not know: the format.

use crate::diagnostic::{Code, Diagnostic, FileSpan, Severity};

/// All faults so far.
#[derive(Debug)]
pub(super) struct Report {
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    left_out: usize,
    cap: usize,
    failed: bool,
    suggestion_work: usize,
}

/// Cells of edit-distance tables that one load may fill to find "did you mean".
const SUGGESTION_WORK: usize = 20_000_000;

impl Report {
    pub(super) const fn new(cap: usize) -> Self {
        Self { errors: Vec::new(), warnings: Vec::new(), left_out: 0, cap, failed: false, suggestion_work: SUGGESTION_WORK }
    }

    /// Adds a fault; its code says how bad it is.
    pub(super) fn add(&mut self, code: Code, place: FileSpan, message: impl Into<String>, help: impl Into<String>) {
        let severity = if code.code.starts_with('E') { Severity::Error } else { Severity::Warning };
        self.failed |= severity == Severity::Error;
        let list = if severity == Severity::Error { &mut self.errors } else { &mut self.warnings };
        if list.len() < self.cap {
            list.push(Diagnostic { code: code.code, severity, place, message: message.into(), help: help.into() });
        } else {
            self.left_out += 1;
        }
    }

    pub(super) const fn failed(&self) -> bool {
        self.failed
    }

    /// Everything, by the order of `files` and by place; with the number left out.
    pub(super) fn finish(self, order: impl Fn(&str) -> usize) -> (Vec<Diagnostic>, usize) {
        let mut all = self.errors;
        all.extend(self.warnings);
        all.sort_by_cached_key(|d| (order(&d.place.file), d.place.start, d.code));
        (all, self.left_out)
    }

    /// The candidate that is likely meant by `word`.
    pub(super) fn nearest<'a>(&mut self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let most = (word.chars().count() / 3).clamp(1, 3);
        let mut best: Option<(usize, &str)> = None;
        for candidate in candidates {
            if candidate.len().abs_diff(word.len()) > most * 4 {
                continue;
            }
            let cells = (word.len() + 1) * (candidate.len() + 1);
            if self.suggestion_work < cells {
                break;
            }
            self.suggestion_work -= cells;
            let distance = edits(word, candidate);
            if distance <= most && best.is_none_or(|(d, _)| distance < d) {
                best = Some((distance, candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }

    /// The help line for a word that is not known.
    pub(super) fn did_you_mean<'a>(&mut self, word: &str, known: impl IntoIterator<Item = &'a str> + Clone, otherwise: &str) -> String {
        match self.nearest(word, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => otherwise.to_owned(),
        }
    }
}

/// Edit distance in which swapping two neighbours counts one (optimal string alignment).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (i, ca) in a.chars().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i + 1);
        for (j, &cb) in b.iter().enumerate() {
            let at = |r: &[usize], k: usize| r.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (at(&last, j) + usize::from(ca != cb)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            if j > 0 && previous == Some(cb) && b.get(j - 1) == Some(&ca) {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(ca);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        for (a, b, n) in [("weight", "wieght", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("ca", "ac", 1), ("días", "dias", 1)] {
            assert_eq!((edits(a, b), edits(b, a)), (n, n), "{a} {b}");
        }
    }

    #[test]
    fn suggestions_stop_when_their_work_is_spent() {
        let mut report = Report::new(1);
        assert_eq!(report.nearest("wieght", ["height-of", "weight"]), Some("weight"));
        assert_eq!(report.nearest("zebra", ["weight"]), None);
        report.suggestion_work = 10;
        assert_eq!(report.nearest("wieght", ["weight"]), None);
    }
}
