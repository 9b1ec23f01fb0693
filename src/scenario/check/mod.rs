//! What can be known of a whole scenario before anything is sent: names and variables.

mod names;
mod variables;
mod walk;

use super::model::{Part, Scenario};
use super::{Diagnostic, Place};

/// Everything that is wrong with names and variables of a scenario.
pub(super) fn scenario(scenario: &Scenario) -> Vec<Diagnostic> {
    variables::of_scenario(scenario)
}

/// The same of a part, which sees nothing but its parameters.
pub(super) fn part(part: &Part, place: &Place) -> Vec<Diagnostic> {
    variables::of_part(part, place)
}
