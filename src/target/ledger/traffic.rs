//! Reading creates and deletes off passing traffic: whoever sends them, by whatever way.

use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{Intent, Ledger, LedgerError, Repeatability};
use crate::transcript::{Headers, Received, ResourceKind};

/// A request that is about to go out to a real resource.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    pub headers: &'a Headers,
    pub body: &'a [u8],
}

/// What the ledger waits to hear of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the answer must be written down before anything else is sent"]
pub enum Pending {
    Nothing,
    Create {
        intent: u64,
        kind: ResourceKind,
        /// An earlier attempt at it may have been carried out, unheard.
        again: bool,
    },
    Delete {
        kind: ResourceKind,
        id: String,
    },
}

impl Ledger {
    /// To be called before a request is sent: writes down what it is about to create.
    ///
    /// # Errors
    ///
    /// When that is not on disk: then the request must not be sent.
    pub fn before(&self, request: Request<'_>, now: DateTime<Utc>) -> Result<Pending, LedgerError> {
        match meaning(request.method, request.target) {
            Meaning::Create(kind) => {
                let (intent, again) = self.intend(intent(kind, request, now))?;
                Ok(Pending::Create { intent, kind, again })
            }
            Meaning::Delete(kind, id) => Ok(Pending::Delete { kind, id }),
            Meaning::Else => Ok(Pending::Nothing),
        }
    }

    /// To be called with the answer (`None`: none came) before anything else is sent or passed on.
    ///
    /// # Errors
    ///
    /// When it is not on disk.
    pub fn after(&self, pending: Pending, received: Option<&Received>) -> Result<(), LedgerError> {
        let Some(received) = received else { return Ok(()) };
        match pending {
            Pending::Create { intent, kind, again } => match created_id(kind, received) {
                Some(id) => self.created(intent, kind, &id),
                None if created_nothing(received.status, again) => {
                    self.refused(intent, received.status)
                }
                None => Ok(()),
            },
            Pending::Delete { kind, id } if is_gone(received.status) => self.deleted(kind, &id),
            Pending::Delete { .. } | Pending::Nothing => Ok(()),
        }
    }
}

impl Ledger {
    /// To be called instead of [`Ledger::after`] when the request never left.
    ///
    /// # Errors
    ///
    /// When it is not on disk.
    pub fn not_sent(&self, pending: Pending) -> Result<(), LedgerError> {
        match pending {
            Pending::Create { intent, again: false, .. } => self.refused(intent, 0),
            Pending::Create { .. } | Pending::Delete { .. } | Pending::Nothing => Ok(()),
        }
    }
}

impl ResourceKind {
    /// What a successful answer to this request would mean that there is one more of.
    pub fn created_by(method: &str, target: &str) -> Option<Self> {
        match meaning(method, target) {
            Meaning::Create(kind) => Some(kind),
            _ => None,
        }
    }
}

enum Meaning {
    Create(ResourceKind),
    Delete(ResourceKind, String),
    Else,
}

fn meaning(method: &str, target: &str) -> Meaning {
    let path = target.split('?').next().unwrap_or_default();
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let kind = match segments.first().map(|segment| segment.to_ascii_lowercase()).as_deref() {
        Some("rooms") => ResourceKind::Room,
        Some("identities") => ResourceKind::User,
        _ => return Meaning::Else,
    };
    match (method, segments.get(1), segments.len()) {
        ("POST", None, _) => Meaning::Create(kind),
        ("DELETE", Some(id), 2) => Meaning::Delete(kind, id.clone()),
        _ => Meaning::Else,
    }
}

fn intent(kind: ResourceKind, request: Request<'_>, now: DateTime<Utc>) -> Intent {
    let header = |name: &str| request.headers.get(name).map(str::to_owned);
    let repeatability = header("Repeatability-Request-ID")
        .zip(header("Repeatability-First-Sent"))
        // The service remembers creates of rooms only.
        .filter(|_| kind == ResourceKind::Room)
        .map(|(request_id, first_sent)| Repeatability { request_id, first_sent });
    let mut intent = Intent {
        number: 0,
        kind,
        at: now,
        target: request.target.to_owned(),
        request_id: header("x-ms-client-request-id"),
        repeatability,
        content_type: header("content-type"),
        body: String::new(),
        encoded: false,
    };
    intent.write_body(request.body);
    intent
}

fn created_id(kind: ResourceKind, received: &Received) -> Option<String> {
    if !(200..300).contains(&received.status) {
        return None;
    }
    let body: Value = serde_json::from_slice(&received.body).ok()?;
    let id = match kind {
        ResourceKind::Room => body.get("id"),
        ResourceKind::User => body.get("identity").and_then(|identity| identity.get("id")),
    };
    id.and_then(Value::as_str).map(str::to_owned)
}

/// Refusals, and answers that say that the request was not taken up. A 408, a 500 and a gateway's
/// 502 and 504 leave it open. Of an earlier attempt that was not heard of, only a 400 says
/// something: had it been carried out, its answer would have been given again.
const fn created_nothing(status: u16, again: bool) -> bool {
    if again {
        return status == 400;
    }
    matches!(status, 300..=407 | 409..=499 | 501 | 503 | 505)
}

const fn is_gone(status: u16) -> bool {
    matches!(status, 204 | 404)
}
