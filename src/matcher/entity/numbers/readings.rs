//! What an item is where digits may stand: digits, a word that names some, letters for digits, or something in between to be passed over. In: items and the run
//! so far. Out: yes or no. Keeps: a bounded number of items is looked at on both sides. Must not know: what a number is for.

use super::groups::{Run, sep};
use crate::matcher::entity::Search;
use crate::matcher::entity::items::{Gap, Item, Kind, is_unspaced, leet_digit};
use crate::matcher::entity::tables::{Form, Word, mean};

/// How often a word between digits is the same where it is to be taken out.
const DECOYS: usize = 3;
/// How often a digit may be said to come.
const TIMES: std::ops::RangeInclusive<i16> = 2..=6;
/// Bytes of the longest article.
const ARTICLE: usize = 3;
/// Most items of a run of Roman numerals, the fewest, and the fewest of them with more letters than one.
const ROMAN_MOST: usize = 16;
const ROMAN_FEWEST: usize = 7;
const ROMAN_LONG: usize = 2;

/// Whether an item is read as digits here.
pub(super) fn is_digit_like(search: &Search<'_>, at: usize, run: &Run, between: u16) -> bool {
    let Some(item) = search.items.get(at) else { return false };
    match (item.kind, item.word) {
        (Kind::Digits | Kind::Leet, _) => true,
        (Kind::Word, Some(word)) if word.value >= 0 => is_number_word(search.items, at, word, run, between),
        (Kind::Word, _) => lettered(search, at, run, between),
        _ => false,
    }
}

/// Whether a word that names a number stands for digits.
fn is_number_word(items: &[Item], at: usize, word: &Word, run: &Run, between: u16) -> bool {
    let begins = run.groups.is_empty();
    if word.value >= 1000 || begins && counts_group(items, at, word.value) {
        return false;
    }
    if word.value >= 100 && begins {
        return word.has(mean::STRONG) && next_is_digit(items, at);
    }
    word.has(mean::STRONG) || everyday_number(items, at, word, run, between)
}

/// Whether an everyday word (`to`, `for`, `oh`) is a number between others.
fn everyday_number(items: &[Item], at: usize, word: &Word, run: &Run, between: u16) -> bool {
    let last = run.groups.last();
    let told = between & sep::WORDS != 0;
    let glued = items.get(at).is_some_and(Item::glued);
    let spelled = run.spelled_words();
    // `oh133`, `null152`
    let nought = word.value == 0 && items.get(at + 1).is_some_and(|n| n.kind == Kind::Digits && n.glued());
    let unit = (1..=9).contains(&word.value) && last.is_some_and(|g| g.open == 10);
    let before = last.is_some_and(|g| g.words > 0 || g.len == 1 || g.leet || told || glued)
        || word.value >= 100 && spelled > 0
        || nought && last.is_some();
    let passed = |i: &&Item| i.kind == Kind::Mark || before && i.has(mean::CONNECT | mean::DASH);
    let next = items.get(at + 1..).unwrap_or_default().iter().take(4).find(|i| !passed(i));
    let after = next.is_some_and(|n| match n.kind {
        Kind::Leet => true,
        Kind::Digits if n.end - n.start == 1 || spelled >= 2 || unit || nought || word.value == 100 && n.glued() => true,
        _ => n.word.is_some_and(|w| w.value >= 0 || before && w.has(mean::TIMES)),
    });
    (before || last.is_none()) && after || (before && run.digits.len() >= 6)
}

/// A group that is nothing but letters for digits, between two that are not: `9l7-SSS-OlB4`.
fn lettered(search: &Search<'_>, at: usize, run: &Run, between: u16) -> bool {
    let items = search.items;
    let Some(text) = items.get(at).map(|i| i.text(search.folded)) else { return false };
    let figure = |i: usize| items.get(i).is_some_and(|n| matches!(n.kind, Kind::Digits | Kind::Leet));
    let follows = match between {
        sep::DASH | sep::DOT => items.get(at + 1).is_some_and(|n| n.glued() && n.is_mark(b"-.")) && figure(at + 2),
        sep::SPACE => text.bytes().all(|b| text.as_bytes().first() == Some(&b)) && figure(at + 1),
        _ => false,
    };
    text.len() == 3
        && text.chars().all(|c| leet_digit(c).is_some())
        && run.groups.last().is_some_and(|g| g.len == 3)
        && follows
        && !search.tables.is_known(text)
}

/// "first three 646": how many digits follow.
fn counts_group(items: &[Item], at: usize, value: i16) -> bool {
    let ordinal = at.checked_sub(1).and_then(|b| items.get(b)).is_some_and(|b| b.has(mean::ORDINAL));
    let next = items
        .get(at + 1)
        .filter(|n| n.kind == Kind::Digits || n.has(mean::CUE))
        .map_or(at + 1, |n| at + 1 + usize::from(n.kind != Kind::Digits));
    ordinal && items.get(next).is_some_and(|n| n.kind == Kind::Digits && i16::try_from(n.end - n.start) == Ok(value))
}

/// "last four": the number of digits that follow, not a digit.
pub(super) fn count_word(search: &Search<'_>, at: usize) -> bool {
    let Some(item) = search.items.get(at) else { return false };
    let value = match item.kind {
        Kind::Word => item.word.map_or(-1, |w| w.value),
        Kind::Digits if item.end - item.start == 1 => item.text(search.folded).parse().unwrap_or(-1),
        _ => -1,
    };
    (2..=8).contains(&value)
        && (at + 1..at + 4).any(|i| search.items.get(i).is_some_and(|n| n.kind == Kind::Digits || n.word.is_some_and(|w| w.value >= 0)))
}

