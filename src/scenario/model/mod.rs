//! What a scenario file says, read and checked; plain data.

mod asserted;
mod steps;
mod target_kind;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::matcher::ExpectationTemplate;
use super::template::Template;
use super::{Place, Source};
pub use crate::acs::Mark;
use crate::acs::{ApiVersion, Service};

pub use steps::*;
pub use target_kind::TargetKind;

/// A scenario file.
#[derive(Debug)]
pub struct Scenario {
    pub source: Arc<Source>,
    /// The folder below `scenarios/`; `quickstart` for files directly in it.
    pub area: String,
    /// The file's stem: the name that selects the scenario and names its snapshot.
    pub slug: String,
    pub name: String,
    pub about: Option<String>,
    pub evidence: Vec<Evidence>,
    pub service: Service,
    /// At which versions it runs, oldest first; never empty.
    pub api_versions: Vec<ApiVersion>,
    pub tags: Vec<String>,
    /// Where it may run; `emulator` alone unless it says more.
    pub targets: Vec<TargetKind>,
    /// Features that the driver must declare.
    pub requires: Vec<String>,
    /// Wire rules that it exercises.
    pub rules: Vec<String>,
    pub lane: Lane,
    /// Limit for the whole case, cleanup not counted.
    pub timeout: Duration,
    /// Environment variables that `${env.NAME}` may read.
    pub env: Vec<String>,
    /// Constants: `${name}`.
    pub vars: Vec<(String, Located<Value>)>,
    pub emulator: EmulatorOptions,
    /// Faults and scripted answers: scheduled before the first step.
    pub faults: Vec<Located<Fault>>,
    pub deviations: Vec<Deviation>,
    pub print: Option<Print>,
    pub steps: Vec<Step>,
    /// What the emulator must hold when the steps are over (`expect: { state }` of the scenario).
    pub state: Vec<ExpectationTemplate>,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Located<T> {
    pub value: T,
    pub place: Place,
}

/// How sure we are that the service does this, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub mark: Mark,
    pub source: String,
}

#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    #[default]
    Fast,
    Timing,
    Slow,
}

impl Lane {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Timing => "timing",
            Self::Slow => "slow",
        }
    }
}

/// How the case's own emulator is set up; without meaning on a live target.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EmulatorOptions {
    /// Entries (participants) and scanned records (rooms) a page; 30 by default.
    pub page_size: Option<usize>,
    /// Seed of ids, keys and tokens.
    pub seed: Option<u64>,
    /// Where the virtual clock starts, RFC 3339.
    pub clock: Option<String>,
    pub strict: bool,
    /// Continuation tokens with `+`, `/` and percent escapes, as the service's are.
    pub service_like_tokens: bool,
    /// How many resources stand in the world: `${resource.2.…}`; 1 by default.
    pub resources: usize,
    /// `(unknown version, known version)` pairs.
    pub serve_as: Vec<(ApiVersion, ApiVersion)>,
    /// `(operation name or "*", requests, window)`.
    pub rate_limits: Vec<RateLimit>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RateLimit {
    /// A name of the catalogue, or `*` for all together.
    pub operation: String,
    pub requests: u32,
    pub window: Duration,
}

/// A deliberate fault: the n-th request of `operation` meets the n-th fault scheduled for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// A name of the catalogue, or `*` for any request.
    pub operation: String,
    /// How many requests it meets before it is used up; 1 by default.
    pub times: u32,
    /// What happens, in the emulator's own fault grammar (`emulator::faults`).
    pub what: Value,
}

/// A stated difference between targets: what is excused, where and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// JSONPath into the canonical snapshot document.
    pub path: String,
    pub reason: String,
    pub targets: Vec<TargetKind>,
    pub place: Place,
}

/// What a group (a part for `use`) takes and gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GroupContract {
    /// Parameters with their defaults; `None` must be given.
    pub parameters: Vec<(String, Option<Value>)>,
    /// Name → expression over the group's variables.
    pub outputs: Vec<(String, Template)>,
}

/// A `print`: lines and loops of lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Print {
    pub lines: Vec<PrintLine>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum PrintLine {
    Text(Template),
    ForEach { items: Template, variable: String, text: Template },
}
