//! `sdk matrix`: every installed environment through the suite, and one page of all. The
//! environments here hold the reference client where an interpreter would be.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_acs-conformance");

/// An environment as `.ci/sdks` makes one, whose Python is the reference client.
fn environment(sdks: &Path, name: &str, options: &str) {
    let bin = sdks.join("python").join(name).join("bin");
    std::fs::create_dir_all(&bin).expect("a folder");
    let python = bin.join("python");
    let script = format!("#!/bin/sh\nexec '{PROGRAM}' reference-client {options}\n");
    std::fs::write(&python, script).expect("written");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&python, mode).expect("it can be started");
    std::fs::write(sdks.join("python").join(name).join("complete"), "").expect("written");
}

fn matrix(folder: &Path, more: &[&str]) -> (i32, String) {
    let mut command = command();
    command.args(["sdk", "matrix", "--sdks", "sdks", "--adapters", "adapters", "--output", "out"]);
    command.args(["--filter", "quickstart::quickstart::*"]).args(more).current_dir(folder);
    command.env_remove("ACS_REQUIRE_SDKS");
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn every_environment_is_a_column_and_the_worst_is_the_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let sdks = folder.path().join("sdks");
    environment(&sdks, "1.0.0-py3.10", "");
    environment(&sdks, "1.2.0-py3.13", "--mutant VER-1");
    let (code, said) = matrix(folder.path(), &[]);
    assert_eq!(code, 1, "{said}");
    for (cell, exit) in [
        ("python-1.0.0-py3.10-aio", 0),
        ("python-1.0.0-py3.10-sync", 0),
        ("python-1.2.0-py3.13-aio", 1),
        ("python-1.2.0-py3.13-sync", 1),
    ] {
        let row = said.lines().find(|line| line.starts_with(cell)).unwrap_or_default();
        assert!(row.ends_with(&format!("exit {exit}")), "{cell}: {said}");
        assert!(folder.path().join("out").join(format!("{cell}.jsonl")).is_file(), "{cell}");
    }
    let page = std::fs::read_to_string(folder.path().join("out/matrix.html")).expect("the page");
    assert!(page.contains("reference-client") && page.contains("VER-1"), "what it is about");

    let (code, said) = matrix(folder.path(), &["--cell", "1.0.0"]);
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("python-1.2.0"), "{said}");
}

#[test]
fn an_environment_that_does_not_start_has_a_column_that_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let sdks = folder.path().join("sdks");
    environment(&sdks, "1.0.0-py3.10", "--no-such-option");
    environment(&sdks, "1.2.0-py3.13", "");
    let (code, said) = matrix(folder.path(), &[]);
    assert_eq!(code, 4, "{said}");
    let row = said.lines().find(|line| line.starts_with("python-1.0.0-py3.10-aio"));
    let row = row.unwrap_or_default();
    assert!(row.contains("the adapter could not be started") && row.ends_with("exit 4"), "{said}");
    let page = std::fs::read_to_string(folder.path().join("out/matrix.html")).expect("the page");
    let reason = "Did not start: the adapter could not be started";
    assert_eq!(page.matches(reason).count(), 2, "a card for each flavour");
    assert!(
        page.contains("3 implementations"),
        "two that are absent, and one that both flavours are"
    );
}

#[test]
fn known_failures_of_a_language_are_held_against_its_cells() {
    let folder = tempfile::tempdir().expect("a folder");
    environment(&folder.path().join("sdks"), "1.2.0-py3.13", "--mutant VER-1");
    let baseline = folder.path().join("adapters/python");
    std::fs::create_dir_all(&baseline).expect("a folder");
    let entry = "entries:\n  - { cases: [\"quickstart::**\"], rule: VER-1, reason: known, issue: none, match: api-version }\n";
    std::fs::write(baseline.join("known-failures.yaml"), entry).expect("written");
    let (code, said) = matrix(folder.path(), &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("1 known failure, as the baseline expects"), "{said}");
}

#[test]
fn without_an_environment_nothing_ran() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, said) = matrix(folder.path(), &[]);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("no SDK is installed below sdks; run .ci/sdks first"), "{said}");
}

#[test]
fn a_language_without_an_environment_is_told_and_red_where_it_is_demanded() {
    let folder = tempfile::tempdir().expect("a folder");
    environment(&folder.path().join("sdks"), "1.2.0-py3.13", "");
    let (code, said) = matrix(folder.path(), &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("javascript: no environment below sdks/javascript"), "{said}");
    let mut command = command();
    command.args(["sdk", "matrix", "--sdks", "sdks", "--adapters", "adapters", "--output", "out"]);
    command.args(["--filter", "quickstart::quickstart::*"]).current_dir(folder.path());
    let output = command.env("ACS_REQUIRE_SDKS", "python,javascript").output().expect("it runs");
    assert_eq!(output.status.code(), Some(5));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("ACS_REQUIRE_SDKS demands javascript"), "{said}");
}

#[test]
fn a_report_that_every_cell_would_write_anew_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    environment(&folder.path().join("sdks"), "1.2.0-py3.13", "");
    for option in ["--report", "--junit", "--report-dir", "--record"] {
        let (code, said) = matrix(folder.path(), &[option, "mine"]);
        assert_eq!(code, 2, "{option}: {said}");
        assert!(said.contains("other report options are for sdk run"), "{option}: {said}");
    }
}
