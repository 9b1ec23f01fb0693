//! One request and its answer, as bytes with their timing.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};

/// Header names as received, in order, repeated names kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of `name`, whatever its case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All values of `name`, whatever its case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }
}

/// Who wrote the exchange down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Observer {
    /// The emulator: the bytes as they arrived there.
    Emulator,
    /// The tap in front of a live resource.
    Tap,
    /// The built-in client, of its own requests.
    Client,
}

/// The request as it was on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub method: String,
    /// `https` or `http`.
    pub scheme: String,
    /// Host and port that the client addressed (`Host` or `:authority`).
    pub authority: String,
    /// Path and query, undecoded.
    pub target: String,
    /// `HTTP/1.1` or `HTTP/2`.
    pub protocol: String,
    pub headers: Headers,
    pub body: Bytes,
}

impl Sent {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// The answer as it was on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub status: u16,
    pub headers: Headers,
    pub body: Bytes,
}

/// A request, its answer if one came, and what is known of how it was handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub observer: Observer,
    pub sent: Sent,
    /// `None` when no whole answer was given: reset, closed, cut off, timed out.
    pub received: Option<Received>,
    /// Why there is no whole answer.
    pub broken: Option<String>,
    /// When the request began to arrive (emulator) or to leave (client).
    pub started: DateTime<Utc>,
    pub duration: Duration,
    pub attempt: Attempt,
}

/// Facts beside the bytes. All optional: not every observer knows all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempt {
    /// Number of the connection within its listener, from 1.
    pub connection: Option<u64>,
    /// Which spelling of target and host the signature fitted, such as `wire`, `decoded`,
    /// `form`, `wire,no-port`; `None` when it fitted none or nobody looked.
    pub signature_form: Option<String>,
    /// Why the emulator refused the credentials.
    pub refusal: Option<String>,
    /// The operation of the catalogue that the route belongs to.
    pub operation: Option<crate::acs::Operation>,
    /// The deliberate fault or scripted answer that was applied, in words.
    pub fault: Option<String>,
    /// A request that the harness sent to undo a creation. Not judged.
    pub cleanup: bool,
    /// The version as which the emulator served the request, when it was told to serve it as another.
    pub served_as: Option<String>,
    /// The body as the live resource sent it, where the tap pointed its `nextLink` to itself.
    pub original_body: Option<Bytes>,
    /// The request as the tap sent it on, where the live resource refused it with 401: what that
    /// one refused is not what the program signed.
    pub onward: Option<Box<Sent>>,
    /// What the client proved to have: `primary`, `secondary` (keys) or `token`.
    pub credential: Option<&'static str>,
}
