//! A request on its way: as it arrived, and as it goes on.

use chrono::{DateTime, Utc};
use http::{HeaderMap, Method};

use crate::acs::signing;
use crate::acs::time::http_date;
use crate::driver::wire::Outgoing;
use crate::emulator::auth::{self, Credentials, Fit, Refusal};
use crate::emulator::service;
use crate::target::credentials::{Account, CredentialsError};
use crate::transcript::{Headers, Sent};

/// A whole request of the program's.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub sent: Sent,
    pub method: Method,
    pub headers: HeaderMap,
    /// Number of its connection, from 1.
    pub connection: u64,
}

/// Headers that speak of the program's own way to the tap: its credentials, which are the tap's
/// own, and its connection. `accept-encoding` goes too: a packed answer could not be looked into.
const LEFT_BEHIND: [&str; 11] = [
    "host",
    "authorization",
    "x-ms-date",
    "date",
    "x-ms-content-sha256",
    "x-ms-hmac-string-to-sign-base64",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "accept-encoding",
];

impl Arrival {
    /// Whether the program knows the tap's credentials, and in which spelling it signs.
    pub fn verify(&self, credentials: &Credentials, now: DateTime<Utc>) -> Result<Fit, Refusal> {
        let request = service::Request {
            method: self.method.clone(),
            authority: self.sent.authority.clone(),
            target: self.sent.target.clone(),
            headers: self.headers.clone(),
            body: self.sent.body.clone(),
        };
        auth::verify(credentials, &request, now)
    }

    /// The same request for the live resource, signed with its own credentials in the spelling
    /// that fitted the program's signature.
    pub async fn onward(
        &self,
        account: &Account,
        form: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Outgoing, CredentialsError> {
        let kept = |(name, _): &&(String, String)| {
            !LEFT_BEHIND.iter().any(|left| name.eq_ignore_ascii_case(left))
        };
        let mut headers = Headers(self.sent.headers.0.iter().filter(kept).cloned().collect());
        if let Some(token) = account.token().await? {
            headers.push("authorization", format!("Bearer {}", token.expose()));
        } else if let Some(key) = account.primary() {
            let (target, host) =
                auth::spelt(form.unwrap_or("wire"), &self.sent.target, account.authority());
            let date = http_date(now);
            let hash = signing::content_hash(&self.sent.body);
            let text = signing::string_to_sign(&self.sent.method, &target, &[&date, &host, &hash]);
            let proof = signing::authorization(signing::SIGNED_HEADERS, &key.sign(&text));
            headers.push("x-ms-date", date);
            headers.push("x-ms-content-sha256", hash);
            headers.push("authorization", proof);
        }
        Ok(Outgoing {
            method: self.sent.method.clone(),
            endpoint: account.endpoint().to_owned(),
            target: self.sent.target.clone(),
            headers,
            body: self.sent.body.clone(),
            cleanup: false,
        })
    }
}
