//! What one step of a case did.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Exchange, Headers, Outcome};
use crate::acs::{ApiVersion, Operation};
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
    /// What was called, with which arguments and options. `None` for raw requests, for steps
    /// without an operation, and for traffic of a program that nobody told what to do.
    pub call: Option<Called>,
    /// A `request` step: the harness's own bytes, which no rule judges.
    pub raw: bool,
    /// What the implementation let see beside the outcome.
    pub disclosed: Disclosure,
    /// After `keep`. `None` for steps without one (`advance`, not run).
    pub outcome: Option<Outcome>,
    /// All of them, in order: pages, retries, the polls of a `wait`.
    pub exchanges: Vec<Exchange>,
    /// Of a `wait`: the place among `exchanges` at which each time of asking began. What came
    /// before is no attempt at the same.
    pub asked: Vec<usize>,
    /// The step's expectations with all expressions worked out, so that they can be judged again
    /// from the transcript alone. Those for other targets are left out.
    pub expectations: Vec<Expectation>,
    /// Why the step asserts nothing; then any outcome will do.
    pub unasserted: Option<String>,
    /// What a reader should know beside: how often a `wait` asked.
    pub note: Option<String>,
    /// What the emulator held after the step, where an expectation looks at it.
    pub state: Option<Value>,
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

/// A call of the catalogue as the driver was asked to do it.
#[derive(Debug, Clone, PartialEq)]
pub struct Called {
    pub operation: Operation,
    /// Absent, null and a value are three different things.
    pub arguments: Map<String, Value>,
    pub api_version: ApiVersion,
    /// Client and call options of the step, empty where it has none.
    pub options: Map<String, Value>,
}

/// What an implementation lets its caller see beside the value: its log, the answer's headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disclosure {
    /// Lines of its own log, in order (feature `log-capture`).
    pub logs: Vec<String>,
    /// Headers of the last answer, as it exposes them (feature `raw-response`).
    pub headers: Option<Headers>,
    /// The implementation's own types of members of the value, by path (`validFrom` → `str`).
    pub types: BTreeMap<String, String>,
}
