//! One case, from its first step to its last undoing.

use chrono::Utc;

use super::CaseOptions;
use crate::driver::Driver;
use crate::plan::Case;
use crate::target::World;
use crate::transcript::{Ended, StepRecord, Transcript};

/// Carries `case` out in `world` and undoes what it created. Never fails: whatever happens is in
/// the transcript. `step_finished` is called with each step as it ends.
pub async fn run_case(
    case: &Case,
    world: &mut World,
    driver: &mut Driver,
    options: &CaseOptions,
    step_finished: &mut (dyn FnMut(&StepRecord) + Send),
) -> Transcript {
    let _ = (options, step_finished);
    Transcript {
        scenario: case.scenario.clone(),
        api_version: case.api_version.clone(),
        driver: driver.name(),
        target: world.kind,
        repetition: case.repetition,
        started: Utc::now(),
        duration: std::time::Duration::ZERO,
        printed: Vec::new(),
        steps: Vec::new(),
        cleanup: Vec::new(),
        unconsumed: Vec::new(),
        state: None,
        ended: Ended::Harness("not wired yet".to_owned()),
    }
}
