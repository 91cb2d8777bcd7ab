//! Loaded packs that may be replaced while others scan. In: options. Out: descriptions; scanners follow it. Keeps: packs that do not load change nothing.
#![forbid(unsafe_code)]

use crate::fault::Fault;
use crate::options::sidestep_options;
use serde::Serialize;
use sidestep::diagnostic::Diagnostic;
use sidestep::reload::SharedFilter;
use sidestep::verdict::PackRef;
use std::collections::BTreeMap;

/// Loaded packs: reference-counted, shared by threads, replaceable while scanners run.
#[derive(Debug)]
#[allow(non_camel_case_types)]
pub struct sidestep_filter {
    pub(crate) shared: SharedFilter,
}

/// Judged while packs load, so that the tables behind telephone numbers (ten milliseconds) are not built while the first message with one waits.
const FIRST: &str = "+1 415 555 0132";

#[derive(Serialize)]
struct Description<'a> {
    engine: &'a str,
    generation: u64,
    heap_bytes: usize,
    packs: &'a [PackRef],
    categories: BTreeMap<&'a str, Thresholds>,
}

#[derive(Serialize)]
struct Thresholds {
    warn: Option<f64>,
    review: Option<f64>,
    block: Option<f64>,
}

impl sidestep_filter {
    pub(crate) fn new(options: &sidestep_options) -> Result<(Self, Vec<Diagnostic>), Fault> {
        let (filter, warnings) = options.load()?;
        filter.scanner().scan(FIRST);
        Ok((Self { shared: SharedFilter::new(filter) }, warnings))
    }

    pub(crate) fn reload(&self, options: &sidestep_options) -> Result<Vec<Diagnostic>, Fault> {
        let (filter, warnings) = options.load()?;
        self.shared.replace(filter);
        Ok(warnings)
    }

    /// The packs of now, as `sidestep_options_set_compiled` takes them.
    pub(crate) fn compiled(&self) -> Vec<u8> {
        self.shared.filter().to_bytes()
    }

    /// One JSON object: engine, generation, heap_bytes, packs, categories.
    pub(crate) fn describe(&self) -> String {
        let generation = self.shared.generation();
        let filter = self.shared.filter();
        let categories = filter.categories().map(|(name, [warn, review, block])| (name, Thresholds { warn, review, block })).collect();
        let description =
            Description { engine: sidestep::scan::ENGINE, generation, heap_bytes: filter.heap_bytes(), packs: filter.packs(), categories };
        serde_json::to_string(&description).unwrap_or_default()
    }
}
