//! Puts together what was taken apart, and takes apart what was run together. In: a window of words. Out: the same words with letters set apart joined (`t e l e`,
//! `c-a-s-h`), signs, digits and emoji among letters read as the letters that they stand for, words that a line end cuts in one piece, and words without
//! spaces between them (`writemeonsignal`) as such. Keeps: what is not disguised so stays as it stands,
//! byte for byte. Must not know: terms; only whether a word is known.

use super::reread::{Also, Cut, Manner, Rewritten, keys_of_emoji};
use super::variants::Letters;
use super::{Run, TermIndex};
use crate::evasion::Evasion;
use crate::limits::Budget;
use crate::text::{Text, Token, TokenFlags, keys};
use std::ops::Range;

/// Signs that stand for one letter wherever they touch others.
pub(super) const fn is_sign(b: u8) -> bool {
    matches!(b, b'@' | b'$' | b'|' | b'+' | b'!')
}

/// The sign that begins at a place of the folded text, outside words: the letter that it stands for, and its length.
pub(super) fn sign_at(text: &Text, at: usize) -> Option<(u8, usize)> {
    let &b = text.folded().as_bytes().get(at)?;
    if b.is_ascii() {
        return is_sign(b).then_some((b, 1));
    }
    if text.class().get(at).is_some_and(|&class| class != 0) {
        return None;
    }
    super::align::look_alike_at(text.folded(), at)
}

/// The sign that ends at a place.
pub(super) fn sign_before(text: &Text, at: usize) -> Option<(u8, usize)> {
    let last = text.folded().get(..at)?.chars().next_back()?;
    sign_at(text, at - last.len_utf8()).filter(|&(_, len)| len == last.len_utf8())
}

/// A vowel, or what stands for one.
const fn is_vowel(b: u8) -> bool {
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'@' | b'0' | b'3' | b'4')
}

/// What a sign or a digit stands for in a word; `near` is a letter beside it: one stroke is `l` beside a vowel and `i` elsewhere.
fn letter_for(b: u8, near: Option<u8>) -> u8 {
    match b {
        b'@' | b'4' => b'a',
        b'$' | b'5' => b's',
        b'+' | b'7' => b't',
        b'0' => b'o',
        b'2' => b'z',
        b'3' => b'e',
        b'6' | b'8' => b'b',
        b'9' => b'g',
        b'1' | b'|' | b'!' => match near {
            Some(b) if b == b'l' || is_vowel(b) => b'l',
            _ => b'i',
        },
        other => other,
    }
}

/// Fewest letters set apart that are a word in pieces, and that are one where each has a line of its own.
const PIECES: usize = 4;
const PIECES_OF_LINES: usize = 3;
/// Widest gap between two of them, in bytes.
const GAP: usize = 7;
/// From so many letters on a word in pieces that is not known is read as several, too.
const CUT_FROM: usize = 5;
/// Longest word, and longest row of letters, that is cut into known words, in characters.
const KNOWN_MAX: usize = 20;
const CUT_MAX: usize = 96;
/// Fewest and most pieces of a word that is cut by marks in more than two.
const SYLLABLES: usize = 3;
const SYLLABLES_MOST: usize = 6;
/// Words cut in two by marks or spaces, from which on this is how the message is written.
const HALVES: u32 = 2;
/// Fewest letters, and words, that are several run together; and letters of a word of these on average.
const TOGETHER_FROM: usize = 12;
const TOGETHER_WORDS: usize = 4;
const TOGETHER_LETTERS: usize = 3;
/// Letters that are words.
const WORDS_OF_ONE: &str = "aeiouyавикосуя";
/// Work units of a look-up.
const LOOK_UP_WORK: u64 = 4;
/// What a word is not that stands alone.
const NOT_ALONE: TokenFlags = TokenFlags::DIGIT.or(TokenFlags::EMOJI).or(TokenFlags::UNSPACED);

/// A character set apart, or a word on its way into the rewritten text: a range of the text, and the letter that it stands for if that is another one.
#[derive(Debug, Clone, Copy)]
struct Unit {
    start: usize,
    end: usize,
    stands_for: Option<u8>,
    /// A new word begins here.
    begins: bool,
    /// A new line begins here.
    line: bool,
}

impl Unit {
    const fn new(start: usize, end: usize, stands_for: Option<u8>) -> Self {
        Self { start, end, stands_for, begins: false, line: false }
    }

    fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// What the gap before a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gap {
    width: usize,
    space: bool,
    line: bool,
    mark: bool,
}

/// Units between which the gaps are known.
#[derive(Debug, Default)]
struct Row {
    units: Vec<Unit>,
    gaps: Vec<Gap>,
}

