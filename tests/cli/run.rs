//! `run`: what a person sees, and in which order.

use std::path::PathBuf;

use tempfile::TempDir;

use super::running::{project, quickstart, run, steps, text};

#[test]
fn several_scenarios_print_only_when_asked() {
    let two = ["scenarios/quickstart.yaml", "scenarios/pstn.yaml"];
    assert_eq!(run(&two).1, "");
    let (_, out, _) = run(&[two[0], two[1], "--print"]);
    assert!(out.contains("Rooms Quickstart") && out.contains("Created room with"), "{out}");
}

#[test]
fn another_role_fails_and_shows_all_that_helps() {
    let (_folder, path) = quickstart(&[(
        "\"${user1.id}\", role: Presenter }\n          - ",
        "\"${user1.id}\", role: Attendee }\n          - ",
    )]);
    let (exit, _, err) = run(&[text(&path)]);
    assert_eq!(exit, 1, "{err}");
    for part in [
        "FAIL",
        "one.yaml:",                            // where
        "^^^",                                  // the caret
        "\"Presenter\" (string)",               // expected, with its type
        "\"Attendee\" (string)",                // actual, with its type
        "> POST /rooms?api-version=2025-03-13", // the exchange
        "Signature=***",                        // its secrets masked
        "user1 = {\"id\":\"8:acs:",             // captured variables
        "run it alone: acs-conformance run",    // how to see it again
        "steps were not run",
    ] {
        assert!(err.contains(part), "{part} in\n{err}");
    }
}

#[test]
fn a_misspelt_key_exits_2_and_the_valid_file_still_runs() {
    let (_folder, path) = quickstart(&[("valid_until: ${now + 4w}", "valid_untill: ${now + 4w}")]);
    let (exit, _, err) = run(&[text(&path), "scenarios/pstn.yaml"]);
    assert_eq!(exit, 2, "{err}");
    assert!(err.contains("valid_until"), "a suggestion in\n{err}");
    assert!(err.contains("ok   quickstart::pstn"), "{err}");
    assert!(err.contains("1 passed, 1 invalid"), "{err}");
}

#[test]
fn every_failed_expectation_of_a_step_is_shown() {
    let (_folder, path) = steps(
        "steps:\n  - call: { op: rooms.create, expect: { ok: { id: \"1\", validFrom: \"x\" } } }\n",
    );
    let (exit, _, err) = run(&[text(&path)]);
    assert_eq!(exit, 1);
    assert!(err.contains("at ok.id") && err.contains("at ok.validFrom"), "{err}");
}

#[test]
fn continue_goes_on_after_a_failed_step() {
    let (_folder, path) = steps(
        "steps:\n  - call: { op: rooms.create, expect: { ok: { id: x } } }\n  - call: { op: \
         rooms.list, expect: { ok: { length: 1 } } }\n",
    );
    let without = run(&[text(&path), "--verbose"]).2;
    assert!(without.contains("not run 2"), "{without}");
    let with = run(&[text(&path), "--verbose", "--continue"]).2;
    assert!(with.contains("ok 2 rooms.list"), "{with}");
}

#[test]
fn a_snapshot_that_differs_fails_and_is_proposed() {
    let folder = TempDir::new().expect("a folder");
    let scenarios = folder.path().join("scenarios");
    std::fs::create_dir(&scenarios).expect("a folder");
    let path = scenarios.join("pstn.yaml");
    std::fs::copy(project().join("scenarios/pstn.yaml"), &path).expect("copied");
    let one = text(&path);
    let (exit, _, err) = run(&[one]);
    assert_eq!((exit, err.contains("no snapshot")), (0, true), "{err}");
    assert_eq!(run(&[one, "--require-snapshots"]).0, 1);
    assert_eq!(run(&[one, "--require-snapshots", "--continue"]).0, 1);
    assert_eq!(run(&[one, "--update-snapshots"]).0, 0);
    assert_eq!(run(&[one, "--require-snapshots"]).0, 0);
    let snapshot = folder.path().join("snapshots/quickstart__pstn@2025-03-13.snap");
    let text = std::fs::read_to_string(&snapshot).expect("a snapshot");
    std::fs::write(&snapshot, text.replace("<room:1>", "<room:7>")).expect("written");
    for more in [&[one][..], &[one, "--continue"]] {
        let (exit, _, err) = run(more);
        assert_eq!(exit, 1);
        assert!(err.contains("-         \"id\": \"<room:7>\""), "{err}");
    }
    assert!(snapshot.with_extension("snap.new").exists(), "proposed for review");
}

