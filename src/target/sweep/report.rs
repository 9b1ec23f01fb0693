//! What a sweep came to.

use std::fmt;
use std::path::PathBuf;

use crate::exit::Exit;
use crate::target::ledger::{Intent, LedgerError, Tally};
use crate::transcript::ResourceKind;

/// All ledgers of a shelf.
#[derive(Debug, Default)]
pub struct Report {
    pub swept: Vec<Swept>,
    /// Ledgers of runs that still go; left alone.
    pub in_use: Vec<PathBuf>,
    /// Ledgers of other resources, with their names; left alone.
    pub elsewhere: Vec<(PathBuf, String)>,
    /// Why a ledger could not be read or finished; left as it is.
    pub broken: Vec<LedgerError>,
}

/// One ledger.
#[derive(Debug, Clone)]
pub struct Swept {
    pub path: PathBuf,
    pub tally: Tally,
    /// What may still exist.
    pub left: Vec<Left>,
    /// Nothing is left, or what is left was to be forgotten: the file is gone.
    pub removed: bool,
}

/// Something that may still exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// It was not deleted.
    Leaked { kind: ResourceKind, id: String, why: String },
    /// Nobody knows whether it was created.
    Unaccounted { intent: Box<Intent>, why: String },
}

impl Report {
    pub fn tally(&self) -> Tally {
        let mut sum = Tally::default();
        for swept in &self.swept {
            sum += swept.tally;
        }
        sum
    }

    pub fn exit(&self) -> Exit {
        if !self.broken.is_empty() {
            return Exit::Harness;
        }
        if self.tally().is_clean() { Exit::Success } else { Exit::Leaked }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaked { kind, id, why } => {
                write!(f, "leaked: {} {id}: {why}", kind.name())
            }
            Self::Unaccounted { intent, why } => {
                write!(f, "unaccounted: a {} of {}", intent.kind.name(), intent.at.to_rfc3339())?;
                if let Some(id) = &intent.request_id {
                    write!(f, ", x-ms-client-request-id {id}")?;
                }
                write!(f, ": {why}")
            }
        }
    }
}
