//! Identifiers in a text that was rewritten. In: what the message holds, and the identifiers that were found in a rewritten part of it. Out: the latter beside those
//! of the message, where they lie in it. Keeps: what was found in the message as it stands is surer than what only shows in the rewritten text, but for the
//! end of that; what no rewritten place has a part in is left out. Must not know: how a text is rewritten.

use super::{EntityHit, EntityHits, EntityKind, GATE_NUMBERS, HITS, Heard, rank};
use crate::evasion::Evasion;
use crate::text::Text;
use std::ops::Range;

/// How sure an identifier of the message must be to stand against one of the rewritten text.
const SURE: u8 = 50;
/// How sure one of the rewritten text must be.
const REWRITTEN: u8 = 50;

/// The fewest digits of a number.
const NUMBER: usize = 5;

/// Whether a text that is rewritten may hold an identifier: it has what holds one together, or `heard` in the rewritten text what opens one.
#[must_use]
pub fn is_worth_rewriting(text: &Text, heard: Heard) -> bool {
    let facts = text.facts();
    heard.openers > 0 || heard.numbers > 1 && facts.digits + 2 * heard.numbers >= GATE_NUMBERS || facts.has_symbol(b'@')
}

impl EntityHits {
    /// Takes in what was found in a rewritten text. `origin` tells where a range of that lies in the message, and what was undone there; `named`, that the
    /// rewritten text names an app or the like that the message does not: then an account may stand as it is.
    pub fn add_rewritten(&mut self, text: &Text, others: &Self, named: bool, origin: impl Fn(Range<usize>) -> (Range<usize>, Evasion)) {
        let mut added = false;
        for hit in others.hits.iter().filter(|h| h.confidence >= REWRITTEN) {
            let (range, undone) = origin(hit.start as usize..hit.end as usize);
            let evasion = hit.evasion | undone | text.evidence(range.clone());
            let (start, end) = (range.start as u32, range.end as u32);
            let brought = EntityHit { start, end, evasion, ..*hit };
            let overlaps = |k: &EntityHit| k.start < end && start < k.end;
            // Of a name with a stroke in it the message as it stands shows the end: `m!rta#0162`.
            let stroke =
                |at: u32| (at as usize).checked_sub(1).and_then(|at| text.folded().as_bytes().get(at)).is_some_and(|b| b"!|".contains(b));
            let longer = |k: &EntityHit| k.kind == hit.kind && start < k.start && k.end == end && stroke(k.start);
            let stays = |k: &EntityHit| !longer(k) && (k.confidence >= SURE || rank(k) >= rank(&brought));
            // A number that stands there in digits already is what the first reading says that it is: a price, a row of sizes.
            let digits = text.folded().get(range.clone()).unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
            let written =
                matches!(hit.kind, EntityKind::Phone | EntityKind::Card | EntityKind::BankAccount | EntityKind::Cas) && digits >= NUMBER;
            let beside = named && hit.kind == EntityKind::Handle;
            if written || undone.is_empty() && !beside || self.hits.len() >= HITS || self.hits.iter().any(|k| overlaps(k) && stays(k)) {
                continue;
            }
            self.hits.retain(|k| !overlaps(k));
            let value = self.value_of(&[others.value(hit)]);
            self.hits.push(EntityHit { value_start: value.start, value_end: value.end, ..brought });
            added = true;
        }
        if added {
            self.hits.sort_unstable_by_key(|h| h.start);
        }
    }
}
