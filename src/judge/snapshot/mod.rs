//! Snapshots: the canonical form of a transcript, and the files that hold it.
//!
//! | file | owns |
//! |---|---|
//! | `canonical` | the document: outcomes and prints, whatever driver and target |
//! | `names` | names for what differs from run to run: `<room:1>`, `<user:2>`, `<time:3 = now+28d>` |
//! | `file` | where a snapshot lies, and insta's format |
//! | `compare` | snapshot against document, deviations taken into account |

mod canonical;
mod compare;
mod file;
mod names;

pub use canonical::document;
pub use compare::compare;
pub(super) use compare::excuse;
pub use file::{SnapshotFile, location};

/// The document as it stands in a snapshot.
pub fn text(document: &serde_json::Value) -> String {
    format!("{document:#}")
}
