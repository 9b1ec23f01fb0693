//! Rate limits on request, by the world's clock.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::acs::Operation;

/// So many requests of an operation in a window of the world's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// `None`: all operations together.
    pub operation: Option<Operation>,
    pub requests: u32,
    pub window: Duration,
}

/// The limits of one resource, and what was used of them.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    limits: Vec<RateLimit>,
    /// By place in `limits`: when the window began, and how many requests came in it.
    used: Mutex<HashMap<usize, (DateTime<Utc>, u32)>>,
}

impl Throttle {
    pub(super) fn new(limits: Vec<RateLimit>) -> Self {
        Self { limits, used: Mutex::default() }
    }

    /// Counts a request. `Some`: it is over a limit, for so long; it counts nowhere then.
    pub(super) fn refuse(
        &self,
        operation: Option<Operation>,
        now: DateTime<Utc>,
    ) -> Option<Duration> {
        if self.limits.is_empty() {
            return None;
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting: Vec<(usize, &RateLimit)> = self
            .limits
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
        self.used.lock().unwrap_or_else(PoisonError::into_inner).clear();
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
    fn a_limit_of_everything_counts_every_operation() {
        let throttle = Throttle::new(vec![limit(None, 1)]);
        assert_eq!(throttle.refuse(Some(Operation::GetRoom), DateTime::UNIX_EPOCH), None);
        assert!(throttle.refuse(Some(Operation::ListRooms), DateTime::UNIX_EPOCH).is_some());
        throttle.reset();
        assert_eq!(throttle.refuse(Some(Operation::ListRooms), DateTime::UNIX_EPOCH), None);
    }
}
