//! One thing that traffic can cover.

use serde::Serialize;

/// What kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The operation answered with this status.
    Status,
    /// The request gave this parameter; `name=null` and `name` absent are points of their own
    /// nowhere but where null means something.
    Parameter,
    /// A parameter, or a member of the answer, had this one of its few values.
    Value,
    /// The answer carried this `error.code`.
    ErrorCode,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Status, Self::Parameter, Self::Value, Self::ErrorCode];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Parameter => "parameter",
            Self::Value => "value",
            Self::ErrorCode => "error code",
        }
    }
}

/// One thing to cover.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Point {
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    pub operation: &'static str,
    pub kind: Kind,
    pub name: String,
}
