//! Packs as checked data: what the loader hands to the compiler. Keeps: every value is inside its bounds, every id well-formed, every text non-empty;
//! references between rules are still by name. Must not know: TOML, files' contents, how rules are run.

pub use super::list::{Term, Terms};
use crate::diagnostic::FileSpan;
use crate::matcher::entity::{EntityKind, Grouping};
use crate::matcher::patterns::Pattern;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A pack.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pack {
    /// Unique in a program.
    pub id: String,
    /// Its own version.
    pub version: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// One sentence.
    pub about: Option<String>,
    /// Where its facts are from.
    pub source: Option<String>,
    /// Lower-case hexadecimal SHA-256 over all its files' names and bytes.
    pub hash: String,
    /// Thresholds by category.
    pub actions: BTreeMap<String, Thresholds>,
    /// Texts for senders: category, then language.
    pub notices: BTreeMap<String, BTreeMap<String, String>>,
    /// Its rules, in file order; retired ones are here too (their ids stay taken).
    pub rules: Vec<Rule>,
}

/// Score thresholds of a category; `None`: the action is never taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// From so many points: tell the sender.
    pub warn: Option<f32>,
    /// From so many points: deliver, and queue for a person.
    pub review: Option<f32>,
    /// From so many points: do not deliver.
    pub block: Option<f32>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { warn: Some(2.0), review: Some(4.0), block: Some(8.0) }
    }
}

/// Whether a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Status {
    /// Only its examples are run.
    Draft,
    /// Found, never counted.
    Shadow,
    /// Counts.
    #[default]
    Live,
    /// Ignored; the id stays taken.
    Retired,
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Unique in a program.
    pub id: String,
    /// Where the rule's `id` stands.
    pub place: FileSpan,
    /// One sentence for the catalogue.
    pub about: Option<String>,
    /// Whether it counts.
    pub status: Status,
    /// `None`: a cue.
    pub category: Option<String>,
    /// Points; zero for a cue.
    pub weight: f32,
    /// Points on top when deliberately disguised.
    pub disguise: f32,
    /// What fires it.
    pub source: Source,
    /// Filters on each hit.
    pub filters: Filters,
    /// Examples that must fire it.
    pub matches: Vec<Example>,
    /// Examples that must not.
    pub no_matches: Vec<Example>,
    /// Where its facts are from.
    pub facts: Option<String>,
    /// Case, ticket or law.
    pub reference: Option<String>,
    /// ISO 8601 date.
    pub review_by: Option<String>,
}

/// An inline example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The message.
    pub text: String,
    /// Where it stands.
    pub place: FileSpan,
}

/// What fires a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Words and phrases.
    Terms(Terms),
    /// Patterns over folded text.
    Regex {
        /// The patterns, compiled.
        patterns: Vec<Pattern>,
        /// Words one of which must be there; empty: none asked for.
        gate: Vec<String>,
    },
    /// Identifiers.
    Entity(EntityFilter),
    /// Other rules' hits.
    Compose(Composition),
    /// Words that tell by their number.
    Words {
        /// Points that the words of a stretch must reach together.
        least: f32,
        /// The words and pairs.
        words: Vec<WordPoints>,
    },
}

/// A word or a pair of words with its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordPoints {
    /// See [`crate::matcher::wording::key_of`].
    pub key: u64,
    /// Hundredths.
    pub points: i16,
}

/// A rule id, or `prefix.*`, where one rule names another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// As written.
    pub id: String,
    /// Where it stands.
    pub place: FileSpan,
}

/// How far two hits may lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// Anywhere in the message.
    Message,
    /// In the same sentence.
    Sentence,
    /// At most so many words between them.
    Words(u16),
    /// The other hit comes first, at most so many words before.
    WordsBefore(u16),
    /// The other hit follows, at most so many words after.
    WordsAfter(u16),
}

/// Filters on each hit of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Filters {
    /// Cues.
    pub needs: Vec<Reference>,
    /// So many different ones.
    pub needs_count: u16,
    /// How near.
    pub needs_within: Distance,
    /// A deliberate disguise stands for the cue.
    pub needs_unless_disguised: bool,
    /// Guards.
    pub unless: Vec<Reference>,
    /// How near.
    pub unless_within: Distance,
    /// Phrases that the hit must not overlap.
    pub except: Vec<Example>,
}

/// Which identifiers fire a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityFilter {
    /// Kinds.
    pub kinds: Vec<EntityKind>,
    /// 0 to 100.
    pub min_confidence: u8,
    /// 0 to 100.
    pub max_confidence: u8,
    /// ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    /// How well a telephone number must be grouped.
    pub grouping: Grouping,
    /// Hosts that are no contact, lower case.
    pub own_hosts: Vec<String>,
    /// Canonical app ids; empty: all.
    pub apps: Vec<String>,
    /// Canonical values; empty: all.
    pub values: Vec<String>,
    /// Canonical values that never fire.
    pub except_values: Vec<String>,
}

/// A composition of other rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// Each of these.
    pub all: Vec<Reference>,
    /// One of these.
    pub any: Vec<Reference>,
    /// None of these.
    pub none: Vec<Reference>,
    /// So many different ones of these.
    pub at_least: Option<(u16, Vec<Reference>)>,
    /// How near to each other.
    pub within: Distance,
    /// `all` in the order listed.
    pub ordered: bool,
}
