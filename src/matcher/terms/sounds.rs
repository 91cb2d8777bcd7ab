//! What words sound like to whoever spells by ear. In: letters. Out: a key that all spellings of a word share which its speakers would write for each other. Keeps:
//! it may be as coarse as it likes, for how much of a word was written is asked besides. Must not know: words.

use super::lexicon::{is_vowel, letters};
use super::variants::Letters;

/// Rules of a language by their first letter, the first one that fits a place being taken; letters without one sound as they are.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

/// Letters, and what they sound like.
#[derive(Debug)]
struct Rule {
    from: Letters,
    /// How many of them sound so; the others only have to follow.
    heard: usize,
    to: Letters,
    /// Only where the word ends, or where no vowel follows.
    last: bool,
    closed: bool,
}

impl Rules {
    /// Adds rules with spaces between them: `from>to`, where `$` is the end of a word, and what stands behind `|` only has to follow (`!`: no vowel).
    pub fn add(&mut self, rules: &str) {
        self.0.extend(rules.split(' ').filter_map(Rule::new));
        self.0.sort_by_key(Rule::initial);
    }

    /// What a word sounds like: what is spoken alike one, no letter twice in a row.
    pub fn sound(&self, word: &[u8]) -> Letters {
        let mut key = Letters::EMPTY;
        let mut at = 0;
        while let Some(rest) = word.get(at..).filter(|rest| !rest.is_empty()) {
            let rule = self.of(rest.first().copied()).find(|rule| rule.fits(rest));
            let sounds = rule.map_or(rest.get(..1).unwrap_or_default(), |rule| rule.to.as_slice());
            for &sound in sounds {
                if key.as_slice().last() != Some(&sound) {
                    key.push(sound);
                }
            }
            at += rule.map_or(1, |rule| rule.heard);
        }
        key
    }

    /// The rules that begin with a letter.
    fn of(&self, initial: Option<u8>) -> impl Iterator<Item = &Rule> {
        let from = self.0.partition_point(|rule| rule.initial() < initial);
        self.0.get(from..).unwrap_or_default().iter().take_while(move |rule| rule.initial() == initial)
    }
}

impl Rule {
    fn new(rule: &str) -> Option<Self> {
        let (from, to) = rule.split_once('>')?;
        let (from, last) = from.strip_suffix('$').map_or((from, false), |from| (from, true));
        let (heard, behind) = from.split_once('|').unwrap_or((from, ""));
        let (behind, closed) = behind.strip_suffix('!').map_or((behind, false), |behind| (behind, true));
        let (heard, behind) = (letters(heard)?, letters(behind)?);
        let from = heard.into_iter().chain(behind).collect();
        Some(Self { from, heard: heard.as_slice().len().max(1), to: letters(to)?, last, closed })
    }

    fn initial(&self) -> Option<u8> {
        self.from.as_slice().first().copied()
    }

    fn fits(&self, rest: &[u8]) -> bool {
        let behind = rest.strip_prefix(self.from.as_slice());
        behind.is_some_and(|behind| (!self.last || behind.is_empty()) && !(self.closed && behind.first().is_some_and(|&b| is_vowel(b))))
    }
}

