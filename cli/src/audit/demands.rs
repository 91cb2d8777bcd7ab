//! What the note of a case demands of the packs that judge it. In: the `note` column of a table of cases: words `key=value`, apart by spaces. Out: a filter
//! with the rules' options set so. Keeps: only options that packs have too; other words of a note are left alone.

use crate::engine::Engine;
use sidestep::matcher::entity::Grouping;
use sidestep::scan::Filter;

/// The options of the rules of entities under which a case is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Demands {
    /// `region=GB`: the country that national numbers are read in.
    region: Option<String>,
    /// `leniency=strict`.
    leniency: Option<Leniency>,
}

/// How well formed a number must be, as libphonenumber names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Leniency {
    /// Of a possible length.
    Possible,
    /// Held by a plan.
    Valid,
    /// And no group torn apart.
    Strict,
    /// And grouped as its country does.
    Exact,
}

/// The confidence that suffices where a number need only be possible.
const POSSIBLE: u8 = 30;

impl Demands {
    pub fn read(note: &str) -> Self {
        Self {
            region: value(note, "region").filter(|region| region.len() == 2 && *region != "ZZ").map(str::to_owned),
            leniency: value(note, "leniency").and_then(|name| match name {
                "possible" => Some(Leniency::Possible),
                "valid" => Some(Leniency::Valid),
                "strict" => Some(Leniency::Strict),
                "exact" => Some(Leniency::Exact),
                _ => None,
            }),
        }
    }

    /// The engine's filter with these options in its rules.
    pub fn filter(&self, engine: &Engine) -> Filter {
        if *self == Self::default() {
            return engine.filter.clone();
        }
        engine.with_entities(|entity| {
            if let Some(region) = &self.region {
                entity.countries = vec![region.clone()];
            }
            match self.leniency {
                Some(Leniency::Possible) => entity.min_confidence = entity.min_confidence.min(POSSIBLE),
                Some(Leniency::Strict) => entity.grouping = Grouping::Kept,
                Some(Leniency::Exact) => entity.grouping = Grouping::Exact,
                Some(Leniency::Valid) | None => {}
            }
        })
    }
}

/// The word behind `key=` in a note.
fn value<'n>(note: &'n str, key: &str) -> Option<&'n str> {
    note.split(' ').find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

/// What a case wants by the data of today, where its note says that this differs from the column `expected`: `real=differs(...)`.
pub fn now_expected(note: &str) -> Option<&str> {
    let (_, rest) = note.split_once("real=differs(")?;
    rest.rsplit_once(')').map(|(expected, _)| expected)
}

/// A kind of identifier as tables of cases name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifier(&'static [&'static str]);

/// What a table calls a kind, and what findings of it are called.
const KINDS: &[(&str, &[&str])] = &[
    ("phone", &["phone"]),
    ("email", &["email"]),
    ("url", &["link", "app-link", "pay-link"]),
    ("handle", &["handle"]),
    ("wallet", &["wallet"]),
    ("iban", &["iban"]),
    ("card", &["card"]),
    ("cas", &["cas"]),
];

impl Identifier {
    /// The kind that a note's `of=` names.
    pub fn of(note: &str) -> Option<Self> {
        Self::named(value(note, "of")?)
    }

    pub fn named(name: &str) -> Option<Self> {
        KINDS.iter().find(|(known, _)| *known == name).map(|(_, kinds)| Self(kinds))
    }

    /// Whether a finding's `matched` is of this kind.
    pub fn is_kind(&self, matched: &str) -> bool {
        self.0.contains(&matched)
    }
}

#[cfg(test)]
mod tests {
    use super::{Demands, Identifier, Leniency, now_expected};

    #[test]
    fn notes_are_read_word_by_word() {
        let note = "of=phone region=DE leniency=exact metadata=test real=differs(0800-2491234)";
        assert_eq!(Demands::read(note), Demands { region: Some("DE".to_owned()), leniency: Some(Leniency::Exact) });
        assert_eq!(now_expected(note), Some("0800-2491234"));
        assert!(Identifier::of(note).is_some_and(|i| i.is_kind("phone") && !i.is_kind("email")));
        assert_eq!(Demands::read("whole text; region=ZZ"), Demands::default());
        assert_eq!((now_expected("real=same"), Identifier::of("test says ALLOW")), (None, None));
        assert_eq!(now_expected("real=differs()"), Some(""));
    }
}
