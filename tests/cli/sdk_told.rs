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

/// What each format says of a run whose cases are green, and whose whole is not.
fn reports_are_red(folder: &Path, exit: i32, words: &str) {
    let read =
        |file: &str| std::fs::read_to_string(folder.join("out").join(file)).expect("a report");
    let journal = read("report.jsonl");
    let footer = journal.lines().last().unwrap_or_default();
    assert!(footer.contains(&format!("\"exit\":{exit}")) && footer.contains(words), "{footer}");
    let badge = read("badge.json");
    assert!(badge.contains("\"red\"") && badge.contains(&format!("exit {exit}")), "{badge}");
    let summary = read("summary.md");
    assert!(summary.contains("acs-conformance: red") && summary.contains(words), "{summary}");
    let junit = read("junit.xml");
    assert!(junit.contains("failures=\"1\"") && junit.contains(words), "{junit}");
}

#[test]
fn a_run_that_is_red_as_a_whole_is_red_in_every_report() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("scenarios")).expect("a folder");
    write(folder.path(), "scenarios/runs.yaml", &format!("name: Runs\n{LIST}"));
    let entries = |entry: &str| {
        let text = format!("entries:\n  - {{ {entry}, reason: r, issue: i }}\n");
        std::fs::write(folder.path().join("b.yaml"), text).expect("written");
    };
    let with = ["--baseline", "b.yaml", "--report-dir", "out"];
    entries("case: 'quickstart::r*::*/ID-1', match: bare UUID");
    judge(folder.path(), &reference(""), &with).ended(1).says("stale: ");
    reports_are_red(folder.path(), 1, "expects what went wrong in no case");
    entries("case: 'no::such::case/ID-1'");
    judge(folder.path(), &reference(""), &with).ended(2).says("names no case");
    reports_are_red(folder.path(), 2, "names no case");
    let coverage = ["--require-coverage", "--report-dir", "out"];
    judge(folder.path(), &reference(""), &coverage).ended(1);
    reports_are_red(folder.path(), 1, "not exercised: ");
}

#[test]
fn an_entry_that_ended_is_told_as_long_as_it_stands() {
    let folder = folder();
    write(folder.path(), "runs.yaml", &format!("name: Runs\n{LIST}"));
    let entry = "entries:\n  - { case: 'local::runs::*/ID-1', reason: long ago, issue: i, until: 2020-01-01 }\n";
    std::fs::write(folder.path().join("b.yaml"), entry).expect("written");
    judge(folder.path(), &reference(""), &["runs.yaml", "--baseline", "b.yaml"])
        .ended(0)
        .says("b.yaml:2: this entry ended on 2020-01-01, remove it: long ago");
}

#[test]
fn a_requirement_set_that_scores_nothing_is_no_success() {
    let folder = folder();
    write(folder.path(), "runs.yaml", &format!("name: Runs\n{LIST}"));
    for cases in ["[]", "[\"local::rnus::2025-03-13\"]"] {
        let set = format!("date: 2025-01-01\nrules: [ID-1]\ncases: {cases}\n");
        std::fs::write(folder.path().join("set.yaml"), set).expect("written");
        judge(
            folder.path(),
            &reference("--mutant ID-3"),
            &["runs.yaml", "--requirements", "set.yaml"],
        )
        .ended(5)
        .says("nothing was scored");
    }
    // What is newer may fail beside what is scored.
    write(
        folder.path(),
        "newer.yaml",
        "name: Newer\nsteps:\n  - call: { op: rooms.list, expect: { ok: { length: 1 } } }\n",
    );
    let set = "date: 2025-01-01\nrules: [ID-1]\ncases: [\"local::runs::2025-03-13\"]\n";
    std::fs::write(folder.path().join("set.yaml"), set).expect("written");
    let both = ["runs.yaml", "newer.yaml", "--requirements", "set.yaml"];
    judge(folder.path(), &reference(""), &both)
        .ended(0)
        .says("1 case newer than the requirement set");
}

#[test]
fn a_badge_is_not_bright_while_rules_met_nothing() {
    let folder = folder();
    write(folder.path(), "runs.yaml", &format!("name: Runs\n{LIST}"));
    judge(folder.path(), &reference(""), &["runs.yaml", "--badge", "badge.json"]).ended(0);
    let badge = std::fs::read_to_string(folder.path().join("badge.json")).expect("a badge");
    assert!(badge.contains("rules not exercised") && !badge.contains("brightgreen"), "{badge}");
}

#[test]
fn shards_of_runs_that_were_judged_otherwise_do_not_merge() {
    let folder = folder();
    write(folder.path(), "a.yaml", &format!("name: A\n{LIST}"));
    write(folder.path(), "b.yaml", &format!("name: B\n{LIST}"));
    let shard = |number: &str, report: &str, more: &[&str]| {
        let all = ["a.yaml", "b.yaml", "--shard", number, "--report", report];
        judge(folder.path(), &reference(""), &[&all, more].concat()).ended(0);
    };
    shard("1/2", "1.jsonl", &[]);
    shard("2/2", "2.jsonl", &[]);
    shard("2/2", "lax.jsonl", &["--allow-warnings"]);
    let merge = |second: &str| {
        let mut command = super::command();
        command.args(["report", "merge", "1.jsonl", second, "--output", "all.jsonl"]);
        command.current_dir(folder.path()).assert()
    };
    merge("2.jsonl").success();
    let refused = merge("lax.jsonl").failure();
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("differs from 1.jsonl in its options"), "{said}");
}

#[test]
fn why_cases_are_left_out_is_told_by_reason() {
    let folder = folder();
    every_rule_needs_retry_config(folder.path());
    judge(folder.path(), &without("retry-config"), &["runs.yaml", "needs.yaml"])
        .ended(0)
        .says("n/a 1 case: requires retry-config");
    judge(folder.path(), &reference(""), &["--filter", "nosuch::*"])
        .ended(5)
        .says("nothing ran: no case fits what was asked for");
}

#[test]
fn a_scenario_that_is_wrong_is_shown_as_check_shows_it() {
    let folder = folder();
    let text = "name: Wrong\nsteps:\n  - call: { op: rooms.gett, expect: { ok: [] } }\n";
    write(folder.path(), "wrong.yaml", text);
    judge(folder.path(), &reference(""), &["wrong.yaml"])
        .ended(2)
        .says(" --> wrong.yaml:5:")
        .says("did you mean `rooms.get`?");
}

#[test]
fn the_next_command_can_be_pasted_whatever_the_file_is_called() {
    let folder = folder();
    let said = sdk(folder.path(), &["new", "python", "my 'own.py"]).ended(0).1;
    let next = said.lines().find_map(|line| line.strip_prefix("next: ")).expect("a command");
    let line = next.replacen("acs-conformance", &format!("'{PROGRAM}'"), 1);
    let line = line.replace("'python ", "'python3 ");
    let checked = std::process::Command::new("sh")
        .args(["-c", &line])
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(!said.contains("No such file") && !said.contains("can't open"), "{line}\n{said}");
}
