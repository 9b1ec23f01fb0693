//! One request through the tap: verify, sign anew, send, rewrite, write down.

use std::convert::Infallible;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::Utc;
use tokio::sync::mpsc;

use super::journey::Arrival;
use super::link::rewrite;
use super::opened::Journal;
use crate::acs::ServiceError;
use crate::driver::wire::Client;
use crate::emulator::auth::Credentials;
use crate::target::Passage;
use crate::target::credentials::Account;
use crate::transcript::{Attempt, Exchange, Headers, Observer, Received};

/// How long the live resource may take over one request.
const LIMIT: Duration = Duration::from_secs(60);

/// What all connections of a tap share.
pub(super) struct Forwarder {
    /// The tap's own.
    pub endpoint: String,
    pub credentials: Credentials,
    pub account: Account,
    pub client: Client,
    pub passage: Passage,
    pub journal: Journal,
    /// Nothing is sent here: its other end learns when the last request is through.
    pub _busy: mpsc::Sender<Infallible>,
}

impl Forwarder {
    /// The answer for the program; `None` when the live resource gave no whole one.
    pub async fn forward(&self, arrival: Arrival) -> Option<Received> {
        let started = Utc::now();
        let clock = Instant::now();
        let mut attempt = Attempt { connection: Some(arrival.connection), ..Attempt::default() };
        let result = self.carry(&arrival, &mut attempt).await;
        let (received, broken) = match result {
            Ok(received) => (Some(received), None),
            Err(why) => (None, Some(why)),
        };
        let exchange = Exchange {
            observer: Observer::Tap,
            sent: arrival.sent,
            received: received.clone(),
            broken,
            started,
            duration: clock.elapsed(),
            attempt,
        };
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
        received
    }

    async fn carry(&self, arrival: &Arrival, attempt: &mut Attempt) -> Result<Received, String> {
        let now = Utc::now();
        let fit = match arrival.verify(&self.credentials, now) {
            Ok(fit) => fit,
            Err(refusal) => {
                let reason = refusal.explanation();
                attempt.refusal = Some(reason.clone());
                return Ok(refused(&reason));
            }
        };
        attempt.signature_form = fit.form.map(str::to_owned);
        let outgoing = arrival
            .onward(&self.account, fit.form, now)
            .await
            .map_err(|error| error.to_string())?;
        // No second attempt: whether to come again is for the program to decide.
        let answered = self.passage.once(&self.client, &outgoing, LIMIT).await;
        let Exchange { sent, received, broken, .. } = answered.exchange;
        let Some(mut received) = received else { return Err(broken.unwrap_or_default()) };
        if received.status == 401 {
            attempt.onward = Some(Box::new(sent));
        }
        if let Some(body) = rewrite(&received.body, self.account.endpoint(), &self.endpoint) {
            attempt.original_body = Some(std::mem::replace(&mut received.body, body));
        }
        Ok(received)
    }
}

/// As the service refuses, with the reason beside it.
fn refused(reason: &str) -> Received {
    let error = ServiceError::new("Denied", "Denied by the resource provider.");
    let mut headers = Headers::default();
    headers.push("content-type", "application/json");
    let reason: String =
        reason.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    headers.push("x-acs-emulator-reason", reason);
    Received { status: 401, headers, body: Bytes::from(error.to_json()) }
}
