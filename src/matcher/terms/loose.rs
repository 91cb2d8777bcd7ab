//! Looks up words that are in no dictionary: repeats, joins with their neighbours, edits, dropped vowels, sound, backwards. In: the unknown words of a text.
//! Out: verified hits. Keeps: an ordinary word never comes here, so pieces that are all ordinary words are never joined. Must not know: marks and
//! fragments (see the lattice).

use super::align::{self, Alignment, align};
use super::build::Item;
use super::groups::Word;
use super::phrases::{Correction, Reach};
use super::store::Term;
use super::token_keys::{ends_sentence, key_classes, push_token};
use super::variants::{self, Key, Kind, Letters};
use super::{Run, TermIndex};
use crate::evasion::Evasion;
use crate::text::{Token, TokenFlags, keys};
use std::ops::RangeInclusive;

/// Shortest key that is looked up with deletions, and from which on with two.
const DELETIONS_FROM: usize = 4;
const TWO_DELETIONS_FROM: usize = 9;

/// Longest key that is looked up with two deletions: the number of look-ups grows with the square.
const TWO_DELETIONS_TO: usize = 20;

/// Work units of an unknown word, and of each look-up of it with deletions.
const WORD_WORK: u64 = 100;
const DELETION_WORK: u64 = 8;

/// Points of cost for a whole-word disguise that is no alignment.
const WHOLE_WORD: u16 = 8;

/// Common words that one word with a slip of the pen is read as at most, and the fewest letters of one that is a term by itself.
const SLIPS: usize = 2;
const SLIP_ALONE: usize = 6;

/// Words of phrases that one word is read as at most.
const READINGS: usize = 6;

/// Words before a corrected one with which a phrase may begin.
const CORRECTED_BEHIND: usize = 7;

/// Words on either side that an unknown word is joined with, whatever they are.
const JOINS: [(usize, usize); 5] = [(1, 0), (0, 1), (1, 1), (2, 0), (0, 2)];
/// And where they are odd themselves: unknown, single letters, or parted by a line end.
const ODD_JOINS: [(usize, usize); 5] = [(3, 0), (0, 3), (2, 1), (1, 2), (2, 2)];

impl TermIndex {
    pub(super) fn look_up_unknown(&self, run: &mut Run<'_>) {
        let mut joined = None;
        let mut spelled = 0;
        for at in 0..run.scratch.unknown.len() {
            let Some(i) = run.scratch.unknown.get(at).map(|&i| i as usize) else { return };
            self.look_up_spelled(run, &mut spelled, i);
            let Some(&token) = run.text.tokens().get(i) else { return };
            if is_measure(run, &token) {
                continue;
            }
            if !run.budget.charge(WORD_WORK + token.range().len() as u64) {
                return;
            }
            let Some(key) = variants::collapse(key_classes(run.text, &token)) else { continue };
            if key.as_slice().len() >= 3 && !token.flags.has(TokenFlags::EMOJI) {
                self.look_up_key(run, i, &key);
            }
            if token.range().len() > 1 && run.is_new(&token) {
                self.look_up_joins(run, i, joined);
                joined = Some(i);
            }
            if token.flags.has(TokenFlags::WIDE) {
                self.look_up_skeleton(run, i);
            } else if run.text.evidence(token.range()).contains(Evasion::HOMOGLYPH) {
                self.look_up_cyrillic(run, i);
            }
        }
        self.look_up_spelled(run, &mut spelled, usize::MAX);
        self.look_up_corrected(run);
        self.look_up_breaks(run);
    }

