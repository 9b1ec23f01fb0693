//! Reports that a run keeps: whole after it, readable when it is killed, honest when the disk is full.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::command;

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

fn said(assert: &assert_cmd::assert::Assert) -> String {
    let output = assert.get_output();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn acs(arguments: &[&str]) -> assert_cmd::assert::Assert {
    command().current_dir(PROJECT).args(arguments).assert()
}

#[test]
fn a_run_keeps_every_report_in_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    acs(&["run", "scenarios/quickstart.yaml", "--report-dir", text(folder.path())]).success();
    let files = [
        "report.jsonl",
        "junit.xml",
        "report.json",
        "summary.md",
        "badge.json",
        "report.html",
        "annotations.txt",
    ];
    for file in files {
        assert!(folder.path().join(file).exists(), "{file}");
    }
    let read = |file: &str| std::fs::read_to_string(folder.path().join(file)).expect("a report");
    assert!(read("badge.json").contains("1/1 pass"), "{}", read("badge.json"));
    assert!(read("summary.md").contains("green"), "{}", read("summary.md"));
    assert!(read("report.html").contains("participants.add_or_update"));
    assert!(!read("report.jsonl").contains("accesskey="));
    // The same made from the journal afterwards is the same byte by byte.
    let journal = folder.path().join("report.jsonl");
    let made = acs(&["report", "html", text(&journal)]).success();
    assert_eq!(String::from_utf8_lossy(&made.get_output().stdout), read("report.html"));
}

#[test]
fn every_report_says_which_version_was_served_as_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = assert_cmd::cargo::cargo_bin("acs-conformance");
    let adapter = format!("'{}' reference-client", program.display());
    let run = ["sdk", "run", "--adapter", &adapter, "--filter", "quickstart::quickstart"];
    let more = ["--serve-as", "2026-09-01=2025-03-13", "--report-dir", text(folder.path())];
    let told = said(&acs(&[&run[..], &more[..]].concat()).success());
    assert!(told.contains("api-version 2026-09-01 is served as 2025-03-13"), "{told}");
    for file in ["junit.xml", "summary.md", "badge.json", "report.html", "annotations.txt"] {
        let report = std::fs::read_to_string(folder.path().join(file)).expect("a report");
        let says = report.contains("api-version 2026-09-01 was served as 2025-03-13");
        assert!(says, "{file}: {report}");
    }
    for file in ["report.jsonl", "report.json"] {
        let report = std::fs::read_to_string(folder.path().join(file)).expect("a report");
        assert!(report.contains(r#"[["2026-09-01","2025-03-13"]]"#), "{file}: {report}");
    }
}

#[test]
fn two_reports_in_one_file_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("both");
    let flags = ["--junit", text(&file), "--html", text(&file)];
    let refused = acs(&[&["run", "scenarios/quickstart.yaml"][..], &flags[..]].concat()).code(2);
    assert!(said(&refused).contains("would hold both junit.xml and report.html"));
    assert!(!file.exists());
}

#[test]
fn stamps_that_are_not_there_or_no_stamps_are_told_as_what_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("TYPO.json");
    let told = acs(&["scenarios", "behaviours", "--stamps", text(&missing)]).code(2);
    assert!(said(&told).contains("TYPO.json of --stamps"), "{}", said(&told));
    let foreign = folder.path().join("foreign.json");
    std::fs::write(&foreign, "[]").expect("written");
    let stand_in = super::stand_in::StandIn::start();
    let (exit, _, told) = super::running::outcome(
        super::running::acs()
            .args(["run", "scenarios/quickstart.yaml", "--stamps", text(&foreign)])
            .args(stand_in.arguments())
            .env("ACS_CONNECTION_STRING", stand_in.connection_string())
            .env("ACS_LEDGER_DIR", stand_in.ledger()),
    );
    assert_eq!(exit, 2, "{told}");
    assert!(told.contains("foreign.json holds no stamps of live runs"), "{told}");
    assert!(!told.contains("cannot be written"), "{told}");
}

#[test]
fn a_killed_run_leaves_reports_that_can_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("report.jsonl");
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("acs-conformance"))
        .current_dir(PROJECT)
        .args(["run", "scenarios/quickstart.yaml", "--repeat", "1000", "--report-dir"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary");
    let patience = Instant::now() + Duration::from_secs(60);
    while std::fs::metadata(&journal).map_or(0, |metadata| metadata.len()) < 3_000_000 {
        assert!(Instant::now() < patience, "the report does not grow");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");
    let junit = std::fs::read_to_string(folder.path().join("junit.xml")).expect("JUnit");
    assert!(junit.trim_end().ends_with("</testsuites>"), "whole, whenever it was killed");
    let badge = acs(&["report", "badge", text(&journal)]).success();
    assert!(said(&badge).contains("incomplete"), "{}", said(&badge));
    let counted = acs(&["report", "markdown", text(&journal)]).success();
    assert!(said(&counted).contains(" pass"), "{}", said(&counted));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_ends_with_3() {
    for flag in ["--report", "--junit", "--html"] {
        let red = acs(&["run", "scenarios/quickstart.yaml", flag, "/dev/full"]).code(3);
        assert!(said(&red).contains("/dev/full: "), "{flag}: {}", said(&red));
        assert!(said(&red).contains("No space left"), "{flag}: {}", said(&red));
        assert!(said(&red).contains("1 passed"), "{flag}: the run goes on: {}", said(&red));
    }
    assert!(Path::new("/dev/full").metadata().is_ok_and(|one| !one.is_file()));
}

#[test]
fn shards_merge_into_what_the_whole_run_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let run = |name: &str, more: &[&str]| {
        let file = path(name);
        let mut arguments = vec!["run", "scenarios/versions", "--report", text(&file)];
        arguments.extend(more);
        acs(&arguments);
    };
    run("whole.jsonl", &[]);
    for shard in ["1/3", "2/3", "3/3"] {
        run(&format!("{}.jsonl", &shard[..1]), &["--shard", shard]);
    }
    let merged = path("merged.jsonl");
    let parts: Vec<_> = ["1.jsonl", "2.jsonl", "3.jsonl"].map(path).into();
    let mut arguments = vec!["report", "merge", "--output", text(&merged)];
    arguments.extend(parts.iter().map(|part| text(part)));
    acs(&arguments);
    let whole = path("whole.jsonl");
    let same = acs(&["report", "diff", text(&whole), text(&merged)]).success();
    assert!(said(&same).contains(" 0 regressions"), "{}", said(&same));
    assert!(said(&same).contains(" 0 gone"), "{}", said(&same));
}

#[test]
fn an_empty_shard_leaves_a_report_that_merges() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut parts = Vec::new();
    for shard in ["1/2", "2/2"] {
        let part = folder.path().join(format!("{}.jsonl", &shard[..1]));
        let file = "scenarios/quickstart.yaml";
        acs(&["run", file, "--shard", shard, "--report", text(&part)]).success();
        parts.push(part);
    }
    let merged = folder.path().join("merged.jsonl");
    acs(&["report", "merge", "-o", text(&merged), text(&parts[0]), text(&parts[1])]).success();
    let badge = acs(&["report", "badge", text(&merged)]).success();
    assert!(said(&badge).contains("1/1 pass"), "{}", said(&badge));
}
