//! The emulator's clock: the machine's time, moved; or a standing one. The only place of the
//! emulator in which the machine's time is read.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// What time it is in an emulated world. Clones share one clock.
///
/// Two things are judged by the machine's time whatever this clock says: the freshness of
/// `x-ms-date` and the expiry of bearer tokens. Real SDKs sign with the machine's clock, and they
/// must work in a moved world.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Mutex<Hands>>);

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

    /// Stands at `at` until it is moved.
    pub fn standing(at: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(Hands { standing: Some(at), moved: TimeDelta::zero() })))
    }

    /// The machine's time, for what real clients date by it.
    pub fn machine_now() -> DateTime<Utc> {
        Utc::now()
    }

    /// The world's time.
    pub fn now(&self) -> DateTime<Utc> {
        let hands = self.read();
        hands.standing.unwrap_or_else(|| {
            Utc::now().checked_add_signed(hands.moved).unwrap_or(DateTime::<Utc>::MAX_UTC)
        })
    }

    /// Moves the clock; back with a negative distance. Stops at the ends of representable time.
    pub fn advance(&self, by: TimeDelta) {
        let mut hands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match hands.standing {
            Some(at) => {
                let end = if by < TimeDelta::zero() {
                    DateTime::<Utc>::MIN_UTC
                } else {
                    DateTime::<Utc>::MAX_UTC
                };
                hands.standing = Some(at.checked_add_signed(by).unwrap_or(end));
            }
            None => hands.moved = hands.moved.checked_add(&by).unwrap_or(hands.moved),
        }
    }

    /// Makes the clock stand at `at`.
    pub fn set(&self, at: DateTime<Utc>) {
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
        let clock = Clock::standing(DateTime::<Utc>::MAX_UTC);
        clock.advance(TimeDelta::MAX);
        assert_eq!(clock.now(), DateTime::<Utc>::MAX_UTC);
        clock.set(DateTime::<Utc>::MIN_UTC);
        clock.advance(TimeDelta::MIN);
        assert_eq!(clock.now(), DateTime::<Utc>::MIN_UTC);
    }
}
