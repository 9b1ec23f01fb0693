//! A case as a report keeps it: beginning, rules, verdict.

use super::exchange::{exchange_entry, micros};
use super::step::{place_entry, printed_lines};
use super::{Redaction, baseline};
use crate::exit::Exit;
use crate::judge::rules::{Finding as RuleFinding, RuleResult, RuleStatus};
use crate::judge::{Problem, SnapshotVerdict, StepResult, Verdict};
use crate::plan::Case;
use crate::report::record::{
    CaseEntry, CaseKey, CaseStart, CleanupEntry, CleanupState, FailedExpectation, Finding,
    Implementation, PlaceEntry, RuleEntry, ScenarioEntry, SnapshotEntry, Status,
};
use crate::scenario::matcher::Mismatch;
use crate::transcript::{CleanupResult, Ended, FaultKind, Transcript};

/// Describes the beginning of a case.
pub fn case_start(
    key: &CaseKey,
    case: &Case,
    implementation: &Implementation,
    target: &str,
    started: chrono::DateTime<chrono::Utc>,
) -> CaseStart {
    let scenario = &case.scenario;
    let marks = scenario
        .evidence
        .iter()
        .map(|evidence| (format!("{:?}", evidence.mark).to_lowercase(), evidence.source.clone()));
    CaseStart {
        case: key.clone(),
        scenario: ScenarioEntry {
            name: scenario.name.clone(),
            area: scenario.area.clone(),
            slug: scenario.slug.clone(),
            api_version: case.api_version.to_string(),
            place: PlaceEntry {
                file: scenario.source.path.to_string_lossy().replace('\\', "/"),
                line: 1,
                column: 1,
            },
            about: scenario.about.clone(),
            evidence: marks.collect(),
            tags: scenario.tags.clone(),
            rules: scenario.rules.clone(),
            lane: format!("{:?}", scenario.lane).to_lowercase(),
        },
        implementation: implementation.clone(),
        target: target.to_owned(),
        started,
    }
}

/// Describes what the wire rules said. A rule that had nothing to look at leaves no record: what
/// a report does not name was not exercised.
pub fn rule_entries(
    key: &CaseKey,
    transcript: &Transcript,
    verdict: &Verdict,
    redaction: &Redaction,
) -> Vec<RuleEntry> {
    let rules: &[RuleResult] = &verdict.rules;
    rules
        .iter()
        .filter(|result| result.status != RuleStatus::NotExercised || !result.findings.is_empty())
        .map(|result| RuleEntry {
            case: key.clone(),
            rule: result.rule.to_owned(),
            status: rule_status(result.status),
            exercised: result.exercised as u64,
            findings: result
                .findings
                .iter()
                .map(|finding| describe_finding(finding, transcript, redaction))
                .collect(),
            baseline: baseline::of_rule(verdict, result.rule, redaction),
        })
        .collect()
}

const fn rule_status(status: RuleStatus) -> Status {
    match status {
        RuleStatus::Pass => Status::Pass,
        RuleStatus::Fail => Status::Fail,
        RuleStatus::Warn => Status::Warn,
        RuleStatus::Info => Status::Info,
        RuleStatus::NotExercised => Status::NotExercised,
    }
}

fn describe_finding(
    finding: &RuleFinding,
    transcript: &Transcript,
    redaction: &Redaction,
) -> Finding {
    let exchange =
        finding.exchange.and_then(|index| transcript.steps.get(finding.step)?.exchanges.get(index));
    Finding {
        message: redaction.text(&finding.message),
        evidence: exchange.map(|one| exchange_entry(one, redaction).digest).into_iter().collect(),
    }
}

/// Describes the verdict of a case.
pub fn case_entry(
    key: &CaseKey,
    transcript: &Transcript,
    verdict: &Verdict,
    rerun: String,
    redaction: &Redaction,
) -> CaseEntry {
    CaseEntry {
        case: key.clone(),
        status: whole(transcript, verdict),
        interface: interface(transcript, verdict),
        wire: wire(verdict),
        reason: reason(transcript, verdict, redaction),
        failures: failures(transcript, verdict, redaction),
        snapshot: snapshot(&verdict.snapshot, redaction),
        unconsumed: transcript.unconsumed.iter().map(|one| redaction.text(one)).collect(),
        cleanup: cleanup(transcript, redaction),
        baseline: baseline::of_case(verdict, redaction),
        remarks: remarks(verdict, redaction),
        printed: printed_lines(&transcript.printed, redaction),
        exit: verdict.exit.code(),
        rerun: redaction.text(&rerun),
        started: transcript.started,
        duration_us: micros(transcript.duration),
    }
}