    /// Looks up the terms that known words before a place are another spelling of: `watsapp` may stand in a list of its own. What stands in a list hides nothing.
    fn look_up_spelled(&self, run: &mut Run<'_>, done: &mut usize, before: usize) {
        while let Some(i) = run.scratch.spelled.get(*done).map(|&i| i as usize).filter(|&i| i < before) {
            *done += 1;
            let Some(token) = run.text.tokens().get(i) else { return };
            if !run.budget.charge(WORD_WORK) {
                return;
            }
            let (hits, corrected) = (run.out.len(), run.scratch.corrected.len());
            if let Some(key) = variants::collapse(key_classes(run.text, token)) {
                self.each(run, Kind::Reversed, key.as_slice(), |index, run, term| index.consider_reversed(run, term, i..=i));
                self.look_up_whole_word(run, i, key.as_slice());
            }
            let spelled = Evasion::PHONETIC | Evasion::VOWELS | Evasion::REVERSED;
            run.out.iter_mut().skip(hits).for_each(|hit| hit.evasion = hit.evasion.without(spelled) | Evasion::TYPO);
            run.scratch.corrected.iter_mut().skip(corrected).for_each(|c| c.undone = Evasion::TYPO);
        }
    }

    /// Reads a word of another script as the Latin letters that it looks like.
    fn look_up_skeleton(&self, run: &mut Run<'_>, i: usize) {
        let word = run.text.tokens().get(i).and_then(|t| run.text.folded().get(t.range())).unwrap_or_default();
        let read = |c: char| keys::look_alike(c).or_else(|| u8::try_from(c).ok().filter(u8::is_ascii));
        let Some(letters) = word.chars().map(read).collect::<Option<Letters>>() else { return };
        let classes = letters.as_slice().iter().map(|&b| keys::CLASS.get(usize::from(b)).copied().unwrap_or(0));
        if let Some(key) = variants::collapse(classes)
            && key.as_slice().len() >= 4
        {
            self.each(run, Kind::Collapsed, key.as_slice(), |index, run, term| index.consider(run, term, i, i));
        }
    }

    /// Reads a word of Latin letters and look-alikes as the Cyrillic word that it may be.
    fn look_up_cyrillic(&self, run: &mut Run<'_>, i: usize) {
        let word = run.text.tokens().get(i).and_then(|t| run.text.folded().get(t.range())).unwrap_or_default();
        let Some(letters) = word.chars().map(keys::cyrillic_look_alike).collect::<Option<String>>() else { return };
        if let Some(key) = variants::collapse(letters.bytes()) {
            self.look_up_collapsed(run, i, key.as_slice());
        }
    }

    /// Looks up the terms and words of phrases that a word is with its repeats collapsed.
    fn look_up_collapsed(&self, run: &mut Run<'_>, i: usize, key: &[u8]) {
        for &item in self.loose_items(run.scope, Kind::Collapsed, key) {
            match Item::of(item) {
                Item::Term(term) => self.consider(run, term, i, i),
                Item::Part(part) | Item::Slip(part) => self.correct_part(run, i, part, Kind::Collapsed),
            }
        }
    }

    /// Joins the words on both sides of a line end, also where both are ordinary ones: nobody ends a line inside a word by accident.
    fn look_up_breaks(&self, run: &mut Run<'_>) {
        for at in 0..run.scratch.breaks.len() {
            let Some(second) = run.scratch.breaks.get(at).map(|&i| i as usize) else { return };
            let words = second.saturating_sub(1)..=second;
            let long = |i: usize| run.text.tokens().get(i).is_some_and(|t| t.range().len() > 1);
            if !words.clone().all(long) || !run.budget.charge(8) {
                continue;
            }
            self.look_up_joined_start(run, second - 1, second);
            if let Some(key) = join(run, words.clone()).filter(|k| k.as_slice().len() >= 4) {
                self.each(run, Kind::Collapsed, key.as_slice(), |index, run, term| index.consider(run, term, second - 1, second));
                self.look_up_broken(run, words, &key);
            }
        }
    }

