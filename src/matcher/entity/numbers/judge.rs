//! Which groups of a run are a number, and how sure that is. In: a run. Out: hits. Keeps: a number that is surer than its neighbours is taken first, then what
//! is left on both sides; depth and tries are bounded. Must not know: how hits look.

use super::context::Context;
use super::groups::{Group, Run, Stretch, Window, sep};
use super::others::is_series;
use super::plan::is_planned;
use super::shape::Shape;
use crate::evasion::Evasion;
use crate::matcher::entity::Search;
use crate::matcher::entity::items::{Item, Kind};
use crate::matcher::entity::tables::{Form, mean};
use std::ops::{Range, RangeInclusive};

/// The fewest digits of an identifier, and the fewest and most of a telephone number.
const FEWEST: usize = 5;
const PHONE_DIGITS: RangeInclusive<usize> = 5..=15;
/// The fewest digits of a number inside a longer run, or of one that a plan holds.
const INSIDE: usize = 7;

/// Points from which a number is taken whatever stands beside it, and those from which one is that has nothing surer inside.
const SURE: i32 = 50;
const POSSIBLE: i32 = 20;

/// How often a run is split further.
const DEPTH: u32 = 6;
/// Work units of a look at a stretch, and of one into the plans.
const STRETCH_WORK: u64 = 4;
const PLAN_WORK: u64 = 48;

/// What a number of a country that the options name gains at least.
const PLANNED_WHERE_NAMED: i32 = 18;

/// What digits in keycaps and the like gain, where some of them are plain and where none is.
const PARTLY_STYLED: i32 = 14;
const WHOLLY_STYLED: i32 = 26;

pub(super) struct Judge<'j, 's> {
    pub search: &'j mut Search<'s>,
    pub run: &'j mut Run,
}

impl Judge<'_, '_> {
    pub(super) fn judge(&mut self) {
        if self.run.digits.len() < FEWEST {
            return;
        }
        self.told_cas_numbers();
        self.trim();
        if self.run.groups.is_empty() || self.is_account_shaped() {
            return;
        }
        self.cas_numbers();
        let mut from = 0;
        for to in 1..=self.run.groups.len() {
            if !self.goes_on(to) {
                self.segment(Window { from, to }, 0);
                from = to;
            }
        }
    }

