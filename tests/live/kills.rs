//! A run that is killed at any moment leaves nothing that a sweep within 5 minutes does not finish
//! or name.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use rand::RngExt as _;
use serde_json::json;

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

/// Resources that runs are killed on side by side; on the last one it is adapters that run.
const LANES: usize = 4;

/// One stand-in, and what killed runs did to it.
struct Lane {
    stand_in: StandIn,
    /// Somebody else's rooms.
    foreign: BTreeSet<String>,
    /// Creates of rooms and users, one after the other, for a driver that is told no `--repeat`.
    busy: PathBuf,
    sum: Sum,
}

#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    /// Kills that hit a run at work: it left a ledger.
    cut_off: usize,
    /// Users that a sweep named as unaccounted.
    lost: usize,
    /// Those of them that do exist.
    leftover: usize,
}

impl Lane {
    async fn open() -> Self {
        let stand_in = StandIn::start().await;
        let mut foreign = BTreeSet::new();
        for _ in 0..5 {
            foreign.insert(stand_in.foreign_room().await);
        }
        let creates = ["identity.create_user", "rooms.create"].repeat(100);
        let call = |op: &str| json!({ "call": { "op": op, "expect": { "ok": {} } } });
        let busy = stand_in.scenario("busy", creates.into_iter().map(call).collect());
        Self { stand_in, foreign, busy, sum: Sum::default() }
    }

    /// A run that goes on for longer than anybody waits: of the built-in client, or of an adapter.
    fn long_run(&self, number: usize) -> tokio::process::Command {
        #[cfg(unix)]
        if number % LANES == LANES - 1 {
            use crate::adapters::{reference_client, sdk_run};
            return sdk_run(&self.stand_in, &reference_client("exec"), &[], &self.busy);
        }
        let scenario = quickstart();
        let scenario = scenario.to_str().expect("a path");
        self.stand_in.run(&["--repeat", "500", "--jobs", "4", scenario])
    }

    /// Kills a run at a moment of chance and sweeps.
    async fn kill(&mut self, number: usize) {
        let users_before = self.stand_in.existing("identities");
        let _ = self.stand_in.emulator.take_exchanges();
        let moment = Duration::from_micros(rand::rng().random_range(30_000..900_000));
        let mut run = self.long_run(number);
        let mut child = run
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the harness starts");
        tokio::time::sleep(moment).await;
        child.start_kill().expect("killed");
        child.wait().await.expect("dead");
        // What was on its way when it died arrives first.
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.sum.cut_off += usize::from(!self.stand_in.ledgers().is_empty());

        let sweep = said(self.stand_in.sweep(&[])).await;
        let named = unaccounted(&sweep);
        sweep.ended(if named.is_empty() { 0 } else { 6 });
        assert_eq!(self.stand_in.existing("rooms"), self.foreign, "kill {number}: {}", sweep.text);
        let users = self.stand_in.existing("identities");
        let left = users.difference(&users_before).count();
        assert_eq!(left, self.made(&named).len(), "kill {number}: {}", sweep.text);
        self.sum.leftover += left;
        self.sum.lost += named.len();

        if !named.is_empty() {
            said(self.stand_in.sweep(&["--forget"])).await.ended(6).says("unaccounted");
        }
        assert!(self.stand_in.ledgers().is_empty(), "{:?}", self.stand_in.ledgers());
    }

    /// Which of the creates that a sweep named came to anything, by the stand-in's own journal.
    fn made(&self, named: &BTreeSet<String>) -> BTreeSet<String> {
        let exchanges = self.stand_in.emulator.take_exchanges();
        exchanges
            .into_iter()
            .filter(|exchange| exchange.sent.method == "POST")
            .filter(|exchange| exchange.sent.path() == "/identities")
            .filter(|exchange| exchange.received.as_ref().is_some_and(|it| it.status == 201))
            .filter_map(|exchange| {
                exchange.sent.headers.get("x-ms-client-request-id").map(str::to_owned)
            })
            .filter(|id| named.contains(id))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_at_any_moment_a_sweep_leaves_no_room_and_names_every_lost_user() {
    let lanes = (0..LANES).map(|lane| {
        tokio::spawn(async move {
            let mut open = Lane::open().await;
            for number in (lane..kills()).step_by(LANES) {
                open.kill(number).await;
            }
            open.sum
        })
    });
    let (mut cut_off, mut lost, mut leftover) = (0, 0, 0);
    for lane in futures::future::join_all(lanes).await {
        let sum = lane.expect("a lane");
        cut_off += sum.cut_off;
        lost += sum.lost;
        leftover += sum.leftover;
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
async fn a_ledger_that_cannot_be_read_keeps_no_other_from_being_swept() {
    let stand_in = StandIn::start().await;
    let shelf = acs_conformance::target::ledger::Shelf::new(stand_in.path("ledgers"));
    let now = chrono::Utc::now();
    let endpoint = stand_in.emulator.endpoint();
    let room = stand_in.foreign_room().await;
    let begin = || acs_conformance::target::ledger::Ledger::begin(&shelf, endpoint, now);
    let (ours, later) = (begin().expect("a ledger"), begin().expect("a ledger"));
    let request = acs_conformance::target::ledger::Request {
        method: "POST",
        target: "/rooms?api-version=2025-03-13",
        headers: &acs_conformance::transcript::Headers::default(),
        body: b"{}",
    };
    let _pending = ours.before(request, now).expect("written");
    ours.created(1, acs_conformance::transcript::ResourceKind::Room, &room).expect("written");
    let path = later.path();
    drop((ours, later));
    let later = path;
    let text = std::fs::read_to_string(&later).expect("a ledger");
    std::fs::write(&later, text.replace("\"version\":1", "\"version\":9")).expect("written");
    std::fs::write(stand_in.path("ledgers/00torn.ledger"), "garbage\n").expect("written");
    std::fs::create_dir(stand_in.path("ledgers/01folder.ledger")).expect("a folder");

    let sweep = said(stand_in.sweep(&[])).await;
    sweep.ended(3).says("created 1, deleted 1, leaked 0");
    sweep.says("line 1 of").says("01folder.ledger cannot be read").says("is of version 9");
    assert!(stand_in.existing("rooms").is_empty(), "{}", sweep.text);
    let mut left = stand_in.ledgers();
    left.sort();
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left.contains(&later), "{left:?}");
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
