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
use std::ops::Range;

/// Words of the longest text that is added up: in a longer one there are some words of everything.
pub const MOST_WORDS: usize = 64;
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
    out.clear();
    for token in text.tokens() {
        let range = token.range();
        if token.flags.has(TokenFlags::UNSPACED) {
            let chars = text.folded().get(range.clone()).unwrap_or_default().char_indices();
            out.extend(chars.map(|(at, c)| {
                let start = range.start + at;
                let mut key = KeyHasher::new();
                key.push_at(text.class(), start, c.len_utf8());
                Unit { key: key.finish(), start: start as u32, end: (start + c.len_utf8()) as u32 }
            }));
        } else {
            let plain = token.flags.has(TokenFlags::DIGIT) && !token.flags.has(TokenFlags::LETTER);
            let key = if plain { digits_key(range.len()) } else { unit_key(text, token) };
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

/// Lists of words with points. Points are thousandths.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Wording {
    /// The number of a word's row plus one.
    table: KeyTable,
    /// Where the points of each row begin; one more for the end.
    #[serde(with = "bulk")]
    starts: Vec<u32>,
    /// A list's number above [`Wording::POINTS`] bits, and its points for the word above [`Wording::ZERO`].
    #[serde(with = "bulk")]
    points: Vec<u32>,
    /// What each list asks for.
    #[serde(with = "bulk")]
    least: Vec<u32>,
}

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
    /// Rows that were seen, in the order of their places: row, first and last unit.
    rows: Vec<(u32, u32, u32)>,
    /// A bit for each of them.
    seen: Vec<u64>,
    sums: Vec<i64>,
}

impl Wording {
    const POINTS: u32 = 20;
    const ZERO: u32 = 1 << (Self::POINTS - 1);
    /// The most points of a word, either way, and the most lists.
    pub const MOST: u32 = Self::ZERO - 1;
    /// The most lists.
    pub const LISTS: usize = 1 << (32 - Self::POINTS);

    /// From the lists: what each asks for, and its words' keys with their points. Of a key that comes again in a list the last stays.
    #[must_use]
    pub fn build(lists: &[(u32, Vec<(u64, i32)>)]) -> Self {
        let mut of_key: BTreeMap<u64, BTreeMap<u32, i32>> = BTreeMap::new();
        for (number, (_, words)) in (0..).zip(lists) {
            for &(key, points) in words {
                of_key.entry(key).or_default().insert(number, points);
            }
        }
        let mut wording = Self { table: KeyTable::with_capacity(of_key.len()), starts: vec![0], ..Self::default() };
        for (row, (key, points)) in (1..).zip(&of_key) {
            wording.table.insert(*key, row);
            let most = Self::MOST as i32;
            let packed = |(&list, &points): (&u32, &i32)| list << Self::POINTS | (points.clamp(-most, most) + Self::ZERO as i32) as u32;
            wording.points.extend(points.iter().map(packed));
            wording.starts.push(wording.points.len() as u32);
        }
        wording.least = lists.iter().map(|(least, _)| *least).collect();
        wording
    }

    /// Whether there are no lists.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.least.is_empty()
    }

    /// Whether every number in the tables is one of something that is there, and there are so many lists. Linear.
    pub(crate) fn is_sound(&self, lists: usize) -> bool {
        let rows = self.starts.len().saturating_sub(1);
        self.least.len() == lists
            && self.starts.first().is_none_or(|&first| first == 0)
            && bulk::is_sorted(&self.starts)
            && self.starts.last().map_or(0, |&end| end as usize) == self.points.len()
            && bulk::all(&self.points, |&packed| ((packed >> Self::POINTS) as usize) < lists)
            && self.table.all_payloads(|row| row as usize <= rows)
    }

    /// Bytes on the heap, about.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.table.heap_bytes() + (self.starts.capacity() + self.points.capacity() + self.least.capacity()) * 4
    }

    /// Appends the lists whose points are reached. A text of more than [`MOST_WORDS`] is left alone. One probe a word and a pair; nothing without budget.
    pub fn find(&self, text: &Text, scratch: &mut WordingScratch, budget: &mut Budget, out: &mut Vec<WordingHit>) {
        if self.is_empty() || text.tokens().len() > MOST_WORDS || !budget.charge(WORK) {
            return;
        }
        let WordingScratch { units: read, rows, seen, sums } = scratch;
        units(text, read);
        if read.len() > MOST_WORDS {
            return;
        }
        seen.resize(self.starts.len().div_ceil(64), 0);
        rows.clear();
        let mut note = |key: u64, first: usize, last: usize| {
            let Some(row) = self.table.get(key).checked_sub(1) else { return };
            let Some(word) = seen.get_mut(row as usize / 64) else { return };
            let bit = 1 << (row % 64);
            if *word & bit == 0 {
                *word |= bit;
                rows.push((row, first as u32, last as u32));
            }
        };
        for (at, unit) in read.iter().enumerate() {
            note(unit.key, at, at);
            if let Some(next) = read.get(at + 1) {
                note(unit.pair(*next), at, at + 1);
            }
        }
        sums.clear();
        sums.resize(self.least.len(), 0);
        for &(row, ..) in rows.iter() {
            if let Some(word) = seen.get_mut(row as usize / 64) {
                *word = 0;
            }
            for (list, points) in self.points_of(row) {
                if let Some(sum) = sums.get_mut(list as usize) {
                    *sum += i64::from(points);
                }
            }
        }
        for ((list, &least), &sum) in (0..).zip(&self.least).zip(sums.iter()) {
            if sum >= i64::from(least) {
                let Range { start, end } = self.speaking(list, read, rows);
                out.push(WordingHit { list, start, end });
            }
        }
    }

    fn points_of(&self, row: u32) -> impl Iterator<Item = (u32, i32)> {
        let bound = |row: u32| self.starts.get(row as usize).map_or(0, |&start| start as usize);
        let points = self.points.get(bound(row)..bound(row + 1)).unwrap_or_default();
        points.iter().map(|packed| (packed >> Self::POINTS, (packed & (2 * Self::ZERO - 1)) as i32 - Self::ZERO as i32))
    }

    /// From the first to the last word that speaks for a list.
    fn speaking(&self, list: u32, read: &[Unit], rows: &[(u32, u32, u32)]) -> Range<u32> {
        let speaks = |row: u32| self.points_of(row).any(|(of, points)| of == list && points > 0);
        let speaking = || rows.iter().filter(|(row, ..)| speaks(*row));
        let place = |unit: Option<u32>| unit.and_then(|unit| read.get(unit as usize));
        let start = place(speaking().map(|(_, first, _)| *first).min()).map_or(0, |unit| unit.start);
        start..place(speaking().map(|(.., last)| *last).max()).map_or(start, |unit| unit.end)
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
        wording.find(&text, &mut WordingScratch::default(), &mut budget, &mut out);
        out.iter().map(|hit| (hit.list, text.folded()[hit.start as usize..hit.end as usize].to_owned())).collect()
    }

    fn wording(lists: &[(u32, &[(&str, i32)])]) -> Wording {
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
        assert!(!sound.is_sound(0));
        assert!(!Wording { points: vec![7 << Wording::POINTS], ..sound.clone() }.is_sound(1));
        assert!(!Wording { starts: vec![0, 2], ..sound }.is_sound(1));
    }
}
