//! How sure we are that the service does something.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The mark of a behaviour or an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Seen in recorded live traffic.
    Recorded,
    /// Official docs or API description.
    Documented,
    /// A real SDK was observed.
    Measured,
    /// Nobody knows; our choice, with the reason.
    Assumed,
}

impl Mark {
    pub const ALL: [Self; 4] = [Self::Recorded, Self::Documented, Self::Measured, Self::Assumed];

    /// The word that scenarios and reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Documented => "documented",
            Self::Measured => "measured",
            Self::Assumed => "assumed",
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
