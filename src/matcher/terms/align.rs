//! Verification: is this stretch of text that term, in what disguise, at what cost? In: a term's letters and a range of folded text. Out: cost, edits and
//! evidence of the cheapest alignment. Keeps: cost grows with everything that had to be explained away; work is bounded by the product of two short
//! lengths. Must not know: how the candidate was found.

use super::variants::char_len;
use crate::evasion::Evasion;
use crate::text::keys::{CLASS, cyrillic_look_alike, look_alike};
use crate::text::{Text, glyphs};

/// Longest stretch of text, in bytes, that is aligned.
pub const TEXT_MAX: usize = 128;
/// Longest term, in bytes of folded letters.
pub const TERM_MAX: usize = 64;

/// Costs, in sixteenths of an edit.
pub mod cost {
    /// An insertion, deletion, substitution or transposition.
    pub const EDIT: u16 = 16;
    /// A digit or symbol that stands for its letter.
    pub const GLYPH: u16 = 3;
    /// A symbol that is a stroke of its letter.
    pub const STROKE: u16 = 6;
    /// A mark or space inside a word.
    pub const SEPARATOR: u16 = 1;
    /// One more of the same letter.
    pub const REPEAT: u16 = 1;
    /// One of a term's double letters left out.
    pub const SINGLE: u16 = 4;
}

/// How a term lies over a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alignment {
    /// Sum of costs.
    pub cost: u16,
    /// Insertions, deletions, substitutions and transpositions in it.
    pub edits: u8,
    /// Symbols read as strokes.
    pub strokes: u8,
    /// Letters that stand as they are.
    pub exact: u8,
    /// Disguises on the way, those of folding aside.
    pub evasion: Evasion,
}

impl Alignment {
    /// Of a word that is the term as a whole.
    pub const fn whole(cost: u16, evasion: Evasion) -> Self {
        Self { cost, edits: 0, strokes: 0, exact: u8::MAX, evasion }
    }
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    cost: u16,
    edits: u8,
    strokes: u8,
    exact: u8,
    evasion: Evasion,
}

const FAR: Cell = Cell { cost: u16::MAX, edits: u8::MAX, strokes: 0, exact: 0, evasion: Evasion::NONE };

/// Reused memory of alignments.
#[derive(Debug, Clone, Default)]
pub struct AlignScratch {
    cells: Vec<Cell>,
}

/// What is aligned: a term's folded letters without separators, and a bit for each byte offset at which one of its words begins.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Folded letters.
    pub letters: &'a [u8],
    /// Word starts, bit 0 always set.
    pub cuts: u64,
    /// Edits allowed.
    pub fuzzy: u8,
    /// An English plural ending may follow.
    pub plural: bool,
}

struct Grid<'s> {
    cells: &'s mut Vec<Cell>,
    width: usize,
    height: usize,
    fuzzy: u8,
}