/// A folder with `scenarios/pstn.yaml`, and the place of its snapshot.
fn pstn() -> (TempDir, PathBuf, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let scenarios = folder.path().join("scenarios");
    std::fs::create_dir(&scenarios).expect("a folder");
    let path = scenarios.join("pstn.yaml");
    std::fs::copy(project().join("scenarios/pstn.yaml"), &path).expect("copied");
    let snapshot = folder.path().join("snapshots/quickstart__pstn@2025-03-13.snap");
    (folder, path, snapshot)
}

#[test]
fn a_snapshot_that_cannot_be_read_is_red_and_one_that_cannot_be_written_the_harness_s_fault() {
    let (_folder, path, snapshot) = pstn();
    let one = text(&path);
    std::fs::create_dir_all(&snapshot).expect("a folder in its place");
    for more in [&[one][..], &[one, "--require-snapshots"]] {
        let (exit, _, err) = run(more);
        assert_eq!((exit, err.contains("cannot be read")), (1, true), "{err}");
        assert!(err.contains(text(&snapshot)), "the path:\n{err}");
    }
    let (exit, _, err) = run(&[one, "--update-snapshots"]);
    assert_eq!((exit, err.contains("cannot be written")), (3, true), "{err}");
    std::fs::remove_dir(&snapshot).expect("removed");
    std::fs::write(&snapshot, b"\xff").expect("written");
    let (exit, _, err) = run(&[one]);
    assert_eq!((exit, err.contains("UTF-8")), (1, true), "{err}");
    assert_eq!(run(&[one, "--update-snapshots"]).0, 0, "what cannot be read is written anew");
    assert_eq!(run(&[one, "--require-snapshots"]).0, 0);
}

#[test]
fn snapshots_of_scenarios_elsewhere_lie_where_the_option_says() {
    let (folder, path) =
        steps("steps:\n  - call: { op: rooms.list, expect: { ok: { length: 0 } } }\n");
    let one = text(&path);
    let (exit, _, err) = run(&[one]);
    assert_eq!((exit, err.contains("[no snapshot]")), (0, true), "{err}");
    let (exit, _, err) = run(&[one, "--require-snapshots"]);
    assert_eq!((exit, err.contains("--snapshots DIR")), (1, true), "{err}");
    let there = folder.path().join("kept");
    let with = |more: &[&str]| run(&[&[one, "--snapshots", text(&there)], more].concat());
    assert_eq!(with(&["--require-snapshots"]).0, 1);
    assert_eq!(with(&["--update-snapshots"]).0, 0);
    assert_eq!(std::fs::read_dir(&there).expect("made").count(), 1);
    assert_eq!(with(&["--require-snapshots"]).0, 0);
    let (exit, _, err) = run(&[one, "--snapshots", one]);
    assert_eq!((exit, err.contains("cannot be read")), (1, true), "a file is no folder:\n{err}");
    assert_eq!(run(&[one, "--snapshots", one, "--update-snapshots"]).0, 3);
}

#[test]
fn a_deviation_that_excuses_nothing_fails() {
    let folder = TempDir::new().expect("a folder");
    let scenarios = folder.path().join("scenarios");
    std::fs::create_dir(&scenarios).expect("a folder");
    let path = scenarios.join("one.yaml");
    let head = "name: One\nevidence: { assumed: \"for a test\" }\napi-versions: [\"2025-03-13\"]\n";
    let body = "steps:\n  - call: { op: rooms.create, expect: { ok: { id: { type: string } } } }\n";
    std::fs::write(&path, format!("{head}{body}")).expect("written");
    assert_eq!(run(&[text(&path), "--update-snapshots"]).0, 0);
    let deviation =
        "deviations: [{ path: \"$.steps[0].ok.id\", reason: \"none\", targets: [emulator] }]\n";
    std::fs::write(&path, format!("{head}{deviation}{body}")).expect("written");
    for more in [&[text(&path)][..], &[text(&path), "--continue"]] {
        let (exit, _, err) = run(more);
        assert_eq!(exit, 1, "{err}");
        assert!(err.contains("excuses nothing any more"), "{err}");
    }
}

