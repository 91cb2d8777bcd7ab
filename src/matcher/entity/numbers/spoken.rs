//! The digits that an item stands for, written as digits or named: `double five`, `twenty one`, `nine hundred and twenty`. In: an item that is read as digits.
//! Out: a group more in the run, or a longer last one. Keeps: a sum is spelled anew where its first part stood. Must not know: what a number is for.

use super::groups::{Group, Run, Stretch, sep};
use super::runs::Between;
use crate::matcher::entity::Search;
use crate::matcher::entity::items::{Kind, leet_digit};
use crate::matcher::entity::tables::{LANGUAGES, Word, mean};

/// Adds the digits of an item to a run.
pub(super) fn add(run: &mut Run, search: &Search<'_>, at: usize, between: &Between) {
    let Some(item) = search.items.get(at) else { return };
    let text = item.text(search.folded);
    let glued = between.sep == 0 && item.glued() && !run.groups.is_empty();
    let mut group = Group { plus: between.plus, dash: between.dash, ..Group::new(at, run.digits.len(), between.sep) };
    match (item.kind, item.word) {
        (Kind::Digits, _) if glued && completes(run, text, at) => return,
        (Kind::Digits, _) => run.digits.extend_from_slice(text.as_bytes()),
        (Kind::Word, Some(word)) => {
            let value = u32::try_from(word.value).unwrap_or(0);
            if !between.dash && (value != 100 || multiplies(word)) && join_sum(run, value, between.sep, at) {
                return;
            }
            name(run, &mut group, word, value);
        }
        _ => {
            run.digits.extend(text.chars().filter_map(leet_digit));
            group.leet = true;
        }
    }
    if between.times > 1 {
        repeat_first(run, &mut group, between.times);
    }
    group.len = run.digits.len() - group.at;
    if group.len > 0 {
        run.push(group, glued);
    }
}

/// Begins a group with a number that a word names.
fn name(run: &mut Run, group: &mut Group, word: &Word, value: u32) {
    group.words = 1;
    group.weak = u8::from(!word.has(mean::STRONG));
    group.lang = word.lang;
    group.value = value;
    group.open = match value {
        100..=999 => 100,
        20..=99 if value.is_multiple_of(10) => 10,
        10 if LANGUAGES.get(word.lang as usize) == Some(&"fr") => 10,
        1..=9 => 1,
        _ => 0,
    };
    spell(&mut run.digits, value);
}

/// Writes the first digit of a group so often.
fn repeat_first(run: &mut Run, group: &mut Group, times: usize) {
    let first = run.digits.get(group.at).copied().unwrap_or(b'0');
    for _ in 1..times {
        run.digits.insert(group.at, first);
    }
    group.words = group.words.max(1);
}

/// Whether a language says "five hundred" by its words for five and a hundred.
fn multiplies(word: &Word) -> bool {
    matches!(LANGUAGES.get(word.lang as usize), Some(&("en" | "fr" | "hi" | "zh")))
}

/// `сто23` is 123; one digit more says that it is no sum.
fn completes(run: &mut Run, digits: &str, at: usize) -> bool {
    digits.len() <= 2
        && run.groups.last().is_some_and(|g| g.open == 100)
        && digits.parse().is_ok_and(|value| value > 0 && join_sum(run, value, 0, at))
}

/// "twenty" + "one", "five" + "hundred", "nine hundred" + "twenty": adds a word to the number before it.
fn join_sum(run: &mut Run, value: u32, between: u16, at: usize) -> bool {
    let Some(last) = run.groups.last_mut() else { return false };
    if last.words == 0 || between & !(sep::SPACE | sep::DASH | sep::WORDS) != 0 {
        return false;
    }
    let before = last.value;
    let sum = match (last.open, value) {
        (1, 100) => before * 100,
        (1, 1000) => before * 1000,
        // "dix-huit", but "dix six" are two.
        (10, 1..=9) if before == 10 && (value < 7 || between != sep::DASH) => return false,
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
        100..=999 if sum.is_multiple_of(100) => 100,
        20..=999 if sum.is_multiple_of(10) => 10,
        _ => 0,
    };
    true
}

/// Writes a number with digits.
pub(super) fn spell(digits: &mut Vec<u8>, value: u32) {
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

/// The language, English aside, that most of the number words are of.
pub(super) fn language(stretch: &Stretch<'_>) -> Option<u8> {
    let mut counts = [0u8; LANGUAGES.len()];
    for g in stretch.groups {
        if let Some(count) = counts.get_mut(g.lang as usize).filter(|_| LANGUAGES.get(g.lang as usize) != Some(&"und")) {
            *count = count.saturating_add(1);
        }
    }
    let (lang, count) = counts.iter().enumerate().skip(1).max_by_key(|(_, c)| **c)?;
    let english = counts.first().copied().unwrap_or(0);
    (*count > 0 && *count >= english).then_some(lang as u8)
}