impl Grid<'_> {
    fn at(&self, i: usize, j: usize) -> Cell {
        self.cells.get(i * self.width + j).copied().unwrap_or(FAR)
    }

    fn relax(&mut self, i: usize, j: usize, from: Cell, step: Step) {
        let edits = from.edits + step.edits;
        if edits > self.fuzzy {
            return;
        }
        let cost = from.cost.saturating_add(step.cost);
        if let Some(cell) = self.cells.get_mut(i * self.width + j)
            && (cost, edits) < (cell.cost, cell.edits)
        {
            *cell = Cell {
                cost,
                edits,
                strokes: from.strokes + step.strokes,
                exact: from.exact + step.exact,
                evasion: from.evasion | step.evasion,
            };
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Step {
    cost: u16,
    edits: u8,
    strokes: u8,
    exact: u8,
    evasion: Evasion,
}

const fn step(cost: u16, evasion: Evasion) -> Step {
    Step { cost, edits: 0, strokes: 0, exact: 0, evasion }
}

const EDIT: Step = Step { cost: cost::EDIT, edits: 1, strokes: 0, exact: 0, evasion: Evasion::TYPO };
const STROKE: Step = Step { cost: cost::STROKE, edits: 0, strokes: 1, exact: 0, evasion: Evasion::LEET };

/// Aligns a whole term with a whole range of folded text. `None`: no alignment with so few edits, or one of the two is too long.
pub fn align(text: &Text, range: std::ops::Range<usize>, target: Target<'_>, scratch: &mut AlignScratch) -> Option<Alignment> {
    let folded = text.folded().as_bytes();
    let class = text.class();
    let hay = folded.get(range.clone())?;
    let letters = target.letters;
    if hay.len() > TEXT_MAX || letters.len() > TERM_MAX || letters.is_empty() {
        return None;
    }
    if is_effortless(hay, &target) {
        return Some(Alignment { cost: 0, edits: 0, strokes: 0, exact: letters.len() as u8, evasion: Evasion::NONE });
    }
    let (n, m) = (hay.len(), letters.len());
    scratch.cells.clear();
    scratch.cells.resize((n + 1) * (m + 1), FAR);
    let mut grid = Grid { cells: &mut scratch.cells, width: m + 1, height: n + 1, fuzzy: target.fuzzy };
    if let Some(first) = grid.cells.first_mut() {
        *first = Cell { cost: 0, ..FAR };
        first.edits = 0;
    }
    let word = |i: usize| class.get(range.start + i).is_some_and(|&c| c != 0);
    for i in 0..=n {
        for j in 0..=m {
            let here = grid.at(i, j);
            if here.cost == u16::MAX {
                continue;
            }
            if j == m && target.plural && matches!(hay.get(i..), Some(b"s" | b"es")) {
                grid.relax(n, m, here, step(0, Evasion::NONE));
            }
            let want = character(letters, j);
            if let Some(want) = want {
                let doubled = j >= want.len() && letters.get(j - want.len()..j) == Some(want);
                if doubled {
                    grid.relax(i, j + want.len(), here, step(cost::SINGLE, Evasion::TYPO));
                }
                grid.relax(i, j + want.len(), here, EDIT);
            }
            let Some(seen) = character(hay, i) else { continue };
            if !word(i) {
                skip_mark(&mut grid, (i, j), here, folded, range.start + i, target.cuts);
            }
            if let Some(want) = want {
                read_letter(&mut grid, (i, j), here, text, range.start + i, seen, want);
                if word(i) && seen != want {
                    grid.relax(i + seen.len(), j + want.len(), here, EDIT);
                }
                let (i2, j2) = (i + seen.len(), j + want.len());
                if seen != want && character(hay, i2) == Some(want) && character(letters, j2) == Some(seen) {
                    grid.relax(i2 + want.len(), j2 + seen.len(), here, EDIT);
                }
            }
            if word(i) {
                let behind = i.checked_sub(1).and_then(|b| hay.get(b)).copied();
                if repeats(seen, behind, letters.get(..j).unwrap_or_default()) {
                    grid.relax(i + seen.len(), j, here, step(cost::REPEAT, Evasion::REPEAT));
                }
                grid.relax(i + seen.len(), j, here, EDIT);
            }
        }
    }
    let end = grid.at(n, m);
    (end.cost != u16::MAX).then_some(Alignment {
        cost: end.cost,
        edits: end.edits,
        strokes: end.strokes,
        exact: end.exact,
        evasion: end.evasion,
    })
}

/// Whether each letter of a term stands there as it is, with nothing else than apostrophes, separators between its words, and a plural ending: the grid would
/// find the same, at no cost.
fn is_effortless(hay: &[u8], target: &Target<'_>) -> bool {
    let mut at = 0;
    for (i, b) in hay.iter().enumerate() {
        if target.letters.get(at) == Some(b) {
            at += 1;
            continue;
        }
        let boundary = at == 0 || at >= 64 || target.cuts >> at & 1 == 1;
        let free = *b == b'\'' || (boundary && matches!(b, b' ' | b'\t' | b'-' | b'/'));
        if !free {
            return at == target.letters.len() && target.plural && matches!(hay.get(i..), Some(b"s" | b"es"));
        }
    }
    at == target.letters.len()
}

/// The ASCII letter or digit that the character at a place of folded text looks like, and the character's length.
pub(super) fn look_alike_at(folded: &str, at: usize) -> Option<(u8, usize)> {
    if folded.as_bytes().get(at).is_none_or(u8::is_ascii) {
        return None;
    }
    let c = folded.get(at..)?.chars().next()?;
    Some((look_alike(c)?, c.len_utf8()))
}

/// A letter or digit that is of the same key class as the wanted one: `0` for `o`, `I` (folded to `i`) for `l`.
fn same_glyph(b: u8, want: u8) -> Option<Step> {
    let class = |b: u8| CLASS.get(b as usize).copied().unwrap_or(0);
    let same = class(b) != 0 && b < 0x80 && class(b) == class(want);
    let digit = b.is_ascii_digit() != want.is_ascii_digit();
    same.then(|| step(cost::GLYPH, if digit { Evasion::LEET } else { Evasion::HOMOGLYPH }))
}

/// The character at a place of UTF-8 bytes.
fn character(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let first = *bytes.get(at)?;
    bytes.get(at..(at + char_len(first)).min(bytes.len()))
}

/// Reads the character `seen`, at `at` in the folded text, as the letter `want`, in all ways there are.
fn read_letter(grid: &mut Grid<'_>, (i, j): (usize, usize), here: Cell, text: &Text, at: usize, seen: &[u8], want: &[u8]) {
    if seen == want {
        let exact = Step { cost: 0, edits: 0, strokes: 0, exact: want.len() as u8, evasion: Evasion::NONE };
        grid.relax(i + seen.len(), j + want.len(), here, exact);
        return;
    }
    let &[want] = want else {
        // A Latin letter in a Cyrillic word that the fold took for a Latin one.
        if let (&[b], Some(letter)) = (seen, std::str::from_utf8(want).ok().and_then(|w| w.chars().next()))
            && cyrillic_look_alike(char::from(b)) == Some(letter)
        {
            grid.relax(i + 1, j + want.len(), here, step(cost::GLYPH, Evasion::HOMOGLYPH));
        }
        return;
    };
    if let &[b] = seen {
        if let Some(as_glyph) = same_glyph(b, want) {
            grid.relax(i + 1, j + 1, here, as_glyph);
        }
        if glyphs::is_stroke(b, want) {
            grid.relax(i + 1, j + 1, here, STROKE);
        }
    }
    if let Some((reading, len)) = look_alike_at(text.folded(), at)
        && (reading == want || same_glyph(reading, want).is_some())
    {
        grid.relax(i + len, j + 1, here, step(cost::GLYPH, Evasion::HOMOGLYPH));
    }
    for (reading, len) in glyphs::glyphs_at(text.folded().as_bytes(), at) {
        if reading == want && i + len < grid.height {
            grid.relax(i + len, j + 1, here, step(cost::GLYPH, Evasion::LEET));
        }
    }
}

/// Whether a character is one more of the letter before. Behind another letter it is not (`pilot` is no `plot`, though `i` may stand for `l`).
fn repeats(seen: &[u8], behind: Option<u8>, before: &[u8]) -> bool {
    let letters = |a: u8, b: u8| a.is_ascii_alphabetic() && b.is_ascii_alphabetic();
    let alike = |last: u8| matches!(seen, &[b] if !letters(b, last) && same_glyph(b, last).is_some());
    match (seen, behind) {
        (&[b], Some(other)) if letters(b, other) && b != other => false,
        _ => before.ends_with(seen) || before.last().is_some_and(|&last| alike(last)),
    }
}

/// Steps over a mark, a space or an apostrophe; free where the term has a word boundary.
fn skip_mark(grid: &mut Grid<'_>, (i, j): (usize, usize), here: Cell, folded: &[u8], at: usize, cuts: u64) {
    let b = folded.get(at).copied().unwrap_or(0);
    let len = char_len(b);
    let boundary = j == 0 || j >= 64 || cuts >> j & 1 == 1;
    let how = match b {
        b'\'' => step(0, Evasion::NONE),
        b' ' | b'\t' | b'-' | b'/' if boundary => step(0, Evasion::NONE),
        b'\n' | b'\r' => step(cost::SEPARATOR, if boundary { Evasion::NONE } else { Evasion::SPLIT }),
        b' ' | b'\t' => step(cost::SEPARATOR, Evasion::SPACED),
        _ if boundary => step(cost::SEPARATOR, Evasion::NONE),
        _ => step(cost::SEPARATOR, Evasion::PUNCT),
    };
    grid.relax(i + len, j, here, how);
}
