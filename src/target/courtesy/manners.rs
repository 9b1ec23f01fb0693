//! Rate, patience and budget of one run, shared by all its cases.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::budget::Purse;
use super::{Asked, Backoff, Budget, BudgetError, Pace, Spent};
use crate::transcript::{Received, ResourceKind};

/// How a run treats a resource.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Requests a second; `None` is no limit.
    pub rate: Option<f64>,
    pub budget: Budget,
    /// For the requests of steps.
    pub steps: Backoff,
    /// For undoing: an outage should not leave anything behind.
    pub cleanup: Backoff,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rate: Some(20.0),
            budget: Budget::default(),
            steps: Backoff { attempts: 4, patience: Duration::from_secs(60) },
            cleanup: Backoff { attempts: u32::MAX, patience: Duration::from_secs(120) },
        }
    }
}

/// The waiting that the service asked for, never silent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waited {
    /// Answers 429.
    pub throttled: u64,
    /// Answers 503.
    pub unavailable: u64,
    /// Requests that found no connection and were sent again.
    pub unconnected: u64,
    pub total: Duration,
}

impl Waited {
    pub const fn times(&self) -> u64 {
        self.throttled + self.unavailable + self.unconnected
    }
}

impl std::fmt::Display for Waited {
    /// `waited 3 times, 4.2 s in all (429: 2, 503: 1)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let times = if self.times() == 1 { "once" } else { &format!("{} times", self.times()) };
        write!(f, "waited {times}, {:.1} s in all", self.total.as_secs_f64())?;
        let counts = [
            ("429", self.throttled),
            ("503", self.unavailable),
            ("no connection", self.unconnected),
        ];
        let told: Vec<String> = counts
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(what, count)| format!("{what}: {count}"))
            .collect();
        if told.is_empty() { Ok(()) } else { write!(f, " ({})", told.join(", ")) }
    }
}

/// Cheap to clone; clones share rate, budget and tally.
#[derive(Debug, Clone)]
pub struct Courtesy {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: Settings,
    pace: Pace,
    purse: Purse,
    waited: Mutex<Waited>,
}

impl Courtesy {
    pub fn new(settings: Settings) -> Self {
        let inner = Inner {
            settings,
            pace: Pace::new(settings.rate),
            purse: Purse::new(settings.budget),
            waited: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Pays for a request and waits for its turn.
    ///
    /// # Errors
    ///
    /// When the budget is used up: then it must not be sent.
    pub async fn admit(
        &self,
        creates: Option<ResourceKind>,
        cleanup: bool,
    ) -> Result<(), BudgetError> {
        self.inner.purse.pay(creates, cleanup)?;
        self.inner.pace.turn().await;
        Ok(())
    }

    pub fn backoff(&self, cleanup: bool) -> Backoff {
        if cleanup { self.inner.settings.cleanup } else { self.inner.settings.steps }
    }

    /// How long to wait for an answer that says "later"; `None` for every other answer. A
    /// throttled resource is left alone by the whole run.
    pub fn later(&self, next: u32, received: &Received, now: DateTime<Utc>) -> Option<Duration> {
        if !matches!(received.status, 429 | 503) {
            return None;
        }
        let asked = Asked::read(&received.headers, now);
        let wait = Backoff::wait(next, asked, rand::random());
        if received.status == 429 {
            self.inner.pace.pause(wait);
        }
        Some(wait)
    }

    /// Takes note of a wait that is about to be kept.
    pub fn note(&self, status: Option<u16>, wait: Duration) {
        let mut waited = self.inner.waited.lock().unwrap_or_else(PoisonError::into_inner);
        match status {
            Some(429) => waited.throttled += 1,
            Some(_) => waited.unavailable += 1,
            None => waited.unconnected += 1,
        }
        waited.total += wait;
    }

    pub fn waited(&self) -> Waited {
        *self.inner.waited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn spent(&self) -> Spent {
        self.inner.purse.spent()
    }
}
