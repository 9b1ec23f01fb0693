//! A step as a report keeps it.

use super::Redaction;
use super::exchange::{exchange_entry, micros};
use crate::report::record::{
    CaseKey, FailureEntry, OutcomeEntry, PlaceEntry, StepEntry, StepState,
};
use crate::scenario::Place;
use crate::transcript::{Failure, Outcome, Printed, StepRecord, StepStatus};

/// Describes a step, without its secrets.
pub fn step_entry(case: &CaseKey, step: &StepRecord, redaction: &Redaction) -> StepEntry {
    StepEntry {
        case: case.clone(),
        path: step.path.clone(),
        id: step.id.clone(),
        name: redaction.text(&step.name),
        action: redaction.text(&step.action),
        place: place_entry(&step.place),
        now: step.now,
        state: match &step.status {
            StepStatus::Ran => StepState::Ran,
            StepStatus::Broken(why) => StepState::Broken(redaction.text(why)),
            StepStatus::NotRun(why) => StepState::NotRun(redaction.text(why)),
        },
        outcome: step.outcome.as_ref().map(|outcome| outcome_entry(outcome, redaction)),
        exchanges: step.exchanges.iter().map(|one| exchange_entry(one, redaction)).collect(),
        variables: step
            .variables
            .iter()
            .map(|(name, value)| (name.clone(), redaction.value(value)))
            .collect(),
        printed: printed_lines(&step.printed, redaction),
        started: step.started,
        duration_us: micros(step.duration),
    }
}

fn outcome_entry(outcome: &Outcome, redaction: &Redaction) -> OutcomeEntry {
    match outcome {
        Outcome::Ok(value) => OutcomeEntry::Ok(redaction.value(value)),
        Outcome::Err(failure) => OutcomeEntry::Error(failure_entry(failure, redaction)),
        Outcome::Unsupported { feature, reason } => OutcomeEntry::Unsupported {
            feature: redaction.text(feature),
            reason: redaction.text(reason),
        },
    }
}

fn failure_entry(failure: &Failure, redaction: &Redaction) -> FailureEntry {
    FailureEntry {
        kind: failure.kind.name().to_owned(),
        status: failure.status,
        code: failure.code.as_ref().map(|code| redaction.text(code)),
        message: redaction.text(&failure.message),
        request_id: failure.request_id.as_ref().map(|id| redaction.text(id)),
        native: failure
            .native
            .as_ref()
            .map(|native| (redaction.text(&native.r#type), redaction.text(&native.text))),
    }
}

/// The lines of some blocks, a blank one before each block.
pub fn printed_lines(blocks: &[Printed], redaction: &Redaction) -> Vec<String> {
    let mut lines = Vec::new();
    for block in blocks {
        lines.push(String::new());
        lines.extend(block.lines.iter().map(|line| redaction.text(line)));
    }
    lines
}

/// The file, with `/` between its parts, and the line of a place.
pub fn place_entry(place: &Place) -> PlaceEntry {
    PlaceEntry {
        file: place.source.path.to_string_lossy().replace('\\', "/"),
        line: place.line,
        column: place.column,
    }
}
