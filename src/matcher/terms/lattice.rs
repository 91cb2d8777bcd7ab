//! Words in pieces and words with marks in them. In: stretches of text that hold fragments, marks inside words, or digits that may be several letters.
//! Out: verified hits. Keeps: every reading of every glyph is tried against all terms at once, and the budget bounds the walk. Must not know: words
//! that are written in one piece of plain letters.
//!
//! The terms' keys are sorted; a place in the walk is a place in the text and the range of keys that begin with what was read so far.

use super::token_keys::is_single;
use super::variants::char_len;
use super::{Run, TermIndex, align};
use crate::matcher::bulk;
use crate::matcher::table::sort_parts;
use crate::text::keys::CLASS;
use crate::text::{Text, Token, TokenFlags, glyphs};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// All keys of terms that may come disguised, sorted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct SortedKeys {
    #[serde(with = "bulk")]
    terms: Vec<u32>,
    #[serde(with = "bulk")]
    starts: Vec<u32>,
    #[serde(with = "bulk")]
    bytes: Vec<u8>,
    /// For each class where the keys that begin with it start; one more for the end.
    #[serde(with = "bulk")]
    firsts: Vec<u32>,
}

impl SortedKeys {
    /// From the keys of terms, one after another, and where each ends.
    pub(super) fn build(terms: &[u32], keys: &[u8], ends: &[u32]) -> Self {
        let bound = |i: u32| (i as usize).checked_sub(1).and_then(|i| ends.get(i)).map_or(0, |&end| end as usize);
        let key = |i: u32| keys.get(bound(i)..bound(i + 1)).unwrap_or_default();
        // Most keys are told apart by their first sixteen classes.
        let start = |n: u32| {
            let mut start = [0; 16];
            let length = key(n).len().min(16);
            start.get_mut(..length).into_iter().zip(key(n).get(..length)).for_each(|(to, from)| to.copy_from_slice(from));
            u128::from_be_bytes(start)
        };
        let order: Vec<(u128, u32)> = (0..terms.len() as u32).map(|n| (start(n), n)).collect();
        let exact = |&(s, a): &(u128, u32), &(t, b): &(u128, u32)| s.cmp(&t).then_with(|| key(a).cmp(key(b))).then(a.cmp(&b));
        // By the first two classes, and roughly by the third.
        let first = |(start, _): &(u128, u32)| {
            let [a, b, third, ..] = start.to_be_bytes();
            usize::from(a) << 10 | usize::from(b) << 2 | [b'h', b'n', b't'].iter().filter(|&&class| class < third).count()
        };
        let order = sort_parts(&order, 1 << 18, first, exact);
        let order: Vec<u32> = order.into_iter().map(|(_, n)| n).collect();
        let mut sorted = Self::default();
        sorted.starts.reserve(order.len() + 1);
        for &n in &order {
            sorted.starts.push(sorted.bytes.len() as u32);
            sorted.bytes.extend_from_slice(key(n));
        }
        sorted.starts.push(sorted.bytes.len() as u32);
        sorted.firsts =
            (0..=256).map(|class| order.partition_point(|&n| key(n).first().is_some_and(|&c| u16::from(c) < class)) as u32).collect();
        sorted.starts.shrink_to_fit();
        sorted.bytes.shrink_to_fit();
        sorted.terms = order.iter().filter_map(|&n| terms.get(n as usize)).copied().collect();
        sorted
    }

    pub(super) fn heap_bytes(&self) -> usize {
        (self.terms.capacity() + self.starts.capacity() + self.firsts.capacity()) * 4 + self.bytes.capacity()
    }

    /// Whether the keys are sorted, and each is that of one of so many terms.
    pub(super) fn is_sound(&self, terms: usize) -> bool {
        let keys = self.terms.len() as u32;
        self.starts.len() == self.terms.len() + 1
            && bulk::is_sorted(&self.starts)
            && self.starts.last().is_some_and(|&end| end as usize == self.bytes.len())
            && (1..keys).all(|i| self.key(i - 1) <= self.key(i))
            && self.firsts.len() == 257
            && self.firsts.is_sorted()
            && self.firsts.last() == Some(&keys)
            && bulk::all(&self.terms, |&term| (term as usize) < terms)
    }

    fn key(&self, i: u32) -> &[u8] {
        let bound = |i: u32| self.starts.get(i as usize).map_or(0, |&s| s as usize);
        self.bytes.get(bound(i)..bound(i + 1)).unwrap_or_default()
    }

