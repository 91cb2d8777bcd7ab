//! Keeps hits. In: verified stretches of text. Out: [`TermHit`]s with all that was undone in them. Keeps: of one term's overlapping hits the cheapest. Must not
//! know: how they were found.

use super::align::Alignment;
use super::groups::Scope;
use super::store::Term;
use super::{Run, TermHit, TermIndex};
use crate::evasion::Evasion;

/// Work units of a hit: it is sorted, placed, and held against rules.
const HIT_WORK: u64 = 23;

impl TermIndex {
    /// Keeps a hit of a term if it is wanted.
    pub(super) fn keep(&self, run: &mut Run<'_>, number: u32, range: std::ops::Range<usize>, alignment: Alignment) {
        if let Some(term) = self.wanted(run, number) {
            self.keep_wanted(run, (number, &term), range, alignment);
        }
    }

    /// The same of one that is known to be wanted.
    pub(super) fn keep_wanted(
        &self,
        run: &mut Run<'_>,
        (number, term): (u32, &Term<'_>),
        range: std::ops::Range<usize>,
        alignment: Alignment,
    ) {
        let original = run.text.source_span(range.clone());
        let original = run.source.get(original.start..original.end).unwrap_or_default();
        if term.case && !same_case(original, self.text(number)) {
            return;
        }
        if run.scope == Scope::Leading && !term.disguised {
            run.out.push(TermHit { term: number, start: range.start as u32, end: range.end as u32, evasion: Evasion::NONE, cost: 0 });
            return;
        }
        let evasion = alignment.evasion | run.text.evidence(range.clone()) | case_evidence(original);
        // In the second reading the disguise is what was undone to get there, which is added when the hit is brought back.
        let undisguised = run.again.is_none() && evasion.without(Evasion::CASE).is_empty();
        if term.disguised && undisguised || !run.budget.charge(HIT_WORK) {
            return;
        }
        run.out.push(TermHit { term: number, start: range.start as u32, end: range.end as u32, evasion, cost: alignment.cost });
    }
}

/// Whether the letters of an original are of the case in which a term's editor wrote them; that they are the term's letters is known.
fn same_case(original: &[u8], term: &str) -> bool {
    let original = original.utf8_chunks().flat_map(|chunk| chunk.valid().chars());
    let upper = |c: char| c.is_uppercase() || is_small_capital(c);
    original.filter(|c| c.is_alphabetic()).map(upper).eq(term.chars().filter(|c| c.is_alphabetic()).map(char::is_uppercase))
}

/// The small capitals of Unicode, which are lower case to it and upper case to a reader.
const fn is_small_capital(c: char) -> bool {
    matches!(c, '\u{1D00}'..='\u{1D23}' | '\u{0262}' | '\u{026A}' | '\u{0274}' | '\u{0280}' | '\u{028F}' | '\u{0299}' | '\u{029C}' | '\u{029F}' | '\u{A730}'..='\u{A731}' | '\u{A7AE}' | '\u{A7AF}')
}

/// Letter case that nobody writes by habit: upper case again after lower case, more than once (`TeLeGrAm`; not `WhatsApp`).
fn case_evidence(original: &[u8]) -> Evasion {
    if !original.iter().any(u8::is_ascii_uppercase) {
        return Evasion::NONE;
    }
    let rises = original.windows(2).filter(|w| matches!(w, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase())).count();
    if rises > 1 { Evasion::CASE } else { Evasion::NONE }
}

/// Of overlapping hits of one term keeps the cheapest, from `first` on. `taken` has a bit for each byte of the text and is left empty. Linear in the hits'
/// lengths once they are sorted.
pub(super) fn keep_cheapest(out: &mut Vec<TermHit>, first: usize, taken: &mut Vec<u64>) {
    if let Some(hits) = out.get_mut(first..) {
        hits.sort_unstable_by_key(|h| (u64::from(h.term) << 16 | u64::from(h.cost), h.start, std::cmp::Reverse(h.end)));
    }
    let (mut kept, mut of_term) = (first, first);
    for i in first..out.len() {
        let Some(&hit) = out.get(i) else { break };
        if out.get(of_term).is_some_and(|k| of_term < kept && k.term != hit.term) {
            out.get(of_term..kept).unwrap_or_default().iter().for_each(|k| mark(taken, k, false));
            of_term = kept;
        }
        if !is_taken(taken, &hit) {
            mark(taken, &hit, true);
            if let Some(slot) = out.get_mut(kept) {
                *slot = hit;
            }
            kept += 1;
        }
    }
    out.get(of_term..kept).unwrap_or_default().iter().for_each(|k| mark(taken, k, false));
    out.truncate(kept);
}

/// The words of a bit set that a hit touches, and its bits in each.
fn bits(hit: &TermHit) -> impl Iterator<Item = (usize, u64)> + use<> {
    let (start, end) = (hit.start, hit.end.max(hit.start + 1));
    (start / 64..=(end - 1) / 64).map(move |word| {
        let (from, to) = (start.max(word * 64) % 64, (end - 1).min(word * 64 + 63) % 64);
        (word as usize, (u64::MAX << from) & (u64::MAX >> (63 - to)))
    })
}

fn is_taken(taken: &[u64], hit: &TermHit) -> bool {
    bits(hit).any(|(word, bits)| taken.get(word).is_some_and(|w| w & bits != 0))
}

fn mark(taken: &mut Vec<u64>, hit: &TermHit, on: bool) {
    for (word, bits) in bits(hit) {
        if taken.len() <= word {
            taken.resize(word + 1, 0);
        }
        if let Some(slot) = taken.get_mut(word) {
            *slot = if on { *slot | bits } else { *slot & !bits };
        }
    }
}
