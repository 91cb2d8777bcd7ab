//! Swaps packs under running scanners. In: new packs, at any time, from any thread. Out: the filter that judges from now on. Keeps: a message is judged by one
//! filter from beginning to end; packs that do not load change nothing; a filter is freed when the last scanner has let go of it. Must not know: files, clocks,
//! threads (the host says when to load).

use crate::pack::LoadError;
use crate::scan::{Filter, Scanner};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

/// A filter that can be replaced while others use it.
///
/// ```
/// use sidestep::pack::SourceFile;
/// use sidestep::reload::SharedFilter;
/// use sidestep::Filter;
/// let pack = |term: &str| format!("[pack]\nid = 'p'\nversion = '1'\nengine = '>=0.1'\n[[rule]]\nid = 'x.y'\ncategory = 'x'\nweight = 2\nterms = ['{term}']");
/// let load = |term: &str| Filter::from_sources(&[SourceFile::new("p.toml", pack(term))]);
/// let shared = SharedFilter::new(load("telegram")?);
/// let mut scanner = shared.scanner();
/// shared.reload(|| load("whatsapp"))?;
/// assert!(shared.reload(|| load("")).is_err()); // refused: the packs before go on
/// shared.refresh(&mut scanner);
/// assert!(scanner.scan("on whatsapp").is_flagged());
/// # Ok::<(), sidestep::LoadError>(())
/// ```
#[derive(Debug)]
pub struct SharedFilter {
    current: RwLock<Filter>,
    generation: AtomicU64,
}

impl SharedFilter {
    /// Begins with a filter.
    #[must_use]
    pub const fn new(filter: Filter) -> Self {
        Self { current: RwLock::new(filter), generation: AtomicU64::new(0) }
    }

    /// The filter of now.
    #[must_use]
    pub fn filter(&self) -> Filter {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many times the filter was replaced.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Puts another filter in place, prepared, so that no message waits for what it makes on first use.
    pub fn replace(&self, filter: Filter) {
        filter.prepare();
        let old = {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            self.generation.fetch_add(1, Ordering::AcqRel);
            std::mem::replace(&mut *current, filter)
        };
        // Freed outside the lock: a large program takes a while.
        drop(old);
    }

    /// Loads a filter, without holding up anybody, and puts it in place.
    ///
    /// # Errors
    /// What `load` says; then the filter before stays.
    pub fn reload(&self, load: impl FnOnce() -> Result<Filter, LoadError>) -> Result<(), LoadError> {
        self.replace(load()?);
        Ok(())
    }

    /// A scanner of the filter of now.
    #[must_use]
    pub fn scanner(&self) -> Scanner {
        self.filter().scanner()
    }

    /// Gives a scanner the filter of now; it keeps its scratch. Call it between messages: where nothing changed it costs one atomic read and a comparison.
    pub fn refresh(&self, scanner: &mut Scanner) {
        let generation = self.generation();
        if scanner.generation() != generation {
            scanner.follow(self.filter(), generation);
        }
    }
}