    fn class_at(&self, i: u32, depth: usize) -> Option<u8> {
        self.key(i).get(depth).copied()
    }

    /// Of the keys `from`, those whose class at `depth` is `class`.
    fn narrow(&self, from: &Range<u32>, depth: usize, class: u8) -> Range<u32> {
        if depth == 0 {
            let bound = |c: usize| self.firsts.get(c).copied().unwrap_or(0);
            return bound(usize::from(class))..bound(usize::from(class) + 1);
        }
        if from.len() == 1 {
            return if self.class_at(from.start, depth) == Some(class) { from.clone() } else { from.end..from.end };
        }
        let first = self.first_where(from.clone(), |i| self.class_at(i, depth) >= Some(class));
        let end = self.first_where(first..from.end, |i| self.class_at(i, depth) > Some(class));
        first..end
    }

    fn first_where(&self, range: Range<u32>, reached: impl Fn(u32) -> bool) -> u32 {
        let (mut low, mut high) = (range.start, range.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if reached(middle) { high = middle } else { low = middle + 1 }
        }
        low
    }
}

/// Where a walk is.
#[derive(Debug, Clone)]
struct Place {
    at: usize,
    keys: Range<u32>,
    depth: usize,
    last: u8,
    /// Marks in a row that were stepped over.
    marks: u8,
}

/// Reused memory of walks.
#[derive(Debug, Clone, Default)]
pub(super) struct LatticeScratch {
    places: Vec<Place>,
    seen: Seen,
}

/// Places that were gone through of late: many readings lead to one place, and what follows from there is the same. Forgets some, takes none for another.
#[derive(Debug, Clone, Default)]
struct Seen {
    slots: Vec<u64>,
    walk: u64,
}

impl Seen {
    const SLOTS: usize = 1024;
    /// Walks that can be told apart; then all is forgotten.
    const WALKS: u64 = 1 << 22;

    fn begin(&mut self) {
        self.walk = (self.walk + 1) % Self::WALKS;
        if self.walk == 0 || self.slots.is_empty() {
            self.walk = 1;
            self.slots.clear();
            self.slots.resize(Self::SLOTS, 0);
        }
    }

    /// Whether this walk, begun at `start`, has been here; notes it. The first key and the depth tell the range of keys and the class read last.
    fn was_here(&mut self, start: usize, place: &Place) -> bool {
        let (offset, depth) = ((place.at - start) as u64, place.depth as u64);
        let first = u64::from(place.keys.start);
        if offset > 0xFF || depth > 0xFF || first > 0x7F_FFFF {
            return false;
        }
        let place = first << 19 | offset << 11 | depth << 3 | u64::from(place.marks);
        // What is forgotten must not depend on the walks before: the same message takes the same work each time.
        let slot = (place.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize;
        let this = self.walk << 42 | place;
        self.slots.get_mut(slot).is_some_and(|slot| std::mem::replace(slot, this) == this)
    }
}

/// Most marks and spaces between two letters of a word.
const MARKS: u8 = 4;
/// Steps of one walk; then it is given up. Ordinary walks take fewer than a hundred.
const STEPS: u32 = 4096;
/// Words before and after a marked one that a phrase with it may take in.
const PHRASE_AROUND: usize = 2;
/// Work units of a step: each reading of the glyph at hand is looked for among the keys.
const STEP_WORK: u64 = 8;
/// Fragments that make a run.
const FRAGMENTS: usize = 3;
/// Letters of the longest fragment, and how many of a run must be single letters.
const FRAGMENT_LETTERS: usize = 2;
pub(super) const SINGLES: usize = 2;

impl TermIndex {
    pub(super) fn walk_fragments(&self, run: &mut Run<'_>) {
        if self.lattice.terms.is_empty() {
            return;
        }
        if run.scratch.singles.len() >= SINGLES {
            self.walk_runs(run);
        }
        self.walk_chunks(run);
        self.walk_digits(run);
    }

