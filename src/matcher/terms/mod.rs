//! The term index: match coarse, verify fine. In: terms at build time, then folded texts. Out: [`TermHit`]s. Keeps: every hit was verified against
//! the characters of the text; an ordinary word costs one table probe. Must not know: which rule a term belongs to.
//!
//! A word's key classes are hashed and looked up in one table of common words, terms and beginnings of phrases. Only words in no
//! dictionary, runs of fragments, and words with marks in them go on to the loose look-ups (repeats, joins, edits, sound, backwards) and
//! to the lattice. Scripts without spaces go through an automaton of their own.

mod align;
mod build;
mod lattice;
mod loose;
mod mirror;
mod pieces;
mod reread;
mod spelled;
mod store;
mod turns;
mod unspaced;
mod variants;

pub use build::TermIndexBuilder;

use crate::evasion::Evasion;
use crate::limits::Budget;
use crate::matcher::bulk;
use crate::matcher::entity::Heard;
use crate::matcher::table::{KeyFilter, KeyTable, ListTable};
use crate::text::keys::KeyHasher;
use crate::text::{Text, Token, TokenFlags};
use align::{AlignScratch, Alignment, align};
use build::Item;
use serde::{Deserialize, Serialize};
use store::{Part, Parts, Term, Terms};

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

/// What the exact table says of a key: flags, and the number of a [`Group`] plus one where terms have the key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Word(u32);

impl Word {
    const COMMON: u32 = 1 << 31;
    const OPENER: u32 = 1 << 30;
    const NUMBER: u32 = 1 << 29;
    /// A term of the group leads.
    const LEADS: u32 = 1 << 28;
    /// Some words run together, no word.
    const JOINED: u32 = 1 << 27;
    /// A term that leads begins with this word and goes on.
    const LEADS_ON: u32 = 1 << 26;
    /// A term that is what another one is spelled as, by sound, without vowels or backwards.
    const SPELLED: u32 = 1 << 25;
    /// A common word with this key has an odd number of letters `l`, an even one. Neither is set for short words and those without `i` and `l`.
    const ODD_ELLS: u32 = 1 << 24;
    const EVEN_ELLS: u32 = 1 << 23;
    const ELLS: u32 = Self::ODD_ELLS | Self::EVEN_ELLS;
    const GROUP: u32 = (1 << 23) - 1;

    /// What tells a common word from others with its key, where those have `i` for `l`.
    fn ells_of(letters: &[u8]) -> u32 {
        if letters.split(|&b| b == b'l').count() % 2 == 0 { Self::ODD_ELLS } else { Self::EVEN_ELLS }
    }

    /// The same for a word of the text that has these letters: `zlele` has the key of a common word (`ziele`), but is none.
    #[inline]
    fn as_written(self, text: &Text, token: &Token) -> Self {
        let letters = || text.folded().as_bytes().get(token.range()).unwrap_or_default();
        match self.0 & Self::ELLS {
            0 | Self::ELLS => self,
            // Digits stand for letters, which is known by itself.
            _ if token.flags.has(TokenFlags::DIGIT) => self,
            ells if ells == Self::ells_of(letters()) => self,
            _ => Self(self.0 & !Self::COMMON),
        }
    }

    const fn is_common(self) -> bool {
        self.0 & Self::COMMON != 0
    }

    const fn is_opener(self) -> bool {
        self.0 & Self::OPENER != 0
    }

    const fn is_number(self) -> bool {
        self.0 & Self::NUMBER != 0
    }

    const fn is_spelled(self) -> bool {
        self.0 & Self::SPELLED != 0
    }

    const fn is_joined(self) -> bool {
        self.0 & Self::JOINED != 0
    }

    /// Whether it is a common word, a term, or the beginning of a phrase.
    const fn is_known(self) -> bool {
        self.0 & (Self::COMMON | Self::GROUP) != 0
    }
}

/// Terms with the same key, those that lead first, and the phrases that begin with it.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    first: u32,
    count: u32,
    /// How many of the terms lead.
    leading: u32,
    /// Bit k: some phrase of k words begins with this word.
    phrases: u32,
}

