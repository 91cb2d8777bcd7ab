//! Identifiers made of digits: phone numbers, cards, CAS numbers, bank accounts. In: items. Out: hits. Keeps: one left-to-right pass; each run of digits is
//! read a bounded number of times. Must not know: rules. What counts for and against a number is added up in points, 0 to 100.

use super::checks;
use super::items::{Gap, Item, Kind, leet_digit};
use super::phone;
use super::tables::{LANGUAGES, mean};
use super::{EntityKind, EntityOptions, Finding, Grouping, Search};
use crate::evasion::Evasion;

/// How two groups of digits are kept apart, as bits.
mod sep {
    pub const SPACE: u16 = 1;
    pub const DASH: u16 = 1 << 1;
    pub const DOT: u16 = 1 << 2;
    pub const COMMA: u16 = 1 << 3;
    pub const SLASH: u16 = 1 << 4;
    pub const PAREN: u16 = 1 << 5;
    pub const COLON: u16 = 1 << 6;
    pub const OTHER: u16 = 1 << 7;
    pub const LINE: u16 = 1 << 8;
    pub const WORDS: u16 = 1 << 9;
    pub const EMOJI: u16 = 1 << 10;
    pub const PLUS: u16 = 1 << 11;
    /// Marks that commonly stand between the groups of a phone number.
    pub const USUAL: u16 = SPACE | DASH | DOT | PAREN;
}

/// Most digits in a run; the rest begins a new one.
const RUN_DIGITS: usize = 64;
/// Most groups in a run.
const RUN_GROUPS: usize = 40;
/// Most marks between two groups.
const MARKS_BETWEEN: usize = 8;
/// How often a word between digits is the same where it is to be taken out.
const DECOYS: usize = 3;
/// Most connecting words between two groups.
const WORDS_BETWEEN: usize = 4;
/// Words looked at before and after a number.
const CONTEXT: usize = 8;

/// What a number of a country that the options name gains at least.
const PLANNED_WHERE_NAMED: i32 = 18;

/// What digits in keycaps and the like gain, where some of them are plain and where none is.
const PARTLY_STYLED: i32 = 14;
const WHOLLY_STYLED: i32 = 26;

/// Digits that stand together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// Items, first and last.
    first: usize,
    last: usize,
    /// Place and number of its digits.
    at: usize,
    len: usize,
    /// What keeps it apart from the group before.
    sep: u16,
    /// Spelled with words, some of them everyday words, letters for digits.
    words: u8,
    weak: u8,
    leet: bool,
    /// A plus stands before it.
    plus: bool,
    /// The number that a word named, and the size of what may still be added to it.
    value: u32,
    open: u32,
    lang: u8,
}

/// Reused buffers.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    digits: Vec<u8>,
    groups: Vec<Group>,
    spelled: Vec<u8>,
}

