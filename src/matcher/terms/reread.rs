//! The second reading: the message as it reads with its disguises of shape undone, so that two disguises over each other, and disguised words inside phrases,
//! are found by the same look-ups as plain ones. In: a folded text and what the first look-ups learnt of its words. Out: verified hits that a rewritten word
//! has a part in. Keeps: a message in which nothing is to be undone costs a few comparisons; what is rewritten is a window around the changes.
//! Must not know: which rule a term belongs to.
//!
//! Two steps: [`pieces`](super::pieces) puts together what was taken apart (letters set apart, letters swapped for signs, words cut by a line end), and
//! [`turns`](super::turns) sets right the words of the result (repeats, upside down, backwards). Each writes a text and where its bytes come from.

use super::build::Item;
use super::groups::Word;
use super::pieces::CutBy;
use super::readings::{Reading, Window};
use super::token_keys::{push_token, token_key};
use super::variants::Key;
use super::{Run, TermHit, TermIndex, TermScratch, pieces, variants};
use crate::evasion::Evasion;
use crate::matcher::entity::Heard;
use crate::text::{Text, Token, TokenFlags, keys};
use std::ops::Range;

/// A text that was written from another one.
#[derive(Debug, Clone, Default)]
pub(super) struct Rewritten {
    /// What it says.
    pub letters: String,
    /// For each byte the range of the other text that it stands for.
    from: Vec<(u32, u32)>,
    /// For each byte what was undone there.
    evidence: Vec<Evasion>,
    /// Whether it says anything else than the other text.
    pub changed: bool,
}

impl Rewritten {
    pub fn clear(&mut self) {
        self.letters.clear();
        self.from.clear();
        self.evidence.clear();
        self.changed = false;
    }

    /// Appends a range of the other text as it stands.
    pub fn copy(&mut self, text: &str, range: Range<usize>) {
        let copied = text.get(range.clone()).unwrap_or_default();
        self.letters.push_str(copied);
        let start = range.start as u32;
        self.from.extend((start..start + copied.len() as u32).map(|at| (at, at + 1)));
        self.evidence.resize(self.letters.len(), Evasion::NONE);
    }

    /// Appends letters that stand for a range of the other text.
    pub fn put(&mut self, letters: &str, from: Range<usize>, undone: Evasion) {
        self.letters.push_str(letters);
        self.from.resize(self.letters.len(), (from.start as u32, from.end as u32));
        self.evidence.resize(self.letters.len(), undone);
        self.changed = true;
    }

    /// Notes what was undone from a place on.
    pub fn note(&mut self, from: usize, undone: Evasion) {
        self.evidence.get_mut(from..).unwrap_or_default().iter_mut().for_each(|seen| *seen |= undone);
        self.changed = true;
    }

    /// Whether what was written for a range of the other text is anything else.
    pub fn has_changed_from(&self, range: &Range<usize>) -> bool {
        let first = self.from.partition_point(|&(start, _)| (start as usize) < range.start);
        self.evidence.get(first).is_some_and(|seen| !seen.is_empty())
    }

    /// The one byte of the other text that a byte of this one was written for, if that was another one.
    pub fn written_for(&self, text: &str, at: usize) -> Option<u8> {
        let &(start, end) = self.from.get(at)?;
        let one = || text.as_bytes().get(start as usize).copied().filter(|b| self.letters.as_bytes().get(at) != Some(b));
        (end == start + 1).then(one).flatten()
    }

    /// Writes another ASCII character for one.
    pub fn write(&mut self, at: usize, character: u8, undone: Evasion) {
        if let Some(evidence) = self.evidence.get_mut(at)
            && self.letters.get(at..=at).is_some()
            && let Ok(character) = std::str::from_utf8(&[character])
        {
            self.letters.replace_range(at..=at, character);
            *evidence = undone;
        }
    }

    /// Takes away what was written from `from` up to `to`.
    pub fn close_gap(&mut self, from: usize, to: usize) {
        if from < to && self.letters.is_char_boundary(from) && self.letters.is_char_boundary(to) {
            self.letters.replace_range(from..to, "");
            self.from.drain(from..to);
            self.evidence.drain(from..to);
        }
    }

