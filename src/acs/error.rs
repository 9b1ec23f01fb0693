//! The error bodies of the service: `{"error":{"code","message",…}}`.
//!
//! Owns their shape; which error is given when is the service's.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The inside of `error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceError {
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Only refusals of a request's model have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<ErrorDetail>,
}

/// One entry of `details`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDetail {
    pub code: String,
    pub message: String,
    /// Present even when empty.
    #[serde(default)]
    pub target: String,
}

#[derive(Serialize, Deserialize)]
struct Envelope<E> {
    error: E,
}

impl ServiceError {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), target: None, details: Vec::new() }
    }

    #[must_use]
    pub fn with_target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// The whole body, compact, members in the service's order.
    pub fn to_json(&self) -> String {
        // A struct of strings always serialises.
        serde_json::to_string(&Envelope { error: self }).unwrap_or_default()
    }

    /// Reads a body; `None` when it is no error body.
    pub fn from_json(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Envelope<Self>>(body).ok().map(|envelope| envelope.error)
    }

    /// As a JSON value, the envelope included.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(Envelope { error: self }).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_error_has_code_and_message_alone() {
        let error = ServiceError::new("NotFound", "The server cannot find the requested resource.");
        assert_eq!(
            error.to_json(),
            r#"{"error":{"code":"NotFound","message":"The server cannot find the requested resource."}}"#
        );
        assert_eq!(ServiceError::from_json(error.to_json().as_bytes()), Some(error));
    }

    #[test]
    fn the_target_of_a_detail_is_sent_even_when_it_is_empty() {
        let mut error = ServiceError::new("BadRequest", "m");
        error.details.push(ErrorDetail {
            code: "BadArgument".to_owned(),
            message: "d".to_owned(),
            target: String::new(),
        });
        assert!(
            error
                .to_json()
                .ends_with(r#""details":[{"code":"BadArgument","message":"d","target":""}]}}"#)
        );
    }

    #[test]
    fn what_is_no_error_body_is_none() {
        for body in [&b""[..], b"{}", b"[]", b"\xff", br#"{"error":"x"}"#] {
            assert_eq!(ServiceError::from_json(body), None);
        }
    }
}
