//! Assumed behaviours, observed on a live target: what nobody knows of the service is asserted
//! against the emulator alone, and only looked at where the service itself answers.

use crate::acs::Mark;
use crate::emulator::behaviour;
use crate::scenario::{ExpectationTemplate, TargetKind};

/// The assumed behaviours that an expectation asserts on the emulator and not on a live
/// target.
pub(super) fn assumed(expectation: &ExpectationTemplate) -> Vec<&str> {
    if expectation.holds_on(TargetKind::Live) {
        return Vec::new();
    }
    let assumed =
        |id: &&String| behaviour::find(id).is_some_and(|behaviour| behaviour.mark == Mark::Assumed);
    expectation.behaviours.iter().filter(assumed).map(String::as_str).collect()
}
