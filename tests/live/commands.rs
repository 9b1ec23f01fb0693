//! Commands on a live resource: what they say and how they end.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::stand_in::{StandIn, bare, quickstart, said};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_on_a_live_resource_leaves_nothing_and_says_so() {
    let stand_in = StandIn::start().await;
    let room = stand_in.foreign_room().await;
    let run = stand_in.run(&[quickstart().to_str().expect("a path")]);
    let run = said(run).await;
    run.ended(0).says("created 4, deleted 4, leaked 0");
    assert_eq!(stand_in.existing("rooms").into_iter().collect::<Vec<_>>(), [room]);
    assert!(stand_in.ledgers().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_finds_a_good_resource_well_in_ten_lines() {
    let stand_in = StandIn::start().await;
    let doctor = said(stand_in.harness(&["doctor", "--ca-file", "ca.pem"])).await;
    doctor.ended(0);
    assert_eq!(doctor.out.lines().count(), 10, "{}", doctor.text);
    for what in ["DNS", "TLS", "clock", "signature", "identity", "rooms", "api-versions", "rate"] {
        assert!(doctor.out.contains(&format!("ok   {what}")), "{what}: {}", doctor.text);
    }
    assert!(stand_in.existing("identities").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_tells_a_wrong_key_a_wrong_trust_and_a_wrong_name_apart() {
    let stand_in = StandIn::start().await;
    let endpoint = stand_in.emulator.endpoint().to_owned();
    let with = |string: &str, arguments: &[&str]| {
        let mut command = stand_in.harness(arguments);
        command.env("ACS_CONNECTION_STRING", string);
        command
    };
    let wrong = format!("endpoint={endpoint}/;accesskey=d3Jvbmc=");
    let key = said(with(&wrong, &["doctor", "--ca-file", "ca.pem"])).await;
    key.ended(1).says("FAIL signature    401 Denied").says("signed:  GET\\n/rooms");
    let trust = said(stand_in.harness(&["doctor"])).await;
    trust.ended(4).says("FAIL TLS").says("certificate");
    let nowhere = "endpoint=https://nowhere.invalid/;accesskey=d3Jvbmc=";
    let begun = Instant::now();
    let name = said(with(nowhere, &["doctor"])).await;
    name.ended(4).says("FAIL DNS").says("nowhere.invalid has no address");
    let text = said(with("endpoint=x;accesskey=", &["doctor"])).await;
    text.ended(2).says("`endpoint` (part 1) is without a scheme").says("`accesskey` (part 2)");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_claims_no_signature_that_nobody_looked_at() {
    let stand_in = StandIn::start().await;
    let html =
        json!({ "status": 200, "text": "<html>", "headers": { "content-type": "text/html" } });
    let answers = [429, 503, 302, 403].map(|status| json!({ "status": status })).into_iter();
    for answer in answers.chain([html]) {
        stand_in.fault("*", 2, answer.clone());
        let doctor = said(stand_in.harness(&["doctor", "--ca-file", "ca.pem"])).await;
        doctor.ended(1).says("-    signature    not seen: HTTP").says("FAIL rooms");
        assert!(!doctor.text.contains("ok   identity"), "{answer}: {}", doctor.text);
    }
    let nobody = "endpoint=https://localhost:9/;accesskey=d3Jvbmc=";
    let mut refused = stand_in.harness(&["doctor", "--ca-file", "ca.pem"]);
    refused.env("ACS_CONNECTION_STRING", nobody);
    said(refused).await.ended(4).says("does anything listen at this host and port");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_resource_ends_a_run_with_4_within_ten_seconds() {
    let stand_in = StandIn::start().await;
    for string in [
        "endpoint=https://nowhere.invalid/;accesskey=a2V5",
        "endpoint=https://localhost:9/;accesskey=a2V5",
        "endpoint=https://10.255.255.1/;accesskey=a2V5",
    ] {
        let mut run = stand_in.run(&[quickstart().to_str().expect("a path")]);
        run.env("ACS_CONNECTION_STRING", string);
        let begun = Instant::now();
        said(run).await.ended(4).says("cannot be reached");
        assert!(begun.elapsed() < Duration::from_secs(10), "{string}: {:?}", begun.elapsed());
    }
    assert!(stand_in.ledgers().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sign_prints_is_what_the_service_accepts() {
    let stand_in = StandIn::start().await;
    let target = "/rooms?api-version=2025-03-13";
    let sign = stand_in.harness(&["sign", "POST", target, "--data", "{}", "--explain"]);
    let sign = said(sign).await;
    sign.ended(0).says("POST\n/rooms?api-version=2025-03-13\n");
    let client = reqwest_client(stand_in.emulator.ca_pem());
    let mut request = client.post(format!("{}{target}", stand_in.emulator.endpoint())).body("{}");
    for line in sign.out.lines() {
        let (name, value) = line.split_once(": ").expect("a header");
        request = request.header(name, value);
    }
    assert_eq!(request.send().await.expect("an answer").status(), 201);
    let unsigned = said(bare(&["sign", "GET", "/rooms"])).await;
    unsigned.ended(2).says("ACS_CONNECTION_STRING is not set");
    let bad = said(stand_in.harness(&["sign", "GET", "rooms"])).await;
    bad.ended(2).says("must begin with a slash");
    let method = said(stand_in.harness(&["sign", "GE T", "/rooms"])).await;
    method.ended(2).says("\"GE T\" is no HTTP method");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_curl_command_that_sign_prints_can_be_run_as_it_stands() {
    let stand_in = StandIn::start().await;
    let target = "/rooms?api-version=2025-03-13";
    let body = r#"{"pstnDialOutEnabled":true}"#;
    let sign = stand_in.harness(&["sign", "POST", target, "--data", body, "--curl"]);
    let sign = said(sign).await;
    sign.ended(0);
    assert!(!sign.text.contains(stand_in.emulator.primary_key().text().expose()));
    let mut shell = tokio::process::Command::new("sh");
    shell.args(["-c", sign.out.trim()]).current_dir(stand_in.directory.path());
    // What curl trusts is its user's business.
    shell.env("CURL_CA_BUNDLE", stand_in.path("ca.pem"));
    let curl = shell.output().await.expect("a shell");
    let said = String::from_utf8_lossy(&curl.stdout).into_owned();
    assert!(said.contains(r#""pstnDialOutEnabled":true"#), "{}\n{said}", sign.out);
    assert_eq!(stand_in.existing("rooms").len(), 1);
}

fn reqwest_client(ca: &str) -> reqwest::Client {
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in rustls::pki_types::CertificateDer::pem_slice_iter(ca.as_bytes()) {
        roots.add(certificate.expect("PEM")).expect("a certificate");
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).build().expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_ends_a_case_and_not_its_undoing() {
    let stand_in = StandIn::start().await;
    let scenario = quickstart();
    let scenario = scenario.to_str().expect("a path");
    let run = said(stand_in.run(&["--max-users", "2", scenario])).await;
    run.ended(1).says("the budget of 2 users is used up").says("created 2, deleted 2, leaked 0");
    let run = said(stand_in.run(&["--max-requests", "5", scenario])).await;
    run.ended(1).says("the budget of 5 requests is used up").says("leaked 0");
    let run = said(stand_in.run(&["--max-rooms", "0", scenario])).await;
    run.ended(1).says("the budget of 0 rooms is used up").says("created 3, deleted 3, leaked 0");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_that_waited_for_its_turn_when_the_time_was_up_is_no_leak() {
    let stand_in = StandIn::start().await;
    let scenario = quickstart();
    let scenario = scenario.to_str().expect("a path");
    let run = said(stand_in.run(&["--rate", "0.5", "--timeout", "1s", scenario])).await;
    run.ended(1).says("created 1, deleted 1, leaked 0");
    assert!(!run.text.contains("left behind"), "{}", run.text);
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_estimate_and_a_dry_run_send_nothing() {
    let stand_in = StandIn::start().await;
    let scenario = quickstart();
    let scenario = scenario.to_str().expect("a path");
    for (flag, words) in [("--estimate", "1 rooms, 3 users"), ("--dry-run", "participants.remove")]
    {
        said(stand_in.run(&[flag, scenario])).await.ended(0).says(words);
    }
    assert_eq!(stand_in.emulator.take_exchanges(), Vec::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_throttled_run_waits_as_asked_and_says_so() {
    let stand_in = StandIn::start().await;
    let throttled = json!({ "status": 429, "headers": { "Retry-After": "1" } });
    stand_in.fault("rooms.create", 1, throttled);
    stand_in.fault("rooms.get", 1, json!({ "status": 503 }));
    let begun = Instant::now();
    let file = quickstart();
    let report = ["--markdown", "summary.md", file.to_str().expect("a path")];
    let run = said(stand_in.run(&report)).await;
    run.ended(0).says("waited 2 times").says("429: 1").says("503: 1");
    let report = std::fs::read_to_string(stand_in.path("summary.md")).expect("a report");
    assert!(report.contains("waited 2 times"), "{report}");
    assert!(begun.elapsed() > Duration::from_millis(1400), "{:?}", begun.elapsed());
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_401_of_a_run_is_explained() {
    let stand_in = StandIn::start().await;
    let mut run = stand_in.run(&[quickstart().to_str().expect("a path")]);
    let endpoint = stand_in.emulator.endpoint();
    run.env("ACS_CONNECTION_STRING", format!("endpoint={endpoint}/;accesskey=d3Jvbmc="));
    let run = said(run).await;
    run.ended(1).says("signed:  POST\\n/identities?api-version=2023-10-01\\n");
    run.says("usually: 1. the key is not of this resource");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_401_of_an_undoing_is_explained_too() {
    let stand_in = StandIn::start().await;
    let denied =
        json!({ "status": 401, "json": { "error": { "code": "Denied", "message": "no" } } });
    stand_in.fault("rooms.delete", 50, denied);
    let step = json!([{ "call": { "op": "rooms.create", "expect": { "ok": {} } } }]);
    let file = stand_in.scenario("kept", step);
    let run = said(stand_in.run(&[file.to_str().expect("a path")])).await;
    run.ended(6).says("leaked 1").says("signed:  DELETE\\n/rooms/").says("usually: 1.");
    let sweep = said(stand_in.sweep(&[])).await;
    sweep.ended(6).says("signed:  DELETE\\n/rooms/").says("usually: 1.");
    assert!(!sweep.text.contains(stand_in.emulator.primary_key().text().expose()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_ledger_nothing_is_created() {
    let stand_in = StandIn::start().await;
    std::fs::write(stand_in.path("ledgers"), "a file in the way").expect("written");
    let run = said(stand_in.run(&[quickstart().to_str().expect("a path")])).await;
    run.ended(3).says("Nothing is created on a real resource without it");
    assert_eq!(stand_in.emulator.take_exchanges(), Vec::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_at_once_on_one_resource_keep_out_of_each_others_way() {
    let stand_in = StandIn::start().await;
    let scenario = quickstart();
    let scenario = scenario.to_str().expect("a path");
    let run = || said(stand_in.run(&["--repeat", "40", scenario]));
    let sweep = async {
        while stand_in.ledgers().len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        said(stand_in.sweep(&[])).await
    };
    let (first, second, sweep) = tokio::join!(run(), run(), sweep);
    first.ended(0).says("created 160, deleted 160, leaked 0");
    second.ended(0).says("created 160, deleted 160, leaked 0");
    sweep.ended(0).says("its run still goes; left alone");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_variable_without_a_value_is_as_good_as_absent() {
    let stand_in = StandIn::start().await;
    let mut run = stand_in.run(&[quickstart().to_str().expect("a path")]);
    run.env("ACS_AUTH", "").env("ACS_RATE", "");
    said(run).await.ended(0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_says_where_it_is_written_down_what_is_left() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let stand_in = StandIn::start().await;
    stand_in.fault("rooms.create", 1, json!({ "hang": true }));
    let step = json!([{ "call": { "op": "rooms.create", "expect": { "ok": {} } } }]);
    let file = stand_in.scenario("hanging", step);
    let mut run = stand_in.run(&[file.to_str().expect("a path")]);
    let mut child = run
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the harness starts");
    let process = libc::pid_t::try_from(child.id().expect("it runs")).expect("a process id");
    // SAFETY: `kill` takes numbers only, and the process is our own child.
    let interrupt = || unsafe { libc::kill(process, libc::SIGINT) };
    let is_intended = |path: std::path::PathBuf| {
        std::fs::read_to_string(path).is_ok_and(|text| text.contains("\"intent\""))
    };
    while !stand_in.ledgers().into_iter().any(is_intended) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut lines = BufReader::new(child.stderr.take().expect("standard error")).lines();
    interrupt();
    while let Some(line) = lines.next_line().await.expect("text") {
        if line.contains("once more ends at once") {
            interrupt();
        }
        if line.contains("`acs-conformance sweep` deletes what is left") {
            assert!(line.contains(".ledger"), "{line}");
            assert_eq!(child.wait().await.expect("it ends").code(), Some(130));
            return;
        }
    }
    panic!("it ended without a word about the ledger");
}
