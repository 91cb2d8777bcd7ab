//! The library as the commands use it. In: paths of packs. Out: packs as data, filters, and all that fired in a message. Keeps: the only module that loads packs.

use crate::args::RuleArgs;
use crate::failure::Failure;
use sidestep::diagnostic::LoadError;
use sidestep::limits::PackLimits;
use sidestep::pack::model::{EntityFilter, Pack, Reference, Rule, Source};
use sidestep::pack::{self, Loaded};
use sidestep::scan::Filter;
use sidestep::scan::{Explanation, Scanner};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Packs and the filter made of them.
pub struct Engine {
    pub loaded: Loaded,
    pub filter: Filter,
}

fn refused(error: LoadError) -> Failure {
    Failure::Packs(Box::new(error))
}

impl Engine {
    /// The engine that the options ask for. With `drafts`, draft rules are found as shadow rules are.
    pub fn load(rules: &RuleArgs, drafts: bool) -> Result<Self, Failure> {
        if rules.no_builtin && rules.rules.is_empty() {
            return Err(Failure::Other("no rules: --no-builtin leaves nothing, add packs with --rules PATH".to_owned()));
        }
        let loaded = load(&rules.rules, !rules.no_builtin).map_err(refused)?;
        let filter = Filter::from_loaded(&loaded, drafts);
        Ok(Self { loaded, filter })
    }

    /// A filter of the same packs whose rules of entities are changed first.
    pub fn with_entities(&self, change: impl Fn(&mut EntityFilter)) -> Filter {
        let mut loaded = self.loaded.clone();
        for rule in loaded.packs.iter_mut().flat_map(|pack| &mut pack.rules) {
            if let Source::Entity(filter) = &mut rule.source {
                change(filter);
            }
        }
        Filter::from_loaded(&loaded, false)
    }

    /// All rules with their packs, retired ones too.
    pub fn rules(&self) -> impl Iterator<Item = (&Pack, &Rule)> {
        self.loaded.packs.iter().flat_map(|p| p.rules.iter().map(move |r| (p, r)))
    }

    /// The rules by id.
    pub fn by_id(&self) -> HashMap<&str, &Rule> {
        self.rules().map(|(_, rule)| (rule.id.as_str(), rule)).collect()
    }
}

/// The filter that `sidestep compile` wrote.
pub fn load_compiled(path: &Path) -> Result<Filter, Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::file(path, &e))?;
    Filter::from_bytes(&bytes).map_err(|e| Failure::Other(format!("{}: {e}; compile again with `sidestep compile`", path.display())))
}

/// The filter of the shipped packs: from their compiled form where that was built in.
pub fn load_shipped() -> Result<Filter, Failure> {
    #[cfg(feature = "embedded")]
    let filter = sidestep_packs::filter();
    #[cfg(not(feature = "embedded"))]
    let filter = Filter::builtin();
    filter.map_err(refused)
}

/// Loads packs from paths, over the shipped ones if `builtin`.
pub fn load(paths: &[PathBuf], builtin: bool) -> Result<Loaded, LoadError> {
    let limits = PackLimits::default();
    match (builtin, paths) {
        (true, []) => pack::load_sources(pack::builtin_sources(), &limits),
        (true, _) => pack::load_with_builtin(paths, &limits),
        (false, _) => pack::load_paths(paths, &limits),
    }
}

/// All that is wrong or doubtful with packs. `today` is what `review_by` is held against.
pub fn lint(paths: &[PathBuf], builtin: bool, today: &str) -> LoadError {
    match load(paths, builtin) {
        Err(error) => error,
        Ok(loaded) => LoadError { diagnostics: pack::lint(&loaded, Some(today)), left_out: 0, sources: loaded.sources },
    }
}

/// Every rule that fired in a message, cues and uncounted ones included.
pub fn fired(scanner: &mut Scanner, text: &[u8]) -> (Explanation, Vec<String>) {
    let explanation = scanner.explain(text);
    let mut rules: Vec<String> = explanation.verdict.findings.iter().map(|f| f.rule.clone()).collect();
    rules.extend(explanation.cues.iter().chain(&explanation.uncounted).map(|s| s.rule.clone()));
    rules.sort_unstable();
    rules.dedup();
    (explanation, rules)
}

/// Whether a reference names the rule with this id: by itself, or as one of `prefix.*`.
pub fn names(reference: &Reference, id: &str) -> bool {
    match reference.id.strip_suffix(".*") {
        Some(prefix) => id.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.')),
        None => reference.id == id,
    }
}
