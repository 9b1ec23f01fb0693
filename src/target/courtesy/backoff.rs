//! How long to wait before a request is sent again: what the service asked for, else ever longer.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::acs::time::parse_http_date;
use crate::transcript::Headers;

/// First wait of the exponential series, as the SDKs have it.
const FIRST: Duration = Duration::from_millis(800);
/// No single wait is longer, whatever the service asks.
const LONGEST: Duration = Duration::from_secs(60);

/// How persistently requests are sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Attempts of one request in all, the first included.
    pub attempts: u32,
    /// How long the waits of one request may last together.
    pub patience: Duration,
}

/// A wait that the service named itself, and in which header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub wait: Duration,
    pub header: &'static str,
}

impl Asked {
    /// `retry-after-ms` and `x-ms-retry-after-ms` (milliseconds), then `Retry-After` (seconds or
    /// a date).
    pub fn read(headers: &Headers, now: DateTime<Utc>) -> Option<Self> {
        for header in ["retry-after-ms", "x-ms-retry-after-ms"] {
            let text = headers.get(header).map(str::trim);
            if let Some(wait) = text.and_then(|text| text.parse().ok()).map(Duration::from_millis) {
                return Some(Self { wait, header });
            }
        }
        let text = headers.get("retry-after")?.trim();
        let wait = match text.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            // A moment that has passed asks for no wait at all.
            Err(_) => (parse_http_date(text)? - now).to_std().unwrap_or_default(),
        };
        Some(Self { wait, header: "Retry-After" })
    }
}

impl Backoff {
    /// The wait before attempt `next` (2 and up); `chance` between 0 and 1 spreads clients that
    /// were turned away together. A wait that was asked for is kept at least, and spread upwards.
    pub fn wait(next: u32, asked: Option<Asked>, chance: f64) -> Duration {
        let chance = chance.clamp(0.0, 1.0);
        let wait = match asked {
            Some(asked) => asked.wait + Duration::from_millis(250).mul_f64(chance),
            None => {
                let doubled = FIRST.saturating_mul(1 << next.saturating_sub(2).min(10));
                doubled.min(LONGEST).mul_f64(0.5 + chance / 2.0)
            }
        };
        wait.min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn headers(pairs: &[(&str, &str)]) -> Headers {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Headers(pairs.iter().map(own).collect())
    }

    #[test]
    fn the_wait_that_the_service_asks_for_is_read_from_all_its_headers() {
        let now = Utc::now();
        let later = crate::acs::time::http_date(now + TimeDelta::seconds(90));
        for (name, value, least, most) in [
            ("Retry-After", "2", 2000, 2000),
            ("retry-after-ms", "350", 350, 350),
            ("x-ms-retry-after-ms", "40", 40, 40),
            ("Retry-After", later.as_str(), 88_000, 90_000),
            ("Retry-After", "Mon, 01 Jan 2024 00:00:00 GMT", 0, 0),
        ] {
            let asked = Asked::read(&headers(&[(name, value)]), now).map(|asked| asked.wait);
            let wait = asked.map(|wait| wait.as_millis());
            assert!(wait.is_some_and(|wait| (least..=most).contains(&wait)), "{value}: {wait:?}");
        }
        assert_eq!(Asked::read(&headers(&[("Retry-After", "soon")]), now), None);
    }

    #[test]
    fn waits_double_are_spread_and_end_at_a_minute() {
        assert_eq!(Backoff::wait(2, None, 1.0), Duration::from_millis(800));
        assert_eq!(Backoff::wait(2, None, 0.0), Duration::from_millis(400));
        assert_eq!(Backoff::wait(4, None, 1.0), Duration::from_millis(3200));
        assert_eq!(Backoff::wait(40, None, 1.0), LONGEST);
    }

    #[test]
    fn a_wait_that_was_asked_for_is_never_cut_short_but_by_the_longest() {
        let asked = |seconds| Some(Asked { wait: Duration::from_secs(seconds), header: "" });
        assert_eq!(Backoff::wait(2, asked(3), 0.0), Duration::from_secs(3));
        assert_eq!(Backoff::wait(2, asked(3), 1.0), Duration::from_millis(3250));
        assert_eq!(Backoff::wait(2, asked(3600), 0.0), LONGEST);
    }
}
