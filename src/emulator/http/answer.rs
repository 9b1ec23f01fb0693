//! An answer of the emulator before it is put on the wire.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hyper::header::{CONTENT_LENGTH, DATE, HeaderName, HeaderValue, TRANSFER_ENCODING};
use hyper::{HeaderMap, Response, StatusCode, Version};

use super::body::AnswerBody;
use crate::acs::time;
use crate::emulator::service::Framing;
use crate::transcript::{Headers, Received};

/// Status, headers, the whole body, and how the body's length is told.
#[derive(Debug, Clone)]
pub(in crate::emulator) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub framing: Framing,
}

impl Answer {
    /// Without a body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), framing: Framing::Length }
    }

    pub(super) fn set(&mut self, name: HeaderName, value: &'static str) {
        self.headers.insert(name, HeaderValue::from_static(value));
    }

    /// Dates the answer and states how its body is framed, so that the journal holds what the
    /// client sees.
    pub(super) fn framed(mut self, version: Version, now: DateTime<Utc>) -> Self {
        if !self.headers.contains_key(DATE)
            && let Ok(date) = HeaderValue::from_str(&time::http_date(now))
        {
            self.headers.insert(DATE, date);
        }
        let bodiless = matches!(self.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if bodiless || self.framing == Framing::None || self.headers.contains_key(CONTENT_LENGTH) {
            return self;
        }
        if self.framing == Framing::Length || self.body.is_empty() || version == Version::HTTP_10 {
            self.headers.insert(CONTENT_LENGTH, self.body.len().into());
        } else if version != Version::HTTP_2 {
            self.set(TRANSFER_ENCODING, "chunked");
        }
        self
    }

    /// As the journal keeps it.
    pub(super) fn received(&self) -> Received {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers =
            self.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
        Received {
            status: self.status.as_u16(),
            headers: Headers(headers.collect()),
            body: self.body.clone(),
        }
    }

    /// For the HTTP library.
    pub(super) fn into_response(self) -> Response<AnswerBody> {
        let body = (!self.body.is_empty()).then(|| self.body.clone());
        let stated = self.headers.contains_key(CONTENT_LENGTH);
        let body = if body.is_none() || stated {
            AnswerBody::Whole(body)
        } else {
            AnswerBody::Chunked(body)
        };
        self.into_response_with(body)
    }

    /// The same with another body.
    pub(super) fn into_response_with(self, body: AnswerBody) -> Response<AnswerBody> {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    /// The head as HTTP/1.1 writes it, up to and with the empty line.
    pub(super) fn head_bytes(&self) -> Vec<u8> {
        let reason = self.status.canonical_reason().unwrap_or("Unknown");
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status.as_u16()).into_bytes();
        for (name, value) in &self.headers {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(
        status: StatusCode,
        body: &'static str,
        framing: Framing,
        version: Version,
    ) -> Answer {
        let answer = Answer {
            status,
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
            framing,
        };
        answer.framed(version, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_body_is_chunked_on_http_1_1_and_unframed_on_http_2() {
        let one = framed(StatusCode::OK, "{}", Framing::Chunked, Version::HTTP_11);
        assert_eq!(one.headers.get(TRANSFER_ENCODING).unwrap(), "chunked");
        assert!(!one.headers.contains_key(CONTENT_LENGTH));
        let two = framed(StatusCode::OK, "{}", Framing::Chunked, Version::HTTP_2);
        assert!(!two.headers.contains_key(TRANSFER_ENCODING));
    }

    #[test]
    fn no_content_is_not_framed_and_an_empty_error_is() {
        let none = framed(StatusCode::NO_CONTENT, "", Framing::None, Version::HTTP_11);
        assert!(!none.headers.contains_key(CONTENT_LENGTH));
        let empty = framed(StatusCode::NOT_FOUND, "", Framing::Length, Version::HTTP_11);
        assert_eq!(empty.headers.get(CONTENT_LENGTH).unwrap(), "0");
    }

    #[test]
    fn answers_carry_a_date() {
        let answer = framed(StatusCode::OK, "{}", Framing::Chunked, Version::HTTP_11);
        assert_eq!(answer.headers.get(DATE).unwrap(), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