    /// Whether anything in a range of this text was undone.
    pub fn is_changed(&self, range: Range<usize>) -> bool {
        self.evidence.get(range).is_some_and(|seen| seen.iter().any(|one| !one.is_empty()))
    }

    /// What a range of this text stands for in the other one, and what was undone there.
    pub fn origin(&self, range: Range<usize>) -> (Range<usize>, Evasion) {
        let places = self.from.get(range.clone()).unwrap_or_default();
        let start = places.iter().map(|p| p.0).min().unwrap_or(0);
        let end = places.iter().map(|p| p.1).max().unwrap_or(start);
        let seen = self.evidence.get(range).unwrap_or_default();
        (start as usize..end as usize, seen.iter().fold(Evasion::NONE, |all, &one| all | one))
    }
}

/// A text that was rewritten as a whole, and the memory to read it with; reused.
#[derive(Debug, Clone, Default)]
pub(super) struct Whole {
    pub rewritten: Rewritten,
    pub text: Text,
    terms: TermScratch,
    hits: Vec<TermHit>,
}

/// Reused memory of the second reading.
#[derive(Debug, Clone, Default)]
pub(super) struct Reread {
    pub joined: Rewritten,
    pub turned: Rewritten,
    pub joined_text: Text,
    pub turned_text: Text,
    terms: TermScratch,
    hits: Vec<TermHit>,
}

/// How letters set apart are cut into words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Cut {
    /// Where the gaps are wider.
    #[default]
    Gaps,
    /// Into words that are known, the longer the better.
    Best,
    /// Into words that are known, the last one as long as can be, and so on.
    Backwards,
}

/// How the ambiguous is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Manner {
    /// How letters set apart are cut into words.
    pub cut: Cut,
    /// Words that run backwards are taken in the order from the last to the first.
    pub from_the_end: bool,
    /// What is changed is noted.
    pub note: bool,
    /// Marks between words set apart stand as they are, and so does `@`, for they may hold an address together.
    pub marks: bool,
}

/// What a step met that reads in another manner too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Also {
    pub cut: bool,
    pub from_the_end: bool,
}

/// Words on either side of a change that a phrase with it may take in.
const AROUND: usize = 8;

/// Most words that are read together: a change in one corner of a long message must not have all of it read once more.
const CLUSTER: u32 = 96;

/// Fewest letters of a term marked `word` that is seen in the second reading.
const WORD_LETTERS: usize = 5;
/// Words that are known once they are set right, from which on this is how the message is written: then terms marked `word` are seen in it, too, from so
/// many letters on.
const THROUGHOUT: u32 = 2;
const WORD_LETTERS_THROUGHOUT: usize = 3;

/// Work units of a byte that is rewritten and read again.
const BYTE_WORK: u64 = 5;

impl TermIndex {
    /// Finds what only shows when disguises of shape are undone.
    pub(super) fn read_again(&self, run: &mut Run<'_>) {
        let mut right = std::mem::take(&mut run.scratch.right);
        let window = self.window(run, &mut right);
        run.scratch.right = right;
        let Some(window) = window else { return };
        let mut scratch = run.scratch.reread.take().unwrap_or_default();
        self.find_changes(run, &mut scratch, window);
        let mut done = 0;
        while let Some(&first) = run.scratch.changes.get(done).filter(|_| !run.budget.is_exhausted()) {
            // Changes that lie near each other are read together.
            let near = |pair: &&[u32]| matches!(pair, [a, b] if b - a <= 2 * AROUND as u32 && b - first < CLUSTER);
            let more = run.scratch.changes.get(done..).unwrap_or_default().windows(2).take_while(near).count();
            let last = run.scratch.changes.get(done + more).map_or(first, |&last| last) as usize;
            let cluster = (first as usize).saturating_sub(AROUND)..(last + AROUND + 1).min(run.text.tokens().len());
            done += more + 1;
            run.scratch.windows.push(Window { words: (cluster.start as u32, cluster.end as u32), ..Window::default() });
            for cut in [Cut::Gaps, Cut::Best, Cut::Backwards] {
                if !self.read_joined(run, &mut scratch, cluster.clone(), Manner { cut, ..Manner::default() }).cut {
                    break;
                }
            }
        }
        run.scratch.reread = Some(scratch);
    }

