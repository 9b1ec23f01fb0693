//! From what an operation came to, to an answer with the headers of its kind.
//!
//! The header sets are those of the recordings of 2025; see `behaviour` for where each is asserted.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{
    ALLOW, CONTENT_TYPE, DATE, HeaderName, HeaderValue, LOCATION, STRICT_TRANSPORT_SECURITY,
};
use http::{HeaderMap, StatusCode};

use super::refusal::Refusal;
use super::request::{Framing, Notes, Response};
use crate::acs::{Service, ServiceError, time};
use crate::emulator::defect::{Defect, Defects};

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
/// Identity's errors come from another layer (recorded).
const BARE_JSON: HeaderValue = HeaderValue::from_static("application/json");

const MS_CV: HeaderName = HeaderName::from_static("ms-cv");
const REQUEST_CONTEXT: HeaderName = HeaderName::from_static("request-context");
const X_AZURE_REF: HeaderName = HeaderName::from_static("x-azure-ref");
const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const SUPPORTED_VERSIONS: HeaderName = HeaderName::from_static("api-supported-versions");
const PROCESSING_TIME: HeaderName = HeaderName::from_static("x-processing-time");
const REPEATABILITY_RESULT: HeaderName = HeaderName::from_static("repeatability-result");
const ERROR_CODE: HeaderName = HeaderName::from_static("x-ms-error-code");

/// What a successful operation answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub status: StatusCode,
    /// Empty for 204.
    pub body: String,
    /// The id for `Location`, of a create.
    pub location: Option<u64>,
}

impl Reply {
    pub fn ok(body: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, body: body.into(), location: None }
    }

    pub const fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: String::new(), location: None }
    }
}

/// What every answer needs to know of its request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// `None` for a path that belongs to no service.
    pub service: Option<Service>,
    /// Whether it is the exchange of Teams tokens, which has versions of its own (recorded).
    pub teams: bool,
    pub now: DateTime<Utc>,
    /// `MS-CV` and `x-azure-ref`.
    pub marks: &'a (String, String),
    /// The request's `x-ms-client-request-id`.
    pub client_request_id: Option<&'a HeaderValue>,
    pub defects: Defects,
}

impl Frame<'_> {
    /// The answer of a success.
    pub fn success(&self, reply: Reply) -> Response {
        let mut headers = self.headers();
        self.add_versions(&mut headers);
        let framing = if reply.status == StatusCode::NO_CONTENT {
            Framing::None
        } else {
            headers.insert(CONTENT_TYPE, JSON);
            if self.is_identity() { Framing::Length } else { Framing::Chunked }
        };
        self.add_processing_time(&mut headers);
        if let Some(room) = reply.location {
            let path = if self.defects.has(Defect::LocationAsPath) { "/rooms/" } else { "" };
            insert(&mut headers, LOCATION, &format!("{path}{room}"));
            headers.insert(REPEATABILITY_RESULT, HeaderValue::from_static("accepted"));
        }
        self.response(reply.status, headers, reply.body, framing)
    }

    /// The answer of a refusal.
    pub fn refusal(&self, refusal: Refusal) -> Response {
        match refusal {
            Refusal::Service { status, error } => self.error(status, &error, true),
            Refusal::Model { status, error } => {
                self.error(status, &error, self.defects.has(Defect::ModelErrorsLikeService))
            }
            Refusal::Bare { status, allow } => self.bare(status, allow),
        }
    }

    fn error(&self, status: StatusCode, error: &ServiceError, in_action: bool) -> Response {
        let mut headers = self.headers();
        headers.insert(CONTENT_TYPE, if self.is_identity() { BARE_JSON } else { JSON });
        self.add_processing_time(&mut headers);
        if in_action {
            self.add_versions(&mut headers);
            let wanted = !self.is_identity() && !self.defects.has(Defect::NoErrorCodeHeader);
            if wanted {
                insert(&mut headers, ERROR_CODE, &error.code);
            }
        }
        self.response(status, headers, error.to_json(), Framing::Chunked)
    }

    fn bare(&self, status: StatusCode, allow: Option<&'static str>) -> Response {
        let mut headers = self.headers();
        self.add_versions(&mut headers);
        if let Some(allow) = allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        self.response(status, headers, String::new(), Framing::Length)
    }

    /// The headers that every answer carries.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(12);
        insert(&mut headers, DATE, &time::http_date(self.now));
        let (correlation, front_door) = self.marks;
        insert(&mut headers, MS_CV, correlation);
        headers.insert(REQUEST_CONTEXT, HeaderValue::from_static("appId="));
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000;includeSubDomains"),
        );
        insert(&mut headers, X_AZURE_REF, front_door);
        headers.insert(X_CACHE, HeaderValue::from_static("CONFIG_NOCACHE"));
        let echoes = self.is_identity() != self.defects.has(Defect::ClientIdSwapped);
        if let Some(id) = self.client_request_id.filter(|_| echoes) {
            headers.insert(CLIENT_REQUEST_ID, id.clone());
        }
        headers
    }

    /// Identity tells it on success and on errors.
    fn add_processing_time(&self, headers: &mut HeaderMap) {
        if self.is_identity() {
            headers.insert(PROCESSING_TIME, HeaderValue::from_static("14ms"));
        }
    }

    fn add_versions(&self, headers: &mut HeaderMap) {
        let Some(service) = self.service else { return };
        let versions = match service {
            Service::Rooms => "2023-06-14, 2023-10-30-preview, 2024-04-15, 2025-03-13",
            Service::Identity if self.teams => "2022-06-01, 2022-10-01, 2023-10-01",
            Service::Identity => "2021-03-07, 2022-06-01, 2022-10-01, 2023-10-01",
        };
        headers.insert(SUPPORTED_VERSIONS, HeaderValue::from_static(versions));
    }

    fn is_identity(&self) -> bool {
        self.service == Some(Service::Identity)
    }

    fn response(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        body: String,
        framing: Framing,
    ) -> Response {
        Response { status, headers, body: Bytes::from(body), framing, notes: Notes::default() }
    }
}

/// Inserts a header whose value is made at run time; values made here are always visible ASCII.
pub(super) fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_in_the_header_are_those_that_are_served() {
        let marks = ("a.0".to_owned(), "b".to_owned());
        for service in Service::ALL {
            let now = DateTime::UNIX_EPOCH;
            let frame = Frame {
                service: Some(service),
                teams: false,
                now,
                marks: &marks,
                client_request_id: None,
                defects: Defects::NONE,
            };
            let answer = frame.success(Reply::no_content());
            let told = answer.headers.get("api-supported-versions").and_then(|v| v.to_str().ok());
            assert_eq!(told, Some(service.versions().join(", ").as_str()));
        }
    }
}