/// Which terms are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    All,
    Leading,
}

/// All groups, by number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Groups {
    /// Where a group's terms begin among the postings, for they end where those of the next begin; and its phrases, with how many of its terms lead above
    /// those. One row more for the end, unless there is none.
    #[serde(with = "bulk")]
    rows: Vec<[u32; 2]>,
}

impl Groups {
    /// Bits of the phrases.
    const PHRASES: u32 = PHRASE_WORDS as u32 + 1;
    /// So many terms that lead, or more: all of them are then taken to.
    const MANY: u32 = u32::MAX >> Self::PHRASES;

    fn with_capacity(groups: usize) -> Self {
        Self { rows: Vec::with_capacity(groups + 1) }
    }

    /// Adds a group; the terms of all follow each other.
    fn push(&mut self, group: Group) {
        self.rows.pop();
        self.rows.push([group.first, group.leading.min(Self::MANY) << Self::PHRASES | group.phrases]);
        self.rows.push([group.first + group.count, 0]);
    }

    const fn len(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    #[inline]
    fn get(&self, number: usize) -> Option<Group> {
        let &[[first, row], [end, _]] = self.rows.get(number..)?.first_chunk()?;
        let (count, leading) = (end.saturating_sub(first), row >> Self::PHRASES);
        let leading = if leading == Self::MANY { count } else { leading };
        Some(Group { first, count, leading, phrases: row & ((1 << Self::PHRASES) - 1) })
    }

    /// Whether each has its terms among so many postings.
    fn is_sound(&self, postings: usize) -> bool {
        let has_terms = |rows: &[[u32; 2]]| {
            matches!(*rows, [[first, row], [end, _]]
            if first <= end && (row >> Self::PHRASES == Self::MANY || row >> Self::PHRASES <= end - first))
        };
        self.rows.windows(2).all(has_terms) && self.rows.last().is_none_or(|&[end, _]| end as usize <= postings)
    }

    fn heap_bytes(&self) -> usize {
        self.rows.capacity() * 8
    }
}

/// What a word is read as in phrases.
#[derive(Debug, Clone, Copy)]
struct Correction {
    place: u32,
    /// Number in `parts`.
    part: u32,
    undone: Evasion,
    /// A slip of the pen in a common word: it hides no term, whatever that allows.
    slip: bool,
}

/// Corrected words that one phrase may hold.
const CORRECTED: usize = 4;

/// How far a phrase was read.
#[derive(Debug, Clone, Copy)]
struct Reach {
    key: KeyHasher,
    words: usize,
    /// Words more than the phrase has, for those that are in pieces.
    spare: usize,
    longest: usize,
    /// Bit k: some phrase of k words begins so.
    phrases: u32,
    /// Corrections on the way, by number.
    corrections: [u32; CORRECTED],
    corrected: usize,
    /// Phrases without a corrected word are found already.
    only_corrected: bool,
}

impl Reach {
    const fn new(phrases: u32, key: KeyHasher) -> Self {
        let start =
            Self { key, words: 1, spare: 0, longest: 0, phrases: 0, corrections: [0; CORRECTED], corrected: 0, only_corrected: false };
        start.to(phrases)
    }

    /// The same on the way to phrases of so many words.
    const fn to(mut self, phrases: u32) -> Self {
        self.phrases = phrases;
        self.longest = 31 - (phrases | 1).leading_zeros() as usize;
        self
    }
}

/// Pieces of words that a phrase may hold over its number of words.
const PIECES: usize = 2;

/// Longest phrase, in words.
pub const PHRASE_WORDS: usize = 16;

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
    /// Letters set apart that the second reading put together, as ranges of the text.
    rows: Vec<(u32, u32)>,
    /// Words that it reads otherwise than they stand, in order.
    changes: Vec<u32>,
    /// Bytes of the text that a hit of the term at hand lies over.
    taken: Vec<u64>,
    /// What was aligned of late, so that the many ways to one candidate cost one alignment: term, range, ordinary.
    tried: Vec<(u32, u32, u32, bool)>,
    align: AlignScratch,
    lattice: lattice::LatticeScratch,
    unspaced: unspaced::UnspacedScratch,
    mirror: Option<Box<mirror::Mirror>>,
    spelling: Option<Box<spelled::Spelled>>,
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

