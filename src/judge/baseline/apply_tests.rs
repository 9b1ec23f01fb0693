//! A verdict against a baseline: what is excused, what is stale, what stays red.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::judge::baseline::Baseline;
use crate::judge::rules::{Finding, RuleResult};
use crate::transcript::{TargetKind, Traffic};

/// A verdict of a case in which PAG-1 came to `status`.
fn verdict(status: RuleStatus) -> (Transcript, Verdict) {
    let traffic = Traffic {
        program: "p".to_owned(),
        target: TargetKind::Emulator,
        exchanges: Vec::new(),
        keys: Arc::default(),
        started: chrono::DateTime::UNIX_EPOCH,
        duration: std::time::Duration::ZERO,
    };
    let finding = Finding { step: 0, exchange: None, message: "ApiVersion.V1".to_owned() };
    let rule = RuleResult { rule: "PAG-1", status, exercised: 1, findings: vec![finding] };
    let verdict = Verdict {
        steps: Vec::new(),
        snapshot: SnapshotVerdict::Same,
        rules: vec![rule],
        problems: Vec::new(),
        baseline: Vec::new(),
        rate: None,
        unscored: None,
        exit: if status == RuleStatus::Pass { Exit::Success } else { Exit::Failed },
    };
    (traffic.into_transcript(), verdict)
}

fn applied(entry: &str, status: RuleStatus) -> Verdict {
    applied_with(entry, status, &JudgeOptions::default())
}

fn applied_with(entry: &str, status: RuleStatus, options: &JudgeOptions) -> Verdict {
    let text = format!("entries:\n  - {{ reason: r, issue: i, {entry} }}\n");
    let baseline = Baseline::read(Path::new("b.yaml"), &text).unwrap();
    let active = Arc::new(ActiveBaseline::new("b.yaml".into(), baseline.entries));
    let (transcript, mut verdict) = verdict(status);
    active.apply("a::b::v1", &transcript, options, &mut verdict);
    verdict
}

#[test]
fn a_known_failure_is_not_red_and_says_why() {
    let verdict = applied("case: 'a::b::v1/PAG-1', match: ApiVersion", RuleStatus::Fail);
    assert_eq!(verdict.exit, Exit::Success);
    assert_eq!(verdict.baseline[0].standing, Standing::Expected);
}

#[test]
fn a_new_finding_does_not_hide_behind_one_that_is_known() {
    let applied = |parts: &str| {
        let text = format!(
            "entries:\n  - {{ case: 'a::b::v1/PAG-1', reason: r, issue: i, match: {parts} }}\n"
        );
        let baseline = Baseline::read(Path::new("b.yaml"), &text).unwrap();
        let active = ActiveBaseline::new("b.yaml".into(), baseline.entries);
        let (transcript, mut verdict) = verdict(RuleStatus::Fail);
        let new = Finding { step: 0, exchange: None, message: "no Accept".to_owned() };
        verdict.rules[0].findings.push(new);
        active.apply("a::b::v1", &transcript, &JudgeOptions::default(), &mut verdict);
        verdict.exit
    };
    assert_eq!(applied("ApiVersion"), Exit::Failed);
    assert_eq!(applied("[ApiVersion, no Accept]"), Exit::Success);
}

#[test]
fn a_failure_of_another_kind_stays_red() {
    for entry in [
        "case: 'a::b::v1/PAG-1', match: something else",
        "case: 'a::b::v1/PAG-1', mode: warns",
        "case: 'a::b::v1/PAG-2'",
        "case: 'a::other::v1/PAG-1'",
    ] {
        assert_eq!(applied(entry, RuleStatus::Fail).exit, Exit::Failed, "{entry}");
    }
}

#[test]
fn an_unexpected_pass_is_red_where_the_case_is_named() {
    let named = applied("case: 'a::b::v1/PAG-1'", RuleStatus::Pass);
    assert_eq!((named.exit, named.baseline[0].standing), (Exit::Failed, Standing::Stale));
    let among_others = applied("case: 'a::**/PAG-1', match: x", RuleStatus::Pass);
    assert_eq!(among_others.exit, Exit::Success);
    assert_eq!(among_others.baseline[0].standing, Standing::Passed);
}

