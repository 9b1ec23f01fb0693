//! `observe`: an unmodified program against an emulator; the harness itself is the program.

use std::path::Path;

use super::command;

/// Runs a scenario as a program would that knows no more than its environment.
const PROGRAM: &str =
    r#""$0" run --target live --rate 0 --ca-file "$ACS_CA_BUNDLE" --ledger inner "$1" >&2"#;
/// Makes a room and leaves it behind, without anything that the guidelines ask of a client.
const CARELESS: &str = r#"curl -sS --cacert "$ACS_CA_BUNDLE" -X POST -H "Authorization: Bearer $ACS_BEARER_TOKEN" -H 'content-type: application/json' -d '{}' "$(echo "$ACS_CONNECTION_STRING" | sed 's/endpoint=\(.*\)\/;.*/\1/')/rooms?api-version=2025-03-13" >&2"#;

/// What came of watching a program: exit code, standard output, standard error.
struct Watched(i32, String, String);

impl Watched {
    #[track_caller]
    fn ended(&self, code: i32) -> &Self {
        assert_eq!(self.0, code, "{}{}", self.1, self.2);
        self
    }

    #[track_caller]
    fn says(&self, words: &str) -> &Self {
        assert!(self.1.contains(words), "missing: {words}\n{}{}", self.1, self.2);
        self
    }
}