impl Row {
    /// The marks before a unit that are others than those between the first two; nothing but a place where there are none.
    fn marks_before(&self, text: &Text, at: usize) -> Range<usize> {
        let gap = |at: usize| {
            let end = self.units.get(at).map_or(0, |u| u.start);
            let start = at.checked_sub(1).and_then(|before| self.units.get(before)).map_or(end, |u| u.end);
            let gap = text.folded().get(start..end).unwrap_or_default();
            let marks = gap.trim();
            let from = start + gap.len() - gap.trim_start().len();
            (from..from + marks.len(), marks)
        };
        let (marks, shown) = gap(at);
        if shown == gap(1).1 { marks.start..marks.start } else { marks }
    }
}

/// What the units of a row say, each one's letters behind those of the one before.
#[derive(Debug, Default)]
struct Said {
    letters: String,
    ends: Vec<usize>,
}

impl Said {
    fn push(&mut self, letters: &str) {
        self.letters.push_str(letters);
        self.ends.push(self.letters.len());
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    /// What some of the units say.
    fn get(&self, units: Range<usize>) -> &str {
        let end = |units: usize| units.checked_sub(1).and_then(|last| self.ends.get(last)).map_or(0, |&end| end);
        self.letters.get(end(units.start)..end(units.end)).unwrap_or_default()
    }
}

impl TermIndex {
    /// Writes a window of words with its pieces put together.
    pub(super) fn join_pieces(&self, run: &mut Run<'_>, window: Range<usize>, manner: Manner, out: &mut Rewritten) -> Also {
        out.clear();
        let mut also = Also::default();
        let text = run.text;
        let folded = text.folded();
        let tokens = text.tokens();
        let mut done = tokens.get(window.start).map_or(0, |t| lead(text, t.start as usize, 0));
        let mut units = Vec::new();
        let mut last_word = 0;
        let mut i = window.start;
        while let Some(token) = tokens.get(i).filter(|_| i < window.end) {
            let together = run.scratch.run_together.binary_search(&(i as u32)).is_ok();
            if together && manner.cut == Cut::Gaps {
                also.cut = true;
                run.scratch.changes.extend(manner.note.then_some(i as u32));
            }
            let row =
                if together { (manner.cut != Cut::Gaps).then(|| (letters_at(text, token), i + 1)) } else { row_at(text, i, window.end) };
            if let Some((row, next)) = row {
                let (from, to) = (row.units.first().map_or(0, |u| u.start), row.units.last().map_or(0, |u| u.end));
                let from = from.max(done);
                put_gap(text, done..from, out);
                if manner.note {
                    run.scratch.rows.push((from as u32, to as u32));
                    run.scratch.changes.extend(i as u32..next as u32);
                }
                last_word = out.letters.len();
                also.cut |= self.put_row(run, &row, manner, out);
                done = to;
                i = next;
                continue;
            }
            if let Some(next) = self.syllables_at(run, i, window.end) {
                put_gap(text, done..token.start as usize, out);
                last_word = out.letters.len();
                for part in tokens.get(i..next).unwrap_or_default() {
                    out.put(folded.get(part.range()).unwrap_or_default(), part.range(), Evasion::PUNCT);
                    done = part.end as usize;
                }
                run.scratch.changes.extend(manner.note.then_some(i as u32));
                i = next;
                continue;
            }
            let next = word_at(text, i, done, &mut units);
            let from = units.first().map_or(token.start as usize, |u| u.start);
            put_gap(text, done..from, out);
            let before = out.letters.len();
            let changed = std::mem::take(&mut out.changed);
            done = self.put_word(run, i, &units, out);
            // What follows a name on the next line is another word.
            let cut = cut_before(text, i).filter(|&cut| !(manner.marks && cut == CutBy::Line));
            let cut = cut.filter(|&cut| self.joins(run, out, last_word..before, cut));
            if let Some(cut) = cut {
                let word = out.letters.get(last_word..before).map_or("", |word| word.trim_end_matches(|c| cut.is_by(c)));
                out.close_gap(last_word + word.len(), before);
                out.note(last_word, cut.evasion());
                run.scratch.halves += u32::from(manner.note && cut != CutBy::Line);
            } else {
                last_word = before;
            }
            if manner.note && out.changed {
                run.scratch.changes.push(i as u32);
            }
            out.changed |= changed;
            i = next.max(i + 1);
        }
        let end = tokens.get(window.end.saturating_sub(1)).map_or(0, |t| t.end as usize);
        if done < end {
            out.copy(folded, done..end);
        }
        also
    }

