//! What `sdk` says of an SDK: a line a case with its two verdicts, and the sum.

use std::collections::BTreeMap;
use std::io;

use crate::cli::output::{say, warn};
use crate::judge::baseline::Standing;
use crate::judge::rules::RuleStatus;
use crate::judge::{Problem, StepResult, Verdict};
use crate::report::{CaseFinished, Event, Sink, count};
use crate::sdk::{Outcome, Prepared, not_exercised};
use crate::transcript::{Ended, Transcript};

/// A line a case: interface, wire, name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lines;

impl Sink for Lines {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::RunStarted(started) => {
                warn!("{:<10} {:<8} case", "interface", "wire");
                let _ = started;
            }
            Event::CaseFinished(finished) => warn!("{}", line(finished)),
            _ => {}
        }
        Ok(())
    }
}

fn line(finished: &CaseFinished<'_>) -> String {
    let expected = finished.verdict.baseline.iter();
    let expected = expected.filter(|remark| remark.standing == Standing::Expected).count();
    let mut line = format!(
        "{:<10} {:<8} {}",
        interface(finished.transcript, finished.verdict),
        wire(finished.verdict),
        finished.case.name()
    );
    if expected > 0 {
        line.push_str(&format!("  ({expected} known)"));
    }
    if let Some(reason) = &finished.verdict.unscored {
        line.push_str(&format!("  [{reason}]"));
    }
    line
}

fn interface(transcript: &Transcript, verdict: &Verdict) -> &'static str {
    match &transcript.ended {
        Ended::Implementation(fault) => fault.kind.name(),
        Ended::Harness(_) => "harness",
        Ended::Unreachable(_) => "no target",
        Ended::Interrupted => "stopped",
        Ended::TimedOut { .. } => "timed-out",
        Ended::Completed | Ended::Failed if blames_the_harness(verdict) => "harness",
        Ended::Completed | Ended::Failed => {
            let red = verdict.steps.iter().any(|step| step.result == StepResult::Failed)
                || matches!(verdict.snapshot, crate::judge::SnapshotVerdict::Differs { .. })
                || !verdict.problems.is_empty();
            if red { "fail" } else { "pass" }
        }
    }
}

/// Whether the harness went wrong, whatever else did.
fn blames_the_harness(verdict: &Verdict) -> bool {
    verdict.problems.iter().any(Problem::blames_the_harness)
}

fn wire(verdict: &Verdict) -> &'static str {
    let has = |status| verdict.rules.iter().any(|rule| rule.status == status);
    if has(RuleStatus::Fail) {
        "fail"
    } else if has(RuleStatus::Warn) {
        "warn"
    } else if has(RuleStatus::Pass) {
        "pass"
    } else {
        "-"
    }
}

/// The sum of a run, on standard output.
pub fn tell(prepared: &Prepared, outcome: &Outcome) {
    let (finished, tally) = (&outcome.finished, &outcome.tally);
    say!("{}", prepared.hello.implementation());
    say!("  speaks {}", versions(prepared));
    say!(
        "  {} passed, {} failed, {} not run, {} n/a, in {:.1} s",
        finished.passed,
        finished.failed,
        finished.not_run,
        finished.not_applicable,
        finished.duration.as_secs_f64()
    );
    left_out(prepared);
    if tally.expected > 0 {
        let known = count(tally.expected, "known failure");
        say!("  {known}, as the baseline expects");
    }
    if tally.unscored > 0 {
        say!("  {} newer than the requirement set: not scored", count(tally.unscored, "case"));
    }
    for (case, rate) in tally.flaky.iter().filter(|(_, rate)| rate.well < rate.runs) {
        say!("  flaky: {case} went well {} times of {}", rate.well, rate.runs);
    }
    for stale in &tally.stale {
        say!("  stale: {stale}");
    }
    for fault in &finished.faults {
        say!("  {fault}");
    }
    let missing = not_exercised(prepared, &outcome.tally.coverage);
    if !missing.is_empty() {
        say!("  not exercised: {}", missing.join(", "));
    }
    let mut beyond = prepared.not_applicable();
    beyond.retain(|rule| tally.coverage.of(rule).exercised == 0);
    if !beyond.is_empty() {
        let rules: Vec<&str> = beyond.into_iter().collect();
        say!("  n/a, for want of declared features: {}", rules.join(", "));
    }
    for note in &outcome.notes {
        say!("  note: {note}");
    }
    for line in rules(outcome) {
        say!("  {line}");
    }
}

/// Why cases are n/a, with the number of cases for each reason; the most frequent ones.
fn left_out(prepared: &Prepared) {
    const TOLD: usize = 6;
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for skipped in &prepared.plan.skipped {
        // A case may want several features: each is a reason of its own.
        let split = skipped.reason.split_once(" does not declare ");
        let wanted: Vec<String> = match split {
            Some((who, features)) => features
                .split(", ")
                .map(|feature| format!("{who} does not declare {feature}"))
                .collect(),
            None => vec![skipped.reason.clone()],
        };
        wanted.into_iter().for_each(|reason| *reasons.entry(reason).or_default() += 1);
    }
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, cases)| std::cmp::Reverse(*cases));
    for (reason, cases) in reasons.iter().take(TOLD) {
        say!("    n/a {}: {reason}", count(*cases, "case"));
    }
    if let Some(more) = reasons.len().checked_sub(TOLD).filter(|more| *more > 0) {
        say!("    n/a for {} more", count(more, "reason"));
    }
    if prepared.plan.cases.is_empty() && prepared.plan.skipped.is_empty() {
        say!("  nothing ran: no case fits what was asked for");
    }
}

/// One line of the matrix: who on what, the api-versions, the sum.
pub fn line_of(prepared: &Prepared, outcome: &Outcome) -> String {
    let Outcome { finished, tally, .. } = outcome;
    format!(
        "{}, {}: {} passed ({} known failures), {} failed, {} n/a, {:.1} s",
        prepared.hello.implementation(),
        versions(prepared),
        finished.passed,
        tally.expected,
        finished.failed,
        finished.not_applicable,
        finished.duration.as_secs_f64()
    )
}

/// The api-versions that an adapter lists, its default first.
fn versions(prepared: &Prepared) -> String {
    let listed = &prepared.hello.api_versions;
    let services = [("rooms", &listed.rooms), ("identity", &listed.identity)];
    let told = services.into_iter().filter(|(_, versions)| !versions.is_empty());
    let told = told.map(|(service, versions)| format!("{service} {}", versions.join(", ")));
    told.collect::<Vec<_>>().join("; ")
}

/// The rules that were broken, with the number of cases.
fn rules(outcome: &Outcome) -> Vec<String> {
    let all = crate::judge::rules::all();
    all.filter_map(|rule| {
        let judged = outcome.tally.coverage.of(rule.id);
        let wrong = judged.failed + judged.warned;
        let word = if judged.failed > 0 { "broken" } else { "not kept (SHOULD)" };
        let newer = outcome.unscored_rules.contains(rule.id);
        let note = if newer { ", not scored" } else { "" };
        (wrong > 0).then(|| format!("{}: {word} in {}{note}", rule.id, count(wrong, "case")))
    })
    .collect()
}