fn whole(transcript: &Transcript, verdict: &Verdict) -> Status {
    match verdict.exit {
        // What the baseline expects, or what does not count, is not red, and no success either.
        Exit::Success if interface(transcript, verdict).is_red() => Status::Warn,
        Exit::Success if wire(verdict).is_red() || wire(verdict) == Status::Warn => Status::Warn,
        Exit::Success => Status::Pass,
        Exit::Failed => match transcript.ended {
            Ended::TimedOut { .. } => Status::TimedOut,
            _ => Status::Fail,
        },
        Exit::Invalid => Status::Invalid,
        Exit::Harness => Status::HarnessError,
        Exit::Unreachable => Status::Unreachable,
        Exit::NothingRan => Status::NotRun,
        Exit::Leaked => Status::Leaked,
        Exit::Interrupted => Status::Interrupted,
    }
}

fn interface(transcript: &Transcript, verdict: &Verdict) -> Status {
    match &transcript.ended {
        Ended::Harness(_) => return Status::HarnessError,
        Ended::Unreachable(_) => return Status::Unreachable,
        Ended::Interrupted => return Status::Interrupted,
        Ended::TimedOut { .. } => return Status::TimedOut,
        Ended::Implementation(fault) => return implementation(fault.kind),
        Ended::Completed | Ended::Failed => {}
    }
    if verdict.problems.iter().any(Problem::blames_the_harness) {
        return Status::HarnessError;
    }
    let broken = verdict.steps.iter().any(|step| step.result == StepResult::Failed)
        || matches!(verdict.snapshot, SnapshotVerdict::Differs { .. })
        || !verdict.problems.is_empty();
    if broken { Status::Fail } else { Status::Pass }
}

fn implementation(kind: FaultKind) -> Status {
    match kind {
        FaultKind::NotStarted => Status::Unreachable,
        FaultKind::Crashed => Status::Crashed,
        FaultKind::TimedOut => Status::TimedOut,
        FaultKind::Protocol | FaultKind::Refused => Status::Fail,
        FaultKind::Quarantined | FaultKind::Exhausted => Status::NotRun,
    }
}

fn wire(verdict: &Verdict) -> Status {
    let statuses = verdict.rules.iter().map(|result| rule_status(result.status));
    match statuses.filter(|status| !status.is_grey()).max() {
        None => Status::NotExercised,
        Some(Status::Info) => Status::Pass,
        Some(worst) => worst,
    }
}

fn reason(transcript: &Transcript, verdict: &Verdict, redaction: &Redaction) -> Option<String> {
    let mut reasons: Vec<String> = Vec::new();
    match &transcript.ended {
        Ended::Completed | Ended::Failed => {}
        Ended::TimedOut { limit } => {
            reasons.push(format!("the limit of {} s passed", limit.as_secs_f64()));
        }
        Ended::Interrupted => reasons.push("interrupted by a signal".to_owned()),
        Ended::Implementation(fault) => reasons.push(redaction.text(&fault.message)),
        Ended::Unreachable(why) | Ended::Harness(why) => reasons.push(redaction.text(why)),
    }
    for problem in &verdict.problems {
        let said = match problem {
            Problem::Ended(why) => redaction.text(why),
            Problem::Leak(what) => format!("leaked: {}", redaction.text(what)),
            Problem::UnconsumedFault(what) => {
                format!("a fault met nothing: {}", redaction.text(what))
            }
            Problem::SnapshotUnreadable { .. } | Problem::SnapshotUnwritten { .. } => {
                redaction.text(&problem.to_string())
            }
            _ => continue,
        };
        if !reasons.contains(&said) {
            reasons.push(said);
        }
    }
    if let Some(unscored) = &verdict.unscored {
        reasons.push(format!("does not count: {}", redaction.text(unscored)));
    }
    if reasons.is_empty() { None } else { Some(reasons.join("; ")) }
}