    /// Whether an unknown word is several known ones run together; of compounds and names hardly any is four.
    pub(super) fn is_run_together(&self, text: &Text, i: usize, budget: &mut Budget) -> bool {
        let Some(token) = text.tokens().get(i) else { return false };
        let word = text.folded().get(token.range()).unwrap_or_default();
        let letters = word.chars().count();
        if !(TOGETHER_FROM..=CUT_MAX).contains(&letters) || !word.chars().all(char::is_alphabetic) || is_in_address(text, token) {
            return false;
        }
        if !budget.charge(letters as u64 * LOOK_UP_WORK) {
            return false;
        }
        // The fewest known words that the letters before each place are.
        const NONE: u8 = u8::MAX;
        let mut fewest = [NONE; CUT_MAX * 4 + 1];
        fewest[0] = 0;
        for (from, _) in word.char_indices() {
            let before = fewest.get(from).copied().filter(|&words| words != NONE);
            let Some(words) = before else { continue };
            let rest = word.get(from..).unwrap_or_default();
            for (at, c) in rest.char_indices().take(KNOWN_MAX).filter(|&(at, c)| at > 0 || WORDS_OF_ONE.contains(c)) {
                let end = at + c.len_utf8();
                if let Some(best) = fewest.get_mut(from + end).filter(|best| **best > words + 1)
                    && self.knows_whole(rest.as_bytes().get(..end).unwrap_or_default())
                {
                    *best = words + 1;
                }
            }
        }
        let words = fewest.get(word.len()).map_or(NONE, |&words| words);
        (TOGETHER_WORDS..=letters / TOGETHER_LETTERS).contains(&usize::from(words))
    }

    /// The token after a word that marks cut in three or more (`es-con-di-do`), if one begins here.
    pub(super) fn syllables_at(&self, run: &mut Run<'_>, i: usize, end: usize) -> Option<usize> {
        let text = run.text;
        let cut = |at: &usize| *at < end && cut_before(text, *at) == Some(CutBy::Mark);
        let most = 1 + (i + 1..).take_while(cut).take(SYLLABLES_MOST - 1).count();
        let letters = |tokens: &[Token]| -> Letters {
            let bytes = |t: &Token| text.folded().as_bytes().get(t.range()).unwrap_or_default();
            tokens.iter().flat_map(bytes).copied().collect()
        };
        (SYLLABLES..=most).rev().map(|count| i + count).find(|&next| {
            let parts = text.tokens().get(i..next).unwrap_or_default();
            let plain = parts.iter().all(|t| t.flags.has(TokenFlags::LETTER) && !t.flags.has(TokenFlags::DIGIT));
            plain && run.budget.charge(LOOK_UP_WORK) && self.knows_whole(letters(parts).as_slice())
        })
    }

    /// Whether two words that something stands between are one. About a line end: the two together are known, or one of them is not. About a mark or a
    /// space: the two together are a known word, and one of them is not, or that is how the message is written.
    fn joins(&self, run: &mut Run<'_>, out: &Rewritten, first: Range<usize>, cut: CutBy) -> bool {
        let second = first.end..out.letters.len();
        let trimmed = out.letters.get(first.clone()).map(|word| word.trim_end_matches(|c| cut.is_by(c)));
        let (Some(a), Some(b)) = (trimmed, out.letters.get(second.clone())) else { return false };
        if a.is_empty() || b.is_empty() || a.len() + b.len() > KNOWN_MAX * 2 || !run.budget.charge(LOOK_UP_WORK) {
            return false;
        }
        let both: Letters = a.bytes().chain(b.bytes()).collect();
        let unknown = || !self.knows(a.as_bytes()) || !self.knows(b.as_bytes());
        if cut != CutBy::Line {
            let long = a.len() > 1 && b.len() > 1 && both.as_slice().len() >= CUT_FROM;
            return long && self.knows_whole(both.as_slice()) && (unknown() || run.scratch.halves >= HALVES);
        }
        let flipped = |range: Range<usize>| run.text.evidence(out.origin(range).0).contains(Evasion::FLIPPED);
        flipped(first) && flipped(second) || self.knows(both.as_slice()) || unknown()
    }

    /// Writes a row of letters set apart. Whether it may be cut into words otherwise.
    fn put_row(&self, run: &mut Run<'_>, row: &Row, manner: Manner, out: &mut Rewritten) -> bool {
        let gaps = |of: fn(&Gap) -> bool| row.gaps.iter().filter(|g| of(g)).count() * 2 > row.gaps.len();
        let undone = match (gaps(|g| g.line), gaps(|g| g.space)) {
            (true, _) => Evasion::SPLIT | Evasion::SPACED,
            (_, true) => Evasion::SPACED,
            _ => Evasion::PUNCT,
        };
        let mut also = false;
        let mut at = 0;
        while at < row.units.len() {
            let rest = row.units.get(at + 1..).unwrap_or_default();
            let len = 1 + rest.iter().take_while(|u| !u.begins || manner.cut != Cut::Gaps && u.line).count();
            let word = row.units.get(at..at + len).unwrap_or_default();
            if at > 0 {
                let first = word.first().map_or(0, |u| u.start);
                let marks = if manner.marks { row.marks_before(run.text, at) } else { first..first };
                out.put(run.text.folded().get(marks.clone()).filter(|m| !m.is_empty()).unwrap_or(" "), marks, Evasion::NONE);
            }
            let letters = letters_of(run, word, manner.cut != Cut::Gaps);
            let cuts = match manner.cut {
                Cut::Gaps => Vec::new(),
                Cut::Best => self.cuts(run, &letters),
                Cut::Backwards => self.cuts_backwards(run, &letters),
            };
            also |= match manner.cut {
                Cut::Gaps => len >= CUT_FROM,
                Cut::Best => self.cuts_backwards(run, &letters) != cuts,
                Cut::Backwards => false,
            };
            for (i, unit) in word.iter().enumerate() {
                if cuts.contains(&i) {
                    out.put(" ", unit.start..unit.start, Evasion::NONE);
                }
                let letter = letters.get(i..i + 1);
                let apart = if len > 1 { undone } else { Evasion::NONE };
                out.put(letter, unit.range(), apart | sign_undone(run.text, *unit, letter));
            }
            at += len;
        }
        also
    }