    fn forget(&mut self) {
        self.words.clear();
        self.unknown.clear();
        self.spelled.clear();
        self.singles.clear();
        self.breaks.clear();
        self.tried.clear();
        self.corrected.clear();
        self.rows.clear();
        self.changes.clear();
        self.heard = Heard::default();
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

impl Run<'_> {
    fn wants(&self, term: &Term<'_>) -> bool {
        self.scope == Scope::All || term.leads
    }
}

impl Scope {
    /// The bits of a [`Word`] one of which is set where its group matters.
    const fn group(self) -> u32 {
        self.members() | self.phrases()
    }

    /// The same for the group's own terms.
    const fn members(self) -> u32 {
        match self {
            Self::All => Word::GROUP,
            Self::Leading => Word::LEADS,
        }
    }

    /// And for the phrases that begin with the word.
    const fn phrases(self) -> u32 {
        match self {
            Self::All => Word::GROUP,
            Self::Leading => Word::LEADS_ON,
        }
    }
}

impl Group {
    /// Where its terms are among the postings.
    const fn members_in(self, scope: Scope) -> std::ops::Range<usize> {
        let count = match scope {
            Scope::All => self.count,
            Scope::Leading => self.leading,
        };
        self.first as usize..(self.first + count) as usize
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
        self.terms.get(term as usize).map_or("", |t| t.text)
    }

    /// Makes now what the first texts would otherwise wait for.
    pub(crate) fn prepare(&self) {
        self.unspaced.prepare(&self.terms);
        spelled::prepare();
    }