    /// Looks up two pieces of a word that a line end parts by their sound and, where they have none, as a word without vowels.
    fn look_up_broken(&self, run: &mut Run<'_>, words: RangeInclusive<usize>, key: &Key) {
        let letters: Letters = words.clone().flat_map(|w| word_letters(run, w)).collect();
        if variants::is_vowelless(letters.as_slice()) {
            self.each(run, Kind::Consonants, key.as_slice(), |index, run, term| {
                index.consider_whole(run, term, words.clone(), Kind::Consonants);
            });
        } else if let Some(sound) = variants::sound(letters.as_slice()) {
            self.each(run, Kind::Sound, sound.as_slice(), |index, run, term| index.consider_whole(run, term, words.clone(), Kind::Sound));
        }
    }

    fn look_up_key(&self, run: &mut Run<'_>, i: usize, key: &Key) {
        let classes = key.as_slice();
        self.look_up_collapsed(run, i, classes);
        self.each(run, Kind::Reversed, classes, |index, run, term| index.consider_reversed(run, term, i..=i));
        if classes.len() >= DELETIONS_FROM {
            self.look_up_deletions(run, i, classes);
        }
        self.look_up_whole_word(run, i, classes);
    }

    /// Looks up what a word is without its vowels, and by its sound.
    fn look_up_whole_word(&self, run: &mut Run<'_>, i: usize, classes: &[u8]) {
        let letters = word_letters(run, i);
        if letters.as_slice().len() < 4 || !letters.as_slice().is_ascii() {
            return;
        }
        if variants::is_vowelless(letters.as_slice()) {
            self.look_up_whole(run, i, Kind::Consonants, classes);
        }
        if let Some(sound) = variants::sound(letters.as_slice()) {
            self.look_up_whole(run, i, Kind::Sound, sound.as_slice());
        }
    }

    /// Looks up the terms and words of phrases that a word is without its vowels, or by its sound.
    fn look_up_whole(&self, run: &mut Run<'_>, i: usize, kind: Kind, key: &[u8]) {
        for &item in self.loose_items(run.scope, kind, key) {
            match Item::of(item) {
                Item::Term(term) => self.consider_whole(run, term, i..=i, kind),
                Item::Part(part) | Item::Slip(part) => self.correct_part(run, i, part, kind),
            }
        }
    }

