//! The rate: requests leave one after the other, never closer than the pace allows.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A pace that all cases of a run share.
#[derive(Debug)]
pub struct Pace {
    gap: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// At most `rate` requests a second; none or less than one in a day is no limit.
    pub fn new(rate: Option<f64>) -> Self {
        let gap = rate
            .filter(|rate| rate.is_finite() && *rate > 1e-5)
            .map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        Self { gap, next: Mutex::new(None) }
    }

    /// Waits for this request's turn.
    pub async fn turn(&self) {
        if let Some(turn) = self.take() {
            tokio::time::sleep_until(turn).await;
        }
    }

    /// Nobody sends before this much has passed.
    pub fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = Some(next.map_or(until, |next| next.max(until)));
    }

    fn take(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.gap);
        (turn > now).then_some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_keep_their_distance_however_many_ask_at_once() {
        let pace = Pace::new(Some(200.0));
        let start = Instant::now();
        futures::future::join_all((0..21).map(|_| pace.turn())).await;
        assert!(start.elapsed() >= Duration::from_millis(100), "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn a_pause_holds_everybody_back() {
        let pace = Pace::new(None);
        let start = Instant::now();
        pace.turn().await;
        pace.pause(Duration::from_millis(50));
        pace.turn().await;
        assert!(start.elapsed() >= Duration::from_millis(50), "{:?}", start.elapsed());
    }
}
