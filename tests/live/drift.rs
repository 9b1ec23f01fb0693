//! Two targets side by side, and the stamps of live runs.

use serde_json::{Value, json};

use crate::stand_in::{StandIn, quickstart, said};

fn create(stand_in: &StandIn) -> std::path::PathBuf {
    let step = json!({ "call": { "op": "rooms.create", "expect": { "ok": {} } } });
    stand_in.scenario("created", json!([step]))
}

fn compare(stand_in: &StandIn, file: &str) -> tokio::process::Command {
    let mut command = stand_in.harness(&["compare", "emulator", "live", "--ca-file", "ca.pem"]);
    command.args(["--rate", "0", file]);
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_targets_that_do_the_same_do_not_drift() {
    let stand_in = StandIn::start().await;
    let file = quickstart();
    let compared = said(compare(&stand_in, file.to_str().expect("a path"))).await;
    compared.ended(0).says("same  quickstart::quickstart").says("1 cases compared, 0 drifted");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drift_is_told_by_step_and_place_and_a_deviation_excuses_it_while_it_is_needed() {
    let stand_in = StandIn::start().await;
    let drifting = || {
        stand_in.fault(
            "rooms.create",
            1,
            json!({ "amend": { "json": { "pstnDialOutEnabled": true } } }),
        )
    };
    let file = create(&stand_in);
    let path = file.to_str().expect("a path");
    drifting();
    let drift = said(compare(&stand_in, path)).await;
    drift.ended(1).says("/ok/pstnDialOutEnabled").says("- false").says("+ true");

    let mut scenario: Value =
        serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
    scenario["deviations"] = json!([{
        "path": "$.steps[0].ok.pstnDialOutEnabled", "reason": "a known one", "targets": ["live"],
    }]);
    std::fs::write(&file, scenario.to_string()).expect("written");
    drifting();
    said(compare(&stand_in, path)).await.ended(0).says("excused: $.steps[0]").says("a known one");
    said(compare(&stand_in, path)).await.ended(1).says("excuses nothing any more: remove it");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_a_case_stopped_on_one_side_is_told() {
    let stand_in = StandIn::start().await;
    let file = create(&stand_in);
    let path = file.to_str().expect("a path");
    let mut wrong = compare(&stand_in, path);
    let endpoint = stand_in.emulator.endpoint();
    wrong.env("ACS_CONNECTION_STRING", format!("endpoint={endpoint}/;accesskey=d3Jvbmc="));
    let wrong = said(wrong).await;
    wrong.ended(1).says("did not run through on live: step 1 `rooms.create`: ");
    wrong.says("signed:  POST\\n/rooms").says("usually: 1. the key is not of this resource");
    let mut poor = compare(&stand_in, path);
    poor.args(["--max-rooms", "0"]);
    said(poor).await.ended(1).says("the budget of 0 rooms is used up");
    stand_in.fault("rooms.create", 1, json!({ "reset": "after" }));
    said(compare(&stand_in, path)).await.ended(1).says("step 1 `rooms.create`: ").says("reset");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comparison_without_a_case_leaves_no_ledger_and_says_what_is_missing() {
    let stand_in = StandIn::start().await;
    let file = create(&stand_in);
    let mut none = compare(&stand_in, file.to_str().expect("a path"));
    none.args(["--filter", "name(zzz)"]);
    said(none).await.ended(5).says("fits --filter 'name(zzz)'");
    said(compare(&stand_in, "nofile.yaml")).await.ended(2).says("there is no file or directory");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_run_that_passes_stamps_its_scenarios_and_one_that_fails_does_not() {
    let stand_in = StandIn::start().await;
    let good = quickstart();
    let stamps = stand_in.path("evidence/live.json");
    let run = stand_in.run(&[
        "--stamps",
        stamps.to_str().expect("a path"),
        good.to_str().expect("a path"),
        create(&stand_in).to_str().expect("a path"),
    ]);
    stand_in.fault("rooms.create", 1, json!({ "status": 400 }));
    stand_in.fault("rooms.create", 1, json!({ "status": 400 }));
    let _ = said(run).await.ended(1);
    assert_eq!(std::fs::read_to_string(&stamps).expect("stamps").trim(), "{}");
    let run = stand_in.run(&[
        "--stamps",
        stamps.to_str().expect("a path"),
        good.to_str().expect("a path"),
        concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/rooms/get-same.yaml"),
    ]);
    said(run).await.ended(0);
    let written: Value =
        serde_json::from_slice(&std::fs::read(&stamps).expect("stamps")).expect("JSON");
    let stamp = &written["quickstart"]["2025-03-13"];
    assert!(stamp["build"]["strict-transport-security"].is_string(), "{written}");
    let listed = |age: &'static str| {
        let mut command = stand_in.harness(&["scenarios", "behaviours", "--stale", age]);
        command.arg("--stamps").arg(&stamps).arg(quickstart());
        command
    };
    assert_eq!(said(listed("30d")).await.ended(0).out.trim(), "");
    let mut shown = stand_in.harness(&["scenarios", "behaviours", "--stamps"]);
    shown.arg(&stamps).arg(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"));
    let shown = said(shown).await;
    let row = shown.ended(0).out.lines().find(|row| row.contains("rooms/get-same.yaml"));
    assert!(row.is_some_and(|row| row.contains(" at 20")), "{row:?}");
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    said(listed("1ms")).await.ended(0).says("quickstart: last confirmed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_assumed_is_looked_at_on_a_live_target_without_changing_the_verdict() {
    let stand_in = StandIn::start().await;
    let assumed = acs_conformance::emulator::behaviour::all()
        .find(|one| one.mark == acs_conformance::acs::Mark::Assumed)
        .expect("something is assumed")
        .id;
    let looked_at = |status: u16| {
        json!([{ "call": { "op": "rooms.create", "expect": [
            { "ok": {} },
            { "exchange": { "status": status }, "targets": ["emulator"], "behaviours": [assumed] },
        ] } }])
    };
    let right = stand_in.scenario("right", looked_at(201));
    let wrong = stand_in.scenario("wrong", looked_at(418));
    let (right, wrong) = (right.to_str().expect("a path"), wrong.to_str().expect("a path"));
    let stamps = stand_in.path("live.json");
    let run = stand_in.run(&["--stamps", stamps.to_str().expect("a path"), right]);
    said(run).await.ended(0).says(&format!("assumed: {assumed} confirmed"));
    let stamped = std::fs::read_to_string(&stamps).expect("stamps");
    assert!(stamped.contains(&format!("\"{assumed}\": \"confirmed\"")), "{stamped}");
    said(stand_in.run(&[wrong])).await.ended(0).says(&format!("assumed: {assumed} differs"));
    let quiet = said(stand_in.run(&["--no-probe", wrong])).await;
    assert!(!quiet.ended(0).text.contains("assumed:"), "{}", quiet.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_of_a_live_recording_confirms_nothing() {
    let stand_in = StandIn::start().await;
    let file = quickstart();
    let file = file.to_str().expect("a path");
    said(stand_in.run(&["--record", "cassettes", file])).await.ended(0);
    let replay = ["run", "--target", "live", "--replay", "cassettes", file];
    said(stand_in.harness(&replay)).await.ended(0);
    let mut stamped = stand_in.harness(&replay);
    stamped.args(["--stamps", "live.json"]);
    said(stamped).await.ended(2).says("--stamps");
    assert!(!stand_in.path("live.json").exists());
}
