//! Answers that are no success, before they get headers.

use http::StatusCode;

use crate::acs::{ErrorDetail, ServiceError};

/// Why a request is refused. The kinds differ in body and in headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Raised by the service's logic: carries the headers of an action.
    Service { status: StatusCode, error: ServiceError },
    /// Raised before the action, by validation of the request's model: lacks them.
    Model { status: StatusCode, error: ServiceError },
    /// A status without a body.
    Bare { status: StatusCode, allow: Option<&'static str> },
}

impl Refusal {
    pub fn service(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self::Service { status, error: ServiceError::new(code, message) }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::service(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub fn not_found() -> Self {
        Self::service(
            StatusCode::NOT_FOUND,
            "NotFound",
            "The server cannot find the requested resource.",
        )
    }

    /// The model validation of Rooms: one outer text for all, the faults as details.
    pub fn model(details: Vec<ErrorDetail>) -> Self {
        let mut error = ServiceError::new(
            "BadRequest",
            "The request could not be understood by the server due to malformed syntax.",
        );
        error.details = details;
        Self::Model { status: StatusCode::BAD_REQUEST, error }
    }

    /// A validation of Identity. `in_action` tells which of the two header sets it carries.
    pub fn identity(message: impl Into<String>, target: &str, in_action: bool) -> Self {
        let error = ServiceError::new("ValidationError", message).with_target(target);
        let status = StatusCode::BAD_REQUEST;
        if in_action { Self::Service { status, error } } else { Self::Model { status, error } }
    }

    pub const fn bare(status: StatusCode) -> Self {
        Self::Bare { status, allow: None }
    }
}

/// One detail of a model validation.
pub(super) fn detail(message: impl Into<String>, target: impl Into<String>) -> ErrorDetail {
    ErrorDetail { code: "BadArgument".to_owned(), message: message.into(), target: target.into() }
}
