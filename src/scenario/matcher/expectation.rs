//! What a step must come to: as written, and as worked out.

use serde_json::Value;

use super::super::Place;
use super::super::template::{Context, ExpressionError, Scope};
use super::{Matcher, MatcherTemplate, Mismatch, Test, mismatch};
use crate::scenario::TargetKind;

/// One entry of `expect`, as written; its matchers may hold expressions.
#[derive(Debug, Clone)]
pub struct ExpectationTemplate {
    pub place: Place,
    /// Where it holds; everywhere when empty.
    pub targets: Vec<TargetKind>,
    /// Ids of the behaviours that this entry asserts: its own, else those of its step.
    pub behaviours: Vec<String>,
    /// The subject that is matched, with the written matcher.
    pub subjects: Vec<(Subject, MatcherTemplate)>,
}

/// An expectation with all expressions worked out.
#[derive(Debug, Clone)]
pub struct Expectation {
    pub place: Place,
    pub behaviours: Vec<String>,
    pub subjects: Vec<(Subject, Matcher)>,
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

impl Subject {
    pub const ALL: [Self; 5] =
        [Self::Ok, Self::Error, Self::Exchange, Self::Exchanges, Self::State];

    /// Its key in `expect`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Exchange => "exchange",
            Self::Exchanges => "exchanges",
            Self::State => "state",
        }
    }
}

/// What a step came to, as JSON. `None` where there is none; what no expectation
/// [names](Expectation::names) need not be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subjects<'a> {
    /// The value of a success, null for operations that give none.
    pub ok: Option<&'a Value>,
    /// The failure, of which there is one exactly when there is no success.
    pub error: Option<&'a Value>,
    pub exchange: Option<&'a Value>,
    pub exchanges: Option<&'a Value>,
    pub state: Option<&'a Value>,
}

impl ExpectationTemplate {
    /// Takes on what its step asserts, unless it names behaviours of its own.
    pub fn assert(&mut self, behaviours: &[String]) {
        if self.behaviours.is_empty() {
            self.behaviours = behaviours.to_vec();
        }
    }

    /// Whether it holds on this target.
    pub fn holds_on(&self, target: TargetKind) -> bool {
        self.targets.is_empty() || self.targets.contains(&target)
    }

    /// Works the expressions out.
    ///
    /// # Errors
    ///
    /// As [`MatcherTemplate::resolve`].
    pub fn resolve(
        &self,
        scope: &Scope,
        context: &Context,
    ) -> Result<Expectation, ExpressionError> {
        Ok(Expectation {
            place: self.place.clone(),
            behaviours: self.behaviours.clone(),
            subjects: self
                .subjects
                .iter()
                .map(|(subject, matcher)| Ok((*subject, matcher.resolve(scope, context)?)))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Works the expressions out as far as it goes: see [`MatcherTemplate::resolve_all`].
    pub fn resolve_all(&self, scope: &Scope, context: &Context) -> Expectation {
        let resolved = |(subject, matcher): &(Subject, MatcherTemplate)| {
            (*subject, matcher.resolve_all(scope, context))
        };
        Expectation {
            place: self.place.clone(),
            behaviours: self.behaviours.clone(),
            subjects: self.subjects.iter().map(resolved).collect(),
        }
    }
}

impl Expectation {
    /// Whether it looks at this subject.
    pub fn names(&self, subject: Subject) -> bool {
        self.subjects.iter().any(|(named, _)| *named == subject)
    }

    /// Whether it looks at this member of the subject: only an object of matchers leaves any out.
    pub fn looks_at(&self, subject: Subject, member: &str) -> bool {
        self.subjects.iter().any(|(named, matcher)| {
            *named == subject
                && match &matcher.test {
                    Test::Object(members) => members.iter().any(|(name, _)| name == member),
                    _ => true,
                }
        })
    }

    /// Everything that is not as expected; nothing when all is well.
    pub fn judge(&self, subjects: &Subjects<'_>) -> Vec<Mismatch> {
        let mut mismatches = Vec::new();
        for (subject, matcher) in &self.subjects {
            let actual = match subject {
                Subject::Ok => subjects.ok,
                Subject::Error => subjects.error,
                Subject::Exchange => subjects.exchange,
                Subject::Exchanges => subjects.exchanges,
                Subject::State => subjects.state,
            };
            match (subject, actual) {
                (Subject::Ok, None) if subjects.error.is_some() => {
                    mismatches.push(instead(matcher, "ok", "a success", subjects.error));
                }
                (Subject::Error, None) if subjects.ok.is_some() => {
                    mismatches.push(instead(matcher, "error", "an error", subjects.ok));
                }
                _ => matcher.judge(subject.name(), actual, &mut mismatches),
            }
        }
        mismatches
    }
}

/// A success where an error was expected, or the reverse.
fn instead(matcher: &Matcher, path: &str, wanted: &str, came: Option<&Value>) -> Mismatch {
    let what = came.map_or_else(|| "nothing".to_owned(), mismatch::describe);
    let came_as = if path == "ok" { "failed with" } else { "succeeded with" };
    Mismatch {
        place: matcher.place.clone(),
        path: path.to_owned(),
        expected: matcher.to_value(),
        actual: came.cloned(),
        message: format!("expected {wanted}, but the step {came_as} {what}"),
    }
}
