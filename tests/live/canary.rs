//! No secret in anything that is written: a key full of reserved characters goes through every
//! command, and every byte is searched for all its forms, for signatures and for tokens.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::stand_in::{CANARY, StandIn, canary, quickstart, said};

/// The key's spellings, made here and not by the mask under test.
fn forms() -> Vec<(&'static str, String)> {
    let percent = |keep: &str| -> String {
        CANARY
            .chars()
            .map(|c| match c {
                '+' | '/' | '=' if !keep.contains(c) => format!("%{:02X}", u32::from(c)),
                c => c.to_string(),
            })
            .collect()
    };
    let all = percent("");
    let raw = STANDARD.decode(CANARY).expect("base64");
    let hexadecimal: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        ("raw", CANARY.to_owned()),
        ("without padding", CANARY.trim_end_matches('=').to_owned()),
        ("percent-encoded", all.clone()),
        ("percent-encoded, small", all.replace("%2B", "%2b").replace("%2F", "%2f")),
        ("percent-encoded, slashes kept", percent("/")),
        ("percent-encoded twice", all.replace('%', "%25")),
        ("base64", STANDARD.encode(CANARY).trim_end_matches('=').to_owned()),
        ("base64 of the connection string", {
            let whole = STANDARD.encode(format!("xx;accesskey={CANARY}"));
            whole[whole.len() / 2..whole.len() - 4].to_owned()
        }),
        ("JSON-escaped", CANARY.replace('/', "\\/")),
        ("JSON-escaped, unicode", CANARY.replace('+', "\\u002b")),
        ("HTML-escaped", CANARY.replace('+', "&#43;")),
        ("hexadecimal", hexadecimal),
        ("url-safe base64", CANARY.replace('+', "-").replace('/', "_")),
    ]
}

/// What is searched, with a name for messages.
#[derive(Default)]
struct Everything(Vec<(String, Vec<u8>)>);

impl Everything {
    fn add(&mut self, name: impl Into<String>, bytes: Vec<u8>) {
        self.0.push((name.into(), bytes));
    }

    fn add_files(&mut self, directory: &Path) {
        for entry in std::fs::read_dir(directory).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                self.add_files(&path);
            } else {
                self.add(path.display().to_string(), std::fs::read(&path).expect("a file"));
            }
        }
    }

    /// `local` are further keys that nothing may hold: those of taps.
    fn search(&self, local: &BTreeSet<String>) {
        let signature = regex::bytes::Regex::new(r"Signature=[A-Za-z0-9+/%]{20}").expect("a regex");
        let token = r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}(\.[A-Za-z0-9_-]*)?";
        let token = regex::bytes::Regex::new(token).expect("a regex");
        let mut found = Vec::new();
        for (name, bytes) in &self.0 {
            let taps = local.iter().map(|key| ("of a tap", key.clone()));
            for (form, text) in forms().into_iter().chain(taps) {
                if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                    found.push(format!("{name}: the key, {form}"));
                }
            }
            for (what, regex) in [("a signature", &signature), ("a token", &token)] {
                // Cassettes keep what a token claims, under a signature of nobody.
                let usable = |at: &regex::bytes::Match<'_>| {
                    !(name.ends_with(".har") && at.as_bytes().ends_with(b".cmVwbGF5"))
                };
                if let Some(at) = regex.find_iter(bytes).find(usable) {
                    let start = at.start().saturating_sub(60);
                    let around = String::from_utf8_lossy(&bytes[start..at.end()]);
                    found.push(format!("{name}: {what}: …{around}…"));
                }
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

struct Canary {
    stand_in: StandIn,
    all: Everything,
}

impl Canary {
    async fn sees(&mut self, name: &str, mut command: tokio::process::Command) -> Option<i32> {
        let output = command.output().await.expect("started");
        self.all.add(format!("{name} (stdout)"), output.stdout);
        self.all.add(format!("{name} (stderr)"), output.stderr);
        output.status.code()
    }