    /// Finds what a text says when `write` rewrites it as a whole, which tells whether it did. `cost`: of what was undone.
    pub(super) fn find_rewritten(&self, run: &mut Run<'_>, cost: u16, write: impl FnOnce(&mut Run<'_>, &mut Whole) -> bool) {
        let mut whole = run.scratch.whole.take().unwrap_or_default();
        if write(run, &mut whole) {
            self.find_in_whole(run, &mut whole, cost);
        }
        run.scratch.whole = Some(whole);
    }

    /// Keeps the hits of a rewritten text that a rewritten place has a part in, where they lie in the first one.
    fn find_in_whole(&self, run: &mut Run<'_>, whole: &mut Whole, cost: u16) {
        let Whole { rewritten, text, terms, hits } = whole;
        text.read(rewritten.letters.as_bytes());
        hits.clear();
        self.find_once(text, rewritten, (run.scope, run.wanted), terms, run.budget, hits);
        for hit in hits.iter() {
            let (range, undone) = rewritten.origin(source(text, hit.start as usize..hit.end as usize));
            if undone.is_empty() || self.terms.get(hit.term as usize).is_none_or(|t| t.case || t.disguised) {
                continue;
            }
            put_back(run, *hit, range, undone, cost);
        }
    }

    /// Notes the words of a window that are not as they should be, and the rows of letters in it.
    fn find_changes(&self, run: &mut Run<'_>, scratch: &mut Reread, window: Range<usize>) {
        run.scratch.changes.clear();
        run.scratch.rows.clear();
        (run.scratch.set_right, run.scratch.halves) = (0, 0);
        if !self.charge(run, &window) {
            return;
        }
        let Reread { joined, turned, joined_text, turned_text, .. } = scratch;
        self.join_pieces(run, window, Manner { note: true, ..Manner::default() }, joined);
        joined_text.read(joined.letters.as_bytes());
        self.turn_words(run, joined, joined_text, Manner::default(), turned);
        if turned.changed {
            for token in joined_text.tokens() {
                let range = source(joined_text, token.range());
                if turned.has_changed_from(&token.range()) {
                    let at = joined.origin(range).0.start;
                    run.scratch.changes.push(run.text.tokens().partition_point(|t| t.end as usize <= at) as u32);
                }
            }
        }
        run.scratch.changes.sort_unstable();
        run.scratch.changes.dedup();
        if !run.scratch.changes.is_empty() {
            turned_text.read(turned.letters.as_bytes());
            let reading = Reading { joined, joined_text, turned, turned_text };
            let is_set_right = |token: &&Token| {
                let (_, undone) = reading.origin(token.range());
                let word = turned_text.folded().as_bytes().get(token.range()).unwrap_or_default();
                let lettered = undone.without(Evasion::HOMOGLYPH | Evasion::SPLIT);
                !lettered.is_empty() && word.len() >= WORD_LETTERS_THROUGHOUT && self.knows(word)
            };
            run.scratch.set_right = turned_text.tokens().iter().filter(is_set_right).count() as u32;
        }
    }

    /// Charges one rewriting of a window.
    pub(super) fn charge(&self, run: &mut Run<'_>, window: &Range<usize>) -> bool {
        let tokens = run.text.tokens().get(window.clone()).unwrap_or_default();
        let bytes = tokens.last().map_or(0, |t| t.end) - tokens.first().map_or(0, |t| t.start);
        run.budget.charge(u64::from(bytes) * BYTE_WORK)
    }

    /// One reading of a window of words, and what it reads as once its words are set right.
    fn read_joined(&self, run: &mut Run<'_>, scratch: &mut Reread, window: Range<usize>, manner: Manner) -> Also {
        if !self.charge(run, &window) {
            return Also::default();
        }
        let Reread { joined, turned, joined_text, turned_text, terms, hits } = scratch;
        let mut also = self.join_pieces(run, window.clone(), manner, joined);
        joined_text.read(joined.letters.as_bytes());
        let again = self.turn_words(run, joined, joined_text, manner, turned);
        also.from_the_end |= again.from_the_end;
        if joined.changed {
            hits.clear();
            self.find_once(joined_text, joined, (run.scope, run.wanted), terms, run.budget, hits);
            note_heard(run, terms.heard(), also);
            for hit in hits.iter() {
                self.bring_back(run, *hit, |range| joined.origin(source(joined_text, range)));
            }
        }
        let mut backwards = manner;
        loop {
            if turned.changed && self.charge(run, &window) {
                turned_text.read(turned.letters.as_bytes());
                hits.clear();
                self.find_once(turned_text, turned, (run.scope, run.wanted), terms, run.budget, hits);
                note_heard(run, terms.heard(), also);
                let reading = Reading { joined, joined_text, turned, turned_text };
                for hit in hits.iter() {
                    self.bring_back(run, *hit, |range| reading.origin(range));
                }
            }
            if !again.from_the_end || backwards.from_the_end {
                return also;
            }
            backwards.from_the_end = true;
            self.turn_words(run, joined, joined_text, backwards, turned);
        }
    }

    /// Keeps a hit of the second reading where it lies in the first one, if a rewritten word has a part in it.
    fn bring_back(&self, run: &mut Run<'_>, hit: TermHit, origin: impl Fn(Range<usize>) -> (Range<usize>, Evasion)) {
        let (range, undone) = origin(hit.start as usize..hit.end as usize);
        let Some(term) = self.terms.get(hit.term as usize) else { return };
        let letters = term.letters.len();
        let apart = Evasion::SPACED | Evasion::PUNCT;
        let throughout = run.scratch.set_right >= THROUGHOUT && letters >= WORD_LETTERS_THROUGHOUT;
        let seen_whole = undone.without(Evasion::HOMOGLYPH).is_empty() || letters >= WORD_LETTERS && undone.intersects(apart) || throughout;
        if undone.is_empty() || term.case || term.word && !seen_whole {
            return;
        }
        put_back(run, hit, range, undone, super::align::cost::GLYPH);
    }

    /// The words around all that may have to be undone; `None` where nothing has.
    fn window(&self, run: &mut Run<'_>, right: &mut String) -> Option<Range<usize>> {
        let tokens = run.text.tokens();
        let (mut first, mut last) = (usize::MAX, 0);
        let mut note = |i: usize| {
            first = first.min(i);
            last = last.max(i);
        };
        for three in run.scratch.singles.windows(3) {
            if let &[a, _, c] = three
                && c - a <= 4
            {
                note(a as usize);
                note(c as usize);
            }
        }
        for &i in &run.scratch.breaks {
            if (i as usize).checked_sub(1).is_some_and(|before| self.is_cut(run, before, i as usize)) {
                note(i as usize);
            }
        }
        let mut together = std::mem::take(&mut run.scratch.run_together);
        together.extend(run.scratch.unknown.iter().filter(|&&i| self.is_run_together(run.text, i as usize, run.budget)));
        together.iter().for_each(|&i| note(i as usize));
        run.scratch.run_together = together;
        for &i in &run.scratch.unknown {
            let i = i as usize;
            let odd = tokens.get(i).is_some_and(|t| self.may_have_signs(run, t)) || self.is_turned_known(run, i, right);
            if odd || self.is_half(run, i) || self.is_half(run, i + 1) {
                note(i);
            }
        }
        if SIGNS.iter().any(|&sign| run.text.facts().has_symbol(sign)) {
            for (i, token) in tokens.iter().enumerate() {
                if token.flags.has(TokenFlags::LETTER) && self.has_known_sign(run, token) {
                    note(i);
                }
            }
        }
        let attached = |t: &Token| t.flags.has(TokenFlags::ATTACHED);
        for (i, three) in tokens.windows(3).enumerate() {
            if let [_, b, c] = three
                && attached(b)
                && attached(c)
                && self.syllables_at(run, i, tokens.len()).is_some()
            {
                note(i);
            }
        }
        if run.text.facts().has_symbol(b'\'') {
            for (i, _) in tokens.iter().enumerate().filter(|(_, t)| ends_in_sign(run.text, t)) {
                note(i);
            }
        }
        if run.text.facts().rewritten {
            for (i, token) in tokens.iter().enumerate() {
                // Of signs only emoji: the others were asked about before, whatever else was rewritten.
                let of_emoji = token.flags.has(TokenFlags::EMOJI) || touches_emoji(run.text, token);
                let undone = run.text.evidence(token.range());
                if of_emoji && has_sign(run.text, token) || undone.intersects(Evasion::FLIPPED | Evasion::HOMOGLYPH) {
                    note(i);
                }
            }
        }
        (first != usize::MAX).then(|| first.saturating_sub(AROUND)..(last + AROUND + 1).min(tokens.len()))
    }

    /// Whether a line end may have cut a word into these two.
    fn is_cut(&self, run: &Run<'_>, first: usize, second: usize) -> bool {
        let unknown = |i: usize| run.scratch.words.get(i).is_some_and(|w| !w.is_known());
        self.before_and(run, second).is_some_and(|both| unknown(first) || unknown(second) || both.is_known())
    }

    /// Whether a word and the one before it, with one mark or space between them, are a known one.
    fn is_half(&self, run: &Run<'_>, i: usize) -> bool {
        let cut = pieces::cut_before(run.text, i).is_some_and(|cut| cut != CutBy::Line);
        cut && self.before_and(run, i).is_some_and(Word::is_whole)
    }

    /// What the exact table says of a word and the one before it as one; nothing of emoji, and of scripts without spaces.
    fn before_and(&self, run: &Run<'_>, i: usize) -> Option<Word> {
        let [a, b] = run.text.tokens().get(i.checked_sub(1)?..=i)? else { return None };
        if a.flags.has(TokenFlags::UNSPACED) || b.flags.has(TokenFlags::UNSPACED) || a.flags.has(TokenFlags::EMOJI) {
            return None;
        }
        let mut key = token_key(run.text, a);
        push_token(&mut key, run.text, b);
        Some(Word(self.exact.get(key.finish())))
    }

    /// Whether an unknown word has signs for letters about it, or digits, or is one letter over and over.
    fn may_have_signs(&self, run: &Run<'_>, token: &Token) -> bool {
        let text = run.text;
        let word = text.folded().as_bytes().get(token.range()).unwrap_or_default();
        let called = text.folded().as_bytes().get(token.end as usize) == Some(&b'!') && {
            let mut key = token_key(text, token);
            key.push(b"i");
            Word(self.exact.get(key.finish())).is_known()
        };
        let digits = token.flags.has(TokenFlags::DIGIT) && word.len() > 3 && !super::loose::is_measure(run, token);
        called || digits || has_sign(text, token) || word.windows(2).all(|w| matches!(w, [a, b] if a == b))
    }

    /// Whether a word has signs for letters about it that make it another one, or tie it to the next.
    fn has_known_sign(&self, run: &Run<'_>, token: &Token) -> bool {
        let text = run.text;
        let inner = |at: usize| text.class().get(at).is_some_and(|&class| class != 0);
        let before = pieces::sign_before(text, token.start as usize).is_some_and(|(_, len)| {
            let at = token.start as usize - len;
            at.checked_sub(1).is_some_and(inner) || self.knows(pieces::word_with_signs(text, at..token.end as usize).as_slice())
        });
        before
            || pieces::sign_at(text, token.end as usize).is_some_and(|(_, len)| {
                let at = token.end as usize + len;
                inner(at) || self.knows(pieces::word_with_signs(text, token.start as usize..at).as_slice())
            })
    }

    /// The key of letters, and what the exact table says of it.
    fn look_up(&self, letters: &[u8]) -> Option<(Key, Word)> {
        let class = |b: &u8| keys::CLASS.get(usize::from(*b)).copied().filter(|&c| c != 0);
        let key = Key::collect(letters.iter().filter_map(class))?;
        Some((key, Word(self.exact.get(keys::hash(key.as_slice())))))
    }

    /// Whether letters are a word that is known.
    pub(super) fn knows(&self, letters: &[u8]) -> bool {
        self.look_up(letters).is_some_and(|(_, word)| word.is_known())
    }

    /// Whether letters are a word that is known, and not some words run together.
    pub(super) fn knows_whole(&self, letters: &[u8]) -> bool {
        self.look_up(letters).is_some_and(|(_, word)| word.is_whole())
    }

    /// Whether letters are a word that is known, or a word of a phrase, and not some words run together.
    pub(super) fn knows_word(&self, letters: &[u8]) -> bool {
        let Some((key, word)) = self.look_up(letters) else { return false };
        if word.is_whole() {
            return true;
        }
        let is_part = |&item: &u32| match Item::of(item) {
            Item::Part(part) => self.parts.get(part as usize).is_some_and(|p| p.class == key.as_slice()),
            Item::Term(_) | Item::Slip(_) => false,
        };
        variants::collapse(key.as_slice().iter().copied())
            .is_some_and(|collapsed| self.loose.get(variants::hash(variants::Kind::Collapsed, collapsed.as_slice())).iter().any(is_part))
    }
}

