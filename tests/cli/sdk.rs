//! `sdk run` and what belongs to it, with the reference client as the SDK: whole, or with one rule
//! broken.

use std::path::Path;

use super::command;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_acs-conformance");

/// Exit code and all that was said, standard error first.
pub struct Judged(i32, pub String);

impl Judged {
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.0, code, "{}", self.1);
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.1.contains(words), "missing: {words}\n{}", self.1);
        self
    }

    #[track_caller]
    pub fn never_says(self, words: &str) -> Self {
        assert!(!self.1.contains(words), "there: {words}\n{}", self.1);
        self
    }
}

pub fn sdk(folder: &Path, arguments: &[&str]) -> Judged {
    let mut command = command();
    command.arg("sdk").args(arguments).current_dir(folder);
    command.env("ACS_CONNECTION_STRING", "endpoint=https://live.invalid/;accesskey=Y2FuYXJ5");
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stderr) + &text(&output.stdout);
    Judged(output.status.code().unwrap_or(-1), said)
}

/// The reference client as an adapter, with options of its own.
pub fn reference(options: &str) -> String {
    format!("'{PROGRAM}' reference-client {options}")
}

pub fn run(folder: &Path, adapter: &str, more: &[&str]) -> Judged {
    let quickstart = ["run", "--filter", "quickstart::quickstart::*", "--adapter", adapter];
    sdk(folder, &[&quickstart[..], more].concat())
}

pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn in_an_empty_folder_the_built_in_scenarios_run_and_the_first_line_says_so() {
    let folder = folder();
    let judged = run(folder.path(), &reference(""), &[]);
    let first = judged.1.lines().next().unwrap_or_default().to_owned();
    assert!(first.contains("built-in scenarios"), "{first}");
    judged
        .ended(0)
        .says("pass       pass     quickstart::quickstart::2025-03-13")
        .says("1 passed, 0 failed, 0 not run, 0 n/a")
        .says("not exercised: ")
        .says("created 4, deleted 4, leaked 0");
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("it is there").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn interface_and_wire_are_two_verdicts() {
    let folder = folder();
    run(folder.path(), &reference("--mutant VER-1"), &[])
        .ended(1)
        .says("pass       fail     quickstart::quickstart::2025-03-13")
        .says("VER-1: broken in 1 case");
}

#[test]
fn a_broken_should_is_a_warning_that_must_be_allowed() {
    let folder = folder();
    let adapter = reference("--mutant ID-1");
    run(folder.path(), &adapter, &[])
        .ended(1)
        .says("pass       warn     quickstart::quickstart::2025-03-13")
        .says("ID-1: not kept (SHOULD) in 1 case");
    run(folder.path(), &adapter, &["--allow-warnings"]).ended(0);
}

#[test]
fn a_rule_that_was_never_exercised_is_red_where_coverage_is_required() {
    let folder = folder();
    let adapter = reference("");
    run(folder.path(), &adapter, &["--require-coverage"]).ended(1).says("not exercised: ");
}

#[test]
fn a_baseline_is_written_kept_and_strict_both_ways() {
    let folder = folder();
    let file = folder.path().join("known-failures.yaml");
    let broken = reference("--mutant VER-1");
    let update = |adapter: &str| {
        let quickstart = ["baseline", "update", "--filter", "quickstart::quickstart::*"];
        let more = ["--baseline", "known-failures.yaml", "--adapter", adapter];
        sdk(folder.path(), &[&quickstart[..], &more].concat()).ended(0)
    };
    update(&broken).says("wrote known-failures.yaml");
    let written = std::fs::read_to_string(&file).expect("it was written");
    assert!(written.contains("rule: VER-1"), "{written}");

    // Somebody says why; the next update keeps it.
    let reason = regex::Regex::new("(?m)reason: .*$").expect("a pattern");
    let explained = reason.replace_all(&written, "reason: \"we know\"").into_owned();
    let issue = regex::Regex::new("(?m)issue: .*$").expect("a pattern");
    let explained =
        issue.replace_all(&explained, "issue: \"https://issues.example/1\"").into_owned();
    assert_ne!(explained, written);
    std::fs::write(&file, &explained).expect("written");
    update(&broken);
    let kept = std::fs::read_to_string(&file).expect("it is there");
    assert!(kept.contains("we know") && kept.contains("issues.example/1"), "{kept}");

    let exact = kept.replace("quickstart::quickstart::*", "quickstart::quickstart::2025-03-13");
    assert_ne!(exact, kept);
    std::fs::write(&file, exact).expect("written");
    let known = ["--baseline", "known-failures.yaml"];
    run(folder.path(), &broken, &known)
        .ended(0)
        .says("(1 known)")
        .says("1 known failure, as the baseline expects");
    run(folder.path(), &reference(""), &known).ended(1).says("stale: ").says("VER-1");
    run(folder.path(), &reference("--mutant ID-3"), &known).ended(1).says("ID-3: broken");
}

#[test]
fn a_run_that_did_not_come_to_its_end_changes_no_baseline() {
    let folder = folder();
    let arguments = ["baseline", "update", "--baseline", "b.yaml", "--adapter", "false"];
    sdk(folder.path(), &arguments).ended(4);
    assert!(!folder.path().join("b.yaml").exists());
}

#[test]
fn what_is_newer_than_the_requirement_set_runs_and_does_not_count() {
    let folder = folder();
    let set = "date: 2026-01-01\nrules: [AUTH-1, ID-3]\ncases: [\"rooms::old::2025-03-13\"]\n";
    std::fs::write(folder.path().join("old.yaml"), set).expect("written");
    let set = set.replace("rooms::old", "quickstart::quickstart");
    std::fs::write(folder.path().join("rules.yaml"), set).expect("written");
    let unscored = "[not scored: added later than the requirement set 2026-01-01]";
    run(folder.path(), &reference("--mutant ID-3"), &["--requirements", "old.yaml"])
        .ended(5)
        .says(unscored)
        .says("1 case newer than the requirement set: not scored");
    // The case counts, the rule does not.
    run(folder.path(), &reference("--mutant VER-1"), &["--requirements", "rules.yaml"])
        .ended(0)
        .says("VER-1: broken in 1 case, not scored")
        .never_says(unscored);
    run(folder.path(), &reference("--mutant ID-3"), &["--requirements", "rules.yaml"]).ended(1);
}

#[test]
fn frozen_sets_are_listed_used_by_date_and_printed_anew() {
    let folder = folder();
    let listed = sdk(folder.path(), &["requirements"]).ended(0).says(" rules, ").1;
    let date = listed.split_whitespace().next().expect("a date").to_owned();
    run(folder.path(), &reference("--mutant ID-3"), &["--requirements", &date]).ended(1);
    run(folder.path(), &reference(""), &["--requirements", "2020-01-01"])
        .ended(2)
        .says("there is no requirement set 2020-01-01; known are: ")
        .says(&date);
    sdk(folder.path(), &["requirements", "--freeze"])
        .ended(0)
        .says("  - AUTH-1\n")
        .says("  - quickstart::quickstart::2025-03-13\n");
}

#[test]
fn next_months_sdk_is_judged_at_the_version_that_it_is_served_as() {
    let folder = folder();
    let adapter = reference("--newer 2026-09-01");
    let report = ["--serve-as", "2026-09-01=2025-03-13", "--report", "report.jsonl"];
    run(folder.path(), &adapter, &report)
        .ended(0)
        .says("api-version 2026-09-01 is served as 2025-03-13")
        .says("pass       pass     quickstart::quickstart::2025-03-13");
    let report = std::fs::read_to_string(folder.path().join("report.jsonl")).expect("it is there");
    assert!(report.contains("/rooms?api-version=2026-09-01"), "the new version is sent");
    assert!(!report.contains("/rooms?api-version=2025-03-13"), "and no other");
    assert!(report.contains("[\"2026-09-01\",\"2025-03-13\"]"), "the header says so");
}

#[test]
fn every_format_of_report_is_written_and_a_torn_one_is_noticed() {
    let folder = folder();
    run(folder.path(), &reference(""), &["--report-dir", "out"]).ended(0);
    let out = folder.path().join("out");
    for name in
        ["report.jsonl", "junit.xml", "report.json", "summary.md", "badge.json", "report.html"]
    {
        let length = std::fs::metadata(out.join(name)).map(|file| file.len()).unwrap_or_default();
        let there: Vec<_> = std::fs::read_dir(&out).expect("it is there").collect();
        assert!(length > 0, "{name}: {there:?}");
    }
    let report = std::fs::read(out.join("report.jsonl")).expect("it is there");
    std::fs::write(out.join("torn.jsonl"), &report[..report.len() - 40]).expect("written");
    let torn = command().args(["report", "badge"]).arg(out.join("torn.jsonl")).output();
    let said = String::from_utf8_lossy(&torn.expect("it runs").stderr).into_owned();
    assert!(said.contains("warning: ") && said.contains("torn.jsonl"), "{said}");
}

#[test]
fn an_adapter_never_sees_a_live_key() {
    let folder = folder();
    let adapter = format!("sh -c 'env > seen; exec \"$0\" reference-client' '{PROGRAM}'");
    run(folder.path(), &adapter, &[]).ended(0);
    let seen = std::fs::read_to_string(folder.path().join("seen")).expect("what it saw");
    assert!(seen.contains("\nREQUESTS_CA_BUNDLE="), "{seen}");
    assert!(!seen.contains("Y2FuYXJ5"), "{seen}");
}

#[test]
fn a_skeleton_is_never_written_over_something() {
    let folder = folder();
    sdk(folder.path(), &["new", "python"]).ended(0).says("next: acs-conformance sdk check");
    sdk(folder.path(), &["new", "python"]).ended(2).says("adapter.py exists already");
    sdk(folder.path(), &["new", "javascript", "-"]).ended(0).says("// A skeleton of an adapter");
    sdk(folder.path(), &["new", "cobol"]).ended(2).says("python, javascript");
}

#[test]
fn an_adapter_is_checked_message_by_message() {
    let folder = folder();
    let checked = sdk(folder.path(), &["check", &reference("")]).ended(0);
    let passed = checked.1.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(passed >= 20, "{}", checked.1);
    checked
        .says("ok      op rooms.create")
        .says("ok      client.update_key")
        .says("ok      bye")
        .says("the protocol is kept; next: acs-conformance sdk run --adapter")
        .never_says("BROKEN");
    sdk(folder.path(), &["check", "false"]).ended(4).says("it ended before it said hello");
    sdk(folder.path(), &["check", "'open"]).ended(2).says("open ' quote");
}

#[test]
fn a_case_that_measures_time_is_confirmed_by_a_second_run_and_reported_once() {
    let folder = folder();
    let text = "name: Twice\nevidence: { assumed: a test }\nlane: timing\napi-versions: [\"2025-03-13\"]\nsteps:\n  - call: { op: rooms.list, expect: { ok: { length: 1 } } }\n";
    std::fs::write(folder.path().join("twice.yaml"), text).expect("written");
    let log = format!("sh -c 'tee -a heard | \"$0\" reference-client' '{PROGRAM}'");
    let arguments = ["run", "twice.yaml", "--adapter", &log, "--report", "report.jsonl"];
    sdk(folder.path(), &arguments).ended(1);
    let heard = std::fs::read_to_string(folder.path().join("heard")).expect("it is there");
    assert_eq!(heard.matches("\"op\":\"rooms.list\"").count(), 2, "{heard}");
    let report = std::fs::read_to_string(folder.path().join("report.jsonl")).expect("it is there");
    let steps = report.lines().filter(|line| line.starts_with("{\"record\":\"step\""));
    assert_eq!(steps.count(), 1, "{report}");
}

#[test]
fn what_an_sdk_does_otherwise_is_told_and_proposes_no_snapshot() {
    let folder = folder();
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in ["scenarios", "snapshots"] {
        std::fs::create_dir(folder.path().join(part)).expect("a folder");
    }
    let scenario = folder.path().join("scenarios/quickstart.yaml");
    std::fs::copy(project.join("scenarios/quickstart.yaml"), scenario).expect("copied");
    let name = "snapshots/quickstart__quickstart@2025-03-13.snap";
    let text = std::fs::read_to_string(project.join(name)).expect("a snapshot");
    std::fs::write(folder.path().join(name), text.replace("<room:1>", "<room:7>"))
        .expect("written");
    run(folder.path(), &reference(""), &[]).ended(1).says("<room:7>");
    let left = std::fs::read_dir(folder.path().join("snapshots")).expect("a folder").count();
    assert_eq!(left, 1, "nothing but the snapshot itself");
}

#[test]
fn a_run_whose_failures_are_all_known_has_none_in_its_junit() {
    let folder = folder();
    // The create fails, so that the step after it has no room to ask for and breaks.
    let adapter = reference("--mutant RET-13");
    let lost = ["--filter", "conformance::idempotency-lost-answer::*", "--adapter", &adapter];
    let update = ["baseline", "update", "--baseline", "known-failures.yaml"];
    sdk(folder.path(), &[&update[..], &lost].concat()).ended(0);
    let run = ["run", "--baseline", "known-failures.yaml", "--junit", "junit.xml"];
    sdk(folder.path(), &[&run[..], &lost].concat()).ended(0).says("as the baseline expects");
    let junit = std::fs::read_to_string(folder.path().join("junit.xml")).expect("it is there");
    assert!(junit.contains("failures=\"0\"") && junit.contains("errors=\"0\""), "{junit}");
}

#[test]
fn the_baseline_of_another_sdk_is_refused() {
    let folder = folder();
    std::fs::write(folder.path().join("b.yaml"), "sdk: another\nentries: []\n").expect("written");
    run(folder.path(), &reference(""), &["--baseline", "b.yaml"])
        .ended(2)
        .says("this baseline is about the SDK `another`");
}

#[test]
fn what_cannot_be_written_is_wrong_usage() {
    let folder = folder();
    std::fs::write(folder.path().join("file"), "").expect("written");
    sdk(folder.path(), &["new", "python", "file/adapter.py"]).ended(2).says("cannot be written");
    run(folder.path(), &reference(""), &["--report-dir", "file/reports"])
        .ended(2)
        .says("a report cannot be written");
}

/// An adapter that says hello, and nothing to its first call.
#[cfg(unix)]
const HANGS: &str = r#"echo '@@{"type":"hello","protocol":1,"sdk":{"name":"hangs","version":"1","language":"sh"},"runtime":{"name":"sh","version":"1"},"os":"linux","apiVersions":{"rooms":["2025-03-13"],"identity":["2023-10-01"]},"features":["op:rooms.create","op:rooms.get","op:rooms.list","op:identity.create_user"]}'
while read -r line; do case "$line" in *'"call"'*) echo $$ > hanging; sleep 783 ;; esac; done
"#;

