//! Terms of scripts that are written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar), also mixed with letters (`加v`). In: texts that hold such
//! characters. Out: hits by characters and, where the term asks for it, by sound (toneless pinyin). Keeps: marks and spaces between the characters are
//! stepped over; Latin ends of a term stop at word edges. Must not know: scripts with spaces.

use super::align::Alignment;
use super::{Run, TermIndex, Terms, variants};
use crate::evasion::Evasion;
use crate::matcher::bulk;
use crate::text::{Text, TokenFlags, pinyin};
use aho_corasick::{AhoCorasick, MatchKind};
use once_cell::sync::OnceCell;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The terms of such scripts, and their automata, which are made when the first text asks for them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Unspaced {
    #[serde(with = "bulk")]
    numbers: Vec<u32>,
    /// Those that are looked for by sound too.
    #[serde(with = "bulk")]
    sound_numbers: Vec<u32>,
    #[serde(skip)]
    by_letters: OnceCell<Option<AhoCorasick>>,
    #[serde(skip)]
    by_sound: OnceCell<Option<AhoCorasick>>,
}

/// The text without marks and spaces, as letters and as sounds, each byte with its place in the folded text.
#[derive(Debug, Clone, Default)]
pub(super) struct UnspacedScratch {
    letters: Vec<u8>,
    sounds: Vec<u8>,
    /// For each byte of `letters` the range in the folded text of its character, and of those after it that are the same.
    places: Vec<(u32, u32)>,
    /// For each three bytes of `sounds` the range of its character.
    sound_places: Vec<(u32, u32)>,
}

/// Bytes of one character's sound: always three, so that places stay aligned.
const SOUND_BYTES: usize = 3;

fn sound_bytes(c: char) -> [u8; SOUND_BYTES] {
    let value = pinyin::pinyin(c).map_or(c as u32, |syllable| 0x20_0000 | u32::from(syllable));
    let [_, a, b, c] = value.to_be_bytes();
    [a, b, c]
}

impl Unspaced {
    pub(super) fn add(&mut self, number: u32, homophone: bool) {
        self.numbers.push(number);
        if homophone {
            self.sound_numbers.push(number);
        }
    }

    fn by_letters(&self, terms: &Terms) -> Option<&AhoCorasick> {
        let letters = |&number: &u32| terms.get(number as usize).map_or(Vec::new(), |t| variants::collapse_characters(t.letters));
        self.by_letters.get_or_init(|| automaton(self.numbers.iter().map(letters))).as_ref()
    }

    fn by_sound(&self, terms: &Terms) -> Option<&AhoCorasick> {
        let sound = |&number: &u32| {
            let letters = terms.get(number as usize).map_or(&[][..], |t| t.letters);
            String::from_utf8_lossy(letters).chars().flat_map(sound_bytes).collect::<Vec<u8>>()
        };
        self.by_sound.get_or_init(|| automaton(self.sound_numbers.iter().map(sound))).as_ref()
    }

    /// Makes the automata now.
    pub(super) fn prepare(&self, terms: &Terms) {
        self.by_letters(terms);
        self.by_sound(terms);
    }

    /// Whether every number is that of a term that is not empty.
    pub(super) fn is_sound(&self, terms: &Terms) -> bool {
        let known = |&number: &u32| terms.get(number as usize).is_some_and(|t| !t.letters.is_empty());
        self.numbers.iter().chain(&self.sound_numbers).all(known)
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let made = [&self.by_letters, &self.by_sound].into_iter().filter_map(|cell| cell.get()?.as_ref());
        let automata: usize = made.map(AhoCorasick::memory_usage).sum();
        automata + (self.numbers.capacity() + self.sound_numbers.capacity()) * 4
    }

    pub(super) fn find(&self, index: &TermIndex, run: &mut Run<'_>) {
        if !run.budget.charge(run.text.folded().len() as u64) {
            return;
        }
        let mut scratch = std::mem::take(&mut run.scratch.unspaced);
        let by_sound = self.by_sound(&index.terms);
        scratch.read(run.text, by_sound.is_some());
        if let Some(automaton) = self.by_letters(&index.terms) {
            for found in automaton.find_overlapping_iter(&scratch.letters) {
                let number = self.numbers.get(found.pattern().as_usize()).copied();
                let first = scratch.places.get(found.start()).map(|p| p.0 as usize);
                let last = scratch.places.get(found.end() - 1).map(|p| p.1 as usize);
                if let (Some(number), Some(start), Some(end)) = (number, first, last)
                    && run.budget.charge(4)
                    && let Some((range, how)) = fit(index, run, number, start..end)
                {
                    keep(index, run, number, range, how);
                }
            }
        }
        if let Some(automaton) = by_sound {
            for found in automaton.find_overlapping_iter(&scratch.sounds) {
                let number = self.sound_numbers.get(found.pattern().as_usize()).copied();
                let first = scratch.sound_places.get(found.start() / SOUND_BYTES).map(|p| p.0 as usize);
                let last = scratch.sound_places.get(found.end() / SOUND_BYTES - 1).map(|p| p.1 as usize);
                if let (Some(number), Some(start), Some(end), 0) = (number, first, last, found.start() % SOUND_BYTES)
                    && run.budget.charge(4)
                {
                    keep(index, run, number, start..end, Evasion::CODED);
                }
            }
        }
        run.scratch.unspaced = scratch;
    }
}

