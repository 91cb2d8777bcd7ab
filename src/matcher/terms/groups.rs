//! What the exact table says of a key. In: a payload. Out: flags of a word, and the group of terms and phrases that have or begin with its key. Keeps: a group's
//! terms stand side by side, those that lead first. Must not know: texts of terms.

use super::PHRASE_WORDS;
use crate::matcher::bulk;
use serde::{Deserialize, Serialize};

/// What the exact table says of a key: flags, and the number of a [`Group`] plus one where terms have the key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Word(pub(super) u32);

impl Word {
    pub(super) const COMMON: u32 = 1 << 31;
    pub(super) const OPENER: u32 = 1 << 30;
    pub(super) const NUMBER: u32 = 1 << 29;
    /// A term of the group leads.
    pub(super) const LEADS: u32 = 1 << 28;
    /// Some words run together, no word.
    pub(super) const JOINED: u32 = 1 << 27;
    /// A term that leads begins with this word and goes on.
    pub(super) const LEADS_ON: u32 = 1 << 26;
    /// A term that is what another one is spelled as, by sound, without vowels or backwards.
    pub(super) const SPELLED: u32 = 1 << 25;
    /// A common word with this key has an odd number of letters `l`, an even one. Neither is set for short words and those without `i` and `l`.
    pub(super) const ODD_ELLS: u32 = 1 << 24;
    pub(super) const EVEN_ELLS: u32 = 1 << 23;
    pub(super) const ELLS: u32 = Self::ODD_ELLS | Self::EVEN_ELLS;
    pub(super) const GROUP: u32 = (1 << 23) - 1;

    /// What tells common words with these letters from other words with their key, which have `i` for `l`.
    pub(super) fn ells_of(letters: &[u8]) -> u32 {
        if letters.iter().fold(false, |odd, &b| odd ^ (b == b'l')) { Self::ODD_ELLS } else { Self::EVEN_ELLS }
    }

    pub(super) const fn is_common(self) -> bool {
        self.0 & Self::COMMON != 0
    }

    pub(super) const fn is_opener(self) -> bool {
        self.0 & Self::OPENER != 0
    }

    pub(super) const fn is_number(self) -> bool {
        self.0 & Self::NUMBER != 0
    }

    pub(super) const fn is_spelled(self) -> bool {
        self.0 & Self::SPELLED != 0
    }

    const fn is_joined(self) -> bool {
        self.0 & Self::JOINED != 0
    }

    /// Whether it is known, and not some words run together.
    pub(super) const fn is_whole(self) -> bool {
        self.is_known() && !self.is_joined()
    }

    /// Whether it is a common word, a term, or the beginning of a phrase.
    pub(super) const fn is_known(self) -> bool {
        self.0 & (Self::COMMON | Self::GROUP) != 0
    }
}

/// Terms with the same key, those that lead first, and the phrases that begin with it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Group {
    pub(super) first: u32,
    pub(super) count: u32,
    /// How many of the terms lead.
    pub(super) leading: u32,
    /// Bit k: some phrase of k words begins with this word.
    pub(super) phrases: u32,
}

/// Which terms are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    Leading,
}

/// All groups, by number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Groups {
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

    pub(super) fn with_capacity(groups: usize) -> Self {
        Self { rows: Vec::with_capacity(groups + 1) }
    }

    /// Adds a group; the terms of all follow each other.
    pub(super) fn push(&mut self, group: Group) {
        self.rows.pop();
        self.rows.push([group.first, group.leading.min(Self::MANY) << Self::PHRASES | group.phrases]);
        self.rows.push([group.first + group.count, 0]);
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    #[inline]
    pub(super) fn get(&self, number: usize) -> Option<Group> {
        let &[[first, row], [end, _]] = self.rows.get(number..)?.first_chunk()?;
        let (count, leading) = (end.saturating_sub(first), row >> Self::PHRASES);
        let leading = if leading == Self::MANY { count } else { leading };
        Some(Group { first, count, leading, phrases: row & ((1 << Self::PHRASES) - 1) })
    }

    /// Whether each has its terms among so many postings.
    pub(super) fn is_sound(&self, postings: usize) -> bool {
        let next = self.rows.get(1..).unwrap_or_default();
        let has_terms = |(&[first, row], &[end, _]): (&[u32; 2], &[u32; 2])| {
            let leading = row >> Self::PHRASES;
            (first <= end) & ((leading == Self::MANY) | (leading <= end.wrapping_sub(first)))
        };
        bulk::all(self.rows.iter().zip(next), has_terms) && self.rows.last().is_none_or(|&[end, _]| end as usize <= postings)
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.rows.capacity() * 8
    }
}

impl Scope {
    /// The bits of a [`Word`] one of which is set where its group matters.
    pub(super) const fn group(self) -> u32 {
        self.members() | self.phrases()
    }

    /// The same for the group's own terms.
    pub(super) const fn members(self) -> u32 {
        match self {
            Self::All => Word::GROUP,
            Self::Leading => Word::LEADS,
        }
    }

    /// And for the phrases that begin with the word.
    pub(super) const fn phrases(self) -> u32 {
        match self {
            Self::All => Word::GROUP,
            Self::Leading => Word::LEADS_ON,
        }
    }
}

impl Group {
    /// Where its terms are among the postings.
    #[inline]
    pub(super) const fn members_in(self, scope: Scope) -> std::ops::Range<usize> {
        let count = match scope {
            Scope::All => self.count,
            Scope::Leading => self.leading,
        };
        self.first as usize..(self.first + count) as usize
    }
}
