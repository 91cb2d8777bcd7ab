//! Packs that change while messages are judged. In: paths of packs. Out: the shared filter is replaced when their files have changed and come to rest. Keeps:
//! files that are still being written, or change while they are read, are not taken; packs that are refused change nothing and are told of once. Must not
//! know: messages.
//!
//! Files are looked at, not listened for: that works alike on network file systems, in containers and with links that are swapped, and needs no library.

use crate::args::{Colour, RuleArgs};
use crate::engine::Engine;
use crate::lint;
use sidestep::pack::is_side_file;
use sidestep::reload::SharedFilter;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime};

/// Time between two looks. Packs come to rest when two looks in a row see the same.
const LOOK: Duration = Duration::from_millis(250);

/// What tells one state of the pack files from another: the name, size, time of change and number of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(Vec<(PathBuf, u64, Option<SystemTime>, u64)>);

impl Shape {
    /// The pack files as they are now: those named, those in the folders named, and the lists beside them. A file that is not there has no entry.
    pub fn of(paths: &[PathBuf]) -> Self {
        let mut files = Vec::new();
        for path in paths {
            let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or_else(|| Path::new("")) };
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let beside = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            files.extend(beside.filter(|file| is_pack_file(file, path.is_dir())));
            files.push(path.clone());
        }
        files.sort();
        files.dedup();
        let seen = |file: PathBuf| fs::metadata(&file).ok().map(|meta| (file, meta.len(), meta.modified().ok(), number(&meta)));
        Self(files.into_iter().filter_map(seen).collect())
    }
}

fn is_pack_file(file: &Path, packs_too: bool) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with('.') && (is_side_file(&name) || packs_too && name.ends_with(".toml"))
}

/// A file that another was renamed over has another number.
#[cfg(unix)]
fn number(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

/// Tells when something that changes has come to rest.
#[derive(Debug)]
struct Rest<S> {
    taken: S,
    last: S,
}

impl<S: PartialEq + Clone> Rest<S> {
    fn new(taken: S) -> Self {
        Self { last: taken.clone(), taken }
    }

    /// Whether what is seen now is to be taken: it is not what was taken last, and it was there at the last look too.
    fn is_new(&mut self, now: S) -> bool {
        let rests = now == self.last;
        self.last = now;
        rests && self.last != self.taken
    }

    /// What was seen last was taken, or refused for good.
    fn take(&mut self) {
        self.taken = self.last.clone();
    }
}

/// Follows the packs of `rules`, whose files had the shape `loaded` before they were loaded, until `stop` hangs up.
pub fn follow(rules: &RuleArgs, loaded: Shape, shared: &SharedFilter, stop: &Receiver<()>, colour: Colour) {
    let mut rest = Rest::new(loaded);
    while stop.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        if !rest.is_new(Shape::of(&rules.rules)) {
            continue;
        }
        let result = Engine::load(rules, false);
        if Shape::of(&rules.rules) != rest.last {
            // Changed while it was read: what was read may be half of it.
            continue;
        }
        rest.take();
        match result {
            Ok(engine) => {
                shared.replace(engine.filter);
                eprintln!("sidestep: packs loaded again: {}", names(shared));
            }
            Err(failure) => {
                lint::report_failure(&failure, colour);
                eprintln!("sidestep: the packs before go on: {}", names(shared));
            }
        }
    }
}

fn names(shared: &SharedFilter) -> String {
    let filter = shared.filter();
    let names = filter.packs().iter().map(|pack| format!("{} {} ({})", pack.id, pack.version, pack.hash.get(..12).unwrap_or(&pack.hash)));
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Rest, is_pack_file};
    use std::path::Path;

    #[test]
    fn packs_and_the_lists_that_they_name_are_followed() {
        let followed = |name: &str, packs_too| is_pack_file(Path::new(name), packs_too);
        assert!(["a.toml", "a.terms", "a.values", "a.words"].iter().all(|name| followed(name, true)));
        assert!(!followed("a.toml", false) && followed("a.words", false));
        assert!(![".a.words", "a.words~", "a.txt", "words"].iter().any(|name| followed(name, true)));
    }

    #[test]
    fn what_still_changes_is_left_until_it_rests() {
        let mut rest = Rest::new(0);
        let looks = [(0, false), (1, false), (2, false), (2, true), (2, true)];
        for (seen, expected) in looks {
            assert_eq!(rest.is_new(seen), expected, "{seen}");
        }
        rest.take();
        // Refused or taken, it is not tried again; and what comes back to it is nothing new.
        for (seen, expected) in [(2, false), (3, false), (2, false), (2, false), (4, false), (4, true)] {
            assert_eq!(rest.is_new(seen), expected, "{seen}");
        }
    }
}