    /// Runs of fragments: `w h a t s`, `t.e.l.e`, `wh at sa pp`.
    fn walk_runs(&self, run: &mut Run<'_>) {
        let tokens = run.text.tokens();
        let mut first = 0;
        while first < tokens.len() {
            let run_len = tokens.iter().skip(first).take_while(|t| is_fragment(run.text, t)).count();
            if run_len < FRAGMENTS {
                first += run_len.max(1);
                continue;
            }
            let fragments = tokens.get(first..first + run_len).unwrap_or_default();
            let solid = fragments.iter().filter(|t| !t.flags.has(TokenFlags::EMOJI)).count();
            let singles = fragments.iter().filter(|t| is_single(run.text, t)).count();
            if fragments.first().zip(fragments.last()).is_some_and(|(a, b)| is_read(run, a.start as usize..b.end as usize)) {
                // Read already, letter by letter.
            } else if solid >= FRAGMENTS && singles >= SINGLES && solid + singles >= 2 * FRAGMENTS {
                let from = first.saturating_sub(PHRASE_AROUND);
                let to = (first + run_len + PHRASE_AROUND - 1).min(tokens.len() - 1);
                self.walk_words(run, from, to);
            }
            first += run_len.max(1);
        }
    }

    /// Runs of non-space characters with marks inside or around words: `wh@ts|pp`, `$ignal`. Only those that hold an unknown word, a single letter, or a
    /// mark that no ordinary word begins with.
    fn walk_chunks(&self, run: &mut Run<'_>) {
        let mut done = 0;
        for at in 0..run.scratch.unknown.len() {
            let word = run.scratch.unknown.get(at).map_or(0, |&i| i as usize);
            self.walk_chunk(run, word, &mut done);
        }
        done = 0;
        for at in 0..run.scratch.singles.len() {
            let word = run.scratch.singles.get(at).map_or(0, |&i| i as usize);
            self.walk_chunk(run, word, &mut done);
        }
        if LEADING.iter().any(|&m| run.text.facts().has_symbol(m)) {
            self.walk_marks(run);
        }
    }

    /// Walks the chunk around a word, unless it ends before `done`.
    fn walk_chunk(&self, run: &mut Run<'_>, word: usize, done: &mut usize) {
        let tokens = run.text.tokens();
        if tokens.get(word).is_none_or(|t| t.end as usize <= *done) || run.budget.is_exhausted() {
            return;
        }
        let before = tokens.get(..=word).unwrap_or_default().iter().rev().take_while(|t| t.flags.has(TokenFlags::ATTACHED)).count();
        let after = tokens.get(word + 1..).unwrap_or_default().iter().take_while(|t| t.flags.has(TokenFlags::ATTACHED)).count();
        let (Some(a), Some(b)) = (tokens.get(word - before.min(word)), tokens.get(word + after)) else { return };
        let chunk = widen(run.text.folded().as_bytes(), a.start as usize..b.end as usize);
        if chunk.end > *done {
            *done = chunk.end;
            if !is_read(run, a.start as usize..b.end as usize)
                && is_marked(run.text.folded().as_bytes().get(chunk.clone()).unwrap_or_default())
            {
                // A phrase may begin before the marked word and end after it.
                let last = (word + after + PHRASE_AROUND).min(tokens.len() - 1);
                let end = tokens.get(last).map_or(chunk.end, |t| chunk.end.max(widen(run.text.folded().as_bytes(), t.range()).end));
                let first = word - before.min(word);
                for earlier in first.saturating_sub(PHRASE_AROUND)..first {
                    let start = run.text.tokens().get(earlier).map_or(0, |t| t.start as usize);
                    self.walk(run, start, end, true);
                }
                self.walk_range(run, chunk, end);
            }
        }
    }

    /// Words behind a mark that is read as a letter (`$ignal`, `|entanyl`), and chunks that are more marks than letters (`/-\\ts-||`).
    fn walk_marks(&self, run: &mut Run<'_>) {
        let mut done = 0;
        for i in 0..run.text.tokens().len() {
            let Some(token) = run.text.tokens().get(i).filter(|_| !run.budget.is_exhausted()) else { return };
            if (token.start as usize) < done || !token.flags.has(TokenFlags::LETTER) {
                continue;
            }
            let bytes = run.text.folded().as_bytes();
            let chunk = widen(bytes, token.range());
            let chunk_bytes = bytes.get(chunk.clone()).unwrap_or_default();
            let leads = chunk_bytes.first().is_some_and(|b| LEADING.contains(b)) && chunk_bytes.get(1).is_some_and(u8::is_ascii_alphabetic);
            let marks = chunk_bytes.iter().filter(|&&b| is_glyph_mark(b)).count();
            if leads || (marks > token.range().len() && marks >= FRAGMENTS && token.range().len() <= FRAGMENTS) {
                self.walk_chunk(run, i, &mut done);
            }
        }
    }

