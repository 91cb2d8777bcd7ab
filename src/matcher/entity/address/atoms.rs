//! Atoms: names, and the marks that hold addresses together, however they are written. In: items. Out: atoms in order. Keeps: brackets and other decoys around a
//! dot or at-sign are part of it; a bounded number of items is looked at on both sides. Must not know: hosts, addresses.

use super::known::is_distinct;
use crate::matcher::entity::Search;
use crate::matcher::entity::items::{Gap, Item, Kind, is_unspaced};
use crate::matcher::entity::tables::{Word, mean};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Name,
    At,
    Dot,
    Dash,
    Under,
    Slash,
    Plus,
    Emoji,
    Other,
}

/// How a joining mark is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it should be.
    Mark,
    /// In brackets or behind another decoy.
    Bracket,
    /// As a word.
    Word,
    /// Another mark stands for it.
    Swapped,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Atom {
    pub part: Part,
    pub form: Form,
    pub gap: Gap,
    pub start: usize,
    pub end: usize,
    pub item: usize,
}

impl Atom {
    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }

    /// Touches the atom before it.
    pub(super) fn glued(&self) -> bool {
        self.gap == Gap::None
    }

    /// One of these marks as it should be.
    pub(super) fn is_mark(&self, parts: &[Part]) -> bool {
        self.form == Form::Mark && parts.contains(&self.part)
    }
}

/// The most brackets beside a dot.
const MARKS: usize = 8;
/// Marks that are written on both sides of a dot or at-sign as if they were brackets: `*at*`, `-dot-`.
const DECOYS: &[u8] = b"-/_*";

/// What a word means that stands for a mark, and the letters of the longest one that does and has no such meaning.
const MARKS_NAMED: u32 = mean::AT | mean::DOT | mean::DASH | mean::UNDERSCORE | mean::SLASH;
const LETTERS: usize = 2;

/// What words that are named after a mark stand for.
const NAMED_MARKS: &[(u32, Part)] =
    &[(mean::DOT, Part::Dot), (mean::DASH, Part::Dash), (mean::UNDERSCORE, Part::Under), (mean::SLASH, Part::Slash)];

/// Cuts the items of a message into atoms.
pub(super) fn cut(search: &Search<'_>, out: &mut Vec<Atom>) {
    out.clear();
    let items = search.items;
    let mut bracket: Option<Gap> = None;
    let mut at = 0;
    while let Some(item) = items.get(at) {
        let (part, form) = part_of(search, at);
        if passed(search, at, part, out, &mut bracket) {
            at += 1;
            continue;
        }
        let last = if part == Part::Name { name_end(search, at) } else { at };
        let end = items.get(last).map_or(item.end, |i| i.end);
        let mut atom = Atom { part, form, gap: item.gap, start: item.start, end, item: at };
        if let Some(gap) = bracket.take() {
            atom.gap = atom.gap.max(gap);
            if matches!(part, Part::At | Part::Dot) && form != Form::Swapped {
                atom.form = Form::Bracket;
            }
        }
        out.push(atom);
        at = last + 1;
    }
}

/// Whether an item is no atom of its own: the second half of a sign, or a bracket or decoy beside a dot or at-sign, whose gap is noted.
fn passed(search: &Search<'_>, at: usize, part: Part, out: &mut [Atom], bracket: &mut Option<Gap>) -> bool {
    let Some(item) = search.items.get(at) else { return false };
    if part == Part::Emoji && item.kind == Kind::Word {
        return true;
    }
    let last = out.last_mut().filter(|a| matches!(a.part, Part::At | Part::Dot));
    if is_bracket(item) && decoy_bracket(search, at, last.is_some()) {
        if let Some(last) = last.filter(|l| l.form != Form::Swapped) {
            last.form = Form::Bracket;
        }
        *bracket = Some(bracket.map_or(item.gap, |g| g.max(item.gap)));
        return true;
    }
    let closes = || last.is_some_and(|a| a.form == Form::Bracket && a.end == item.start);
    let decoy = item.is_mark(DECOYS) && (decoy_opens(search.items, at) || closes());
    if decoy {
        *bracket = Some(Gap::None);
    }
    decoy
}

/// The last item of a name.
fn name_end(search: &Search<'_>, at: usize) -> usize {
    let on = |i: usize| search.items.get(i).is_some_and(|n| n.glued() && n.is_wordy() && !unspaced(n, search.folded));
    (at..).find(|i| !on(i + 1)).unwrap_or(at)
}

fn is_bracket(item: &Item) -> bool {
    item.is_mark(b"()[]{}<>\\^\"")
}

/// Whether a mark, the name of a dot or at-sign and such a mark again are written together.
fn decoy_opens(items: &[Item], at: usize) -> bool {
    let named = |n: &Item| n.glued() && n.kind == Kind::Word && n.has(mean::AT | mean::DOT) && n.end - n.start >= 2 && n.first && n.last;
    items.get(at + 1).is_some_and(named) && items.get(at + 2).is_some_and(|n| n.glued() && n.is_mark(DECOYS))
}

