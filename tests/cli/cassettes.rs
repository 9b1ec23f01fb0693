//! `run --record`, `run --replay` and `import`, as a user calls them.

use std::path::Path;

use assert_cmd::Command;

fn acs(arguments: &[&str]) -> assert_cmd::assert::Assert {
    Command::cargo_bin("acs-conformance")
        .expect("the binary")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .assert()
}

fn said(assert: &assert_cmd::assert::Assert) -> String {
    let output = assert.get_output();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

const QUICKSTART: &str = "scenarios/quickstart.yaml";
const CASSETTE: &str = "quickstart__quickstart@2025-03-13.har";

/// Records the quickstart into a fresh folder.
fn recorded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    acs(&["run", QUICKSTART, "--record", text(folder.path())]).success();
    folder
}

/// Changes the recording and gives it back.
fn with_change(folder: &Path, from: &str, to: &str) {
    let path = folder.join(CASSETTE);
    let old = std::fs::read_to_string(&path).expect("a cassette");
    let new = old.replace(from, to);
    assert_ne!(old, new, "{from} is in the cassette");
    std::fs::write(path, new).expect("a cassette");
}

#[test]
fn a_recording_plays_and_meets_the_same_expectations_and_snapshot() {
    let folder = recorded();
    let played = acs(&["run", QUICKSTART, "--replay", text(folder.path())]).success();
    assert!(said(&played).contains("1 passed"), "{}", said(&played));
    assert!(said(&played).contains("Created a room with id:  994"), "{}", said(&played));
}

#[test]
fn a_recording_is_har_1_2_without_a_signature_or_a_token() {
    let folder = recorded();
    let text = std::fs::read_to_string(folder.path().join(CASSETTE)).expect("a cassette");
    let har: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(har["log"]["version"], "1.2");
    let entries = har["log"]["entries"].as_array().expect("entries");
    assert!(entries.len() >= 12, "{}", entries.len());
    for entry in entries {
        for member in ["startedDateTime", "time", "request", "response", "cache", "timings"] {
            assert!(!entry[member].is_null(), "{member}: {entry}");
        }
    }
    let signatures: Vec<&str> = text.split("Signature=").skip(1).collect();
    assert!(!signatures.is_empty());
    assert!(signatures.iter().all(|rest| rest.starts_with("***")));
}

