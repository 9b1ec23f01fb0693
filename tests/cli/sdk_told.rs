//! What `sdk run` tells of a case and of the sum: nothing undeclared passes for untested, nothing
//! known for new, and no reason is lost.

use std::path::Path;

use super::sdk::{Judged, PROGRAM, folder, reference, run, sdk};

/// The reference client, which declares all features but one.
fn without(feature: &str) -> String {
    format!("sh -c '\"$0\" reference-client | sed -u \"s/\\\"{feature}\\\",*//\"' '{PROGRAM}'")
}

fn write(folder: &Path, name: &str, text: &str) {
    let text = format!("evidence: {{ assumed: a test }}\napi-versions: [\"2025-03-13\"]\n{text}");
    std::fs::write(folder.join(name), text).expect("written");
}

fn judge(folder: &Path, adapter: &str, more: &[&str]) -> Judged {
    sdk(folder, &[&["run", "--no-snapshots", "--adapter", adapter], more].concat())
}

const LIST: &str = "steps:\n  - call: { op: rooms.list, expect: { ok: [] } }\n";

/// One case that runs, and one that names every rule and needs what is not declared.
fn every_rule_needs_retry_config(folder: &Path) {
    write(folder, "runs.yaml", &format!("name: Runs\n{LIST}"));
    let all: Vec<&str> = acs_conformance::judge::rules::all().map(|rule| rule.id).collect();
    let rules = all.join(", ");
    let text = format!("name: Needs more\nrules: [{rules}]\nrequires: [retry-config]\n{LIST}");
    write(folder, "needs.yaml", &text);
}

#[test]
fn rules_that_need_undeclared_features_are_told_apart_from_those_never_exercised() {
    let folder = folder();
    every_rule_needs_retry_config(folder.path());
    let both = ["runs.yaml", "needs.yaml", "--require-coverage", "--report", "report.jsonl"];
    let judged = judge(folder.path(), &without("retry-config"), &both).ended(0);
    let beyond = judged.1.lines().find(|line| line.contains("for want of declared features"));
    assert!(beyond.unwrap_or_default().contains(" RET-1,"), "{}", judged.1);
    judged.says("1 passed, 0 failed, 0 not run, 1 n/a").never_says("not exercised:");

    // Without the case that is n/a the same rules are missing.
    let judged =
        judge(folder.path(), &without("retry-config"), &["runs.yaml", "--require-coverage"]);
    judged.ended(1).says("not exercised: ").never_says("for want of declared features");

    // In the matrix too.
    let mut command = super::command();
    command.args(["report", "matrix", "report.jsonl", "--output", "matrix.html"]);
    command.current_dir(folder.path()).assert().success();
    let page = std::fs::read_to_string(folder.path().join("matrix.html")).expect("it is there");
    let row = page.split("<b>RET-1</b>").nth(1).and_then(|rest| rest.split("</tr>").next());
    let row = row.unwrap_or_default();
    assert!(row.contains("n/a") && !row.contains("not exercised"), "{row}");
}

#[test]
fn a_feature_that_is_not_declared_leaves_its_cases_out_and_names_itself() {
    let folder = folder();
    let needs = format!("name: Needs more\nrequires: [retry-config]\n{LIST}");
    write(folder.path(), "needs.yaml", &needs);
    let only = ["needs.yaml", "--report-dir", "out"];
    judge(folder.path(), &without("retry-config"), &only).ended(5);
    let report = std::fs::read_to_string(folder.path().join("out/report.jsonl")).expect("a report");
    assert!(report.contains("retry-config"), "{report}");
    judge(folder.path(), &reference(""), &["needs.yaml"]).ended(0).says("1 passed");
}

#[test]
fn an_error_of_the_sdk_is_told_where_the_expectation_found_nothing() {
    let folder = folder();
    let step = "  - call: { op: rooms.get, with: { room_id: \"\" }, expect: { exchange: { status: 200 } } }\n";
    write(folder.path(), "refused.yaml", &format!("name: Refused\nsteps:\n{step}"));
    judge(folder.path(), &reference(""), &["refused.yaml"])
        .ended(1)
        .says("actual: nothing there")
        .says("the call came to an error: ")
        .says("validation");
}

#[test]
fn a_broken_rule_is_told_once_with_its_place_and_how_often() {
    let folder = folder();
    let step = "  - call: { for_each: { n: [1, 2, 3] }, op: rooms.list, expect: { ok: [] } }\n";
    write(folder.path(), "thrice.yaml", &format!("name: Thrice\nsteps:\n{step}"));
    let judged = judge(folder.path(), &reference("--mutant ID-3"), &["thrice.yaml"]).ended(1);
    assert_eq!(judged.1.matches("rule ID-3 (fail): User-Agent").count(), 1, "{}", judged.1);
    judged.says("  at step 1[n=1] `rooms.list`; the same 2 times more");
}

#[test]
fn what_the_baseline_knows_is_called_known() {
    let folder = folder();
    let entry = "entries:\n  - { cases: [\"quickstart::**\"], rule: VER-1, reason: known, issue: none, match: api-version }\n";
    std::fs::write(folder.path().join("b.yaml"), entry).expect("written");
    let adapter = reference("--mutant VER-1");
    run(folder.path(), &adapter, &["--baseline", "b.yaml", "--report-dir", "out"])
        .ended(0)
        .says("(1 known)")
        .says("1 known failure, as the baseline expects");
    for file in ["summary.md", "report.html"] {
        let text = std::fs::read_to_string(folder.path().join("out").join(file)).expect("a report");
        assert!(text.contains("known (baseline)"), "{file}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn the_command_for_one_case_repeats_what_decided_it() {
    let folder = folder();
    let hang =
        "steps:\n  - call: { op: rooms.list, faults: [{ hang: true }], expect: { ok: [] } }\n";
    write(folder.path(), "hangs.yaml", &format!("name: Hangs\n{hang}"));
    write(
        folder.path(),
        "fails.yaml",
        "name: Fails\nsteps:\n  - call: { op: rooms.list, expect: { ok: { length: 1 } } }\n  - call: { op: rooms.list, expect: { ok: { length: 2 } } }\n",
    );
    std::fs::write(folder.path().join("my b.yaml"), "entries: []\n").expect("written");
    let options = [
        "--timeout",
        "900ms",
        "--seed",
        "7",
        "--allow-warnings",
        "--continue",
        "--baseline",
        "my b.yaml",
        "--requirements",
        "2025-01-01.yaml",
        "--serve-as",
        "2026-09-01=2025-03-13",
    ];
    let set = "date: 2025-01-01\nrules: []\ncases: [\"local::hangs::2025-03-13\", \"local::fails::2025-03-13\"]\n";
    std::fs::write(folder.path().join("2025-01-01.yaml"), set).expect("written");
    for (file, words) in [("hangs.yaml", "limit of 900ms"), ("fails.yaml", "expected 2 (number)")] {
        let judged = judge(folder.path(), &reference(""), &[&[file], &options[..]].concat());
        let judged = judged.ended(1).says(words);
        let printed = judged.1.lines().find_map(|line| line.trim().strip_prefix("run it alone: "));
        let printed = printed.expect("a command");
        for option in options {
            assert!(printed.contains(option), "{option}: {printed}");
        }
        let again = std::process::Command::new("sh")
            .args(["-c", &printed.replacen("acs-conformance", &format!("'{PROGRAM}'"), 1)])
            .current_dir(folder.path())
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&again.stderr);
        assert_eq!(again.status.code(), Some(1), "{printed}\n{said}");
        assert!(said.contains(words), "{printed}\n{said}");
    }
}
