//! The lines of a ledger: JSON, one a line, each synced as it is written.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::transcript::ResourceKind;

/// Of the format.
pub(super) const VERSION: u32 = 1;

/// One line. Intents are numbered from 1 within their file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// The first line of a file.
    Ledger(Heading),
    /// A create is about to be sent.
    Intent(Intent),
    /// The service answered that it created this.
    Id { intent: u64, kind: ResourceKind, id: String },
    /// The service answered that it created nothing; status 0: the create never left.
    Refused { intent: u64, status: u16 },
    /// It is gone: deleted by us, or the service knows it no more.
    Deleted { kind: ResourceKind, id: String },
}

/// Whose ledger it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Of the format.
    pub version: u32,
    /// Scheme and authority, without a slash at the end.
    pub resource: String,
    pub run: String,
    pub process: u32,
    pub started: DateTime<Utc>,
}

/// A create as it is sent, so that it can be repeated to the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub number: u64,
    pub kind: ResourceKind,
    pub at: DateTime<Utc>,
    /// Path and query.
    pub target: String,
    /// `x-ms-client-request-id`, by which the service's own logs know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Without these the create cannot be repeated: rooms have them, users do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeatability: Option<Repeatability>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Base64 of the bytes when they are no text, see `encoded`.
    pub body: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encoded: bool,
}

/// The pair of headers by which the service recognises a create that it has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeatability {
    pub request_id: String,
    pub first_sent: String,
}

impl Intent {
    /// The body as it went out; `None` when the ledger's text is no base64.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        use base64::Engine as _;
        if !self.encoded {
            return Some(self.body.clone().into_bytes());
        }
        base64::engine::general_purpose::STANDARD.decode(&self.body).ok()
    }

    pub(super) fn write_body(&mut self, bytes: &[u8]) {
        use base64::Engine as _;
        match std::str::from_utf8(bytes) {
            Ok(text) => self.body = text.to_owned(),
            Err(_) => {
                self.encoded = true;
                self.body = base64::engine::general_purpose::STANDARD.encode(bytes);
            }
        }
    }
}
