//! The rules of a room's window: what is taken by default, and what is refused with which detail.

use chrono::{DateTime, TimeDelta, Utc};

use super::refusal::{Refusal, detail};
use crate::acs::ErrorDetail;
use crate::emulator::defect::{Defect, Defects};

const DAYS: i64 = 180;

/// The longest window, and how far ahead it may begin.
fn longest() -> TimeDelta {
    TimeDelta::days(DAYS)
}

/// The times that a body gives; null is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Times {
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

/// A room's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl Times {
    /// The window of a new room.
    ///
    /// # Errors
    ///
    /// With a detail for each time that is out of bounds.
    pub fn for_create(self, now: DateTime<Utc>, defects: Defects) -> Result<Window, Refusal> {
        let from = self.from.unwrap_or(now);
        self.check(from, now, defects)?;
        // Recorded: the end is counted from now even when only the start is given.
        let base = if defects.has(Defect::EndFromStart) { from } else { now };
        let until = self.until.unwrap_or_else(|| later(base, default_length(defects)));
        Ok(Window { from, until })
    }

    /// The window that an update asks for; `None` when it leaves the times alone.
    ///
    /// # Errors
    ///
    /// As for a new room, and when only one of the two is given.
    pub fn for_update(
        self,
        now: DateTime<Utc>,
        defects: Defects,
    ) -> Result<Option<Window>, Refusal> {
        if defects.has(Defect::TogetherFirst) {
            self.check_together()?;
        }
        match (self.from, self.until) {
            (None, None) => Ok(None),
            (Some(from), Some(until)) => {
                self.check(from, now, defects)?;
                Ok(Some(Window { from, until }))
            }
            (from, until) => {
                // Field checks come first (recorded); the start of a lone end is not compared.
                let start = from.unwrap_or(DateTime::<Utc>::MIN_UTC);
                Self { from, until }.check_fields(start, now, defects, false)?;
                if defects.has(Defect::LoneTimeAccepted) {
                    return Ok(None);
                }
                self.check_together().map(|()| None)
            }
        }
    }

    fn check_together(self) -> Result<(), Refusal> {
        if self.from.is_some() == self.until.is_some() {
            return Ok(());
        }
        Err(Refusal::model(vec![detail("validFrom and validUntil should be set together.", "")]))
    }

    fn check(
        self,
        from: DateTime<Utc>,
        now: DateTime<Utc>,
        defects: Defects,
    ) -> Result<(), Refusal> {
        self.check_fields(from, now, defects, true)
    }

    fn check_fields(
        self,
        from: DateTime<Utc>,
        now: DateTime<Utc>,
        defects: Defects,
        compare: bool,
    ) -> Result<(), Refusal> {
        let mut details: Vec<ErrorDetail> = Vec::new();
        details.extend(self.from.and_then(|from| fault_of_start(from, now, defects)));
        if details.is_empty() || !defects.has(Defect::OneDetailOnly) {
            details.extend(
                self.until
                    .and_then(|until| fault_of_end(until, compare.then_some(from), now, defects)),
            );
        }
        if details.is_empty() { Ok(()) } else { Err(Refusal::model(details)) }
    }
}

fn default_length(defects: Defects) -> TimeDelta {
    if defects.has(Defect::ShortDefault) { TimeDelta::days(90) } else { longest() }
}

fn later(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn fault_of_start(
    from: DateTime<Utc>,
    now: DateTime<Utc>,
    defects: Defects,
) -> Option<ErrorDetail> {
    if defects.has(Defect::PastStartRefused) && from < now - TimeDelta::minutes(1) {
        return Some(detail("The time range start is in the past.", "ValidFrom"));
    }
    (from > later(now, longest()) && !defects.has(Defect::FarStartAccepted))
        .then(|| detail("Value is incorrect or more than 180 days in the future.", "ValidFrom"))
}

fn fault_of_end(
    until: DateTime<Utc>,
    from: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    defects: Defects,
) -> Option<ErrorDetail> {
    let past = (until <= now && !defects.has(Defect::PastEndAccepted))
        .then(|| detail("The time range end is in the past.", "ValidUntil"));
    let range = from
        .filter(|from| is_wrong_range(*from, until, defects))
        .map(|_| detail("The time range is incorrect, or larger than 180 days.", "ValidUntil"));
    // Recorded: an end in the past wins, even when it lies before the start.
    if defects.has(Defect::RangeBeforePast) { range.or(past) } else { past.or(range) }
}

fn is_wrong_range(from: DateTime<Utc>, until: DateTime<Utc>, defects: Defects) -> bool {
    let length = until - from;
    let backwards = length <= TimeDelta::zero() && !defects.has(Defect::BackwardsAccepted);
    let long = length > longest() && !defects.has(Defect::LongRangeAccepted);
    let exact = length == longest() && defects.has(Defect::ExactRangeRefused);
    backwards || long || exact
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        crate::acs::time::parse("2026-01-01T00:00:00Z").unwrap()
    }

    fn faults<T>(result: Result<T, Refusal>) -> Vec<(String, String)> {
        match result {
            Err(Refusal::Model { error, .. }) => {
                error.details.into_iter().map(|d| (d.message, d.target)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn create(from: Option<i64>, until: Option<i64>) -> Result<Window, Refusal> {
        times(from, until).for_create(now(), Defects::NONE)
    }

    fn times(from: Option<i64>, until: Option<i64>) -> Times {
        let at = |days: i64| now() + TimeDelta::days(days);
        Times { from: from.map(at), until: until.map(at) }
    }

    #[test]
    fn what_is_not_given_is_counted_from_now() {
        let at = |days| now() + TimeDelta::days(days);
        assert_eq!(create(None, None), Ok(Window { from: at(0), until: at(180) }));
        assert_eq!(create(Some(3), None), Ok(Window { from: at(3), until: at(180) }));
        assert_eq!(create(None, Some(3)), Ok(Window { from: at(0), until: at(3) }));
    }

    #[test]
    fn each_fault_has_its_own_detail_and_both_are_told() {
        let range = "The time range is incorrect, or larger than 180 days.";
        let past = "The time range end is in the past.";
        let start = "Value is incorrect or more than 180 days in the future.";
        for (from, until, expected) in [
            (Some(0), Some(181), vec![range]),
            (Some(0), Some(180), vec![]),
            (Some(2), Some(1), vec![range]),
            (Some(1), Some(1), vec![range]),
            (Some(0), Some(-1), vec![past]),
            (Some(-2), Some(-1), vec![past]),
            (None, Some(181), vec![range]),
            (Some(181), None, vec![start]),
            (Some(180), None, vec![]),
            (Some(181), Some(-1), vec![start, past]),
            (Some(181), Some(1), vec![start, range]),
        ] {
            let told: Vec<String> =
                faults(create(from, until)).into_iter().map(|(m, _)| m).collect();
            assert_eq!(told, expected, "{from:?} {until:?}");
        }
    }

    #[test]
    fn a_lone_time_is_refused_by_an_update_once_its_own_check_passes() {
        let update = |from, until| faults(times(from, until).for_update(now(), Defects::NONE));
        let together =
            ("validFrom and validUntil should be set together.".to_owned(), String::new());
        assert_eq!(update(Some(1), None), vec![together.clone()]);
        assert_eq!(update(None, Some(1)), vec![together]);
        assert_eq!(update(Some(200), None).len(), 1);
        assert_eq!(update(Some(200), None)[0].1, "ValidFrom");
        assert_eq!(update(None, Some(-1))[0].1, "ValidUntil");
        assert_eq!(times(None, None).for_update(now(), Defects::NONE), Ok(None));
    }
}
