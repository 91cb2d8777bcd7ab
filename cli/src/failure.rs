//! What stops a command. In: errors of all kinds. Out: one message on standard error and exit status 2.

use sidestep::diagnostic::LoadError;
use std::fmt;
use std::path::Path;

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// The packs are refused.
    Packs(Box<LoadError>),
    /// Anything else, in words.
    Other(String),
    /// Whoever read our output has gone: no fault.
    Closed,
}

impl Failure {
    /// A file could not be read or written.
    pub fn file(path: &Path, error: &std::io::Error) -> Self {
        Self::Other(format!("{}: {error}", path.display()))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Other(format!("writing: {error}")) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packs(error) => write!(f, "the packs are refused: {} faults", error.diagnostics.len() + error.left_out),
            Self::Other(why) => f.write_str(why),
            Self::Closed => f.write_str("output closed"),
        }
    }
}