    /// Whether the digits of a group follow those of the group before it: they do not where a CAS number was taken out between them.
    fn goes_on(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.run.groups.get(before));
        matches!((before, self.run.groups.get(at)), (Some(a), Some(b)) if a.at + a.len == b.at)
    }

    /// Two letters and two digits, then groups of four: the form of an IBAN, which is checked elsewhere. No part of it is a telephone number.
    fn is_account_shaped(&self) -> bool {
        let Some((first, rest)) = self.run.groups.split_first() else { return false };
        let Some((last, inner)) = rest.split_last() else { return false };
        let country = first.first.checked_sub(1).and_then(|i| self.search.items.get(i));
        let country = country.is_some_and(|c| c.kind == Kind::Word && c.first && c.end - c.start == 2);
        let glued = self.search.items.get(first.first).is_some_and(Item::glued);
        country && glued && first.len == 2 && inner.len() >= 2 && inner.iter().all(|g| g.len == 4 && g.sep == sep::SPACE) && last.len <= 4
    }

    /// Drops everyday words at both ends of the run where the number is better without them.
    fn trim(&mut self) {
        let groups = &mut self.run.groups;
        let strong: usize = groups.iter().map(|g| usize::from(g.words.saturating_sub(g.weak))).sum();
        let good = |n: usize| matches!(n, 10..=12) || n == 7 && strong >= 4;
        while groups.last().is_some_and(is_everyday) && !good(total(groups)) {
            groups.pop();
        }
        if let Some((last, rest)) = groups.split_last()
            && last.words > 0
            && last.sep & sep::WORDS != 0
            && good(total(rest))
            && rest.iter().all(|g| g.words == 0)
        {
            // "202 555 0143 after six": the number is whole before the word.
            groups.pop();
        }
        while let Some(first) = groups.first().filter(|g| is_everyday(g) && !g.plus) {
            let total = total(groups);
            let lone = first.first == first.last && groups.get(1).is_none_or(|next| next.words == 0 && next.len > 1);
            let better = matches!(total - first.len, 10 | 11) && !(total == 11 && first.value <= 1);
            if good(total) && !lone && !better {
                break;
            }
            groups.remove(0);
        }
    }

    /// Reads a stretch of groups: as one number, else line by line, else by what is inside it.
    fn segment(&mut self, window: Window, depth: u32) {
        if window.from >= window.to || depth > DEPTH || !self.search.budget.charge(STRETCH_WORK) {
            return;
        }
        let Some(stretch) = Stretch::of(self.run, window) else { return };
        let digits = total(stretch.groups);
        if digits < FEWEST || is_series(&stretch) || is_tally(self.search.items, &stretch) {
            return;
        }
        let line = stretch.groups.iter().skip(1).position(|g| g.sep & sep::LINE != 0).map(|n| window.from + n + 1);
        let spread = digits <= 13 && stretch.groups.iter().all(|g| g.len <= 5);
        let whole = if line.is_none() || spread { self.confidence(window) } else { 0 };
        if whole >= SURE {
            self.phone(window, whole);
        } else if let Some(split) = line {
            let found = self.search.out.hits().len();
            self.segment(Window { to: split, ..window }, depth + 1);
            self.segment(Window { from: split, ..window }, depth + 1);
            if whole >= POSSIBLE && self.search.out.hits().len() == found {
                self.phone(window, whole);
            }
        } else if !self.account(window) {
            self.inside(window, whole, depth);
        }
    }

    /// Reads the best number inside a stretch and what is left on both sides; where there is none, the whole stretch.
    fn inside(&mut self, window: Window, whole: i32, depth: u32) {
        if let Some((best, points)) = self.best_inside(window) {
            self.segment(Window { to: best.from, ..window }, depth + 1);
            self.phone(best, points);
            self.segment(Window { from: best.to, ..window }, depth + 1);
        } else if whole >= POSSIBLE {
            self.phone(window, whole);
        }
    }

    /// The surest number within a stretch that is none as a whole.
    fn best_inside(&mut self, window: Window) -> Option<(Window, i32)> {
        let mut best: Option<(Window, i32)> = None;
        for from in window.from..window.to {
            let mut total = 0;
            for to in from + 1..=window.to {
                total += self.run.groups.get(to - 1).map_or(0, |g| g.len);
                let inside = Window { from, to };
                if total < INSIDE || (from == window.from && to == window.to) {
                    continue;
                }
                if total > *PHONE_DIGITS.end() || !self.search.budget.charge(STRETCH_WORK) {
                    break;
                }
                if !self.is_promising(inside, total) || !self.stands_apart(inside, window) {
                    continue;
                }
                if self.search.tries == 0 {
                    return best;
                }
                self.search.tries -= 1;
                let points = self.confidence(inside);
                if points >= SURE && best.is_none_or(|(_, b)| points > b) {
                    best = Some((inside, points));
                }
            }
        }
        best
    }

    /// Whether some neighbouring groups have a form that only phone numbers have, so that they are worth a closer look.
    fn is_promising(&self, inside: Window, total: usize) -> bool {
        let groups = self.run.groups.get(inside.from..inside.to).unwrap_or_default();
        let Some(first) = groups.first() else { return false };
        let lens = |n: usize| groups.get(n).map_or(0, |g| g.len);
        let digit = self.run.digits.get(first.at);
        match groups.len() {
            1 if first.len >= 9 => return true,
            2 if total == 10 => return true,
            3 if (lens(0), lens(1), lens(2)) == (3, 3, 4) => return true,
            4 if (lens(0), lens(1), lens(2), lens(3)) == (1, 3, 3, 4) => return true,
            _ => {}
        }
        let trunk = (9..=11).contains(&total) && groups.len() <= 6 && digit == Some(&b'0');
        let mobile = total == 11 && groups.len() <= 3 && digit == Some(&b'1');
        let spelled = first.words > 0 && matches!(total, 10 | 11);
        trunk || mobile || spelled || first.plus
    }

    /// Whether the marks around a number are wider than those inside it, so that its neighbours are other numbers.
    fn stands_apart(&self, inside: Window, outer: Window) -> bool {
        const EDGE: u8 = 9;
        let groups = &self.run.groups;
        let inner = groups.get(inside.from + 1..inside.to).unwrap_or_default().iter().map(|g| width(g.sep)).max().unwrap_or(0);
        let beside = |at: usize, edge: bool| groups.get(at).filter(|_| !edge).map_or(EDGE, |g| width(g.sep));
        let left = beside(inside.from, inside.from == outer.from);
        let right = beside(inside.to, inside.to == outer.to);
        let strict = inside.to - inside.from >= 3 || groups.get(inside.from).is_some_and(|g| g.plus || g.len >= 9);
        strict && [left, right].iter().all(|&side| side > inner || side >= 2 && inner <= 2)
    }

    /// How sure it is that these groups are a phone number.
    fn confidence(&mut self, window: Window) -> i32 {
        let Some(stretch) = Stretch::of(self.run, window).filter(|s| PHONE_DIGITS.contains(&s.len())) else { return 0 };
        let Some(shape) = Shape::of(&stretch) else { return 0 };
        let context = Context::of(self.search, stretch.groups);
        if shape.even && !context.cue {
            return 0;
        }
        let Some(planned) = plan_points(self.search, &stretch, &shape, &context) else { return 0 };
        let styled = styled_points(self.search, &stretch, &shape);
        let near = context_points(self.search, &stretch, &shape, &context, styled == WHOLLY_STYLED);
        (shape.points + planned + styled + near).clamp(0, 99)
    }
}

