//! Words that tell by their number. In: words and pairs of neighbouring words, each with points for some lists; then folded texts. Out: the lists whose points
//! reach what they ask for, and where. Keeps: each word counts once; one table probe a word and a pair, no memory of its own for a message. Must not
//! know: rules, where points are from.

use super::bulk;
use super::table::KeyTable;
use super::terms::unit_key;
use crate::limits::Budget;
use crate::text::keys::KeyHasher;
use crate::text::{Text, TokenFlags};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Words of the longest text that is added up: in a longer one there are some words of everything.
pub const MOST_WORDS: usize = 40;
/// A row of more digits counts as one of so many.
const DIGITS: usize = 6;
/// Work units of a text.
const WORK: u64 = 20;

/// A word of a text, or a character of a script without spaces: what points are given for, alone and in pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// Of words that are written alike, disguised or not; of digits the same for as many.
    pub key: u64,
    /// Range in the folded text.
    pub start: u32,
    /// The end of it.
    pub end: u32,
}

impl Unit {
    /// The key of a pair.
    #[must_use]
    pub const fn pair(self, next: Self) -> u64 {
        (self.key.rotate_left(21) ^ next.key).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    }
}

/// Reads the units of a text. Linear.
///
/// ```
/// use sidestep::matcher::wording::units;
/// use sidestep::text::Text;
/// let mut text = Text::new();
/// let mut read = Vec::new();
/// text.read("Cash 250 收现金".as_bytes());
/// units(&text, &mut read);
/// assert_eq!(read.iter().filter_map(|u| text.folded().get(u.start as usize..u.end as usize)).collect::<Vec<_>>(), ["cash", "250", "收", "现", "金"]);
/// ```
pub fn units(text: &Text, out: &mut Vec<Unit>) {
    let keys: Vec<u64> = text.tokens().iter().map(|token| unit_key(text, token)).collect();
    units_with(text, &keys, out);
}

/// The same with the keys of the tokens.
fn units_with(text: &Text, keys: &[u64], out: &mut Vec<Unit>) {
    out.clear();
    for (token, &key) in text.tokens().iter().zip(keys) {
        if token.flags.has(TokenFlags::UNSPACED) {
            let range = token.range();
            let chars = text.folded().get(range.clone()).unwrap_or_default().char_indices();
            out.extend(chars.map(|(at, c)| {
                let start = range.start + at;
                let mut key = KeyHasher::new();
                key.push_at(text.class(), start, c.len_utf8());
                Unit { key: key.finish(), start: start as u32, end: (start + c.len_utf8()) as u32 }
            }));
        } else {
            let plain = token.flags.has(TokenFlags::DIGIT) && !token.flags.has(TokenFlags::LETTER);
            let key = if plain { digits_key(token.range().len()) } else { key };
            out.push(Unit { key, start: token.start, end: token.end });
        }
    }
}

/// The key of so many digits. No word has a `#` in it.
fn digits_key(digits: usize) -> u64 {
    let mut key = KeyHasher::new();
    key.push(&[b'#', b'0' + digits.min(DIGITS) as u8]);
    key.finish()
}

/// The key of a word or pair as an editor writes it: `cash`, `pay cash`, `#4` for four digits. `None` where it is no word and no pair.
///
/// ```
/// use sidestep::matcher::wording::{key_of, units};
/// use sidestep::text::Text;
/// let mut text = Text::new();
/// let key = key_of("four #4", &mut text);
/// let mut read = Vec::new();
/// text.read("FОUR 1234".as_bytes());
/// units(&text, &mut read);
/// assert_eq!(key, Some(read[0].pair(read[1])));
/// assert_eq!(key_of("three words here", &mut text), None);
/// ```
#[must_use]
pub fn key_of(words: &str, text: &mut Text) -> Option<u64> {
    let mut all = Vec::new();
    let mut read = Vec::new();
    for word in words.split(' ') {
        match word.strip_prefix('#').map(str::parse::<usize>) {
            Some(Ok(digits @ 1..=DIGITS)) => all.push(Unit { key: digits_key(digits), start: 0, end: 0 }),
            _ => {
                text.read(word.as_bytes());
                units(text, &mut read);
                all.extend_from_slice(&read);
            }
        }
    }
    match all[..] {
        [one] => Some(one.key),
        [one, next] => Some(one.pair(next)),
        _ => None,
    }
}

/// How a word is written in a file of points.
#[must_use]
pub fn written(text: &Text, unit: Unit) -> String {
    let folded = text.folded().get(unit.start as usize..unit.end as usize).unwrap_or_default();
    if folded.bytes().all(|b| b.is_ascii_digit()) { format!("#{}", folded.len().min(DIGITS)) } else { folded.to_owned() }
}

