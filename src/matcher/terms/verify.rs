//! Whether a stretch of text is a term. In: a term and a stretch whose key, or some variant of it, is the term's. Out: a hit, or nothing. Keeps: the characters
//! decide, not the key; what is ordinary writing is no disguise. Must not know: how the candidate was found.

use super::align::{self, Alignment, align};
use super::groups::Scope;
use super::store::Term;
use super::token_keys::is_single;
use super::{Run, TermHit, TermIndex};
use crate::evasion::Evasion;
use crate::text::{Text, TokenFlags};

/// Bytes of words whose keys are often those of others (`so`, 50).
const COLLIDING: u32 = 4;

/// Work units of a candidate, and of each word that a phrase may go on with.
const CANDIDATE_WORK: u64 = 1;

/// Work units of a cell of an alignment.
const CELL_WORK: u64 = 3;

/// Fewest letters of a word in pieces of which none is a word by itself: fewer (`k e t`) may not be read together.
const ROW: usize = 4;

/// How many candidates are remembered.
const TRIED: usize = 32;

impl TermIndex {
    /// The same for words whose key is the term's. The look takes longer ones as they stand: it may see too much, and few keys collide.
    #[inline]
    pub(super) fn consider_key(&self, run: &mut Run<'_>, term: u32, first: usize, last: usize) {
        let tokens = run.text.tokens();
        if run.scope == Scope::Leading
            && let (Some(a), Some(b)) = (tokens.get(first), tokens.get(last))
            && b.end - a.start > COLLIDING
        {
            if run.budget.charge(CANDIDATE_WORK) {
                run.out.push(TermHit { term, start: a.start, end: b.end, evasion: Evasion::NONE, cost: 0 });
            }
            return;
        }
        self.consider(run, term, first, last);
    }

    /// Verifies that the words `first..=last` are a term, and keeps the hit.
    #[inline]
    pub(super) fn consider(&self, run: &mut Run<'_>, term: u32, first: usize, last: usize) {
        let tokens = run.text.tokens();
        if let (Some(a), Some(b)) = (tokens.get(first), tokens.get(last)) {
            self.verify(run, term, a.start as usize..b.end as usize, (first == last).then_some(first));
        }
    }

    /// Verifies that a stretch of text that begins and ends at word edges is a term, and keeps the hit. `word`: it is this one word.
    pub(super) fn verify(&self, run: &mut Run<'_>, number: u32, range: std::ops::Range<usize>, word: Option<usize>) {
        let Some(term) = self.wanted(run, number) else { return };
        if !run.budget.charge(CANDIDATE_WORK) {
            return;
        }
        let folded = run.text.folded().as_bytes();
        let plain = folded.get(range.clone()) == Some(term.letters) || is_plain_phrase(run.text, &term, &range);
        if plain && run.scope == Scope::Leading && !term.disguised {
            // Cut otherwise or in another case than the term, perhaps: the look may see too much.
            run.out.push(TermHit { term: number, start: range.start as u32, end: range.end as u32, evasion: Evasion::NONE, cost: 0 });
            return;
        }
        let one_word = word.is_some() && term.cuts == 1;
        if word.is_some_and(|word| is_letter_of_row(run.text, word)) {
            return;
        }
        if term.word && !one_word && !self.is_cut_alike(run, &term, &range) {
            return;
        }
        let alignment = if plain {
            Alignment::whole(0, Evasion::NONE)
        } else {
            let ordinary = word.is_some_and(|word| is_ordinary(run, word, &range));
            if ordinary && range.len() == term.letters.len() {
                return;
            }
            let work = (range.len() * term.letters.len()) as u64 * CELL_WORK + 1;
            if was_tried(run, number, &range, ordinary) || !run.budget.charge(work) {
                return;
            }
            let may_swap = run.again.is_some() || run.text.evidence(range.clone()).contains(Evasion::HOMOGLYPH);
            match align(run.text, range.clone(), term.target(), &mut run.scratch.align) {
                Some(Alignment { cost: 1.., .. }) if ordinary => return,
                Some(a) if may_be_chance(&term, &a) && is_inside_pieces(run.text, &range) => return,
                // `il ne` is no `line`.
                Some(a) if term.cuts == 1 && word.is_none() && is_otherwise_lettered(&a) && are_ordinary(run, &range) => return,
                Some(a) if term.word && may_swap && is_swapped(&a) => a,
                Some(alignment) if acceptable(&term, &alignment, folded.get(range.clone()).unwrap_or_default()) => alignment,
                _ => return,
            }
        };
        self.keep_wanted(run, (number, &term), range, alignment);
    }

