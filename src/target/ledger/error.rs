//! What can go wrong with a ledger. Without one, nothing is created on a real resource.

use std::path::PathBuf;

/// Why a ledger cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error(
        "the ledger {path} cannot be written: {why}. Nothing is created on a real resource without \
         it; free some space, or name another folder with --ledger DIR",
        path = path.display()
    )]
    Write { path: PathBuf, why: String },
    #[error("the ledger {path} cannot be read: {why}", path = path.display())]
    Read { path: PathBuf, why: String },
    #[error(
        "line {line} of {path} is no line of a ledger: {why}. The file was left as it is; move it \
         away once you know what it held",
        path = path.display()
    )]
    Foreign { path: PathBuf, line: usize, why: String },
    #[error(
        "the ledger {path} is of version {version}, and this acs-conformance knows {known}. The \
         file was left as it is; sweep it with the version that wrote it, or a later one",
        path = path.display(), known = super::line::VERSION
    )]
    Version { path: PathBuf, version: u32 },
}

impl LedgerError {
    pub(super) fn write(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Write { path: path.to_owned(), why: error.to_string() }
    }

    pub(super) fn read(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Read { path: path.to_owned(), why: error.to_string() }
    }
}
