//! Rate limits on request, by the world's clock.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::acs::{Operation, time};

/// So many requests of an operation in a window of the world's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// `None`: all operations together.
    pub operation: Option<Operation>,
    pub requests: u32,
    pub window: Duration,
}

/// Why a text is no rate limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateLimitError {
    #[error(
        "no rate limit; write it like rooms.create=10/30s, or *=100/1m for all operations together"
    )]
    Form,
    #[error("'{0}' is no operation of the catalogue, nor * for all of them together")]
    Operation(String),
    #[error("'{0}' is no number of requests from 0 to 4294967295")]
    Requests(String),
    #[error("'{0}' is no duration such as 30s or 1m")]
    Window(String),
}

impl RateLimit {
    /// A limit of `on`, an operation by its name, or `*` for all of them together.
    ///
    /// # Errors
    ///
    /// There is no such operation.
    pub fn of(on: &str, requests: u32, window: Duration) -> Result<Self, RateLimitError> {
        let operation = match on {
            "*" => None,
            name => Some(
                Operation::from_name(name)
                    .ok_or_else(|| RateLimitError::Operation(name.to_owned()))?,
            ),
        };
        Ok(Self { operation, requests, window })
    }

    /// The operation's name, or `*`.
    pub fn on(&self) -> &'static str {
        self.operation.map_or("*", Operation::name)
    }
}

impl FromStr for RateLimit {
    type Err = RateLimitError;

    /// Reads `rooms.create=10/30s`.
    fn from_str(text: &str) -> Result<Self, RateLimitError> {
        let (on, rate) = text.split_once('=').ok_or(RateLimitError::Form)?;
        let (requests, window) = rate.split_once('/').ok_or(RateLimitError::Form)?;
        let count = requests.parse().map_err(|_| RateLimitError::Requests(requests.to_owned()))?;
        let length = time::parse_duration(window)
            .ok_or_else(|| RateLimitError::Window(window.to_owned()))?;
        Self::of(on, count, length)
    }
}

/// The limits of one resource, and what was used of them.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<Limits>);

#[derive(Debug, Default)]
struct Limits {
    limits: Vec<RateLimit>,
    /// By place in `limits`: when the window began, and how many requests came in it.
    used: HashMap<usize, (DateTime<Utc>, u32)>,
}

impl Throttle {
    pub(super) fn new(limits: Vec<RateLimit>) -> Self {
        Self(Mutex::new(Limits { limits, used: HashMap::new() }))
    }

    /// The limits as they are.
    pub(super) fn limits(&self) -> Vec<RateLimit> {
        self.lock().limits.clone()
    }

    /// Puts other limits in place of those; nothing of them is used yet.
    pub(super) fn set(&self, limits: Vec<RateLimit>) {
        *self.lock() = Limits { limits, used: HashMap::new() };
    }

    fn lock(&self) -> MutexGuard<'_, Limits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request. `Some`: it is over a limit, for so long; it counts nowhere then.
    pub(super) fn refuse(
        &self,
        operation: Option<Operation>,
        now: DateTime<Utc>,
    ) -> Option<Duration> {
        let mut guard = self.lock();
        let Limits { limits, used } = &mut *guard;
        if limits.is_empty() {
            return None;
        }
        let fitting: Vec<(usize, &RateLimit)> = limits
            .iter()
            .enumerate()
            .filter(|(_, limit)| limit.operation.is_none_or(|one| operation == Some(one)))
            .collect();
        for (index, limit) in &fitting {
            let window = used.entry(*index).or_insert((now, 0));
            let length = TimeDelta::from_std(limit.window).unwrap_or(TimeDelta::MAX);
            let passed = now - window.0;
            if passed >= length || passed < TimeDelta::zero() {
                *window = (now, 0);
            }
            if window.1 >= limit.requests {
                let left = length - (now - window.0);
                return Some(left.to_std().unwrap_or_default());
            }
        }
        for (index, _) in fitting {
            if let Some(window) = used.get_mut(&index) {
                window.1 += 1;
            }
        }
        None
    }

    /// Forgets what was used.
    pub(super) fn reset(&self) {
        self.lock().used.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(operation: Option<Operation>, requests: u32) -> RateLimit {
        RateLimit { operation, requests, window: Duration::from_secs(30) }
    }

    #[test]
    fn requests_over_the_limit_wait_for_the_next_window_of_the_worlds_time() {
        let throttle = Throttle::new(vec![limit(Some(Operation::CreateRoom), 2)]);
        let start = DateTime::UNIX_EPOCH;
        let create = Some(Operation::CreateRoom);
        assert_eq!(throttle.refuse(create, start), None);
        assert_eq!(throttle.refuse(create, start), None);
        let later = start + TimeDelta::seconds(10);
        assert_eq!(throttle.refuse(create, later), Some(Duration::from_secs(20)));
        assert_eq!(throttle.refuse(Some(Operation::GetRoom), later), None);
        assert_eq!(throttle.refuse(create, start + TimeDelta::seconds(30)), None);
    }

    #[test]
    fn a_limit_is_read_from_a_text_or_told_what_is_wrong_with_it() {
        let seconds = Duration::from_secs(30);
        let read = |text: &str| text.parse::<RateLimit>();
        assert_eq!(read("rooms.create=10/30s"), RateLimit::of("rooms.create", 10, seconds));
        assert_eq!(read("*=0/30s"), Ok(limit(None, 0)));
        for text in ["rooms.create", "rooms.create=10", "10/30s"] {
            assert_eq!(read(text), Err(RateLimitError::Form), "{text}");
        }
        assert_eq!(read("rooms.make=1/1s"), Err(RateLimitError::Operation("rooms.make".into())));
        assert_eq!(read("*=-1/1s"), Err(RateLimitError::Requests("-1".into())));
        assert_eq!(read("*=1/30"), Err(RateLimitError::Window("30".into())));
    }

    #[test]
    fn a_limit_of_everything_counts_every_operation() {
        let throttle = Throttle::new(vec![limit(None, 1)]);
        assert_eq!(throttle.refuse(Some(Operation::GetRoom), DateTime::UNIX_EPOCH), None);
        assert!(throttle.refuse(Some(Operation::ListRooms), DateTime::UNIX_EPOCH).is_some());
        throttle.reset();
        assert_eq!(throttle.refuse(Some(Operation::ListRooms), DateTime::UNIX_EPOCH), None);
    }
}
