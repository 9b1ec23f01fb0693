//! An SDK on a live resource: behind the tap, and never with a live key.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::stand_in::{Said, StandIn, quickstart, said};

/// The reference client as an adapter, after what a shell does first.
pub fn reference_client(before: &str) -> String {
    let program = env!("CARGO_BIN_EXE_acs-conformance");
    format!("sh -c '{before} \"{program}\" reference-client'")
}

/// `sdk run --target live` on the stand-in.
pub fn sdk_run(
    stand_in: &StandIn,
    adapter: &str,
    arguments: &[&str],
    file: &Path,
) -> tokio::process::Command {
    let mut command = stand_in.harness(&["sdk", "run", "--target", "live", "--ca-file", "ca.pem"]);
    command.args(["--rate", "0", "--allow-warnings", "--adapter", adapter]).args(arguments);
    command.arg(file);
    command
}

fn id_of(stand_in: &StandIn) -> Option<i32> {
    std::fs::read_to_string(stand_in.path("pid")).ok()?.trim().parse().ok()
}

fn is_alive(process: i32) -> bool {
    // SAFETY: no signal is sent; the call only asks whether the process is there.
    unsafe { libc::kill(process, 0) == 0 }
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_401_behind_the_tap_is_explained_by_what_the_tap_signed() {
    let stand_in = StandIn::start().await;
    let mut run = sdk_run(&stand_in, &reference_client("exec"), &[], &quickstart());
    let endpoint = stand_in.emulator.endpoint();
    run.env("ACS_CONNECTION_STRING", format!("endpoint={endpoint}/;accesskey=d3Jvbmc="));
    let run = said(run).await;
    let (_, authority) = endpoint.split_once("://").expect("a scheme");
    let signed: Vec<&str> = run.text.lines().filter(|line| line.contains("signed:  ")).collect();
    assert!(!signed.is_empty(), "{}", run.text);
    let by_the_tap = |line: &&str| line.contains(&format!(";{authority};"));
    assert!(signed.iter().all(by_the_tap), "{signed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adapter_reaches_a_live_resource_through_the_tap_and_never_sees_a_live_key() {
    let stand_in = StandIn::start().await;
    let room = stand_in.foreign_room().await;
    let _ = stand_in.emulator.take_exchanges();
    let adapter = reference_client("env > seen; tee heard |");
    let report = ["--report", "report.jsonl"];
    let mut run = sdk_run(&stand_in, &adapter, &report, &quickstart());
    let key = stand_in.emulator.primary_key().text().expose().to_owned();
    run.env("MINE", stand_in.connection_string())
        .env("MINE_SECONDARY", stand_in.connection_string());
    run.env("AZURE_CLIENT_SECRET", &key).args(["--connection-string-env", "MINE"]);
    said(run).await.ended(0).says("created 4, deleted 4, leaked 0").says("on live with");
    assert_eq!(stand_in.existing("rooms").into_iter().collect::<Vec<_>>(), [room]);
    assert!(stand_in.ledgers().is_empty());

    let heard = std::fs::read_to_string(stand_in.path("heard")).expect("what the adapter heard");
    assert!(heard.contains("endpoint=https://localhost:"), "{heard}");
    assert!(!heard.contains(stand_in.endpoint()), "{heard}");
    for file in ["heard", "seen"] {
        let text = std::fs::read_to_string(stand_in.path(file)).expect("a file");
        assert!(!text.contains(&key), "{file}: {text}");
    }
    // What the adapter sent came signed anew: the stand-in verified every signature.
    let exchanges = stand_in.emulator.take_exchanges();
    let own = acs_conformance::driver::wire::user_agent();
    let carried: Vec<_> = exchanges
        .iter()
        .filter(|it| it.sent.headers.get("user-agent") != Some(own.as_str()))
        .collect();
    assert!(carried.len() >= 11, "{}", carried.len());
    for exchange in carried {
        assert!(exchange.attempt.refusal.is_none(), "{exchange:?}");
        assert_eq!(format!("https://{}", exchange.sent.authority), stand_in.endpoint());
    }
    let report = std::fs::read_to_string(stand_in.path("report.jsonl")).expect("a report");
    assert!(report.contains(r#""observer":"tap""#), "{report}");
    assert!(!report.contains(&key));
}

/// A create that is answered slowly, so that something can happen while it is on its way.
fn slowly(stand_in: &StandIn, operation: &str) -> std::path::PathBuf {
    stand_in.fault(operation, 1, json!({ "slow": 60 }));
    let step = json!({ "call": { "op": operation, "expect": { "ok": {} } } });
    stand_in.scenario("slowly", json!([step]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_adapter_had_asked_for_is_known_and_deleted() {
    for (operation, kind) in [("rooms.create", "rooms"), ("identity.create_user", "identities")] {
        let stand_in = StandIn::start().await;
        let file = slowly(&stand_in, operation);
        let adapter = reference_client("echo $$ > pid; exec");
        let mut run = sdk_run(&stand_in, &adapter, &[], &file);
        let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        until("nothing was created", || !stand_in.existing(kind).is_empty()).await;
        let process = id_of(&stand_in).expect("the adapter's id");
        // SAFETY: the adapter is a descendant of the harness that was started here.
        unsafe { libc::kill(process, libc::SIGKILL) };
        let said: Said = child.wait_with_output().await.expect("ended").into();
        said.ended(1).says("crashed").says("created 1, deleted 1, leaked 0");
        stand_in.nothing_is_left();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_harness_takes_its_adapter_along_and_a_sweep_finishes_what_passed_the_tap() {
    let stand_in = StandIn::start().await;
    let foreign = BTreeSet::from([stand_in.foreign_room().await]);
    let file = slowly(&stand_in, "rooms.create");
    let adapter = reference_client("echo $$ > pid; exec");
    let mut run = sdk_run(&stand_in, &adapter, &[], &file);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    until("nothing was created", || stand_in.existing("rooms").len() == 2).await;
    child.kill().await.expect("dead");
    let process = id_of(&stand_in).expect("the adapter's id");
    until("the adapter goes on without its harness", || !is_alive(process)).await;
    assert_eq!(stand_in.ledgers().len(), 1, "the intent was on disk before the create left");
    said(stand_in.sweep(&[])).await.ended(0).says("created 1, deleted 1, leaked 0");
    assert_eq!(stand_in.existing("rooms"), foreign);
    assert!(stand_in.ledgers().is_empty());
}

/// The answer is lost between resource and tap: the case never hears of the user, the ledger does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_that_the_tap_lost_is_in_every_report() {
    let stand_in = StandIn::start().await;
    stand_in.fault("identity.create_user", 1, json!({ "lost": "close" }));
    let step = json!({ "call": { "op": "identity.create_user", "expect": { "ok": {} } } });
    let file = stand_in.scenario("lost", json!([step]));
    let run = sdk_run(&stand_in, &reference_client("exec"), &["--report-dir", "out"], &file);
    said(run).await.ended(6).says("unaccounted 1");
    for format in ["report.json", "report.html", "summary.md"] {
        let text = std::fs::read_to_string(stand_in.path(&format!("out/{format}"))).expect("one");
        let told = ["unaccounted 1", "\"unaccounted\":1"].iter().any(|told| text.contains(told));
        assert!(told, "{format}: {text}");
        assert!(text.contains("sweep") && text.contains("finishes what"), "{format}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adapter_is_paced_and_has_a_budget_as_the_built_in_client_has() {
    let stand_in = StandIn::start().await;
    let adapter = reference_client("exec");
    let budget = ["--max-users", "2"];
    let run = said(sdk_run(&stand_in, &adapter, &budget, &quickstart())).await;
    run.ended(1).says("created 2, deleted 2, leaked 0");
    let made = stand_in.emulator.take_exchanges();
    let users =
        made.iter().filter(|it| it.sent.method == "POST" && it.sent.path() == "/identities");
    assert_eq!(users.count(), 2);
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adapter_on_a_live_resource_that_is_not_there_ends_with_4() {
    let stand_in = StandIn::start().await;
    let mut run = sdk_run(&stand_in, &reference_client("exec"), &[], &quickstart());
    run.env("ACS_CONNECTION_STRING", "endpoint=https://localhost:9/;accesskey=a2V5");
    said(run).await.ended(4).says("cannot be reached");
    assert!(stand_in.ledgers().is_empty());
}
