//! What one step of a case did.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Exchange, Outcome};
use crate::scenario::{Expectation, Place};

/// A step as it ran, or did not.
#[derive(Debug, Clone)]
pub struct StepRecord {
    /// Where in the scenario, loops and groups spelt out: `4`, `2[role=Presenter]`, `1.users.3`.
    pub path: String,
    /// The step's `id`, if it has one.
    pub id: Option<String>,
    /// What the step is called in reports: its `name`, else its operation.
    pub name: String,
    /// What it does: the operation's name, `GET /rooms`, `advance 5m`.
    pub action: String,
    /// Where the step stands in its file.
    pub place: Place,
    /// The step's one instant: `now` in its expressions, in whole milliseconds.
    pub now: DateTime<Utc>,
    pub status: StepStatus,
    /// After `keep`. `None` for steps without one (`advance`, not run).
    pub outcome: Option<Outcome>,
    /// All of them, in order: pages, retries, the polls of a `wait`.
    pub exchanges: Vec<Exchange>,
    /// The step's expectations with all expressions worked out, so that they can be judged again
    /// from the transcript alone. Those for other targets are left out.
    pub expectations: Vec<Expectation>,
    /// Names and values that its expressions could see, for the report of a failure.
    pub variables: Map<String, Value>,
    pub printed: Vec<Printed>,
    pub started: DateTime<Utc>,
    pub duration: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepStatus {
    Ran,
    /// Could not be carried out at all, for the reason given: an expression without a value, an
    /// argument of the wrong type. Always red.
    Broken(String),
    /// Never reached, or for another target; never green.
    NotRun(String),
}

/// A block that a scenario prints; reports put a blank line before each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    pub lines: Vec<String>,
}
