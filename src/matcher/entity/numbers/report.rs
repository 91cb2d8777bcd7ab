//! Telephone numbers as they are handed over. In: groups that are one, and how sure that is. Out: a hit with range, value, disguises and grouping. Keeps: the
//! value is in E.164 where a plan holds the number. Must not know: why it is one.

use super::context::Context;
use super::forms::business;
use super::groups::{Stretch, Window, sep};
use super::judge::{Judge, range};
use super::plan::plan;
use crate::evasion::Evasion;
use crate::matcher::entity::{EntityKind, Finding, Grouping, Search, phone};

/// What is hidden by marks of a kind between the groups.
const HIDDEN_BY: &[(u16, Evasion)] =
    &[(sep::EMOJI, Evasion::EMOJI), (sep::OTHER | sep::COMMA | sep::WORDS, Evasion::PUNCT), (sep::LINE, Evasion::SPLIT)];

/// The fewest digits one by one that are a disguise.
const SINGLES: usize = 6;

impl Judge<'_, '_> {
    /// Hands over a telephone number.
    pub(super) fn phone(&mut self, window: Window, points: i32) {
        let Some(stretch) = Stretch::of(self.run, window) else { return };
        let lang = Context::of(self.search, stretch.groups).lang;
        let (start, end) = bounds(self.search, &stretch);
        let mut evasion = self.search.text.evidence(start..end) | disguises(&stretch);
        if self.search.reverse_near(stretch.first.first, stretch.last.last) {
            evasion |= Evasion::REVERSED;
            self.turn_round(window);
        }
        let Some(stretch) = Stretch::of(self.run, window) else { return };
        let number = match business(&stretch) {
            true => phone::national(stretch.digits, "AU"),
            false => plan(&stretch, lang, self.search.options),
        };
        let out = &mut *self.search.out;
        let value = match &number {
            Some(number) => out.value_of(&["+", number.digits()]),
            None if stretch.first.plus => out.value_of(&["+", stretch.digits]),
            None => out.value_of(&[stretch.digits]),
        };
        out.push(Finding { kind: EntityKind::Phone, start, end, confidence: points.clamp(0, 99) as u8, evasion }, value);
        if let (true, Some(number)) = (self.search.options.groupings, number) {
            let grouping = grouping(self.search, &stretch, &number);
            self.search.out.group_last(start, grouping);
        }
    }

    /// Puts the digits of a number that is written backwards in order.
    fn turn_round(&mut self, window: Window) {
        let groups = self.run.groups.get(window.from..window.to).unwrap_or_default();
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return };
        if let Some(digits) = self.run.digits.get_mut(first.at..last.at + last.len) {
            digits.reverse();
        }
    }
}

/// Where a number stands, its plus or first bracket included.
fn bounds(search: &Search<'_>, stretch: &Stretch<'_>) -> (usize, usize) {
    let (first, last) = (stretch.first, stretch.last);
    let start = match search.items.get(first.first.wrapping_sub(1)) {
        Some(mark) if first.plus && mark.is_mark(b"+") => mark.start,
        Some(mark) if mark.is_mark(b"(") && stretch.count() > 1 => mark.start,
        _ => search.items.get(first.first).map_or(0, |i| i.start),
    };
    (start, search.items.get(last.last).map_or(start, |i| i.end))
}

/// How its grouping hides a number.
fn disguises(stretch: &Stretch<'_>) -> Evasion {
    let by = HIDDEN_BY.iter().filter(|(seps, _)| stretch.any(*seps));
    let mut evasion = by.fold(Evasion::NONE, |all, (_, kind)| all | *kind);
    if stretch.words() > 0 {
        evasion |= Evasion::NUMBERWORDS;
    }
    if stretch.groups.iter().any(|g| g.leet) {
        evasion |= Evasion::LEET;
    }
    if stretch.singles() >= SINGLES {
        let spaces = stretch.groups.iter().skip(1).all(|g| g.sep == sep::SPACE);
        evasion |= if spaces { Evasion::SPACED } else { Evasion::PUNCT };
    }
    evasion
}

/// How a number is grouped beside the way its country writes it: where its groups end, counted from its last digit, so that neither a trunk prefix
/// nor a country code matters.
fn grouping(search: &Search<'_>, stretch: &Stretch<'_>, number: &phone::Number) -> Grouping {
    let (code, usual) = phone::grouping(number);
    let national = number.digits().len().saturating_sub(code);
    let slashes = range(search, stretch).and_then(|r| search.folded.get(r)).map_or(0, |t| t.bytes().filter(|b| *b == b'/').count());
    let mut left: usize = stretch.groups.iter().map(|g| g.len).sum();
    let mut ends = 0u32;
    for group in stretch.groups {
        left = left.saturating_sub(group.len);
        if (1..national.min(32)).contains(&left) {
            ends |= 1 << left;
        }
    }
    match ends {
        _ if slashes > 1 => Grouping::Any,
        0 => Grouping::Exact,
        ends if ends == usual => Grouping::Exact,
        ends if ends & !usual == 0 => Grouping::Kept,
        _ => Grouping::Any,
    }
}
