//! What was created and how it was undone.

use super::Exchange;

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum ResourceKind {
    Room,
    User,
}

impl ResourceKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::User => "user",
        }
    }
}

/// One undoing, in the order in which they were carried out.
#[derive(Debug, Clone)]
pub struct Cleanup {
    pub kind: ResourceKind,
    pub id: String,
    pub result: CleanupResult,
    pub exchanges: Vec<Exchange>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CleanupResult {
    Deleted,
    /// A step of the scenario had deleted it already.
    AlreadyGone,
    /// It may still exist: this is a leak (exit 6).
    Leaked {
        why: String,
    },
    /// A create whose answer never came, so that its id is unknown.
    Unaccounted {
        why: String,
    },
}
