//! Phrases, word by word. In: a word that phrases begin with, and what words may be read as. Out: candidates, when the words so far have the key of a term.
//! Keeps: a phrase is followed only as long as some term has that many words. Must not know: how a candidate is verified.

use super::token_keys::{ends_sentence, push_token};
use super::{Run, TermIndex};
use crate::evasion::Evasion;
use crate::text::TokenFlags;
use crate::text::keys::KeyHasher;

/// Corrected words that one phrase may hold.
const CORRECTED: usize = 4;

/// Pieces of words that a phrase may hold over its number of words.
const PIECES: usize = 2;

/// Longest phrase, in words.
pub const PHRASE_WORDS: usize = 16;

const PHRASE_WORK: u64 = 2;

/// What a word is read as in phrases.
#[derive(Debug, Clone, Copy)]
pub(super) struct Correction {
    pub(super) place: u32,
    /// Number in `parts`.
    pub(super) part: u32,
    pub(super) undone: Evasion,
    /// A slip of the pen in a common word: it hides no term, whatever that allows.
    pub(super) slip: bool,
}

/// How far a phrase was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub(super) key: KeyHasher,
    pub(super) words: usize,
    /// Words more than the phrase has, for those that are in pieces.
    pub(super) spare: usize,
    pub(super) longest: usize,
    /// Bit k: some phrase of k words begins so.
    pub(super) phrases: u32,
    /// Corrections on the way, by number.
    pub(super) corrections: [u32; CORRECTED],
    pub(super) corrected: usize,
    /// Phrases without a corrected word are found already.
    pub(super) only_corrected: bool,
}

impl Reach {
    pub(super) const fn new(phrases: u32, key: KeyHasher) -> Self {
        let start =
            Self { key, words: 1, spare: 0, longest: 0, phrases: 0, corrections: [0; CORRECTED], corrected: 0, only_corrected: false };
        start.to(phrases)
    }

    /// The same on the way to phrases of so many words.
    pub(super) const fn to(mut self, phrases: u32) -> Self {
        self.phrases = phrases;
        self.longest = 31 - (phrases | 1).leading_zeros() as usize;
        self
    }
}

impl TermIndex {
    /// Whether what begins with the words whose key is given may go on with the word `next`: nearly always two words tell that nothing does. To be asked
    /// before any word was corrected.
    #[inline]
    pub(super) fn may_go_on(&self, run: &mut Run<'_>, next: usize, mut key: KeyHasher) -> bool {
        let tokens = run.text.tokens();
        let Some(token) = tokens.get(next) else { return false };
        if token.flags.has(TokenFlags::LINE) || tokens.get(next + 1).is_some_and(|t| t.flags.has(TokenFlags::LINE)) {
            return true;
        }
        push_token(&mut key, run.text, token);
        let goes_on = !ends_sentence(token) && self.known(run.scope, &key).0 & run.scope.group() != 0;
        goes_on || !run.budget.charge(1)
    }

    /// Looks up the phrases that begin with the words from `i` up to `at`. Where words were corrected they are read as they stand and as what they were
    /// corrected to. A word may be in two pieces where a line ends or a piece is odd.
    pub(super) fn extend_phrase(&self, run: &mut Run<'_>, i: usize, mut at: usize, mut reach: Reach) {
        while reach.words < reach.longest + reach.spare {
            let Some(token) = run.text.tokens().get(at) else { return };
            if token.flags.has(TokenFlags::UNSPACED) || ends_sentence(token) || !run.budget.charge(PHRASE_WORK) {
                return;
            }
            for c in run.scratch.corrections_of(at) {
                if let Some(mut branch) = self.corrected(run, at, c, &reach)
                    && run.budget.charge(8)
                {
                    self.reach_on(run, i, at, &mut branch);
                    self.extend_phrase(run, i, at + 1, branch);
                }
            }
            push_token(&mut reach.key, run.text, token);
            self.reach_on(run, i, at, &mut reach);
            at += 1;
        }
    }

    /// A phrase that goes on with one of the corrections, if it is one of the word `at`.
    pub(super) fn corrected(&self, run: &Run<'_>, at: usize, correction: usize, reach: &Reach) -> Option<Reach> {
        let chosen = run.scratch.corrected.get(correction).filter(|c| c.place == at as u32)?;
        let mut branch = *reach;
        *branch.corrections.get_mut(branch.corrected)? = correction as u32;
        branch.corrected += 1;
        branch.key.push(self.parts.get(chosen.part as usize)?.class);
        Some(branch)
    }

    /// Looks up the phrases that end with the word `at`, which was taken in.
    pub(super) fn reach_on(&self, run: &mut Run<'_>, i: usize, at: usize, reach: &mut Reach) {
        reach.words += 1;
        reach.spare += usize::from(reach.spare < PIECES && self.may_be_piece(run, at));
        // Some phrase has so many words, or as many fewer as may be pieces.
        let fewest = reach.phrases.checked_shr((reach.words - reach.spare) as u32).unwrap_or(0);
        if reach.words == 2 || fewest & ((2 << reach.spare) - 1) != 0 {
            let word = self.known(run.scope, &reach.key);
            let members = if word.0 & run.scope.members() == 0 { &[] } else { self.members(run.scope, self.group(word)) };
            for &term in members {
                match reach.corrected {
                    0 if reach.only_corrected => {}
                    0 => self.consider_key(run, term, i, at),
                    _ => self.consider_corrected(run, term, i..=at, reach),
                }
            }
            if reach.words == 2 && reach.spare == 0 && !self.may_be_piece(run, at + 1) {
                // No phrase begins with these two words unless the group says so.
                *reach = reach.to(reach.phrases & self.phrases_of(run.scope, word));
            }
        }
    }

    /// Whether a word may be the rest of the one before it, or what comes after it the rest of it: a line ends here, or it is in no dictionary.
    pub(super) fn may_be_piece(&self, run: &Run<'_>, i: usize) -> bool {
        let token = run.text.tokens().get(i);
        let line = token.is_some_and(|t| t.flags.has(TokenFlags::LINE));
        line || run.scratch.words.get(i).is_some_and(|w| !w.is_known()) && token.is_some_and(|t| t.flags.has(TokenFlags::LETTER))
    }
}
