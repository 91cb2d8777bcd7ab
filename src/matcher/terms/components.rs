//! Chinese characters that are taken apart (`亻言` for `信`, `力口` for `加`). In: a text with a component that nobody writes by itself. Out: hits of the same text with
//! such pairs put together. Keeps: parts that are characters themselves (`女子`) are put together only in a text that takes others apart. Must not
//! know: which rule a term belongs to.

use super::reread::Rewritten;
use super::{Run, TermIndex};
use crate::evasion::Evasion;
use crate::text::{Text, TokenFlags};
use once_cell::sync::Lazy;

/// Components that are no characters: they stand by themselves where somebody takes characters apart, and hardly anywhere else.
const BARE: [char; 26] = [
    '亻', '冫', '刂', '卩', '宀', '彳', '忄', '扌', '攵', '氵', '灬', '犭', '疒', '礻', '糹', '纟', '艹', '衤', '訁', '讠', '辶', '釒',
    '钅', '阝', '饣', '⺮',
];

/// Both parts of a character, and the character, sorted.
static PAIRS: Lazy<Vec<([char; 2], char)>> = Lazy::new(|| {
    let lines = include_str!("../data/components.txt").lines().filter(|l| !l.starts_with('#'));
    let pair = |word: &str| {
        let mut chars = word.chars();
        let whole = chars.next()?;
        Some(([chars.next()?, chars.next()?], whole))
    };
    let mut pairs: Vec<_> = lines.flat_map(|l| l.split(' ')).filter_map(pair).collect();
    pairs.sort_unstable();
    pairs.shrink_to_fit();
    pairs
});

/// Makes now the table that the first such message of a process would wait for.
pub(super) fn prepare() {
    Lazy::force(&PAIRS);
}

fn character_of(parts: [char; 2]) -> Option<char> {
    let at = PAIRS.binary_search_by_key(&parts, |pair| pair.0).ok()?;
    PAIRS.get(at).map(|pair| pair.1)
}

fn is_bare(c: char) -> bool {
    BARE.contains(&c)
}

impl TermIndex {
    /// Finds what shows when characters that were taken apart are put together.
    pub(super) fn read_components(&self, run: &mut Run<'_>) {
        if !run.text.facts().unspaced || !run.budget.charge(run.text.folded().len() as u64) {
            return;
        }
        if !takes_apart(run.text) {
            return;
        }
        self.find_rewritten(run, super::align::cost::GLYPH, |run, whole| {
            put_together(run.text, &mut whole.rewritten);
            whole.rewritten.changed
        });
    }
}

/// Whether a text takes characters apart: it has a component that nobody writes by itself, or two words that are the parts of one character.
fn takes_apart(text: &Text) -> bool {
    let mut pairs = 0;
    for token in text.tokens().iter().filter(|t| t.flags.has(TokenFlags::UNSPACED)) {
        let word = text.folded().get(token.range()).unwrap_or_default();
        let mut characters = word.chars();
        if let (Some(first), Some(second), None) = (characters.next(), characters.next(), characters.next()) {
            pairs += u32::from(character_of([first, second]).is_some());
        }
        if pairs == 2 || word.chars().any(is_bare) {
            return true;
        }
    }
    false
}

/// Writes a text with its pairs of parts put together.
fn put_together(text: &Text, out: &mut Rewritten) {
    out.clear();
    let folded = text.folded();
    let mut done = 0;
    let mut characters = folded.char_indices().filter(|(_, c)| !c.is_whitespace()).peekable();
    while let Some((at, first)) = characters.next() {
        let Some(&(second_at, second)) = characters.peek() else { break };
        // A space may stand between parts of which one is no character.
        let near = second_at == at + first.len_utf8() || is_bare(first) || is_bare(second);
        if let Some(character) = character_of([first, second]).filter(|_| near) {
            let end = second_at + second.len_utf8();
            out.copy(folded, done..at);
            out.put(character.encode_utf8(&mut [0; 4]), at..end, Evasion::SPLIT);
            done = end;
            characters.next();
        }
    }
    out.copy(folded, done..folded.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_meet() {
        assert_eq!((character_of(['亻', '言']), character_of(['力', '口']), character_of(['口', '力'])), (Some('信'), Some('加'), None));
        assert!(PAIRS.windows(2).all(|w| w[0].0 < w[1].0));
        let mut text = Text::default();
        text.read("女子，亻 尔好！力口我".as_bytes());
        let mut out = Rewritten::default();
        put_together(&text, &mut out);
        assert_eq!(out.letters, "好,你好!加我");
    }
}
