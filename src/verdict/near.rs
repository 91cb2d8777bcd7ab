//! Hits beside hits. In: the standing signals of a rule. Out: whether one lies near another signal, which is the nearest, whether one lies over it. Keeps: gives
//! what looking at each of them would give, by a few binary searches: places, words and sentences grow together, so those within a distance stand side by
//! side. Must not know: rules.

use super::positions::Stretch;
use super::rules::{Matter, Signal};
use crate::limits::Budget;
use serde::{Deserialize, Serialize};

/// How far two hits may lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Within {
    Message,
    Sentence,
    Words(u32),
    WordsBefore(u32),
    WordsAfter(u32),
}

/// A standing signal among those of its rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stand {
    /// Its number among all that stand.
    pub number: u32,
    start: u32,
    end: u32,
    stretch: Stretch,
    /// The farthest end, in bytes, of this one and those before it.
    bytes_reached: u32,
    /// The same in words; and in words of those in the same sentence.
    words_reached: u32,
    sentence_reached: u32,
}

impl Stand {
    pub(super) const fn new(number: u32, signal: &Signal) -> Self {
        let Signal { start, end, stretch, .. } = *signal;
        Self { number, start, end, stretch, bytes_reached: end, words_reached: stretch.end, sentence_reached: stretch.end }
    }
}

/// Work units of asking the standing signals of one rule something.
const ASK_WORK: u64 = 2;

/// Puts signals of one rule in order for the questions below: by place, of those that begin together the last first.
pub(super) fn arrange(stands: &mut [Stand]) {
    stands.sort_unstable_by_key(|s| (s.start, std::cmp::Reverse(s.number)));
    let mut last: Option<Stand> = None;
    for stand in stands {
        if let Some(last) = last {
            stand.bytes_reached = stand.end.max(last.bytes_reached);
            stand.words_reached = stand.stretch.end.max(last.words_reached);
            if stand.stretch.sentence == last.stretch.sentence {
                stand.sentence_reached = stand.stretch.end.max(last.sentence_reached);
            }
        }
        last = Some(*stand);
    }
}

/// Whether one of them shares text with a signal.
pub(super) fn lies_over(stands: &[Stand], signal: &Signal, budget: &mut Budget) -> bool {
    if !budget.charge(ASK_WORK) {
        return false;
    }
    let before = stands.partition_point(|s| s.start < signal.end);
    stands.get(..before).and_then(<[Stand]>::last).is_some_and(|s| signal.start < s.bytes_reached)
}

/// Whether one of them lies within a distance of a signal and is not only a part of it.
pub(super) fn is_near(stands: &[Stand], within: Within, signal: &Signal, budget: &mut Budget) -> bool {
    if !budget.charge(ASK_WORK) {
        return false;
    }
    let Around { before, behind, .. } = around(stands, within, signal.stretch);
    // Those that begin a word before the signal are no part of it. From the end, for what begins behind it is none either.
    !before.is_empty() || behind.iter().rev().take_while(|_| budget.charge(1)).any(|s| !is_inside(s, signal))
}

/// The nearest of them within a distance of `from`, of those as near the first; not the same stretch of text. With `ordered` it begins behind `from`.
pub(super) fn nearest<'s>(stands: &'s [Stand], within: Within, from: &Signal, ordered: bool, budget: &mut Budget) -> Option<&'s Stand> {
    if !budget.charge(ASK_WORK) {
        return None;
    }
    let Around { before, behind, reached } = around(stands, within, from.stretch);
    let skipped = if ordered { behind.partition_point(|s| s.start < from.end) } else { 0 };
    let apart = |s: &&Stand| (s.start, s.end) != (from.start, from.end);
    let next = behind.get(skipped..).unwrap_or_default().iter().take_while(|_| budget.charge(1)).find(apart);
    // Of those before, what reaches farthest is nearest; all that reach to `from` are as near.
    let previous = before.last().filter(|_| !ordered).and_then(|last| {
        let farthest = reached(last).min(from.stretch.first);
        before.get(before.partition_point(|s| reached(s) < farthest))
    });
    previous.into_iter().chain(next).min_by_key(|s| key(from, s))
}

/// By this the nearest is the least.
pub(super) const fn key(from: &Signal, stand: &Stand) -> (u32, u32) {
    (from.stretch.words_between(stand.stretch), stand.start)
}

/// What lies within a distance of a stretch.
struct Around<'s> {
    /// Those that begin a word or more before it; at least one of them lies within the distance, unless there is none.
    before: &'s [Stand],
    /// Those that begin at its first word or behind, all of them within the distance.
    behind: &'s [Stand],
    /// The word that those of `before` up to this one reach.
    reached: fn(&Stand) -> u32,
}