/// Whether most groups tell how many there are of what: `three fours, two sixes` are counted, not dialled.
fn is_tally(items: &[Item], stretch: &Stretch<'_>) -> bool {
    let several = |g: &&Group| items.get(g.first).and_then(|i| i.word).is_some_and(|w| w.form == Form::Several);
    stretch.groups.iter().filter(several).count() * 2 > stretch.count()
}

fn total(groups: &[Group]) -> usize {
    groups.iter().map(|g| g.len).sum()
}

/// Whether nothing but everyday words spells a group.
fn is_everyday(group: &Group) -> bool {
    group.words > 0 && group.words == group.weak
}

/// How far apart marks keep two groups.
fn width(seps: u16) -> u8 {
    let any = |of: u16| seps & of != 0;
    if any(sep::LINE | sep::WORDS | sep::EMOJI) || any(sep::COMMA | sep::SLASH) && any(sep::SPACE) {
        3
    } else if any(sep::SPACE) && !any(sep::DASH | sep::DOT) {
        2
    } else {
        1
    }
}

/// What the numbering plans give or take; `None` where groups of one length, as prices have them, are in no plan and nothing says that they are a number.
fn plan_points(search: &mut Search<'_>, stretch: &Stretch<'_>, shape: &Shape, context: &Context) -> Option<i32> {
    let named = !search.options.countries.is_empty();
    let worth = shape.points + context.points.max(0) >= 30 || named;
    if shape.points >= 60 || !worth || stretch.len() < INSIDE || !search.budget.charge(PLAN_WORK) {
        return Some(0);
    }
    let planned = is_planned(stretch, context.lang, search.options, search.budget);
    if shape.even && !planned && !context.cue && context.near & mean::NUMBER == 0 {
        return None;
    }
    let least = if named { PLANNED_WHERE_NAMED } else { 0 };
    Some(if planned { shape.planned.max(least) } else { -shape.unplanned })
}

/// Seven digits and more in keycaps, circles or other dress are dressed so to pass for none; the more where not one of them is plain.
fn styled_points(search: &Search<'_>, stretch: &Stretch<'_>, shape: &Shape) -> i32 {
    if stretch.len() < 7 || !(25..60).contains(&shape.points) || stretch.rises() {
        return 0;
    }
    let dress = if search.text.facts().unspaced { Evasion::STYLED } else { Evasion::STYLED | Evasion::FULLWIDTH };
    let Some(range) = range(search, stretch).filter(|r| search.text.evidence(r.clone()).intersects(dress)) else { return 0 };
    let source = search.written(range);
    let dressed = |behind: &[u8]| behind.starts_with("\u{fe0f}".as_bytes()) || behind.starts_with("\u{20e3}".as_bytes());
    let is_plain = |(at, b): (usize, &u8)| b.is_ascii_digit() && !source.get(at + 1..).is_some_and(dressed);
    if source.iter().enumerate().any(is_plain) {
        return PARTLY_STYLED;
    }
    if stretch.digits.ends_with("000") { PARTLY_STYLED } else { WHOLLY_STYLED }
}

/// What the words around a number of this shape give or take.
fn context_points(search: &Search<'_>, stretch: &Stretch<'_>, shape: &Shape, context: &Context, styled: bool) -> i32 {
    let against = context.near & mean::AGAINST != 0;
    let told = context.cue || context.alone || context.near & mean::NUMBER != 0;
    let mut points = context.points;
    if shape.spelled || styled {
        points = points.max(if against && !context.cue { -45 } else { -10 });
    }
    if shape.leet && !shape.firm && !told {
        points -= 20;
    }
    if context.alone && shape.points >= 25 {
        points += 12;
    }
    if matches!(stretch.len(), 10 | 11) && search.reverse_near(stretch.first.first, stretch.last.last) {
        points += 35;
    }
    if shape.firm && context.means & mean::CURRENCY != 0 && !against && !context.hash {
        points = points.max(-10);
    }
    if context.letter_before && !shape.plus {
        points -= if context.cue { 20 } else { 70 };
    }
    if context.letter_after && !shape.firm && (!shape.plus || context.letters_around) {
        points -= 50;
    }
    points
}

/// Where a stretch of groups stands in the folded text.
pub(super) fn range(search: &Search<'_>, stretch: &Stretch<'_>) -> Option<Range<usize>> {
    Some(search.items.get(stretch.first.first)?.start..search.items.get(stretch.last.last)?.end)
}
