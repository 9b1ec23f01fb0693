//! The tap: in front of the stand-in, with the harness itself as the program.

use std::collections::BTreeSet;

use acs_conformance::driver::wire::Client;
use acs_conformance::emulator::Authority;
use acs_conformance::tap::{Opening, Tap};
use acs_conformance::target::Passage;
use acs_conformance::target::courtesy::{Courtesy, Settings};
use serde_json::json;

use crate::stand_in::{StandIn, quickstart, said};

const PROGRAM: &str =
    r#""$0" run --target live --rate 0 --ca-file "$ACS_CA_BUNDLE" --ledger inner "$1""#;

fn tapped(
    stand_in: &StandIn,
    options: &[&str],
    script: &str,
    file: &str,
) -> tokio::process::Command {
    let mut command =
        stand_in.harness(&["tap", "--target", "live", "--ca-file", "ca.pem", "--rate", "0"]);
    command.args(options).args(["--", "sh", "-c", script]);
    command.args([env!("CARGO_BIN_EXE_acs-conformance"), file]);
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_behind_the_tap_obeys_the_rules_and_never_sees_the_live_key() {
    let stand_in = StandIn::start().await;
    let scenario = quickstart();
    let script = format!("echo \"$ACS_CONNECTION_STRING\" > seen; {PROGRAM}");
    let tap = said(tapped(&stand_in, &[], &script, scenario.to_str().expect("a path"))).await;
    tap.ended(0).says("rules:").says("0 failed").says("created 4, deleted 4, leaked 0");
    let seen = std::fs::read_to_string(stand_in.path("seen")).expect("what the program saw");
    assert!(seen.starts_with("endpoint=https://localhost:"), "{seen}");
    assert!(!seen.contains(stand_in.emulator.primary_key().text().expose()), "{seen}");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_several_pages_pass_with_their_links_pointed_to_the_tap() {
    let stand_in = StandIn::built(|builder| builder.page_size(2).service_like_tokens(true)).await;
    for _ in 0..5 {
        stand_in.foreign_room().await;
    }
    let steps = json!([{ "call": { "op": "rooms.list", "expect": { "ok": { "length": 5 } } } }]);
    let file = stand_in.scenario("pages", steps);
    let tap = said(tapped(&stand_in, &[], PROGRAM, file.to_str().expect("a path"))).await;
    tap.ended(0);
    let pages = stand_in.emulator.take_exchanges();
    let lists = pages.iter().filter(|exchange| exchange.sent.path() == "/rooms");
    assert!(lists.filter(|exchange| exchange.sent.method == "GET").count() >= 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_program_leaves_behind_is_deleted_or_kept_as_asked() {
    let stand_in = StandIn::start().await;
    let script = r#"curl -sS --cacert "$ACS_CA_BUNDLE" -X POST -H "Authorization: Bearer $ACS_BEARER_TOKEN" -H 'content-type: application/json' -d '{}' "$(echo "$ACS_CONNECTION_STRING" | sed 's/endpoint=\(.*\)\/;.*/\1/')/rooms?api-version=2025-03-13""#;
    let tap = said(tapped(&stand_in, &["--allow-warnings"], script, "-")).await;
    tap.says("created 1, deleted 1, leaked 0");
    stand_in.nothing_is_left();
    let tap = said(tapped(&stand_in, &["--keep"], script, "-")).await;
    tap.says("created 1, deleted 0, leaked 1");
    assert_eq!(stand_in.existing("rooms").len(), 1);
    said(stand_in.sweep(&[])).await.ended(0);
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tap_is_never_put_before_a_real_resource_unasked() {
    let stand_in = StandIn::start().await;
    for arguments in [&["tap"][..], &["tap", "--target", "emulator"]] {
        said(stand_in.harness(arguments)).await.ended(2).says("--target");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_signature_is_refused_and_goes_no_further() {
    let stand_in = StandIn::start().await;
    let script = r#"curl -sS --cacert "$ACS_CA_BUNDLE" "$(echo "$ACS_CONNECTION_STRING" | sed 's/endpoint=\(.*\)\/;.*/\1/')/rooms?api-version=2025-03-13""#;
    let tap = said(tapped(&stand_in, &[], script, "-")).await;
    tap.ended(1).says("Denied by the resource provider").says("carried no Authorization header");
    assert_eq!(stand_in.emulator.take_exchanges(), Vec::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_spelling_of_the_signed_target_is_carried_on_to_the_resource() {
    let stand_in = StandIn::built(|builder| builder.page_size(2).service_like_tokens(true)).await;
    for _ in 0..5 {
        stand_in.foreign_room().await;
    }
    let bare = Client::trusting(stand_in.emulator.ca_pem()).expect("a client");
    let opening = Opening {
        account: stand_in.account(),
        client: bare,
        passage: Passage::new(Courtesy::new(Settings::default()), None, None),
        port: 0,
        strict: false,
    };
    let tap = Tap::open(opening, &Authority::generate().expect("a CA")).await.expect("a tap");
    let string = acs_conformance::acs::ConnectionString::parse(tap.connection_string().expose())
        .expect("well formed");
    let client = Client::trusting(tap.ca_pem()).expect("a client");
    let first = send(&client, &string, "/rooms?api-version=2025-03-13", "wire").await;
    let link = first["nextLink"].as_str().expect("a link").to_owned();
    let target = link.strip_prefix(tap.endpoint()).expect("the tap's own").to_owned();
    let _ = stand_in.emulator.take_exchanges();
    let mut forms = BTreeSet::new();
    for form in ["wire", "decoded", "form"] {
        send(&client, &string, &target, form).await;
    }
    for exchange in stand_in.emulator.take_exchanges() {
        assert_eq!(exchange.sent.target, target);
        forms.extend(exchange.attempt.signature_form);
    }
    let passed = tap.close().await;
    let seen: BTreeSet<String> =
        passed.iter().skip(1).filter_map(|it| it.attempt.signature_form.clone()).collect();
    assert_eq!(forms, seen);
    assert!(forms.len() >= 2, "the link must tell the spellings apart: {target} {forms:?}");
    let kept = passed[0].attempt.original_body.as_ref().expect("both texts");
    assert!(String::from_utf8_lossy(kept).contains(stand_in.emulator.endpoint()));
}

async fn send(
    client: &Client,
    string: &acs_conformance::acs::ConnectionString,
    target: &str,
    form: &str,
) -> serde_json::Value {
    use acs_conformance::acs::signing;
    let (spelt, host) = acs_conformance::emulator::auth::spelt(form, target, string.authority());
    let date = acs_conformance::acs::time::http_date(chrono::Utc::now());
    let hash = signing::content_hash(b"");
    let text = signing::string_to_sign("GET", &spelt, &[&date, &host, &hash]);
    let mut headers = acs_conformance::transcript::Headers::default();
    headers.push("x-ms-date", date);
    headers.push("x-ms-content-sha256", hash);
    let proof = signing::authorization(signing::SIGNED_HEADERS, &string.key().sign(&text));
    headers.push("authorization", proof);
    let outgoing = acs_conformance::driver::wire::Outgoing {
        method: "GET".to_owned(),
        endpoint: string.endpoint().to_owned(),
        target: target.to_owned(),
        headers,
        body: bytes::Bytes::new(),
        cleanup: false,
    };
    let answered = client.send(&outgoing, std::time::Duration::from_secs(10)).await;
    let received = answered.exchange.received.expect("an answer");
    assert_eq!(received.status, 200, "{form}: {}", String::from_utf8_lossy(&received.body));
    serde_json::from_slice(&received.body).expect("JSON")
}
