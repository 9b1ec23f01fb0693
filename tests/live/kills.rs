//! A run that is killed at any moment leaves nothing that a sweep within 5 minutes does not finish
//! or name.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::RngExt as _;

use crate::stand_in::{Said, StandIn, quickstart, said};

/// How many kills: a few here, 200 where `ACS_KILLS` says so.
fn kills() -> usize {
    std::env::var("ACS_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// Request ids of what a sweep could not account for.
fn unaccounted(said: &Said) -> BTreeSet<String> {
    said.out
        .lines()
        .filter(|line| line.trim_start().starts_with("unaccounted:"))
        .filter_map(|line| line.split("x-ms-client-request-id ").nth(1))
        .filter_map(|rest| rest.split(':').next())
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_at_any_moment_a_sweep_leaves_no_room_and_names_every_lost_user() {
    let stand_in = StandIn::start().await;
    let mut foreign = BTreeSet::new();
    for _ in 0..5 {
        foreign.insert(stand_in.foreign_room().await);
    }
    let scenario = quickstart();
    let scenario = scenario.to_str().expect("a path");
    let (mut cut_off, mut lost, mut leftover) = (0, 0, 0);
    for number in 0..kills() {
        let users_before = stand_in.existing("identities");
        let _ = stand_in.emulator.take_exchanges();
        let moment = Duration::from_micros(rand::rng().random_range(30_000..900_000));
        let mut run = stand_in.run(&["--repeat", "500", "--jobs", "4", scenario]);
        let mut child = run
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the harness starts");
        tokio::time::sleep(moment).await;
        child.start_kill().expect("killed");
        child.wait().await.expect("dead");
        // What was on its way when it died arrives first.
        tokio::time::sleep(Duration::from_millis(50)).await;
        cut_off += usize::from(!stand_in.ledgers().is_empty());

        let sweep = said(stand_in.sweep(&[])).await;
        let named = unaccounted(&sweep);
        sweep.ended(if named.is_empty() { 0 } else { 6 });
        assert_eq!(stand_in.existing("rooms"), foreign, "kill {number}: {}", sweep.text);

        // The stand-in's own journal says which of the named creates came to anything.
        let made: BTreeSet<String> = stand_in
            .emulator
            .take_exchanges()
            .into_iter()
            .filter(|exchange| exchange.sent.method == "POST")
            .filter(|exchange| exchange.sent.path() == "/identities")
            .filter(|exchange| exchange.received.as_ref().is_some_and(|it| it.status == 201))
            .filter_map(|exchange| {
                exchange.sent.headers.get("x-ms-client-request-id").map(str::to_owned)
            })
            .filter(|id| named.contains(id))
            .collect();
        let users_left = stand_in.existing("identities").difference(&users_before).count();
        assert_eq!(users_left, made.len(), "kill {number}: {}", sweep.text);
        leftover += users_left;
        lost += named.len();

        if !named.is_empty() {
            said(stand_in.sweep(&["--forget"])).await.ended(6).says("unaccounted");
        }
        assert!(stand_in.ledgers().is_empty(), "{:?}", stand_in.ledgers());
    }
    println!("{} kills, {cut_off} in the middle, {lost} unaccounted, {leftover} users", kills());
    assert!(cut_off * 2 > kills(), "most kills must hit a run at work");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_whose_answer_was_lost_is_found_by_repeating_its_create() {
    let stand_in = StandIn::start().await;
    stand_in.fault("rooms.create", 1, serde_json::json!({ "lost": "hang" }));
    let scenario = stand_in.scenario(
        "lost",
        serde_json::json!([{ "call": { "op": "rooms.create", "expect": { "ok": {} } } }]),
    );
    let mut run = stand_in.run(&[scenario.to_str().expect("a path")]);
    let mut child = run.stderr(std::process::Stdio::null()).spawn().expect("the harness starts");
    while stand_in.existing("rooms").is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child.kill().await.expect("dead");
    assert_eq!(stand_in.existing("rooms").len(), 1);
    let dry = said(stand_in.sweep(&["--dry-run"])).await;
    dry.ended(6).says("its create would be repeated now (dry run)");
    assert_eq!(stand_in.existing("rooms").len(), 1);
    said(stand_in.sweep(&[])).await.ended(0).says("created 1, deleted 1, leaked 0");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_than_five_minutes_no_create_is_repeated() {
    let stand_in = StandIn::start().await;
    let then = chrono::Utc::now() - chrono::TimeDelta::seconds(301);
    let shelf = acs_conformance::target::ledger::Shelf::new(stand_in.path("ledgers"));
    let ledger =
        acs_conformance::target::ledger::Ledger::begin(&shelf, stand_in.emulator.endpoint(), then)
            .expect("a ledger");
    let mut headers = acs_conformance::transcript::Headers::default();
    headers.push("repeatability-request-id", uuid::Uuid::new_v4().to_string());
    headers.push("repeatability-first-sent", acs_conformance::acs::time::http_date(then));
    let request = acs_conformance::target::ledger::Request {
        method: "POST",
        target: "/rooms?api-version=2025-03-13",
        headers: &headers,
        body: b"{}",
    };
    let _pending = ledger.before(request, then).expect("written");
    drop(ledger);
    said(stand_in.sweep(&[])).await.ended(6).says("after 5 minutes the service no longer");
    assert_eq!(stand_in.emulator.take_exchanges(), Vec::new(), "nothing was sent");
    said(stand_in.sweep(&[])).await.ended(6);
    said(stand_in.sweep(&["--forget"])).await.ended(6);
    said(stand_in.sweep(&[])).await.ended(0).says("nothing to sweep");
}