#[test]
fn a_request_that_no_longer_fits_is_told_member_by_member() {
    let folder = recorded();
    with_change(folder.path(), r#"\"role\":\"Consumer\""#, r#"\"role\":\"Presenter\""#);
    let red = acs(&["run", QUICKSTART, "--replay", text(folder.path())]).code(1);
    let told = said(&red);
    assert!(told.contains("no longer fits the cassette"), "{told}");
    assert!(told.contains(r#".role "Consumer" instead of "Presenter""#), "{told}");
}

#[test]
fn an_answer_that_no_longer_fits_fails_its_expectation() {
    let folder = recorded();
    with_change(folder.path(), r#"\"role\":\"Collaborator\"}]"#, r#"\"role\":\"Attendee\"}]"#);
    let red = acs(&["run", QUICKSTART, "--replay", text(folder.path())]).code(1);
    assert!(said(&red).contains("Collaborator"), "{}", said(&red));
}

#[test]
fn a_case_without_a_cassette_says_how_to_record_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let red = acs(&["run", QUICKSTART, "--replay", text(folder.path())]).code(4);
    assert!(said(&red).contains("record it with `run --record`"), "{}", said(&red));
}

#[test]
fn an_imported_recording_checks_and_runs() {
    let folder = recorded();
    let cassette = folder.path().join(CASSETTE);
    let scenario = folder.path().join("imported.yaml");
    acs(&["import", text(&cassette), "-o", text(&scenario)]).success();
    acs(&["check", text(&scenario)]).success();
    let again = acs(&["import", text(&cassette), "-o", text(&scenario)]).code(2);
    assert!(said(&again).contains("is there already; --force"), "{}", said(&again));
    let run = acs(&["run", text(&scenario)]).success();
    assert!(said(&run).contains("1 passed"), "{}", said(&run));
    let written = std::fs::read_to_string(&scenario).expect("a scenario");
    assert!(written.contains(r#"room_id: "${room1.id}""#), "{written}");
    assert!(written.contains(r#"valid_until: "${now + 28d}""#), "{written}");
}

#[test]
fn a_recording_of_a_browser_becomes_a_scenario_of_its_calls_to_the_service() {
    let folder = tempfile::tempdir().expect("a folder");
    let har = folder.path().join("browser.har");
    let entry = |method: &str, url: &str, body: &str, status: u16, answer: &str| {
        serde_json::json!({
            "startedDateTime": "2026-03-01T12:00:00.000Z",
            "request": {
                "method": method, "url": url,
                "headers": [{ "name": "Content-Type", "value": "application/json" }],
                "postData": { "mimeType": "application/json", "text": body },
            },
            "response": { "status": status, "content": { "text": answer } },
        })
    };
    let base = "https://contoso.communication.azure.com/rooms";
    let log = serde_json::json!({ "log": { "entries": [
        entry("GET", "https://example.org/index.html", "", 200, "<html>"),
        entry("POST", &format!("{base}?api-version=2024-04-15"), "{}", 201, r#"{"id":"99411111111111111"}"#),
        entry("PATCH", &format!("{base}/99411111111111111?api-version=2024-04-15"),
            r#"{"colour":"red"}"#, 200, r#"{"id":"99411111111111111"}"#),
    ] } });
    std::fs::write(&har, log.to_string()).expect("a file");
    let scenario = folder.path().join("browser.yaml");
    acs(&["import", text(&har), "-o", text(&scenario)]).success();
    acs(&["check", text(&scenario)]).success();
    let written = std::fs::read_to_string(&scenario).expect("a scenario");
    assert!(!written.contains("example.org"), "{written}");
    assert!(written.contains("2024-04-15"), "{written}");
    assert!(written.contains(r#"path: "/rooms/${room1.id}""#), "{written}");
}

#[test]
fn what_is_no_har_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.har");
    for (content, why) in [
        ("hello", "is no HAR"),
        (r#"{"log":{"entries":[{"request":{"method":"GET"}}]}}"#, "entries[0].request"),
        (r#"{"log":{"entries":[]}}"#, "0 requests"),
    ] {
        std::fs::write(&path, content).expect("a file");
        let refused = acs(&["import", text(&path)]).code(2);
        assert!(said(&refused).contains(why), "{why}: {}", said(&refused));
    }
}

#[test]
fn what_was_just_recorded_plays_and_what_cannot_be_played_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.jsonl");
    let areas = ["quickstart.yaml", "rooms", "participants", "tokens", "faults", "versions"];
    let areas: Vec<String> = areas.iter().map(|area| format!("scenarios/{area}")).collect();
    let run = |option: &str| {
        let mut arguments = vec!["run", option, text(folder.path())];
        arguments.extend(["--api-version", "2025-03-13", "--api-version", "2023-10-01"]);
        arguments.extend(["--report", text(&report)]);
        arguments.extend(areas.iter().map(String::as_str));
        acs(&arguments).success()
    };
    run("--record");
    let played = said(&run("--replay"));
    let report = std::fs::read_to_string(report).expect("a report");
    assert!(report.contains("transport faults cannot be replayed: hang"), "{report}");
    assert!(report.contains("a version that is served as another cannot be replayed"));
    assert!(played.contains("cases are not applicable: transport faults"), "{played}");
    assert!(played.contains("ok   faults::lost-answer::2025-03-13"), "{played}");
    assert!(played.contains("ok   tokens::claims::2023-10-01"), "{played}");
}

#[test]
fn a_cassette_keeps_what_a_token_claims_and_no_signature() {
    let folder = tempfile::tempdir().expect("a folder");
    acs(&["run", "scenarios/tokens/claims.yaml", "--record", text(folder.path())]).success();
    let path = folder.path().join("tokens__claims@2023-10-01.har");
    let har = std::fs::read_to_string(path).expect("a cassette");
    // Header, claims, signature: two begin alike, since both are JSON.
    let tokens: Vec<&str> = har.split("eyJ").skip(1).collect();
    assert!(!tokens.is_empty() && tokens.len().is_multiple_of(2), "{har}");
    for parts in tokens.chunks(2) {
        assert!(parts[0].ends_with('.'), "{parts:?}");
        let end = parts[1].find(['"', '\\']).expect("it ends");
        assert!(parts[1][..end].ends_with(".cmVwbGF5"), "{parts:?}");
    }
}

fn changed(folder: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let path = folder.join(CASSETTE);
    let mut har = serde_json::from_slice(&std::fs::read(&path).expect("a cassette")).expect("JSON");
    change(&mut har);
    std::fs::write(path, har.to_string()).expect("a cassette");
}

#[test]
fn an_emptied_cassette_leaks_nothing_and_a_foreign_version_is_told() {
    let folder = recorded();
    changed(folder.path(), |har| har["log"]["entries"] = serde_json::json!([]));
    let red = acs(&["run", QUICKSTART, "--replay", text(folder.path())]).code(1);
    assert!(said(&red).contains("has no further request"), "{}", said(&red));
    changed(folder.path(), |har| har["log"]["version"] = "9.9".into());
    let red = acs(&["run", QUICKSTART, "--replay", text(folder.path())]).code(4);
    assert!(said(&red).contains("is of HAR version \"9.9\""), "{}", said(&red));
}

#[test]
fn an_undoing_too_many_or_too_few_is_told() {
    let is_undoing = |entry: &serde_json::Value| entry["_cleanup"] == true;
    let folder = recorded();
    changed(folder.path(), |har| {
        let entries = har["log"]["entries"].as_array_mut().expect("entries");
        entries.retain(|entry| !is_undoing(entry));
    });
    let red = acs(&["run", QUICKSTART, "--replay", text(folder.path())]).code(1);
    assert!(said(&red).contains("the undoing DELETE /identities/"), "{}", said(&red));
    let folder = recorded();
    changed(folder.path(), |har| {
        let entries = har["log"]["entries"].as_array_mut().expect("entries");
        let more = entries.iter().find(|entry| is_undoing(entry)).cloned();
        entries.extend(more);
    });
    let red = acs(&["run", QUICKSTART, "--replay", text(folder.path())]).code(1);
    assert!(said(&red).contains("was recorded and is no longer sent"), "{}", said(&red));
}
