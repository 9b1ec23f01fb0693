//! What can be known of a whole scenario before anything is sent: names, variables, resources.

mod names;
mod resources;
mod variables;
mod walk;

use super::model::{Part, Scenario};
use super::{Diagnostic, Place};

/// Everything that is wrong with names, variables and resources of a scenario.
pub(super) fn scenario(scenario: &Scenario) -> Vec<Diagnostic> {
    let mut found = variables::of_scenario(scenario);
    found.extend(resources::of_scenario(scenario));
    found
}

/// The same of a part, which sees nothing but its parameters.
pub(super) fn part(part: &Part, place: &Place) -> Vec<Diagnostic> {
    variables::of_part(part, place)
}
