//! Numbers that are no telephone numbers by their form: dates, times, addresses of machines, prices, article numbers, counting. In: a stretch of groups. Out:
//! whether it is one. Keeps: a few looks at each group. Must not know: points, words around it.

use super::groups::{Group, Stretch, sep};
use crate::matcher::entity::checks;

/// Dates, IPs, article numbers and other numbers with a form of their own.
pub(super) fn is_other(s: &Stretch<'_>) -> bool {
    if s.first.plus {
        return time_zone(s);
    }
    s.words() == 0 && FORMS.iter().any(|is| is(s))
}

const FORMS: &[fn(&Stretch<'_>) -> bool] = &[
    counted,
    span_of_years,
    decimals,
    fractions,
    two_decimals,
    date,
    compact_date,
    ip_address,
    date_and_more,
    years,
    times,
    decimal_or_thousands,
    price_with_cents,
    article,
];

fn is_year(value: u32) -> bool {
    (1900..=2100).contains(&value)
}

fn is_day(value: u32) -> bool {
    (1..=31).contains(&value)
}

/// `+02:00`
fn time_zone(s: &Stretch<'_>) -> bool {
    s.first.len <= 2 && s.groups.iter().skip(1).any(|g| g.sep & sep::COLON != 0 && g.len == 2)
}

/// `1 2 3 4 5`
fn counted(s: &Stretch<'_>) -> bool {
    s.count() == s.len() && s.rises()
}

/// `2019-2020 100`
fn span_of_years(s: &Stretch<'_>) -> bool {
    s.count() == 3 && s.begins(&[4, 4]) && is_year(s.value(0)) && is_year(s.value(1)) && s.groups.get(1).is_some_and(|g| g.sep == sep::DASH)
}

/// Pairs of groups with this mark in each, spaces between them.
fn in_pairs(s: &Stretch<'_>, mark: u16) -> bool {
    s.count() >= 6
        && s.count().is_multiple_of(2)
        && s.groups.iter().enumerate().all(|(n, g)| match n {
            0 => true,
            n if n % 2 == 1 => g.sep == mark,
            _ => g.sep & sep::SPACE != 0,
        })
}

/// `1.5 - 2.5 - 3.5`
fn decimals(s: &Stretch<'_>) -> bool {
    s.any(sep::DASH) && in_pairs(s, sep::DOT)
}

/// `1/2 3/4 7/8`
fn fractions(s: &Stretch<'_>) -> bool {
    in_pairs(s, sep::SLASH)
}

/// `40.7128, 74.0060`
fn two_decimals(s: &Stretch<'_>) -> bool {
    let [whole, places, next, last] = s.groups else { return false };
    places.sep == sep::DOT && last.sep == sep::DOT && next.sep & sep::SPACE != 0 && (whole.len < 3 || places.len > 3)
}

/// `2024-01-31`, `31.01.2024 12:30`
fn date(s: &Stretch<'_>) -> bool {
    const MARKS: u16 = sep::DASH | sep::DOT | sep::SLASH | sep::SPACE | sep::COLON | sep::COMMA | sep::OTHER;
    let [a, b, c, ..] = s.groups else { return false };
    let days = |m: u32, d: u32| is_day(m) && is_day(d);
    let year_first = || a.len == 4 && b.len <= 2 && c.len <= 2 && is_year(s.value(0)) && days(s.value(1), s.value(2));
    let year_last = || a.len <= 2 && b.len <= 2 && c.len == 4 && is_year(s.value(2)) && days(s.value(0), s.value(1));
    s.only(MARKS) && (year_first() || year_last())
}

/// `20240131`
fn compact_date(s: &Stretch<'_>) -> bool {
    let value = s.value(0);
    s.len() == 8 && s.count() == 1 && is_year(value / 10000) && is_day(value / 100 % 100) && is_day(value % 100)
}

/// `192.168.100.20`
fn ip_address(s: &Stretch<'_>) -> bool {
    s.count() == 4 && s.seps == sep::DOT && (0..4).all(|n| s.value(n) <= 255 && s.group_len(n) <= 3)
}

/// `20240131 1200`
fn date_and_more(s: &Stretch<'_>) -> bool {
    s.count() == 2 && s.first.len == 8 && is_year(s.value(0) / 10000)
}

/// `1998 2004 2012`
fn years(s: &Stretch<'_>) -> bool {
    s.count() >= 2 && s.groups.iter().all(|g| g.len == 4 && s.value_of(g).is_some_and(is_year))
}

/// `10:30 - 12:45`
fn times(s: &Stretch<'_>) -> bool {
    s.any(sep::COLON)
        && s.groups.iter().skip(1).any(|g| g.sep == sep::COLON && g.len == 2)
        && s.count() <= 7
        && s.groups.iter().all(|g| g.len <= 2 || g.len == 4)
}

/// `12345.67`, `1,234,567`
fn decimal_or_thousands(s: &Stretch<'_>) -> bool {
    let decimal = || s.count() == 2 && s.group_len(1) != 7 && !s.begins(&[3, 4]);
    let thousands = || s.count() <= 4 && s.groups.iter().skip(1).all(|g| g.len == 3);
    s.seps == sep::DOT && decimal() || s.seps == sep::COMMA && thousands()
}

/// `12,345.67`
fn price_with_cents(s: &Stretch<'_>) -> bool {
    s.count() == 3 && s.group_len(2) == 2 && s.seps == sep::COMMA | sep::DOT
}

/// An article's or a device's number (EAN, IMEI).
fn article(s: &Stretch<'_>) -> bool {
    let ean = || s.digits.starts_with("97") || s.digits.starts_with(['4', '5', '6', '7', '8']);
    s.count() == 1 && (s.len() == 13 && checks::ean(s.digits) && ean() || s.len() == 15 && checks::luhn(s.digits))
}

/// Counting, ranges of sizes or values, and numbers drawn: `one two three four five`, `100 220 330 470 680`, `07 12 19 23 41 44`.
pub(super) fn is_series(s: &Stretch<'_>) -> bool {
    let value = |g: &Group| s.value_of(g).unwrap_or(0);
    let counts = |groups: &[Group]| {
        let (Some(from), Some(second)) = (groups.first().map(value), groups.get(1).map(value)) else { return false };
        let step = second.saturating_sub(from);
        let nth = |n: usize| u64::from(from) + u64::from(step) * n as u64;
        groups.len() >= 5 && from <= step && step > 0 && groups.iter().enumerate().all(|(n, g)| u64::from(value(g)) == nth(n))
    };
    let round = || s.groups.iter().all(|g| g.len >= 2 && g.words == 0 && value(g).is_multiple_of(10));
    let rises = || s.groups.windows(2).all(|pair| matches!(pair, [a, b] if value(a) < value(b) && b.sep & !(sep::SPACE | sep::COMMA) == 0));
    let drawn = || s.count() >= 6 && s.groups.iter().all(|g| g.len == 2 && g.words == 0);
    counts(s.groups)
        || s.first.len > 1 && counts(s.groups.get(1..).unwrap_or_default())
        || s.count() >= 4 && !s.digits.starts_with('0') && round() && rises()
        || drawn() && rises()
}
