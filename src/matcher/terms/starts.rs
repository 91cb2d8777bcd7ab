//! The lengths of what phrases begin with. In: beginnings of phrases. Out: of a key, the lengths at which one may end. Keeps: offers every true length, and few
//! others. Must not know: terms.

use std::ops::Range;

/// The lengths of what phrases begin with, by first classes: of the starts of a key most can be told to begin no phrase without looking them up.
#[derive(Debug)]
pub(super) struct PhraseStarts {
    /// Bit for each length; the highest for all that are longer.
    pub(super) lengths: Vec<u32>,
}

impl Default for PhraseStarts {
    fn default() -> Self {
        Self { lengths: vec![0; 1 << Self::BITS] }
    }
}

impl PhraseStarts {
    const BITS: u32 = 16;
    const FIRST: usize = 8;
    const LONGEST: usize = 31;

    /// Where the lengths stand of keys whose first classes (as many of them as are looked at) are those of `key`.
    fn slot(key: &[u8], length: usize) -> usize {
        let first = key.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        let first = first.checked_shr(8 * (Self::FIRST - length.min(Self::FIRST)) as u32).unwrap_or(0);
        (first.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - Self::BITS)) as usize
    }

    /// Notes a start, which stands in an array with [`PADDING`](crate::text::keys::PADDING).
    pub(super) fn note(&mut self, key: &[u8], length: usize) {
        if let Some(lengths) = self.lengths.get_mut(Self::slot(key, length)) {
            *lengths |= 1 << length.min(Self::LONGEST);
        }
    }

    /// Calls `each` with the lengths in a range, from 1, at which a phrase may begin so; the key stands in an array with [`PADDING`](crate::text::keys::PADDING).
    pub(super) fn each_length(&self, key: &[u8], among: Range<usize>, mut each: impl FnMut(usize)) {
        let at = |length: usize| self.lengths.get(Self::slot(key, length)).copied().unwrap_or(0);
        let short = (among.start..among.end.min(Self::FIRST)).fold(0, |short, length| short | at(length) & 1 << length);
        let long = if among.end > Self::FIRST { at(Self::FIRST) & !0 << Self::FIRST.max(among.start.min(Self::LONGEST)) } else { 0 };
        let mut known = (short | long) & ((1 << among.end.min(Self::LONGEST)) - 1);
        while known != 0 {
            each(known.trailing_zeros() as usize);
            known &= known - 1;
        }
        if long >> Self::LONGEST != 0 {
            (among.start.max(Self::LONGEST)..among.end).for_each(each);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::keys;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_start_of_a_phrase_is_offered(starts in prop::collection::vec("[a-c]{1,70}", 1..20), key in "[a-c]{1,80}", from in 1usize..70) {
            let padded = |key: &str| [key.as_bytes(), &[0; keys::PADDING]].concat();
            let mut lengths = PhraseStarts::default();
            starts.iter().for_each(|start| lengths.note(&padded(start), start.len()));
            let mut offered = Vec::new();
            lengths.each_length(&padded(&key), from..key.len(), |length| offered.push(length));
            prop_assert!(offered.iter().all(|length| (from..key.len()).contains(length)));
            for length in from..key.len() {
                prop_assert!(!starts.iter().any(|start| start == &key[..length]) || offered.contains(&length), "{length}");
            }
        }
    }
}
