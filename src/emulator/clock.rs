//! The emulator's clock: the machine's time, moved; or a standing one. The only place of the
//! emulator in which the machine's time is read.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// What time it is in an emulated world. Clones share one clock.
///
/// Two things are judged by the machine's time whatever this clock says: the freshness of
/// `x-ms-date` and the expiry of bearer tokens. Real SDKs sign with the machine's clock, and they
/// must work in a moved world.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Mutex<Hands>>);

/// The end of the world, 9999-01-01: what is computed from now (a room's last possible end is 360
/// days away) still has a year of four digits.
const LAST: i64 = 253_370_764_800;
/// The first year of four digits, 0001-01-01.
const FIRST: i64 = -62_135_596_800;

/// A time at which no clock of a world can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a clock can be from 0001-01-01T00:00:00Z to 9999-01-01T00:00:00Z")]
pub struct OutOfTime;

/// Both hands change together, hence one lock.
#[derive(Debug, Clone, Copy)]
struct Hands {
    /// Where a standing clock stands; `None` follows the machine.
    standing: Option<DateTime<Utc>>,
    /// How far a following clock was moved.
    moved: TimeDelta,
}

impl Clock {
    /// Follows the machine's time.
    pub fn machine() -> Self {
        Self(Arc::new(Mutex::new(Hands { standing: None, moved: TimeDelta::zero() })))
    }

    /// Stands at `at` until it is moved; at the nearest end of [`Clock::range`] when it lies beyond.
    pub fn standing(at: DateTime<Utc>) -> Self {
        let clock = Self::machine();
        clock.set(at);
        clock
    }

    /// From when to when a clock can be.
    /// Further out, times would have years that nobody can write.
    pub fn range() -> RangeInclusive<DateTime<Utc>> {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        at(FIRST)..=at(LAST)
    }

    /// The machine's time, for what real clients date by it.
    pub fn machine_now() -> DateTime<Utc> {
        Utc::now()
    }

    /// The world's time.
    pub fn now(&self) -> DateTime<Utc> {
        let hands = self.read();
        hands.standing.unwrap_or_else(|| moved(Utc::now(), hands.moved))
    }

    /// Moves the clock; back with a negative distance. Stops at the ends of [`Clock::range`].
    pub fn advance(&self, by: TimeDelta) {
        let mut hands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match hands.standing {
            Some(at) => hands.standing = Some(moved(at, by)),
            None => {
                let now = Utc::now();
                hands.moved = moved(moved(now, hands.moved), by) - now;
            }
        }
    }

    /// Moves the clock, but not beyond [`Clock::range`].
    ///
    /// # Errors
    ///
    /// It would be beyond; it is not moved then.
    pub fn try_advance(&self, by: TimeDelta) -> Result<(), OutOfTime> {
        let end = self.now().checked_add_signed(by);
        end.filter(|end| Self::range().contains(end)).ok_or(OutOfTime)?;
        self.advance(by);
        Ok(())
    }

    /// Makes the clock stand at `at`, or at the nearest end of [`Clock::range`].
    pub fn set(&self, at: DateTime<Utc>) {
        let at = at.clamp(*Self::range().start(), *Self::range().end());
        let mut hands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *hands = Hands { standing: Some(at), moved: TimeDelta::zero() };
    }

    /// Makes the clock follow the machine's time again, unmoved.
    pub fn follow_machine(&self) {
        let mut hands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *hands = Hands { standing: None, moved: TimeDelta::zero() };
    }

    /// Whether time stands still between two moves.
    pub fn stands(&self) -> bool {
        self.read().standing.is_some()
    }

    fn read(&self) -> Hands {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `at`, so much later, but no further than a clock can be.
fn moved(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    let range = Clock::range();
    let end = if by < TimeDelta::zero() { range.start() } else { range.end() };
    at.checked_add_signed(by).unwrap_or(*end).clamp(*range.start(), *range.end())
}

impl Default for Clock {
    fn default() -> Self {
        Self::machine()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_year() -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_225_600, 0).unwrap()
    }

    #[test]
    fn a_standing_clock_moves_only_when_told_to() {
        let clock = Clock::standing(new_year());
        assert_eq!(clock.now(), clock.now());
        clock.advance(TimeDelta::minutes(5));
        assert_eq!(clock.now(), new_year() + TimeDelta::minutes(5));
        clock.advance(-TimeDelta::minutes(10));
        assert_eq!(clock.now(), new_year() - TimeDelta::minutes(5));
    }

    #[test]
    fn a_following_clock_keeps_its_distance_from_the_machine() {
        let clock = Clock::machine();
        clock.advance(TimeDelta::days(30));
        let ahead = clock.now() - Utc::now();
        assert!((ahead - TimeDelta::days(30)).abs() < TimeDelta::seconds(5), "{ahead}");
        clock.follow_machine();
        assert!((clock.now() - Utc::now()).abs() < TimeDelta::seconds(5));
    }

    #[test]
    fn clones_are_the_same_clock() {
        let clock = Clock::machine();
        let same = clock.clone();
        clock.set(new_year());
        assert_eq!(same.now(), new_year());
        assert!(same.stands());
    }

    #[test]
    fn moving_past_the_end_of_time_stops_there() {
        let (first, last) = Clock::range().into_inner();
        let clock = Clock::standing(DateTime::<Utc>::MAX_UTC);
        assert_eq!(clock.now(), last);
        clock.advance(TimeDelta::MAX);
        assert_eq!(clock.now(), last);
        clock.set(DateTime::<Utc>::MIN_UTC);
        clock.advance(TimeDelta::MIN);
        assert_eq!(clock.now(), first);
        clock.follow_machine();
        clock.advance(TimeDelta::MAX);
        assert_eq!(clock.now(), last);
        assert_eq!(clock.try_advance(TimeDelta::seconds(1)), Err(OutOfTime));
        clock.advance(TimeDelta::MIN);
        assert!(clock.now() - first < TimeDelta::seconds(5));
    }
}