fn observe(folder: &Path, options: &[&str], script: &str, argument: &str) -> Watched {
    let output = command()
        .arg("observe")
        .args(options)
        .args(["--", "sh", "-c", script, env!("CARGO_BIN_EXE_acs-conformance"), argument])
        .env("ACS_CONNECTION_STRING", "endpoint=https://live.invalid/;accesskey=Y2FuYXJ5")
        .env("AZURE_CLIENT_SECRET", "canary")
        .current_dir(folder)
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Watched(output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn quickstart() -> String {
    format!("{}/scenarios/quickstart.yaml", env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn the_quickstart_as_a_program_does_what_the_scenario_demands() {
    let folder = folder();
    let watched = observe(folder.path(), &["--scenario", "quickstart"], PROGRAM, &quickstart());
    watched
        .ended(0)
        .says("program: exit status: 0")
        .says("left behind: 0 rooms, 0 users")
        .says("operations: all 12 of the scenario, in its order")
        .says(" 0 failed, 0 warned");
    let first = watched.1.lines().next().unwrap_or_default();
    assert!(first.contains("built-in scenarios"), "{first}");
}

#[test]
fn a_program_that_leaves_the_scenario_is_told_where() {
    let folder = folder();
    std::fs::write(
        folder.path().join("one.yaml"),
        "name: One\nevidence: { assumed: x }\ntargets: [emulator, live]\napi-versions: [\"2025-03-13\"]\nsteps:\n  - call: { op: rooms.list, expect: { ok: [] } }\n",
    )
    .expect("written");
    let watched = observe(folder.path(), &["--scenario", "quickstart"], PROGRAM, "one.yaml");
    watched
        .ended(1)
        .says(
            "operations: number 1 of the scenario, identity.create_user, did not come in its turn",
        )
        .says("  seen: rooms.list");
}

#[test]
fn what_a_program_leaves_behind_is_named_and_rules_that_it_breaks_are_red() {
    let folder = folder();
    let watched = observe(folder.path(), &[], CARELESS, "-");
    watched
        .ended(1)
        .says("left behind: 1 room, 0 users\n  99")
        .says("fail ID-3: User-Agent \"curl/")
        .says("warn ID-1: ");
    // MUST rules stay red.
    observe(folder.path(), &["--allow-warnings"], CARELESS, "-").ended(1);
}

#[test]
fn the_programs_own_failure_is_told_with_its_exit_code() {
    let folder = folder();
    let script = format!("{PROGRAM}; exit 7");
    let watched = observe(folder.path(), &[], &script, &quickstart());
    watched.ended(1).says("program: exit status: 7").says(" 0 failed, 0 warned");
}

#[test]
fn a_scenario_that_was_written_of_the_traffic_runs() {
    let folder = folder();
    let options = ["--write-scenario", "seen.yaml", "--record", "seen.har"];
    observe(folder.path(), &options, PROGRAM, &quickstart())
        .ended(0)
        .says("wrote seen.yaml")
        .says("wrote seen.har");
    let written = std::fs::read_to_string(folder.path().join("seen.yaml")).expect("it is there");
    assert!(written.contains("valid_until: \"${now + "), "fit for any day: {written}");
    let recorded = std::fs::read_to_string(folder.path().join("seen.har")).expect("it is there");
    assert!(recorded.contains("Signature=***"), "{recorded}");
    let run = |arguments: &[&str]| {
        let output =
            command().args(arguments).current_dir(folder.path()).output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        said
    };
    run(&["check", "seen.yaml"]);
    assert!(run(&["run", "seen.yaml"]).contains("created 4, deleted 4, leaked 0"));
}

#[test]
fn the_program_gets_the_connection_string_under_chosen_names_and_nothing_of_a_live_resource() {
    let folder = folder();
    let options = ["--connection-string-env", "MY_NAME", "--resources", "2"];
    observe(folder.path(), &options, "env > seen; exit 0", "-").ended(5);
    let seen = std::fs::read_to_string(folder.path().join("seen")).expect("what it saw");
    assert!(seen.contains("\nMY_NAME=endpoint=https://localhost:"), "{seen}");
    for name in ["ACS_CONNECTION_STRING", "ACS_CONNECTION_STRING_2", "REQUESTS_CA_BUNDLE"] {
        assert!(seen.lines().any(|line| line.starts_with(&format!("{name}="))), "{name}: {seen}");
    }
    assert!(!seen.contains("canary") && !seen.contains("Y2FuYXJ5"), "{seen}");
}

#[test]
fn each_way_not_to_watch_anything_has_its_exit_code() {
    let folder = folder();
    observe(folder.path(), &[], "exit 0", "-").ended(5).says("the program sent nothing");
    let unknown = observe(folder.path(), &["--scenario", "quickstrat"], "exit 0", "-");
    assert!(unknown.ended(2).2.contains("did you mean `quickstart`?"), "{}", unknown.2);
    let missing = command().args(["observe", "--", "/nowhere/program"]).output().expect("it runs");
    assert_eq!(missing.status.code(), Some(4));
}

#[test]
fn next_months_api_version_is_served_as_a_known_one() {
    let folder = folder();
    let script = CARELESS.replace("2025-03-13", "2026-09-01");
    let refused = observe(folder.path(), &[], &script, "-");
    assert!(refused.2.contains("UnsupportedApiVersion"), "{}", refused.2);
    let served = observe(folder.path(), &["--serve-as", "2026-09-01=2025-03-13"], &script, "-");
    served.says("left behind: 1 room").says("api-version 2026-09-01 is served as 2025-03-13");
}

#[test]
fn a_program_without_credentials_is_red_and_has_done_nothing() {
    let folder = folder();
    let script = CARELESS.replace("-H \"Authorization: Bearer $ACS_BEARER_TOKEN\" ", "");
    let script =
        script.replace("/rooms?api-version=2025-03-13", "/identities?api-version=2023-10-01");
    observe(folder.path(), &["--scenario", "quickstart"], &script, "-")
        .ended(1)
        .says("fail AUTH-1: POST /identities: no Authorization is sent")
        .says("number 1 of the scenario, identity.create_user, did not come in its turn")
        .says("  seen: identity.create_user (refused: 401)");
}

#[cfg(unix)]
#[test]
fn what_the_program_started_ends_with_it() {
    use super::sdk::{is_gone, signal, written};
    let folder = folder();
    let mut acs = std::process::Command::new(env!("CARGO_BIN_EXE_acs-conformance"))
        .args(["observe", "--", "sh", "-c", "sleep 781 & echo $! > sleeper; wait; true"])
        .current_dir(folder.path())
        .stdin(std::process::Stdio::null())
        .spawn()
        .expect("it runs");
    let sleeper = written(&folder.path().join("sleeper"));
    signal("TERM", &acs.id().to_string());
    let status = acs.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    assert!(is_gone(&sleeper), "the sleeper lives on");
}