#[test]
fn a_rule_that_is_newer_than_the_requirement_set_is_not_red() {
    let newer = Arc::new(["PAG-1"].into());
    let options = JudgeOptions { unscored_rules: newer, ..JudgeOptions::default() };
    let entry = "case: 'a::other::v1/PAG-1'";
    assert_eq!(applied_with(entry, RuleStatus::Fail, &options).exit, Exit::Success);
    assert_eq!(applied_with(entry, RuleStatus::Fail, &JudgeOptions::default()).exit, Exit::Failed);
}

#[test]
fn a_flaky_case_may_do_either() {
    for status in [RuleStatus::Pass, RuleStatus::Fail] {
        assert_eq!(applied("case: 'a::b::v1/PAG-1', mode: flaky", status).exit, Exit::Success);
    }
}

#[test]
fn double_and_idle_patterns_are_told_with_their_lines() {
    let text = "entries:\n  - { case: 'a::**/PAG-1', reason: r, issue: i, match: x }\n  - { case: '**/PAG-1', reason: r, issue: i, match: x }\n  - { case: 'nobody::**', reason: r, issue: i, match: x }\n";
    let baseline = Baseline::read(Path::new("b.yaml"), text).unwrap();
    let active = ActiveBaseline::new("b.yaml".into(), baseline.entries);
    let double = active.contradictions(["a::b::v1"].into_iter());
    assert_eq!(double, ["b.yaml:3: a::b::v1/PAG-1 stands in line 2 already"]);
    let unmatched = active.unmatched(["a::b::v1"].into_iter());
    assert_eq!(unmatched, ["b.yaml:4: `nobody::**` names no case"]);
}

/// A case whose snapshot differs in these lines, held against an entry that knows `part`.
fn differing(actual: &str, part: &str) -> Exit {
    let text =
        format!("entries:\n  - {{ case: 'a::b::v1', reason: r, issue: i, match: '{part}' }}\n");
    let baseline = Baseline::read(Path::new("b.yaml"), &text).unwrap();
    let active = ActiveBaseline::new("b.yaml".into(), baseline.entries);
    let (transcript, mut verdict) = verdict(RuleStatus::Pass);
    let (path, expected) = ("x.snap".into(), "role: Presenter\nat: <time 1>\n".to_owned());
    verdict.snapshot = SnapshotVerdict::Differs { path, expected, actual: actual.to_owned() };
    verdict.exit = Exit::Failed;
    active.apply("a::b::v1", &transcript, &JudgeOptions::default(), &mut verdict);
    verdict.exit
}

#[test]
fn a_snapshot_may_differ_in_the_known_lines_alone() {
    assert_eq!(differing("role: Presenter\nat: <time 2>\n", "<time"), Exit::Success);
    assert_eq!(differing("role: Never\nat: <time 2>\n", "<time"), Exit::Failed);
}

#[test]
fn every_mismatch_of_a_case_must_be_known() {
    let held = |messages: &[&str]| {
        let text =
            "entries:\n  - { case: 'a::b::v1', reason: r, issue: i, match: but it is absent }\n";
        let baseline = Baseline::read(Path::new("b.yaml"), text).unwrap();
        let active = ActiveBaseline::new("b.yaml".into(), baseline.entries);
        let (transcript, mut verdict) = verdict(RuleStatus::Pass);
        let mismatch = |message: &&str| crate::scenario::Mismatch {
            path: "ok".to_owned(),
            message: (*message).to_owned(),
            expected: serde_json::Value::Null,
            actual: None,
            place: transcript.steps[0].place.clone(),
        };
        verdict.steps = vec![crate::judge::StepVerdict {
            result: crate::judge::StepResult::Failed,
            mismatches: messages.iter().map(mismatch).collect(),
            why: None,
        }];
        verdict.exit = Exit::Failed;
        active.apply("a::b::v1", &transcript, &JudgeOptions::default(), &mut verdict);
        verdict.exit
    };
    assert_eq!(held(&["expected a time, but it is absent"]), Exit::Success);
    assert_eq!(held(&["expected a time, but it is absent", "the id is WRONG"]), Exit::Failed);
}

#[test]
fn a_process_that_dies_is_no_case_of_now_and_then() {
    let wrong = |mode| Wrong { mode, texts: vec!["x".to_owned()] };
    let text = "entries:\n  - { case: 'a::b::v1', reason: r, issue: i, mode: flaky }\n";
    let entry = &Baseline::read(Path::new("b.yaml"), text).unwrap().entries[0];
    assert!(wrong(Mode::Fails).is_as(entry) && wrong(Mode::Warns).is_as(entry));
    assert!(!wrong(Mode::Crashes).is_as(entry));
}
