//! A request as it arrived: its head with names as they were spelt, and its whole body.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::header::{EXPECT, HOST};
use hyper::http::request::Parts;
use hyper::{HeaderMap, StatusCode, Version};

use super::limits::Limits;
use crate::acs::Operation;
use crate::emulator::service::{Request, operation_of};
use crate::transcript::{Headers, Sent};

/// The request in the words that the core uses, and its head as it was spelt when a journal wants it.
#[derive(Debug)]
pub(in crate::emulator) struct Arrival {
    pub request: Request,
    pub version: Version,
    /// As far as it was read: before the body, a PATCH of participants counts as one that adds.
    pub operation: Option<Operation>,
    /// As spelt on the wire; lower-case and perhaps in another order when nobody remembers it.
    spelt: Option<Headers>,
}

/// This much of a body that is too long is read and dropped, so that the client hears the answer.
const DROPPED: usize = 16 << 20;

impl Arrival {
    /// Reads the head. `raw` are the bytes that arrived, for the spelling of names.
    pub(super) fn of_head(parts: Parts, raw: Option<&[u8]>) -> Self {
        let original = raw.and_then(|raw| Head::read(raw, &parts));
        let (target, spelt) = match original {
            Some(head) => (head.target, Some(head.headers)),
            None => (target_of(&parts), None),
        };
        let authority = match (parts.uri.authority(), parts.headers.get(HOST)) {
            (Some(authority), _) => authority.as_str().to_owned(),
            (None, Some(host)) => text(host.as_bytes()),
            (None, None) => String::new(),
        };
        let version = parts.version;
        let (method, headers) = (parts.method, parts.headers);
        let request = Request { method, authority, target, headers, body: Bytes::new() };
        let operation = operation_of(&request);
        Self { request, version, operation, spelt }
    }

    /// As the journal keeps it.
    pub(super) fn sent(&self) -> Sent {
        Sent {
            method: self.request.method.as_str().to_owned(),
            scheme: "https".into(),
            authority: self.request.authority.clone(),
            target: self.request.target.clone(),
            protocol: protocol(self.version).into(),
            headers: self.spelt.clone().unwrap_or_else(|| headers_of(&self.request.headers)),
            body: self.request.body.clone(),
        }
    }

    /// Reads the body, or says with which status it is refused.
    pub(super) async fn read_body(
        &mut self,
        body: Incoming,
        limits: &Limits,
    ) -> Result<(), StatusCode> {
        if body.is_end_stream() {
            return Ok(());
        }
        let announced = body.size_hint().lower();
        let waits = self.request.headers.contains_key(EXPECT);
        if waits && announced > limits.body as u64 {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let whole = tokio::time::timeout(limits.upload, collect(body, limits.body)).await;
        match whole {
            Ok(Ok(bytes)) => {
                self.keep(bytes);
                Ok(())
            }
            Ok(Err(refusal)) => Err(refusal),
            Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        }
    }

    /// Reads `count` bytes of the body at least, or all of it.
    pub(super) async fn read_part(&mut self, mut body: Incoming, count: usize) {
        let mut read = BytesMut::new();
        while read.len() < count {
            match body.frame().await {
                Some(Ok(frame)) => read.extend_from_slice(&frame.into_data().unwrap_or_default()),
                _ => break,
            }
        }
        read.truncate(count);
        self.keep(read.freeze());
    }

    fn keep(&mut self, body: Bytes) {
        self.request.body = body;
        self.operation = operation_of(&self.request);
    }
}

async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, StatusCode> {
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(StatusCode::BAD_REQUEST) };
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > DROPPED {
            break;
        }
        if length > limit {
            (first, rest) = (None, BytesMut::new());
            continue;
        }
        match &first {
            None => first = Some(data),
            Some(start) => {
                if rest.is_empty() {
                    rest.extend_from_slice(start);
                }
                rest.extend_from_slice(&data);
            }
        }
    }
    if length > limit {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    // A body that came in one piece, as nearly all do, is not copied.
    Ok(if rest.is_empty() { first.unwrap_or_default() } else { rest.freeze() })
}

/// The head of an HTTP/1.1 request as it was spelt.
struct Head {
    target: String,
    headers: Headers,
}

impl Head {
    /// `None` when `raw` is not the head that the HTTP library read: then the library's reading
    /// counts, in which only the case of names is lost.
    fn read(raw: &[u8], parts: &Parts) -> Option<Self> {
        if parts.version == Version::HTTP_2 {
            return None;
        }
        let start = raw.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
        let mut lines = raw.get(start..)?.split(|byte| *byte == b'\n');
        let line = text(lines.next()?);
        let mut words = line.split_ascii_whitespace();
        if words.next()? != parts.method.as_str() {
            return None;
        }
        let target = words.next()?.to_owned();
        let mut headers = Headers::default();
        for line in lines {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                return (headers.0.len() == parts.headers.len())
                    .then_some(Self { target, headers });
            }
            let colon = line.iter().position(|byte| *byte == b':')?;
            headers.push(text(line.get(..colon)?), text(line.get(colon + 1..)?.trim_ascii()));
        }
        None
    }
}

fn headers_of(map: &HeaderMap) -> Headers {
    Headers(
        map.iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
            .collect(),
    )
}

/// Path and query; `*` and `host:port` as they stand.
fn target_of(parts: &Parts) -> String {
    match parts.uri.path_and_query() {
        Some(target) => target.as_str().to_owned(),
        None => parts.uri.to_string(),
    }
}

const fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
