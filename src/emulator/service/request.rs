//! What goes into the service and what comes out: plain data, no socket.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::acs::Operation;

/// A whole request, as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    /// Host and port that the client addressed: `Host`, or `:authority` over HTTP/2.
    pub authority: String,
    /// Path and query, undecoded.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Request {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The first value of a header, when it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
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

/// How the service frames a body over HTTP/1.1 (recorded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// No body and no header about it.
    None,
    /// `Content-Length`: what Identity does on success.
    Length,
    /// `Transfer-Encoding: chunked`: Rooms always, Identity on errors.
    Chunked,
}

/// What is worth telling the developer, beside the bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// The operation that the route belongs to.
    pub operation: Option<Operation>,
    /// The known version as which an unknown one was served.
    pub served_as: Option<String>,
    /// Something odd that was let pass, in words.
    pub oddity: Option<String>,
}
