//! Where ledgers lie: one folder for all runs of a user, a file a run and resource.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::LedgerError;

/// The extension of a ledger that a run has begun; before that it is `.new`.
const EXTENSION: &str = "ledger";

/// A folder of ledgers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    directory: PathBuf,
}

impl Shelf {
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// The folder for the state of programs, as the environment tells it: `XDG_STATE_HOME`, else
    /// `~/.local/state`, on Windows `LOCALAPPDATA`; without any of them the folder at hand.
    pub fn usual(environment: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let base = set("XDG_STATE_HOME")
            .map(PathBuf::from)
            .or_else(|| set("LOCALAPPDATA").map(PathBuf::from))
            .or_else(|| set("HOME").map(|home| Path::new(&home).join(".local/state")));
        Self::new(match base {
            Some(base) => base.join("acs-conformance"),
            None => PathBuf::from(".acs-conformance"),
        })
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The ledgers there are, oldest first by name. A missing folder holds none.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn files(&self) -> Result<Vec<PathBuf>, LedgerError> {
        let entries = match std::fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(LedgerError::read(&self.directory, &error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| LedgerError::read(&self.directory, &error))?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    /// The name of a run's ledger; sorts by the time at which the run began.
    pub(super) fn file(&self, started: chrono::DateTime<chrono::Utc>, run: &str) -> PathBuf {
        let stamp = started.format("%Y%m%dT%H%M%S%3fZ");
        self.directory.join(format!("{stamp}-{run}.{EXTENSION}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(pairs: &[(&str, &str)]) -> PathBuf {
        let find = |name: &str| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        };
        Shelf::usual(find).directory
    }

    #[test]
    fn ledgers_lie_where_programs_keep_their_state() {
        assert_eq!(
            usual(&[("XDG_STATE_HOME", "/s"), ("HOME", "/h")]),
            Path::new("/s/acs-conformance")
        );
        assert_eq!(
            usual(&[("HOME", "/h"), ("XDG_STATE_HOME", "")]),
            Path::new("/h/.local/state/acs-conformance")
        );
        assert_eq!(usual(&[]), Path::new(".acs-conformance"));
    }
}