/// Whether a bracket belongs to the dot or at-sign beside it: brackets on both sides of that, or everything written together. `joined`: the last atom is one.
fn decoy_bracket(search: &Search<'_>, at: usize, joined: bool) -> bool {
    let items = search.items;
    let bracket = |i: usize| items.get(i).is_some_and(is_bracket);
    let joins = |i: usize| matches!(part_of(search, i).0, Part::At | Part::Dot);
    let glued = |i: usize| items.get(i).is_some_and(Item::glued);
    let plain = |i: usize| items.get(i).is_some_and(|i| i.is_mark(b".@"));
    let mut first = at;
    while first > 0 && at - first < MARKS && bracket(first - 1) {
        first -= 1;
    }
    let mut next = at;
    while next - at < MARKS && bracket(next) {
        next += 1;
    }
    if joins(next) {
        let together = || (first..=next + 1).all(glued) && first > 0 && plain(next);
        return bracket(next + 1) || bracketed_end(search, first, next) || together();
    }
    let Some(before) = first.checked_sub(1).filter(|b| joined && joins(*b)) else { return false };
    before > 0 && bracket(before - 1) || (before..=next).all(glued) && plain(before)
}

/// A dot and the ending in one pair of brackets, after a name that is no everyday word: `balonky (dot com)`.
fn bracketed_end(search: &Search<'_>, first: usize, dot: usize) -> bool {
    let items = search.items;
    items.get(dot + 2).is_some_and(is_bracket)
        && first > 0
        && items.get(dot + 1).is_some_and(|n| search.tables.is_spoken_tld(n.text(search.folded)))
        && items.get(first - 1).is_some_and(|n| n.is_wordy() && is_distinct(search, n.text(search.folded)))
}

fn unspaced(item: &Item, folded: &str) -> bool {
    item.text(folded).chars().next().is_some_and(is_unspaced)
}

/// What an item is in an address.
fn part_of(search: &Search<'_>, at: usize) -> (Part, Form) {
    let items = search.items;
    let Some(item) = items.get(at) else { return (Part::Other, Form::Mark) };
    let before = at.checked_sub(1).and_then(|i| items.get(i));
    let after = items.get(at + 1);
    match item.kind {
        Kind::Mark => mark_part(search, item, before, after),
        Kind::Emoji => sign_part(item.word, before, after),
        Kind::Word => word_part(search, item, before, after),
        Kind::Digits | Kind::Leet => (Part::Name, Form::Mark),
    }
}

fn mark_part(search: &Search<'_>, item: &Item, before: Option<&Item>, after: Option<&Item>) -> (Part, Form) {
    let between = || item.glued() && before.is_some_and(Item::is_wordy) && after.is_some_and(|a| a.glued() && a.is_wordy());
    let plain = || search.folded.as_bytes().get(item.start) == Some(&b'.');
    match item.mark {
        b'@' => (Part::At, Form::Mark),
        b'.' => (Part::Dot, if plain() { Form::Mark } else { Form::Swapped }),
        b',' if between() => (Part::Dot, Form::Swapped),
        b'#' if between() => (Part::At, Form::Swapped),
        b'-' => (Part::Dash, Form::Mark),
        b'_' => (Part::Under, Form::Mark),
        b'+' => (Part::Plus, Form::Mark),
        b'/' => (Part::Slash, Form::Mark),
        0 => match sign_part(search.tables.word(item.text(search.folded)), before, after) {
            (Part::Emoji, form) => (Part::Other, form),
            sign => sign,
        },
        _ => (Part::Other, Form::Mark),
    }
}

fn word_part(search: &Search<'_>, item: &Item, before: Option<&Item>, after: Option<&Item>) -> (Part, Form) {
    let (text, unspaced) = (item.text(search.folded), unspaced(item, search.folded));
    if !unspaced && !item.has(MARKS_NAMED) && text.len() > LETTERS {
        return (Part::Name, Form::Mark);
    }
    if text == "圈" && after.is_some_and(|a| a.glued() && a.text(search.folded) == "a") {
        return (Part::At, Form::Word);
    }
    if text == "a" && before.is_some_and(|b| item.glued() && b.text(search.folded) == "圈") {
        return (Part::Emoji, Form::Mark);
    }
    if !(unspaced || item.first && item.last) {
        return (Part::Name, Form::Mark);
    }
    let bracketed = || before.is_some_and(is_bracket) && after.is_some_and(is_bracket);
    if item.has(mean::AT) && !ends_host(search.folded, item) || matches!(text, "et" | "a" | "t") && bracketed() {
        return (Part::At, Form::Word);
    }
    match NAMED_MARKS.iter().find(|(meaning, _)| item.has(*meaning)) {
        Some((_, part)) => (*part, Form::Word),
        None if unspaced => (Part::Other, Form::Mark),
        None => (Part::Name, Form::Mark),
    }
}

/// `.at` at the end of a host.
fn ends_host(folded: &str, item: &Item) -> bool {
    let bytes = folded.as_bytes();
    let label = item.start.checked_sub(2).and_then(|b| bytes.get(b)).is_some_and(u8::is_ascii_alphanumeric);
    let on = bytes.get(item.end).is_some_and(|b| b"._-@".contains(b) || b.is_ascii_alphanumeric());
    item.text(folded) == "at" && bytes.get(item.start.wrapping_sub(1)) == Some(&b'.') && label && !on
}

/// An emoji that is named after the sign it stands for (monkey, snail; a round spot), between two words.
fn sign_part(sign: Option<&Word>, before: Option<&Item>, after: Option<&Item>) -> (Part, Form) {
    let between = before.is_some_and(Item::is_wordy) && after.is_some_and(Item::is_wordy);
    let part = match between {
        true if sign.is_some_and(|s| s.has(mean::AT)) => Part::At,
        true if sign.is_some_and(|s| s.has(mean::DOT)) => Part::Dot,
        _ => return (Part::Emoji, Form::Mark),
    };
    (part, Form::Word)
}
