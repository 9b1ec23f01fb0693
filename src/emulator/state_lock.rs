//! The lock on a state file: one emulator at a time, for two would overwrite each other's answers.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::state_file::StateFileError;

/// Held as long as this lives; the system lets it go when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct StateLock {
    _file: File,
}

impl StateLock {
    /// Locks `FILE.lock` beside the state file, which itself is replaced with every change. It stays
    /// there: who removed it could remove the lock of the next.
    ///
    /// # Errors
    ///
    /// Another emulator holds it, or it cannot be made.
    pub(super) fn take(state: &Path) -> Result<Self, StateFileError> {
        let path = beside(state);
        let failed = |reason| StateFileError::Write { path: state.to_owned(), reason };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StateFileError::InUse { path: state.to_owned() }),
            Err(TryLockError::Error(reason)) => Err(failed(reason)),
        }
    }
}

fn beside(state: &Path) -> PathBuf {
    let mut name = OsString::from(state);
    name.push(".lock");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state.json");
        let first = StateLock::take(&state).unwrap();
        let told = StateLock::take(&state).unwrap_err().to_string();
        assert!(told.contains("is in use by another emulator"), "{told}");
        drop(first);
        StateLock::take(&state).unwrap();
    }
}
