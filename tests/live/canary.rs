//! No secret in anything that is written: a key full of reserved characters goes through every
//! command, and every byte is searched for all its forms, for signatures and for tokens.

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

    fn search(&self) {
        let signature = regex::bytes::Regex::new(r"Signature=[A-Za-z0-9+/%]{20}").expect("a regex");
        let token = regex::bytes::Regex::new(r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")
            .expect("a regex");
        let mut found = Vec::new();
        for (name, bytes) in &self.0 {
            for (form, text) in forms() {
                if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                    found.push(format!("{name}: the key, {form}"));
                }
            }
            for (what, regex) in [("a signature", &signature), ("a token", &token)] {
                if let Some(at) = regex.find(bytes) {
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
        canary.sees(&format!("run {name}"), command).await;
        let command = canary.stand_in.run(&["--events", "jsonl", "--continue", path(file)]);
        canary.sees(&format!("events {name}"), command).await;
    }
    others(&mut canary).await;
    killed(&mut canary).await;
    // The stand-in's own files are the user's secrets, the rest is what was written.
    let directory = canary.stand_in.directory.path().to_owned();
    canary.all.add_files(&directory);
    assert!(canary.all.0.len() > 20, "{}", canary.all.0.len());
    canary.all.search();
}

/// Everything that a failure shows: tokens in values, refused signatures, wrong expectations.
fn failing_steps() -> serde_json::Value {
    json!([
        { "call": {
            "id": "user", "op": "identity.create_user", "with": { "scopes": ["voip"] },
            "expect": { "ok": { "id": "no such id" } },
            "print": "user ${user.id}",
        } },
        { "call": {
            "id": "token", "op": "identity.issue_token",
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
        command.env("RUST_LOG", "trace");
        canary.sees(&format!("run, {name}"), command).await;
    }
    let untrusted = canary.stand_in.harness(&["doctor"]);
    canary.sees("doctor, untrusted", untrusted).await;
    // Standard output of `sign` is excepted: it is what it is for.
    let sign = canary.stand_in.harness(&["sign", "GET", "/rooms?api-version=v", "--explain"]);
    let output = said(sign).await;
    canary.all.add("sign (stderr)", output.text.replace(&output.out, "").into_bytes());
    let program = env!("CARGO_BIN_EXE_acs-conformance");
    let script = format!(
        "\"{program}\" run --target live --rate 0 --ca-file \"$ACS_CA_BUNDLE\" --verbose {}",
        path(&quickstart())
    );
    let mut tap = canary.stand_in.harness(&["tap", "--target", "live", "--ca-file", "ca.pem"]);
    tap.args(["--", "sh", "-c", &script]).env("RUST_LOG", "trace");
    canary.sees("tap", tap).await;
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
        assert!(std::panic::catch_unwind(|| all.search()).is_err(), "{form} is not found");
    }
}