#[test]
fn nothing_that_fits_exits_5_and_wrong_usage_2() {
    let (exit, _, err) = run(&["scenarios/pstn.yaml", "--filter", "nothing-is-called-this"]);
    assert_eq!(exit, 5, "{err}");
    assert_eq!(run(&["scenarios/pstn.yaml", "--filter", "a &"]).0, 2);
    assert_eq!(run(&["scenarios/pstn.yaml", "--no-such-option"]).0, 2);
    let (exit, _, err) = run(&["no/such/folder"]);
    assert_eq!(exit, 2, "{err}");
    assert!(err.contains("no/such/folder"), "{err}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_the_harness_s_own_fault() {
    let (exit, _, err) = run(&["scenarios/pstn.yaml", "--report", "/dev/full"]);
    assert_eq!(exit, 3, "{err}");
    assert!(err.contains("No space left"), "{err}");
    assert!(err.contains("1 passed"), "the run went on:\n{err}");
}

#[test]
fn the_event_stream_is_one_json_object_a_line_in_order() {
    let (exit, out, _) = run(&["scenarios/quickstart.yaml", "--events", "jsonl"]);
    assert_eq!(exit, 0);
    let events: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let names: Vec<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
    assert_eq!(names.first(), Some(&"run-started"));
    assert_eq!(names.last(), Some(&"run-finished"));
    assert_eq!(names.iter().filter(|name| **name == "step-finished").count(), 12);
    assert_eq!(events.last().map(|event| event["passed"].clone()), Some(1.into()));
}

#[test]
fn reports_come_in_the_order_of_the_files_however_many_jobs() {
    let names = |jobs: &str| -> Vec<String> {
        let (exit, _, err) = run(&["scenarios/validity", "--jobs", jobs]);
        assert_eq!(exit, 0, "{err}");
        err.lines()
            .filter(|line| line.starts_with("ok "))
            .filter_map(|line| line.split_whitespace().nth(1).map(str::to_owned))
            .collect()
    };
    let one = names("1");
    assert!(one.len() > 10, "{one:?}");
    assert_eq!(one, names("8"));
}

/// Each case is told as a whole, step by step and exchange by exchange, whatever runs beside it.
#[test]
fn what_many_jobs_tell_is_what_one_tells() {
    let told = |jobs: &str| -> Vec<String> {
        let words = ["scenarios/validity", "--verbose", "--seed", "7", "--jobs", jobs];
        let (exit, _, err) = run(&words);
        assert_eq!(exit, 0, "{err}");
        // The first word of a line: times and ports, which differ, come later.
        err.lines()
            .map(|line| line.split(' ').find(|word| !word.is_empty()).unwrap_or("").to_owned())
            .collect()
    };
    let one = told("1");
    assert!(one.len() > 1000, "{} lines", one.len());
    assert_eq!(one, told("8"));
}

#[test]
fn the_same_seed_shuffles_alike_and_makes_the_same_ids() {
    let out = |seed: &str| run(&["scenarios/quickstart.yaml", "--seed", seed]).1;
    let id = |out: String| out.lines().find(|line| line.starts_with("Created")).map(str::to_owned);
    assert_eq!(id(out("7")), id(out("7")));
    assert_ne!(id(out("7")), id(out("8")));
}

#[test]
fn fail_fast_begins_nothing_after_the_first_red_case() {
    let (_folder, path) =
        steps("steps:\n  - call: { op: rooms.create, expect: { ok: { id: x } } }\n");
    let (exit, _, err) = run(&[text(&path), "--repeat", "40", "--jobs", "1", "--fail-fast"]);
    assert_eq!(exit, 1);
    assert!(err.contains("1 failed") && err.contains("39 not run"), "{err}");
}
