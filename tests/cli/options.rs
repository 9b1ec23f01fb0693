//! Options of `run` that change what happens: each does, and the command for one case keeps it.

use std::path::Path;

use super::running::{acs, outcome, project, run, scenario, steps, text};
use super::stand_in::StandIn;

const LIST: &str = "steps:\n  - call: { op: rooms.list, expect: { ok: { length: 0 } } }\n";

/// Waits in vain.
const WAIT: &str = "steps:\n  - wait: { call: { op: rooms.list }, until: { ok: { length: 1 } }, \
                    interval: 50ms, deadline: 30s }\n";

#[test]
fn a_limit_given_with_timeout_holds_for_every_case() {
    let (_folder, path) = steps(WAIT);
    let clock = std::time::Instant::now();
    let (exit, _, err) = run(&[text(&path), "--timeout", "300ms"]);
    assert_eq!(exit, 1, "{err}");
    assert!(err.contains("limit of 300ms"), "{err}");
    assert!(clock.elapsed().as_secs() < 20, "{:?}", clock.elapsed());
}

#[test]
fn a_seed_decides_the_order_and_the_first_line_tells_it() {
    let order = |more: &[&str]| {
        let (exit, _, err) = run(&[&["scenarios/validity", "--shuffle"], more].concat());
        assert_eq!(exit, 0, "{err}");
        let names = err.lines().filter_map(|line| line.strip_prefix("ok   "));
        let names: Vec<String> =
            names.filter_map(|rest| rest.split(' ').next().map(str::to_owned)).collect();
        let first = err.lines().next().unwrap_or_default().to_owned();
        (names, first)
    };
    let (one, line) = order(&["--seed", "1"]);
    assert!(line.ends_with("shuffled by --seed 1"), "{line}");
    assert_eq!(one, order(&["--seed", "1"]).0);
    assert_ne!(one, order(&["--seed", "2"]).0);
    let (chance, line) = order(&[]);
    let seed = line.rsplit(' ').next().expect("a seed");
    assert_eq!(chance, order(&["--seed", seed]).0, "{line}");
}

#[test]
fn a_connection_string_comes_from_the_file_or_the_variable_that_was_named() {
    let stand_in = StandIn::start();
    let file = stand_in.ledger().join("string");
    std::fs::write(&file, stand_in.connection_string()).expect("written");
    for (option, value) in
        [("--connection-string-file", text(&file)), ("--connection-string-env", "MY_RESOURCE")]
    {
        let (exit, _, err) = outcome(
            acs()
                .args(["run", "scenarios/pstn.yaml", option, value])
                .args(stand_in.arguments())
                .env("MY_RESOURCE", stand_in.connection_string())
                .env("ACS_CONNECTION_STRING", "not this one")
                .env("ACS_LEDGER_DIR", stand_in.ledger()),
        );
        assert_eq!(exit, 0, "{option}: {err}");
        assert!(err.contains("created 1, deleted 1, leaked 0"), "{option}: {err}");
    }
}

/// The command that a run prints for one case, and how it ends when a shell runs it.
#[cfg(unix)]
fn again(err: &str) -> (String, i32, String) {
    again_in(project(), err)
}

fn again_in(folder: &Path, err: &str) -> (String, i32, String) {
    let printed = err.lines().find_map(|line| line.trim().strip_prefix("run it alone: "));
    let printed = printed.unwrap_or_else(|| panic!("a command in\n{err}")).to_owned();
    let program = assert_cmd::cargo::cargo_bin("acs-conformance");
    let line = printed.replacen("acs-conformance", text(&program), 1);
    let mut shell = assert_cmd::Command::new("sh");
    shell.args(["-c", &line]).current_dir(folder).env("NO_COLOR", "1");
    shell.env_remove("ACS_CONNECTION_STRING");
    let (exit, _, err) = outcome(&mut shell);
    (printed, exit, err)
}