/// What an English word sounds like to whoever spells by ear: all vowels one, mute letters left out, what is spoken alike one.
pub(super) fn english(word: &[u8]) -> Letters {
    let mut key = Letters::EMPTY;
    let spoken_u = matches!(word, [b'u', c, v, ..] if !is_vowel(*c) && is_vowel(*v));
    let (word, le) = trimmed(word);
    let mut at = 0;
    while let Some(&b) = word.get(at) {
        let rest = word.get(at..).unwrap_or_default();
        let next = rest.get(1).copied().unwrap_or(0);
        let vowel_next = is_vowel(next) || next == b'y';
        let before = at.checked_sub(1).and_then(|at| word.get(at)).copied().unwrap_or(0);
        let after_vowel = is_vowel(before) || before == b'y';
        let voiced = key.as_slice().contains(&b'a');
        let (sounds, len): (&[u8], usize) = match rest {
            [b'k' | b'g', b'n', ..] if at == 0 => (b"n", 2),
            [b'w', b'r', ..] if at == 0 => (b"r", 2),
            [b'w', b'h', ..] => (b"w", 2),
            [b'u', ..] if at == 0 && spoken_u => (b"ya", 1),
            [b'y', ..] if at == 0 && vowel_next => (b"y", 1),
            [b't', b'c', b'h', ..] => (b"c", 3),
            [b'c', b'h', ..] => (b"c", 2),
            [b's', b's', b'i', b'o', ..] => (b"S", 3),
            [b't' | b's' | b'c', b'i', b'o' | b'a', ..] if at > 0 => (b"S", 2),
            [b's', b'h', ..] => (b"S", 2),
            [b't', b'h', ..] => (b"d", 2),
            [b'p', b'h', ..] => (b"f", 2),
            [b'g', b'h', ..] if at > 0 => (b"", 2),
            [b'd', b'g', ..] => (b"g", 2),
            [b'c', b'k', ..] => (b"k", 2),
            [b'q', b'u', ..] => (b"kw", 2),
            [b'o', b'u', b'l', b'd'] => (b"a", 3),
            [b'a' | b'o', b'l', b'k' | b'm' | b'f', ..] => (b"a", 2),
            [b'm', b'b'] => (b"m", 2),
            [b'b', b't'] => (b"t", 2),
            // The last `t` of a group is dropped as often as not.
            [b'x', b't'] if at > 1 => (b"ks", 2),
            [b's' | b'f' | b'p' | b'k', b't'] if at > 1 => (rest.get(..1).unwrap_or_default(), 2),
            [b'e', b'd'] if voiced && !after_vowel && !matches!(before, b't' | b'd') => (b"", 1),
            [b'e', b's'] if voiced && !after_vowel && !matches!(before, b's' | b'z' | b'x' | b'h' | b'c' | b'g') => (b"", 1),
            [b'c', b'e' | b'i' | b'y', ..] => (b"s", 1),
            [b'c', ..] => (b"k", 1),
            [b'q', ..] => (b"k", 1),
            [b'x', ..] => (b"ks", 1),
            [b'z', ..] => (b"s", 1),
            [b'j', ..] => (b"g", 1),
            [b'a' | b'e' | b'i' | b'o' | b'u' | b'y', ..] => (b"a", 1),
            [b'w' | b'h', ..] if at > 0 && (!vowel_next || b == b'h' && !after_vowel) => (b"", 1),
            _ => (rest.get(..1).unwrap_or_default(), 1),
        };
        for &s in sounds {
            if key.as_slice().last() != Some(&s) {
                key.push(s);
            }
        }
        at += len;
    }
    if le {
        key.push(b'a');
        key.push(b'l');
    }
    // A last `r` behind a vowel is hardly heard, but in words of one syllable.
    let vowels = key.as_slice().iter().filter(|&&b| b == b'a').count();
    match key.as_slice() {
        [heard @ .., b'a', b'r'] if vowels > 1 => Letters::collect(heard.iter().copied().chain([b'a'])).unwrap_or(Letters::EMPTY),
        _ => key,
    }
}

/// A word without the mute letters at its end, and whether it ends in a consonant and `le`.
fn trimmed(word: &[u8]) -> (&[u8], bool) {
    let vowel = |b: &u8| is_vowel(*b) || *b == b'y';
    match word {
        [start @ .., c, b'l', b'e'] if !vowel(c) && !start.is_empty() => (word.get(..word.len() - 2).unwrap_or(word), true),
        [start @ .., c, b'e'] if !vowel(c) && start.iter().any(vowel) => (word.get(..word.len() - 1).unwrap_or(word), false),
        [.., b'i', b'n', b'g'] if word.len() > 4 => (word.get(..word.len() - 1).unwrap_or(word), false),
        _ => (word, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_meets() {
        for (spelled, word) in [
            ("kontinyoo", "continue"),
            ("owtsyde", "outside"),
            ("dis", "this"),
            ("dere", "there"),
            ("komishun", "commission"),
            ("bottel", "bottle"),
            ("rite", "write"),
            ("yooz", "use"),
            ("payin", "paying"),
            ("wud", "would"),
            ("tok", "talk"),
            ("jus", "just"),
            ("kild", "killed"),
            ("numba", "number"),
            ("kwik", "quick"),
        ] {
            let sounds = [spelled, word].map(|w| english(w.as_bytes()).as_slice().to_vec());
            assert_eq!(sounds[0], sounds[1], "{spelled} {word}");
        }
        assert_ne!(english(b"meet").as_slice(), english(b"need").as_slice());
    }
}
