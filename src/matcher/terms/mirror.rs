//! Text that runs backwards: upside-down letters and right-to-left overrides. In: a text with such evidence. Out: hits of the same text read from its end. Keeps: ranges
//! are those of the text as it stands. Must not know: how terms are found.

use super::{Run, TermHit, TermIndex, TermScratch};
use crate::evasion::Evasion;
use crate::text::{Text, Token, keys};

/// Reused memory of the second reading.
#[derive(Debug, Clone, Default)]
pub(super) struct Mirror {
    letters: String,
    text: Text,
    terms: TermScratch,
    hits: Vec<TermHit>,
}

impl TermIndex {
    /// Reads what runs backwards from its end, and appends what is there.
    pub(super) fn read_mirrored(&self, run: &mut Run<'_>) {
        if run.text.facts().rewritten {
            let mut mirror = run.scratch.mirror.take().unwrap_or_default();
            self.read_from_the_end(run, &mut mirror);
            run.scratch.mirror = Some(mirror);
        }
    }

    fn read_from_the_end(&self, run: &mut Run<'_>, mirror: &mut Mirror) {
        let text = run.text;
        let Some(range) = backwards(text) else { return };
        let folded = text.folded().get(range.clone()).unwrap_or_default();
        if !run.budget.charge(folded.len() as u64) {
            return;
        }
        mirror.letters.clear();
        let mut at = range.end;
        for c in folded.chars().rev() {
            at -= c.len_utf8();
            let upright = is_upright(text, at);
            mirror.letters.push(if upright { keys::turned(c).unwrap_or(c) } else { c });
        }
        mirror.text.read(mirror.letters.as_bytes());
        mirror.hits.clear();
        // Folding a folded text changes nothing but where a letter was read by its neighbours; then the places would not fit.
        if mirror.text.folded().len() != folded.len() || backwards(&mirror.text).is_some() {
            return;
        }
        let Mirror { text: turned, letters, terms: scratch, hits: out } = &mut *mirror;
        let (source, scope, wanted) = (letters.as_bytes(), run.scope, run.wanted);
        self.find_all(&mut Run { text: turned, source, scope, wanted, scratch, budget: run.budget, out, again: None }, &mut |_| false);
        let (both, all) = (Evasion::FLIPPED | Evasion::REVERSED, text.evidence(range.clone()));
        let read = if all.contains(Evasion::FLIPPED) { Evasion::FLIPPED } else { Evasion::REVERSED };
        for hit in &mirror.hits {
            let (start, end) = (range.end - hit.end as usize, range.end - hit.start as usize);
            let seen = hit.evasion | text.evidence(start..end);
            // An upright word beside those upside down was turned here, not by the fold.
            let evasion = if seen.intersects(both) { seen } else { seen | read };
            run.out.push(TermHit { start: start as u32, end: end as u32, evasion, ..*hit });
        }
    }
}

/// The words that hold upside-down letters or stand under an override, and all between them.
fn backwards(text: &Text) -> Option<std::ops::Range<usize>> {
    let extent = text.extent_of(Evasion::FLIPPED | Evasion::REVERSED)?;
    let tokens = text.tokens();
    let first = tokens.get(tokens.partition_point(|t| t.end as usize <= extent.start))?;
    let last = tokens.get(tokens.partition_point(|t| (t.start as usize) < extent.end).checked_sub(1)?)?;
    let (mut start, mut end) = (first.start as usize, last.end as usize);
    if text.evidence(extent).contains(Evasion::FLIPPED) {
        // Neighbours of letters that have no upside-down form of their own (`ou` for `no`) belong to it.
        let turns = |t: &&Token| text.folded().get(t.range()).is_some_and(|w| w.chars().all(|c| keys::turned(c).is_some()));
        let before = tokens.iter().rev().skip_while(|t| t.end as usize > start).take(NEIGHBOURS).take_while(turns).last();
        let after = tokens.iter().skip_while(|t| (t.start as usize) < end).take(NEIGHBOURS).take_while(turns).last();
        start = before.map_or(start, |t| t.start as usize);
        end = after.map_or(end, |t| t.end as usize);
    }
    (start < end).then_some(start..end)
}

/// Words on either side of upside-down ones that may be upside down themselves.
const NEIGHBOURS: usize = 2;

/// Whether the letter at a place of a text with upside-down words in it was not turned by the fold.
fn is_upright(text: &Text, at: usize) -> bool {
    !text.evidence(at..at + 1).intersects(Evasion::FLIPPED | Evasion::REVERSED)
}
