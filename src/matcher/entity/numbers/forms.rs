//! Groupings that telephone numbers are written in. In: a stretch of groups. Out: whether it is of a form. Keeps: one look at each group. Must not know: points,
//! words around it.

use super::groups::{Group, Stretch, sep};

/// Three, three and four digits, with a one before them or without: as in North America.
pub(super) fn nanp(s: &Stretch<'_>) -> bool {
    s.is(&[3, 3, 4]) || s.is(&[1, 3, 3, 4]) && s.digits.starts_with('1')
}

/// Eleven digits from 13 on, in one group, as they are spoken in China, or one by one.
pub(super) fn chinese_mobile(s: &Stretch<'_>) -> bool {
    let spread = || s.words() + s.groups.iter().filter(|g| g.len == 1).count() >= 9;
    s.len() == 11
        && s.digits.starts_with('1')
        && !["10", "11", "12"].iter().any(|p| s.digits.starts_with(p))
        && (s.count() == 1 || s.begins(&[3, 4, 4]) || spread())
}

/// Free and shared-cost numbers without a country's code: `1800 975 707`, `1-300-975-711`, `1800 123 4567`. Sizes end in noughts.
pub(super) fn business(s: &Stretch<'_>) -> bool {
    let (first, rest) = match s.groups {
        [first, rest @ ..] if first.len == 4 && (s.seps == sep::SPACE || s.seps == sep::DASH) => (first, rest),
        [one, first, rest @ ..] if one.len == 1 && first.len == 3 && s.seps == sep::DASH => (one, rest),
        _ => return false,
    };
    let lens = |n: usize| rest.get(n).map_or(0, |g| g.len);
    let form = matches!((rest.len(), lens(0), lens(1), lens(2)), (2, 3, 3 | 4, 0) | (3, 2, 2, 2));
    let exact = rest.iter().any(|g| !s.text(g).ends_with('0'));
    form && exact && !first.plus && (s.digits.starts_with("1800") || s.digits.starts_with("1300"))
}

/// A two-digit area code in brackets and the number: `(21) 99876-5432`, `(11) 4002-8922`; not years.
pub(super) fn paren_area(s: &Stretch<'_>) -> bool {
    let [area, first, last] = s.groups else { return false };
    let year = |from: usize| s.digits.get(from..from + 2).is_some_and(|y| matches!(y, "19" | "20"));
    area.len == 2
        && first.sep & sep::PAREN != 0
        && first.sep & !(sep::PAREN | sep::SPACE) == 0
        && (4..=5).contains(&first.len)
        && last.len == 4
        && (last.sep == sep::DASH || last.sep == sep::SPACE && first.len == 5)
        && !(first.len == 4 && year(2) && year(6))
}

/// A two-digit area code and a mobile number of nine digits: `21 9 8765-4321`, `21 98765 4321`.
pub(super) fn brazilian_mobile(s: &Stretch<'_>) -> bool {
    s.len() == 11
        && s.digits.get(2..3) == Some("9")
        && !s.digits.starts_with(['0', '1'])
        && (s.is(&[2, 5, 4]) || s.is(&[2, 1, 4, 4]))
        && s.only(sep::USUAL)
}

/// A trunk zero and nine to eleven digits in all.
pub(super) fn trunk(s: &Stretch<'_>) -> bool {
    (9..=11).contains(&s.len()) && s.digits.starts_with('0')
}

/// A number with a trunk zero in one piece, or with a group on each line.
pub(super) fn trunk_in_one(s: &Stretch<'_>) -> bool {
    let column = || s.count() >= 3 && s.seps == sep::LINE && s.groups.iter().all(|g| (2..=5).contains(&g.len));
    trunk(s) && (s.count() == 1 || column())
}

/// A slash behind the area code, as in some countries: `0470/12 34 56`, `030/12345678`.
pub(super) fn area_slash(s: &Stretch<'_>) -> bool {
    let Some((area, [first, rest @ ..])) = s.groups.split_first() else { return false };
    trunk(s)
        && (3..=5).contains(&area.len)
        && first.sep & sep::SLASH != 0
        && first.sep & !(sep::SLASH | sep::SPACE) == 0
        && rest.iter().all(|g| g.sep & !(sep::SPACE | sep::DOT) == 0)
        && s.groups.iter().skip(1).all(|g| g.len >= 2)
}

