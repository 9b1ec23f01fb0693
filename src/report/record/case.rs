//! What a report keeps of a case: its beginning, its rules and its verdict.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{CaseKey, ExchangeEntry, Implementation, PlaceEntry, Status};

/// A case began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseStart {
    pub case: CaseKey,
    pub scenario: ScenarioEntry,
    pub implementation: Implementation,
    pub target: String,
    pub started: DateTime<Utc>,
}

/// What a scenario says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScenarioEntry {
    pub name: String,
    pub area: String,
    pub slug: String,
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    pub place: PlaceEntry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// `(mark, source)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lane: String,
}

/// What one wire rule said of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleEntry {
    pub case: CaseKey,
    /// Such as `AUTH-3`.
    pub rule: String,
    pub status: Status,
    /// How often something happened that it could look at.
    pub exercised: u64,
    /// What was wrong, or observed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// The baseline's entry that expects this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineEntry>,
}

/// Something a rule noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub message: String,
    /// Digests of the exchanges that show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// How a verdict stands to the baseline of its implementation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineEntry {
    /// Whether the baseline expected it; a stale entry expected something that did not happen.
    pub expected: bool,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A case ended and was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseEntry {
    pub case: CaseKey,
    /// The whole verdict.
    pub status: Status,
    /// What came out at the interface: outcomes, expectations, snapshot.
    pub interface: Status,
    /// What the wire rules said.
    pub wire: Status,
    /// Why it is as it is, where that is not told by the failures: not applicable, timed out, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<FailedExpectation>,
    #[serde(default)]
    pub snapshot: SnapshotEntry,
    /// Faults that were scheduled and met nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unconsumed: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleanup: Vec<CleanupEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineEntry>,
    /// Further remarks: deviations that excused something, assumptions confirmed, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// What the scenario printed before its first step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub printed: Vec<String>,
    /// What the case alone would have made the process exit with.
    pub exit: u8,
    /// The command that runs this case alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rerun: String,
    pub started: DateTime<Utc>,
    #[serde(rename = "durationUs")]
    pub duration_us: u64,
}

/// An expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedExpectation {
    /// Path of the step; `None` for what the scenario as a whole expects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    pub place: PlaceEntry,
    /// Where in the subject, such as `exchange.headers.location`.
    pub path: String,
    pub expected: String,
    pub actual: String,
    pub message: String,
    /// The source line at `place`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// How the outcome compares with the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum SnapshotEntry {
    /// Nobody looked, or the case ended before it could be compared.
    #[default]
    NotCompared,
    Same,
    /// There is none yet.
    Missing,
    /// Written by this run.
    Written,
    Differs {
        file: String,
        expected: String,
        actual: String,
    },
}

/// One undoing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CleanupEntry {
    /// `room` or `user`.
    pub kind: String,
    pub id: String,
    pub result: CleanupState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<ExchangeEntry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CleanupState {
    Deleted,
    AlreadyGone,
    Leaked,
    Unaccounted,
}

impl CleanupState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::AlreadyGone => "already gone",
            Self::Leaked => "leaked",
            Self::Unaccounted => "unaccounted",
        }
    }

    /// Whether it may still exist.
    pub const fn is_leak(self) -> bool {
        matches!(self, Self::Leaked | Self::Unaccounted)
    }
}
