//! A standard output that is full, or that nobody reads any more: the same for every command.

use std::fs::File;
use std::process::{Command, Stdio};

use super::running::project;

/// Commands that write to standard output; one without a list of words stands for itself.
const COMMANDS: [&str; 24] = [
    "--help",
    "run --help",
    "run scenarios/pstn.yaml",
    "run scenarios/pstn.yaml --events jsonl",
    "run scenarios/pstn.yaml --estimate",
    "run scenarios/pstn.yaml --dry-run",
    "check scenarios/pstn.yaml",
    "list scenarios/pstn.yaml",
    "list scenarios/pstn.yaml --format json",
    "explain pstn",
    "schema",
    "rules",
    "rules --json",
    "rules --markdown",
    "rules explain AUTH-3",
    "scenarios behaviours",
    "compare emulator emulator scenarios/pstn.yaml",
    "doctor",
    "sign GET /rooms",
    "sdk requirements",
    "sdk new python -",
    "observe -- true",
    "completions bash",
    "man",
];

fn started(words: &str, out: Stdio) -> (Option<i32>, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("acs-conformance"));
    command.args(words.split(' ')).current_dir(project()).env("NO_COLOR", "1");
    command.env("ACS_CONNECTION_STRING", "endpoint=https://localhost:1/;accesskey=a2V5");
    let child = command.stdin(Stdio::null()).stdout(out).stderr(Stdio::piped()).spawn();
    let output = child.expect("it starts").wait_with_output().expect("it ends");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A pipe that nobody reads.
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

#[cfg(target_os = "linux")]
fn full() -> Stdio {
    File::options().write(true).open("/dev/full").expect("it is there").into()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_ends_with_3_and_a_reason_said_once() {
    for words in COMMANDS.into_iter().chain(["emulator"]) {
        let (exit, err) = started(words, full());
        assert_eq!(exit, Some(3), "{words}:\n{err}");
        assert_eq!(err.matches("No space left").count(), 1, "{words}:\n{err}");
        assert!(!err.contains("panicked"), "{words}:\n{err}");
    }
}

#[test]
fn a_standard_output_that_nobody_reads_changes_nothing() {
    for words in COMMANDS {
        let usual = started(words, Stdio::null()).0;
        let (exit, err) = started(words, unread());
        assert_eq!(exit, usual, "{words}:\n{err}");
        assert!(!err.contains("roken pipe"), "{words}:\n{err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_verdict_and_what_leaked_are_told_although_standard_output_is_full() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("one.yaml");
    std::fs::write(
        &path,
        "name: One\nevidence: { assumed: \"for a test\" }\napi-versions: [\"2025-03-13\"]\nsteps:\n  \
         - call: { op: rooms.create, expect: { ok: { id: x } } }\n",
    )
    .expect("written");
    let run = format!("run {}", path.display());
    for (out, exit) in [(full(), 3), (unread(), 1)] {
        let (code, err) = started(&format!("{run} --events jsonl"), out);
        assert_eq!(code, Some(exit), "{err}");
        for part in ["FAIL", "at ok.id", "summary:", "1 failed", "created 1, deleted 1, leaked 0"] {
            assert!(err.contains(part), "{part} in\n{err}");
        }
    }
}

#[test]
fn a_report_is_converted_for_a_reader_that_went_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().display();
    let run = format!("run scenarios/pstn.yaml --report-dir {out}");
    assert_eq!(started(&run, Stdio::null()).0, Some(0));
    for words in ["coverage", "markdown", "html", "junit", "json"] {
        let (exit, err) = started(&format!("report {words} {out}/report.jsonl"), unread());
        assert_eq!((exit, err.as_str()), (Some(0), ""), "{words}");
    }
    let diff = format!("report diff {out}/report.jsonl {out}/report.jsonl");
    assert_eq!(started(&diff, unread()), (Some(0), String::new()));
}
