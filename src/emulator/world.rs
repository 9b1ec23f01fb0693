//! What the resources of one emulator share.

use super::clock::Clock;
use super::faults::Faults;
use super::journal::Journal;

/// Clock, faults and journal of an emulator.
#[derive(Debug)]
pub(super) struct World {
    pub clock: Clock,
    pub faults: Faults,
    pub journal: Journal,
}