fn automaton<P: AsRef<[u8]>>(patterns: impl ExactSizeIterator<Item = P>) -> Option<AhoCorasick> {
    match patterns.len() {
        0 => None,
        _ => AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns).ok(),
    }
}

impl UnspacedScratch {
    fn read(&mut self, text: &Text, sounds: bool) {
        self.letters.clear();
        self.sounds.clear();
        self.places.clear();
        self.sound_places.clear();
        for token in text.tokens().iter().filter(|t| !t.flags.has(TokenFlags::EMOJI)) {
            let word = text.folded().get(token.range()).unwrap_or_default();
            for (at, c) in word.char_indices() {
                let start = token.start as usize + at;
                let mut bytes = [0; 4];
                let bytes = c.encode_utf8(&mut bytes).as_bytes();
                let end = (start + bytes.len()) as u32;
                if self.letters.ends_with(bytes) {
                    let last = self.places.len() - bytes.len();
                    self.places.get_mut(last..).unwrap_or_default().iter_mut().for_each(|p| p.1 = end);
                } else {
                    self.letters.extend_from_slice(bytes);
                    self.places.extend(bytes.iter().map(|_| (start as u32, end)));
                }
                if sounds {
                    self.sounds.extend(sound_bytes(c));
                    self.sound_places.push((start as u32, (start + c.len_utf8()) as u32));
                }
            }
        }
    }
}

/// Of a stretch that is a term but for repeated characters the part that is the term, repeats at both ends left out, and whether it holds any.
fn fit(index: &TermIndex, run: &Run<'_>, number: u32, range: Range<usize>) -> Option<(Range<usize>, Evasion)> {
    let term = index.terms.get(number as usize)?.letters;
    let slice = run.text.folded().get(range.clone())?;
    if slice.as_bytes() == term {
        return Some((range, Evasion::NONE));
    }
    let mut wanted = runs(std::str::from_utf8(term).ok()?.char_indices()).peekable();
    let mut seen = runs(slice.char_indices().filter(|(_, c)| c.is_alphanumeric()));
    let (mut fitted, mut how) = (range.clone(), Evasion::NONE);
    let mut first = true;
    while let Some(want) = wanted.next() {
        let have = seen.next().filter(|have| have.c == want.c)?;
        let more = have.count.checked_sub(want.count)?;
        let last = wanted.peek().is_none();
        if last {
            fitted.end = range.start + have.place(want.count - 1)? + have.c.len_utf8();
        }
        if first && !last {
            fitted.start = range.start + have.place(more)?;
        } else if !last && more > 0 {
            how = Evasion::REPEAT;
        }
        first = false;
    }
    seen.next().is_none().then_some((fitted, how))
}

/// A character, and how often it stands in a row.
struct Same<I> {
    c: char,
    count: usize,
    /// What is read from its first place on.
    from: I,
}

impl<I: Iterator<Item = (usize, char)> + Clone> Same<I> {
    /// Where it stands for the nth time.
    fn place(&self, nth: usize) -> Option<usize> {
        self.from.clone().nth(nth).map(|(at, _)| at)
    }
}

fn runs<I: Iterator<Item = (usize, char)> + Clone>(mut characters: I) -> impl Iterator<Item = Same<I>> {
    std::iter::from_fn(move || {
        let from = characters.clone();
        let (_, c) = characters.next()?;
        let more = characters.clone().take_while(|&(_, next)| next == c).count();
        if let Some(last) = more.checked_sub(1) {
            characters.nth(last);
        }
        Some(Same { c, count: more + 1, from })
    })
}

fn keep(index: &TermIndex, run: &mut Run<'_>, number: u32, range: Range<usize>, how: Evasion) {
    let folded = run.text.folded();
    let Some(slice) = folded.get(range.clone()) else { return };
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let cut_before = latin(slice.chars().next()) && latin(folded.get(..range.start).and_then(|s| s.chars().next_back()));
    let cut_after = latin(slice.chars().next_back()) && latin(folded.get(range.end..).and_then(|s| s.chars().next()));
    if cut_before || cut_after {
        return;
    }
    let plain = index.terms.get(number as usize).is_some_and(|t| t.letters == slice.as_bytes());
    let split = match (plain, slice.contains(char::is_whitespace)) {
        (true, _) => Evasion::NONE,
        (false, true) => Evasion::SPACED,
        (false, false) if !how.is_empty() && slice.chars().all(char::is_alphanumeric) => Evasion::NONE,
        (false, false) => Evasion::PUNCT,
    };
    let how = if plain { Evasion::NONE } else { how };
    let cost = if plain { 0 } else { super::align::cost::GLYPH };
    index.keep(run, number, range, Alignment::whole(cost, how | split));
}