    /// Standard error alone: the other is excepted by name.
    async fn sees_errors_of(&mut self, name: &str, mut command: tokio::process::Command) {
        let output = command.output().await.expect("started");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        self.all.add(format!("{name} (stderr)"), output.stderr);
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path")
}

fn reports(stand_in: &StandIn, name: &str) -> Vec<String> {
    let directory = stand_in.path(&format!("reports-{name}"));
    vec!["--report-dir".to_owned(), path(&directory).to_owned()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_written_holds_the_key_a_signature_or_a_token() {
    let stand_in = StandIn::built(|builder| builder.access_key(canary())).await;
    assert!(stand_in.connection_string().contains(CANARY));
    let mut canary = Canary { stand_in, all: Everything::default() };
    let failing = canary.stand_in.scenario("failing", failing_steps());
    let files: [(&str, PathBuf); 2] = [("good", quickstart()), ("failing", failing)];
    for (name, file) in &files {
        let flags = reports(&canary.stand_in, name);
        let mut arguments: Vec<&str> = flags.iter().map(String::as_str).collect();
        arguments.extend(["--verbose", "--continue", path(file)]);
        let command = canary.stand_in.run(&arguments);
        // A file that is refused would show nothing.
        let red = i32::from(*name == "failing");
        assert_eq!(canary.sees(&format!("run {name}"), command).await, Some(red));
        let command = canary.stand_in.run(&["--events", "jsonl", "--continue", path(file)]);
        canary.sees(&format!("events {name}"), command).await;
    }
    others(&mut canary).await;
    recordings(&mut canary, &files).await;
    panicked(&mut canary).await;
    emulators(&mut canary).await;
    killed(&mut canary).await;
    let local = adapters(&mut canary).await;
    // The stand-in's own files are the user's secrets, the rest is what was written.
    let directory = canary.stand_in.directory.path().to_owned();
    canary.all.add_files(&directory);
    assert!(canary.all.0.len() > 60, "{}", canary.all.0.len());
    canary.all.search(&local);
}

/// Everything that a failure shows: tokens in values, refused signatures, wrong expectations.
fn failing_steps() -> serde_json::Value {
    json!([
        { "call": {
            "id": "user", "op": "identity.create_user", "with": { "scopes": ["voip"] },
            "expect": { "ok": { "id": "no such id" } },
            "print": "user ${user.id} with ${user}",
        } },
        { "call": {
            "op": "identity.issue_token",
            "with": { "id": "${user.id}", "scopes": ["chat"] },
            "expect": { "ok": { "expiresOn": "never" }, "exchange": { "status": 418 } },
        } },
        { "request": {
            "method": "GET", "path": "/rooms", "auth": { "skew": "20m" },
            "expect": { "exchange": { "status": 200 } },
        } },
        { "request": {
            "method": "GET", "path": "/rooms", "auth": { "signed_body": "x" },
            "expect": { "exchange": { "status": 200, "request": { "headers": { "authorization": "none" } } } },
        } },
    ])
}

async fn others(canary: &mut Canary) {
    let with = |stand_in: &StandIn, arguments: &[&str], string: String| {
        let mut command = stand_in.harness(arguments);
        command.env("ACS_CONNECTION_STRING", string);
        command
    };
    let good = canary.stand_in.connection_string();
    for (name, string) in [
        ("good", good.clone()),
        ("no endpoint", format!("accesskey={CANARY}")),
        ("swapped", format!("endpoint={CANARY};accesskey={}", canary.stand_in.endpoint())),
        ("bare key", CANARY.to_owned()),
        ("key twice", format!("{good};accesskey={CANARY}")),
        ("not base64", good.replace("c4N4ry", "c4N*ry")),
        ("unreachable", format!("endpoint=https://localhost:9/;accesskey={CANARY}")),
    ] {
        let command = with(&canary.stand_in, &["doctor", "--ca-file", "ca.pem"], string.clone());
        canary.sees(&format!("doctor, {name}"), command).await;
        let mut command = canary.stand_in.run(&[path(&quickstart())]);
        command.env("ACS_CONNECTION_STRING", &string).env("RUST_BACKTRACE", "1");
        canary.sees(&format!("run, {name}"), command).await;
    }
    let untrusted = canary.stand_in.harness(&["doctor"]);
    canary.sees("doctor, untrusted", untrusted).await;
    // Standard output of `sign` is excepted: it is what it is for.
    for flag in ["--explain", "--curl"] {
        let sign = canary.stand_in.harness(&["sign", "GET", "/rooms?api-version=v", flag]);
        canary.sees_errors_of("sign", sign).await;
    }
    let program = env!("CARGO_BIN_EXE_acs-conformance");
    let script = format!(
        "\"{program}\" run --target live --rate 0 --ca-file \"$ACS_CA_BUNDLE\" --verbose {}",
        path(&quickstart())
    );
    let mut tap = canary.stand_in.harness(&["tap", "--target", "live", "--ca-file", "ca.pem"]);
    tap.args(["--", "sh", "-c", &script]).env("ACS_LOG", "trace");
    canary.sees("tap", tap).await;
}

/// Cassettes, what is made of them, and two targets side by side.
async fn recordings(canary: &mut Canary, files: &[(&str, PathBuf)]) {
    for (name, file) in files {
        let folder = canary.stand_in.path(&format!("cassettes-{name}"));
        let record = ["--continue", "--record", path(&folder), path(file)];
        let command = canary.stand_in.run(&record);
        canary.sees(&format!("record {name}"), command).await;
        let play = ["run", "--target", "live", "--verbose", "--continue", "--replay"];
        let mut command = canary.stand_in.harness(&play);
        command.args([path(&folder), path(file)]);
        canary.sees(&format!("replay {name}"), command).await;
        let cassettes = std::fs::read_dir(&folder).expect("a folder of cassettes");
        let cassettes: Vec<_> = cassettes.map(|entry| entry.expect("an entry").path()).collect();
        assert_eq!(cassettes.len(), 1, "{name}: {cassettes:?}");
        let command = canary.stand_in.harness(&["import", path(&cassettes[0])]);
        assert_eq!(canary.sees(&format!("import {name}"), command).await, Some(0));
        let mut command = canary.stand_in.harness(&["compare", "emulator", "live"]);
        command.args(["--ca-file", "ca.pem", "--rate", "0", path(file)]);
        canary.sees(&format!("compare {name}"), command).await;
    }
}

/// A fault of the harness itself, in the middle of a run: it says what was at hand.
async fn panicked(canary: &mut Canary) {
    let flags = reports(&canary.stand_in, "panicked");
    let mut arguments: Vec<&str> = flags.iter().map(String::as_str).collect();
    let quickstart = quickstart();
    arguments.extend(["--verbose", "--panic-at", "5", path(&quickstart)]);
    let mut command = canary.stand_in.run(&arguments);
    command.env("RUST_BACKTRACE", "1");
    let output = said(command).await;
    output.ended(3).says("the harness panicked at").says("a deliberate panic").says("leaked 0");
    canary.all.add("run, panicked", output.text.into_bytes());
    for format in ["report.jsonl", "report.json", "junit.xml", "report.html", "summary.md"] {
        let file = canary.stand_in.path(&format!("reports-panicked/{format}"));
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(text.contains("deliberate panic"), "{format} does not tell of the panic: {text}");
    }
}

/// Emulators with the key: their standard output and env file are excepted, and nothing else.
async fn emulators(canary: &mut Canary) {
    let (key, secret) = (canary.stand_in.path("key"), canary.stand_in.path("emulator.env"));
    std::fs::write(&key, CANARY).expect("a key file");
    let mut command = canary.stand_in.harness(&["emulator", "--access-key-file", path(&key)]);
    command.args(["--env-file", path(&secret)]).env("ACS_LOG", "trace");
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started");
    while !secret.exists() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let variables = std::fs::read_to_string(&secret).expect("an env file");
    assert!(variables.contains(CANARY), "{variables}");
    let mut doctor = canary.stand_in.harness(&["doctor"]);
    for line in variables.lines() {
        let (name, value) = line.split_once('=').expect("a variable");
        doctor.env(name, value);
        if name == "ACS_CA_BUNDLE" {
            doctor.args(["--ca-file", value]);
        }
    }
    assert_eq!(canary.sees("doctor, emulator", doctor).await, Some(0));
    let id = i32::try_from(child.id().expect("alive")).expect("an id");
    // SAFETY: the child was started here and not waited for, so the id is its own.
    unsafe { libc::kill(id, libc::SIGTERM) };
    let output = child.wait_with_output().await.expect("ended");
    canary.all.add("emulator (stderr)", output.stderr);
    let mut exec = canary.stand_in.harness(&["exec", "--access-key-file", path(&key)]);
    exec.args(["--", "true"]).env("ACS_LOG", "trace");
    canary.sees("exec", exec).await;
    for excepted in [key, secret] {
        std::fs::remove_file(excepted).expect("removed");
    }
}

/// Adapters that repeat all that they hear, one of which dies of it. Gives the keys that they
/// heard: those of taps.
async fn adapters(canary: &mut Canary) -> BTreeSet<String> {
    use crate::adapters::{reference_client, sdk_run};
    let talkative = reference_client("tee -a heard /dev/stderr |");
    // Raw requests are not for adapters.
    let mut calls = failing_steps();
    calls.as_array_mut().expect("steps").retain(|step| step.get("call").is_some());
    let failing = canary.stand_in.scenario("failing-calls", calls);
    for (name, file, red) in [("good", &quickstart(), 0), ("failing", &failing, 1)] {
        let flags = reports(&canary.stand_in, &format!("adapter-{name}"));
        let mut arguments: Vec<&str> = flags.iter().map(String::as_str).collect();
        arguments.extend(["--continue", "--record", "cassettes-of-adapters"]);
        let command = sdk_run(&canary.stand_in, &talkative, &arguments, file);
        assert_eq!(canary.sees(&format!("adapter, {name}"), command).await, Some(red));
    }
    let calls = json!({ "call": {
        "op": "identity.create_user", "with": { "scopes": ["voip"] }, "expect": { "ok": {} },
        "for_each": (1..=2000).collect::<Vec<_>>(), "as": "round",
    } });
    let busy = canary.stand_in.scenario("busy", json!([calls]));
    let dying = reference_client("(sleep 1; kill -9 0) & tee -a heard /dev/stderr |");
    let flags = reports(&canary.stand_in, "adapter-dying");
    let mut arguments: Vec<&str> = flags.iter().map(String::as_str).collect();
    arguments.push("--no-snapshots");
    let command = sdk_run(&canary.stand_in, &dying, &arguments, &busy);
    assert_eq!(canary.sees("adapter, dying", command).await, Some(1));
    let heard = canary.stand_in.path("heard");
    let text = std::fs::read_to_string(&heard).expect("what adapters heard");
    assert!(!text.contains(CANARY), "{text}");
    std::fs::remove_file(heard).expect("removed");
    let keys =
        regex::Regex::new("(?:accesskey=|\"access_key\":\")([A-Za-z0-9+/=]+)").expect("a regex");
    let keys: BTreeSet<String> = keys.captures_iter(&text).map(|key| key[1].to_owned()).collect();
    assert!(keys.len() >= 3, "a tap a case: {}", keys.len());
    keys
}

/// A ledger that stays, and the sweep of it.
async fn killed(canary: &mut Canary) {
    canary.stand_in.fault("rooms.create", 1, json!({ "lost": "hang" }));
    let mut run = canary.stand_in.run(&[path(&quickstart())]);
    let mut child =
        run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the harness starts");
    while canary.stand_in.existing("rooms").is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    child.kill().await.expect("dead");
    let ledgers = canary.stand_in.ledgers();
    assert_eq!(ledgers.len(), 1);
    for ledger in ledgers {
        canary.all.add("the ledger of a killed run", std::fs::read(ledger).expect("a ledger"));
    }
    let sweep = canary.stand_in.sweep(&[]);
    assert_eq!(canary.sees("sweep", sweep).await, Some(0));
}

#[test]
fn the_search_finds_every_form_in_what_it_is_given() {
    for (form, text) in forms() {
        let mut all = Everything::default();
        all.add("a file", format!("before {text} after").into_bytes());
        assert!(
            std::panic::catch_unwind(|| all.search(&BTreeSet::new())).is_err(),
            "{form} is not found"
        );
    }
}
