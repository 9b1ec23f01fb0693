//! The stand-in for a live resource, and the harness as a child process beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use acs_conformance::acs::{AccessKey, ConnectionString};
use acs_conformance::driver::wire::Client;
use acs_conformance::emulator::{Authority, Builder, Emulator, faults};
use acs_conformance::target::credentials::{Account, Plain};
use chrono::Utc;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

pub struct StandIn {
    pub emulator: Emulator,
    pub directory: TempDir,
    /// Where the harness is told to go, when that is not the emulator itself.
    pub endpoint: Option<String>,
}

impl StandIn {
    pub async fn start() -> Self {
        Self::built(|builder| builder).await
    }

    pub async fn built(adjust: impl FnOnce(Builder) -> Builder) -> Self {
        let authority = Authority::generate().expect("an authority");
        let builder = Emulator::builder().authority(&authority).journal(true);
        let emulator = adjust(builder).start().await.expect("an emulator");
        let directory = tempfile::tempdir().expect("a folder");
        std::fs::write(directory.path().join("ca.pem"), emulator.ca_pem()).expect("a CA file");
        Self { emulator, directory, endpoint: None }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn endpoint(&self) -> &str {
        self.endpoint.as_deref().unwrap_or(self.emulator.endpoint())
    }

    pub fn connection_string(&self) -> String {
        let key = self.emulator.primary_key().text();
        format!("endpoint={}/;accesskey={}", self.endpoint(), key.expose())
    }

    /// The harness, with nothing of this process's own Azure settings.
    pub fn harness(&self, arguments: &[&str]) -> Command {
        let mut command = bare(arguments);
        command
            .env("ACS_CONNECTION_STRING", self.connection_string())
            .env("ACS_LEDGER_DIR", self.path("ledgers"))
            .current_dir(self.directory.path());
        command
    }

    /// `run --target live` on the stand-in.
    pub fn run(&self, arguments: &[&str]) -> Command {
        let mut command = self.harness(&["run", "--target", "live", "--ca-file", "ca.pem"]);
        if !arguments.contains(&"--rate") {
            command.args(["--rate", "0"]);
        }
        command.args(arguments);
        command
    }

    pub fn sweep(&self, arguments: &[&str]) -> Command {
        let mut command = self.harness(&["sweep", "--ca-file", "ca.pem", "--rate", "0"]);
        command.args(arguments);
        command
    }

    pub fn account(&self) -> Account {
        let string = ConnectionString::parse(&self.connection_string()).expect("well formed");
        Account::with_keys(&string, None)
    }

    pub fn fault(&self, on: &str, times: u32, what: Value) {
        let on: faults::Target = on.parse().expect("an operation");
        self.emulator.faults().schedule(on, times, faults::parse(&what).expect("a fault"));
    }

    /// Somebody else's room.
    pub async fn foreign_room(&self) -> String {
        let client = Client::trusting(self.emulator.ca_pem()).expect("a client");
        let mut request = Plain::new("POST", "/rooms?api-version=2025-03-13");
        request.body = bytes::Bytes::from_static(b"{}");
        request.headers.push("content-type", "application/json");
        let mut account = self.account();
        if self.endpoint.is_some() {
            let string = self.emulator.connection_string();
            let string = ConnectionString::parse(string.expose()).expect("well formed");
            account = Account::with_keys(&string, None);
        }
        let outgoing = account.prepare(request, Utc::now()).await.expect("a key");
        let answered = client.send(&outgoing, std::time::Duration::from_secs(10)).await;
        let received = answered.exchange.received.expect("an answer");
        assert_eq!(received.status, 201);
        let body: Value = serde_json::from_slice(&received.body).expect("JSON");
        body["id"].as_str().expect("an id").to_owned()
    }

    /// What exists there now, of this kind (`rooms`, `identities`).
    pub fn existing(&self, kind: &str) -> BTreeSet<String> {
        let state = self.emulator.state();
        let id = |entry: &Value| entry.as_str().or_else(|| entry["id"].as_str()).map(str::to_owned);
        match &state[kind] {
            Value::Array(entries) => entries.iter().filter_map(id).collect(),
            Value::Object(entries) => entries.keys().cloned().collect(),
            other => panic!("no {kind} in the state: {other}"),
        }
    }

    pub fn ledgers(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.path("ledgers")) else { return Vec::new() };
        let path = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").path();
        let mut files: Vec<PathBuf> = entries.map(path).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "ledger"));
        files
    }

    /// A scenario of these steps, in a file of its own.
    pub fn scenario(&self, name: &str, steps: Value) -> PathBuf {
        let scenario = json!({
            "name": name,
            "evidence": { "assumed": "a test" },
            "api-versions": ["2025-03-13"],
            "targets": ["emulator", "live"],
            "timeout": "120s",
            "steps": steps,
        });
        let path = self.path(&format!("{name}.yaml"));
        std::fs::write(&path, scenario.to_string()).expect("a scenario");
        path
    }

    pub fn nothing_is_left(&self) {
        assert_eq!(self.existing("rooms"), BTreeSet::new());
        assert_eq!(self.existing("identities"), BTreeSet::new());
        assert_eq!(self.ledgers(), Vec::<PathBuf>::new());
    }
}

/// The harness without any credentials.
pub fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acs-conformance"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_ascii_uppercase();
        if ["ACS_", "AZURE_", "IDENTITY_"].iter().any(|own| text.starts_with(own))
            || text.ends_with("_PROXY")
        {
            command.env_remove(&name);
        }
    }
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

pub fn quickstart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.yaml")
}

/// Output as text, for messages.
pub struct Said {
    pub code: Option<i32>,
    pub text: String,
    pub out: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let text = format!("{out}\n{}", String::from_utf8_lossy(&output.stderr));
        Self { code: output.status.code(), text, out }
    }
}

impl Said {
    #[track_caller]
    pub fn ended(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}", self.text);
        self
    }

    #[track_caller]
    pub fn says(&self, what: &str) -> &Self {
        assert!(self.text.contains(what), "no {what:?} in:\n{}", self.text);
        self
    }
}

pub async fn said(mut command: Command) -> Said {
    command.output().await.expect("the harness starts").into()
}

/// A key whose base64 is full of reserved characters.
pub fn canary() -> AccessKey {
    AccessKey::from_base64(CANARY).expect("base64")
}

pub const CANARY: &str = "+/+/c4N4ry/+zz+/++//Q+8/8+/+Zk/+/9+//7+/u+/+t/+//w==";