/// Lists of words with points. Points are hundredths.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Wording {
    /// The number of a word's row plus one.
    table: KeyTable,
    /// For each row the points of [`LANES`] lists, then those of the next so many.
    #[serde(with = "bulk")]
    points: Vec<i16>,
    /// What each list asks for.
    #[serde(with = "bulk")]
    least: Vec<u32>,
}

/// Lists that are added up at once.
const LANES: usize = 8;

/// Where a list's points reached what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordingHit {
    /// The list.
    pub list: u32,
    /// From the first to the last word that speaks for it, in the folded text.
    pub start: u32,
    /// The end of it.
    pub end: u32,
}

/// Reused memory.
#[derive(Debug, Clone, Default)]
pub struct WordingScratch {
    units: Vec<Unit>,
    /// For each row the text that it was seen in last, by number.
    seen: Vec<u32>,
    text: u32,
}

impl Wording {
    /// The most points of a word, either way, in hundredths: so the sum of a longest text fits.
    pub const MOST: i16 = 400;

    /// From the lists: what each asks for, and its words' keys with their points. Of a key that comes again in a list the last stays.
    #[must_use]
    pub fn build(lists: &[(u32, Vec<(u64, i16)>)]) -> Self {
        let mut rows: BTreeMap<u64, Vec<i16>> = BTreeMap::new();
        let width = lists.len().next_multiple_of(LANES);
        for (number, (_, words)) in lists.iter().enumerate() {
            for &(key, points) in words {
                if let Some(of_list) = rows.entry(key).or_insert_with(|| vec![0; width]).get_mut(number) {
                    *of_list = points;
                }
            }
        }
        let mut wording = Self { table: KeyTable::with_capacity(rows.len()), ..Self::default() };
        for (row, (key, points)) in (1..).zip(&rows) {
            wording.table.insert(*key, row);
            wording.points.extend(points);
        }
        wording.least = lists.iter().map(|(least, _)| *least).collect();
        wording
    }