/// Keeps a hit of a rewritten text at the range of the first one that it stands for. `cost`: of what was undone.
fn put_back(run: &mut Run<'_>, hit: TermHit, range: Range<usize>, undone: Evasion, cost: u16) {
    let evasion = hit.evasion | undone | run.text.evidence(range.clone());
    run.out.push(TermHit { start: range.start as u32, end: range.end as u32, evasion, cost: hit.cost + cost, ..hit });
}

/// Notes of the window that is read what the identifier finders would hear in it, and whether it reads in another manner too.
fn note_heard(run: &mut Run<'_>, heard: Heard, also: Also) {
    if let Some(window) = run.scratch.windows.last_mut() {
        window.heard.openers = window.heard.openers.max(heard.openers);
        window.heard.numbers = window.heard.numbers.max(heard.numbers);
        window.cut |= also.cut;
    }
}

/// The range of what a text was read from that a range of it stands for.
pub(super) fn source(text: &Text, range: Range<usize>) -> Range<usize> {
    let span = text.source_span(range);
    span.start..span.end
}

/// Signs that may stand inside a word between letters that are words of their own (`ket@mine`).
const SIGNS: [u8; 4] = [b'@', b'$', b'|', b'+'];

/// Whether a sign that may stand for a letter touches a word, or an emoji that may touches letters.
fn has_sign(text: &Text, token: &Token) -> bool {
    let range = token.range();
    let (before, after) = (pieces::sign_before(text, range.start), pieces::sign_at(text, range.end));
    if token.flags.has(TokenFlags::EMOJI) {
        let class = |at: Option<usize>| at.and_then(|at| text.class().get(at)).is_some_and(|&c| c != 0);
        let apostrophe = range.start.checked_sub(1).filter(|&at| text.folded().as_bytes().get(at) == Some(&b'\''));
        let behind = apostrophe.unwrap_or(range.start).checked_sub(1);
        let touches = before.is_some() || after.is_some() || class(behind) || class(Some(range.end));
        return touches && keys_of_emoji(text, token).is_some();
    }
    before.is_some() || after.is_some_and(|(letter, _)| letter != b'!')
}

/// Whether an emoji that may stand for a letter touches a word.
fn touches_emoji(text: &Text, token: &Token) -> bool {
    let wide = |sign: Option<(u8, usize)>| sign.is_some_and(|(_, len)| len > 1);
    wide(pieces::sign_before(text, token.start as usize)) || wide(pieces::sign_at(text, token.end as usize))
}

/// Whether a word ends in an apostrophe and a sign or digit for one letter (`won'7`, `can'+`).
fn ends_in_sign(text: &Text, token: &Token) -> bool {
    let rest = text.folded().as_bytes().get(token.end as usize..).unwrap_or_default();
    matches!(rest, [b'\'', b, after @ ..] if (SIGNS.contains(b) || b.is_ascii_digit()) && !after.first().is_some_and(u8::is_ascii_alphanumeric))
        && token.flags.has(TokenFlags::LETTER)
}

/// The letter that an emoji looks like.
pub(super) fn keys_of_emoji(text: &Text, token: &Token) -> Option<u8> {
    text.folded().get(token.range()).and_then(|e| e.chars().next()).and_then(keys::look_alike)
}
