//! `run`: what a person sees, how each way to fail ends, and what is cleaned up.

use std::path::{Path, PathBuf};

use super::stand_in::StandIn;
use assert_cmd::Command;
use tempfile::TempDir;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn acs() -> Command {
    let mut command = Command::cargo_bin("acs-conformance").expect("the program");
    command.env_remove("ACS_CONNECTION_STRING").env("NO_COLOR", "1").current_dir(project());
    command
}

/// A run of these arguments: exit code, standard output, standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    outcome(acs().arg("run").args(arguments))
}

fn outcome(command: &mut Command) -> (i32, String, String) {
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// The official quickstart, with every change made to its text.
fn quickstart(changes: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let text = std::fs::read_to_string(project().join("scenarios/quickstart.yaml")).expect("it");
    let mut changed = text;
    for (from, to) in changes {
        assert!(changed.contains(from), "{from} is in the quickstart");
        changed = changed.replace(from, to);
    }
    scenario(&changed)
}

fn scenario(text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("one.yaml");
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

/// A scenario of these steps, with its head.
fn steps(steps: &str) -> (TempDir, PathBuf) {
    scenario(&format!(
        "name: One\nevidence: {{ assumed: \"for a test\" }}\napi-versions: [\"2025-03-13\"]\n{steps}"
    ))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[test]
fn the_quickstart_prints_what_the_official_one_prints() {
    let (exit, out, _) = run(&["scenarios/quickstart.yaml"]);
    assert_eq!(exit, 0);
    let after = |label: &str| {
        out.lines().find_map(|line| line.strip_prefix(label)).unwrap_or_else(|| panic!("{out}"))
    };
    let id = after("Created a room with id:  ");
    assert!(id.len() >= 15 && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
    let (created, from, until) =
        (after("Created date time: "), after("Valid From: "), after("Valid Until: "));
    for time in [created, from, until] {
        assert!(acs_conformance::acs::time::parse(time).is_some(), "{time}");
    }
    let users: Vec<&str> =
        out.lines().filter(|line| line.starts_with("8:acs:")).filter_map(first_word).collect();
    let [presenter, attendee, collaborator] = users[..] else { panic!("three users in\n{out}") };
    let expected = format!(
        "Azure Communication Services - Rooms Quickstart

Created a room with id:  {id}

Retrieved room with id:  {id}

Updated room with validFrom: {from}, validUntil: {until} and pstn_dial_out_enabled: True

Printing the first room in list
Room Id: {id}
Created date time: {created}
Valid From: {from}
Valid Until: {until}
PSTN Dial-Out Enabled: True

Add or update participants in room

Participants in Room Id : {id}
{presenter} Presenter
{attendee} Attendee
{collaborator} Collaborator

Removed participants from room

Deleted room with id: {id}
"
    );
    assert_eq!(out, expected);
}

fn first_word(line: &str) -> Option<&str> {
    line.split(' ').next()
}

#[test]
fn whichever_role_of_the_quickstart_is_changed_it_fails() {
    let original =
        std::fs::read_to_string(project().join("scenarios/quickstart.yaml")).expect("it");
    let places: Vec<(usize, &str)> = ["Presenter", "Consumer", "Attendee", "Collaborator"]
        .iter()
        .flat_map(|role| original.match_indices(role))
        .collect();
    assert_eq!(places.len(), 9);
    for (at, role) in places {
        let other = if role == "Attendee" { "Consumer" } else { "Attendee" };
        let changed = format!("{}{other}{}", &original[..at], &original[at + role.len()..]);
        let (_folder, path) = scenario(&changed);
        let (exit, _, err) = run(&[text(&path)]);
        assert_eq!(exit, 1, "the {role} at {at}:\n{err}");
    }
}

#[test]
fn whichever_key_of_the_quickstart_is_misspelt_it_exits_2() {
    for key in [
        "name",
        "about",
        "evidence",
        "documented",
        "api-versions",
        "tags",
        "targets",
        "print",
        "steps",
        "call",
        "id",
        "op",
        "expect",
        "ok",
        "matches",
        "with",
        "valid_from",
        "valid_until",
        "pstn_dial_out_enabled",
        "participants",
        "role",
        "exchange",
        "status",
        "headers",
        "request",
        "body",
        "room_id",
        "keep",
        "for_each",
        "text",
        "unordered",
        "error",
        "code",
    ] {
        let original =
            std::fs::read_to_string(project().join("scenarios/quickstart.yaml")).expect("it");
        let at = original
            .match_indices(&format!("{key}:"))
            .map(|(at, _)| at)
            .find(|at| !original[..*at].ends_with(|one: char| one.is_alphanumeric() || one == '_'))
            .unwrap_or_else(|| panic!("{key} is in the quickstart"));
        let changed = format!("{}{key}x:{}", &original[..at], &original[at + key.len() + 1..]);
        let (_folder, path) = scenario(&changed);
        let (exit, out, err) = run(&[text(&path)]);
        assert_eq!((exit, out.as_str()), (2, ""), "{key}:\n{err}");
        assert!(err.contains("one.yaml:"), "{key} has a place:\n{err}");
    }
}

#[test]
fn with_dial_out_off_the_quickstart_prints_false() {
    let (_folder, path) = quickstart(&[
        ("pstn_dial_out_enabled: true", "pstn_dial_out_enabled: false"),
        ("pstnDialOutEnabled: true", "pstnDialOutEnabled: false"),
    ]);
    let (exit, out, err) = run(&[text(&path)]);
    assert_eq!(exit, 0, "{err}");
    assert!(out.contains("and pstn_dial_out_enabled: False"), "{out}");
    assert!(out.contains("PSTN Dial-Out Enabled: False") && !out.contains("True"), "{out}");
}

#[test]
fn the_telephone_section_prints_both_states() {
    let (exit, out, _) = run(&["scenarios/pstn.yaml"]);
    assert_eq!(exit, 0);
    assert_eq!(
        out,
        "Created room with pstn_dial_out_enabled: True\n\nUpdated room with \
         pstn_dial_out_enabled: False\n"
    );
}

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

/// Runs a case that must be red, as it is and with `--continue`; nothing may be left behind.
fn assert_red(steps_of: &str) {
    let (_folder, path) = steps(steps_of);
    for more in [&[][..], &["--continue"]] {
        let mut arguments = vec![text(&path)];
        arguments.extend(more);
        let (exit, _, err) = run(&arguments);
        assert_eq!(exit, 1, "{more:?}:\n{err}");
        assert!(err.contains("1 failed") && !err.contains("leaked 1"), "{more:?}:\n{err}");
    }
}

/// A test for each way in which a case can fail, whatever `--continue` says.
macro_rules! stays_red {
    ($($name:ident: $steps:literal,)*) => {
        $(#[test]
        fn $name() {
            assert_red($steps);
        })*
    };
}

stays_red! {
    a_failed_expectation_stays_red:
        "steps:\n  - call: { op: rooms.create, expect: { ok: { id: x } } }\n",
    a_failure_that_nothing_expects_stays_red:
        "steps:\n  - call: { op: rooms.get, with: { room_id: \"99999999999999999\" }, expect: { \
         exchange: { request: { method: GET } } } }\n  - call: { op: rooms.get, with: { room_id: \
         \"99999999999999999\" }, expect: { ok: { id: { absent: true } } } }\n",
    an_unconsumed_fault_stays_red:
        "faults: [{ on: rooms.delete, status: 503 }]\nsteps:\n  - call: { op: rooms.create, \
         expect: { ok: { id: { type: string } } } }\n",
    the_time_limit_stays_red:
        "timeout: 200ms\nfaults: [{ on: rooms.create, hang: true }]\nsteps:\n  - call: { op: \
         rooms.create, expect: { ok: { id: x } } }\n",
    a_value_that_is_not_there_stays_red:
        "steps:\n  - call: { id: room, op: rooms.create, expect: { ok: { id: { type: string } } \
         } }\n  - call: { op: rooms.get, with: { room_id: \"${room.nothing}\" }, expect: { ok: { \
         id: x } } }\n",
    a_wait_that_never_ends_well_stays_red:
        "steps:\n  - wait: { call: { op: rooms.list }, until: { ok: { length: 1 } }, interval: \
         10ms, deadline: 50ms }\n",
    what_must_not_come_stays_red:
        "steps:\n  - wait: { call: { op: rooms.list }, until: { ok: { length: 1 } }, fail_if: { \
         ok: { length: 0 } }, interval: 10ms, deadline: 5s }\n",
    the_state_at_the_end_stays_red:
        "steps:\n  - call: { op: rooms.create, expect: { ok: { id: { type: string } } } }\nexpect: \
         { state: { rooms: { length: 7 } } }\n",
    a_transport_error_stays_red:
        "faults: [{ on: rooms.create, reset: before }]\nsteps:\n  - call: { op: rooms.create, \
         expect: { ok: { id: { type: string } } } }\n",
}

#[test]
fn what_is_wrong_beside_the_cases_stays_wrong_with_continue() {
    let bad = quickstart(&[("op: rooms.create", "op: rooms.creat")]);
    assert_eq!(run(&[text(&bad.1), "--continue"]).0, 2);
    assert_eq!(run(&["scenarios/pstn.yaml", "--filter", "nothing-is-so", "--continue"]).0, 5);
    assert_eq!(run(&["scenarios/pstn.yaml", "--report", "/dev/full", "--continue"]).0, 3);
    let nobody = "endpoint=https://localhost:1/;accesskey=a2V5";
    let mut command = acs();
    let command = command.args(["run", "scenarios/pstn.yaml", "--target", "live", "--continue"]);
    assert_eq!(outcome(command.env("ACS_CONNECTION_STRING", nobody)).0, 4);
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

#[test]
fn a_live_run_deletes_what_it_created_and_says_so() {
    let stand_in = StandIn::start();
    let (exit, _, err) = outcome(acs().args(["run", "scenarios/quickstart.yaml"]).live(&stand_in));
    assert_eq!(exit, 0, "{err}");
    assert!(err.contains("created 4, deleted 4, leaked 0"), "{err}");
    assert!(!err.contains(stand_in.key()), "the key never shows");
}

#[test]
fn what_cannot_be_deleted_is_a_leak() {
    let stand_in = StandIn::start();
    stand_in.fault("identity.delete_user", 1000, r#"{ "status": 403 }"#);
    for more in [&[][..], &["--continue"]] {
        let mut command = acs();
        let (exit, _, err) =
            outcome(command.args(["run", "scenarios/quickstart.yaml"]).args(more).live(&stand_in));
        assert_eq!(exit, 6, "{err}");
        assert!(err.contains("leaked 3"), "{err}");
    }
}

#[test]
fn an_endpoint_that_does_not_answer_properly_exits_4_in_time() {
    for (name, fault) in [
        ("garbage", r#"{ "garbage": "response" }"#),
        ("close", r#"{ "close": "before" }"#),
        ("hang", r#"{ "hang": true }"#),
    ] {
        let stand_in = StandIn::start();
        stand_in.fault("*", 1000, fault);
        let clock = std::time::Instant::now();
        let (exit, _, err) = outcome(acs().args(["run", "scenarios/pstn.yaml"]).live(&stand_in));
        assert_eq!(exit, 4, "{name}: {err}");
        assert!(err.contains("cannot be reached"), "{name}: {err}");
        assert!(clock.elapsed().as_secs() < 15, "{name} took {:?}", clock.elapsed());
    }
}

#[test]
fn an_unreachable_or_untrusted_endpoint_exits_4_with_advice() {
    let nobody = "endpoint=https://localhost:1/;accesskey=a2V5";
    let mut command = acs();
    let command = command.args(["run", "scenarios/pstn.yaml", "--target", "live"]);
    let (exit, _, err) = outcome(command.env("ACS_CONNECTION_STRING", nobody));
    assert_eq!(exit, 4, "{err}");
    let stand_in = StandIn::start();
    let mut command = acs();
    let command = command.args(["run", "scenarios/pstn.yaml", "--target", "live"]);
    let (exit, _, err) =
        outcome(command.env("ACS_CONNECTION_STRING", stand_in.connection_string()));
    assert_eq!(exit, 4, "{err}");
    assert!(err.contains("--ca-file"), "{err}");
}

#[test]
fn a_malformed_connection_string_exits_2_and_never_shows_the_key() {
    for bad in ["endpoint=nowhere;accesskey=c2VjcmV0LWtleQ", "accesskey=c2VjcmV0LWtleQ==", "x"] {
        let mut command = acs();
        let command = command.args(["run", "scenarios/pstn.yaml", "--target", "live"]);
        let (exit, out, err) = outcome(command.env("ACS_CONNECTION_STRING", bad));
        assert_eq!(exit, 2, "{err}");
        assert!(!format!("{out}{err}").contains("c2VjcmV0"), "{err}");
    }
    let mut command = acs();
    let (exit, _, err) = outcome(command.args(["run", "scenarios/pstn.yaml", "--target", "live"]));
    assert_eq!(exit, 2, "{err}");
    assert!(err.contains("ACS_CONNECTION_STRING is not set"), "{err}");
}

#[cfg(unix)]
#[test]
fn signals_end_a_run_with_130_and_leave_nothing_behind() {
    for signal in ["INT", "TERM"] {
        let stand_in = StandIn::start();
        stand_in.fault("rooms.get", 1000, r#"{ "hang": true }"#);
        let mut command =
            std::process::Command::new(assert_cmd::cargo::cargo_bin("acs-conformance"));
        command.args(["run", "scenarios/quickstart.yaml"]).current_dir(project());
        stand_in.prepare(&mut command);
        let quiet = std::process::Stdio::null;
        let mut child = command.stdout(quiet()).stderr(quiet()).spawn().expect("it starts");
        stand_in.wait_for_a_room();
        let kill = std::process::Command::new("kill")
            .args([format!("-{signal}"), child.id().to_string()])
            .status();
        assert!(kill.expect("kill runs").success());
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(130), "{signal}");
        assert_eq!(stand_in.rooms(), 0, "{signal}");
    }
}

/// What a live run needs.
trait OnLive {
    fn live(&mut self, stand_in: &StandIn) -> &mut Self;
}

impl OnLive for Command {
    fn live(&mut self, stand_in: &StandIn) -> &mut Self {
        self.args(stand_in.arguments())
            .env("ACS_CONNECTION_STRING", stand_in.connection_string())
            .env("ACS_LEDGER_DIR", stand_in.ledger())
    }
}
