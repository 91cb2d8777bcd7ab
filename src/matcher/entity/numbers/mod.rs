//! Identifiers made of digits: phone numbers, cards, CAS numbers, bank accounts. In: items. Out: hits. Keeps: one left-to-right pass; each run of digits is
//! read a bounded number of times. Must not know: rules. What counts for and against a number is added up in points, 0 to 100.
//!
//! `runs` gathers what may be one number: `readings` says which items stand for digits, `spoken` what they are, `groups` holds them. `judge` then looks
//! for the number in a run: its form (`shape`, with `forms` and `others`), the numbering plans (`plan`) and the words around it (`context`) each give
//! points. What is found is handed over by `report` (phones), `accounts` (cards, bank accounts) and `cas`.

mod accounts;
mod cas;
mod context;
mod forms;
mod groups;
mod judge;
mod others;
mod plan;
mod readings;
mod report;
mod runs;
mod shape;
mod spoken;

use super::Search;
use judge::Judge;

pub(super) use groups::Run;
pub(super) use plan::national;

pub(super) fn find(search: &mut Search<'_>, run: &mut Run) {
    let mut at = 0;
    while at < search.items.len() {
        let end = if runs::may_begin(search, at) { runs::read(search, run, at) } else { at };
        if end > at {
            if !search.budget.charge(8 + 4 * run.groups.len() as u64) {
                return;
            }
            Judge { search, run }.judge();
            at = end;
        } else {
            at += 1;
        }
    }
}
