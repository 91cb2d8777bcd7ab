//! The term index: match coarse, verify fine. In: terms at build time, then folded texts. Out: [`TermHit`]s. Keeps: every hit was verified against
//! the characters of the text; an ordinary word costs one table probe. Must not know: which rule a term belongs to.
//!
//! A word's key classes are hashed and looked up in one table of common words, terms and beginnings of phrases. Only words in no
//! dictionary, runs of fragments, and words with marks in them go on to the loose look-ups (repeats, joins, edits, sound, backwards) and
//! to the lattice. Scripts without spaces go through an automaton of their own.

mod align;
mod build;
mod components;
mod emoji_words;
mod entries;
mod folder;
mod groups;
mod hits;
mod lattice;
mod letter_names;
mod lexicon;
mod loose;
mod mirror;
mod phrases;
mod pieces;
mod readings;
mod reread;
mod romanized;
mod sounds;
mod spelled;
mod starts;
mod store;
mod token_keys;
mod turns;
mod unspaced;
mod variants;
mod verify;

pub use build::TermIndexBuilder;
pub use phrases::PHRASE_WORDS;
pub use readings::{Reading, Window};

use crate::evasion::Evasion;
use crate::limits::Budget;
use crate::matcher::bulk;
use crate::matcher::entity::Heard;
use crate::matcher::table::{KeyFilter, KeyTable, ListTable};
use crate::text::keys::KeyHasher;
use crate::text::{Text, Token, TokenFlags};
use align::AlignScratch;
use build::Item;
use groups::{Group, Groups, Scope, Word};
use hits::keep_cheapest;
use phrases::{Correction, Reach};
use serde::{Deserialize, Serialize};
use store::{Parts, Term, Terms};
use token_keys::{ODD, is_single, token_key};

/// A term to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TermSpec<'t> {
    /// As an editor writes it.
    pub text: &'t str,
    /// Edits allowed: 0, 1 or 2 (1 counts from 5 letters on, 2 from 10).
    pub fuzzy: u8,
    /// Only as whole words of its own.
    pub word: bool,
    /// Letter case as written.
    pub case: bool,
    /// Chinese: by toneless pinyin.
    pub homophone: bool,
    /// Only when disguised.
    pub disguised: bool,
}

/// A term seen in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermHit {
    /// Number of the term, in the order in which terms were added.
    pub term: u32,
    /// Start in the folded text.
    pub start: u32,
    /// End in the folded text.
    pub end: u32,
    /// What had to be undone.
    pub evasion: Evasion,
    /// Cost of the alignment, in sixteenths of an edit.
    pub cost: u16,
}

/// The key of a word, which all words have that are written alike, disguised or not.
#[inline]
pub(super) fn unit_key(text: &Text, token: &Token) -> u64 {
    token_key(text, token).finish()
}

/// All terms of a program.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TermIndex {
    terms: Terms,
    parts: Parts,
    exact: KeyTable,
    /// The keys of `exact` that terms which lead have or begin with.
    leading: KeyFilter,
    /// Openers of the identifier finders that have the key of a common word, sorted.
    openers: Vec<Box<[u8]>>,
    groups: Groups,
    #[serde(with = "bulk")]
    postings: Vec<u32>,
    loose: ListTable,
    lattice: lattice::SortedKeys,
    unspaced: unspaced::Unspaced,
}

/// Reused memory of the look-ups, and what they learnt about the words of the last text.
#[derive(Debug, Clone, Default)]
pub struct TermScratch {
    words: Vec<Word>,
    /// The keys of the words.
    keys: Vec<u64>,
    /// Words in no dictionary.
    unknown: Vec<u32>,
    /// Terms that are what others are spelled as.
    spelled: Vec<u32>,
    /// Words of one letter.
    singles: Vec<u32>,
    /// Words that begin a line.
    breaks: Vec<u32>,
    /// Words that are read as words of phrases, by place.
    corrected: Vec<Correction>,
    heard: Heard,
    /// Unknown words that are several run together, by place.
    run_together: Vec<u32>,
    /// Letters set apart that the second reading put together, as ranges of the text.
    rows: Vec<(u32, u32)>,
    /// Words that it reads otherwise than they stand, in order, and how many it set right letter by letter.
    changes: Vec<u32>,
    set_right: u32,
    /// Words that a mark or a space cuts in two.
    halves: u32,
    /// The windows that it rewrote.
    windows: Vec<Window>,
    /// Bytes of the text that a hit of the term at hand lies over.
    taken: Vec<u64>,
    /// What was aligned of late, so that the many ways to one candidate cost one alignment: term, range, ordinary.
    tried: Vec<(u32, u32, u32, bool)>,
    align: AlignScratch,
    lattice: lattice::LatticeScratch,
    unspaced: unspaced::UnspacedScratch,
    mirror: Option<Box<mirror::Mirror>>,
    spelling: Option<Box<spelled::Spelled>>,
    whole: Option<Box<reread::Whole>>,
    reread: Option<Box<reread::Reread>>,
    /// A word set right.
    right: String,
}