#[cfg(unix)]
#[test]
fn an_adapter_that_hangs_does_not_outlive_an_interrupted_run() {
    let folder = folder();
    std::fs::write(folder.path().join("hangs.sh"), HANGS).expect("written");
    std::fs::write(
        folder.path().join("one.yaml"),
        "name: One\nevidence: { assumed: x }\nsteps:\n  - call: { op: rooms.list, expect: { ok: [] } }\n",
    )
    .expect("written");
    let mut acs = std::process::Command::new(PROGRAM)
        .args(["sdk", "run", "--adapter", "sh hangs.sh", "one.yaml"])
        .current_dir(folder.path())
        .stdin(std::process::Stdio::null())
        .spawn()
        .expect("it runs");
    let adapter = written(&folder.path().join("hanging"));
    let clock = std::time::Instant::now();
    signal("INT", &acs.id().to_string());
    // Once for the wish, once more for its end.
    std::thread::sleep(std::time::Duration::from_millis(500));
    signal("INT", &acs.id().to_string());
    assert_eq!(acs.wait().expect("it ends").code(), Some(130));
    assert!(clock.elapsed().as_secs() < 10, "it took {:?}", clock.elapsed());
    assert!(is_gone(&adapter), "the adapter lives on");
}

#[cfg(unix)]
#[test]
fn an_adapter_does_not_outlive_an_interrupted_check_or_a_run_that_waits_for_its_hello() {
    let folder = folder();
    let silent = "echo $$ > hanging; sleep 784";
    std::fs::write(folder.path().join("hangs.sh"), HANGS).expect("written");
    std::fs::write(folder.path().join("silent.sh"), silent).expect("written");
    for arguments in [
        &["sdk", "check", "sh hangs.sh"][..],
        &["sdk", "check", "sh silent.sh"],
        &["sdk", "run", "--adapter", "sh silent.sh"],
    ] {
        let _ = std::fs::remove_file(folder.path().join("hanging"));
        let mut acs = std::process::Command::new(PROGRAM)
            .args(arguments)
            .current_dir(folder.path())
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("it runs");
        let adapter = written(&folder.path().join("hanging"));
        signal("INT", &acs.id().to_string());
        assert_eq!(acs.wait().expect("it ends").code(), Some(130), "{arguments:?}");
        assert!(is_gone(&adapter), "{arguments:?}: the adapter lives on");
    }
}

/// What a program writes into a file, once it has.
#[cfg(unix)]
pub fn written(path: &Path) -> String {
    for _ in 0..600 {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if text.ends_with('\n') {
            return text.trim().to_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{} was not written", path.display());
}

#[cfg(unix)]
pub fn signal(name: &str, process: &str) {
    let sent = std::process::Command::new("kill").args(["-s", name, process]).status();
    assert!(sent.expect("kill is there").success());
}

/// Whether a process is gone, or goes within seconds.
#[cfg(unix)]
pub fn is_gone(process: &str) -> bool {
    (0..50).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let asked = std::process::Command::new("kill")
            .args(["-s", "0", process])
            .stderr(std::process::Stdio::null())
            .status();
        !asked.expect("kill is there").success()
    })
}

#[test]
fn the_adapters_that_are_shipped_fit_on_a_few_screens() {
    for adapter in ["python/adapter.py", "javascript/adapter.mjs"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk").join(adapter);
        let lines = std::fs::read_to_string(&path).expect("an adapter").lines().count();
        assert!((50..=150).contains(&lines), "{adapter} has {lines} lines; 150 is the promise");
    }
}
