//! Typed identifiers. In: a folded text. Out: hits with kind, range, canonical value and confidence. Keeps: no allocation in steady state; linear in the
//! text and charged to the budget. Must not know: rules, scores, packs, terms.

use crate::evasion::Evasion;
use crate::limits::Budget;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EntityKind {
    /// A telephone number; value in E.164 (`+14155550132`) where the country is known, national digits otherwise.
    Phone,
    /// An e-mail address; value in lower case, `local@host`.
    Email,
    /// A link or bare host; value `host/path` in lower case host.
    Link,
    /// A link to an account of a messenger or social network; value `app:handle` or `host/path` where no handle can be read.
    AppLink,
    /// A messenger or social-network handle; value `app:handle`, or `@handle` where no app is named.
    Handle,
    /// A cryptocurrency address; value `btc:...`, `eth:...` and so on.
    Wallet,
    /// An IBAN; value without spaces, upper case.
    Iban,
    /// A payment card number; value all digits.
    Card,
    /// A cash tag such as `$name`; value with its sign, lower case.
    Cashtag,
    /// A link to a payment service's account; value `host/path`.
    PayLink,
    /// A bank account given by its national numbers (sort code and account, routing number ...); value digits.
    BankAccount,
    /// A CAS registry number with a right check digit; value `7732-18-5`.
    Cas,
}

/// One identifier found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityHit {
    /// What it is.
    pub kind: EntityKind,
    /// Its range in the folded text.
    pub start: u32,
    /// End of its range in the folded text.
    pub end: u32,
    /// How sure the finder is, 0 to 100: form, check digits, cues before it and words that speak against it.
    pub confidence: u8,
    /// Disguises undone.
    pub evasion: Evasion,
    value_start: u32,
    value_end: u32,
}

/// The identifiers of one message; reused.
#[derive(Debug, Clone, Default)]
pub struct EntityHits {
    hits: Vec<EntityHit>,
    values: String,
}

impl EntityHits {
    /// The hits, by start.
    #[must_use]
    pub fn hits(&self) -> &[EntityHit] {
        &self.hits
    }

    /// The canonical value of a hit of this collection.
    #[must_use]
    pub fn value(&self, hit: &EntityHit) -> &str {
        self.values.get(hit.value_start as usize..hit.value_end as usize).unwrap_or_default()
    }

    /// Forgets all hits.
    pub fn clear(&mut self) {
        self.hits.clear();
        self.values.clear();
    }
}

/// What the rules of a program ask of the finders together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntityOptions {
    /// Regions in which national phone numbers are tried, ISO 3166-1 alpha-2, in order; empty: a built-in list of the largest.
    pub countries: Vec<String>,
}

/// Words whose presence opens the gates (digit words, `at`, `dot`, providers, cues), in folded spelling. The term index flags them while it
/// looks up tokens, so that a message without them costs nothing here.
#[must_use]
pub fn vocabulary() -> Vec<&'static str> {
    Vec::new()
}

/// Finds the identifiers of a message. `vocabulary_tokens` counts the tokens that are words of [`vocabulary`].
pub fn find(text: &Text, vocabulary_tokens: usize, options: &EntityOptions, budget: &mut Budget, out: &mut EntityHits) {
    let _ = (text, vocabulary_tokens, options, budget);
    out.clear();
}
