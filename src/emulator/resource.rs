//! One resource of an emulator: an endpoint with keys, and the service's state behind it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::auth::{self, Credentials, TokenKind};
use super::http::Answer;
use super::journal::Entry;
use super::service::{Request, Response, Service, State, StateError};
use super::throttle::Throttle;
use crate::acs::secret::Secret;
use crate::acs::signing::AccessKey;

/// A resource: told apart from the others of its emulator by its endpoint, that is by its port.
pub struct Resource {
    pub(super) endpoint: String,
    pub(super) throttle: Throttle,
    pub(super) credentials: Credentials,
    /// Held for one request at a time, never while waiting.
    pub(super) service: Mutex<Service>,
}

impl Resource {
    /// `https://localhost:PORT`, without a slash at its end.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// `endpoint=https://localhost:PORT/;accesskey=KEY`, with the first key.
    pub fn connection_string(&self) -> Secret {
        let key = self.primary_key().text();
        Secret::new(format!("endpoint={}/;accesskey={}", self.endpoint, key.expose()))
    }

    pub const fn primary_key(&self) -> &AccessKey {
        &self.credentials.primary
    }

    pub const fn secondary_key(&self) -> &AccessKey {
        &self.credentials.secondary
    }

    /// A token of the built-in issuer, accepted for 24 hours of the machine's time.
    pub fn bearer_token(&self) -> Secret {
        self.token(TokenKind::Valid)
    }

    /// A token of the built-in issuer, good or deliberately bad.
    pub fn token(&self, kind: TokenKind) -> Secret {
        self.credentials.issuer.token(kind, Utc::now())
    }

    /// What the resource holds, as the service describes itself.
    pub fn state(&self) -> serde_json::Value {
        serde_json::to_value(self.export()).unwrap_or_default()
    }

    /// The state as a document that [`Resource::import`] takes.
    pub fn export(&self) -> State {
        self.service().export()
    }

    /// Puts a state in place of the present one.
    ///
    /// # Errors
    ///
    /// When it cannot be read; then nothing is changed.
    pub fn import(&self, state: State) -> Result<(), StateError> {
        self.service().import(state)
    }

    /// Forgets rooms, identities, repeatable creates, and what was used of rate limits.
    pub fn reset(&self) {
        self.service().reset();
        self.throttle.reset();
    }

    pub(super) fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Judges the credentials; dates by the machine's clock, as its clients sign.
    pub(super) fn verify(
        &self,
        request: &Request,
        now: DateTime<Utc>,
        entry: Option<&Entry>,
    ) -> Result<(), Answer> {
        match auth::verify(&self.credentials, request, Utc::now()) {
            Ok(fit) => {
                if let Some(entry) = entry {
                    entry.note(|attempt| attempt.signature_form = fit.form.map(Into::into));
                }
                Ok(())
            }
            Err(refusal) => {
                let explanation = refusal.explanation();
                tracing::warn!(method = %request.method, path = request.path(), "refused: {explanation}");
                if let Some(entry) = entry {
                    entry.note(|attempt| attempt.refusal = Some(explanation));
                }
                Err(self.service().refuse(&refusal, request, now).into())
            }
        }
    }

    pub(super) async fn serve(
        &self,
        request: &Request,
        now: DateTime<Utc>,
        entry: Option<&Entry>,
    ) -> Answer {
        let response = self.service().handle(request, now);
        if let Some(oddity) = &response.notes.oddity {
            tracing::warn!(method = %request.method, path = request.path(), "{oddity}");
        }
        if let Some(entry) = entry {
            entry.note(|attempt| {
                attempt.served_as.clone_from(&response.notes.served_as);
            });
        }
        response.into()
    }
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self {
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