    /// Words with digits that may be more than one letter: `si6nal`.
    fn walk_digits(&self, run: &mut Run<'_>) {
        for at in 0..run.scratch.unknown.len() {
            let Some(&i) = run.scratch.unknown.get(at) else { return };
            let Some(&token) = run.text.tokens().get(i as usize) else { return };
            let bytes = run.text.folded().as_bytes().get(token.range()).unwrap_or_default();
            let several = |b: &u8| matches!(b, b'2' | b'4' | b'6' | b'7' | b'9');
            if token.flags.has(TokenFlags::DIGIT)
                && bytes.len() >= 4
                && bytes.iter().any(several)
                && bytes.iter().any(u8::is_ascii_alphabetic)
            {
                self.walk_range(run, token.range(), token.end as usize);
            }
        }
    }

    fn walk_words(&self, run: &mut Run<'_>, first: usize, last: usize) {
        let tokens = run.text.tokens();
        let end = tokens.get(last).map_or(0, |t| t.end as usize);
        for i in first..=last {
            let Some(token) = run.text.tokens().get(i) else { return };
            if !token.flags.has(TokenFlags::UNSPACED) {
                self.walk(run, token.start as usize, end, false);
            }
        }
    }

    fn walk_range(&self, run: &mut Run<'_>, range: Range<usize>, end: usize) {
        for start in range {
            if run.budget.is_exhausted() {
                return;
            }
            let folded = run.text.folded();
            let bytes = folded.as_bytes();
            let here = bytes.get(start).copied().unwrap_or(0);
            let before = start.checked_sub(1).and_then(|b| bytes.get(b)).copied().unwrap_or(b' ');
            let may_start = folded.is_char_boundary(start) && if is_word(here) { !is_word(before) } else { is_glyph_mark(here) };
            if may_start {
                self.walk(run, start, end, true);
            }
        }
    }

    /// Reads from `start` in all ways at once (marks as strokes of letters too, if so asked), no further than `end`, and verifies each term that was
    /// read up to a word's edge.
    fn walk(&self, run: &mut Run<'_>, start: usize, end: usize, strokes: bool) {
        let mut places = std::mem::take(&mut run.scratch.lattice.places);
        run.scratch.lattice.seen.begin();
        places.clear();
        places.push(Place { at: start, keys: 0..self.lattice.terms.len() as u32, depth: 0, last: 0, marks: 0 });
        // What is longer is never aligned.
        let end = end.min(start + align::TEXT_MAX);
        let mut steps = 0;
        while let Some(place) = places.pop() {
            if run.scratch.lattice.seen.was_here(start, &place) && run.budget.charge(1) {
                continue;
            }
            steps += 1;
            if steps > STEPS || !run.budget.charge(STEP_WORK) {
                break;
            }
            self.finish_keys(run, start, &place);
            if place.at < end {
                self.step(run.text, &place, strokes, &mut places);
            }
        }
        run.scratch.lattice.places = places;
    }

    fn finish_keys(&self, run: &mut Run<'_>, start: usize, place: &Place) {
        if place.depth < 4 || place.marks > 0 || !is_edge(run.text, place.at) {
            return;
        }
        for i in place.keys.clone() {
            if self.lattice.key(i).len() != place.depth {
                break;
            }
            if let Some(&term) = self.lattice.terms.get(i as usize) {
                self.verify(run, term, start..place.at, None);
            }
        }
    }

    fn step(&self, text: &Text, place: &Place, strokes: bool, places: &mut Vec<Place>) {
        let folded = text.folded().as_bytes();
        let Some(&b) = folded.get(place.at) else { return };
        let class = text.class().get(place.at).copied().unwrap_or(0);
        if class == 0 {
            if place.depth > 0 && place.marks < MARKS {
                places.push(Place { at: place.at + char_len(b), marks: place.marks + 1, ..place.clone() });
            }
        } else {
            self.read(place, class, 1, places);
            if repeats_wide(folded, place) {
                places.push(Place { at: place.at + char_len(b), marks: 0, ..place.clone() });
            }
        }
        if let Some((letter, len)) = align::look_alike_at(text.folded(), place.at) {
            self.read(place, CLASS.get(letter as usize).copied().unwrap_or(0), len, places);
        }
        for (letter, len) in glyphs::glyphs_at(folded, place.at) {
            let reading = CLASS.get(letter as usize).copied().unwrap_or(0);
            if reading != class || len > 1 {
                self.read(place, reading, len, places);
            }
        }
        let mut strokes = if strokes && class == 0 { glyphs::strokes(b) } else { 0 };
        while strokes != 0 {
            let letter = b'a' + strokes.trailing_zeros() as u8;
            strokes &= strokes - 1;
            self.read(place, CLASS.get(letter as usize).copied().unwrap_or(0), 1, places);
        }
    }

