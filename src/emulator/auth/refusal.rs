//! Why credentials are refused: one of two texts for the client, the whole truth for the developer.

use std::time::Duration;

use crate::acs::time::duration_text;

/// A refusal: always 401.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub reason: Reason,
    /// What should have been signed; the key is never told.
    pub expected: Option<String>,
}

/// What was wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("there is no Authorization header")]
    NoCredentials,
    #[error("the Authorization header is no visible ASCII")]
    UnreadableHeader,
    #[error("the scheme of the Authorization header is neither HMAC-SHA256 nor Bearer")]
    UnknownScheme,
    #[error("the Authorization header has no `{0}=`")]
    NoParameter(&'static str),
    #[error("SignedHeaders does not name {0}")]
    NotSigned(&'static str),
    #[error("the signed header `{0}` was not sent")]
    NotSent(String),
    #[error("the body does not have the hash of x-ms-content-sha256: expected {expected}")]
    ContentHash { expected: String },
    #[error("`{0}` is no date such as `Tue, 13 Jun 2023 11:29:16 GMT`")]
    UnreadableDate(String),
    #[error(
        "{name} is {} {} the machine's clock, {} is allowed",
        duration_text(*off), if *ahead { "ahead of" } else { "behind" }, duration_text(*allowed)
    )]
    Skew { name: &'static str, off: Duration, ahead: bool, allowed: Duration },
    #[error("the signature fits neither key in any accepted spelling{hint}")]
    Signature { hint: &'static str },
    #[error(
        "the signature fits the spelling `{0}`, but only the wire form is accepted in strict mode"
    )]
    Strict(&'static str),
    #[error("the bearer token {0}")]
    Bearer(&'static str),
}

impl Refusal {
    pub(super) const fn of(reason: Reason) -> Self {
        Self { reason, expected: None }
    }

    /// `error.code` of the answer.
    pub const fn code(&self) -> &'static str {
        "Denied"
    }

    /// `error.message` of the answer: the service tells a wrong hash from all the rest.
    pub const fn message(&self) -> &'static str {
        match self.reason {
            Reason::ContentHash { .. } => {
                "Request 'x-ms-content-sha256' differs from generated content hash."
            }
            _ => "Denied by the resource provider.",
        }
    }

    /// The reason and the expected text, for a log and for the header of our own.
    pub fn explanation(&self) -> String {
        match &self.expected {
            Some(expected) => format!("{}; expected string-to-sign: {expected}", self.reason),
            None => self.reason.to_string(),
        }
    }
}
