//! A request and its answer as a report keeps them: text, redacted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExchangeEntry {
    /// The first 16 hex digits of the SHA-256 of the redacted exchange: how other records refer to it.
    pub digest: String,
    /// `emulator`, `tap` or `client`: who wrote it down.
    pub observer: String,
    /// The operation of the catalogue, where the route belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    pub request: RequestEntry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseEntry>,
    /// Why there is no whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    pub started: DateTime<Utc>,
    #[serde(rename = "durationUs")]
    pub duration_us: u64,
    /// Number of the connection within its listener, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<u64>,
    /// Which spelling of target and host the signature fitted.
    #[serde(rename = "signatureForm", default, skip_serializing_if = "Option::is_none")]
    pub signature_form: Option<String>,
    /// Why the emulator refused the credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The deliberate fault that was applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The known api-version as which an unknown one was served.
    #[serde(rename = "servedAs", default, skip_serializing_if = "Option::is_none")]
    pub served_as: Option<String>,
    /// Sent by the harness to undo a creation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cleanup: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestEntry {
    pub method: String,
    /// Scheme, authority and target, as addressed.
    pub url: String,
    /// `HTTP/1.1` or `HTTP/2`.
    pub protocol: String,
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "BodyEntry::is_empty")]
    pub body: BodyEntry,
}

impl RequestEntry {
    /// Path and query.
    pub fn target(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.find('/').map_or("/", |slash| &rest[slash..])
    }

    pub fn path(&self) -> &str {
        self.target().split('?').next().unwrap_or_default()
    }

    pub fn query(&self) -> &str {
        self.target().split_once('?').map_or("", |(_, query)| query)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseEntry {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "BodyEntry::is_empty")]
    pub body: BodyEntry,
}

impl ResponseEntry {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// A body: text where it is UTF-8, base64 where it is not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BodyEntry {
    pub content: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub base64: bool,
}

impl BodyEntry {
    pub fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self { content: text.to_owned(), base64: false },
            Err(_) => Self { content: STANDARD.encode(bytes), base64: true },
        }
    }

    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// The body as JSON, if it is some.
    pub fn json(&self) -> Option<serde_json::Value> {
        if self.base64 || self.content.is_empty() {
            return None;
        }
        serde_json::from_str(&self.content).ok()
    }
}
