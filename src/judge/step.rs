//! One step, judged from its record alone.

use super::subjects::Prepared;
use super::{StepResult, StepVerdict};
use crate::scenario::matcher::Mismatch;
use crate::scenario::{Expectation, Subject};
use crate::transcript::{ErrorKind, Failure, Outcome, StepRecord, StepStatus};

/// Judges a step: all of its expectations, not the first alone.
pub fn step(record: &StepRecord) -> StepVerdict {
    match &record.status {
        StepStatus::NotRun(why) => verdict(StepResult::NotRun, Vec::new(), Some(why.clone())),
        StepStatus::Broken(why) => verdict(StepResult::Failed, Vec::new(), Some(why.clone())),
        StepStatus::Ran => ran(record),
    }
}

fn ran(record: &StepRecord) -> StepVerdict {
    let mut mismatches = mismatches(record, &record.expectations);
    if let (Some(Outcome::Err(failure)), Some(first)) = (&record.outcome, mismatches.first_mut()) {
        name_the_cause(failure, first);
    }
    let why = unexpected(record).filter(|_| mismatches.is_empty());
    let green = mismatches.is_empty() && why.is_none();
    verdict(if green { StepResult::Passed } else { StepResult::Failed }, mismatches, why)
}

/// Where no answer came, what was expected of it is absent, and that is not why the step failed.
fn name_the_cause(failure: &Failure, mismatch: &mut Mismatch) {
    let shown = |value: &serde_json::Value| {
        value.get("message").and_then(serde_json::Value::as_str) == Some(failure.message.as_str())
    };
    let told = mismatch.actual.as_ref().is_some_and(shown);
    if failure.kind != ErrorKind::Http && !told && !mismatch.message.contains(&failure.message) {
        mismatch.message.push_str(&format!("; the step failed with {}", words(failure)));
    }
}

/// All that is not as `expectations` say.
pub fn mismatches(record: &StepRecord, expectations: &[Expectation]) -> Vec<Mismatch> {
    let prepared = Prepared::new(record, expectations);
    let subjects = prepared.subjects();
    expectations.iter().flat_map(|one| one.judge(&subjects)).collect()
}

/// A failure that no expectation speaks of: it would be green otherwise.
fn unexpected(record: &StepRecord) -> Option<String> {
    match &record.outcome {
        Some(Outcome::Unsupported { feature, reason }) => {
            Some(format!("the driver cannot do this (`{feature}`): {reason}"))
        }
        Some(Outcome::Err(failure)) if record.unasserted.is_none() && !speaks(record) => {
            Some(format!("it failed, and nothing expects that: {}", words(failure)))
        }
        _ => None,
    }
}

fn speaks(record: &StepRecord) -> bool {
    record.expectations.iter().flat_map(|one| &one.subjects).any(|(subject, _)| {
        matches!(subject, Subject::Error | Subject::Exchange | Subject::Exchanges)
    })
}

/// A failure in one line.
pub fn words(failure: &Failure) -> String {
    let mut text = failure.kind.name().to_owned();
    if let Some(status) = failure.status {
        text.push_str(&format!(" {status}"));
    }
    if let Some(code) = &failure.code {
        text.push_str(&format!(" {code}"));
    }
    format!("{text}: {}", failure.message)
}

const fn verdict(
    result: StepResult,
    mismatches: Vec<Mismatch>,
    why: Option<String>,
) -> StepVerdict {
    StepVerdict { result, mismatches, why }
}
