//! What the grouping of digits says by itself. In: a stretch of groups. Out: a [`Shape`] with its points. Keeps: the first form of the table that fits counts.
//! Must not know: the words around it, numbering plans.

use super::forms::{
    area_code, area_slash, brazilian_mobile, business, chinese_mobile, digit_column, even_groups, listed, mobile_in_pairs, nanp, ordered,
    paren_area, spread_singles, trunk, trunk_in_one, twelve,
};
use super::groups::{Stretch, sep};
use super::others::is_other;

/// What a form is worth.
#[derive(Clone, Copy, Debug, Default)]
struct Worth {
    points: i32,
    /// Points where a numbering plan holds the number, and those lost where none does.
    planned: i32,
    unplanned: i32,
    /// A grouping that only phone numbers have.
    firm: bool,
    /// Digits one by one, as puzzles and tables have them too.
    spread: bool,
}

/// A form whose points no plan changes.
const fn fixed(points: i32) -> Worth {
    worth(points, 0, 0)
}

const fn worth(points: i32, planned: i32, unplanned: i32) -> Worth {
    Worth { points, planned, unplanned, firm: false, spread: false }
}

const fn firm(points: i32) -> Worth {
    Worth { firm: true, ..fixed(points) }
}

const fn spread(points: i32) -> Worth {
    Worth { spread: true, ..fixed(points) }
}

type Fits = fn(&Stretch<'_>) -> bool;

/// The forms of telephone numbers; the first that fits counts.
const FORMS: &[(Fits, Worth)] = &[
    (|s| s.first.plus && s.len() >= 9, worth(58, 30, 0)),
    (|s| s.first.plus && s.len() >= 7, worth(58, 30, 20)),
    (|s| s.first.plus, worth(20, 30, 0)),
    (|s| s.digits.starts_with("00") && s.len() >= 11, worth(50, 30, 10)),
    (|s| nanp(s) && s.any(sep::SLASH) && s.only(sep::SLASH | sep::SPACE), worth(34, 18, 0)),
    (|s| nanp(s) && listed(s), fixed(30)),
    (|s| nanp(s) && !s.any(sep::COMMA | sep::COLON), firm(72)),
    (nanp, firm(62)),
    (|s| chinese_mobile(s) && s.digits.starts_with("194"), worth(46, 18, 20)),
    (chinese_mobile, worth(56, 18, 20)),
    (|s| business(s) || paren_area(s), fixed(56)),
    (|s| spread_singles(s) && is_ten_or_eleven(s), spread(62)),
    (spread_singles, spread(42)),
    (ordered, worth(48, 16, 12)),
    (area_slash, worth(46, 10, 10)),
    (trunk_in_one, worth(46, 10, 10)),
    (|s| trunk(s) && s.only(sep::USUAL), worth(56, 10, 10)),
    (trunk, worth(38, 10, 10)),
    (brazilian_mobile, fixed(54)),
    (|s| s.len() == 11 && s.digits.starts_with('8') && s.begins(&[1, 3, 3]), fixed(64)),
    (|s| s.is(&[3, 3, 2, 2]), fixed(54)),
    (mobile_in_pairs, fixed(40)),
    (digit_column, worth(44, 14, 24)),
    (area_code, worth(56, 10, 0)),
    (twelve, worth(38, 18, 14)),
    (|s| s.len() == 10 && s.count() == 1, worth(40, 14, 8)),
    (|s| few_groups(s) && area_first(s), worth(50, 14, 4)),
    (few_groups, worth(36, 14, 4)),
    (|s| is_ten_or_eleven(s) && area_first(s), worth(42, 14, 4)),
    (is_ten_or_eleven, worth(28, 14, 4)),
    // With a dot it is a fraction as well.
    (|s| seven(s) && s.seps == sep::DOT, fixed(24)),
    (seven, fixed(38)),
    (|s| s.len() == 8 && s.begins(&[4, 4]), fixed(30)),
    (|s| matches!(s.len(), 12 | 13), worth(30, 16, 12)),
    (|s| s.len() >= 7, worth(28, 10, 2)),
    (|s| s.words() >= 4, fixed(20)),
];

fn is_ten_or_eleven(s: &Stretch<'_>) -> bool {
    matches!(s.len(), 10 | 11)
}

fn few_groups(s: &Stretch<'_>) -> bool {
    is_ten_or_eleven(s) && s.count() <= 6 && s.only(sep::USUAL)
}

/// An area code of three digits, and the rest in one group or in many.
fn area_first(s: &Stretch<'_>) -> bool {
    (s.count() == 2 || s.count() >= 4) && s.first.len == 3 && s.only(sep::USUAL)
}

fn seven(s: &Stretch<'_>) -> bool {
    s.len() == 7 && s.begins(&[3, 4])
}

/// What the grouping of the digits says by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub points: i32,
    /// Points where a numbering plan holds the number, and those lost where none does.
    pub planned: i32,
    pub unplanned: i32,
    pub plus: bool,
    /// Spelled with words.
    pub spelled: bool,
    /// A grouping that only phone numbers have.
    pub firm: bool,
    /// Letters stand for digits.
    pub leet: bool,
    /// Groups of one length, as prices have them.
    pub even: bool,
}

impl Shape {
    /// `None` where the digits are something else by their form.
    pub(super) fn of(s: &Stretch<'_>) -> Option<Self> {
        if is_other(s) {
            return None;
        }
        let worth = FORMS.iter().find(|(fits, _)| fits(s)).map_or(Worth::default(), |(_, worth)| *worth);
        let leet = s.groups.iter().any(|g| g.leet);
        let (words, weak) = (s.words(), s.weak());
        Some(Self {
            points: worth.points + spelled(s, words, weak) + dressed(s, leet) - parted(s, &worth, words),
            planned: worth.planned,
            unplanned: worth.unplanned,
            plus: s.first.plus,
            spelled: words >= 3 && words > 2 * weak || words >= 1 && s.len() >= 10 && weak < words,
            firm: worth.firm,
            leet,
            even: even_groups(s),
        })
    }
}

/// Points for words that spell a number; everyday words take some.
fn spelled(s: &Stretch<'_>, words: usize, weak: usize) -> i32 {
    if words == 0 || s.len() < 7 {
        return 0;
    }
    let strong = words.saturating_sub(weak) as i32;
    let whole = match is_ten_or_eleven(s) {
        true if strong > 0 && words < s.count() + 2 => 12,
        true => 6,
        false => 0,
    };
    (strong * 8 - weak as i32 * 2).clamp(-10, 34) + whole
}

/// Points for digits that are disguised.
fn dressed(s: &Stretch<'_>, leet: bool) -> i32 {
    let letters = if leet && s.len() >= 10 { 8 } else { 0 };
    let emoji = if s.any(sep::EMOJI) && s.len() >= 9 { 10 } else { 0 };
    letters + emoji
}

/// Points lost by what keeps the groups apart where that is usual between other numbers, and by one digit again and again.
fn parted(s: &Stretch<'_>, worth: &Worth, words: usize) -> i32 {
    let nanp = nanp(s);
    let lost = [
        (worth.spread && s.any(sep::PAREN) && s.any(sep::SPACE), 20),
        (worth.spread && s.any(sep::COMMA), 8),
        (s.any(sep::WORDS) && !(nanp || words >= 6 || ordered(s)), 12),
        (s.any(sep::COLON) && !nanp && words == 0, 20),
        (!s.first.plus && s.digits.bytes().all(|b| s.digits.bytes().next() == Some(b)), 50),
    ];
    lost.iter().filter(|(is, _)| *is).map(|(_, points)| points).sum()
}
