//! What a report keeps of a step.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{CaseKey, ExchangeEntry};

/// A step as it ran, or did not. How it was judged stands in the case's entry, since that comes
/// later; until then [`StepEntry::state`] is all that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepEntry {
    pub case: CaseKey,
    /// Where in the scenario, loops and groups spelt out.
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub name: String,
    /// The operation's name, `GET /rooms`, `advance 5m`.
    pub action: String,
    pub place: PlaceEntry,
    /// The step's one instant.
    pub now: DateTime<Utc>,
    pub state: StepState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<ExchangeEntry>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub printed: Vec<String>,
    pub started: DateTime<Utc>,
    #[serde(rename = "durationUs")]
    pub duration_us: u64,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlaceEntry {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl std::fmt::Display for PlaceEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Whether a step ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "why", rename_all = "kebab-case")]
pub enum StepState {
    Ran,
    /// Could not be carried out at all.
    Broken(String),
    /// Never reached, or for another target.
    NotRun(String),
}

/// What an operation came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeEntry {
    Ok(Value),
    Error(FailureEntry),
    Unsupported { feature: String, reason: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureEntry {
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub message: String,
    #[serde(rename = "requestId", default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Type and text of the implementation's own error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<(String, String)>,
}