    /// Calls `act` for each term (parts aside) that has this key of this kind.
    fn each(&self, run: &mut Run<'_>, kind: Kind, key: &[u8], act: impl Fn(&Self, &mut Run<'_>, u32)) {
        for &item in self.loose_items(run.scope, kind, key) {
            if let Item::Term(term) = Item::of(item) {
                act(self, run, term);
            }
        }
    }

    fn look_up_deletions(&self, run: &mut Run<'_>, i: usize, classes: &[u8]) {
        let new = run.text.tokens().get(i).is_none_or(|t| run.is_new(t));
        let two = new && (TWO_DELETIONS_FROM..=TWO_DELETIONS_TO).contains(&classes.len());
        let look_ups = if two { classes.len() * classes.len() / 2 } else { classes.len() };
        if !run.budget.charge(DELETION_WORK * look_ups as u64) {
            return;
        }
        let may_slip = may_slip(self, run, i);
        let mut try_key = |key: u64| {
            for &item in self.loose_at(run.scope, key) {
                match Item::of(item) {
                    Item::Term(term) => self.consider(run, term, i, i),
                    Item::Part(part) => self.correct_part(run, i, part, Kind::Deleted),
                    Item::Slip(part) if may_slip => self.correct_slip(run, i, part),
                    Item::Slip(_) => {}
                }
            }
        };
        try_key(variants::hash(Kind::Deleted, classes));
        variants::each_deleted(classes, two, try_key);
    }

    /// Word `i` may be a word of a phrase, misspelled or in a disguise of this kind: notes it as such.
    fn correct_part(&self, run: &mut Run<'_>, i: usize, number: u32, kind: Kind) {
        let Some(part) = self.parts.get(number as usize) else { return };
        let Some(token) = run.text.tokens().get(i) else { return };
        let place = i as u32;
        let of_place = run.scratch.corrected.iter().rev().take_while(|c| c.place == place).filter(|c| !c.slip);
        if of_place.clone().count() >= READINGS
            || of_place.clone().any(|c| c.part == number)
            || run.text.class().get(token.range()) == Some(part.class)
            || !run.budget.charge(8)
        {
            return;
        }
        let undone = match kind {
            Kind::Consonants => is_skeleton(word_letters(run, i).as_slice(), part.letters).then_some(Evasion::VOWELS),
            Kind::Sound => sounds_like(word_letters(run, i).as_slice(), part.letters).then_some(Evasion::PHONETIC),
            _ => {
                let target = align::Target { letters: part.letters, cuts: 1, fuzzy: 1, plural: false };
                align(run.text, token.range(), target, &mut run.scratch.align).map(|a| a.evasion)
            }
        };
        if let Some(undone) = undone {
            run.scratch.corrected.push(Correction { place, part: number, undone, slip: false });
        }
    }

    /// Word `i`, which may have a slip of the pen in it, may be this common word: notes it as such. The first letter is seldom wrong, and a letter for another
    /// makes a rarer word more often than a slip (`cellar`, collar).
    fn correct_slip(&self, run: &mut Run<'_>, i: usize, number: u32) {
        let Some(part) = self.parts.get(number as usize) else { return };
        let Some(token) = run.text.tokens().get(i) else { return };
        let place = i as u32;
        let of_place = run.scratch.corrected.iter().rev().take_while(|c| c.place == place).filter(|c| c.slip);
        let first = run.text.folded().as_bytes().get(token.start as usize);
        if first != part.letters.first()
            || of_place.clone().count() >= SLIPS
            || of_place.clone().any(|c| c.part == number)
            || !run.budget.charge(8)
        {
            return;
        }
        let target = align::Target { letters: part.letters, cuts: 1, fuzzy: 1, plural: false };
        let folded = run.text.folded().as_bytes().get(token.range()).unwrap_or_default();
        if (folded.len() != part.letters.len() || is_swap(folded, part.letters))
            && let Some(alignment) = align(run.text, token.range(), target, &mut run.scratch.align)
            && alignment.evasion == Evasion::TYPO
        {
            run.scratch.corrected.push(Correction { place, part: number, undone: Evasion::TYPO, slip: true });
        }
    }

    /// Looks up the phrases that corrected words have a part in.
    fn look_up_corrected(&self, run: &mut Run<'_>) {
        let mut done = 0;
        for at in 0..run.scratch.corrected.len() {
            let Some(&correction) = run.scratch.corrected.get(at) else { return };
            let place = correction.place as usize;
            self.look_up_slip(run, correction);
            for first in done.max(place.saturating_sub(CORRECTED_BEHIND))..=place {
                self.look_up_corrected_from(run, first);
            }
            done = done.max(place + 1);
        }
    }

    /// Keeps the terms that are one word with a slip of the pen.
    fn look_up_slip(&self, run: &mut Run<'_>, correction: Correction) {
        let Some(part) = self.parts.get(correction.part as usize).filter(|p| correction.slip && p.letters.len() >= SLIP_ALONE) else {
            return;
        };
        let word = Word(self.exact.get(keys::hash(part.class)));
        let Some(token) = run.text.tokens().get(correction.place as usize) else { return };
        for &number in self.members(run.scope, self.group(word)) {
            let term = self.terms.get(number as usize);
            if term.is_some_and(|t| t.letters == part.letters && t.cuts == 1 && !t.case && !t.disguised) && run.budget.charge(1) {
                self.keep(run, number, token.range(), Alignment::whole(align::cost::EDIT, correction.undone));
            }
        }
    }

    fn look_up_corrected_from(&self, run: &mut Run<'_>, first: usize) {
        let Some(token) = run.text.tokens().get(first).filter(|t| !t.flags.has(TokenFlags::UNSPACED)) else { return };
        let begin = |index: &Self, run: &mut Run<'_>, reach: Reach| {
            let phrases = index.phrases(run.scope, &reach.key);
            if phrases != 0 {
                index.extend_phrase(run, first, first + 1, reach.to(phrases));
            }
        };
        let start = Reach { only_corrected: true, ..Reach::new(0, keys::KeyHasher::new()) };
        for c in run.scratch.corrections_of(first) {
            if let Some(reach) = self.corrected(run, first, c, &start) {
                begin(self, run, reach);
            }
        }
        let mut plain = start;
        push_token(&mut plain.key, run.text, token);
        begin(self, run, plain);
    }

    /// Verifies that words, some of which were corrected, are a phrase, and keeps the hit.
    pub(super) fn consider_corrected(&self, run: &mut Run<'_>, number: u32, words: RangeInclusive<usize>, reach: &Reach) {
        let Some(term) = self.terms.get(number as usize) else { return };
        let used = reach.corrections.get(..reach.corrected).unwrap_or_default();
        let of = |c: &u32| run.scratch.corrected.get(*c as usize).copied();
        let undone = used.iter().filter_map(of).fold(Evasion::NONE, |all, c| all | c.undone);
        let slips = used.iter().filter_map(of).all(|c| c.slip) && !term.case && !term.disguised;
        if !slips && (term.word || term.fuzzy == 0 && !undone.without(Evasion::REPEAT).is_empty()) {
            return;
        }
        let class = |b: &u8| keys::CLASS.get(usize::from(*b)).copied().unwrap_or(0);
        let (mut rest, mut cuts) = (term.letters, 0u64);
        for i in words.clone() {
            cuts |= 1u64.checked_shl((term.letters.len() - rest.len()) as u32).unwrap_or(0);
            let corrected = used.iter().filter_map(of).find(|c| c.place as usize == i);
            let own = word_letters(run, i);
            let letters = corrected.and_then(|c| self.parts.get(c.part as usize)).map_or(own.as_slice(), |p| p.letters);
            match rest.split_at_checked(letters.len()) {
                Some((here, after)) if here.iter().map(class).eq(letters.iter().map(class)) => rest = after,
                _ => return,
            }
        }
        let tokens = run.text.tokens();
        let whole = rest.is_empty() && (!term.word || cuts == term.cuts);
        if let (Some(a), Some(b), true) = (tokens.get(*words.start()), tokens.get(*words.end()), whole) {
            let cost = if undone == Evasion::REPEAT { align::cost::REPEAT } else { WHOLE_WORD } * used.len() as u16;
            self.keep(run, number, a.start as usize..b.end as usize, Alignment::whole(cost, undone));
        }
    }

    /// Joins a word with its neighbours. `joined` is the last word before it for which that was done: all joins of up to four words with both were tried then.
    fn look_up_joins(&self, run: &mut Run<'_>, i: usize, joined: Option<usize>) {
        for (before, after) in JOINS.into_iter().chain(ODD_JOINS) {
            let Some(first) = i.checked_sub(before) else { continue };
            if before + after < 4 && joined.is_some_and(|word| word >= first) {
                continue;
            }
            let words = first..=i + after;
            if before + after > 2 && words.clone().filter(|&w| is_odd(run, w)).count() < 3 {
                continue;
            }
            let Some(key) = join(run, words.clone()) else { continue };
            if key.as_slice().len() < 4 {
                continue;
            }
            let (first, last) = words.clone().into_inner();
            self.look_up_joined_start(run, first, last);
            self.each(run, Kind::Collapsed, key.as_slice(), |index, run, term| index.consider(run, term, first, last));
            self.each(run, Kind::Reversed, key.as_slice(), |index, run, term| index.consider_reversed(run, term, words.clone()));
            if words.clone().all(|w| variants::is_vowelless(word_letters(run, w).as_slice())) {
                self.each(run, Kind::Consonants, key.as_slice(), |index, run, term| {
                    index.consider_whole(run, term, words.clone(), Kind::Consonants);
                });
            }
            if words.clone().skip(1).all(|w| run.text.tokens().get(w).is_some_and(|t| t.flags.has(TokenFlags::ATTACHED))) {
                let letters: Letters = words.clone().flat_map(|w| word_letters(run, w)).collect();
                if let Some(sound) = variants::sound(letters.as_slice()) {
                    self.each(run, Kind::Sound, sound.as_slice(), |index, run, term| {
                        index.consider_whole(run, term, words.clone(), Kind::Sound);
                    });
                }
            }
        }
    }

    /// Looks up the phrases that begin with some words read as one.
    fn look_up_joined_start(&self, run: &mut Run<'_>, first: usize, last: usize) {
        let mut key = keys::KeyHasher::new();
        for token in run.text.tokens().get(first..=last).unwrap_or_default() {
            push_token(&mut key, run.text, token);
        }
        let phrases = self.phrases(run.scope, &key);
        if phrases != 0 {
            self.extend_phrase(run, first, last + 1, Reach::new(phrases, key));
        }
    }

    fn consider_reversed(&self, run: &mut Run<'_>, number: u32, words: RangeInclusive<usize>) {
        let Some(term) = self.terms.get(number as usize) else { return };
        let Some(key) = join(run, words.clone()) else { return };
        let Some(reversed) = variants::key_of(term.letters).and_then(|key| variants::reverse(key.as_slice())) else { return };
        // Pieces that read backwards are a term by chance too often: as many words as the term has, no more.
        if words.clone().count() > term.cuts.count_ones() as usize {
            return;
        }
        if key.as_slice() != reversed.as_slice() {
            return;
        }
        let tokens = run.text.tokens();
        if let (Some(a), Some(b)) = (tokens.get(*words.start()), tokens.get(*words.end())) {
            let alignment = Alignment::whole(WHOLE_WORD, Evasion::REVERSED);
            self.keep(run, number, a.start as usize..b.end as usize, alignment);
        }
    }

    /// Keeps a hit of words that are the term without its vowels, or as it sounds.
    fn consider_whole(&self, run: &mut Run<'_>, number: u32, words: RangeInclusive<usize>, kind: Kind) {
        let Some(term) = self.terms.get(number as usize) else { return };
        let tokens = run.text.tokens();
        let (Some(a), Some(b)) = (tokens.get(*words.start()), tokens.get(*words.end())) else { return };
        let (range, pieces) = (a.start as usize..b.end as usize, words.clone().count());
        let first = words.clone();
        let letters: Letters = words.flat_map(|w| word_letters(run, w)).collect();
        let (same, evasion) = match kind {
            Kind::Consonants => {
                (may_be_pieces(run, &first, &term, pieces) && is_skeleton(letters.as_slice(), term.letters), Evasion::VOWELS)
            }
            _ => (sounds_like(letters.as_slice(), term.letters), Evasion::PHONETIC),
        };
        if same {
            self.keep(run, number, range, Alignment::whole(WHOLE_WORD, evasion));
        }
    }
}

