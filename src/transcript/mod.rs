//! What happened, as plain data. Judging, snapshots and reports are pure functions of it.

pub mod cleanup;
pub mod exchange;
pub mod fault;
pub mod implementation;
pub mod outcome;
pub mod probes;
pub mod step;
pub mod traffic;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::acs::{ApiVersion, Mask};
use crate::scenario::Scenario;

pub use crate::scenario::TargetKind;
pub use cleanup::{Cleanup, CleanupResult, ResourceKind};
pub use exchange::{Attempt, Exchange, Headers, Observer, Received, Sent};
pub use fault::{Fault, FaultKind};
pub use implementation::Implementation;
pub use outcome::{ErrorKind, Failure, Outcome};
pub use probes::Probes;
pub use step::{Called, Disclosure, Printed, StepRecord, StepStatus};
pub use traffic::Traffic;

/// Everything that happened in one case. It always comes into being, whatever failed.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// The scenario with its text and places.
    pub scenario: Arc<Scenario>,
    pub api_version: ApiVersion,
    /// Who carried it out: `wire`, or the SDK's name, version and runtime.
    pub driver: String,
    /// Where: `emulator` or `live`.
    pub target: TargetKind,
    /// Which of the run's repetitions this is, from 1.
    pub repetition: u32,
    pub started: DateTime<Utc>,
    pub duration: Duration,
    /// What the scenario itself prints before its first step.
    pub printed: Vec<Printed>,
    /// In the order in which they ran; steps never reached come last, as [`StepStatus::NotRun`].
    pub steps: Vec<StepRecord>,
    pub cleanup: Vec<Cleanup>,
    /// Faults and scripted answers that were scheduled and met nothing.
    pub unconsumed: Vec<String>,
    /// What the emulator held when the steps were over, before cleanup (`expect.state`).
    pub state: Option<serde_json::Value>,
    /// What the scenario expects of that state, worked out.
    pub expectations: Vec<crate::scenario::Expectation>,
    /// Finds the keys of the case's resources, in whatever spelling; prints none of them.
    pub keys: Arc<Mask>,
    pub ended: Ended,
}

impl Transcript {
    /// `<area>::<slug>::<api-version>`, as plan and reports name the case.
    pub fn case_name(&self) -> String {
        let Scenario { area, slug, .. } = &*self.scenario;
        format!("{area}::{slug}::{}", self.api_version)
    }
}

/// How a case came to its end. Only [`Ended::Completed`] can be green.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// All steps ran.
    Completed,
    /// A step did not meet its expectations, and the case stopped there.
    Failed,
    /// The case's own time limit passed.
    TimedOut { limit: Duration },
    /// A signal ended the run.
    Interrupted,
    /// The target or the implementation could not be reached or started; the text says why.
    Unreachable(String),
    /// The implementation under test failed as a process: crashed, hung, broke the protocol.
    Implementation(Fault),
    /// The harness itself broke; the text says how.
    Harness(String),
}
