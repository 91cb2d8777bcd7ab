//! The packs that are measured with, and their words for the peers.

use crate::definitions::PackDef;
use crate::random::Random;
use sidestep::limits::PackLimits;
use sidestep::pack::model::Source;
use sidestep::pack::{SourceFile, builtin_sources, load_sources};
use std::collections::BTreeSet;

const SYLLABLES: [&str; 40] = [
    "ba", "be", "bi", "bra", "da", "del", "dor", "fa", "fen", "fi", "ga", "go", "gri", "ka", "kel", "ko", "la", "lim", "lo", "ma", "mer",
    "mo", "na", "nex", "no", "pa", "pol", "pri", "qua", "ra", "ri", "sa", "sol", "ta", "tri", "va", "vor", "xa", "za", "zu",
];

/// Terms in one rule of a made pack: about what the shipped ones hold.
const TERMS_PER_RULE: usize = 500;

/// The source files of a pack.
#[must_use]
pub fn sources(def: &PackDef) -> Vec<SourceFile> {
    def.terms.map_or_else(|| builtin_sources().to_vec(), |count| made_pack(&pseudo_terms(count)))
}

/// All terms of a pack, as its editors wrote them, cues and guards among them: the engine looks for those too.
#[must_use]
pub fn terms(def: &PackDef) -> Vec<String> {
    if let Some(count) = def.terms {
        return pseudo_terms(count);
    }
    let loaded = load_sources(builtin_sources(), &PackLimits::default()).unwrap_or_else(|e| panic!("shipped packs: {e}"));
    let rules = loaded.packs.iter().flat_map(|p| &p.rules);
    let words: BTreeSet<String> = rules
        .filter_map(|r| if let Source::Terms(terms) = &r.source { Some(terms) } else { None })
        .flatten()
        .map(|t| t.text.to_lowercase())
        .collect();
    words.into_iter().collect()
}

/// Pseudo-words, every third a phrase of two; always the same for the same count.
fn pseudo_terms(count: usize) -> Vec<String> {
    let mut random = Random::new(2026);
    let mut seen = BTreeSet::new();
    let mut out = Vec::with_capacity(count);
    while out.len() < count {
        let mut term = pseudo_word(&mut random);
        if out.len() % 3 == 2 {
            term = format!("{term} {}", pseudo_word(&mut random));
        }
        if seen.insert(term.clone()) {
            out.push(term);
        }
    }
    out
}

fn pseudo_word(random: &mut Random) -> String {
    let syllables = 3 + random.below(2);
    (0..syllables).map(|_| *random.one_of(&SYLLABLES)).collect()
}

/// Half of the terms are looked for with one edit, as in the shipped packs.
fn made_pack(terms: &[String]) -> Vec<SourceFile> {
    let mut pack = String::from("[pack]\nid = \"made\"\nversion = \"1\"\nengine = \">=0.1\"\nowner = \"bench@example.com\"\n");
    let mut files = Vec::new();
    for (number, terms) in terms.chunks(TERMS_PER_RULE).enumerate() {
        pack.push_str(&format!(
            "[[rule]]\nid = \"made.rule-{number}\"\ncategory = \"drugs\"\nweight = 4.0\nterms_file = \"{number}.terms\"\n"
        ));
        let lines: Vec<String> =
            terms.iter().enumerate().map(|(i, t)| if i % 2 == 0 { format!("{t} | fuzzy=1") } else { t.clone() }).collect();
        files.push(SourceFile::new(format!("{number}.terms"), lines.join("\n")));
    }
    files.push(SourceFile::new("made.toml", pack));
    files
}
