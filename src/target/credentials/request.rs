//! A request of our own to a live resource, with its credentials.

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{Account, CredentialsError};
use crate::acs::signing::Signature;
use crate::driver::wire::Outgoing;
use crate::transcript::Headers;

/// What is asked, before anybody signs it.
#[derive(Debug, Clone, Default)]
pub struct Plain {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Beside those of the credentials.
    pub headers: Headers,
    pub body: Bytes,
    /// Undoing a creation.
    pub cleanup: bool,
}

impl Plain {
    pub fn new(method: &str, target: impl Into<String>) -> Self {
        let mut headers = Headers::default();
        headers.push("accept", "application/json");
        headers.push("user-agent", crate::driver::wire::user_agent());
        headers.push("x-ms-client-request-id", uuid::Uuid::new_v4().to_string());
        Self { method: method.to_owned(), target: target.into(), headers, ..Self::default() }
    }

    /// Undoes something.
    #[must_use]
    pub fn as_cleanup(mut self) -> Self {
        self.cleanup = true;
        self
    }
}

impl Account {
    /// The headers that prove who we are, for this request at this time.
    ///
    /// # Errors
    ///
    /// When no token can be had.
    pub async fn proof(
        &self,
        request: &Plain,
        now: DateTime<Utc>,
    ) -> Result<Headers, CredentialsError> {
        let mut headers = Headers::default();
        if let Some(token) = self.token().await? {
            headers.push("authorization", format!("Bearer {}", token.expose()));
        } else if let Some(key) = self.primary() {
            let Plain { method, target, body, .. } = request;
            let signature = Signature::new(key, method, target, self.authority(), body, now);
            headers.push("x-ms-date", signature.date);
            headers.push("x-ms-content-sha256", signature.content_hash);
            headers.push("authorization", signature.authorization);
        }
        Ok(headers)
    }

    /// The request, ready to leave.
    ///
    /// # Errors
    ///
    /// When no token can be had.
    pub async fn prepare(
        &self,
        request: Plain,
        now: DateTime<Utc>,
    ) -> Result<Outgoing, CredentialsError> {
        let proof = self.proof(&request, now).await?;
        let Plain { method, target, mut headers, body, cleanup } = request;
        headers.0.extend(proof.0);
        let endpoint = self.endpoint().to_owned();
        Ok(Outgoing { method, endpoint, target, headers, body, cleanup })
    }
}