    /// Whether a stretch of text is cut into words where the term is.
    fn is_cut_alike(&self, run: &Run<'_>, term: &Term<'_>, range: &std::ops::Range<usize>) -> bool {
        let tokens = run.text.tokens();
        let first = tokens.partition_point(|t| (t.end as usize) <= range.start);
        let words = tokens.iter().skip(first).take_while(|t| (t.start as usize) < range.end);
        let (mut at, mut cuts) = (0, 0u64);
        for token in words {
            if at < 64 {
                cuts |= 1 << at;
            }
            at += token.range().len();
            if token.flags.has(TokenFlags::APOSTROPHE) {
                let word = run.text.folded().as_bytes().get(token.range()).unwrap_or_default();
                at -= word.iter().filter(|&&b| b == b'\'').count();
            }
        }
        // `8 mm` and `8mm` are the same to a reader.
        let unit = |at: usize| {
            let digit = |i: usize| term.letters.get(i).is_some_and(u8::is_ascii_digit);
            at > 0 && digit(at - 1) != digit(at)
        };
        let mut differing = cuts ^ term.cuts;
        while differing != 0 {
            if !unit(differing.trailing_zeros() as usize) {
                return false;
            }
            differing &= differing - 1;
        }
        true
    }
}

/// Whether this candidate was aligned of late; notes it.
fn was_tried(run: &mut Run<'_>, term: u32, range: &std::ops::Range<usize>, ordinary: bool) -> bool {
    let tried = &mut run.scratch.tried;
    if tried.is_empty() {
        tried.resize(TRIED, (u32::MAX, 0, 0, false));
    }
    let this = (term, range.start as u32, range.end as u32, ordinary);
    let place = (term as usize ^ (range.start << 2) ^ range.end) % TRIED;
    tried.get_mut(place).is_some_and(|slot| std::mem::replace(slot, this) == this)
}

/// Whether a stretch of text is a term's words as they are, apart by spaces, hyphens or slashes.
fn is_plain_phrase(text: &Text, term: &Term<'_>, range: &std::ops::Range<usize>) -> bool {
    if term.cuts == 1 {
        return false;
    }
    let folded = text.folded().as_bytes().get(range.clone()).unwrap_or_default();
    let mut letters = term.letters.iter().enumerate();
    let mut parted = true;
    for &b in folded {
        if matches!(b, b' ' | b'-' | b'/') {
            parted = true;
            continue;
        }
        let Some((at, &letter)) = letters.next() else { return false };
        let begins = at < 64 && term.cuts >> at & 1 == 1;
        if letter != b || begins != parted {
            return false;
        }
        parted = false;
    }
    letters.next().is_none()
}

/// Whether a word is a common one as it stands: it is no disguise of another one.
fn is_ordinary(run: &Run<'_>, word: usize, range: &std::ops::Range<usize>) -> bool {
    run.again.is_none()
        && run.scratch.words.get(word).is_some_and(|w| w.is_common())
        && run.text.tokens().get(word).is_some_and(|t| !t.flags.has(TokenFlags::DIGIT))
        && is_plainly_written(run, range.clone())
}

/// Whether some words, with no mark between them, are all common ones as they stand.
fn are_ordinary(run: &Run<'_>, range: &std::ops::Range<usize>) -> bool {
    let tokens = run.text.tokens();
    let folded = run.text.folded().as_bytes().get(range.clone()).unwrap_or_default();
    if folded.iter().any(|b| b.is_ascii_punctuation() && !matches!(b, b'-' | b'\'')) {
        return false;
    }
    let first = tokens.partition_point(|t| (t.end as usize) <= range.start);
    let last = tokens.partition_point(|t| (t.start as usize) < range.end);
    (first..last).all(|word| tokens.get(word).is_some_and(|t| t.end - t.start > 1 && is_ordinary(run, word, &t.range())))
}

/// Whether some letters stand for others that look like them.
fn is_otherwise_lettered(alignment: &Alignment) -> bool {
    alignment.evasion.intersects(Evasion::HOMOGLYPH | Evasion::LEET)
}

