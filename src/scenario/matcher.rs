//! Matchers: pure comparison of what came with what was expected.

/// A matcher with all expressions worked out.
#[derive(Debug, Clone)]
pub struct Matcher;

/// One thing that came and was not what was expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Where the expectation stands in the scenario.
    pub place: super::Place,
    /// Where in the subject, such as `ok.participants[0].role`.
    pub path: String,
    pub expected: serde_json::Value,
    /// `None` when there was nothing there.
    pub actual: Option<serde_json::Value>,
    pub message: String,
}
