//! One case, from its first step to its last undoing.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use futures::FutureExt;

use super::carrier::Carrier;
use super::{CaseOptions, StepListener};
use crate::acs::Mask;
use crate::driver::Driver;
use crate::plan::Case;
use crate::target::World;
use crate::transcript::{Ended, Fault, Printed, StepRecord, Transcript};

/// How long a step that is under way may go on once the run is to end.
const GRACE: Duration = Duration::from_secs(2);

/// Carries `case` out in `world` and undoes what it created. Never fails: whatever happens is in
/// the transcript. `step_finished` is called with each step as it ends.
pub async fn run_case(
    case: &Case,
    world: &mut World,
    driver: &mut Driver,
    options: &CaseOptions,
    step_finished: StepListener<'_>,
) -> Transcript {
    let mut transcript = blank(case, world, driver);
    let clock = Instant::now();
    if let Err(error) = driver.begin(&case.name(), world).await {
        transcript.steps = never_reached(case, &[], &error.to_string());
        transcript.ended = error.into_ended();
        return transcript;
    }
    let mut carrier = Carrier::new(case, world, driver, options, step_finished);
    transcript.ended = carry(&mut carrier, &mut transcript.printed).await;
    transcript.steps = carrier.close();
    if transcript.ended == Ended::Completed {
        transcript.expectations = carrier.expectations_of(&case.scenario.state);
    }
    let mut creations = std::mem::take(&mut carrier.creations);
    let in_flight = carrier.driver.take_in_flight();
    let late = world.shut().await;
    creations.note_exchanges(&late, &world.resources, 1);
    if let Some(step) = transcript.steps.last_mut() {
        step.exchanges.extend(late);
    }
    if transcript.ended != Ended::Completed {
        let why = why(&transcript.ended);
        let missing = never_reached(case, &transcript.steps, &why);
        transcript.steps.extend(missing);
    }
    transcript.unconsumed = world.take_unconsumed();
    transcript.state = world.state();
    transcript.duration = clock.elapsed();
    transcript.cleanup = super::cleanup::undo(world, creations, in_flight).await;
    if transcript.ended == Ended::Completed {
        transcript.unconsumed.extend(world.undone_otherwise());
    }
    if let Some(fault) = end(driver, &transcript.ended).await
        && matches!(transcript.ended, Ended::Completed | Ended::Failed)
    {
        transcript.ended = Ended::Implementation(fault);
    }
    transcript
}

/// Ends the case for the driver. An implementation that hangs does not hold up a run that is to end.
async fn end(driver: &mut Driver, ended: &Ended) -> Option<Fault> {
    if *ended == Ended::Interrupted {
        return tokio::time::timeout(GRACE, driver.end()).await.ok().flatten();
    }
    driver.end().await
}

fn blank(case: &Case, world: &World, driver: &Driver) -> Transcript {
    Transcript {
        scenario: case.scenario.clone(),
        api_version: case.api_version.clone(),
        driver: driver.name(),
        target: world.kind,
        repetition: case.repetition,
        started: Utc::now(),
        duration: Duration::ZERO,
        printed: Vec::new(),
        steps: Vec::new(),
        cleanup: Vec::new(),
        unconsumed: Vec::new(),
        state: None,
        expectations: Vec::new(),
        keys: Arc::new(Mask::new(world.keys().iter())),
        ended: Ended::Completed,
    }
}

fn never_reached(case: &Case, ran: &[StepRecord], why: &str) -> Vec<StepRecord> {
    super::not_run::never_reached(&case.scenario.steps, ran, why)
}

/// Runs the steps until they end, the time is up, the run is to end, or something breaks.
async fn carry(carrier: &mut Carrier<'_>, printed: &mut Vec<Printed>) -> Ended {
    let scenario = carrier.case.scenario.clone();
    let options = carrier.options;
    for fault in &scenario.faults {
        if let Err(error) = carrier.world.schedule(&fault.value) {
            return Ended::Harness(error.to_string());
        }
    }
    if let Some(print) = &scenario.print {
        match super::print::printed(print, &mut carrier.scope, &carrier.context) {
            Ok(block) => printed.push(block),
            Err(error) => return Ended::Harness(error.to_string()),
        }
    }
    let limit = options.timeout.unwrap_or(scenario.timeout);
    let ended = {
        let steps = AssertUnwindSafe(carrier.run_steps(&scenario.steps, "")).catch_unwind();
        tokio::select! {
            result = steps => result.err().map(|panic| Ended::Harness(text_of(panic.as_ref()))),
            () = tokio::time::sleep(limit) => Some(Ended::TimedOut { limit }),
            () = interrupted(options) => Some(Ended::Interrupted),
        }
    };
    match ended {
        Some(ended) => ended,
        None if options.interrupt.is_asked() => Ended::Interrupted,
        None => carrier.ended(),
    }
}

