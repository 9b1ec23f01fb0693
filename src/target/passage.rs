//! The way to a real resource: every request of a run takes it, whoever made the request.
//!
//! Owns the order of things: pay, wait for the turn, write the intent, send, write the id, and
//! only then go on; come again later when the service asks for it. What is sent, and what it
//! means, is the client's.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::courtesy::{Backoff, Courtesy};
use super::ledger::{Ledger, LedgerError, Pending, Request};
use crate::acs::signing::{self, AccessKey, Signature};
use crate::driver::wire::{Answered, Client, Outgoing, Trouble};
use crate::transcript::ResourceKind;

/// A connection that is refused is tried again for this long, and no longer: an unreachable
/// resource is to be told within ten seconds.
const UNCONNECTED: Duration = Duration::from_secs(3);

/// Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Passage {
    courtesy: Courtesy,
    ledger: Option<Ledger>,
    /// What well-formed signatures are made anew with.
    key: Option<AccessKey>,
    /// Set when the patience of an undoing came to its end without an answer, so that the next
    /// ones do not each wait as long.
    exhausted: Arc<AtomicBool>,
    /// Set when the ledger failed after a create: from then on only undoing passes.
    stopped: Arc<Mutex<Option<String>>>,
}

impl std::fmt::Debug for Passage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passage").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

impl Passage {
    pub fn new(courtesy: Courtesy, ledger: Option<Ledger>, key: Option<AccessKey>) -> Self {
        Self { courtesy, ledger, key, exhausted: Arc::default(), stopped: Arc::default() }
    }

    pub fn courtesy(&self) -> &Courtesy {
        &self.courtesy
    }

    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// Sends a request, again where the service says that later is better. A step's request is
    /// given `limit` in all, an undoing `limit` for each attempt.
    pub async fn send(&self, client: &Client, outgoing: &Outgoing, limit: Duration) -> Answered {
        let begun = Instant::now();
        let mut earlier = Vec::new();
        let mut waited = Duration::ZERO;
        let mut outgoing = outgoing.clone();
        let mut next = 2_u32;
        loop {
            let left = if outgoing.cleanup { limit } else { limit.saturating_sub(begun.elapsed()) };
            let mut answered = self.once(client, &outgoing, left).await;
            let Some(wait) = self.wait(next, waited, begun.elapsed(), &answered) else {
                answered.earlier = earlier;
                return answered;
            };
            if !outgoing.cleanup && begun.elapsed() + wait >= limit {
                answered.earlier = earlier;
                return answered;
            }
            let status = answered.exchange.received.as_ref().map(|received| received.status);
            self.courtesy.note(status, wait);
            earlier.push(answered.exchange);
            tokio::time::sleep(wait).await;
            waited += wait;
            self.renew(&mut outgoing);
            next = next.saturating_add(1);
        }
    }

    /// Sends a request once, with manners and ledger, whatever the answer.
    pub async fn once(&self, client: &Client, outgoing: &Outgoing, limit: Duration) -> Answered {
        let pending = match self.admit(outgoing).await {
            Ok(pending) => pending,
            Err(why) => return Answered::unsent(outgoing, why),
        };
        let answered = client.send_once(outgoing, limit).await;
        if answered.exchange.received.as_ref().is_some_and(|received| received.status < 500) {
            self.exhausted.store(false, Ordering::Relaxed);
        }
        if let Err(error) = self.write_answer(pending, &answered) {
            *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
        }
        answered
    }

    async fn admit(&self, outgoing: &Outgoing) -> Result<Pending, String> {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(why) = stopped.filter(|_| !outgoing.cleanup) {
            return Err(why);
        }
        let creates = ResourceKind::created_by(&outgoing.method, &outgoing.target);
        self.courtesy.admit(creates, outgoing.cleanup).await.map_err(|error| error.to_string())?;
        let Some(ledger) = &self.ledger else { return Ok(Pending::Nothing) };
        let request = Request {
            method: &outgoing.method,
            target: &outgoing.target,
            headers: &outgoing.headers,
            body: &outgoing.body,
        };
        ledger.before(request, Utc::now()).map_err(|error| error.to_string())
    }

    fn write_answer(&self, pending: Pending, answered: &Answered) -> Result<(), LedgerError> {
        match &self.ledger {
            // What found no connection, or could not be put on the wire, was never sent.
            Some(ledger) if matches!(answered.trouble, Some(Trouble::Connect)) => {
                ledger.not_sent(pending)
            }
            Some(ledger) => ledger.after(pending, answered.exchange.received.as_ref()),
            None => Ok(()),
        }
    }

    /// How long to wait before the next attempt; `None` when this answer stands.
    fn wait(
        &self,
        next: u32,
        waited: Duration,
        elapsed: Duration,
        answered: &Answered,
    ) -> Option<Duration> {
        let cleanup = answered.exchange.attempt.cleanup;
        let backoff = self.courtesy.backoff(cleanup);
        let wait = match (&answered.exchange.received, answered.trouble) {
            (Some(received), _) => self
                .courtesy
                .later(next, received, Utc::now())
                .or_else(|| (cleanup && received.status >= 500).then(|| spread(next))),
            (None, Some(Trouble::Connect)) if cleanup || elapsed < UNCONNECTED => {
                Some(spread(next))
            }
            (None, Some(Trouble::Broken | Trouble::Timeout)) if cleanup => Some(spread(next)),
            (None, _) => None,
        }?;
        let patient = next <= backoff.attempts && waited + wait <= backoff.patience;
        if cleanup && !patient {
            self.exhausted.store(true, Ordering::Relaxed);
        }
        (patient && !(cleanup && self.exhausted.load(Ordering::Relaxed))).then_some(wait)
    }

    /// A fresh date and signature, where the request bore a right one. What was signed wrong on
    /// purpose stays wrong, byte for byte.
    fn renew(&self, outgoing: &mut Outgoing) {
        let Some(key) = &self.key else { return };
        let (_, authority) = outgoing.endpoint.split_once("://").unwrap_or_default();
        let header = |name: &str| outgoing.headers.get(name).unwrap_or_default();
        let hash = signing::content_hash(&outgoing.body);
        let values = [header("x-ms-date"), authority, hash.as_str()];
        let text = signing::string_to_sign(&outgoing.method, &outgoing.target, &values);
        let right = signing::authorization(signing::SIGNED_HEADERS, &key.sign(&text));
        if header("authorization") != right {
            return;
        }
        let (method, target) = (&outgoing.method, &outgoing.target);
        let fresh = Signature::new(key, method, target, authority, &outgoing.body, Utc::now());
        for (name, value) in &mut outgoing.headers.0 {
            match name.to_ascii_lowercase().as_str() {
                "authorization" => value.clone_from(&fresh.authorization),
                "x-ms-date" => value.clone_from(&fresh.date),
                _ => {}
            }
        }
    }
}

fn spread(next: u32) -> Duration {
    Backoff::wait(next, None, rand::random())
}