impl TermScratch {
    /// The numbers of a word's corrections.
    fn corrections_of(&self, at: usize) -> std::ops::Range<usize> {
        let below = |place: usize| self.corrected.partition_point(|c| (c.place as usize) < place);
        if self.corrected.is_empty() { 0..0 } else { below(at)..below(at + 1) }
    }

    /// Whether there are words that take most of the work of a search.
    fn may_be_disguised(&self) -> bool {
        let near = |singles: &[u32]| matches!(singles, [a, .., b] if b - a <= lattice::SINGLES as u32);
        !self.unknown.is_empty() || self.singles.windows(lattice::SINGLES).any(near)
    }

    fn forget(&mut self) {
        self.words.clear();
        self.keys.clear();
        self.unknown.clear();
        self.spelled.clear();
        self.singles.clear();
        self.breaks.clear();
        self.tried.clear();
        self.corrected.clear();
        self.rows.clear();
        self.run_together.clear();
        self.changes.clear();
        self.windows.clear();
        self.heard = Heard::default();
    }

    /// The keys of the words of the last text.
    pub(crate) fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// How many words of the last text the identifier finders listen for.
    #[must_use]
    pub const fn heard(&self) -> Heard {
        self.heard
    }
}

/// One text on its way through the index.
struct Run<'r> {
    text: &'r Text,
    source: &'r [u8],
    scope: Scope,
    /// Which terms are to be found of those in the scope.
    wanted: &'r dyn Fn(u32) -> bool,
    scratch: &'r mut TermScratch,
    budget: &'r mut Budget,
    out: &'r mut Vec<TermHit>,
    /// In the second reading what the text was rewritten by.
    again: Option<&'r reread::Rewritten>,
}

impl Run<'_> {
    /// Whether a word stands otherwise than in the first reading.
    fn is_new(&self, token: &Token) -> bool {
        self.again.is_none_or(|rewritten| rewritten.is_changed(reread::source(self.text, token.range())))
    }
}