/// Whether two words of one length are the same but for two neighbours that changed places.
pub(super) fn is_swap(one: &[u8], other: &[u8]) -> bool {
    let differ = || one.iter().zip(other).enumerate().filter(|(_, (a, b))| a != b).map(|(at, _)| at);
    match (differ().next(), differ().count()) {
        (Some(at), 2) => one.get(at) == other.get(at + 1) && one.get(at + 1) == other.get(at),
        _ => false,
    }
}

/// Whether a word may have a slip of the pen in it: plain letters, no capital, with which it is a name, and in no dictionary, nor its singular.
fn may_slip(index: &TermIndex, run: &Run<'_>, i: usize) -> bool {
    let Some(token) = run.text.tokens().get(i) else { return false };
    let span = run.text.source_span(token.range());
    let written = run.source.get(span.start..span.end).unwrap_or_default();
    let name = i > 0 && written.first().is_some_and(u8::is_ascii_uppercase) && !written.iter().all(u8::is_ascii_uppercase);
    let known = run.scratch.words.get(i).is_some_and(|w| w.is_known());
    let folded = run.text.folded().as_bytes().get(token.range()).unwrap_or_default();
    let plural = || [&b"s"[..], b"es"].iter().filter_map(|&ending| folded.strip_suffix(ending)).any(|singular| index.knows(singular));
    !known && !name && written.iter().all(u8::is_ascii_alphabetic) && !plural()
}

