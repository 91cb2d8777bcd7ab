//! Counts and what they tell. In: judged messages. Out: recall, precision and false positives with their intervals. Must not know: files, formats.

use super::labelled::Half;
use super::set::Judged;
use serde::{Serialize, Serializer};
use sidestep::verdict::Action;
use std::collections::BTreeMap;

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    pub hits: u64,
    pub of: u64,
}

/// The normal distribution's 97.5% point: intervals hold the true share 95 times in 100.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    pub const fn count(&mut self, hit: bool) {
        self.of += 1;
        self.hits += hit as u64;
    }

    pub const fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.of += other.of;
    }

    /// Between 0 and 1; `None` of nothing.
    pub fn rate(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// Wilson's score interval at 95%.
    pub fn interval(self) -> Option<(f64, f64)> {
        let rate = self.rate()?;
        let n = self.of as f64;
        let centre = rate + Z * Z / (2.0 * n);
        let half = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        Some((((centre - half) / scale).max(0.0), ((centre + half) / scale).min(1.0)))
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            hits: u64,
            of: u64,
            rate: Option<f64>,
            low: Option<f64>,
            high: Option<f64>,
        }
        let interval = self.interval();
        Written { hits: self.hits, of: self.of, rate: self.rate(), low: interval.map(|i| i.0), high: interval.map(|i| i.1) }
            .serialize(serializer)
    }
}

/// One category: whether it is found where it is expected, and only there.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct CategoryTally {
    pub recall: Share,
    pub precision: Share,
}

/// One language or one kind of evasion.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct GroupTally {
    pub caught: Share,
    pub negatives_flagged: Share,
}

/// One source of harmless messages.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SourceTally {
    pub group: Option<String>,
    pub flagged: Share,
    pub review: Share,
}

/// All figures of one set, or of one half of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figures {
    pub messages: u64,
    /// Violating messages with an expected category at `warn` or more.
    pub caught: Share,
    /// Expected categories at `warn` or more.
    pub categories_found: Share,
    /// Flagged messages that are violating.
    pub precision: Share,
    /// Harmless messages at `warn` or more.
    pub negatives_flagged: Share,
    /// Harmless messages at `review` or more.
    pub negatives_review: Share,
    pub categories: BTreeMap<String, CategoryTally>,
    pub evasions: BTreeMap<String, GroupTally>,
    pub languages: BTreeMap<String, GroupTally>,
    pub sources: BTreeMap<String, SourceTally>,
}

impl Figures {
    pub fn count(&mut self, judged: &Judged) {
        let item = &judged.item;
        self.messages += 1;
        let flagged = judged.action > Action::Allow;
        if flagged {
            self.precision.count(item.is_violating());
        }
        let evasion = self.evasions.entry(item.evasion.clone().unwrap_or_else(|| "-".to_owned())).or_default();
        let language = self.languages.entry(item.lang.clone().unwrap_or_else(|| "-".to_owned())).or_default();
        if item.is_violating() {
            let caught = judged.is_caught();
            for share in [&mut self.caught, &mut evasion.caught, &mut language.caught] {
                share.count(caught);
            }
        } else {
            for share in [&mut self.negatives_flagged, &mut evasion.negatives_flagged, &mut language.negatives_flagged] {
                share.count(flagged);
            }
            self.negatives_review.count(judged.action >= Action::Review);
            self.source(judged, flagged);
        }
        self.categories(judged);
    }

    fn source(&mut self, judged: &Judged, flagged: bool) {
        let source = self.sources.entry(judged.item.source().to_owned()).or_default();
        source.flagged.count(flagged);
        source.review.count(judged.action >= Action::Review);
        if source.group.is_none() {
            source.group.clone_from(&judged.item.group);
        }
    }

    /// A category that is one of `any` is neither wrong nor asked for by itself, and counts in no category.
    fn categories(&mut self, judged: &Judged) {
        for category in &judged.item.expect {
            let found = judged.found.contains(category);
            self.categories_found.count(found);
            self.categories.entry(category.clone()).or_default().recall.count(found);
        }
        for category in judged.found.iter().filter(|c| !judged.item.any.contains(c)) {
            self.categories.entry(category.clone()).or_default().precision.count(judged.item.expect.contains(category));
        }
    }
}

/// The figures of a set and of its halves.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Halves {
    pub all: Figures,
    pub odd: Figures,
    pub even: Figures,
}

impl Halves {
    pub fn count(&mut self, judged: &Judged) {
        self.all.count(judged);
        match judged.item.half() {
            Some(Half::Odd) => self.odd.count(judged),
            Some(Half::Even) => self.even.count(judged),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Share;

    #[test]
    fn wilson_interval_against_published_values() {
        // Newcombe 1998, table I, method 3 (score): 81/263, 15/148, 0/20, 1/29.
        for (hits, of, low, high) in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)] {
            let (a, b) = Share { hits, of }.interval().unwrap();
            assert!((a - low).abs() < 5e-5 && (b - high).abs() < 5e-5, "{hits}/{of}: {a} {b}");
        }
        assert_eq!((Share::default().rate(), Share::default().interval()), (None, None));
    }
}
