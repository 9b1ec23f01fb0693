//! A request as it arrived: its head with names as they were spelt, and its whole body.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::header::{EXPECT, HOST};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{HeaderMap, StatusCode, Version};

use super::limits::Limits;
use crate::acs::Operation;
use crate::emulator::service::{Request, operation_of};
use crate::transcript::{Headers, Sent};

/// The request in the words that the core uses, and its head as it was spelt when a journal wants
/// it. Whether there is a journal makes no difference to the request.
#[derive(Debug)]
pub(in crate::emulator) struct Arrival {
    pub request: Request,
    pub version: Version,
    /// As far as it was read: before the body, a PATCH of participants counts as one that adds.
    pub operation: Option<Operation>,
    /// As spelt on the wire; lower-case and perhaps in another order when nobody remembers it.
    spelt: Option<Head>,
    /// Where it goes is told as RFC 9112 wants it.
    addressed: bool,
}

/// This much of a body that is too long is read and dropped, so that the client hears the answer.
const DROPPED: usize = 16 << 20;

impl Arrival {
    /// Reads the head. `raw` are the bytes that arrived, for the spelling of names.
    pub(super) fn of_head(parts: Parts, raw: Option<&[u8]>) -> Self {
        let spelt = raw.and_then(|raw| Head::read(raw, &parts));
        let target = target_of(&parts);
        let authority = match (parts.uri.authority(), parts.headers.get(HOST)) {
            (Some(authority), _) => authority.as_str().to_owned(),
            (None, Some(host)) => text(host.as_bytes()),
            (None, None) => String::new(),
        };
        let version = parts.version;
        let addressed = target.is_ascii() && names_one_host(&parts, &authority);
        let (method, headers) = (parts.method, parts.headers);
        let request = Request { method, authority, target, headers, body: Bytes::new() };
        let operation = operation_of(&request);
        Self { request, version, operation, spelt, addressed }
    }

    /// Whether host and target are such that a service could be found by them; if not: 400.
    pub(super) const fn is_addressed(&self) -> bool {
        self.addressed
    }

    /// As the journal keeps it.
    pub(super) fn sent(&self) -> Sent {
        let (target, headers) = match &self.spelt {
            Some(head) => (head.target.clone(), head.headers.clone()),
            None => (self.request.target.clone(), headers_of(&self.request.headers)),
        };
        Sent {
            method: self.request.method.as_str().to_owned(),
            scheme: "https".into(),
            authority: self.request.authority.clone(),
            target,
            protocol: protocol(self.version).into(),
            headers,
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
        // Over HTTP/2 the rest of a body costs its own stream alone, and a reset would come in
        // place of the answer.
        let dropped = if self.version == Version::HTTP_2 { usize::MAX } else { DROPPED };
        let mut gathered = Gathered::default();
        let read = gathered.read(body, limits.body, dropped);
        let read = tokio::time::timeout(limits.upload, read).await;
        if gathered.length > limits.body {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        read.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))?;
        self.keep(gathered.whole());
        Ok(())
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

/// What of a body has come.
#[derive(Default)]
struct Gathered {
    first: Option<Bytes>,
    rest: BytesMut,
    length: usize,
}

impl Gathered {
    /// Reads to the end, but no further than `dropped` bytes; beyond `limit` nothing is kept.
    async fn read(
        &mut self,
        mut body: Incoming,
        limit: usize,
        dropped: usize,
    ) -> Result<(), StatusCode> {
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return Err(StatusCode::BAD_REQUEST) };
            let Ok(data) = frame.into_data() else { continue };
            self.length = self.length.saturating_add(data.len());
            if self.length > dropped {
                return Ok(());
            }
            if self.length > limit {
                (self.first, self.rest) = (None, BytesMut::new());
            } else {
                self.add(data);
            }
        }
        Ok(())
    }

    fn add(&mut self, data: Bytes) {
        match &self.first {
            None => self.first = Some(data),
            Some(start) => {
                if self.rest.is_empty() {
                    self.rest.extend_from_slice(start);
                }
                self.rest.extend_from_slice(&data);
            }
        }
    }

    /// A body that came in one piece, as nearly all do, is not copied.
    fn whole(self) -> Bytes {
        if self.rest.is_empty() { self.first.unwrap_or_default() } else { self.rest.freeze() }
    }
}

/// Whether the request names one host, and as hosts are written. HTTP/1.0 need not name one.
fn names_one_host(parts: &Parts, authority: &str) -> bool {
    let hosts = parts.headers.get_all(HOST).iter().count();
    if authority.is_empty() && hosts == 0 {
        return parts.version == Version::HTTP_10;
    }
    let required = usize::from(parts.version == Version::HTTP_11);
    let written = authority.parse::<Authority>().is_ok_and(|written| !written.host().is_empty());
    (required..=1).contains(&hosts) && written && !authority.contains('@')
}

/// The head of an HTTP/1.1 request as it was spelt.
#[derive(Debug)]
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
