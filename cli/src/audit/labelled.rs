//! Labelled messages. In: JSON lines (docs/AUDIT.md). Out: typed items. Must not know: rules, figures.

use crate::input::{name, raw_text};
use serde::Deserialize;

/// One labelled message.
#[derive(Debug, Clone, Deserialize)]
pub struct Labelled {
    #[serde(default, deserialize_with = "name")]
    pub id: Option<String>,
    #[serde(deserialize_with = "raw_text")]
    pub text: Vec<u8>,
    /// Categories that a reviewer would expect, each.
    #[serde(default)]
    pub expect: Vec<String>,
    /// Categories one of which suffices.
    #[serde(default)]
    pub any: Vec<String>,
    pub evasion: Option<String>,
    pub lang: Option<String>,
    pub group: Option<String>,
    /// The conversation that it belongs to.
    pub conv: Option<String>,
}

/// Half of a set, by the number that the id ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    Odd,
    Even,
}

impl Labelled {
    pub fn is_violating(&self) -> bool {
        !self.expect.is_empty() || !self.any.is_empty()
    }

    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or("-")
    }

    /// By the number at the end of the conversation's id, or else of the message's: a conversation is never torn in two.
    pub fn half(&self) -> Option<Half> {
        let id = self.conv.as_deref().or(self.id.as_deref())?;
        let last = id.bytes().last().filter(u8::is_ascii_digit)?;
        Some(if (last - b'0').is_multiple_of(2) { Half::Even } else { Half::Odd })
    }

    /// Where it is from: the id up to `:`, or up to its first `-`.
    pub fn source(&self) -> &str {
        let id = self.id();
        id.split_once(':').or_else(|| id.split_once('-')).map(|(source, _)| source).filter(|source| !source.is_empty()).unwrap_or(id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Half, Labelled};

    #[test]
    fn halves_and_sources() {
        let item = |json: &str| serde_json::from_str::<Labelled>(json).unwrap();
        for (json, half, source) in [
            (r#"{"id":"dev-0012","text":"a"}"#, Some(Half::Even), "dev"),
            (r#"{"id":"sgd:041367","text":"a"}"#, Some(Half::Odd), "sgd"),
            (r#"{"id":"dcv-001-02","conv":"dcv-001","text":"a"}"#, Some(Half::Odd), "dcv"),
            (r#"{"id":17,"text":"a"}"#, Some(Half::Odd), "17"),
            (r#"{"id":"x","text":"a"}"#, None, "x"),
            (r#"{"text":"a"}"#, None, "-"),
        ] {
            let item = item(json);
            assert_eq!((item.half(), item.source()), (half, source), "{json}");
        }
    }
}