/// Whether a digit, or the name of one, follows an item, with a mark before it at most.
pub(super) fn next_is_digit(items: &[Item], at: usize) -> bool {
    (at + 1..at + 3).filter_map(|i| items.get(i)).find(|i| i.kind != Kind::Mark).is_some_and(names_digit)
}

/// Whether an item is digits, or the name of one.
fn names_digit(item: &Item) -> bool {
    item.kind == Kind::Digits || item.word.is_some_and(|w| (0..10).contains(&w.value))
}

/// The digit behind a word that says how often it comes, with an article before it at most: `dreimal die fünf`.
pub(super) fn digit_behind(items: &[Item], at: usize) -> Option<usize> {
    let article = |i: usize| items.get(i).is_some_and(|n| n.kind == Kind::Word && n.end - n.start <= ARTICLE);
    let behind = (at + 1..at + 3).find(|&i| items.get(i).is_some_and(|n| n.kind != Kind::Mark))?;
    [behind, behind + usize::from(article(behind))].into_iter().find(|&i| items.get(i).is_some_and(names_digit))
}

/// How often a digit comes and which item it is, where an item says so: `three fives`, `trois fois le cinq`, `三个五`.
pub(super) fn counted(items: &[Item], at: usize) -> Option<(usize, usize)> {
    let form = |i: usize| items.get(i).filter(|n| n.gap != Gap::Line).and_then(|n| n.word).map(|w| w.form);
    let digit = match form(at + 1)? {
        Form::Several => at + 1,
        Form::Fold => digit_behind(items, at + 1)?,
        Form::Name => return None,
    };
    let times = items.get(at)?.word.filter(|w| w.form == Form::Name && TIMES.contains(&w.value))?.value;
    Some((usize::try_from(times).ok()?, digit))
}

/// A currency sign stands right before the digits, and nothing before the sign.
pub(super) fn is_price(items: &[Item], at: usize) -> bool {
    let Some(item) = items.get(at) else { return false };
    let Some(sign) = at.checked_sub(1).and_then(|i| items.get(i)) else { return false };
    if !(sign.is_mark(b"$") && item.glued()) {
        return false;
    }
    let before = at.checked_sub(2).and_then(|i| items.get(i));
    !(sign.glued() && before.is_some_and(|b| b.kind == Kind::Digits || b.kind == Kind::Word && b.end - b.start == 1))
}

/// `一` between groups of ASCII digits is drawn as a dash.
pub(super) fn han_dash(search: &Search<'_>, at: usize, run: &Run) -> bool {
    let Some(item) = search.items.get(at) else { return false };
    let next = search.items.get(at + 1).is_some_and(|n| n.kind == Kind::Digits && n.end - n.start >= 3);
    item.text(search.folded) == "一" && next && run.groups.iter().all(|g| g.words == 0) && run.groups.last().is_some_and(|g| g.len >= 3)
}

/// One character without a meaning of its own between two groups of a number: `(815)火 706 火 6932`.
pub(super) fn decoy_character(search: &Search<'_>, at: usize, run: &Run) -> bool {
    let Some(item) = search.items.get(at) else { return false };
    let alone = starts_unspaced(item, search.folded) && item.end - item.start <= 4 && item.word.is_none();
    let next = search.items.get(at + 1).is_some_and(|n| n.kind == Kind::Digits && (3..=4).contains(&(n.end - n.start)));
    alone && next && run.groups.last().is_some_and(|g| g.len == 3)
}

/// One word again and again between the digits of a number, to be taken out by the reader: `9 dog 1 dog 7 dog 5 ...`.
pub(super) fn decoy_word(search: &Search<'_>, at: usize) -> bool {
    let items = search.items;
    let Some(word) = items.get(at).filter(|w| w.kind == Kind::Word) else { return false };
    let letter = word.end - word.start == 1;
    if !letter && (word.glued() || word.word.is_some()) {
        return false;
    }
    // `120x60x75` are sizes: a letter stands between more of them, and those are single digits.
    let (times, most) = if letter { (2 * DECOYS, 1) } else { (DECOYS, 4) };
    let again = |i: usize| {
        let same = items.get(i).is_some_and(|w| w.kind == Kind::Word && w.text(search.folded) == word.text(search.folded));
        same && items.get(i + 1).is_some_and(|d| d.kind == Kind::Digits && d.end - d.start <= most)
    };
    let before = (1..=times).take_while(|n| at.checked_sub(2 * n).is_some_and(again)).count();
    let after = (0..=times).take_while(|n| again(at + 2 * n)).count();
    before + after > times
}

/// The value of a Roman numeral up to ten.
pub(super) fn roman(text: &str) -> Option<u32> {
    const NUMERALS: [&str; 10] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];
    NUMERALS.iter().position(|n| *n == text).and_then(|n| u32::try_from(n + 1).ok())
}

/// Where a run of Roman numerals and single digits ends that begins at an item and is long enough for a number; `at` where none does.
pub(super) fn roman_run(search: &Search<'_>, at: usize) -> usize {
    let is = |item: &Item| item.kind == Kind::Word && item.first && item.last && roman(item.text(search.folded)).is_some();
    if !search.items.get(at).is_some_and(is) {
        return at;
    }
    let mut end = at;
    let mut long = 0;
    while let Some(item) = search.items.get(end).filter(|i| is(i) || i.kind == Kind::Digits && i.end - i.start == 1) {
        long += usize::from(item.end - item.start > 1);
        end += 1;
        if end - at >= ROMAN_MOST {
            break;
        }
    }
    if end - at >= ROMAN_FEWEST && long >= ROMAN_LONG { end } else { at }
}

/// Whether an item is of a script that is written without spaces.
pub(super) fn starts_unspaced(item: &Item, folded: &str) -> bool {
    item.text(folded).chars().next().is_some_and(is_unspaced)
}
