//! Bad weather: each ends as the contract says, and nothing stays behind.

use std::process::Stdio;
use std::time::Duration;

use acs_conformance::emulator::{Authority, Emulator};
use serde_json::json;

use crate::relay::Relay;
use crate::stand_in::{Said, StandIn, quickstart, said};

/// Users and a room first, then reads with pauses between, so that an outage meets them.
fn long(stand_in: &StandIn) -> std::path::PathBuf {
    let get = json!({ "call": {
        "op": "rooms.get", "with": { "room_id": "${room.id}" }, "expect": { "ok": {} },
        "for_each": (1..=60).collect::<Vec<_>>(), "as": "round",
    } });
    stand_in.scenario(
        "long",
        json!([
            { "call": { "op": "identity.create_user", "expect": { "ok": {} } } },
            { "call": { "id": "room", "op": "rooms.create", "expect": { "ok": {} } } },
            get,
        ]),
    )
}

async fn behind_a_relay(latency: Duration) -> (StandIn, Relay) {
    let mut stand_in = StandIn::start().await;
    let relay = Relay::before(stand_in.emulator.endpoint(), latency).await;
    stand_in.endpoint = Some(relay.endpoint());
    (stand_in, relay)
}

/// Runs the long scenario at 20 requests a second and takes the network away in the middle.
async fn outage(length: Duration) -> (StandIn, Said) {
    let (stand_in, mut relay) = behind_a_relay(Duration::from_millis(5)).await;
    let scenario = long(&stand_in);
    let mut run = stand_in.run(&["--rate", "20", scenario.to_str().expect("a path")]);
    // The last --rate counts.
    let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    while stand_in.existing("rooms").is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    relay.down().await;
    tokio::time::sleep(length).await;
    relay.up().await;
    let output = child.wait_with_output().await.expect("ended");
    (stand_in, output.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_a_second_is_waited_out_or_fails_the_step_it_cut_and_leaves_nothing() {
    let (stand_in, said) = outage(Duration::from_secs(1)).await;
    said.says("waited").says("no connection").says("created 2, deleted 2, leaked 0");
    assert!(matches!(said.code, Some(0 | 1)), "{}", said.text);
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_ten_seconds_fails_the_case_and_the_undoing_waits_for_its_end() {
    let (stand_in, said) = outage(Duration::from_secs(10)).await;
    assert!(matches!(said.code, Some(1 | 4)), "{}", said.text);
    said.says("created 2, deleted 2, leaked 0");
    stand_in.nothing_is_left();
}

#[ignore = "a minute of waiting: .ci/kills has it"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_a_minute_fails_the_case_and_the_undoing_waits_for_its_end() {
    let (stand_in, said) = outage(Duration::from_secs(60)).await;
    assert!(matches!(said.code, Some(1 | 4)), "{}", said.text);
    said.says("created 2, deleted 2, leaked 0");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_unavailable_for_a_second_is_waited_for() {
    let stand_in = StandIn::start().await;
    stand_in.fault("*", 3, json!({ "status": 503, "headers": { "retry-after-ms": "400" } }));
    let run = said(stand_in.run(&["--jobs", "1", quickstart().to_str().expect("a path")])).await;
    run.ended(0).says("503: 2");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn latency_alone_changes_nothing() {
    let (stand_in, relay) = behind_a_relay(Duration::from_millis(300)).await;
    said(stand_in.run(&[quickstart().to_str().expect("a path")])).await.ended(0);
    assert!(relay.connections() > 0);
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resets_and_lost_answers_leave_no_room_behind() {
    for fault in ["reset", "lost"] {
        let stand_in = StandIn::start().await;
        let what = match fault {
            "reset" => json!({ "reset": "after" }),
            _ => json!({ "lost": "close" }),
        };
        stand_in.fault("rooms.create", 1, what);
        let run = said(stand_in.run(&[quickstart().to_str().expect("a path")])).await;
        assert!(matches!(run.code, Some(1 | 4)), "{fault}: {}", run.text);
        run.says("leaked 0");
        stand_in.nothing_is_left();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_whose_answer_was_lost_is_unaccounted_for_and_ends_with_6() {
    let stand_in = StandIn::start().await;
    stand_in.fault("identity.create_user", 1, json!({ "lost": "close" }));
    let run = said(stand_in.run(&[quickstart().to_str().expect("a path")])).await;
    run.ended(6).says("unaccounted 1");
    assert_eq!(stand_in.existing("identities").len(), 1);
    assert_eq!(stand_in.ledgers().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_off_by_twenty_minutes_is_named() {
    let stand_in = StandIn::start().await;
    let theirs = chrono::Utc::now() + chrono::TimeDelta::minutes(20);
    let date = acs_conformance::acs::time::http_date(theirs);
    let body =
        json!({ "error": { "code": "Denied", "message": "Denied by the resource provider." } });
    let denied = json!({ "status": 401, "headers": { "Date": date }, "json": body });
    stand_in.fault("*", 20, denied);
    let doctor = said(stand_in.harness(&["doctor", "--ca-file", "ca.pem"])).await;
    doctor.ended(1).says("FAIL clock").says("s behind the service's: set it");
    let run = said(stand_in.run(&[quickstart().to_str().expect("a path")])).await;
    run.ended(1).says("s behind the service's own Date: set this machine's clock");
}

/// Until the run has written down its room, and so has had the answer. Before that a resource that
/// ends has made no promise: what was not answered need not be in its state file.
async fn heard_of_its_room(stand_in: &StandIn) {
    loop {
        let ledgers = stand_in.ledgers();
        let text = ledgers.first().and_then(|ledger| std::fs::read_to_string(ledger).ok());
        let known = |room: &String| text.as_ref().is_some_and(|text| text.contains(room));
        if stand_in.existing("rooms").iter().any(known) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The certificate is renewed while a run goes on: same authority, another leaf.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewed_certificate_is_accepted_and_one_of_a_stranger_is_not() {
    for known in [true, false] {
        let directory = tempfile::tempdir().expect("a folder");
        let ca = directory.path().join("ca");
        let state = directory.path().join("state.json");
        let first = Authority::in_directory(&ca, &[]).expect("a CA");
        let key = crate::stand_in::canary();
        let start = |authority: Authority| {
            Emulator::builder()
                .authority(&authority)
                .seed(7)
                .access_key(key.clone())
                .state_file(&state)
                .start()
        };
        let mut stand_in = StandIn::start().await;
        let old = start(first).await.expect("an emulator");
        std::fs::write(stand_in.path("ca.pem"), old.ca_pem()).expect("a CA file");
        let mut relay = Relay::before(old.endpoint(), Duration::ZERO).await;
        stand_in.endpoint = Some(relay.endpoint());
        stand_in.emulator = old;
        let scenario = long(&stand_in);
        let mut run = stand_in.run(&["--rate", "20", scenario.to_str().expect("a path")]);
        let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        heard_of_its_room(&stand_in).await;
        relay.down().await;
        let old = std::mem::replace(
            &mut stand_in.emulator,
            Emulator::builder().start().await.expect("one"),
        );
        old.stop().await;
        let next = if known { Authority::in_directory(&ca, &[]) } else { Authority::generate() };
        stand_in.emulator = start(next.expect("a CA")).await.expect("an emulator");
        relay.toward(stand_in.emulator.endpoint());
        relay.up().await;
        if known {
            let said: Said = child.wait_with_output().await.expect("ended").into();
            assert!(matches!(said.code, Some(0 | 1)), "{}", said.text);
            said.says("created 2, deleted 2, leaked 0");
            stand_in.nothing_is_left();
        } else {
            // The undoing goes on trying; nothing is sent to a stranger.
            tokio::time::sleep(Duration::from_secs(3)).await;
            assert_eq!(stand_in.existing("rooms").len(), 1);
            drop(child);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_a_report_ends_with_3_and_the_undoing_is_done() {
    if !std::path::Path::new("/dev/full").exists() {
        eprintln!("no /dev/full here");
        return;
    }
    let stand_in = StandIn::start().await;
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let mut run = stand_in.run(&["--events", "jsonl", quickstart().to_str().expect("a path")]);
    let status = run.stdout(full).status().await.expect("ended");
    assert_eq!(status.code(), Some(3));
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_terminal_leaves_nothing_behind() {
    let stand_in = StandIn::start().await;
    let scenario = quickstart();
    let mut run = stand_in.run(&["--verbose", "--repeat", "5", scenario.to_str().expect("a path")]);
    let mut child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    drop((child.stdout.take(), child.stderr.take()));
    let status = child.wait().await.expect("ended");
    assert_eq!(status.code(), Some(3), "what could not be said is a fault of the harness's");
    stand_in.nothing_is_left();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_an_interrupt_and_a_termination_each_undo_and_end_with_130() {
    for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGTERM] {
        let stand_in = StandIn::start().await;
        let scenario = long(&stand_in);
        let mut run = stand_in.run(&["--rate", "20", scenario.to_str().expect("a path")]);
        let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        while stand_in.existing("rooms").is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let id = i32::try_from(child.id().expect("alive")).expect("an id");
        // SAFETY: the child was started here and not waited for, so the id is its own.
        unsafe { libc::kill(id, signal) };
        let said: Said = child.wait_with_output().await.expect("ended").into();
        said.ended(130).says("leaked 0");
        stand_in.nothing_is_left();
    }
}