/// Whether so many words may be the pieces of a term: no more than it has, but where a line ends.
fn may_be_pieces(run: &Run<'_>, words: &RangeInclusive<usize>, term: &Term<'_>, pieces: usize) -> bool {
    let line = |w: usize| run.text.tokens().get(w).is_some_and(|t| t.flags.has(TokenFlags::LINE));
    pieces - words.clone().skip(1).filter(|&w| line(w)).count() <= term.cuts.count_ones() as usize
}

/// Whether a word without vowels is what is left of a term, or of its plural.
pub(super) fn is_skeleton(word: &[u8], term: &[u8]) -> bool {
    let rest = term.get(1..).unwrap_or_default();
    let left = variants::collapse(word.iter().map(|&b| keys::CLASS.get(usize::from(b)).copied().unwrap_or(0)));
    left.is_some_and(|left| {
        let singular = left.as_slice().strip_suffix(b"s");
        [term, rest]
            .into_iter()
            .any(|t| variants::consonants(t).is_some_and(|bones| bones.as_slice() == left.as_slice() || Some(bones.as_slice()) == singular))
    })
}

/// Whether a word sounds like a term, and is not much longer or shorter.
pub(super) fn sounds_like(word: &[u8], term: &[u8]) -> bool {
    let near = word.len().abs_diff(term.len()) * 3 <= term.len();
    let sounds = [variants::sound(term), variants::mute_sound(term)];
    let same = |sound: Key| sounds.iter().flatten().any(|t| t.as_slice() == sound.as_slice());
    near && variants::sound(word).is_some_and(same) && variants::vowels_are_like(word, term)
}

