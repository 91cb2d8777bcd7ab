//! Which packs, which bounds. In: setters. Out: a filter, or why there is none. Keeps: an options object may be used for any number of filters and reloads.
#![forbid(unsafe_code)]

use crate::codes::{SIDESTEP_LIMIT_FINDINGS, SIDESTEP_LIMIT_MESSAGE_BYTES, SIDESTEP_LIMIT_WORK_BASE, SIDESTEP_LIMIT_WORK_PER_BYTE};
use crate::fault::Fault;
use sidestep::Filter;
use sidestep::diagnostic::Diagnostic;
use sidestep::limits::{PackLimits, ScanLimits};
use sidestep::pack::{self, Loaded, SourceFile};
use std::path::PathBuf;
use std::sync::Arc;

/// Which packs to load and with which bounds: opaque, filled by setters.
#[derive(Debug, Clone)]
#[allow(non_camel_case_types)]
pub struct sidestep_options {
    pub(crate) builtin: bool,
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) sources: Vec<SourceFile>,
    /// What a filter was written as: instead of all other packs.
    pub(crate) compiled: Option<Arc<[u8]>>,
    limits: ScanLimits,
}

impl sidestep_options {
    pub(crate) fn new() -> Self {
        Self { builtin: true, paths: Vec::new(), sources: Vec::new(), compiled: None, limits: ScanLimits::default() }
    }

    /// Sets a bound; `None` where there is no such bound or the value does not fit.
    pub(crate) fn set_limit(&mut self, limit: i32, value: u64) -> Option<()> {
        let count = usize::try_from(value).ok();
        let units = u32::try_from(value).ok();
        match limit {
            SIDESTEP_LIMIT_MESSAGE_BYTES => self.limits.message_bytes = count?,
            SIDESTEP_LIMIT_WORK_PER_BYTE => self.limits.work_per_byte = units?,
            SIDESTEP_LIMIT_WORK_BASE => self.limits.work_base = units?,
            SIDESTEP_LIMIT_FINDINGS => self.limits.findings = count?,
            _ => return None,
        }
        Some(())
    }

    /// Loads the packs. Beside the filter: what the loader would rather have otherwise.
    pub(crate) fn load(&self) -> Result<(Filter, Vec<Diagnostic>), Fault> {
        if let Some(compiled) = &self.compiled {
            if !(self.sources.is_empty() && self.paths.is_empty()) {
                return Err(Fault::Argument("options name compiled packs and others: compiled ones stand alone"));
            }
            return Ok((Filter::from_bytes(compiled)?.with_limits(self.limits), Vec::new()));
        }
        let loaded = self.read()?;
        let filter = Filter::from_loaded(&loaded, false).with_limits(self.limits);
        Ok((filter, loaded.warnings))
    }

    fn read(&self) -> Result<Loaded, Fault> {
        let limits = PackLimits::default();
        match (self.sources.is_empty(), self.paths.is_empty()) {
            (false, false) => Err(Fault::Argument("options name packs by path and packs in memory: use one of the two")),
            (false, true) => Ok(pack::load_sources(&self.with_builtin()?, &limits)?),
            (true, false) if !self.builtin => Ok(pack::load_paths(&self.paths, &limits)?),
            (true, _) if self.builtin => self.read_builtin(&limits),
            _ => Err(Fault::Argument("options name no packs")),
        }
    }

    #[cfg(feature = "builtin")]
    fn read_builtin(&self, limits: &PackLimits) -> Result<Loaded, Fault> {
        Ok(pack::load_with_builtin(&self.paths, limits)?)
    }

    #[cfg(not(feature = "builtin"))]
    fn read_builtin(&self, _: &PackLimits) -> Result<Loaded, Fault> {
        Err(Fault::Code(crate::codes::SIDESTEP_ERROR_UNSUPPORTED))
    }

    #[cfg(feature = "builtin")]
    fn with_builtin(&self) -> Result<Vec<SourceFile>, Fault> {
        let builtin = if self.builtin { pack::builtin_sources() } else { &[] };
        Ok(builtin.iter().chain(&self.sources).cloned().collect())
    }

    #[cfg(not(feature = "builtin"))]
    fn with_builtin(&self) -> Result<Vec<SourceFile>, Fault> {
        if self.builtin { Err(Fault::Code(crate::codes::SIDESTEP_ERROR_UNSUPPORTED)) } else { Ok(self.sources.clone()) }
    }
}
