//! The ways in which text hides, as a set. In: what the text stage, the matcher and the entity finders saw. Out: names for verdicts and reports.
//! Keeps: the names are those of the evaluation sets and never change. Must not know: how a disguise is undone.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeSeq, Serializer};
use std::ops::{BitOr, BitOrAssign};

/// A set of disguises.
///
/// Serialized as a list of names in a fixed order; an unknown name is an error when read back.
///
/// ```
/// use sidestep::evasion::Evasion;
/// let seen = Evasion::LEET | Evasion::SPACED;
/// assert_eq!(seen.names().collect::<Vec<_>>(), ["leet", "spaced"]);
/// assert!(seen.is_deliberate() && !Evasion::CASE.is_deliberate());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Evasion(u32);

macro_rules! kinds {
    ($($(#[$doc:meta])* $konst:ident = $bit:literal, $name:literal;)*) => {
        impl Evasion {
            $($(#[$doc])* pub const $konst: Self = Self(1 << $bit);)*
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$konst, $name)),*];
        }
    };
}

kinds! {
    /// Upper case where nobody writes it (`TeLeGrAm`).
    CASE = 0, "case";
    /// Accents or strokes on Latin letters that the word does not have.
    ACCENT = 1, "accent";
    /// Look-alikes from other scripts (UTS 39 confusables and more).
    HOMOGLYPH = 2, "homoglyph";
    /// Fullwidth and halfwidth forms.
    FULLWIDTH = 3, "fullwidth";
    /// Mathematical, circled, squared, superscript letters, small capitals, regional indicators.
    STYLED = 4, "styled";
    /// Digits and symbols for letters, letters for digits.
    LEET = 5, "leet";
    /// Invisible characters inside words: zero-width, soft hyphen, bidi controls, tags, variation selectors, fillers.
    ZEROWIDTH = 6, "zerowidth";
    /// Stacks of combining marks.
    ZALGO = 7, "zalgo";
    /// Letters or pieces of a word set apart by spaces.
    SPACED = 8, "spaced";
    /// Letters split by punctuation or other marks.
    PUNCT = 9, "punct";
    /// Repeated letters.
    REPEAT = 10, "repeat";
    /// One or two edits.
    TYPO = 11, "typo";
    /// Spelled as it sounds.
    PHONETIC = 12, "phonetic";
    /// Vowels dropped.
    VOWELS = 13, "vowels";
    /// Written backwards.
    REVERSED = 14, "reversed";
    /// Upside-down letters.
    FLIPPED = 15, "flipped";
    /// Numbers in words.
    NUMBERWORDS = 16, "numberwords";
    /// Emoji for letters, digits or goods.
    EMOJI = 17, "emoji";
    /// Nicknames, homophones and other code words.
    CODED = 18, "coded";
    /// Split over lines or messages.
    SPLIT = 19, "split";
    /// Character references and escapes (`&#115;`).
    ENCODED = 20, "encoded";
}

impl Evasion {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Kinds that also happen by accident or habit: letter case, accents, fullwidth input methods, repeats, typos, number words, emoji, a line end.
    const INNOCENT: Self = Self(
        Self::CASE.0
            | Self::ACCENT.0
            | Self::FULLWIDTH.0
            | Self::REPEAT.0
            | Self::TYPO.0
            | Self::NUMBERWORDS.0
            | Self::EMOJI.0
            | Self::SPLIT.0,
    );

    /// Whether no disguise was seen.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every kind of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the two sets share a kind.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds of this set that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether some kind is there that hardly ever comes about by accident.
    #[must_use]
    pub const fn is_deliberate(self) -> bool {
        self.0 & !Self::INNOCENT.0 != 0
    }

    /// The set as bits, one a kind, for languages without sets. A bit never changes its meaning.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The name of the kind that has this bit, counted from 0.
    #[must_use]
    pub fn name_of_bit(bit: u32) -> Option<&'static str> {
        let set = 1_u32.checked_shl(bit)?;
        Self(set).names().next()
    }

    /// The names of the kinds, in a fixed order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().filter(move |(kind, _)| self.contains(*kind)).map(|(_, name)| *name)
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, n)| *n == name).map(|(kind, _)| *kind)
    }
}

impl BitOr for Evasion {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Evasion {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl Serialize for Evasion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for name in self.names() {
            seq.serialize_element(name)?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Evasion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        names.iter().try_fold(Self::NONE, |set, name| {
            Self::from_name(name)
                .map(|kind| set | kind)
                .ok_or_else(|| serde::de::Error::custom(format!("unknown kind of disguise `{name}`")))
        })
    }
}
