//! What a step must come to: as written, and as worked out.

use super::super::Place;
use super::Template;
use crate::transcript::TargetKind;

/// One entry of `expect`, as written; its matchers may hold expressions.
#[derive(Debug, Clone)]
pub struct ExpectationTemplate {
    pub place: Place,
    /// Where it holds; everywhere unless it says.
    pub targets: Vec<TargetKind>,
    /// Behaviour ids that this entry asserts.
    pub behaviours: Vec<String>,
    /// The subject that is matched, with the written matcher.
    pub subjects: Vec<(Subject, Template)>,
}

/// An expectation with all expressions worked out.
#[derive(Debug, Clone)]
pub struct Expectation {
    pub place: Place,
    pub behaviours: Vec<String>,
    pub subjects: Vec<(Subject, super::super::matcher::Matcher)>,
}

/// What a matcher looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The value of a successful outcome.
    Ok,
    /// `{ kind, status, code, message }` of a failed one.
    Error,
    /// The last exchange: `{ status, headers, body, request: { method, path, query, headers, body } }`.
    Exchange,
    /// All exchanges of the step, a list.
    Exchanges,
    /// What the emulator holds.
    State,
}
