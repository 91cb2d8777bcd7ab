//! CAS registry numbers, written or told in words. In: a run. Out: hits, and the run without their groups. Keeps: the check digit is right. Must not know: telephone numbers.

use super::groups::{Group, sep};
use super::judge::Judge;
use crate::matcher::entity::tables::mean;
use crate::matcher::entity::{EntityKind, Finding, checks};

/// How sure a CAS number is beside a word that says so, and told in words with its dashes: with three digits and more before the first, with two.
const CUED: u8 = 97;
const TOLD: u8 = 85;
const TOLD_SHORT: u8 = 62;

impl Judge<'_, '_> {
    /// CAS numbers anywhere in the run; their groups are taken out of it.
    pub(super) fn cas_numbers(&mut self) {
        self.take_out(Self::cas_at);
    }

    /// CAS numbers told in words, dashes and all (`two eight five seven eight dash sixteen dash seven`); their groups are taken out of the run.
    pub(super) fn told_cas_numbers(&mut self) {
        self.take_out(Self::told_cas_at);
    }

    /// Takes out of the run the groups of each number that `given` hands over from some group on.
    fn take_out(&mut self, given: fn(&mut Self, usize) -> Option<usize>) {
        let mut at = 0;
        while at < self.run.groups.len() {
            match given(self, at) {
                Some(taken) => _ = self.run.groups.drain(at..at + taken),
                None => at += 1,
            }
        }
    }

    /// Hands over the CAS number told in words that begins with a group; gives how many groups are to be taken out.
    fn told_cas_at(&mut self, at: usize) -> Option<usize> {
        let groups = self.run.groups.get(at..)?;
        let first = *groups.first().filter(|g| at == 0 || g.sep & !(sep::SPACE | sep::DASH) != 0)?;
        let (taken, [registry, batch, _]) = told_parts(groups)?;
        let last = *groups.get(taken - 1)?;
        let digits = self.run.digits.get(first.at..last.at + last.len).and_then(|d| std::str::from_utf8(d).ok())?;
        let near = self.search.means_near(first.first, last.last) & mean::CAS != 0;
        let value = |range: std::ops::Range<usize>| digits.get(range).and_then(|d| d.parse::<u32>().ok());
        // A day, a month and a year's last digit have the form, too.
        let date = registry == 2 && value(0..registry)? <= 31 && value(registry..registry + batch)? <= 12;
        if !checks::cas(digits) || date && !near {
            return None;
        }
        let confidence = match (near, registry) {
            (true, _) => CUED,
            (false, 2) => TOLD_SHORT,
            _ => TOLD,
        };
        self.give_cas(first, last, confidence)?;
        Some(taken)
    }

    /// Hands over the digits from one group to another one as a CAS number.
    fn give_cas(&mut self, first: Group, last: Group, confidence: u8) -> Option<()> {
        let digits = self.run.digits.get(first.at..last.at + last.len).and_then(|d| std::str::from_utf8(d).ok())?;
        let start = self.search.items.get(first.first)?.start;
        let end = self.search.items.get(last.last)?.end;
        let (rest, check) = digits.split_at_checked(digits.len().checked_sub(1)?)?;
        let (registry, batch) = rest.split_at_checked(rest.len().checked_sub(2)?)?;
        let value = self.search.out.value_of(&[registry, "-", batch, "-", check]);
        let evasion = self.search.text.evidence(start..end);
        self.search.out.push(Finding { kind: EntityKind::Cas, start, end, confidence, evasion }, value);
        Some(())
    }

    /// Hands over the CAS number that begins with a group; gives how many groups are to be taken out.
    fn cas_at(&mut self, at: usize) -> Option<usize> {
        let groups = self.run.groups.get(at..)?;
        let first = *groups.first()?;
        let near = self.search.means_near(first.first, first.last) & mean::CAS != 0;
        let taken = extent(groups, at == 0, near)?;
        let last = *groups.get(taken - 1)?;
        let digits = self.run.digits.get(first.at..last.at + last.len).and_then(|d| std::str::from_utf8(d).ok())?;
        let spoken = first.words > 0;
        if !checks::cas(digits) {
            // Three groups of its form with a wrong check digit are no telephone number either.
            return (!spoken && taken == 3).then_some(taken);
        }
        let confidence = match (near, spoken) {
            (true, _) => CUED,
            (false, true) => 56,
            (false, false) if first.len >= 3 => 85,
            (false, false) => 70,
        };
        self.give_cas(first, last, confidence)?;
        Some(taken)
    }
}

/// How many of these groups are told as a CAS number is, partly in words, with dashes that stand apart or are words themselves; and the digits of its parts.
fn told_parts(groups: &[Group]) -> Option<(usize, [usize; 3])> {
    let apart = |g: &Group| g.dash || g.sep == sep::DASH | sep::SPACE;
    let mut parts = [0; 3];
    let mut part = 0;
    let mut taken = 0;
    for (i, group) in groups.iter().enumerate() {
        if i > 0 && apart(group) {
            part += 1;
        } else if i > 0 && group.sep != sep::SPACE {
            break;
        }
        *parts.get_mut(part)? += group.len;
        taken = i + 1;
    }
    let words = groups.get(..taken)?.iter().any(|g| g.words > 0);
    let goes_on = groups.get(taken).is_some_and(|g| g.sep & (sep::DASH | sep::DOT | sep::SLASH) != 0);
    let [a, b, c] = parts;
    (words && !goes_on && (2..=7).contains(&a) && (b, c) == (2, 1)).then_some((taken, parts))
}

/// How many of these groups may be a CAS number. `near`: a word says so; `begins`: the run begins with them.
fn extent(groups: &[Group], begins: bool, near: bool) -> Option<usize> {
    let first = groups.first()?;
    let [a, b, c] = [0, 1, 2].map(|n| groups.get(n).map_or(0, |g| g.len));
    if (2..=7).contains(&a) && (b, c) == (2, 1) {
        return is_grouped(groups, begins, near).then_some(3);
    }
    if (5..=10).contains(&first.len) && near && first.words == 0 {
        return Some(1);
    }
    (near && groups.iter().all(|g| g.words > 0)).then_some(groups.len())
}

/// Whether two to seven, two and one digits are kept apart as those of a CAS number are: by dashes, or in any way on one line where a word says what it is
/// or words spell them.
fn is_grouped(groups: &[Group], begins: bool, near: bool) -> bool {
    let [a, b, c, rest @ ..] = groups else { return false };
    let dashed = |g: &Group| g.sep & sep::DASH != 0 && g.sep & !(sep::DASH | sep::SPACE) == 0;
    let loose = |g: &Group| g.sep != 0 && g.sep & sep::LINE == 0;
    let apart = |g: &Group| g.sep & sep::DASH == 0 || g.sep & sep::SPACE != 0;
    let spoken = [a, b, c].iter().all(|g| g.words > 0);
    let dashes = dashed(b) && dashed(c);
    let inner = if near || spoken { loose(b) && loose(c) } else { dashes };
    let outer = (begins || apart(a)) && rest.first().is_none_or(apart);
    // Said with no dashes and nothing else that speaks of it, it is the whole number: `oh double seven double oh nine ...` is none.
    let whole = near || !spoken || dashes || begins && rest.is_empty();
    inner && outer && whole
}
