//! What a caller learns of a call that failed.

use serde_json::Value;

use super::mutant::Mutant;
use super::transport::Answer;
use crate::transcript::ErrorKind;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub kind: ErrorKind,
    pub status: Option<u16>,
    pub code: Option<String>,
    pub message: String,
    pub request_id: Option<String>,
}

impl Failure {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, status: None, code: None, message: message.into(), request_id: None }
    }

    pub(super) fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "the caller gave up")
    }

    /// The name of the error's type, as an SDK would have one for each kind.
    pub const fn type_name(&self) -> &'static str {
        match self.kind {
            ErrorKind::Http => "ServiceError",
            ErrorKind::Transport => "TransportError",
            ErrorKind::Timeout => "TimeoutError",
            ErrorKind::Cancelled => "CancelledError",
            ErrorKind::Auth => "CredentialError",
            ErrorKind::Validation => "ArgumentError",
            ErrorKind::Decode => "DecodeError",
            ErrorKind::Unexpected => "Error",
        }
    }

    /// The error that an answer states: by its status first, then as far as its body can be read.
    pub(super) fn of_answer(answer: &Answer, mutant: Mutant) -> Self {
        let body: Result<Value, _> = serde_json::from_slice(&answer.body);
        if body.is_err() && mutant.breaks("ERR-3") {
            return Self::new(ErrorKind::Decode, "expected value at line 1 column 1");
        }
        let body = body.unwrap_or_default();
        let text = |name: &str| body["error"][name].as_str().map(str::to_owned);
        let from_header = answer.headers.get("x-ms-error-code").map(str::to_owned);
        let code = match text("code") {
            Some(code) => Some(code).filter(|_| !mutant.breaks("ERR-1")),
            None => from_header.filter(|_| !mutant.breaks("ERR-2")),
        };
        let request_id = ["x-ms-request-id", "x-ms-client-request-id"]
            .into_iter()
            .find_map(|name| answer.headers.get(name).map(str::to_owned));
        let message = text("message")
            .unwrap_or_else(|| format!("the service answered with the status {}", answer.status));
        Self { kind: ErrorKind::Http, status: Some(answer.status), code, message, request_id }
    }
}