    /// Whether there are no lists.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.least.is_empty()
    }

    /// Points of a row.
    fn width(&self) -> usize {
        self.least.len().next_multiple_of(LANES)
    }

    /// Whether every number in the tables is one of something that is there, and there are so many lists. Linear.
    pub(crate) fn is_sound(&self, lists: usize) -> bool {
        let rows = self.points.len().checked_div(self.width()).unwrap_or(0);
        self.least.len() == lists && rows * self.width() == self.points.len() && self.table.all_payloads(|row| row as usize <= rows)
    }

    /// Bytes on the heap, about.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.table.heap_bytes() + self.points.capacity() * 2 + self.least.capacity() * 4
    }

    /// Appends the lists whose points are reached. `keys` are those of the text's tokens. A text of more than [`MOST_WORDS`] is left alone. One probe a word and
    /// a pair, for eight lists at once; nothing without budget.
    pub(crate) fn find(&self, text: &Text, keys: &[u64], scratch: &mut WordingScratch, budget: &mut Budget, out: &mut Vec<WordingHit>) {
        if self.is_empty() || keys.len() > MOST_WORDS {
            return;
        }
        let mut read = std::mem::take(&mut scratch.units);
        units_with(text, keys, &mut read);
        if read.len() <= MOST_WORDS {
            for first in (0..self.least.len()).step_by(LANES).take_while(|_| budget.charge(WORK)) {
                self.find_lanes(first, &read, scratch, out);
            }
        }
        scratch.units = read;
    }

    /// The same for the lists from one on that are added up at once.
    fn find_lanes(&self, first: usize, read: &[Unit], scratch: &mut WordingScratch, out: &mut Vec<WordingHit>) {
        let mut sums = [0i16; LANES];
        self.each_row(read, scratch, &mut |row, _, _| {
            for (sum, points) in sums.iter_mut().zip(self.lanes(row, first)) {
                *sum = sum.saturating_add(points);
            }
        });
        for (list, (&least, &sum)) in (first..).zip(self.least.iter().skip(first).zip(&sums)) {
            if i64::from(sum) >= i64::from(least) {
                let (mut start, mut end) = (u32::MAX, 0);
                self.each_row(read, scratch, &mut |row, from, to| {
                    if self.lanes(row, first).get(list - first).is_some_and(|&points| points > 0) {
                        (start, end) = (start.min(from), end.max(to));
                    }
                });
                out.push(WordingHit { list: list as u32, start: start.min(end), end });
            }
        }
    }

    /// Calls for each row that stands in a text, once, with where it stands first.
    #[inline(always)]
    fn each_row(&self, read: &[Unit], scratch: &mut WordingScratch, see: &mut impl FnMut(usize, u32, u32)) {
        scratch.text = scratch.text.wrapping_add(1);
        if scratch.text == 0 || scratch.seen.is_empty() {
            scratch.text = 1;
            scratch.seen.clear();
            scratch.seen.resize(self.points.len().checked_div(self.width()).unwrap_or(0), 0);
        }
        let mut note = |key: u64, start: u32, end: u32| {
            let Some(row) = (self.table.get(key) as usize).checked_sub(1) else { return };
            if let Some(seen) = scratch.seen.get_mut(row).filter(|seen| **seen != scratch.text) {
                *seen = scratch.text;
                see(row, start, end);
            }
        };
        let mut before: Option<Unit> = None;
        for &unit in read {
            if let Some(before) = before {
                note(before.pair(unit), before.start, unit.end);
            }
            note(unit.key, unit.start, unit.end);
            before = Some(unit);
        }
    }

    /// The points of a row for the lists from one on that are added up at once.
    #[inline(always)]
    fn lanes(&self, row: usize, first: usize) -> [i16; LANES] {
        let at = row * self.width() + first;
        self.points.get(at..).and_then(<[i16]>::first_chunk).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::ScanLimits;

    fn hits(wording: &Wording, message: &str) -> Vec<(u32, String)> {
        let mut text = Text::new();
        text.read(message.as_bytes());
        let mut out = Vec::new();
        let mut budget = Budget::for_message(&ScanLimits::default(), message.len());
        let keys: Vec<u64> = text.tokens().iter().map(|token| unit_key(&text, token)).collect();
        wording.find(&text, &keys, &mut WordingScratch::default(), &mut budget, &mut out);
        out.iter().map(|hit| (hit.list, text.folded()[hit.start as usize..hit.end as usize].to_owned())).collect()
    }

    fn wording(lists: &[(u32, &[(&str, i16)])]) -> Wording {
        let mut text = Text::new();
        let mut key = |words: &str| key_of(words, &mut text).unwrap();
        let lists: Vec<_> = lists.iter().map(|(least, words)| (*least, words.iter().map(|(w, p)| (key(w), *p)).collect())).collect();
        let wording = Wording::build(&lists);
        assert!(wording.is_sound(lists.len()));
        wording
    }

    #[test]
    fn points_add_up_and_each_word_counts_once() {
        let wording = wording(&[(3000, &[("cash", 1000), ("pay cash", 1500), ("fee", 900), ("card", -2000)]), (500, &[("#4", 500)])]);
        assert_eq!(hits(&wording, "you pay cash, no fee"), [(0, "pay cash, no fee".to_owned())]);
        assert_eq!(hits(&wording, "c4sh cash cash fee fee"), []);
        assert_eq!(hits(&wording, "pay c4sh and a fee"), [(0, "pay c4sh and a fee".to_owned())]);
        assert_eq!(hits(&wording, "pay cash, no fee, or by card"), []);
        assert_eq!(hits(&wording, "code 1234 of 12345"), [(1, "1234".to_owned())]);
        assert_eq!(hits(&wording, ""), []);
    }

    #[test]
    fn a_long_text_is_left_alone() {
        let wording = wording(&[(2000, &[("cash", 1000), ("fee", 1000)])]);
        let filler = |words| "word ".repeat(words);
        assert_eq!(hits(&wording, &format!("cash {} fee", filler(MOST_WORDS - 2))).len(), 1);
        assert_eq!(hits(&wording, &format!("cash {} fee", filler(MOST_WORDS - 1))), []);
        assert_eq!(hits(&wording, &format!("cash fee {}", "现".repeat(MOST_WORDS - 1))), []);
    }

    #[test]
    fn numbers_outside_the_tables_are_refused() {
        let sound = wording(&[(1000, &[("cash", 1000)])]);
        assert!(!sound.is_sound(0) && !sound.is_sound(9));
        assert!(!Wording { points: sound.points[1..].to_vec(), ..sound.clone() }.is_sound(1));
        assert!(!Wording { points: Vec::new(), ..sound }.is_sound(1));
    }

    #[test]
    fn there_may_be_any_number_of_lists() {
        let lists: Vec<(u32, &[(&str, i16)])> = (0..19).map(|n| (100 + n, &[("cash", 100i16), ("fee", 10)] as &[_])).collect();
        assert_eq!(hits(&wording(&lists), "cash, fee").iter().map(|(list, _)| *list).collect::<Vec<_>>(), (0..=10).collect::<Vec<_>>());
    }
}
