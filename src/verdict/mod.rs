//! From hits to a verdict. In: a program's rules and one message's hits. Out: [`Verdict`]. Keeps: scores are sums that an editor can add up by hand; the
//! same program and text give the same verdict. Must not know: files, characters.

pub(crate) mod near;
pub(crate) mod positions;
pub(crate) mod rules;

use crate::evasion::Evasion;
use crate::limits::Reached;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A score or weight in thousandths of a point: sums are exact, whatever their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub(crate) struct Points(i64);

impl Points {
    pub(crate) const ZERO: Self = Self(0);

    pub(crate) fn from_weight(weight: f32) -> Self {
        Self((f64::from(weight) * 1000.0).round() as i64)
    }

    pub(crate) fn to_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

impl std::ops::Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |a, b| a + b)
    }
}

/// Thresholds of a category; `None`: the action is never taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Thresholds {
    pub warn: Option<Points>,
    pub review: Option<Points>,
    pub block: Option<Points>,
}

impl Thresholds {
    /// What a score asks for.
    pub(crate) fn action(&self, score: Points) -> Action {
        let reached = |t: Option<Points>| t.is_some_and(|t| score >= t);
        match () {
            () if reached(self.block) => Action::Block,
            () if reached(self.review) => Action::Review,
            () if reached(self.warn) => Action::Warn,
            () => Action::Allow,
        }
    }
}

/// What to do with a message, in order of severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Deliver.
    #[default]
    Allow,
    /// Deliver, and tell the sender.
    Warn,
    /// Deliver, and queue for a person.
    Review,
    /// Do not deliver.
    Block,
}

/// A category's part of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CategoryScore {
    /// Points.
    pub score: f64,
    /// What the category's thresholds say to so many points.
    pub action: Action,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// The rule's category.
    pub category: String,
    /// Byte offset in the message as it was sent.
    pub start: usize,
    /// Byte offset just past the end.
    pub end: usize,
    /// The bytes between, ill-formed UTF-8 shown as U+FFFD.
    pub text: String,
    /// The term as the pack writes it, the identifier's kind, or the pattern's rule id.
    pub matched: String,
    /// The identifier's canonical value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How the text hid.
    pub evasion: Evasion,
    /// Points that it adds: the rule's weight, and its points for disguise; zero where another finding of the same rule counts already.
    pub weight: f64,
}

/// A pack that had a say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRef {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 over its files, hexadecimal.
    pub hash: String,
}

/// The answer to one message.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Verdict {
    /// The caller's name for the message, where it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The strongest action of any category.
    pub action: Action,
    /// Points of all categories together.
    pub score: f64,
    /// By category, those with points only.
    pub categories: BTreeMap<String, CategoryScore>,
    /// The reasons, by place.
    pub findings: Vec<Finding>,
    /// The packs that judged.
    pub packs: std::sync::Arc<[PackRef]>,
    /// The library's version.
    pub engine: Cow<'static, str>,
    /// Bounds that the message met, where it met any.
    #[serde(default, skip_serializing_if = "Reached::is_empty_ref")]
    pub limits: Reached,
}

impl Verdict {
    /// The message with its findings blotted out, one `█` for each character in them. `source` is the message that was judged.
    #[must_use]
    pub fn masked(&self, source: &str) -> String {
        source
            .char_indices()
            .map(|(at, c)| if self.findings.iter().any(|f| f.start <= at && at < f.end) && !c.is_whitespace() { '█' } else { c })
            .collect()
    }
}