    /// Where a row of letters is best cut into words: long known ones count most, letters of no known word least.
    fn cuts(&self, run: &mut Run<'_>, word: &Said) -> Vec<usize> {
        let n = word.len();
        if n > CUT_MAX || !run.budget.charge((n * KNOWN_MAX.min(n)) as u64 * LOOK_UP_WORK) {
            return Vec::new();
        }
        // Best value of the first b letters, and where their last word begins.
        let mut best = vec![(0_i32, 0_usize)];
        for b in 1..=n {
            let value = |a: usize| {
                let len = (b - a) as i32;
                let known = b - a <= KNOWN_MAX && self.knows_word(word.get(a..b).as_bytes());
                let own = match (known, len) {
                    (true, 1) => 1,
                    (true, 2) => 3,
                    (true, _) => len * len - 4,
                    (false, _) => 2 * len - 3,
                };
                (best.get(a).map_or(0, |v| v.0) + own, a)
            };
            let here = (0..b).map(value).max_by_key(|&(value, a)| (value, std::cmp::Reverse(a))).unwrap_or((0, 0));
            best.push(here);
        }
        let mut cuts = Vec::new();
        let mut at = n;
        while let Some(&(_, from)) = best.get(at).filter(|_| at > 0) {
            if from > 0 {
                cuts.push(from);
            }
            at = from;
        }
        cuts
    }

    /// Where a row of letters is cut when the longest known word is taken from its end, again and again.
    fn cuts_backwards(&self, run: &mut Run<'_>, word: &Said) -> Vec<usize> {
        let mut cuts = Vec::new();
        let mut at = word.len();
        while at > 0 && run.budget.charge(KNOWN_MAX as u64 * LOOK_UP_WORK) {
            let from = (at.saturating_sub(KNOWN_MAX)..at).find(|&from| self.knows_word(word.get(from..at).as_bytes())).unwrap_or(at - 1);
            if from > 0 {
                cuts.push(from);
            }
            at = from;
        }
        cuts
    }