/// Whether nothing in a word was undone by folding, an odd capital (`teIegram`) included.
fn is_plainly_written(run: &Run<'_>, range: std::ops::Range<usize>) -> bool {
    let span = run.text.source_span(range.clone());
    let original = run.source.get(span.start..span.end).unwrap_or_default();
    let odd = original.windows(2).any(|w| matches!(w, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    !odd && run.text.evidence(range).is_empty()
}

/// Whether nothing but letters of one class stand for each other: where the reading of a look-alike is in doubt (`ӏ` is `i` or `l`), so is that of the word.
fn is_swapped(alignment: &Alignment) -> bool {
    alignment.edits == 0 && alignment.strokes == 0 && alignment.evasion.without(Evasion::HOMOGLYPH).is_empty()
}

/// Whether an alignment is near enough to the term to be that term.
fn acceptable(term: &Term<'_>, alignment: &Alignment, hay: &[u8]) -> bool {
    let letters = term.letters.len() as u16;
    if term.word {
        let changed = Evasion::LEET | Evasion::REPEAT | Evasion::TYPO | Evasion::SPACED | Evasion::PUNCT | Evasion::SPLIT;
        return alignment.edits == 0 && !alignment.evasion.intersects(changed) && alignment.cost < align::cost::SINGLE;
    }
    let disguise = alignment.cost - u16::from(alignment.edits) * align::cost::EDIT;
    let (strokes, exact) = (u16::from(alignment.strokes), u16::from(alignment.exact));
    let lettered = hay.iter().any(|&b| b.is_ascii_alphabetic() || b >= 0x80) || !term.letters.iter().any(u8::is_ascii_alphabetic);
    let allowance = match (alignment.edits, letters) {
        (0, ..=4) => 2 * letters,
        (0, _) => 4 * letters,
        _ => letters / 2,
    };
    // Punctuation reads as nearly anything: a word of it must show letters of its own, and one in pieces most of them.
    let legible = match hay.iter().any(u8::is_ascii_whitespace) {
        true => strokes == 0 && exact * 2 >= letters,
        false => strokes == 0 || (letters > 5 && exact >= 2.max(letters.div_ceil(4))),
    };
    lettered && legible && disguise <= allowance && (alignment.edits == 0 || strokes == 0)
}

/// Whether a disguised word is so short, or has marks for letters, that it may be there by chance among pieces.
fn may_be_chance(term: &Term<'_>, alignment: &Alignment) -> bool {
    term.letters.len() < 5 || alignment.evasion.contains(Evasion::LEET)
}

/// Whether a word is one letter of a word in pieces (`w o r k`), of which [`ROW`] letters stand at the same distance from each other.
fn is_letter_of_row(text: &Text, i: usize) -> bool {
    let single = |i: usize| text.tokens().get(i).is_some_and(|t| t.end - t.start <= 4 && is_single(text, t));
    let gap = |i: usize| gap_behind(text, i);
    let in_row = |first: usize| (first..first + ROW).all(single) && (first..first + ROW - 2).all(|i| gap(i) == gap(i + 1));
    single(i) && (i.saturating_sub(ROW - 1)..=i).any(in_row)
}

/// What stands between a word and the next one.
fn gap_behind(text: &Text, i: usize) -> Option<&str> {
    match (text.tokens().get(i), text.tokens().get(i + 1)) {
        (Some(a), Some(b)) => text.folded().get(a.end as usize..b.start as usize),
        _ => None,
    }
}

/// Whether single letters go on before or after a stretch of single letters, at the same distance: then it is a part of a longer word in pieces.
fn is_inside_pieces(text: &Text, range: &std::ops::Range<usize>) -> bool {
    let tokens = text.tokens();
    let first = tokens.partition_point(|t| (t.end as usize) <= range.start);
    let last = tokens.partition_point(|t| (t.start as usize) < range.end).saturating_sub(1);
    let gap = |i: usize| gap_behind(text, i);
    let single = |i: usize| tokens.get(i).is_some_and(|t| is_single(text, t));
    let before = first > 0 && single(first - 1) && single(first) && gap(first - 1) == gap(first);
    let after = last > first && single(last + 1) && single(last) && gap(last) == gap(last - 1);
    first < last && (before || after)
}