fn around(stands: &[Stand], within: Within, stretch: Stretch) -> Around<'_> {
    let (before, behind) = stands.split_at(stands.partition_point(|s| s.stretch.first < stretch.first));
    let whole = Around { before, behind, reached: |s| s.words_reached };
    let reach_to = |n: u32| before.last().filter(|s| stretch.first.saturating_sub(s.words_reached) <= n).map_or(&[][..], |_| before);
    let up_to = |word: u32| behind.get(..behind.partition_point(|s| s.stretch.first <= word)).unwrap_or_default();
    match within {
        Within::Message => whole,
        Within::Sentence => {
            let (before, behind) = (in_sentence(before, stretch.sentence), in_sentence(behind, stretch.sentence));
            Around { before, behind, reached: |s| s.sentence_reached }
        }
        Within::Words(n) => Around { before: reach_to(n), behind: up_to(stretch.end.saturating_add(n)), ..whole },
        Within::WordsBefore(n) => Around { before: reach_to(n), behind: up_to(stretch.first), ..whole },
        Within::WordsAfter(n) => Around { before: &[], behind: up_to(stretch.end.saturating_add(n)), ..whole },
    }
}

fn in_sentence(stands: &[Stand], sentence: u32) -> &[Stand] {
    let first = stands.partition_point(|s| s.stretch.sentence < sentence);
    let end = stands.partition_point(|s| s.stretch.sentence <= sentence);
    stands.get(first..end).unwrap_or_default()
}

/// Whether a hit is only a part of, or the same as, the other: a word is no cue for itself. A composition holds words that are none of its parts, so
/// what lies between its ends counts.
fn is_inside(other: &Stand, signal: &Signal) -> bool {
    signal.matter != Matter::Composed && signal.start <= other.start && other.end <= signal.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evasion::Evasion;
    use proptest::prelude::*;

    /// Whether `other` lies within a distance of `hit`: the definition.
    fn holds(within: Within, hit: Stretch, other: Stretch) -> bool {
        match within {
            Within::Message => true,
            Within::Sentence => hit.sentence == other.sentence,
            Within::Words(n) => hit.words_between(other) <= n,
            Within::WordsBefore(n) => other.first <= hit.first && hit.words_between(other) <= n,
            Within::WordsAfter(n) => other.first >= hit.first && hit.words_between(other) <= n,
        }
    }

    /// A signal over some bytes of a text whose words are three bytes long, its sentences five words.
    fn signal((start, length, composed): (u32, u32, bool)) -> Signal {
        let end = start + length;
        let stretch = Stretch { first: start / 3, end: end.div_ceil(3).max(start / 3 + 1), sentence: start / 15 };
        let matter = if composed { Matter::Composed } else { Matter::Term(0) };
        Signal { rule: 0, start, end, stretch, evasion: Evasion::NONE, matter, extra: 0 }
    }

    fn place() -> impl Strategy<Value = (u32, u32, bool)> {
        (0..60u32, prop_oneof![8 => 0..6u32, 1 => 0..40u32], any::<bool>())
    }

    fn within() -> impl Strategy<Value = Within> {
        prop_oneof![
            Just(Within::Message),
            Just(Within::Sentence),
            (0..4u32).prop_map(Within::Words),
            (0..4u32).prop_map(Within::WordsBefore),
            (0..4u32).prop_map(Within::WordsAfter),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn searching_gives_what_looking_at_each_gives(
            places in prop::collection::vec(place(), 0..12), one in place(), within in within(), ordered in any::<bool>(),
        ) {
            let all: Vec<Signal> = places.into_iter().map(signal).collect();
            let one = signal(one);
            let mut stands: Vec<Stand> = all.iter().zip(0..).map(|(s, number)| Stand::new(number, s)).collect();
            // As a rule's signals are gone through: the last first.
            let each: Vec<Stand> = stands.iter().rev().copied().collect();
            arrange(&mut stands);
            let budget = &mut Budget::for_message(&crate::limits::ScanLimits::default(), 0);
            let near = |s: &&Stand| holds(within, one.stretch, s.stretch);
            prop_assert_eq!(is_near(&stands, within, &one, budget), each.iter().filter(near).any(|s| !is_inside(s, &one)));
            prop_assert_eq!(lies_over(&stands, &one, budget), each.iter().any(|s| s.start < one.end && one.start < s.end));
            let apart = |s: &&Stand| (s.start, s.end) != (one.start, one.end) && (!ordered || s.start >= one.end);
            let expected = each.iter().filter(near).filter(apart).min_by_key(|s| key(&one, s)).map(|s| s.number);
            prop_assert_eq!(nearest(&stands, within, &one, ordered, budget).map(|s| s.number), expected);
        }
    }
}