    /// Goes on with `class` read from `len` bytes.
    fn read(&self, place: &Place, class: u8, len: usize, places: &mut Vec<Place>) {
        let at = place.at + len;
        if class == place.last {
            places.push(Place { at, marks: 0, ..place.clone() });
            return;
        }
        let keys = self.lattice.narrow(&place.keys, place.depth, class);
        if !keys.is_empty() {
            places.push(Place { at, keys, depth: place.depth + 1, last: class, marks: 0 });
        }
    }
}

/// Whether the second reading put these letters together.
fn is_read(run: &Run<'_>, range: Range<usize>) -> bool {
    let rows = &run.scratch.rows;
    let behind = rows.partition_point(|&(start, _)| start as usize <= range.start);
    behind.checked_sub(1).and_then(|row| rows.get(row)).is_some_and(|&(_, end)| range.end <= end as usize)
}

fn is_fragment(text: &Text, token: &Token) -> bool {
    if !token.flags.has(TokenFlags::WIDE) {
        return token.range().len() <= FRAGMENT_LETTERS;
    }
    let letters = || text.folded().get(token.range()).map_or(0, |word| word.chars().take(FRAGMENT_LETTERS + 1).count());
    token.flags.has(TokenFlags::EMOJI) || !token.flags.has(TokenFlags::UNSPACED) && letters() <= FRAGMENT_LETTERS
}

/// Whether the character at a place is wide and the same as the one before it: one more of the letter that was read last.
fn repeats_wide(folded: &[u8], place: &Place) -> bool {
    let len = folded.get(place.at).map_or(1, |&b| char_len(b));
    let before = place.at.checked_sub(len).and_then(|start| folded.get(start..place.at));
    len > 1 && place.depth >= len && before == folded.get(place.at..place.at + len)
}

const fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b >= 0x80
}

const fn is_glyph_mark(b: u8) -> bool {
    b.is_ascii_punctuation()
}

/// Marks that stand for the first letter of a word.
const LEADING: [u8; 5] = [b'$', b'|', b'+', b'<', b'\\'];

/// Marks that ordinary writing does not put next to letters.
const fn is_strong(b: u8) -> bool {
    matches!(
        b,
        b'@' | b'$'
            | b'|'
            | b'+'
            | b'#'
            | b'*'
            | b'^'
            | b'<'
            | b'>'
            | b'='
            | b'{'
            | b'}'
            | b'['
            | b']'
            | b'\\'
            | b'~'
            | b'%'
            | b'&'
            | b'_'
            | b'('
            | b')'
    )
}

/// Whether a chunk has a mark where a letter may be: an unusual one at a word's edge, or any one inside. A link's marks are its own: every second one could
/// be a stroke of some letter, and links are common.
fn is_marked(chunk: &[u8]) -> bool {
    let edge = |a: u8, b: u8| is_strong(a) && is_word(b) || is_word(a) && is_strong(b);
    let inside = |a: u8, b: u8, c: u8| is_word(a) && is_glyph_mark(b) && (is_word(c) || is_glyph_mark(c));
    chunk.len() <= align::TEXT_MAX
        && memchr::memmem::find(chunk, b"://").is_none()
        && chunk.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80)
        && (chunk.windows(2).any(|w| matches!(w, [a, b] if edge(*a, *b)))
            || chunk.windows(3).any(|w| matches!(w, [a, b, c] if inside(*a, *b, *c))))
}

/// The run of non-space bytes around a range.
fn widen(folded: &[u8], range: Range<usize>) -> Range<usize> {
    let space = |b: &u8| b.is_ascii_whitespace();
    let before =
        folded.get(..range.start).unwrap_or_default().iter().rev().take(16).take_while(|b| !space(b) && b.is_ascii_punctuation()).count();
    let after = folded.get(range.end..).unwrap_or_default().iter().take(16).take_while(|b| !space(b) && b.is_ascii_punctuation()).count();
    range.start - before..range.end + after
}

/// Whether no word goes on at this place.
fn is_edge(text: &Text, at: usize) -> bool {
    let class = |i: usize| text.class().get(i).copied().unwrap_or(0);
    text.folded().is_char_boundary(at) && (class(at) == 0 || at.checked_sub(1).is_some_and(|before| class(before) == 0))
}