impl TermIndex {
    /// Number of terms.
    #[must_use]
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.len() == 0
    }

    /// The term as its editor wrote it.
    #[must_use]
    pub fn text(&self, term: u32) -> &str {
        self.terms.text(term as usize).unwrap_or_default()
    }

    /// Makes now what the first texts would otherwise wait for.
    pub(crate) fn prepare(&self) {
        self.unspaced.prepare(&self.terms);
        spelled::prepare();
        components::prepare();
        romanized::prepare();
        emoji_words::prepare();
    }

    /// Whether every number in the tables is one of something that is there. Linear.
    pub(crate) fn is_sound(&self) -> bool {
        let terms = self.terms.len();
        let is_term = |number: u32| (number as usize) < terms;
        self.terms.is_sound()
            && self.parts.is_sound()
            && self.exact.all_payloads(|word| ((word & Word::GROUP) as usize) <= self.groups.len())
            && self.leading.is_sound()
            && self.groups.is_sound(self.postings.len())
            && bulk::all(&self.postings, |&term| is_term(term))
            && self.loose.is_sound(|item| Item::is_among(item, terms as u32, self.parts.len() as u32))
            && self.lattice.is_sound(terms)
            && self.unspaced.is_sound(&self.terms)
    }

    /// Bytes on the heap, about.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.terms.heap_bytes()
            + self.parts.heap_bytes()
            + self.exact.heap_bytes()
            + self.leading.heap_bytes()
            + self.groups.heap_bytes()
            + self.postings.capacity() * 4
            + self.loose.heap_bytes()
            + self.lattice.heap_bytes()
            + self.unspaced.heap_bytes()
    }

    /// Appends the `wanted` terms seen in a text, in no particular order; of one term's overlapping hits the cheapest. `source` is the message that `text` was
    /// read from. Linear in the text and the budget; where the budget runs out the hits found so far stay.
    pub fn find(
        &self,
        text: &Text,
        source: &[u8],
        wanted: &dyn Fn(u32) -> bool,
        scratch: &mut TermScratch,
        budget: &mut Budget,
        out: &mut Vec<TermHit>,
    ) {
        self.find_all(&mut Run { text, source, scope: Scope::All, wanted, scratch, budget, out, again: None }, &mut |_| false);
    }

    /// Appends the terms seen in a text that lead (see [`TermIndexBuilder::lead`]). The same look-ups as [`Self::find`], given up wherever only other terms
    /// could be found: whatever leading term that one sees, this one does, unless the budget ends, or those found are `enough` (which is asked after each stage)
    /// and the rest would take much work. Tells whether it went through all stages. Also listens for the words of the identifier finders.
    pub fn find_leading(
        &self,
        text: &Text,
        source: &[u8],
        scratch: &mut TermScratch,
        budget: &mut Budget,
        out: &mut Vec<TermHit>,
        enough: &mut dyn FnMut(&[TermHit]) -> bool,
    ) -> bool {
        self.find_all(&mut Run { text, source, scope: Scope::Leading, wanted: &|_| true, scratch, budget, out, again: None }, enough)
    }

    /// Goes through all stages, as long as there is budget and those found are not `enough`; whether it came to the end.
    fn find_all(&self, run: &mut Run<'_>, enough: &mut dyn FnMut(&[TermHit]) -> bool) -> bool {
        let first = run.out.len();
        self.look_up_words(run);
        let plain = run.out.len();
        for stage in [
            Self::look_up_disguised,
            Self::read_again,
            Self::walk_fragments,
            Self::read_mirrored,
            Self::read_spelled,
            Self::read_components,
            Self::read_romanized,
            Self::read_emoji_words,
            Self::read_letter_names,
        ] {
            // Without budget nothing more is found.
            if run.budget.is_exhausted() || enough(run.out) && run.scratch.may_be_disguised() {
                return false;
            }
            stage(self, run);
        }
        enough(run.out);
        if run.out.len() > plain && run.scope == Scope::All {
            keep_cheapest(run.out, first, &mut run.scratch.taken);
        }
        !run.budget.is_exhausted()
    }

    /// As [`Self::find`], but the text, which was rewritten, is read once only.
    fn find_once(
        &self,
        text: &Text,
        rewritten: &reread::Rewritten,
        (scope, wanted): (Scope, &dyn Fn(u32) -> bool),
        scratch: &mut TermScratch,
        budget: &mut Budget,
        out: &mut Vec<TermHit>,
    ) {
        let source = rewritten.letters.as_bytes();
        let mut run = Run { text, source, scope, wanted, scratch, budget, out, again: Some(rewritten) };
        self.look_up_words(&mut run);
        if !run.budget.is_exhausted() {
            self.look_up_disguised(&mut run);
        }
    }

    /// Looks up words that are in no dictionary, and scripts without spaces.
    fn look_up_disguised(&self, run: &mut Run<'_>) {
        self.look_up_unknown(run);
        if run.text.facts().unspaced {
            self.unspaced.find(self, run);
        }
    }

    /// Looks up the words of the text as they stand.
    fn look_up_words(&self, run: &mut Run<'_>) {
        run.scratch.forget();
        if !run.budget.charge(run.text.tokens().len() as u64) {
            return;
        }
        let (text, tokens) = (run.text, run.text.tokens());
        let TermScratch { words, keys, .. } = &mut *run.scratch;
        keys.extend(tokens.iter().map(|token| unit_key(text, token)));
        // Apart from that, so that the waits for memory fall together.
        words.extend(tokens.iter().zip(&*keys).map(|(token, &key)| self.word(token, key)));
        let group = run.scope.group();
        let told = Word::OPENER | Word::NUMBER | Word::ELLS | Word::SPELLED | Word::COMMON;
        for (i, token) in tokens.iter().enumerate() {
            let Some(&(mut word)) = run.scratch.words.get(i) else { return };
            if word.0 & told != Word::COMMON || token.flags.intersects(ODD) || token.end - token.start == 1 {
                word = self.sort_odd_word(run, i, token, word);
            }
            if word.0 & group != 0 && !run.budget.is_exhausted() {
                self.look_up_group(run, i, token, word);
            }
        }
    }

    /// A term, if it is one that is looked for.
    #[inline]
    fn wanted(&self, run: &Run<'_>, number: u32) -> Option<Term<'_>> {
        match run.scope {
            Scope::All if (run.wanted)(number) => self.terms.get(number as usize),
            Scope::All => None,
            Scope::Leading => self.terms.get(number as usize).filter(|term| term.leads),
        }
    }

    /// What the exact table says of a word.
    #[inline]
    fn word(&self, token: &Token, key: u64) -> Word {
        match token.flags.has(TokenFlags::UNSPACED) {
            true => Word(Word::COMMON),
            false => Word(self.exact.get(key)),
        }
    }

    /// Notes what is odd about a word that is more than a common one of letters inside a line; what is known of it then.
    fn sort_odd_word(&self, run: &mut Run<'_>, i: usize, token: &Token, word: Word) -> Word {
        if token.flags.has(TokenFlags::UNSPACED) {
            return word;
        }
        let word = match word.0 & Word::ELLS {
            0 => word,
            _ => Self::told_apart(run, i, token, word),
        };
        let short = token.end - token.start == 1 || token.flags.has(TokenFlags::WIDE);
        if short && is_single(run.text, token) {
            run.scratch.singles.push(i as u32);
        }
        if token.flags.has(TokenFlags::LINE) && i > 0 {
            run.scratch.breaks.push(i as u32);
        }
        run.scratch.heard.openers += u32::from(word.is_opener() && self.is_opener(run, token, word));
        run.scratch.heard.numbers += u32::from(word.is_number());
        // A word with digits in it has the key of a common one only by disguise.
        // One that was rewritten to an alias of some pack may be a disguise of the name itself.
        let unknown =
            !word.is_known() || token.flags.has(TokenFlags::DIGIT) || run.again.is_some() && !word.is_common() && run.is_new(token);
        if token.flags.has(TokenFlags::LETTER) && unknown {
            run.scratch.unknown.push(i as u32);
        } else if word.is_spelled() {
            run.scratch.spelled.push(i as u32);
        }
        word
    }

    /// What is known of a word whose key is that of a common one, if not of that very word: `zlele` is no `ziele`.
    fn told_apart(run: &mut Run<'_>, i: usize, token: &Token, word: Word) -> Word {
        let letters = run.text.folded().as_bytes().get(token.range()).unwrap_or_default();
        // Digits stand for letters, which is known by itself.
        let common = token.flags.has(TokenFlags::DIGIT) || word.0 & Word::ells_of(letters) != 0;
        let told = if common { word } else { Word(word.0 & !Word::COMMON) };
        if let Some(known) = run.scratch.words.get_mut(i) {
            *known = told;
        }
        told
    }

    /// Whether a word with the key of an opener is one: `i'll` is not `iii`.
    fn is_opener(&self, run: &Run<'_>, token: &Token, word: Word) -> bool {
        let letters = || run.text.folded().as_bytes().get(token.range()).unwrap_or_default().iter().filter(|&&b| b != b'\'');
        !(word.is_common() && token.flags.has(TokenFlags::APOSTROPHE))
            || self.openers.binary_search_by(|opener| opener.iter().cmp(letters())).is_ok()
    }

    #[inline]
    fn group(&self, word: Word) -> Group {
        ((word.0 & Word::GROUP) as usize).checked_sub(1).and_then(|g| self.groups.get(g)).unwrap_or_default()
    }

    #[inline]
    fn members(&self, scope: Scope, group: Group) -> &[u32] {
        self.postings.get(group.members_in(scope)).unwrap_or_default()
    }

    /// What the exact table says of a key, as far as it matters for what is looked for.
    #[inline]
    fn known(&self, scope: Scope, key: &KeyHasher) -> Word {
        let key = key.finish();
        match scope {
            Scope::Leading if !self.leading.may_hold(key) => Word(0),
            _ => Word(self.exact.get(key)),
        }
    }

    /// The phrases that begin with a word, by their number of words.
    #[inline]
    fn phrases_of(&self, scope: Scope, word: Word) -> u32 {
        if word.0 & scope.phrases() == 0 { 0 } else { self.group(word).phrases }
    }

    /// The same of a key.
    fn phrases(&self, scope: Scope, key: &KeyHasher) -> u32 {
        self.phrases_of(scope, self.known(scope, key))
    }

    /// The items of the loose table that have this key of this kind.
    fn loose_items(&self, scope: Scope, kind: variants::Kind, key: &[u8]) -> &[u32] {
        self.loose_at(scope, variants::hash(kind, key))
    }

    #[inline]
    fn loose_at(&self, scope: Scope, hash: u64) -> &[u32] {
        if scope == Scope::All { self.loose.get(hash) } else { self.loose.get_marked(hash) }
    }

    /// Looks up the terms that have the key of a word, and the phrases that begin with it.
    #[inline(always)]
    fn look_up_group(&self, run: &mut Run<'_>, i: usize, token: &Token, word: Word) {
        if word.0 & run.scope.members() != 0 {
            for &term in self.members(run.scope, self.group(word)) {
                self.consider_key(run, term, i, i);
            }
        }
        if word.0 & run.scope.phrases() == 0 {
            return;
        }
        let key = token_key(run.text, token);
        if self.may_go_on(run, i + 1, key) {
            self.extend_phrase(run, i, i + 1, Reach::new(self.group(word).phrases, key));
        }
    }
}

#[cfg(test)]
mod tests;