    /// Whether every number in the tables is one of something that is there. Linear.
    pub(crate) fn is_sound(&self) -> bool {
        let terms = self.terms.len();
        let is_term = |number: u32| (number as usize) < terms;
        let is_item = |item: u32| match Item::of(item) {
            Item::Term(term) => is_term(term),
            Item::Part(part) | Item::Slip(part) => (part as usize) < self.parts.len(),
        };
        self.terms.is_sound()
            && self.parts.is_sound()
            && self.exact.all_payloads(|word| ((word & Word::GROUP) as usize) <= self.groups.len())
            && self.leading.is_sound()
            && self.groups.is_sound(self.postings.len())
            && bulk::all(&self.postings, |&term| is_term(term))
            && self.loose.is_sound(is_item)
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

    /// Appends the terms seen in a text, in no particular order; of one term's overlapping hits the cheapest. `source` is the message that `text` was read
    /// from. Linear in the text and the budget; where the budget runs out the hits found so far stay.
    pub fn find(&self, text: &Text, source: &[u8], scratch: &mut TermScratch, budget: &mut Budget, out: &mut Vec<TermHit>) {
        self.find_all(&mut Run { text, source, scope: Scope::All, scratch, budget, out, again: None }, &mut |_| false);
    }

    /// Appends the terms seen in a text that lead (see [`TermIndexBuilder::lead`]). The same look-ups as [`Self::find`], given up wherever only other terms
    /// could be found: whatever leading term that one sees, this one does, unless the budget ends or those found are `enough`, which is asked after each
    /// stage. Also listens for the words of the identifier finders.
    pub fn find_leading(
        &self,
        text: &Text,
        source: &[u8],
        scratch: &mut TermScratch,
        budget: &mut Budget,
        out: &mut Vec<TermHit>,
        enough: &mut dyn FnMut(&[TermHit]) -> bool,
    ) {
        self.find_all(&mut Run { text, source, scope: Scope::Leading, scratch, budget, out, again: None }, enough);
    }

    /// Goes through all stages, as long as there is budget and those found are not `enough`.
    fn find_all(&self, run: &mut Run<'_>, enough: &mut dyn FnMut(&[TermHit]) -> bool) {
        let first = run.out.len();
        self.look_up_words(run);
        let plain = run.out.len();
        for stage in [Self::look_up_disguised, Self::read_again, Self::walk_fragments, Self::read_mirrored, Self::read_spelled] {
            // Without budget nothing more is found.
            if run.budget.is_exhausted() || enough(run.out) {
                break;
            }
            stage(self, run);
        }
        enough(run.out);
        if run.out.len() > plain && run.scope == Scope::All {
            keep_cheapest(run.out, first, &mut run.scratch.taken);
        }
    }

    /// As [`Self::find`], but the text, which was rewritten, is read once only.
    fn find_once(
        &self,
        text: &Text,
        rewritten: &reread::Rewritten,
        scope: Scope,
        scratch: &mut TermScratch,
        budget: &mut Budget,
        out: &mut Vec<TermHit>,
    ) {
        let source = rewritten.letters.as_bytes();
        let mut run = Run { text, source, scope, scratch, budget, out, again: Some(rewritten) };
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
        run.scratch.words.extend(tokens.iter().map(|token| self.word(text, token)));
        let told = run.scope.group() | Word::OPENER | Word::NUMBER | Word::ELLS | Word::COMMON;
        for (i, token) in tokens.iter().enumerate() {
            let Some(&word) = run.scratch.words.get(i) else { return };
            if word.0 & told != Word::COMMON || token.flags.intersects(ODD) || token.end - token.start == 1 {
                self.look_up_odd_word(run, i, token, word);
            }
        }
    }

    /// What the exact table says of a word.
    #[inline]
    fn word(&self, text: &Text, token: &Token) -> Word {
        match token.flags.has(TokenFlags::UNSPACED) {
            true => Word(Word::COMMON),
            false => Word(self.exact.get(token_key(text, token).finish())),
        }
    }

    /// A word that is more than a common one of letters inside a line.
    fn look_up_odd_word(&self, run: &mut Run<'_>, i: usize, token: &Token, word: Word) {
        if token.flags.has(TokenFlags::UNSPACED) {
            return;
        }
        let word = word.as_written(run.text, token);
        if let Some(known) = run.scratch.words.get_mut(i) {
            *known = word;
        }
        let short = token.end - token.start == 1 || token.flags.has(TokenFlags::WIDE);
        if short && is_single(run.text, token) {
            run.scratch.singles.push(i as u32);
        }
        if token.flags.has(TokenFlags::LINE) && i > 0 {
            run.scratch.breaks.push(i as u32);
        }
        run.scratch.heard.openers += u32::from(word.is_opener() && self.is_opener(run, token, word));
        run.scratch.heard.numbers += u32::from(word.is_number());
        if word.0 & run.scope.group() != 0 && !run.budget.is_exhausted() {
            self.look_up_group(run, i, word);
        }
        // A word with digits in it has the key of a common one only by disguise.
        // One that was rewritten to an alias of some pack may be a disguise of the name itself.
        let unknown =
            !word.is_known() || token.flags.has(TokenFlags::DIGIT) || run.again.is_some() && !word.is_common() && run.is_new(token);
        if token.flags.has(TokenFlags::LETTER) && unknown {
            run.scratch.unknown.push(i as u32);
        } else if word.is_spelled() {
            run.scratch.spelled.push(i as u32);
        }
    }

    /// Whether a word with the key of an opener is one: `i'll` is not `iii`.
    fn is_opener(&self, run: &Run<'_>, token: &Token, word: Word) -> bool {
        let letters = || run.text.folded().as_bytes().get(token.range()).unwrap_or_default().iter().filter(|&&b| b != b'\'');
        !(word.is_common() && token.flags.has(TokenFlags::APOSTROPHE))
            || self.openers.binary_search_by(|opener| opener.iter().cmp(letters())).is_ok()
    }

    fn group(&self, word: Word) -> Group {
        ((word.0 & Word::GROUP) as usize).checked_sub(1).and_then(|g| self.groups.get(g)).unwrap_or_default()
    }

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

    fn look_up_group(&self, run: &mut Run<'_>, i: usize, word: Word) {
        if word.0 & run.scope.members() != 0 {
            for &term in self.members(run.scope, self.group(word)) {
                self.consider_key(run, term, i, i);
            }
        }
        if word.0 & run.scope.phrases() == 0 {
            return;
        }
        let Some(token) = run.text.tokens().get(i) else { return };
        let key = token_key(run.text, token);
        if self.may_go_on(run, i + 1, key) {
            self.extend_phrase(run, i, i + 1, Reach::new(self.group(word).phrases, key));
        }
    }

    /// Whether what begins with the words whose key is given may go on with the word `next`: nearly always two words tell that nothing does. To be asked
    /// before any word was corrected.
    #[inline]
    fn may_go_on(&self, run: &mut Run<'_>, next: usize, mut key: KeyHasher) -> bool {
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
    fn extend_phrase(&self, run: &mut Run<'_>, i: usize, mut at: usize, mut reach: Reach) {
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
    fn corrected(&self, run: &Run<'_>, at: usize, correction: usize, reach: &Reach) -> Option<Reach> {
        let chosen = run.scratch.corrected.get(correction).filter(|c| c.place == at as u32)?;
        let mut branch = *reach;
        *branch.corrections.get_mut(branch.corrected)? = correction as u32;
        branch.corrected += 1;
        branch.key.push(self.parts.get(chosen.part as usize)?.class);
        Some(branch)
    }

    /// Looks up the phrases that end with the word `at`, which was taken in.
    fn reach_on(&self, run: &mut Run<'_>, i: usize, at: usize, reach: &mut Reach) {
        reach.words += 1;
        reach.spare += usize::from(reach.spare < PIECES && self.may_be_piece(run, at));
        let fits = (reach.words - reach.spare..=reach.words).any(|w| w < 32 && reach.phrases >> w & 1 == 1);
        if reach.words == 2 || fits {
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
    fn may_be_piece(&self, run: &Run<'_>, i: usize) -> bool {
        let token = run.text.tokens().get(i);
        let line = token.is_some_and(|t| t.flags.has(TokenFlags::LINE));
        line || run.scratch.words.get(i).is_some_and(|w| !w.is_known()) && token.is_some_and(|t| t.flags.has(TokenFlags::LETTER))
    }

    /// The same for words whose key is the term's. The look takes longer ones as they stand: it may see too much, and few keys collide.
    fn consider_key(&self, run: &mut Run<'_>, term: u32, first: usize, last: usize) {
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
    fn consider(&self, run: &mut Run<'_>, term: u32, first: usize, last: usize) {
        let tokens = run.text.tokens();
        if let (Some(a), Some(b)) = (tokens.get(first), tokens.get(last)) {
            self.verify(run, term, a.start as usize..b.end as usize, (first == last).then_some(first));
        }
    }

    /// Verifies that a stretch of text that begins and ends at word edges is a term, and keeps the hit. `word`: it is this one word.
    fn verify(&self, run: &mut Run<'_>, number: u32, range: std::ops::Range<usize>, word: Option<usize>) {
        let Some(term) = self.terms.get(number as usize).filter(|t| run.wants(t)) else { return };
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
        if term.word && !self.is_cut_alike(run, &term, &range) {
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
        self.keep(run, number, range, alignment);
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

    fn keep(&self, run: &mut Run<'_>, number: u32, range: std::ops::Range<usize>, alignment: Alignment) {
        let Some(term) = self.terms.get(number as usize).filter(|t| run.wants(t)) else { return };
        let original = run.text.source_span(range.clone());
        let original = run.source.get(original.start..original.end).unwrap_or_default();
        if term.case && !same_case(original, term.text) {
            return;
        }
        if run.scope == Scope::Leading && !term.disguised {
            run.out.push(TermHit { term: number, start: range.start as u32, end: range.end as u32, evasion: Evasion::NONE, cost: 0 });
            return;
        }
        let evasion = alignment.evasion | run.text.evidence(range.clone()) | case_evidence(original);
        // In the second reading the disguise is what was undone to get there, which is added when the hit is brought back.
        let undisguised = run.again.is_none() && evasion.without(Evasion::CASE).is_empty();
        if term.disguised && undisguised || !run.budget.charge(HIT_WORK) {
            return;
        }
        run.out.push(TermHit { term: number, start: range.start as u32, end: range.end as u32, evasion, cost: alignment.cost });
    }
}

/// Bytes of words whose keys are often those of others (`so`, 50).
const COLLIDING: u32 = 4;

/// Work units of a candidate, and of each word that a phrase may go on with.
const CANDIDATE_WORK: u64 = 1;
const PHRASE_WORK: u64 = 2;

/// Work units of a cell of an alignment.
const CELL_WORK: u64 = 3;

/// Work units of a hit: it is sorted, placed, and held against rules.
const HIT_WORK: u64 = 16;

/// How many candidates are remembered.
const TRIED: usize = 32;

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

/// A token with one of these is more than a word of ASCII letters inside a line.
const ODD: TokenFlags = TokenFlags::DIGIT.or(TokenFlags::WIDE).or(TokenFlags::LINE);

/// Whether a token's key is the classes of its bytes.
const fn is_plain_token(token: &Token) -> bool {
    !token.flags.has(TokenFlags::APOSTROPHE) && !token.flags.has(TokenFlags::EMOJI)
}

/// The key of one word.
#[inline]
fn token_key(text: &Text, token: &Token) -> KeyHasher {
    let range = token.range();
    if let Some(&classes) = text.class().get(range.start..).and_then(<[u8]>::first_chunk)
        && range.len() < 16
        && is_plain_token(token)
    {
        return KeyHasher::of_word(classes, range.len());
    }
    let mut key = KeyHasher::new();
    push_token(&mut key, text, token);
    key
}

#[inline(always)]
fn push_token(key: &mut KeyHasher, text: &Text, token: &Token) {
    if is_plain_token(token) {
        key.push_at(text.class(), token.start as usize, token.range().len());
    } else {
        push_odd_token(key, text, token);
    }
}

/// Apart, so that the usual way is short.
#[inline(never)]
fn push_odd_token(key: &mut KeyHasher, text: &Text, token: &Token) {
    for class in key_classes(text, token) {
        key.push(&[class]);
    }
}

/// The classes of a token's key: those of its characters without apostrophes; an emoji is its own key.
fn key_classes<'t>(text: &'t Text, token: &Token) -> impl Iterator<Item = u8> + 't {
    let emoji = token.flags.has(TokenFlags::EMOJI);
    let from = if emoji { text.folded().as_bytes() } else { text.class() };
    from.get(token.range()).unwrap_or_default().iter().copied().filter(|&c| c != 0)
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

/// Whether a word is one letter of a script with spaces.
fn is_single(text: &Text, token: &Token) -> bool {
    let first = text.folded().as_bytes().get(token.start as usize).map_or(0, |&b| variants::char_len(b));
    let not_letter = token.flags.has(TokenFlags::UNSPACED) || token.flags.has(TokenFlags::EMOJI) || !token.flags.has(TokenFlags::LETTER);
    token.range().len() == first && !not_letter
}

fn ends_sentence(token: &Token) -> bool {
    token.flags.has(TokenFlags::SENTENCE) && !token.flags.has(TokenFlags::LINE)
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

/// Whether single letters go on before or after a stretch of single letters, at the same distance: then it is a part of a longer word in pieces.
fn is_inside_pieces(text: &Text, range: &std::ops::Range<usize>) -> bool {
    let tokens = text.tokens();
    let first = tokens.partition_point(|t| (t.end as usize) <= range.start);
    let last = tokens.partition_point(|t| (t.start as usize) < range.end).saturating_sub(1);
    let gap = |i: usize| match (tokens.get(i), tokens.get(i + 1)) {
        (Some(a), Some(b)) => text.folded().get(a.end as usize..b.start as usize),
        _ => None,
    };
    let single = |i: usize| tokens.get(i).is_some_and(|t| is_single(text, t));
    let before = first > 0 && single(first - 1) && single(first) && gap(first - 1) == gap(first);
    let after = last > first && single(last + 1) && single(last) && gap(last) == gap(last - 1);
    first < last && (before || after)
}

/// Whether the letters of an original are of the case in which a term's editor wrote them; that they are the term's letters is known.
fn same_case(original: &[u8], term: &str) -> bool {
    let original = original.utf8_chunks().flat_map(|chunk| chunk.valid().chars());
    let upper = |c: char| c.is_uppercase() || is_small_capital(c);
    original.filter(|c| c.is_alphabetic()).map(upper).eq(term.chars().filter(|c| c.is_alphabetic()).map(char::is_uppercase))
}

/// The small capitals of Unicode, which are lower case to it and upper case to a reader.
const fn is_small_capital(c: char) -> bool {
    matches!(c, '\u{1D00}'..='\u{1D23}' | '\u{0262}' | '\u{026A}' | '\u{0274}' | '\u{0280}' | '\u{028F}' | '\u{0299}' | '\u{029C}' | '\u{029F}' | '\u{A730}'..='\u{A731}' | '\u{A7AE}' | '\u{A7AF}')
}

/// Letter case that nobody writes by habit: upper case again after lower case, more than once (`TeLeGrAm`; not `WhatsApp`).
fn case_evidence(original: &[u8]) -> Evasion {
    let rises = original.windows(2).filter(|w| matches!(w, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase())).count();
    if rises > 1 { Evasion::CASE } else { Evasion::NONE }
}

/// Of overlapping hits of one term keeps the cheapest, from `first` on. `taken` has a bit for each byte of the text and is left empty. Linear in the hits'
/// lengths once they are sorted.
fn keep_cheapest(out: &mut Vec<TermHit>, first: usize, taken: &mut Vec<u64>) {
    if let Some(hits) = out.get_mut(first..) {
        hits.sort_unstable_by_key(|h| (h.term, h.cost, h.start, std::cmp::Reverse(h.end)));
    }
    let (mut kept, mut of_term) = (first, first);
    for i in first..out.len() {
        let Some(&hit) = out.get(i) else { break };
        if out.get(of_term).is_some_and(|k| of_term < kept && k.term != hit.term) {
            out.get(of_term..kept).unwrap_or_default().iter().for_each(|k| mark(taken, k, false));
            of_term = kept;
        }
        if !is_taken(taken, &hit) {
            mark(taken, &hit, true);
            if let Some(slot) = out.get_mut(kept) {
                *slot = hit;
            }
            kept += 1;
        }
    }
    out.get(of_term..kept).unwrap_or_default().iter().for_each(|k| mark(taken, k, false));
    out.truncate(kept);
}

/// The words of a bit set that a hit touches, and its bits in each.
fn bits(hit: &TermHit) -> impl Iterator<Item = (usize, u64)> + use<> {
    let (start, end) = (hit.start, hit.end.max(hit.start + 1));
    (start / 64..=(end - 1) / 64).map(move |word| {
        let (from, to) = (start.max(word * 64) % 64, (end - 1).min(word * 64 + 63) % 64);
        (word as usize, (u64::MAX << from) & (u64::MAX >> (63 - to)))
    })
}

fn is_taken(taken: &[u64], hit: &TermHit) -> bool {
    bits(hit).any(|(word, bits)| taken.get(word).is_some_and(|w| w & bits != 0))
}

fn mark(taken: &mut Vec<u64>, hit: &TermHit, on: bool) {
    for (word, bits) in bits(hit) {
        if taken.len() <= word {
            taken.resize(word + 1, 0);
        }
        if let Some(slot) = taken.get_mut(word) {
            *slot = if on { *slot | bits } else { *slot & !bits };
        }
    }
}

#[cfg(test)]
mod tests;