    /// Writes a word with its signs, digits and emoji read as letters where it is a word then, or as it stands. Returns where the text goes on.
    fn put_word(&self, run: &mut Run<'_>, i: usize, units: &[Unit], out: &mut Rewritten) -> usize {
        let text = run.text;
        let Some(token) = text.tokens().get(i) else { return 0 };
        if text.evidence(token.range()).contains(Evasion::HOMOGLYPH)
            && let Some(cyrillic) = as_cyrillic(run, std::iter::once(token.range()))
            && (self.knows(cyrillic.as_bytes()) || !self.knows(text.folded().as_bytes().get(token.range()).unwrap_or_default()))
        {
            out.put(&cyrillic, token.range(), Evasion::HOMOGLYPH);
            return token.end as usize;
        }
        let signs = |u: &Unit| u.stands_for.is_some() || text.folded().as_bytes().get(u.start) == Some(&b'\'');
        let plain = |units: &[Unit]| units.iter().all(|u| u.stands_for.is_none());
        let trailing = units.iter().rev().take_while(|u| u.stands_for == Some(b'!')).count();
        let leading = units.iter().take_while(|u| signs(u)).count();
        let inner = units.get(..units.len() - trailing).unwrap_or_default();
        let mixed = token.flags.has(TokenFlags::DIGIT) && token.flags.has(TokenFlags::LETTER) && !super::loose::is_measure(run, token);
        let letters = |units: &[Unit]| -> Letters {
            let mut all = Letters::EMPTY;
            for (i, unit) in units.iter().enumerate() {
                let fits = match shown(text, units, i, *unit) {
                    Shown::Letter(b) => all.push(b),
                    Shown::AsIs(range) => text.folded().as_bytes().get(range).unwrap_or_default().iter().all(|&b| all.push(b)),
                };
                if !fits {
                    return Letters::EMPTY;
                }
            }
            all
        };
        let known = |units: &[Unit]| {
            let all = letters(units);
            all.as_slice().len() > 1 && self.knows(all.as_slice())
        };
        let emoji = units.iter().any(|u| u.stands_for.is_some() && u.end - u.start > 1);
        let solid = units.iter().filter(|u| u.stands_for.is_none()).count();
        let all_read = !plain(units) && (solid > 0 || emoji) && !is_address(text, units);
        // An unknown word behind a sign that is no part of a name or a price.
        let leads = leading > 0
            && solid > 1
            && units.first().is_some_and(|u| u.stands_for != Some(b'@'))
            && !run.scratch.words.get(i).is_some_and(|w| w.is_known());
        let chosen: &[Unit] = if all_read && known(units) {
            units
        } else if all_read && !plain(inner) && trailing > 0 && !emoji {
            inner
        } else if all_read && (emoji && solid > 1 || leads || !plain(inner.get(leading..).unwrap_or_default())) || mixed && plain(units) {
            units
        } else {
            &[]
        };
        let (Some(first), Some(last)) = (chosen.first(), chosen.last()) else {
            let end = units.last().map_or(token.end as usize, |u| u.end);
            out.copy(text.folded(), units.first().map_or(token.start as usize, |u| u.start)..end);
            return end;
        };
        let undone = if emoji { Evasion::EMOJI } else { Evasion::LEET };
        let first = first.start;
        if let Some(start) = units.first().map(|u| u.start).filter(|&s| s < first) {
            out.copy(text.folded(), start..first);
        }
        for (i, unit) in chosen.iter().enumerate() {
            put_unit(text, chosen, i, *unit, undone, out);
        }
        last.end
    }
}

/// Copies what stands between two words; a sign alone is a letter beside words with signs.
fn put_gap(text: &Text, range: Range<usize>, out: &mut Rewritten) {
    let folded = text.folded();
    if folded.get(range.clone()) == Some(" @ ") {
        let changed = out.changed;
        out.copy(folded, range.start..range.start + 1);
        out.put("a", range.start + 1..range.end - 1, Evasion::LEET);
        out.copy(folded, range.end - 1..range.end);
        out.changed = changed;
    } else {
        out.copy(folded, range);
    }
}

/// What is undone where a unit is written as a letter: a sign, a digit or an emoji that stands for it.
fn sign_undone(text: &Text, unit: Unit, letter: &str) -> Evasion {
    let shown = text.folded().get(unit.range()).and_then(|shown| shown.chars().next());
    match shown {
        Some(c) if c.is_ascii() && !c.is_ascii_alphabetic() && !letter.starts_with(c) => Evasion::LEET,
        Some(c) if !c.is_ascii() && unit.stands_for.is_some() => Evasion::EMOJI,
        _ => Evasion::NONE,
    }
}

/// What the letters of a row say: signs and digits as letters, Latin ones among Cyrillic ones as Cyrillic, repeats as they stand or dropped.
fn letters_of(run: &Run<'_>, word: &[Unit], single: bool) -> Said {
    let mut said = Said::default();
    if let Some(cyrillic) = as_cyrillic(run, word.iter().map(|u| u.range()))
        && cyrillic.chars().count() == word.len()
    {
        cyrillic.chars().for_each(|c| said.push(c.encode_utf8(&mut [0; 4])));
        return said;
    }
    for (i, unit) in word.iter().enumerate() {
        match shown(run.text, word, i, *unit) {
            Shown::Letter(b) => said.push(char::from(b).encode_utf8(&mut [0; 4])),
            Shown::AsIs(range) => {
                let letters = run.text.folded().get(range).unwrap_or_default();
                let first = letters.chars().next().filter(|&first| single && letters.chars().all(|c| c == first));
                said.push(letters.get(..first.map_or(letters.len(), char::len_utf8)).unwrap_or_default());
            }
        }
    }
    said
}

/// A word of Cyrillic letters and Latin ones that look like such, wholly in Cyrillic.
fn as_cyrillic(run: &Run<'_>, ranges: impl Iterator<Item = Range<usize>>) -> Option<String> {
    let mut word = String::new();
    let mut cyrillic = false;
    for range in ranges {
        let span = run.text.source_span(range);
        let original = std::str::from_utf8(run.source.get(span.start..span.end)?).ok()?;
        for c in original.chars().filter(|c| c.is_alphanumeric()) {
            cyrillic |= !c.is_ascii();
            word.push(keys::as_cyrillic(c)?);
        }
    }
    cyrillic.then_some(word)
}

/// What a unit is written as.
enum Shown {
    Letter(u8),
    AsIs(Range<usize>),
}

/// What a unit of a word is written as: signs and digits as letters where the word has letters.
fn shown(text: &Text, word: &[Unit], i: usize, unit: Unit) -> Shown {
    let bytes = text.folded().as_bytes();
    let at = |i: usize| word.get(i).and_then(|u| u.stands_for.or_else(|| bytes.get(u.start).copied()));
    let own = unit.stands_for.or_else(|| bytes.get(unit.start).copied().filter(|b| unit.end - unit.start == 1 && b.is_ascii_digit()));
    let lettered =
        || word.iter().any(|u| u.stands_for.is_some() || u.end - u.start > 1 || bytes.get(u.start).is_some_and(u8::is_ascii_alphabetic));
    match own {
        Some(b) if b.is_ascii_alphabetic() => Shown::Letter(b),
        Some(b) if lettered() => {
            // A word that has no vowel does not have this one either.
            let voiced = (0..word.len()).any(|j| at(j).is_some_and(is_vowel));
            let near = if voiced { at(i + 1).filter(|&b| is_vowel(b)).or_else(|| i.checked_sub(1).and_then(at)) } else { Some(b'a') };
            Shown::Letter(letter_for(b, near))
        }
        _ => Shown::AsIs(unit.range()),
    }
}

fn put_unit(text: &Text, word: &[Unit], i: usize, unit: Unit, undone: Evasion, out: &mut Rewritten) {
    match shown(text, word, i, unit) {
        Shown::Letter(b) => out.put(char::from(b).encode_utf8(&mut [0; 4]), unit.range(), undone),
        Shown::AsIs(range) => out.put(text.folded().get(range.clone()).unwrap_or_default(), range, undone),
    }
}

/// Whether a word is an e-mail address or the like: its signs are its own.
fn is_address(text: &Text, units: &[Unit]) -> bool {
    let bytes = text.folded().as_bytes();
    let end = units.last().map_or(0, |u| u.end);
    let goes_on = matches!(bytes.get(end..), Some([b'.' | b':' | b'/', b, ..]) if b.is_ascii_alphanumeric());
    let start = units.first().map_or(0, |u| u.start);
    let came = start > 1 && matches!(bytes.get(start - 2..start), Some([b, b'.' | b'/' | b':']) if b.is_ascii_alphanumeric() || *b == b'/');
    goes_on || came
}

/// The letters of a word and the signs at its ends.
pub(super) fn word_with_signs(text: &Text, range: Range<usize>) -> Letters {
    text.folded().as_bytes().get(range).unwrap_or_default().iter().map(|&b| if is_sign(b) { letter_for(b, None) } else { b }).collect()
}

/// Where the signs before a place begin, an apostrophe between them and the word included.
fn lead(text: &Text, at: usize, floor: usize) -> usize {
    let bytes = text.folded().as_bytes();
    let mut start = at;
    if at > floor && at.checked_sub(1).and_then(|i| bytes.get(i)) == Some(&b'\'') && sign_before(text, at - 1).is_some() {
        start -= 1;
    }
    while let Some((_, len)) = sign_before(text, start).filter(|&(_, len)| start - len >= floor) {
        start -= len;
    }
    start
}

/// The signs from a place on, up to another one.
fn signs(text: &Text, from: usize, to: usize, units: &mut Vec<Unit>) -> usize {
    let mut at = from;
    while at < to {
        if let Some((letter, len)) = sign_at(text, at) {
            units.push(Unit::new(at, at + len, Some(letter)));
            at += len;
        } else if text.folded().as_bytes().get(at) == Some(&b'\'') && (at > from || sign_at(text, at + 1).is_some()) {
            units.push(Unit::new(at, at + 1, None));
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// Whether a word is nothing but letters, with nothing at it that could be one more: nearly every word is.
fn stands_alone(text: &Text, i: usize) -> bool {
    let Some(token) = text.tokens().get(i).filter(|t| t.flags.has(TokenFlags::LETTER)) else { return false };
    let (start, end) = (token.start as usize, token.end as usize);
    let bytes = text.folded().as_bytes();
    let quiet = |b: Option<&u8>| b.is_none_or(|&b| b.is_ascii() && !is_sign(b) && b != b'\'');
    !token.flags.intersects(NOT_ALONE)
        && quiet(start.checked_sub(1).and_then(|before| bytes.get(before)))
        && quiet(bytes.get(end))
        && text.tokens().get(i + 1).is_none_or(|next| next.start > token.end)
}

/// Writes the characters of the word at a token, with the signs and emoji that touch it, into `units`, none where it stands as it is; gives the token after it.
fn word_at(text: &Text, i: usize, floor: usize, units: &mut Vec<Unit>) -> usize {
    let tokens = text.tokens();
    units.clear();
    let Some(token) = tokens.get(i).filter(|t| !t.flags.has(TokenFlags::UNSPACED) && !stands_alone(text, i)) else { return i + 1 };
    let start = lead(text, token.start as usize, floor.min(token.start as usize));
    signs(text, start, token.start as usize, units);
    let mut next = i;
    let mut at = token.start as usize;
    while let Some(token) = tokens.get(next).filter(|t| t.start as usize == at && !t.flags.has(TokenFlags::UNSPACED)) {
        if token.flags.has(TokenFlags::EMOJI) {
            let Some(letter) = keys_of_emoji(text, token) else { break };
            units.push(Unit::new(at, token.end as usize, Some(letter)));
        } else {
            let word = text.folded().get(token.range()).unwrap_or_default();
            units.extend(word.char_indices().map(|(o, c)| Unit::new(at + o, at + o + c.len_utf8(), None)));
        }
        next += 1;
        at = signs(text, token.end as usize, usize::MAX, units);
        if tokens.get(next).is_some_and(|t| t.start as usize == at + 1 && is_letter_behind_apostrophe(text, at, t)) {
            units.push(Unit::new(at, at + 1, None));
            at += 1;
        }
    }
    next
}

/// Whether a digit or an emoji that stands for the last letter of a word follows an apostrophe (`don'7`, `what'💲`).
fn is_letter_behind_apostrophe(text: &Text, at: usize, token: &Token) -> bool {
    let letter = match token.flags.has(TokenFlags::EMOJI) {
        true => keys_of_emoji(text, token).is_some(),
        false => token.end - token.start == 1 && token.flags.has(TokenFlags::DIGIT),
    };
    let bytes = text.folded().as_bytes();
    letter && bytes.get(at) == Some(&b'\'') && at.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic)
}

/// What may cut a word in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CutBy {
    Line,
    Mark,
    Space,
}

impl CutBy {
    const fn evasion(self) -> Evasion {
        match self {
            Self::Line => Evasion::SPLIT,
            Self::Mark => Evasion::PUNCT,
            Self::Space => Evasion::SPACED,
        }
    }

    fn is_by(self, c: char) -> bool {
        if self == Self::Mark { MARKS.contains(&c) } else { c.is_whitespace() }
    }
}

/// Marks that cut words.
const MARKS: [char; 12] = ['-', '.', '*', '_', '~', '/', '\'', ',', ';', ':', '=', '^'];

/// What alone stands between a word and the one before it, if it may cut a word.
pub(super) fn cut_before(text: &Text, i: usize) -> Option<CutBy> {
    let tokens = text.tokens();
    let (before, token) = (tokens.get(i.checked_sub(1)?)?, tokens.get(i)?);
    let gap = text.folded().get(before.end as usize..token.start as usize)?;
    match gap {
        " " => Some(CutBy::Space),
        _ if token.flags.has(TokenFlags::LINE) => (gap.trim().is_empty() && gap.matches('\n').count() <= 1).then_some(CutBy::Line),
        _ => {
            let mut chars = gap.chars();
            (chars.next().is_some_and(|c| MARKS.contains(&c)) && chars.next().is_none()).then_some(CutBy::Mark)
        }
    }
}

/// Whether a word stands in a web or mail address, or is somebody's name.
fn is_in_address(text: &Text, token: &Token) -> bool {
    let bytes = text.folded().as_bytes();
    let before = (token.start as usize).checked_sub(1).and_then(|at| bytes.get(at));
    let behind = bytes.get(token.end as usize..).unwrap_or_default();
    before.is_some_and(|b| matches!(b, b'@' | b'/' | b'.' | b'_' | b'-'))
        || matches!(behind, [b'@' | b'/' | b'_' | b':', ..] | [b'.', b'a'..=b'z', ..])
}

/// The letters of a word, as a row without gaps.
fn letters_at(text: &Text, token: &Token) -> Row {
    let start = token.start as usize;
    let word = text.folded().get(token.range()).unwrap_or_default();
    let units: Vec<Unit> = word.char_indices().map(|(at, c)| Unit::new(start + at, start + at + c.len_utf8(), None)).collect();
    let gaps = units.iter().skip(1).map(|_| Gap { width: 0, space: true, line: false, mark: false }).collect();
    Row { units, gaps }
}

/// A row of characters set apart that begins at a token, and the token after it.
fn row_at(text: &Text, i: usize, end: usize) -> Option<(Row, usize)> {
    let tokens = text.tokens();
    let folded = text.folded().as_bytes();
    let mut row = Row::default();
    row.units.push(unit_at(text, tokens.get(i)?)?);
    let mut next = i + 1;
    while let Some(token) = tokens.get(next).filter(|_| next < end) {
        let (Some(unit), Some(&before)) = (unit_at(text, token), row.units.last()) else { break };
        let gap = folded.get(before.end..unit.start).unwrap_or_default();
        if gap.is_empty() || gap.len() > GAP {
            break;
        }
        push_gap(text, &mut row, gap, before.end, unit);
        next += 1;
    }
    take_ends(text, &mut row);
    let lettered = row.units.iter().filter(|u| u.stands_for.is_some() || folded.get(u.start).is_some_and(|b| !b.is_ascii_digit())).count();
    let lines = row.gaps.iter().all(|g| g.line);
    let enough = if lines { PIECES_OF_LINES } else { PIECES };
    if row.units.len() < enough || lettered * 2 < row.units.len() {
        return None;
    }
    mark_words(&mut row);
    Some((row, next))
}

/// Takes in the signs at both ends of a row that stand as far apart from it as its letters do from each other; a mark of exclamation at its end is one.
fn take_ends(text: &Text, row: &mut Row) {
    let bytes = text.folded().as_bytes();
    let (Some(first), Some(last)) = (row.units.first().copied(), row.units.last().copied()) else { return };
    let Some(gap) = row.gaps.iter().min_by_key(|g| g.width).copied().filter(|g| g.width == 1) else { return };
    let same =
        |at: usize| bytes.get(at).is_some_and(|b| b.is_ascii_whitespace() == gap.space && !b.is_ascii_alphanumeric() && !is_sign(*b));
    let free = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(u8::is_ascii_whitespace);
    if let Some((letter, len)) = sign_at(text, last.end + 1).filter(|&(letter, _)| letter != b'!')
        && same(last.end)
        && free(Some(last.end + 1 + len))
    {
        let start = last.end + 1;
        row.gaps.push(gap);
        row.units.push(Unit::new(start, start + len, Some(letter)));
    }
    if let Some(end) = first.start.checked_sub(1).filter(|&end| same(end))
        && let Some((letter, len)) = sign_before(text, end)
        && free((end - len).checked_sub(1))
    {
        row.gaps.insert(0, gap);
        row.units.insert(0, Unit::new(end - len, end, Some(letter)));
    }
}

/// Appends a unit after a gap, and before it the signs that stand apart in the gap.
fn push_gap(text: &Text, row: &mut Row, gap: &[u8], at: usize, unit: Unit) {
    let measure = |gap: &[u8]| Gap {
        width: gap.len(),
        space: gap.iter().any(u8::is_ascii_whitespace),
        line: gap.iter().any(|b| matches!(b, b'\n' | b'\r')),
        mark: gap.iter().any(|b| !b.is_ascii_whitespace()),
    };
    // A sign with something else on both sides is a letter of the row.
    let end = at + gap.len();
    let alone =
        |here: usize, len: usize| here > at && here + len < end && sign_before(text, here).is_none() && sign_at(text, here + len).is_none();
    let (mut here, mut done) = (at, 0);
    while here < end {
        match sign_at(text, here) {
            Some((letter, len)) if alone(here, len) => {
                row.gaps.push(measure(gap.get(done..here - at).unwrap_or_default()));
                row.units.push(Unit::new(here, here + len, Some(letter)));
                here += len;
                done = here - at;
            }
            Some((_, len)) => here += len,
            None => here += 1,
        }
    }
    row.gaps.push(measure(gap.get(done..).unwrap_or_default()));
    row.units.push(unit);
}

/// Gaps of a row that tell which is the usual one.
const USUAL_GAPS: usize = 128;

/// Marks where words begin: behind gaps that are wider than the usual one, or hold nothing but a space where others hold a mark.
fn mark_words(row: &mut Row) {
    // Each is held against each: the first of a long row tell.
    let first = row.gaps.get(..row.gaps.len().min(USUAL_GAPS)).unwrap_or_default();
    let same = |g: &Gap| first.iter().filter(|o| (o.width, o.mark) == (g.width, g.mark)).count();
    let Some(usual) = first.iter().max_by_key(|g| (same(g), std::cmp::Reverse(g.width))).copied() else { return };
    let lines = row.gaps.iter().all(|g| g.line);
    for (gap, unit) in row.gaps.iter().zip(row.units.iter_mut().skip(1)) {
        let wide = !gap.line && gap.width > usual.width;
        unit.begins = wide || usual.mark && gap.space && !gap.mark || gap.line && !gap.mark && !lines;
        unit.line = gap.line;
    }
}

/// The character set apart that a token is: one letter or digit, two about an apostrophe, or an emoji that looks like a letter.
fn unit_at(text: &Text, token: &Token) -> Option<Unit> {
    let (start, end) = (token.start as usize, token.end as usize);
    if token.flags.has(TokenFlags::UNSPACED) {
        return None;
    }
    if token.flags.has(TokenFlags::EMOJI) {
        return keys_of_emoji(text, token).map(|letter| Unit::new(start, end, Some(letter)));
    }
    let word = text.folded().get(token.range())?;
    let mut characters = word.chars();
    let first = characters.next();
    let repeated = characters.clone().all(|c| Some(c) == first);
    let single = repeated || token.flags.has(TokenFlags::APOSTROPHE) && characters.count() == 2;
    single.then_some(Unit::new(start, end, None))
}