fn remarks(verdict: &Verdict, redaction: &Redaction) -> Vec<String> {
    let mut remarks: Vec<String> = verdict
        .problems
        .iter()
        .filter_map(|problem| match problem {
            Problem::IdleDeviation { path, reason } => Some(format!(
                "the deviation at {path} excuses nothing any more: {}",
                redaction.text(reason)
            )),
            _ => None,
        })
        .collect();
    if let SnapshotVerdict::NotCompared(why) = &verdict.snapshot {
        remarks.push(format!("snapshot not compared: {why}"));
    }
    remarks
}

fn failures(
    transcript: &Transcript,
    verdict: &Verdict,
    redaction: &Redaction,
) -> Vec<FailedExpectation> {
    let mut failures = Vec::new();
    for (step, judged) in transcript.steps.iter().zip(&verdict.steps) {
        let path = || Some(step.path.clone());
        failures.extend(judged.mismatches.iter().map(|one| failed(path(), one, redaction)));
        if judged.result == StepResult::Failed && judged.mismatches.is_empty() {
            let why = judged.why.as_deref().unwrap_or("the step failed");
            failures.push(FailedExpectation {
                step: path(),
                place: place_entry(&step.place),
                path: String::new(),
                expected: String::new(),
                actual: String::new(),
                message: redaction.text(why),
                source: source_line(&step.place, redaction),
            });
        }
    }
    failures.extend(verdict.problems.iter().filter_map(|problem| match problem {
        Problem::State(mismatch) => Some(failed(None, mismatch, redaction)),
        _ => None,
    }));
    failures
}

fn failed(step: Option<String>, mismatch: &Mismatch, redaction: &Redaction) -> FailedExpectation {
    let text = |value: &serde_json::Value| redaction.value(value).to_string();
    FailedExpectation {
        step,
        place: place_entry(&mismatch.place),
        path: mismatch.path.clone(),
        expected: text(&mismatch.expected),
        actual: mismatch.actual.as_ref().map_or_else(|| "nothing".to_owned(), text),
        message: redaction.text(&mismatch.message),
        source: source_line(&mismatch.place, redaction),
    }
}

fn source_line(place: &crate::scenario::Place, redaction: &Redaction) -> String {
    let line = place.source.text.lines().nth(place.line.saturating_sub(1));
    redaction.text(line.unwrap_or_default())
}

fn snapshot(snapshot: &SnapshotVerdict, redaction: &Redaction) -> SnapshotEntry {
    match snapshot {
        SnapshotVerdict::Same => SnapshotEntry::Same,
        SnapshotVerdict::Missing { .. } => SnapshotEntry::Missing,
        SnapshotVerdict::Updated { .. } => SnapshotEntry::Written,
        SnapshotVerdict::NotCompared(_) => SnapshotEntry::NotCompared,
        SnapshotVerdict::Differs { path, expected, actual } => SnapshotEntry::Differs {
            file: path.to_string_lossy().replace('\\', "/"),
            expected: redaction.text(expected),
            actual: redaction.text(actual),
        },
    }
}

fn cleanup(transcript: &Transcript, redaction: &Redaction) -> Vec<CleanupEntry> {
    transcript
        .cleanup
        .iter()
        .map(|undoing| {
            let (result, why) = match &undoing.result {
                CleanupResult::Deleted => (CleanupState::Deleted, None),
                CleanupResult::AlreadyGone => (CleanupState::AlreadyGone, None),
                CleanupResult::Leaked { why } => (CleanupState::Leaked, Some(why)),
                CleanupResult::Unaccounted { why } => (CleanupState::Unaccounted, Some(why)),
            };
            CleanupEntry {
                kind: undoing.kind.name().to_owned(),
                id: redaction.text(&undoing.id),
                result,
                why: why.map(|why| redaction.text(why)),
                exchanges: undoing
                    .exchanges
                    .iter()
                    .map(|one| exchange_entry(one, redaction))
                    .collect(),
            }
        })
        .collect()
}