pub(super) fn find(search: &mut Search<'_>, run: &mut Run) {
    let mut at = 0;
    while at < search.items.len() {
        let end = read_run(search, run, at);
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

/// Reads the run of digits that begins at item `at`; gives the item after it, or `at` where there is none.
fn read_run(search: &Search<'_>, run: &mut Run, at: usize) -> usize {
    run.digits.clear();
    run.groups.clear();
    let items = search.items;
    let mut i = at;
    let mut end = at;
    let mut between = 0u16;
    let mut times = 0usize;
    let mut plus = false;
    let mut marks = 0;
    let mut words = 0;
    let mut lang = 255;
    let roman_end = roman_run(search, at);
    while let Some(item) = items.get(i) {
        if run.digits.len() >= RUN_DIGITS || run.groups.len() >= RUN_GROUPS {
            break;
        }
        if !run.groups.is_empty() {
            match item.gap {
                Gap::None => {}
                Gap::Space => between |= sep::SPACE,
                Gap::Line => between |= sep::LINE,
            }
        }
        if let Some(value) = roman(item.text(search.folded)).filter(|_| i < roman_end) {
            add_roman(run, i, between, value);
            (between, times, plus, marks, words) = (0, 0, false, 0, 0);
            i += 1;
            end = i;
            continue;
        }
        if is_digit_like(search, i, run, between) && !han_dash(search, i, run) {
            if is_price(items, i) {
                break;
            }
            add(run, search, i, between, times, plus);
            if let Some(group) = run.groups.last_mut().filter(|g| g.lang == 255) {
                group.lang = lang;
            }
            (between, times, plus, marks, words, lang) = (0, 0, false, 0, 0, 255);
            i += 1;
            end = i;
            continue;
        }
        if run.groups.is_empty() && !item.has(mean::TIMES | mean::PLUS) && !item.is_mark(b"+") {
            return at;
        }
        match item.kind {
            Kind::Mark => {
                marks += 1;
                if marks > MARKS_BETWEEN {
                    break;
                }
                if item.mark == b'+' {
                    // With spaces on both sides and a number before, it adds.
                    plus = item.glued() || run.groups.is_empty() || items.get(i + 1).is_some_and(Item::glued);
                }
                between |= mark_sep(item.mark);
            }
            Kind::Emoji => {
                marks += 1;
                if marks > MARKS_BETWEEN {
                    break;
                }
                between |= sep::EMOJI;
            }
            Kind::Word if item.has(mean::TIMES) && next_is_digit(items, i) => {
                times = match item.text(search.folded) {
                    "triple" | "treble" | "triplo" | "dreimal" => 3,
                    "quadruple" | "quad" => 4,
                    _ => 2,
                };
            }
            Kind::Word if item.has(mean::PLUS) => plus = true,
            Kind::Word if item.has(mean::DASH | mean::DOT | mean::SLASH) && !run.groups.is_empty() && item.gap != Gap::None => {
                between |= if item.has(mean::DASH) { sep::DASH } else { sep::DOT };
            }
            Kind::Word
                if (item.has(mean::BANK) || between & sep::WORDS != 0 && item.has(mean::NUMBER))
                    && matches!(run.digits.len(), 6 | 8 | 9)
                    && !item.glued() =>
            {
                words += 1;
                if words > WORDS_BETWEEN {
                    break;
                }
                between |= sep::WORDS;
            }
            Kind::Word if item.has(mean::CONNECT) && !run.groups.is_empty() && (!item.glued() || unspaced(item, search.folded)) => {
                words += 1;
                if words > WORDS_BETWEEN {
                    break;
                }
                if item.has(mean::ORDINAL) && count_word(search, i + 1) {
                    i += 1;
                }
                lang = item.word.map_or(lang, |w| w.lang);
                between |= sep::WORDS;
            }
            Kind::Word if han_dash(search, i, run) => between |= sep::DASH,
            Kind::Word if decoy_character(search, i, run) || decoy_word(search, i) => {
                marks += 1;
                between |= sep::OTHER;
            }
            _ => break,
        }
        i += 1;
    }
    end
}

/// `一` between groups of ASCII digits is drawn as a dash.
fn han_dash(search: &Search<'_>, at: usize, run: &Run) -> bool {
    let Some(item) = search.items.get(at) else { return false };
    let next = search.items.get(at + 1).is_some_and(|n| n.kind == Kind::Digits && n.end - n.start >= 3);
    item.text(search.folded) == "一" && next && run.groups.iter().all(|g| g.words == 0) && run.groups.last().is_some_and(|g| g.len >= 3)
}

/// One character without a meaning of its own between two groups of a number: `(815)火 706 火 6932`.
fn decoy_character(search: &Search<'_>, at: usize, run: &Run) -> bool {
    let Some(item) = search.items.get(at) else { return false };
    let alone = unspaced(item, search.folded) && item.end - item.start <= 4 && item.word.is_none();
    let next = search.items.get(at + 1).is_some_and(|n| n.kind == Kind::Digits && (3..=4).contains(&(n.end - n.start)));
    alone && next && run.groups.last().is_some_and(|g| g.len == 3)
}

/// One word again and again between the digits of a number, to be taken out by the reader: `9 dog 1 dog 7 dog 5 ...`.
fn decoy_word(search: &Search<'_>, at: usize) -> bool {
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
fn roman(text: &str) -> Option<u32> {
    const NUMERALS: [&str; 10] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];
    NUMERALS.iter().position(|n| *n == text).and_then(|n| u32::try_from(n + 1).ok())
}

/// Where a run of Roman numerals and single digits ends that begins at an item and is long enough for a number; `at` where none does.
fn roman_run(search: &Search<'_>, at: usize) -> usize {
    let is = |item: &Item| item.kind == Kind::Word && item.first && item.last && roman(item.text(search.folded)).is_some();
    if !search.items.get(at).is_some_and(is) {
        return at;
    }
    let mut end = at;
    let mut long = 0;
    while let Some(item) = search.items.get(end).filter(|i| is(i) || i.kind == Kind::Digits && i.end - i.start == 1) {
        long += usize::from(item.end - item.start > 1);
        end += 1;
        if end - at >= 16 {
            break;
        }
    }
    if end - at >= 7 && long >= 2 { end } else { at }
}

fn add_roman(run: &mut Run, at: usize, between: u16, value: u32) {
    let start = run.digits.len();
    spell(&mut run.digits, value);
    let len = run.digits.len() - start;
    run.groups.push(Group {
        first: at,
        last: at,
        at: start,
        len,
        sep: between,
        words: 1,
        weak: 0,
        leet: false,
        plus: false,
        value: 0,
        open: 0,
        lang: 255,
    });
}

/// "last four": the number of digits that follow, not a digit.
fn count_word(search: &Search<'_>, at: usize) -> bool {
    let Some(item) = search.items.get(at) else { return false };
    let value = match item.kind {
        Kind::Word => item.word.map_or(-1, |w| w.value),
        Kind::Digits if item.end - item.start == 1 => item.text(search.folded).parse().unwrap_or(-1),
        _ => -1,
    };
    (2..=8).contains(&value)
        && (at + 1..at + 4).any(|i| search.items.get(i).is_some_and(|n| n.kind == Kind::Digits || n.word.is_some_and(|w| w.value >= 0)))
}

fn mark_sep(mark: u8) -> u16 {
    match mark {
        b'-' => sep::DASH,
        b'.' => sep::DOT,
        b',' | b';' => sep::COMMA,
        b'/' => sep::SLASH,
        b'(' | b')' | b'[' | b']' | b'<' | b'>' | b'{' | b'}' => sep::PAREN,
        b':' => sep::COLON,
        b'+' => sep::PLUS,
        _ => sep::OTHER,
    }
}

fn next_is_digit(items: &[Item], at: usize) -> bool {
    (at + 1..at + 3)
        .filter_map(|i| items.get(i))
        .find(|i| i.kind != Kind::Mark)
        .is_some_and(|n| n.kind == Kind::Digits || n.word.is_some_and(|w| (0..10).contains(&w.value)))
}

/// Whether an item is read as digits here.
fn is_digit_like(search: &Search<'_>, at: usize, run: &Run, between: u16) -> bool {
    let items = search.items;
    let Some(item) = items.get(at) else { return false };
    match item.kind {
        Kind::Digits => true,
        Kind::Leet => true,
        Kind::Word => {
            let Some(word) = item.word.filter(|w| w.value >= 0) else { return lettered(search, at, run, between) };
            if word.value >= 1000 || run.groups.is_empty() && counts_group(items, at, word.value) {
                return false;
            }
            if word.value >= 100 && run.groups.is_empty() {
                return word.has(mean::STRONG) && next_is_digit(items, at);
            }
            if word.has(mean::STRONG) {
                return true;
            }
            let told = between & sep::WORDS != 0;
            let spelled: usize = run.groups.iter().map(|g| usize::from(g.words)).sum();
            // `oh133`, `null152`
            let nought = word.value == 0 && items.get(at + 1).is_some_and(|n| n.kind == Kind::Digits && n.glued());
            let unit = (1..=9).contains(&word.value) && run.groups.last().is_some_and(|g| g.open == 10);
            let before = run.groups.last().is_some_and(|g| g.words > 0 || g.len == 1 || g.leet || told || item.glued())
                || word.value >= 100 && spelled > 0
                || nought && !run.groups.is_empty();
            let passed = |i: &&Item| i.kind == Kind::Mark || before && i.has(mean::CONNECT);
            let after = items.get(at + 1..).unwrap_or_default().iter().take(4).find(|i| !passed(i));
            let after = after.is_some_and(|n| {
                matches!(n.kind, Kind::Leet)
                    || (n.kind == Kind::Digits
                        && (n.end - n.start == 1 || spelled >= 2 || unit || nought || word.value == 100 && n.glued()))
                    || n.word.is_some_and(|w| w.value >= 0 || before && w.has(mean::TIMES))
            });
            (before || run.groups.is_empty()) && after || (before && run.digits.len() >= 6)
        }
        _ => false,
    }
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

/// A currency sign stands right before the digits, and nothing before the sign.
fn is_price(items: &[Item], at: usize) -> bool {
    let Some(item) = items.get(at) else { return false };
    let Some(sign) = at.checked_sub(1).and_then(|i| items.get(i)) else { return false };
    if !(sign.is_mark(b"$") && item.glued()) {
        return false;
    }
    let before = at.checked_sub(2).and_then(|i| items.get(i));
    !(sign.glued() && before.is_some_and(|b| b.kind == Kind::Digits || b.kind == Kind::Word && b.end - b.start == 1))
}

fn add(run: &mut Run, search: &Search<'_>, at: usize, between: u16, times: usize, plus: bool) {
    let Some(item) = search.items.get(at) else { return };
    let start = run.digits.len();
    let glued = between == 0 && item.glued() && !run.groups.is_empty();
    let mut group =
        Group { first: at, last: at, at: start, len: 0, sep: between, words: 0, weak: 0, leet: false, plus, value: 0, open: 0, lang: 255 };
    match item.kind {
        Kind::Digits => {
            let digits = item.text(search.folded);
            if glued && digits.len() <= 2 && run.groups.last().is_some_and(|g| g.open == 100) {
                // `сто23` is 123; one digit more says that it is no sum.
                let value = digits.parse().unwrap_or(0);
                if value > 0 && spoken_sum(run, value, between, at) {
                    return;
                }
            }
            run.digits.extend_from_slice(digits.as_bytes());
        }
        Kind::Leet => {
            run.digits.extend(item.text(search.folded).chars().filter_map(leet_digit));
            group.leet = true;
        }
        _ => {
            let Some(word) = item.word else {
                run.digits.extend(item.text(search.folded).chars().filter_map(leet_digit));
                group.len = run.digits.len() - start;
                group.leet = true;
                run.groups.push(group);
                return;
            };
            let value = u32::try_from(word.value).unwrap_or(0);
            group.words = 1;
            group.weak = u8::from(!word.has(mean::STRONG));
            group.lang = word.lang;
            let counted = matches!(LANGUAGES.get(word.lang as usize), Some(&("en" | "fr" | "hi" | "zh")));
            if (value != 100 || counted) && spoken_sum(run, value, between, at) {
                return;
            }
            group.value = value;
            group.open = match value {
                100..=999 => 100,
                20..=99 if value % 10 == 0 => 10,
                1..=9 => 1,
                _ => 0,
            };
            spell(&mut run.digits, value);
        }
    }
    if times > 1 {
        let first = run.digits.get(start).copied().unwrap_or(b'0');
        for _ in 1..times {
            run.digits.insert(start, first);
        }
        group.words = group.words.max(1);
    }
    group.len = run.digits.len() - start;
    if group.len == 0 {
        return;
    }
    match run.groups.last_mut() {
        Some(last) if glued => {
            last.last = at;
            last.len += group.len;
            last.words = last.words.saturating_add(group.words);
            last.weak = last.weak.saturating_add(group.weak);
            last.leet |= group.leet;
            last.open = group.open;
            last.value = group.value;
            if last.lang == 255 {
                last.lang = group.lang;
            }
        }
        _ => run.groups.push(group),
    }
}

/// "twenty" + "one", "five" + "hundred", "nine hundred" + "twenty": adds a word to the number before it.
fn spoken_sum(run: &mut Run, value: u32, between: u16, at: usize) -> bool {
    let Some(last) = run.groups.last_mut() else { return false };
    if last.words == 0 || between & !(sep::SPACE | sep::DASH | sep::WORDS) != 0 || last.open == 0 {
        return false;
    }
    let before = last.value;
    let sum = match (last.open, value) {
        (1, 100) => before * 100,
        (1, 1000) => before * 1000,
        (10, 1..=9) => before + value,
        (10, 10..=19) if before == 60 || before == 80 => before + value,
        (1, 20) if before == 4 && last.lang != 0 => 80,
        (100, 1..=99) => before + value,
        _ => return false,
    };
    let old = if before == 0 { 1 } else { before.ilog10() as usize + 1 };
    let keep = run.digits.len().saturating_sub(old);
    run.digits.truncate(keep);
    spell(&mut run.digits, sum);
    last.len = run.digits.len().saturating_sub(last.at);
    last.value = sum;
    last.last = at;
    last.words = last.words.saturating_add(1);
    last.open = match sum {
        100..=999 if sum % 100 == 0 => 100,
        20..=999 if sum % 10 == 0 => 10,
        _ => 0,
    };
    true
}

fn spell(digits: &mut Vec<u8>, value: u32) {
    let from = digits.len();
    let mut rest = value;
    loop {
        digits.insert(from, b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
}

/// Some neighbouring groups of a run, read as one number.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: usize,
    to: usize,
}

/// What the words near a number say.
#[derive(Clone, Copy, Debug, Default)]
struct Context {
    points: i32,
    cue: bool,
    against: bool,
    means: u32,
    near: u32,
    lang: u8,
    /// A letter stands right before the first digit, or after the last.
    letter_before: bool,
    letter_after: bool,
    /// Letters touch it on both sides, one of them its plus sign: a piece of something longer.
    letters_around: bool,
    hash: bool,
    /// Nothing else is in the message.
    alone: bool,
}

struct Judge<'j, 's> {
    search: &'j mut Search<'s>,
    run: &'j mut Run,
}

impl Judge<'_, '_> {
    fn judge(&mut self) {
        let total = self.run.digits.len();
        if total < 5 {
            return;
        }
        self.trim();
        let groups = self.run.groups.len();
        if groups == 0 {
            return;
        }
        if self.account_shaped() {
            return;
        }
        self.cas_numbers();
        self.segment(Window { from: 0, to: groups }, 0);
    }

    /// Two letters and two digits, then groups of four: the form of an IBAN, which is checked elsewhere. No part of it is a telephone number.
    fn account_shaped(&self) -> bool {
        let Some((first, rest)) = self.run.groups.split_first() else { return false };
        let Some((last, inner)) = rest.split_last() else { return false };
        let country = first.first.checked_sub(1).and_then(|i| self.search.items.get(i));
        let country = country.is_some_and(|c| c.kind == Kind::Word && c.first && c.end - c.start == 2);
        let glued = self.search.items.get(first.first).is_some_and(Item::glued);
        country && glued && first.len == 2 && inner.len() >= 2 && inner.iter().all(|g| g.len == 4 && g.sep == sep::SPACE) && last.len <= 4
    }

    /// Drops everyday words at both ends of the run where the number is better without them.
    fn trim(&mut self) {
        let plain = |groups: &[Group]| groups.iter().map(|g| g.len).sum::<usize>();
        let strong: usize = self.run.groups.iter().map(|g| usize::from(g.words.saturating_sub(g.weak))).sum();
        let good = |n: usize| matches!(n, 10..=12) || n == 7 && strong >= 4;
        while let Some(last) = self.run.groups.last() {
            let total = plain(&self.run.groups);
            if last.words > 0 && last.words == last.weak && !good(total) {
                self.run.groups.pop();
            } else {
                break;
            }
        }
        if let Some((last, rest)) = self.run.groups.split_last()
            && last.words > 0
            && last.sep & sep::WORDS != 0
            && good(plain(rest))
            && rest.iter().all(|g| g.words == 0)
        {
            // "202 555 0143 after six": the number is whole before the word.
            self.run.groups.pop();
        }
        while let Some(first) = self.run.groups.first() {
            let total = plain(&self.run.groups);
            let lone = first.first == first.last && self.run.groups.get(1).is_none_or(|next| next.words == 0 && next.len > 1);
            let better = matches!(total - first.len, 10 | 11) && !(total == 11 && first.value <= 1);
            if first.words > 0 && first.words == first.weak && (!good(total) || lone || better) && !first.plus {
                self.run.groups.remove(0);
            } else {
                break;
            }
        }
    }

    /// Reads a stretch of groups: as one number, else line by line, else the best number inside it, then what is left on both sides.
    fn segment(&mut self, window: Window, depth: u32) {
        if window.from >= window.to || depth > 6 || !self.search.budget.charge(4) {
            return;
        }
        let total = self.total(window);
        if total < 5 {
            return;
        }
        let Some(groups) = self.run.groups.get(window.from..window.to) else { return };
        if is_series(groups, self.digits(window)) {
            return;
        }
        if let Some(split) = groups.iter().skip(1).position(|g| g.sep & sep::LINE != 0) {
            let split = window.from + split + 1;
            let spread = total <= 13 && groups.iter().all(|g| g.len <= 5);
            let whole = if spread { self.confidence(window) } else { 0 };
            if whole >= 50 {
                self.emit(window, whole);
                return;
            }
            self.segment(Window { to: split, ..window }, depth + 1);
            self.segment(Window { from: split, ..window }, depth + 1);
            return;
        }
        let whole = self.confidence(window);
        if whole >= 50 {
            self.emit(window, whole);
            return;
        }
        if self.other_numbers(window) {
            return;
        }
        if let Some((best, points)) = self.best_inside(window) {
            self.segment(Window { to: best.from, ..window }, depth + 1);
            self.emit(best, points);
            self.segment(Window { from: best.to, ..window }, depth + 1);
        } else if whole >= 20 {
            self.emit(window, whole);
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
                if total < 7 || (from == window.from && to == window.to) {
                    continue;
                }
                if total > 15 || !self.search.budget.charge(4) {
                    break;
                }
                if !self.promising(inside, total) || !self.stands_apart(inside, window) {
                    continue;
                }
                if self.search.tries == 0 {
                    return best;
                }
                self.search.tries -= 1;
                let points = self.confidence(inside);
                if points >= 50 && best.is_none_or(|(_, b)| points > b) {
                    best = Some((inside, points));
                }
            }
        }
        best
    }

    /// Whether some neighbouring groups have a form that only phone numbers have, so that they are worth a closer look.
    fn promising(&self, inside: Window, total: usize) -> bool {
        let lens = |n: usize| self.run.groups.get(inside.from + n).map_or(0, |g| g.len);
        let count = inside.to - inside.from;
        let first = self.run.groups.get(inside.from);
        let nanp =
            count == 3 && (lens(0), lens(1), lens(2)) == (3, 3, 4) || count == 4 && (lens(0), lens(1), lens(2), lens(3)) == (1, 3, 3, 4);
        let trunk = (9..=11).contains(&total) && count <= 6 && first.and_then(|g| self.run.digits.get(g.at)) == Some(&b'0');
        let mobile = total == 11 && count <= 3 && first.and_then(|g| self.run.digits.get(g.at)) == Some(&b'1');
        let words = first.is_some_and(|g| g.words > 0) && matches!(total, 10 | 11);
        nanp || trunk || mobile || words || lens(0) >= 9 && count == 1 || count == 2 && total == 10 || first.is_some_and(|g| g.plus)
    }

    /// Whether the marks around a number are wider than those inside it, so that its neighbours are other numbers.
    fn stands_apart(&self, inside: Window, outer: Window) -> bool {
        let groups = &self.run.groups;
        let rank = |s: u16| {
            if s & (sep::LINE | sep::WORDS | sep::EMOJI) != 0 || s & (sep::COMMA | sep::SLASH) != 0 && s & sep::SPACE != 0 {
                3
            } else if s & sep::SPACE != 0 && s & (sep::DASH | sep::DOT) == 0 {
                2
            } else {
                1
            }
        };
        let inner = groups.get(inside.from + 1..inside.to).unwrap_or_default().iter().map(|g| rank(g.sep)).max().unwrap_or(0);
        let left = if inside.from > outer.from { groups.get(inside.from).map_or(9, |g| rank(g.sep)) } else { 9 };
        let right = if inside.to < outer.to { groups.get(inside.to).map_or(9, |g| rank(g.sep)) } else { 9 };
        let strict = inside.to - inside.from >= 3 || groups.get(inside.from).is_some_and(|g| g.plus || g.len >= 9);
        strict && (left > inner || left >= 2 && inner <= 2) && (right > inner || right >= 2 && inner <= 2)
    }

    fn total(&self, window: Window) -> usize {
        self.run.groups.get(window.from..window.to).unwrap_or_default().iter().map(|g| g.len).sum()
    }

    fn digits(&self, window: Window) -> &str {
        let groups = self.run.groups.get(window.from..window.to).unwrap_or_default();
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return "" };
        self.run.digits.get(first.at..last.at + last.len).and_then(|d| std::str::from_utf8(d).ok()).unwrap_or_default()
    }

    /// How sure it is that these groups are a phone number.
    fn confidence(&mut self, window: Window) -> i32 {
        let digits = self.digits(window);
        let len = digits.len();
        if !(5..=15).contains(&len) {
            return 0;
        }
        let Some(shape) = Shape::of(self.run, window, digits) else { return 0 };
        let context = self.context(window);
        if shape.even && !context.cue {
            return 0;
        }
        let mut points = shape.points;
        let worth = shape.points + context.points.max(0) >= 30 || !self.search.options.countries.is_empty();
        if shape.points < 60 && worth && len >= 7 && self.search.budget.charge(48) {
            let planned = self.is_planned(window, &context);
            if shape.even && !planned && !context.cue && context.near & mean::NUMBER == 0 {
                return 0;
            }
            let named = if self.search.options.countries.is_empty() { 0 } else { PLANNED_WHERE_NAMED };
            points += if planned { shape.planned.max(named) } else { -shape.unplanned };
        }
        let styled = self.styled(window, &shape);
        points += styled;
        let mut context_points = context.points;
        let against = context.near & mean::AGAINST != 0 && !context.cue;
        if shape.spelled || styled == WHOLLY_STYLED {
            context_points = context_points.max(if against { -45 } else { -10 });
        }
        let told = context.cue || context.alone || context.near & mean::NUMBER != 0;
        if shape.leet && !shape.firm && !told {
            context_points -= 20;
        }
        if context.alone && shape.points >= 25 {
            context_points += 12;
        }
        let ends = self.run.groups.get(window.from).zip(self.run.groups.get(window.to.saturating_sub(1))).map(|(a, b)| (a.first, b.last));
        if matches!(len, 10 | 11) && ends.is_some_and(|(a, b)| self.search.reverse_near(a, b)) {
            context_points += 35;
        }
        if shape.firm && context.means & mean::CURRENCY != 0 && context.near & mean::AGAINST == 0 && !context.hash {
            context_points = context_points.max(-10);
        }
        if context.letter_before && !shape.plus {
            context_points -= if context.cue { 20 } else { 70 };
        }
        if context.letter_after && !shape.firm && (!shape.plus || context.letters_around) {
            context_points -= 50;
        }
        (points + context_points).clamp(0, 99)
    }

    /// Seven digits and more in keycaps, circles or other dress are dressed so to pass for none; the more where not one of them is plain.
    fn styled(&self, window: Window, shape: &Shape) -> i32 {
        let digits = self.digits(window);
        let rising = digits.as_bytes().windows(2).all(|w| matches!(w, [a, b] if *b == a + 1));
        if digits.len() < 7 || rising || !(25..60).contains(&shape.points) {
            return 0;
        }
        let dress = if self.search.text.facts().unspaced { Evasion::STYLED } else { Evasion::STYLED | Evasion::FULLWIDTH };
        let Some(range) = self.range(window).filter(|r| self.search.text.evidence(r.clone()).intersects(dress)) else { return 0 };
        let round = digits.ends_with("000");
        let mut source = self.search.cased(range).chars().peekable();
        while let Some(c) = source.next() {
            if c.is_ascii_digit() && !source.peek().is_some_and(|n| matches!(n, '\u{fe0f}' | '\u{20e3}')) {
                return PARTLY_STYLED;
            }
        }
        if round { PARTLY_STYLED } else { WHOLLY_STYLED }
    }

    /// Where a stretch of groups stands in the folded text.
    fn range(&self, window: Window) -> Option<std::ops::Range<usize>> {
        let groups = self.run.groups.get(window.from..window.to)?;
        let items = self.search.items;
        Some(items.get(groups.first()?.first)?.start..items.get(groups.last()?.last)?.end)
    }

    /// The words before and after.
    fn context(&self, window: Window) -> Context {
        let mut context = Context { lang: 255, ..Context::default() };
        let items = self.search.items;
        let groups = self.run.groups.get(window.from..window.to).unwrap_or_default();
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return context };
        self.before(first, &mut context);
        context.alone = self.search.is_alone(first.first, last.last);
        let touches = |back: usize| {
            let letters = first.first.checked_sub(back).and_then(|i| items.get(i));
            letters.is_some_and(|i| i.kind == Kind::Word && !i.has(mean::CUE | mean::PLUS | mean::NUMBER))
                && items.get(first.first + 1 - back).is_some_and(|i| i.glued() && i.is_mark(b"+"))
        };
        let mut words = 0;
        // What is told over several lines may end with a line that says what it is.
        let lines = groups.iter().skip(1).any(|g| g.sep & sep::LINE != 0);
        for (n, item) in items.get(last.last + 1..).unwrap_or_default().iter().take(12).enumerate() {
            if item.gap == Gap::Line && !(lines && n == 0) || words >= 4 {
                break;
            }
            if n == 0 && item.glued() {
                if item.is_mark(b"%") {
                    context.points -= 70;
                }
                if item.kind == Kind::Word
                    && !item.has(mean::EXTENSION)
                    && (item.end - item.start <= 3 || !item.has(mean::CUE))
                    && !unspaced(item, self.search.folded)
                {
                    context.letter_after = true;
                }
            }
            if words == 0 && extension(items, last.last + 1 + n) {
                context.points += if item.end - item.start > 1 { 25 } else { 14 };
                break;
            }
            if item.is_mark(b"?!") || item.kind == Kind::Digits {
                break;
            }
            if item.kind == Kind::Mark {
                if item.mark == b'$' && words == 0 {
                    context.points -= 50;
                }
                continue;
            }
            words += 1;
            if item.has(mean::CUE | mean::REVERSE) {
                context.points += if words <= 2 { 18 } else { 12 };
                context.cue = true;
                if item.word.is_some_and(|w| w.value < 0) {
                    context.lang = context.lang.min(item.word.map_or(255, |w| w.lang));
                }
                break;
            }
            if words == 1 && item.has(mean::UNIT | mean::CURRENCY) {
                context.points -= 50;
                context.against = true;
                context.means |= item.word.map_or(0, |w| w.means) & mean::UNIT;
            } else if words <= 3 && item.has(mean::AGAINST) && !context.cue && !in_case(items, last.last + 1 + n, self.search.folded) {
                context.points -= 35;
                context.against = true;
            }
            if item.has(mean::INVITE) {
                context.points += 12;
            }
        }
        context.letters_around = context.letter_after && touches(2);
        context.points = context.points.clamp(-90, 45);
        context
    }

    fn before(&self, first: &Group, context: &mut Context) {
        let items = self.search.items;
        let mut words = 0;
        let mut marks = 0;
        let mut start = true;
        let mut crossed = items.get(first.first).is_some_and(|i| i.gap == Gap::Line);
        let mut line = false;
        let mut numbered = 0;
        let glued_next = items.get(first.first).is_some_and(Item::glued);
        let mut code = false;
        for item in items.get(..first.first).unwrap_or_default().iter().rev().take(24) {
            crossed = crossed && !(start && item.is_mark(b":")) || line;
            line = item.gap == Gap::Line;
            if start && glued_next && item.is_mark(b"_") && item.glued() {
                context.letter_before = true;
            }
            let latin = item.kind == Kind::Word && !unspaced(item, self.search.folded);
            if start && glued_next && item.kind == Kind::Word && !latin && item.word.is_none() {
                context.points -= 16;
            }
            if start && glued_next && latin && !(item.has(mean::CUE | mean::PLUS) && item.end - item.start > 1) {
                context.letter_before = true;
            }
            start = false;
            if item.kind == Kind::Mark {
                marks += 1;
                if item.mark == b'#' && words == 0 && marks <= 2 {
                    context.hash = true;
                    context.points -= 25;
                }
                if item.mark == b'$' && marks == 1 && words == 0 {
                    context.points -= 70;
                }
                continue;
            }
            if item.kind == Kind::Emoji {
                if item.has(mean::CUE) && context.points < 25 {
                    context.points += 28;
                    context.cue = true;
                }
                continue;
            }
            words += 1;
            if words > CONTEXT {
                break;
            }
            let text = item.text(self.search.folded);
            let area = code && text == "area";
            code = text == "code";
            let against = item.has(mean::AGAINST) && !crossed;
            if against && !context.cue {
                let named = numbered == words - 1 && words > 1;
                let words = if named { 1 } else { words };
                context.points -= match words {
                    1 | 2 => 70,
                    3 => 50,
                    _ => 25,
                };
                context.against = true;
                if words <= 3 {
                    context.near |= mean::AGAINST;
                }
            } else if item.has(mean::NUMBER) && !context.cue && !context.against {
                numbered = words;
                context.points += if words <= 3 { 14 } else { 6 };
                context.lang = context.lang.min(item.word.filter(|w| w.value < 0).map_or(255, |w| w.lang));
                context.near |= mean::NUMBER;
            } else if (area || item.has(mean::CUE)) && !context.cue {
                context.points += match words {
                    1..=4 => 30,
                    5 | 6 => 20,
                    _ => 12,
                };
                context.cue = true;
                context.lang = context.lang.min(item.word.map_or(255, |w| w.lang));
            } else if item.has(mean::INVITE) && words <= 5 && !context.cue {
                context.points += 14;
            }
            if words <= 2 && item.has(mean::CURRENCY) && !crossed {
                context.points -= 45;
                context.means |= mean::CURRENCY;
            }
            if words <= 3 {
                context.means |= item.word.map_or(0, |w| w.means);
            }
            if crossed && words >= 5 {
                break;
            }
        }
    }

    /// The number of a plan that these digits are, tried in the regions that fit the message's language or the options.
    fn plan(&self, window: Window, context: &Context) -> Option<phone::Number> {
        let digits = self.digits(window);
        let groups = self.run.groups.get(window.from..window.to).unwrap_or_default();
        if groups.first().is_some_and(|g| g.plus) {
            return phone::international(digits);
        }
        if let Some(rest) = digits.strip_prefix("00").filter(|d| d.len() >= 9) {
            return phone::international(rest);
        }
        if let Some(rest) = digits.strip_prefix("011").filter(|d| d.len() >= 10)
            && let Some(number) = phone::international(rest)
        {
            return Some(number);
        }
        let spoken = spoken_language(groups);
        let lang = spoken.or_else(|| (context.lang != 255 && context.lang != 0).then_some(context.lang));
        let options = self.search.options;
        national(digits, options, lang).or_else(|| {
            let code = ["86", "44", "91", "55", "52", "62", "49", "33", "34", "7", "90", "64", "1"].iter().any(|c| digits.starts_with(c));
            (options.countries.is_empty() && digits.len() >= 11 && code && !digits.starts_with('0'))
                .then(|| phone::international(digits))
                .flatten()
        })
    }

    /// Whether a plan holds the number; one of a country that the options name must be written as it is dialled there.
    fn is_planned(&mut self, window: Window, context: &Context) -> bool {
        let number = self.plan(window, context);
        let options = self.search.options;
        if options.countries.is_empty() {
            return number.is_some() || self.planned_anywhere(window);
        }
        let digits = self.digits(window);
        let abroad = self.run.groups.get(window.from).is_some_and(|g| g.plus) || digits.starts_with("00") || digits.starts_with("011");
        number.is_some() && (abroad || options.countries.iter().any(|region| phone::is_whole(digits, region)))
    }

    /// Whether a plan of a large country holds a number with a trunk zero, when nothing says which country is meant.
    fn planned_anywhere(&mut self, window: Window) -> bool {
        const REGIONS: &[&str] = &["DE", "FR", "TR", "AU", "PH", "ID", "TH", "IN", "NG", "ZA", "JP", "KR", "VN"];
        let digits = self.digits(window);
        if digits.len() == 10 && digits.starts_with(['6', '7', '8', '9']) && self.search.options.countries.is_empty() {
            return phone::national(digits, "IN").is_some();
        }
        let open = digits.starts_with('0')
            && !digits.starts_with("00")
            && (9..=12).contains(&digits.len())
            && self.search.options.countries.is_empty();
        open && self.search.budget.charge(200) && REGIONS.iter().any(|region| phone::national(self.digits(window), region).is_some())
    }

    fn emit(&mut self, window: Window, points: i32) {
        let context = self.context(window);
        let groups = self.run.groups.get(window.from..window.to).unwrap_or_default();
        let (Some(&first), Some(&last)) = (groups.first(), groups.last()) else { return };
        let start = self.search.items.get(first.first).map_or(0, |i| i.start);
        let start = match self.search.items.get(first.first.wrapping_sub(1)) {
            Some(mark) if first.plus && mark.is_mark(b"+") => mark.start,
            Some(mark) if mark.is_mark(b"(") && groups.len() > 1 => mark.start,
            _ => start,
        };
        let end = self.search.items.get(last.last).map_or(start, |i| i.end);
        let mut evasion = self.search.text.evidence(start..end);
        for (n, g) in groups.iter().enumerate() {
            if g.words > 0 {
                evasion |= Evasion::NUMBERWORDS;
            }
            if g.leet {
                evasion |= Evasion::LEET;
            }
            if n > 0 && g.sep & sep::EMOJI != 0 {
                evasion |= Evasion::EMOJI;
            }
            if n > 0 && g.sep & (sep::OTHER | sep::COMMA | sep::WORDS) != 0 {
                evasion |= Evasion::PUNCT;
            }
            if n > 0 && g.sep & sep::LINE != 0 {
                evasion |= Evasion::SPLIT;
            }
        }
        let singles = groups.iter().filter(|g| g.len == 1 && g.words == 0).count();
        if singles >= 6 {
            evasion |= if groups.iter().skip(1).all(|g| g.sep == sep::SPACE) { Evasion::SPACED } else { Evasion::PUNCT };
        }
        let reversed = self.search.reverse_near(first.first, last.last);
        if reversed {
            evasion |= Evasion::REVERSED;
            self.run.spelled.clear();
            let range = first.at..last.at + last.len;
            self.run.spelled.extend(self.run.digits.get(range.clone()).unwrap_or_default().iter().rev());
            if let (Some(to), from) = (self.run.digits.get_mut(range), &self.run.spelled) {
                to.copy_from_slice(from);
            }
        }
        let seps = groups.iter().skip(1).fold(0, |all, g| all | g.sep);
        let number = match business(groups, self.digits(window), seps) {
            true => phone::national(self.digits(window), "AU"),
            false => self.plan(window, &context),
        };
        let finding = Finding { kind: EntityKind::Phone, start, end, confidence: points.clamp(0, 99) as u8, evasion };
        let digits = self.run.digits.get(first.at..last.at + last.len).and_then(|d| std::str::from_utf8(d).ok()).unwrap_or_default();
        let out = &mut *self.search.out;
        let value = match &number {
            Some(number) => out.value_of(&["+", number.digits()]),
            None if first.plus => out.value_of(&["+", digits]),
            None => out.value_of(&[digits]),
        };
        out.push(finding, value);
        if let (true, Some(number)) = (self.search.options.groupings, number) {
            let grouping = self.grouping(window, &number);
            self.search.out.group_last(start, grouping);
        }
    }

    /// How a number is grouped beside the way its country writes it: where its groups end, counted from its last digit, so that neither a trunk prefix
    /// nor a country code matters.
    fn grouping(&self, window: Window, number: &phone::Number) -> Grouping {
        let groups = self.run.groups.get(window.from..window.to).unwrap_or_default();
        let (code, usual) = phone::grouping(number);
        let national = number.digits().len().saturating_sub(code);
        let slashes = self.range(window).and_then(|r| self.search.folded.get(r)).map_or(0, |t| t.bytes().filter(|b| *b == b'/').count());
        let total = self.total(window);
        let mut ends = 0u32;
        let mut from_left = 0;
        for group in groups {
            from_left += group.len;
            let left = total.saturating_sub(from_left);
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

    /// Cards and bank accounts.
    fn other_numbers(&mut self, window: Window) -> bool {
        let digits = self.digits(window);
        let len = digits.len();
        if !(9..=22).contains(&len) {
            return false;
        }
        let context = self.context(window);
        let groups = self.run.groups.get(window.from..window.to).unwrap_or_default();
        let tidy = groups.len() == 1
            || groups.iter().all(|g| (3..=6).contains(&g.len) && g.sep & !(sep::SPACE | sep::DASH) == 0)
            || groups.iter().all(|g| g.words > 0 || g.len == 1);
        let near = self.search.means_near(groups.first().map_or(0, |g| g.first), groups.last().map_or(0, |g| g.last));
        let found = if (13..=19).contains(&len) && tidy && checks::card(digits) && context.near & mean::AGAINST == 0
            || (13..=19).contains(&len) && near & mean::CARD != 0 && checks::card(digits)
        {
            let brand = if near & mean::CARD != 0 { 30 } else { 0 };
            Some((EntityKind::Card, (62 + brand - if context.against && brand == 0 { 40 } else { 0 }).clamp(0, 99)))
        } else if near & mean::BANK != 0
            && (len == 18 && checks::clabe(digits)
                || len == 22 && checks::cbu(digits)
                || len == 9 && checks::routing(digits)
                || self.sort_code(window))
        {
            Some((EntityKind::BankAccount, 80))
        } else {
            None
        };
        let Some((kind, confidence)) = found else { return false };
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return false };
        let start = self.search.items.get(first.first).map_or(0, |i| i.start);
        let end = self.search.items.get(last.last).map_or(0, |i| i.end);
        let evasion = self.search.text.evidence(start..end);
        let digits = self.run.digits.get(first.at..last.at + last.len).and_then(|d| std::str::from_utf8(d).ok()).unwrap_or_default();
        let value = self.search.out.value_of(&[digits]);
        self.search.out.push(Finding { kind, start, end, confidence: confidence as u8, evasion }, value);
        true
    }

    /// A sort code and an account, or a routing number and an account, in either order: `12-34-56 acc 12345678`, however the digits are spaced or told.
    fn sort_code(&self, window: Window) -> bool {
        let groups = self.run.groups.get(window.from..window.to).unwrap_or_default();
        let digits = self.digits(window);
        let start = groups.first().map_or(0, |g| g.at);
        let pair = |split: usize| {
            let (bank, account) = digits.split_at_checked(split).unwrap_or(("", ""));
            (bank.len(), account.len()) == (6, 8)
                || (bank.len(), account.len()) == (8, 6)
                || (6..=17).contains(&account.len()) && bank.len() == 9 && checks::routing(bank)
        };
        let lens = |n: usize| groups.get(n).map_or(0, |g| g.len);
        let three = |n: usize| (n..n + 3).all(|i| lens(i) == 2);
        let told = groups.iter().skip(1).any(|g| g.sep & sep::WORDS != 0 && pair(g.at - start));
        let tidy = match groups.len() {
            2 => pair(lens(0)),
            4 => three(0) && lens(3) == 8 || lens(0) == 8 && three(1),
            _ => false,
        };
        told || tidy
    }

    /// CAS numbers anywhere in the run; their groups are taken out of it.
    fn cas_numbers(&mut self) {
        let mut at = 0;
        while at < self.run.groups.len() {
            match self.cas_at(at) {
                Some(taken) => {
                    self.run.groups.drain(at..at + taken);
                    if let Some(next) = self.run.groups.get_mut(at) {
                        next.sep |= sep::LINE;
                    }
                }
                None => at += 1,
            }
        }
    }

    fn cas_at(&mut self, at: usize) -> Option<usize> {
        let groups = &self.run.groups;
        let a = groups.get(at)?;
        let near = self.search.means_near(a.first, a.last) & mean::CAS != 0;
        let (last, taken) = match (groups.get(at + 1), groups.get(at + 2)) {
            (Some(b), Some(c)) if (2..=7).contains(&a.len) && b.len == 2 && c.len == 1 => {
                let dashed = |s: u16| s & sep::DASH != 0 && s & !(sep::DASH | sep::SPACE) == 0;
                let loose = |s: u16| s != 0 && s & sep::LINE == 0;
                let spoken = a.words > 0 && b.words > 0 && c.words > 0;
                let inner = if near || spoken { loose(b.sep) && loose(c.sep) } else { dashed(b.sep) && dashed(c.sep) };
                let outer = (at == 0 || a.sep & sep::DASH == 0 || a.sep & sep::SPACE != 0)
                    && groups.get(at + 3).is_none_or(|d| d.sep & sep::DASH == 0 || d.sep & sep::SPACE != 0);
                // Said with no dashes and nothing else that speaks of it, it is the whole number: `oh double seven double oh nine ...` is none.
                let whole = near || !spoken || dashed(b.sep) && dashed(c.sep) || groups.len() == 3;
                if !inner || !outer || !whole {
                    return None;
                }
                (*c, 3)
            }
            _ if (5..=10).contains(&a.len) && near && a.words == 0 => (*a, 1),
            _ if near && a.words > 0 && groups.iter().skip(at).all(|g| g.words > 0) => (*groups.last()?, groups.len() - at),
            _ => return None,
        };
        let a = *a;
        let digits = self.run.digits.get(a.at..last.at + last.len).and_then(|d| std::str::from_utf8(d).ok())?;
        let valid = checks::cas(digits);
        if !valid && (taken == 1 || a.words > 0 || taken > 3) {
            return None;
        }
        if valid {
            let start = self.search.items.get(a.first)?.start;
            let end = self.search.items.get(last.last)?.end;
            let split = digits.len().checked_sub(3)?;
            let value =
                self.search.out.value_of(&[digits.get(..split)?, "-", digits.get(split..split + 2)?, "-", digits.get(split + 2..)?]);
            let confidence = match (near, a.words > 0) {
                (true, _) => 97,
                (false, true) => 56,
                (false, false) if a.len >= 3 => 85,
                (false, false) => 70,
            };
            let evasion = self.search.text.evidence(start..end);
            self.search.out.push(Finding { kind: EntityKind::Cas, start, end, confidence, evasion }, value);
        }
        Some(taken)
    }
}

/// "in case ...", which is not a case's number.
fn in_case(items: &[Item], at: usize, folded: &str) -> bool {
    let text = |i: Option<usize>| i.and_then(|i| items.get(i)).map_or("", |i| i.text(folded));
    text(Some(at)) == "case" && text(at.checked_sub(1)) == "in"
}

/// `x3456`, `ext. 49`: an extension after a number.
fn extension(items: &[Item], at: usize) -> bool {
    let Some(item) = items.get(at).filter(|i| i.kind == Kind::Word && i.has(mean::EXTENSION)) else { return false };
    let mut after = items.get(at + 1..).unwrap_or_default().iter();
    let short = |i: &Item| i.kind == Kind::Digits && (2..=7).contains(&(i.end - i.start));
    let dotted = item.end - item.start > 1;
    after.next().is_some_and(|n| short(n) || dotted && n.is_mark(b".:") && after.next().is_some_and(short))
}

/// The language, English aside, that most of the number words are of.
fn spoken_language(groups: &[Group]) -> Option<u8> {
    let mut counts = [0u8; LANGUAGES.len()];
    for g in groups {
        if let Some(count) = counts.get_mut(g.lang as usize).filter(|_| LANGUAGES.get(g.lang as usize) != Some(&"und")) {
            *count = count.saturating_add(1);
        }
    }
    let (lang, count) = counts.iter().enumerate().skip(1).max_by_key(|(_, c)| **c)?;
    let english = counts.first().copied().unwrap_or(0);
    (*count > 0 && *count >= english).then_some(lang as u8)
}

fn unspaced(item: &Item, folded: &str) -> bool {
    super::items::is_unspaced(first_char(item, folded))
}

fn first_char(item: &Item, folded: &str) -> char {
    item.text(folded).chars().next().unwrap_or(' ')
}

/// The number that digits are in the countries of the options or, where none are named, in those of a language and of the digits' own form.
pub(super) fn national(digits: &str, options: &EntityOptions, lang: Option<u8>) -> Option<phone::Number> {
    if options.countries.is_empty() {
        return regions(lang, digits).iter().find_map(|region| phone::national(digits, region));
    }
    options.countries.iter().find_map(|region| phone::national(digits, region))
}

/// The regions in which a number is tried when the host names none: those of the language it is told in, else those that its own form names.
fn regions(lang: Option<u8>, digits: &str) -> &'static [&'static str] {
    let lang = lang.and_then(|l| LANGUAGES.get(l as usize)).copied().unwrap_or("");
    match lang {
        "es" => &["MX", "ES", "AR", "CO", "CL", "PE"],
        "pt" => &["BR", "PT"],
        "fr" => &["FR", "BE", "CA"],
        "de" => &["DE", "AT", "CH"],
        "ru" => &["RU", "UA", "KZ"],
        "zh" => &["CN", "TW", "HK"],
        "hi" => &["IN", "PK"],
        "ar" => &["SA", "AE", "EG"],
        "id" => &["ID", "MY"],
        "tr" => &["TR"],
        "th" => &["TH"],
        "vi" => &["VN"],
        "it" => &["IT"],
        "ja" => &["JP"],
        "ko" => &["KR"],
        _ if digits.len() == 11 && digits.starts_with('1') => &["CN", "US"],
        _ if digits.len() == 11 && digits.starts_with('8') => &["RU"],
        _ if digits.len() == 11 && digits.starts_with("07") => &["GB"],
        _ if digits.starts_with('0') => &["GB"],
        _ => &["US"],
    }
}

/// What the grouping of the digits says by itself.
#[derive(Clone, Copy, Debug, Default)]
struct Shape {
    points: i32,
    /// Points where a numbering plan holds the number, and those lost where none does.
    planned: i32,
    unplanned: i32,
    plus: bool,
    /// Spelled with words.
    spelled: bool,
    /// A grouping that only phone numbers have.
    firm: bool,
    /// Letters stand for digits.
    leet: bool,
    /// Groups of one length, as prices have them.
    even: bool,
}

impl Shape {
    fn of(run: &Run, window: Window, digits: &str) -> Option<Self> {
        let groups = run.groups.get(window.from..window.to)?;
        let first = groups.first()?;
        let len = digits.len();
        let mut seps = 0;
        for g in groups.iter().skip(1) {
            seps |= g.sep;
        }
        let words: usize = groups.iter().map(|g| g.words as usize).sum();
        let weak: usize = groups.iter().map(|g| g.weak as usize).sum();
        let leet = groups.iter().any(|g| g.leet);
        if is_other(groups, digits, seps, words) {
            return None;
        }
        let mut shape = Self { spelled: words >= 3 && words > 2 * weak || words >= 1 && len >= 10 && weak < words, ..Self::default() };
        let lens = |n: usize| groups.get(n).map_or(0, |g| g.len);
        let same = digits.bytes().all(|b| Some(b) == digits.bytes().next());
        let offset = usize::from(lens(0) == 1 && digits.starts_with('1'));
        let nanp = groups.len() == 3 + offset && (lens(offset), lens(offset + 1), lens(offset + 2)) == (3, 3, 4);
        let singles = groups.iter().filter(|g| g.len == 1).count();
        shape.plus = first.plus;
        shape.leet = leet;
        shape.even = even_groups(groups, digits);
        let pairs = groups.len() == 4 && (lens(0), lens(1), lens(2), lens(3)) == (3, 3, 2, 2);
        if first.plus {
            (shape.points, shape.planned, shape.unplanned) = if len >= 7 { (58, 30, if len < 9 { 20 } else { 0 }) } else { (20, 30, 0) };
        } else if digits.starts_with("00") && len >= 11 {
            (shape.points, shape.planned, shape.unplanned) = (50, 30, 10);
        } else if nanp && seps & !(sep::SLASH | sep::SPACE) == 0 && seps & sep::SLASH != 0 {
            (shape.points, shape.planned) = (34, 18);
        } else if nanp && listed(groups, digits) {
            shape.points = 30;
        } else if nanp {
            shape.firm = true;
            shape.points = if seps & (sep::COMMA | sep::COLON) == 0 { 72 } else { 62 };
        } else if len == 11
            && digits.starts_with('1')
            && !digits.starts_with("10")
            && !digits.starts_with("11")
            && !digits.starts_with("12")
            && (groups.len() == 1 || (lens(0), lens(1), lens(2)) == (3, 4, 4) || words + singles >= 9)
        {
            (shape.points, shape.planned, shape.unplanned) = (56, 18, 20);
            if groups.len() == 1 && !digits.starts_with(['1', '0']) || digits.starts_with("194") {
                shape.points -= 10;
            }
        } else if business(groups, digits, seps) || paren_area(groups, digits) {
            shape.points = 56;
        } else if spread_singles(groups, len, seps) {
            shape.points = if len == 10 || len == 11 { 62 } else { 42 };
            if seps & sep::PAREN != 0 && seps & sep::SPACE != 0 {
                shape.points -= 20;
            }
            if seps & sep::COMMA != 0 {
                shape.points -= 8;
            }
        } else if ordered(groups, digits) {
            (shape.points, shape.planned, shape.unplanned) = (48, 16, 12);
        } else if (9..=11).contains(&len) && digits.starts_with('0') && area_slash(groups) {
            (shape.points, shape.planned, shape.unplanned) = (46, 10, 10);
        } else if (9..=11).contains(&len) && digits.starts_with('0') {
            let column = groups.len() >= 3 && seps == sep::LINE && groups.iter().all(|g| (2..=5).contains(&g.len));
            (shape.points, shape.planned, shape.unplanned) = (
                if groups.len() == 1 || column {
                    46
                } else if seps & !sep::USUAL == 0 {
                    56
                } else {
                    38
                },
                10,
                10,
            );
        } else if len == 11 && digits.get(2..3) == Some("9") && brazilian(groups) && !digits.starts_with(['0', '1']) {
            shape.points = 54;
        } else if len == 11 && digits.starts_with('8') && (lens(0), lens(1), lens(2)) == (1, 3, 3) {
            shape.points = 64;
        } else if pairs {
            shape.points = 54;
        } else if len == 9
            && digits.starts_with(['6', '7'])
            && (lens(0), lens(1), lens(2), lens(3)) == (3, 2, 2, 2)
            && (seps == sep::SPACE || seps == sep::DOT)
        {
            shape.points = 40;
        } else if digit_column(groups, len, seps) {
            (shape.points, shape.planned, shape.unplanned) = (44, 14, 24);
        } else if area_code(groups, len) {
            (shape.points, shape.planned) = (56, 10);
        } else if len == 12 && digits.starts_with('0') && twelve(groups, digits, seps) {
            (shape.points, shape.planned, shape.unplanned) = (38, 18, 14);
        } else if len == 10 && groups.len() == 1 {
            (shape.points, shape.planned, shape.unplanned) = (40, 14, 8);
        } else if len == 10 || len == 11 {
            let fits = groups.len() <= 6 && seps & !sep::USUAL == 0;
            (shape.points, shape.planned, shape.unplanned) = (if fits { 36 } else { 28 }, 14, 4);
            if (groups.len() == 2 || groups.len() >= 4) && lens(0) == 3 && seps & !sep::USUAL == 0 {
                shape.points += 14;
            }
        } else if len == 7 && (lens(0), lens(1)) == (3, 4) {
            // With a dot it is a fraction as well.
            shape.points = if seps == sep::DOT { 24 } else { 38 };
        } else if len == 8 && (lens(0), lens(1)) == (4, 4) {
            shape.points = 30;
        } else if len == 12 || len == 13 {
            (shape.points, shape.planned, shape.unplanned) = (30, 16, 12);
        } else if len >= 7 {
            (shape.points, shape.planned, shape.unplanned) = (28, 10, 2);
        } else {
            shape.points = if words >= 4 { 20 } else { 0 };
        }
        if words > 0 && len >= 7 {
            let strong = words.saturating_sub(weak) as i32;
            shape.points += (strong * 8 - weak as i32 * 2).clamp(-10, 34);
            if len == 10 || len == 11 {
                shape.points += if strong > 0 && words < groups.len() + 2 { 12 } else { 6 };
            }
        }
        if leet && len >= 10 {
            shape.points += 8;
        }
        if seps & sep::EMOJI != 0 && len >= 9 {
            shape.points += 10;
        }
        if seps & sep::WORDS != 0 && !(nanp || words >= 6 || ordered(groups, digits)) {
            shape.points -= 12;
        }
        if seps & sep::COLON != 0 && !nanp && words == 0 {
            shape.points -= 20;
        }
        if same && !first.plus {
            shape.points -= 50;
        }
        Some(shape)
    }
}

/// Free and shared-cost numbers without a country's code: `1800 975 707`, `1-300-975-711`, `1800 123 4567`. Sizes end in noughts.
fn business(groups: &[Group], digits: &str, seps: u16) -> bool {
    let (first, rest) = match groups {
        [first, rest @ ..] if first.len == 4 && (seps == sep::SPACE || seps == sep::DASH) => (first, rest),
        [one, first, rest @ ..] if one.len == 1 && first.len == 3 && seps == sep::DASH => (one, rest),
        _ => return false,
    };
    let lens = |n: usize| rest.get(n).map_or(0, |g| g.len);
    let form = matches!((rest.len(), lens(0), lens(1), lens(2)), (2, 3, 3 | 4, 0) | (3, 2, 2, 2));
    let exact = rest.iter().any(|g| digits.as_bytes().get(g.at + g.len - first.at - 1).is_some_and(|d| *d != b'0'));
    form && exact && !first.plus && (digits.starts_with("1800") || digits.starts_with("1300"))
}

/// A two-digit area code in brackets and the number: `(21) 99876-5432`, `(11) 4002-8922`; not years.
fn paren_area(groups: &[Group], digits: &str) -> bool {
    let [area, first, last] = groups else { return false };
    let year = |from: usize| digits.get(from..from + 2).is_some_and(|y| matches!(y, "19" | "20"));
    area.len == 2
        && first.sep & sep::PAREN != 0
        && first.sep & !(sep::PAREN | sep::SPACE) == 0
        && (4..=5).contains(&first.len)
        && last.len == 4
        && (last.sep == sep::DASH || last.sep == sep::SPACE && first.len == 5)
        && !(first.len == 4 && year(2) && year(6))
}

/// A two-digit area code and a mobile number of nine digits: `21 9 8765-4321`, `21 98765 4321`.
fn brazilian(groups: &[Group]) -> bool {
    let form = match groups {
        [area, first, last] => (area.len, first.len, last.len) == (2, 5, 4),
        [area, nine, first, last] => (area.len, nine.len, first.len, last.len) == (2, 1, 4, 4),
        _ => false,
    };
    form && groups.iter().skip(1).all(|g| g.sep & !sep::USUAL == 0)
}

/// A slash behind the area code, as in some countries: `0470/12 34 56`, `030/12345678`.
fn area_slash(groups: &[Group]) -> bool {
    let Some((area, [first, rest @ ..])) = groups.split_first() else { return false };
    (3..=5).contains(&area.len)
        && first.sep & sep::SLASH != 0
        && first.sep & !(sep::SLASH | sep::SPACE) == 0
        && rest.iter().all(|g| g.sep & !(sep::SPACE | sep::DOT) == 0)
        && groups.iter().skip(1).all(|g| g.len >= 2)
}

/// `512, 555 and 1033`, `100 then 200 then 3000`: numbers that are listed. The last group of a telephone number may begin with a nought.
fn listed(groups: &[Group], digits: &str) -> bool {
    let start = groups.first().map_or(0, |g| g.at);
    let text = |g: &Group| digits.get(g.at - start..g.at - start + g.len).unwrap_or_default();
    let [.., middle, last] = groups else { return false };
    let round = groups.iter().skip(1).any(|g| g.sep & sep::WORDS != 0) && groups.iter().all(|g| text(g).ends_with("00"));
    let comma = middle.sep & sep::COMMA != 0 && last.sep & (sep::WORDS | sep::COMMA) == sep::WORDS;
    round || comma && last.words == 0 && !text(last).starts_with('0')
}

/// Groups that are told one after another: `starts 0151, then 496, then 0277`.
fn ordered(groups: &[Group], digits: &str) -> bool {
    let (len, zero) = (digits.len(), digits.starts_with('0'));
    groups.len() >= 3
        && (9..=13).contains(&len)
        && groups.iter().skip(1).all(|g| g.sep & sep::WORDS != 0 || zero && g.sep == sep::SPACE)
        && groups.iter().filter(|g| g.sep & sep::WORDS != 0).count() >= 2
        && groups.iter().all(|g| g.words == 0 && g.len <= 5)
}

/// Twelve digits with a trunk prefix: in a few groups, or a German mobile number in one.
fn twelve(groups: &[Group], digits: &str, seps: u16) -> bool {
    match groups.len() {
        1 => matches!(digits.get(..3), Some("015" | "016" | "017")),
        2..=4 => seps & !sep::USUAL == 0 && !hours(groups, digits),
        _ => false,
    }
}

/// Hours of a day, four digits each.
fn hours(groups: &[Group], digits: &str) -> bool {
    let start = groups.first().map_or(0, |g| g.at);
    let time = |g: &Group| {
        digits.get(g.at - start..g.at - start + g.len).and_then(|d| d.parse().ok()).is_some_and(|t: u32| t <= 2400 && t % 100 < 60)
    };
    groups.iter().all(|g| g.len == 4 && time(g))
}

/// Three groups and more of one length: prices and sizes as often as a telephone number.
fn even_groups(groups: &[Group], digits: &str) -> bool {
    let len = groups.first().map_or(0, |g| g.len);
    (3..=6).contains(&groups.len())
        && (3..=5).contains(&len)
        && groups.iter().all(|g| g.len == len && !g.plus && g.words == 0)
        && !digits.starts_with('0')
        && digits.len() > 8
}

/// Ten digits on four lines or more, each with a few of them: nobody writes a list so.
fn digit_column(groups: &[Group], len: usize, seps: u16) -> bool {
    (10..=11).contains(&len) && groups.len() >= 4 && seps == sep::LINE && groups.iter().all(|g| g.len <= 4)
}

/// A trunk prefix, an area code in brackets and two groups: `01 (33) 3461 2234`.
fn area_code(groups: &[Group], len: usize) -> bool {
    let [trunk, area, first, last] = groups else { return false };
    (9..=13).contains(&len)
        && trunk.len <= 3
        && (2..=4).contains(&area.len)
        && area.sep == sep::PAREN | sep::SPACE
        && first.sep & sep::PAREN != 0
        && (3..=4).contains(&first.len)
        && last.len == 4
        && last.sep & !(sep::SPACE | sep::DASH) == 0
}

/// Ten or so digits that stand one by one, or nearly.
fn spread_singles(groups: &[Group], len: usize, seps: u16) -> bool {
    let singles = groups.iter().filter(|g| g.len == 1 && g.words == 0).count();
    (7..=13).contains(&len)
        && (singles >= 7 && singles * 10 >= groups.len() * 7 || singles >= 5 && len >= 10 && groups.len() >= 6)
        && seps & sep::WORDS == 0
        && (seps & sep::LINE == 0 || matches!(len, 10 | 11) && singles == groups.len())
}

/// Counting, ranges of sizes or values, and numbers drawn: `one two three four five`, `100 220 330 470 680`, `07 12 19 23 41 44`.
fn is_series(groups: &[Group], digits: &str) -> bool {
    let start = groups.first().map_or(0, |g| g.at);
    let value = |g: &Group| digits.get(g.at - start..g.at - start + g.len).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
    let counts = |groups: &[Group]| {
        let (Some(from), Some(second)) = (groups.first().map(value), groups.get(1).map(value)) else { return false };
        let step = second.saturating_sub(from);
        groups.len() >= 5 && from <= step && step > 0 && groups.iter().enumerate().all(|(n, g)| value(g) == from + step * n as u32)
    };
    let round = groups.iter().all(|g| g.len >= 2 && g.words == 0 && value(g).is_multiple_of(10));
    let rises = groups.windows(2).all(|pair| matches!(pair, [a, b] if value(a) < value(b) && b.sep & !(sep::SPACE | sep::COMMA) == 0));
    let drawn = groups.len() >= 6 && groups.iter().all(|g| g.len == 2 && g.words == 0);
    counts(groups)
        || counts(groups.get(1..).unwrap_or_default()) && groups.first().is_some_and(|g| g.len > 1)
        || round && rises && groups.len() >= 4 && !digits.starts_with('0')
        || drawn && rises
}

/// Dates, IPs, article numbers and other numbers with a form of their own.
fn is_other(groups: &[Group], digits: &str, seps: u16, words: usize) -> bool {
    let lens = |n: usize| groups.get(n).map_or(0, |g| g.len);
    let value = |n: usize| -> u32 {
        groups
            .get(n)
            .and_then(|g| digits.get(g.at - groups.first().map_or(0, |f| f.at)..)?.get(..g.len))
            .and_then(|d| d.parse().ok())
            .unwrap_or(0)
    };
    let plus = groups.first().is_some_and(|g| g.plus);
    let year = |y: u32| (1900..=2100).contains(&y);
    let day = |d: u32| (1..=31).contains(&d);
    let tight = seps & (sep::SPACE | sep::WORDS | sep::EMOJI | sep::LINE) == 0;
    if plus && seps & sep::COLON != 0 && lens(0) <= 2 && groups.iter().skip(1).any(|g| g.sep & sep::COLON != 0 && g.len == 2) {
        return true;
    }
    if plus || words > 0 {
        return false;
    }
    let rising = digits.as_bytes().windows(2).all(|w| matches!(w, [a, b] if *b == a + 1));
    if rising && groups.len() == digits.len() {
        return true;
    }
    if groups.len() == 3
        && lens(0) == 4
        && lens(1) == 4
        && year(value(0))
        && year(value(1))
        && groups.get(1).is_some_and(|g| g.sep == sep::DASH)
    {
        return true;
    }
    let dotted = |n: usize| groups.get(n).is_some_and(|g| g.sep == sep::DOT);
    let decimals = groups.len() >= 6
        && groups.len().is_multiple_of(2)
        && (0..groups.len()).all(|n| if n % 2 == 1 { dotted(n) } else { n == 0 || groups.get(n).is_some_and(|g| g.sep & sep::SPACE != 0) });
    if decimals && seps & sep::DASH != 0 {
        return true;
    }
    let slashed = |n: usize| groups.get(n).is_some_and(|g| g.sep == sep::SLASH);
    let fractions = groups.len() >= 6
        && groups.len().is_multiple_of(2)
        && (0..groups.len())
            .all(|n| if n % 2 == 1 { slashed(n) } else { n == 0 || groups.get(n).is_some_and(|g| g.sep & sep::SPACE != 0) });
    if fractions {
        return true;
    }
    if groups.len() == 4 && dotted(1) && dotted(3) && groups.get(2).is_some_and(|g| g.sep & sep::SPACE != 0) && (lens(0) < 3 || lens(1) > 3)
    {
        return true;
    }
    if groups.len() >= 3 && seps & !(sep::DASH | sep::DOT | sep::SLASH | sep::SPACE | sep::COLON | sep::COMMA | sep::OTHER) == 0 {
        let ymd = lens(0) == 4 && year(value(0)) && lens(1) <= 2 && lens(2) <= 2 && day(value(1)) && day(value(2));
        let dmy = lens(0) <= 2 && lens(1) <= 2 && lens(2) == 4 && year(value(2)) && day(value(0)) && day(value(1));
        if ymd || dmy {
            return true;
        }
    }
    if digits.len() == 8 && groups.len() == 1 && year(value(0) / 10000) && day(value(0) / 100 % 100) && day(value(0) % 100) {
        return true;
    }
    if groups.len() == 4 && seps == sep::DOT && tight && (0..4).all(|n| value(n) <= 255 && lens(n) <= 3) && digits.len() <= 12 {
        return true;
    }
    if groups.len() == 2 && lens(0) == 8 && year(value(0) / 10000) {
        return true;
    }
    let years = groups.iter().enumerate().filter(|(n, g)| g.len == 4 && year(value(*n))).count();
    if groups.len() >= 2 && years == groups.len() {
        return true;
    }
    if seps & sep::COLON != 0
        && groups.iter().skip(1).any(|g| g.sep == sep::COLON && g.len == 2)
        && groups.len() <= 7
        && groups.iter().all(|g| g.len <= 2 || g.len == 4)
    {
        return true;
    }
    if seps == sep::DOT && groups.len() == 2 && lens(1) != 7 && (lens(0), lens(1)) != (3, 4)
        || seps == sep::COMMA && groups.len() <= 4 && groups.iter().skip(1).all(|g| g.len == 3)
    {
        return true;
    }
    if groups.len() == 3 && lens(2) == 2 && seps == sep::COMMA | sep::DOT {
        return true;
    }
    groups.len() == 1
        && (digits.len() == 13 && checks::ean(digits) && (digits.starts_with("97") || digits.starts_with(['4', '5', '6', '7', '8']))
            || digits.len() == 15 && checks::luhn(digits))
}
