//! One resource of an emulator: an endpoint with credentials, and the service's state behind it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::header::RETRY_AFTER;
use http::{Method, StatusCode};
use serde_json::Value;

use super::auth::{self, Credentials, TokenKind};
use super::clock::Clock;
use super::http::Answer;
use super::journal::Entry;
use super::seed::Seed;
use super::service::{Request, Response, Service, State, StateError};
use super::state_file::Keeper;
use super::throttle::Throttle;
use crate::acs::ServiceError;
use crate::acs::secret::Secret;
use crate::acs::signing::AccessKey;

/// A resource: told apart from the others of its emulator by its endpoint, that is by its port.
pub struct Resource {
    pub(super) endpoint: String,
    pub(super) credentials: Credentials,
    /// From which its keys and ids follow.
    pub(super) seed: Seed,
    /// One lock, for an operation changes rooms, memory and ids together; never held over a wait.
    pub(super) service: Mutex<Service>,
    pub(super) throttle: Throttle,
    pub(super) keeper: Option<Keeper>,
}

impl Resource {
    /// `https://localhost:PORT`, without a slash at its end.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Host and port of the endpoint.
    pub fn authority(&self) -> &str {
        self.endpoint.strip_prefix("https://").unwrap_or(&self.endpoint)
    }

    /// `endpoint=https://localhost:PORT/;accesskey=KEY`, with the first key.
    pub fn connection_string(&self) -> Secret {
        let key = self.credentials.primary.text();
        Secret::new(format!("endpoint={}/;accesskey={}", self.endpoint, key.expose()))
    }

    pub const fn primary_key(&self) -> &AccessKey {
        &self.credentials.primary
    }

    pub const fn secondary_key(&self) -> &AccessKey {
        &self.credentials.secondary
    }

    /// What the resource accepts.
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// A token of the built-in issuer, accepted for 24 hours of the machine's time.
    pub fn bearer_token(&self) -> Secret {
        self.token(TokenKind::Valid)
    }

    /// A token of the built-in issuer, good or deliberately bad.
    pub fn token(&self, kind: TokenKind) -> Secret {
        self.credentials.issuer.token(kind, Clock::machine_now())
    }

    /// What the resource holds, as the service describes itself.
    pub fn state(&self) -> Value {
        // A map with text keys always becomes a value.
        serde_json::to_value(self.lock().export()).unwrap_or_default()
    }

    /// Puts a state as [`Resource::state`] shows it in place of the present one.
    ///
    /// # Errors
    ///
    /// A document that is no state; nothing is changed then.
    pub async fn restore(&self, state: &Value) -> Result<(), String> {
        self.put_state(read_state(state)?).await.map_err(|error| error.to_string())
    }

    /// Forgets rooms, identities and what was used of rate limits.
    pub async fn reset(&self) {
        self.throttle.reset();
        let change = {
            let mut service = self.lock();
            service.reset();
            self.keeper.as_ref().map(Keeper::changed)
        };
        let _ = self.kept(change).await;
    }

    /// Lets the service answer a request in this process: without HTTP, credentials, faults and
    /// rate limits. For setting a world up.
    pub fn perform(&self, request: &Request, now: DateTime<Utc>) -> Response {
        self.lock().handle(request, now)
    }

    /// The keys and a token, for masks.
    pub fn secrets(&self) -> Vec<Secret> {
        vec![
            self.credentials.primary.text().clone(),
            self.credentials.secondary.text().clone(),
            self.bearer_token(),
        ]
    }

    pub(super) async fn put_state(&self, state: State) -> Result<(), StateError> {
        let change = {
            let mut service = self.lock();
            service.import(state)?;
            self.keeper.as_ref().map(Keeper::changed)
        };
        let _ = self.kept(change).await;
        Ok(())
    }

    /// Judges the credentials: the answer when they are refused. How they fitted, or why they did
    /// not, goes to the journal, and a refusal to the log.
    pub(super) fn refuse(
        &self,
        request: &Request,
        now: DateTime<Utc>,
        entry: Option<&Entry>,
    ) -> Option<Answer> {
        let refusal = match auth::verify(&self.credentials, request, Clock::machine_now()) {
            Ok(fit) => {
                if let Some(entry) = entry {
                    entry.note(|attempt| {
                        attempt.signature_form = fit.form.map(str::to_owned);
                        attempt.credential = Some(fit.credential.name());
                    });
                }
                return None;
            }
            Err(refusal) => refusal,
        };
        let reason = refusal.explanation();
        tracing::info!(method = %request.method, target = request.target, reason, "refused");
        if let Some(entry) = entry {
            entry.note(|attempt| attempt.refusal = Some(reason));
        }
        Some(self.lock().refuse(&refusal, request, now).into())
    }

    /// Lets the service answer a request whose credentials were accepted. A change is in the state
    /// file before this returns.
    pub(super) async fn serve(
        &self,
        request: &Request,
        now: DateTime<Utc>,
        entry: Option<&Entry>,
    ) -> Answer {
        let (response, change) = {
            let mut service = self.lock();
            let response = service.handle(request, now);
            let changed = !matches!(request.method, Method::GET | Method::HEAD)
                && response.status.is_success();
            let change = self.keeper.as_ref().filter(|_| changed).map(Keeper::changed);
            (response, change)
        };
        self.note(&response, entry);
        if let Err(failure) = self.kept(change).await {
            let error = ServiceError::new("InternalServerError", failure);
            return self.error(request, StatusCode::INTERNAL_SERVER_ERROR, error, now);
        }
        response.into()
    }

    /// 429, for a request over a rate limit.
    pub(super) fn throttled(
        &self,
        request: &Request,
        wait: Duration,
        now: DateTime<Utc>,
    ) -> Answer {
        let error = ServiceError::new("TooManyRequests", "Too many requests. Try again later.");
        let mut answer = self.error(request, StatusCode::TOO_MANY_REQUESTS, error, now);
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        answer.headers.insert(RETRY_AFTER, seconds.max(1).into());
        answer
    }

    /// An error in the service's shape, with its headers.
    pub(super) fn error(
        &self,
        request: &Request,
        status: StatusCode,
        error: ServiceError,
        now: DateTime<Utc>,
    ) -> Answer {
        self.lock().error(request, status, error, now).into()
    }

    /// A bare status with the service's headers.
    pub(super) fn bare(&self, request: &Request, status: StatusCode, now: DateTime<Utc>) -> Answer {
        self.lock().bare(request, status, now).into()
    }

    fn note(&self, response: &Response, entry: Option<&Entry>) {
        let notes = &response.notes;
        if let Some(oddity) = &notes.oddity {
            tracing::info!(oddity, "let pass");
        }
        if let (Some(entry), Some(served_as)) = (entry, &notes.served_as) {
            entry.note(|attempt| attempt.served_as = Some(served_as.clone()));
        }
    }

    async fn kept(&self, change: Option<u64>) -> Result<(), String> {
        match (&self.keeper, change) {
            (Some(keeper), Some(change)) => keeper.kept(change).await,
            _ => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a document as the service's state.
pub(super) fn read_state(document: &Value) -> Result<State, String> {
    serde_path_to_error::deserialize(document).map_err(|error| error.to_string())
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        let Response { status, headers, body, framing, .. } = response;
        Self { status, headers, body, framing }
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resource").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