/// Whether a word is hardly one: unknown, a single letter, or the first of a line.
fn is_odd(run: &Run<'_>, i: usize) -> bool {
    let unknown = run.scratch.words.get(i).is_some_and(|w| !w.is_known());
    unknown || run.text.tokens().get(i).is_some_and(|t| t.range().len() == 1 || t.flags.has(TokenFlags::LINE))
}

/// The folded letters of a word, without apostrophes.
fn word_letters(run: &Run<'_>, i: usize) -> Letters {
    let range = run.text.tokens().get(i).map_or(0..0, |t| t.range());
    let word = run.text.folded().as_bytes().get(range).unwrap_or_default();
    word.iter().copied().filter(|&b| b != b'\'').collect()
}

/// The collapsed key of neighbouring words taken together; `None` where they do not belong together.
fn join(run: &Run<'_>, words: RangeInclusive<usize>) -> Option<Key> {
    let tokens = run.text.tokens().get(words)?;
    let apart = |t: &Token| ends_sentence(t) || t.flags.has(TokenFlags::UNSPACED) || t.flags.has(TokenFlags::EMOJI);
    if tokens.iter().skip(1).any(apart) || tokens.first().is_some_and(|t| t.flags.has(TokenFlags::UNSPACED)) {
        return None;
    }
    variants::collapse(tokens.iter().flat_map(|t| key_classes(run.text, t)))
}

/// A number with a short unit (`500g`, `2nd`) or a name with a short number (`iphone6`): far too common to be looked into.
pub(super) fn is_measure(run: &Run<'_>, token: &Token) -> bool {
    if !token.flags.has(TokenFlags::DIGIT) {
        return false;
    }
    let bytes = run.text.folded().as_bytes().get(token.range()).unwrap_or_default();
    let turns = bytes.windows(2).filter(|w| matches!(w, [a, b] if a.is_ascii_digit() != b.is_ascii_digit())).count();
    let leading = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    turns == 1 && leading > 0 && bytes.len() - leading <= 3
}
