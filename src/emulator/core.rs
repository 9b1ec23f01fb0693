//! Where the front end meets the service.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, StatusCode};

use crate::acs::Operation;

/// A whole request, as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub authority: String,
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub framing: Framing,
    pub notes: Notes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    None,
    Length,
    Chunked,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    pub operation: Option<Operation>,
    pub served_as: Option<String>,
    pub oddity: Option<String>,
}

pub fn operation_of(_request: &Request) -> Option<Operation> {
    None
}

pub fn answer(_request: &Request, _now: DateTime<Utc>) -> Response {
    Response {
        status: StatusCode::NOT_FOUND,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        framing: Framing::Length,
        notes: Notes::default(),
    }
}