#[cfg(unix)]
#[test]
fn the_command_for_one_case_ends_as_the_case_did() {
    let (folder, path) = steps(LIST);
    let kept = folder.path().join("kept here");
    let (_other, waits) = steps(WAIT);
    for (words, reason) in [
        (vec![text(&waits), "--timeout", "300ms"], "limit of 300ms"),
        (vec![text(&path), "--require-snapshots"], "there is no snapshot"),
        (vec![text(&path), "--require-snapshots", "--snapshots", text(&kept)], "kept here"),
    ] {
        let (exit, _, err) = run(&words);
        assert_eq!((exit, err.contains(reason)), (1, true), "{words:?}:\n{err}");
        let (printed, exit, err) = again(&err);
        assert_eq!((exit, err.contains(reason)), (1, true), "{printed}:\n{err}");
    }
}

#[cfg(unix)]
#[test]
fn the_command_for_a_built_in_case_names_no_file() {
    let empty = tempfile::TempDir::new().expect("a folder");
    let words = ["run", "--filter", "name(quickstart::pstn)", "--timeout", "0s"];
    let (exit, _, err) = outcome(acs().args(words).current_dir(empty.path()));
    assert_eq!((exit, err.contains("limit of 0s")), (1, true), "{err}");
    let (printed, exit, err) = again_in(empty.path(), &err);
    assert!(printed.contains("--filter 'name(quickstart::pstn)'"), "{printed}");
    assert_eq!((exit, err.contains("limit of 0s")), (1, true), "{printed}:\n{err}");
}

#[cfg(unix)]
#[test]
fn the_command_for_a_replayed_case_replays_it() {
    let stand_in = StandIn::start();
    let (folder, path) = steps(
        "targets: [emulator, live]\nsteps:\n  - call: { op: rooms.create, expect: { ok: { id: { type: string } } } }\n",
    );
    let cassettes = folder.path().join("cassettes");
    let (exit, _, err) = outcome(
        acs()
            .args(["run", text(&path), "--record", text(&cassettes)])
            .args(stand_in.arguments())
            .env("ACS_CONNECTION_STRING", stand_in.connection_string())
            .env("ACS_LEDGER_DIR", stand_in.ledger()),
    );
    assert_eq!(exit, 0, "{err}");
    let stricter = std::fs::read_to_string(&path).expect("it").replace("{ type: string }", "other");
    std::fs::write(&path, stricter).expect("written");
    let (exit, _, err) = run(&[text(&path), "--target", "live", "--replay", text(&cassettes)]);
    assert_eq!(exit, 1, "{err}");
    let (printed, exit, err) = again(&err);
    assert!(printed.contains("--replay"), "{printed}");
    assert_eq!((exit, err.contains("at ok.id")), (1, true), "{printed}:\n{err}");
}

#[cfg(unix)]
#[test]
fn a_name_that_a_shell_would_carry_out_is_quoted_wherever_the_command_stands() {
    let (folder, _) = scenario("");
    let path = folder.path().join("a b$(touch pwn).yaml");
    std::fs::write(
        &path,
        "name: One\nevidence: { assumed: \"for a test\" }\napi-versions: [\"2025-03-13\"]\nsteps:\n  \
         - call: { op: rooms.list, expect: { ok: { length: 7 } } }\n",
    )
    .expect("written");
    let out = folder.path().join("out");
    let (exit, _, err) = run(&[text(&path), "--report-dir", text(&out)]);
    assert_eq!(exit, 1, "{err}");
    let quoted = format!("'{}'", path.display());
    assert!(err.contains(&quoted), "{err}");
    for file in ["summary.md", "report.jsonl"] {
        let text = std::fs::read_to_string(out.join(file)).expect("a report");
        assert!(text.contains(&format!("acs-conformance run {quoted}")), "{file}:\n{text}");
    }
    let (printed, exit, err) = again(&err);
    assert_eq!(exit, 1, "{printed}:\n{err}");
    assert!(!project().join("pwn").exists() && !Path::new("pwn").exists());
}