/// Nine digits of a mobile number in a three and pairs: `612 34 56 78`.
pub(super) fn mobile_in_pairs(s: &Stretch<'_>) -> bool {
    s.len() == 9 && s.digits.starts_with(['6', '7']) && s.begins(&[3, 2, 2, 2]) && (s.seps == sep::SPACE || s.seps == sep::DOT)
}

/// `512, 555 and 1033`, `100 then 200 then 3000`: numbers that are listed. The last group of a telephone number may begin with a nought.
pub(super) fn listed(s: &Stretch<'_>) -> bool {
    let [.., middle, last] = s.groups else { return false };
    let round = s.any(sep::WORDS) && s.groups.iter().all(|g| s.text(g).ends_with("00"));
    let comma = middle.sep & sep::COMMA != 0 && last.sep & (sep::WORDS | sep::COMMA) == sep::WORDS;
    round || comma && last.words == 0 && !s.text(last).starts_with('0')
}

/// Groups that are told one after another: `starts 0151, then 496, then 0277`.
pub(super) fn ordered(s: &Stretch<'_>) -> bool {
    let zero = s.digits.starts_with('0');
    let after = || s.groups.iter().skip(1);
    s.count() >= 3
        && (9..=13).contains(&s.len())
        && after().all(|g| g.sep & sep::WORDS != 0 || zero && g.sep == sep::SPACE)
        && after().filter(|g| g.sep & sep::WORDS != 0).count() >= 2
        && s.groups.iter().all(|g| g.words == 0 && g.len <= 5)
}

/// Twelve digits with a trunk prefix: in a few groups, or a German mobile number in one.
pub(super) fn twelve(s: &Stretch<'_>) -> bool {
    let form = || match s.count() {
        1 => matches!(s.digits.get(..3), Some("015" | "016" | "017")),
        2..=4 => s.only(sep::USUAL) && !hours(s),
        _ => false,
    };
    s.len() == 12 && s.digits.starts_with('0') && form()
}

/// Hours of a day, four digits each.
fn hours(s: &Stretch<'_>) -> bool {
    let time = |g: &Group| s.value_of(g).is_some_and(|t| t <= 2400 && t % 100 < 60);
    s.groups.iter().all(|g| g.len == 4 && time(g))
}

/// Three groups and more of one length: prices and sizes as often as a telephone number.
pub(super) fn even_groups(s: &Stretch<'_>) -> bool {
    let len = s.first.len;
    (3..=6).contains(&s.count())
        && (3..=5).contains(&len)
        && s.groups.iter().all(|g| g.len == len && !g.plus && g.words == 0)
        && !s.digits.starts_with('0')
        && s.len() > 8
}

/// Ten digits on four lines or more, each with a few of them: nobody writes a list so.
pub(super) fn digit_column(s: &Stretch<'_>) -> bool {
    (10..=11).contains(&s.len()) && s.count() >= 4 && s.seps == sep::LINE && s.groups.iter().all(|g| g.len <= 4)
}

/// A trunk prefix, an area code in brackets and two groups: `01 (33) 3461 2234`.
pub(super) fn area_code(s: &Stretch<'_>) -> bool {
    let [trunk, area, first, last] = s.groups else { return false };
    (9..=13).contains(&s.len())
        && trunk.len <= 3
        && (2..=4).contains(&area.len)
        && area.sep == sep::PAREN | sep::SPACE
        && first.sep & sep::PAREN != 0
        && (3..=4).contains(&first.len)
        && last.len == 4
        && last.sep & !(sep::SPACE | sep::DASH) == 0
}

/// Ten or so digits that stand one by one, or nearly.
pub(super) fn spread_singles(s: &Stretch<'_>) -> bool {
    let (len, singles) = (s.len(), s.singles());
    (7..=13).contains(&len)
        && (singles >= 7 && singles * 10 >= s.count() * 7 || singles >= 5 && len >= 10 && s.count() >= 6)
        && !s.any(sep::WORDS)
        && (!s.any(sep::LINE) || matches!(len, 10 | 11) && singles == s.count())
}
