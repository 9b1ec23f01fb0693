//! What an operation came to: the same whoever performed it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The result of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The value, with the wire's member names; null for operations that give none.
    Ok(Value),
    Err(Failure),
    /// The driver says that it cannot do this (an adapter's `unsupported`).
    Unsupported {
        feature: String,
        reason: String,
    },
}

/// Why an operation failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: ErrorKind,
    pub status: Option<u16>,
    /// `error.code` of the service, where it gave one.
    pub code: Option<String>,
    pub message: String,
    pub request_id: Option<String>,
    /// Type name and text of the SDK's own exception.
    pub native: Option<Native>,
}

/// How the implementation itself names its error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Native {
    pub r#type: String,
    pub text: String,
}

/// The kinds of failure of the adapter protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorKind {
    /// The service answered with an error status.
    Http,
    /// No answer: connection refused, reset, closed, TLS.
    Transport,
    Timeout,
    Cancelled,
    /// No credentials could be had.
    Auth,
    /// The client refused the arguments before sending.
    Validation,
    /// An answer came that the client could not read.
    Decode,
    Unexpected,
}

impl ErrorKind {
    pub const ALL: [Self; 8] = [
        Self::Http,
        Self::Transport,
        Self::Timeout,
        Self::Cancelled,
        Self::Auth,
        Self::Validation,
        Self::Decode,
        Self::Unexpected,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Transport => "transport",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Auth => "auth",
            Self::Validation => "validation",
            Self::Decode => "decode",
            Self::Unexpected => "unexpected",
        }
    }
}
