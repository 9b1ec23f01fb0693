//! One resource of an emulator: an endpoint with keys, and the service's state behind it.

use chrono::{DateTime, Utc};

use super::core::{self, Request};
use super::http::Answer;
use super::journal::Entry;
use super::throttle::Throttle;
use crate::acs::secret::Secret;
use crate::acs::signing::AccessKey;

/// A resource: told apart from the others of its emulator by its endpoint, that is by its port.
pub struct Resource {
    pub(super) endpoint: String,
    pub(super) throttle: Throttle,
    pub(super) primary: AccessKey,
    pub(super) secondary: AccessKey,
}

impl Resource {
    /// `https://localhost:PORT`, without a slash at its end.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// `endpoint=https://localhost:PORT/;accesskey=KEY`, with the first key.
    pub fn connection_string(&self) -> Secret {
        let key = self.primary.text();
        Secret::new(format!("endpoint={}/;accesskey={}", self.endpoint, key.expose()))
    }

    pub const fn primary_key(&self) -> &AccessKey {
        &self.primary
    }

    pub const fn secondary_key(&self) -> &AccessKey {
        &self.secondary
    }

    /// A token of the built-in issuer, accepted for 24 hours of the machine's time.
    pub fn bearer_token(&self) -> Secret {
        Secret::new("")
    }

    /// What the resource holds, as the service describes itself.
    pub fn state(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    pub(super) fn verify(&self, _request: &Request, _entry: Option<&Entry>) -> Result<(), Answer> {
        Ok(())
    }

    pub(super) async fn serve(
        &self,
        request: &Request,
        now: DateTime<Utc>,
        _entry: Option<&Entry>,
    ) -> Answer {
        let response = core::answer(request, now);
        Answer {
            status: response.status,
            headers: response.headers,
            body: response.body,
            framing: response.framing,
        }
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resource").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
