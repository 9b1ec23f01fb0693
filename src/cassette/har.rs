//! HAR 1.2: the members that we read and write. Readers forgive what browsers and proxies leave
//! out; writers leave nothing out that the format demands.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::report::record::{BodyEntry, ExchangeEntry};

/// A HAR file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Har {
    pub log: Log,
}

/// Why a file is no HAR.
#[derive(Debug, thiserror::Error)]
pub enum HarError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is no HAR: {why}", path.display())]
    Malformed { path: PathBuf, why: String },
}

impl Har {
    /// A recording of these exchanges with a target, of no case.
    pub fn of(entries: Vec<Entry>, target: &str) -> Self {
        Self {
            log: Log {
                version: "1.2".to_owned(),
                creator: Creator {
                    name: "acs-conformance".to_owned(),
                    version: env!("CARGO_PKG_VERSION").to_owned(),
                },
                entries,
                case: String::new(),
                target: target.to_owned(),
                state: None,
                passed: None,
            },
        }
    }

    /// Reads a file, whoever wrote it.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or lacks what a request needs, with the path to the member.
    pub fn open(path: &Path) -> Result<Self, HarError> {
        let bytes = std::fs::read(path)
            .map_err(|source| HarError::Unreadable { path: path.to_owned(), source })?;
        // Some tools begin their files with a byte order mark.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| HarError::Malformed { path: path.to_owned(), why: error.to_string() })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Log {
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub creator: Creator,
    #[serde(default)]
    pub entries: Vec<Entry>,
    /// Ours: the name of the case.
    #[serde(rename = "_case", default, skip_serializing_if = "String::is_empty")]
    pub case: String,
    /// Ours: `emulator` or `live`.
    #[serde(rename = "_target", default, skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// Ours: what the emulator held when the steps were over.
    #[serde(rename = "_state", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Value>,
    /// Ours: whether the case passed when it was recorded.
    #[serde(rename = "_passed", default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Creator {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub version: String,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    #[serde(default)]
    pub started_date_time: String,
    /// Milliseconds.
    #[serde(default)]
    pub time: f64,
    pub request: Request,
    #[serde(default)]
    pub response: Response,
    #[serde(default)]
    pub cache: Empty,
    #[serde(default)]
    pub timings: Timings,
    /// Ours: the path of the step; absent for cleanup.
    #[serde(rename = "_step", default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Ours: the step's one instant.
    #[serde(rename = "_now", default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// Why there is no whole answer; the status is 0 then, as browsers write it.
    #[serde(rename = "_error", default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Ours: sent to undo a creation.
    #[serde(rename = "_cleanup", default, skip_serializing_if = "std::ops::Not::not")]
    pub cleanup: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Empty {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub method: String,
    pub url: String,
    #[serde(default)]
    pub http_version: String,
    #[serde(default)]
    pub cookies: Vec<Value>,
    #[serde(default)]
    pub headers: Vec<Pair>,
    #[serde(default)]
    pub query_string: Vec<Pair>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_data: Option<PostData>,
    #[serde(default = "unknown")]
    pub headers_size: i64,
    #[serde(default = "unknown")]
    pub body_size: i64,
}

impl Request {
    /// Path and query, as sent.
    pub fn target(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.find('/').map_or("/", |slash| rest.get(slash..).unwrap_or("/"))
    }

    /// Scheme and authority, without a trailing slash.
    pub fn endpoint(&self) -> &str {
        let end = self.url.len() - self.target().len();
        let endpoint = self.url.get(..end).unwrap_or_default();
        if endpoint.is_empty() { self.url.trim_end_matches('/') } else { endpoint }
    }

    pub fn body(&self) -> &str {
        self.post_data.as_ref().map_or("", |data| data.text.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

fn header<'a>(headers: &'a [Pair], name: &str) -> Option<&'a str> {
    headers.iter().find(|one| one.name.eq_ignore_ascii_case(name)).map(|one| one.value.as_str())
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    pub name: String,
    #[serde(default)]
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostData {
    #[serde(default)]
    pub mime_type: String,
    #[serde(default)]
    pub text: String,
    /// Ours: `base64` for a body that is no text; the format has no place for it.
    #[serde(rename = "_encoding", default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// 0: there was no answer.
    #[serde(default)]
    pub status: u16,
    #[serde(default)]
    pub status_text: String,
    #[serde(default)]
    pub http_version: String,
    #[serde(default)]
    pub cookies: Vec<Value>,
    #[serde(default)]
    pub headers: Vec<Pair>,
    #[serde(default)]
    pub content: Content,
    #[serde(rename = "redirectURL", default)]
    pub redirect_url: String,
    #[serde(default = "unknown")]
    pub headers_size: i64,
    #[serde(default = "unknown")]
    pub body_size: i64,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    #[serde(default)]
    pub size: i64,
    #[serde(default)]
    pub mime_type: String,
    #[serde(default)]
    pub text: String,
    /// `base64` for a body that is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

/// Milliseconds; what is not known is -1.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Timings {
    #[serde(default)]
    pub send: f64,
    #[serde(default)]
    pub wait: f64,
    #[serde(default)]
    pub receive: f64,
}

const fn unknown() -> i64 {
    -1
}

impl Entry {
    /// What a report keeps of an exchange, as HAR. It is redacted already.
    pub fn of(exchange: &ExchangeEntry) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "microseconds of requests fit many times")]
        let time = exchange.duration_us as f64 / 1000.0;
        Self {
            started_date_time: crate::acs::time::service_text(exchange.started),
            time,
            request: request(exchange),
            response: response(exchange),
            cache: Empty {},
            timings: Timings { send: 0.0, wait: time, receive: 0.0 },
            step: None,
            now: None,
            error: exchange.broken.clone().or_else(|| {
                exchange.response.is_none().then(|| "there was no whole answer".to_owned())
            }),
            cleanup: exchange.cleanup,
        }
    }
}

fn pairs(headers: &[(String, String)]) -> Vec<Pair> {
    headers.iter().map(|(name, value)| Pair { name: name.clone(), value: value.clone() }).collect()
}

fn encoding(body: &BodyEntry) -> Option<String> {
    body.base64.then(|| "base64".to_owned())
}

fn size(body: &BodyEntry) -> i64 {
    i64::try_from(body.content.len()).unwrap_or(-1)
}

fn request(exchange: &ExchangeEntry) -> Request {
    let request = &exchange.request;
    let query = request.query().split('&').filter(|part| !part.is_empty());
    Request {
        method: request.method.clone(),
        url: request.url.clone(),
        http_version: request.protocol.clone(),
        cookies: Vec::new(),
        headers: pairs(&request.headers),
        query_string: query
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                Pair { name: name.to_owned(), value: value.to_owned() }
            })
            .collect(),
        post_data: (!request.body.is_empty()).then(|| PostData {
            mime_type: request.header("content-type").unwrap_or_default().to_owned(),
            text: request.body.content.clone(),
            encoding: encoding(&request.body),
        }),
        headers_size: -1,
        body_size: size(&request.body),
    }
}

fn response(exchange: &ExchangeEntry) -> Response {
    let Some(response) = &exchange.response else {
        return Response { headers_size: -1, body_size: -1, ..Response::default() };
    };
    let reason = http::StatusCode::from_u16(response.status).ok();
    Response {
        status: response.status,
        status_text: reason
            .and_then(|status| status.canonical_reason())
            .unwrap_or_default()
            .to_owned(),
        http_version: exchange.request.protocol.clone(),
        cookies: Vec::new(),
        headers: pairs(&response.headers),
        content: Content {
            size: size(&response.body),
            mime_type: response.header("content-type").unwrap_or_default().to_owned(),
            text: response.body.content.clone(),
            encoding: encoding(&response.body),
        },
        redirect_url: response.header("location").unwrap_or_default().to_owned(),
        headers_size: -1,
        body_size: size(&response.body),
    }
}
