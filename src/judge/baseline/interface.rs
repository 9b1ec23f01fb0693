//! What went wrong at the interface of a case, text by text: each must be known, or something new
//! would hide behind what is.

use std::collections::HashMap;

use super::Mode;
use crate::judge::{Problem, SnapshotVerdict, StepResult, Verdict};
use crate::scenario::matcher::Subject;
use crate::transcript::{Ended, FaultKind, Outcome, StepRecord, Transcript};

/// Way and words of what went wrong: process, steps, snapshot, problems. Leaks are nobody's known
/// failure.
pub fn wrong(transcript: &Transcript, verdict: &Verdict) -> Option<(Mode, Vec<String>)> {
    let mut texts = Vec::new();
    let mut mode = Mode::Fails;
    if let Ended::Implementation(fault) = &transcript.ended {
        texts.push(fault.message.clone());
        if fault.kind != FaultKind::Refused {
            mode = Mode::Crashes;
        }
    }
    let (failed, causes) = steps(transcript, verdict);
    texts.extend(failed);
    if let SnapshotVerdict::Differs { expected, actual, .. } = &verdict.snapshot {
        let lines = differences(expected, actual);
        texts.extend(lines.iter().map(|line| with(line, &causes)));
    }
    // That the process ended is told above, in its own words.
    let told = !texts.is_empty() && mode == Mode::Crashes;
    texts.extend(verdict.problems.iter().filter_map(|one| problem(one, told)));
    (!texts.is_empty()).then_some((mode, texts))
}

/// What failed steps say, each with what the SDK said, which may be all that is telling; and all
/// errors that nothing asked for: what comes after a step, and the snapshot, may suffer from them.
fn steps(transcript: &Transcript, verdict: &Verdict) -> (Vec<String>, Vec<String>) {
    let mut texts = Vec::new();
    let mut causes: Vec<String> = Vec::new();
    for (step, judged) in transcript.steps.iter().zip(&verdict.steps) {
        let failed = judged.result == StepResult::Failed;
        let cause = cause(step, failed);
        if failed {
            let own = cause.as_slice();
            let all = [causes.as_slice(), own].concat();
            let told = judged.mismatches.iter().map(|mismatch| mismatch.message.as_str());
            let told: Vec<&str> = told.chain(judged.why.as_deref()).collect();
            let suffers = |text: &str| text.contains("has no value");
            texts
                .extend(told.iter().map(|text| with(text, if suffers(text) { &all } else { own })));
            if told.is_empty() {
                texts.push(with("the step failed", &all));
            }
        }
        causes.extend(cause);
    }
    (texts, causes)
}

/// The error that a step came to, unless it is the one that was expected.
fn cause(step: &StepRecord, failed: bool) -> Option<String> {
    let asks = |subject: &Subject| *subject == Subject::Error;
    let mut subjects = step.expectations.iter().flat_map(|one| &one.subjects);
    match &step.outcome {
        Some(Outcome::Err(failure)) if failed || !subjects.any(|(subject, _)| asks(subject)) => {
            Some(format!("{}: {}", step.path, crate::judge::words(failure)))
        }
        _ => None,
    }
}

fn with(text: &str, causes: &[String]) -> String {
    let mut whole = text.to_owned();
    for cause in causes {
        whole.push('\n');
        whole.push_str(cause);
    }
    whole
}

/// Each line that only one of the two holds. Nothing that all say alike is long: it would excuse
/// any difference.
fn differences(expected: &str, actual: &str) -> Vec<String> {
    let lines = |sign: char, text: &str, other: &str| -> Vec<String> {
        let mut left: HashMap<&str, usize> = HashMap::new();
        other.lines().for_each(|line| *left.entry(line).or_default() += 1);
        let only = text.lines().filter(|line| match left.get_mut(line) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
        only.map(|line| format!("snapshot {sign} {}", line.trim())).collect()
    };
    let mut all = lines('-', expected, actual);
    all.extend(lines('+', actual, expected));
    if all.is_empty() {
        all.push("snapshot: other order of lines".to_owned());
    }
    all
}

fn problem(problem: &Problem, told: bool) -> Option<String> {
    match problem {
        Problem::Ended(why) => (!told).then(|| why.clone()),
        Problem::UnconsumedFault(why) => Some(why.clone()),
        Problem::IdleDeviation { path, .. } => {
            Some(format!("the deviation {path} excuses nothing"))
        }
        Problem::State(mismatch) => Some(mismatch.message.clone()),
        // Not the implementation's fault: no baseline can know it.
        Problem::Leak(_)
        | Problem::Contract(_)
        | Problem::SnapshotUnreadable { .. }
        | Problem::SnapshotUnwritten { .. } => None,
    }
}