async fn interrupted(options: &CaseOptions) {
    options.interrupt.asked().await;
    tokio::time::sleep(GRACE).await;
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("the harness panicked: {}", text.unwrap_or_default())
}

fn why(ended: &Ended) -> String {
    match ended {
        Ended::Completed => String::new(),
        Ended::Failed => "a step before it failed".to_owned(),
        Ended::TimedOut { limit } => {
            format!("the case's limit of {} was up", crate::acs::time::duration_text(*limit))
        }
        Ended::Interrupted => "the run was interrupted".to_owned(),
        Ended::Unreachable(why) | Ended::Harness(why) => why.clone(),
        Ended::Implementation(fault) => fault.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::driver::DriverKind;
    use crate::plan::{BuiltIn, Selection};
    use crate::target::Embedded;
    use crate::transcript::{CleanupResult, StepStatus};

    fn quickstart() -> Case {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.yaml");
        let loaded = crate::scenario::load(&[path]);
        Selection::default().plan(&loaded.scenarios, &BuiltIn).cases.remove(0)
    }

    async fn carried_out(
        options: &CaseOptions,
        listener: StepListener<'_>,
    ) -> (Transcript, serde_json::Value) {
        let case = quickstart();
        let target = Embedded::new().expect("a target");
        let mut world = target.open(&case.scenario.emulator, None).await.expect("a world");
        let mut driver = DriverKind::Wire.start().await.expect("a driver");
        let transcript = run_case(&case, &mut world, &mut driver, options, listener).await;
        let state = world.state().unwrap_or_default();
        (transcript, state)
    }

    #[tokio::test]
    async fn a_panic_in_the_middle_still_undoes_everything() {
        let mut listener = |step: &StepRecord| assert!(step.path != "5", "a fault of the harness");
        let (transcript, state) = carried_out(&CaseOptions::default(), &mut listener).await;
        assert!(matches!(&transcript.ended, Ended::Harness(why) if why.contains("panicked")));
        let deleted = transcript.cleanup.iter().filter(|it| it.result == CleanupResult::Deleted);
        assert_eq!(deleted.count(), 4, "a room and three users");
        assert_eq!(state["rooms"], serde_json::json!([]));
    }

    #[tokio::test]
    async fn an_interrupted_case_runs_no_further_step_and_undoes_everything() {
        let options = CaseOptions::default();
        let interrupt = options.interrupt.clone();
        let mut listener = move |step: &StepRecord| {
            if step.path == "4" {
                interrupt.ask();
            }
        };
        let (transcript, state) = carried_out(&options, &mut listener).await;
        assert_eq!(transcript.ended, Ended::Interrupted);
        let not_run = |step: &&StepRecord| matches!(step.status, StepStatus::NotRun(_));
        assert_eq!(transcript.steps.iter().filter(not_run).count(), 8);
        assert_eq!(transcript.steps.len(), 12);
        assert_eq!(state["rooms"], serde_json::json!([]));
    }

    #[tokio::test]
    async fn undoing_goes_from_the_last_creation_to_the_first() {
        let options = CaseOptions { timeout: Some(Duration::ZERO), ..CaseOptions::default() };
        let (transcript, _) = carried_out(&options, &mut |_| {}).await;
        assert!(matches!(transcript.ended, Ended::TimedOut { .. } | Ended::Completed));
        let (transcript, _) = carried_out(&CaseOptions::default(), &mut |_| {}).await;
        let kinds: Vec<_> = transcript.cleanup.iter().map(|it| it.kind.name()).collect();
        assert_eq!(kinds, ["room", "user", "user", "user"]);
        assert_eq!(transcript.cleanup[0].result, CleanupResult::AlreadyGone);
    }
}
