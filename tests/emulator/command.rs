//! `emulator` and `exec` as programs use them.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::CommandCargoExt as _;

use super::client::{Connection, ROOMS};

pub(super) fn program() -> Command {
    Command::cargo_bin("acs-conformance").unwrap()
}

/// A running `emulator`, killed at the end.
pub(super) struct Served {
    pub child: Child,
    pub lines: Vec<(String, String)>,
}

impl Served {
    pub(super) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, 3)
    }

    pub(super) fn start_with(arguments: &[&str], expected: usize) -> Self {
        let mut child = program()
            .arg("emulator")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let lines = out
            .lines()
            .take(expected)
            .map(|line| {
                let line = line.unwrap();
                let (name, value) = line.split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        Self { child, lines }
    }

    pub(super) fn value(&self, name: &str) -> &str {
        &self.lines.iter().find(|(key, _)| key == name).unwrap_or_else(|| panic!("{name}")).1
    }

    pub(super) fn endpoint(&self) -> String {
        let text = self.value("ACS_CONNECTION_STRING").strip_prefix("endpoint=").unwrap();
        text.split_once("/;").unwrap().0.to_owned()
    }

    pub(super) fn signal(&self, signal: i32) {
        // SAFETY: the child is ours and was not waited for.
        unsafe {
            libc::kill(i32::try_from(self.child.id()).unwrap(), signal);
        }
    }

    /// Sends one request with the bearer token.
    pub(super) async fn call(
        &self,
        method: &str,
        target: &str,
        body: &str,
    ) -> Option<(u16, String)> {
        self.call_as("localhost", method, target, body).await
    }

    pub(super) async fn call_as(
        &self,
        host: &str,
        method: &str,
        target: &str,
        body: &str,
    ) -> Option<(u16, String)> {
        let ca = fs::read_to_string(self.value("ACS_CA_BUNDLE")).ok()?;
        let mut connection = Connection::try_open(&self.endpoint(), &ca).await.ok()?;
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.value("ACS_BEARER_TOKEN"),
            body.len()
        );
        use tokio::io::AsyncWriteExt as _;
        connection.stream.write_all(request.as_bytes()).await.ok()?;
        let reply = connection.receive().await.ok()?;
        Some((reply.status, String::from_utf8(reply.body).unwrap()))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_env_file_holds_the_printed_lines_and_only_it_is_left_behind() {
    for signal in [libc::SIGTERM, libc::SIGINT] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("env");
        let mut served = Served::start(&["--env-file", path.to_str().unwrap()]);
        let names: Vec<&str> = served.lines.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["ACS_CONNECTION_STRING", "ACS_CA_BUNDLE", "ACS_BEARER_TOKEN"]);
        let printed: String =
            served.lines.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        assert_eq!(fs::read_to_string(&path).unwrap(), printed);
        let bundle = Path::new(served.value("ACS_CA_BUNDLE")).to_owned();
        assert!(bundle.is_absolute());
        assert_eq!(fs::read_to_string(&bundle).unwrap().matches("BEGIN CERTIFICATE").count(), 1);
        assert!(served.endpoint().starts_with("https://localhost:"));
        assert_eq!(served.call("GET", ROOMS, "").await.unwrap().0, 200);
        served.signal(signal);
        assert!(served.child.wait().unwrap().success());
        assert!(path.exists() && !bundle.exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn the_admin_url_comes_last() {
    let served = Served::start_with(&["--admin"], 4);
    assert!(served.value("ACS_ADMIN_URL").starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn the_options_make_the_world() {
    let options = [
        "--clock",
        "2026-01-01T00:00:00Z",
        "--seed",
        "7",
        "--page-size",
        "1",
        "--serve-as",
        "2026-09-01=2025-03-13",
        "--resources",
        "2",
    ];
    let served = Served::start_with(&options, 5);
    let (first, second) =
        (served.value("ACS_CONNECTION_STRING"), served.value("ACS_CONNECTION_STRING_2"));
    assert_ne!(
        first.split_once("accesskey=").unwrap().1,
        second.split_once("accesskey=").unwrap().1
    );
    let (_, room) = served.call("POST", ROOMS, "{}").await.unwrap();
    let room: serde_json::Value = serde_json::from_str(&room).unwrap();
    assert_eq!(room["validFrom"], "2026-01-01T00:00:00+00:00");
    assert_eq!(room["id"], "99463425440177929");
    served.call("POST", ROOMS, "{}").await.unwrap();
    let (status, page) = served.call("GET", "/rooms?api-version=2026-09-01", "").await.unwrap();
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("nextLink"), "{page}");
}

#[test]
fn the_same_seed_and_clock_issue_the_same_tokens() {
    let issued = || {
        let served = Served::start(&["--seed", "7", "--clock", "2026-01-01T00:00:00Z"]);
        let body = r#"{"createTokenWithScopes":["voip"]}"#;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let target = "/identities?api-version=2023-10-01";
        runtime.block_on(served.call("POST", target, body)).unwrap()
    };
    let (first, second) = (issued(), issued());
    assert_eq!(first.0, 201);
    assert!(first.1.contains("\"token\":\"ey"), "{}", first.1);
    assert_eq!(first, second);
}

#[test]
fn the_admin_api_has_the_port_that_was_asked_for() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let served = Served::start_with(&["--admin-port", &port.to_string()], 4);
    assert_eq!(served.value("ACS_ADMIN_URL"), format!("http://127.0.0.1:{port}"));
    std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
}

#[test]
fn a_seed_repeats_the_connection_string_but_for_its_port() {
    let key = |served: &Served| {
        served.value("ACS_CONNECTION_STRING").split_once("accesskey=").unwrap().1.to_owned()
    };
    let (first, second) = (Served::start(&["--seed", "7"]), Served::start(&["--seed", "7"]));
    assert_eq!(key(&first), key(&second));
    assert_ne!(key(&first), key(&Served::start(&["--seed", "8"])));
}

#[test]
fn a_teams_emulator_keeps_its_ca_and_takes_its_key_and_name() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, "c2VjcmV0\n").unwrap();
    let ca = folder.path().join("ca");
    let arguments = [
        "--ca-dir",
        ca.to_str().unwrap(),
        "--access-key-file",
        key.to_str().unwrap(),
        "--name",
        "emulator.test",
        "--listen",
        "127.0.0.1",
    ];
    let first = Served::start(&arguments);
    let connection = first.value("ACS_CONNECTION_STRING");
    assert!(connection.starts_with("endpoint=https://emulator.test:"), "{connection}");
    assert!(connection.ends_with(";accesskey=c2VjcmV0"), "{connection}");
    assert_eq!(Path::new(first.value("ACS_CA_BUNDLE")), ca.join("ca.pem"));
    let before = fs::read(ca.join("ca.pem")).unwrap();
    drop(first);
    drop(Served::start(&arguments));
    assert_eq!(fs::read(ca.join("ca.pem")).unwrap(), before);
}

#[test]
fn what_cannot_be_started_says_why_and_ends_with_the_documented_code() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("state");
    fs::write(&foreign, "hello").unwrap();
    let key = folder.path().join("key");
    fs::write(&key, "not base64 at all!").unwrap();
    let nowhere = folder.path().join("no/env");
    let state = folder.path().join("taken.json");
    let _holder = Served::start(&["--state", state.to_str().unwrap()]);
    let cases: [(Vec<&str>, i32, &str); 13] = [
        (vec!["--port", &port], 4, "cannot listen on localhost:"),
        (vec!["--state", foreign.to_str().unwrap()], 2, "is no state file of this program"),
        (vec!["--access-key-file", key.to_str().unwrap()], 2, "holds no access key"),
        (vec!["--clock", "yesterday"], 2, "no RFC 3339 time"),
        (vec!["--env-file", nowhere.to_str().unwrap()], 2, "cannot be written"),
        (vec!["--serve-as", "2026-09-01=1999-01-01"], 2, "is no known api-version"),
        (vec!["--serve-as", "2025-03-13=2023-06-14"], 2, "is a known api-version itself"),
        (
            vec!["--serve-as", "2026-09-01=2025-03-13", "--serve-as", "2026-09-01=2024-04-15"],
            2,
            "cannot be served as 2025-03-13 and as 2024-04-15",
        ),
        (vec!["--clock", "9999-12-01T00:00:00Z"], 2, "9999-01-01T00:00:00Z"),
        (vec!["--state", state.to_str().unwrap()], 2, "is in use by another emulator"),
        (vec!["--rate-limit", "rooms.create"], 2, "write it like rooms.create=10/30s"),
        (vec!["--rate-limit", "rooms.make=1/1s"], 2, "'rooms.make' is no operation"),
        (vec!["--state", folder.path().to_str().unwrap()], 2, "it is no regular file"),
    ];
    for (arguments, code, message) in cases {
        let output = program().arg("emulator").args(&arguments).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(message) && !told.contains("not base64 at all"), "{told}");
    }
}

/// Kills an emulator at some moment of many creates, and counts what is there afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_emulator_has_lost_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let arguments = ["--state", path.to_str().unwrap()];
    let mut answered = Vec::new();
    for round in 0..5_u64 {
        let mut served = Served::start(&arguments);
        let pid = i32::try_from(served.child.id()).unwrap();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(40 + 35 * round));
            // SAFETY: the child is ours and is waited for after this thread.
            unsafe {
                libc::kill(pid, libc::SIGKILL);
            }
        });
        while let Some((status, body)) = served.call("POST", ROOMS, "{}").await {
            assert_eq!(status, 201);
            let room: serde_json::Value = serde_json::from_str(&body).unwrap();
            answered.push(room["id"].as_str().unwrap().to_owned());
        }
        killer.join().unwrap();
        served.child.wait().unwrap();
    }
    let served = Served::start(&arguments);
    for room in &answered {
        let target = format!("/rooms/{room}?api-version=2025-03-13");
        assert_eq!(served.call("GET", &target, "").await.unwrap().0, 200, "{room}");
    }
    assert!(!answered.is_empty());
}

#[test]
fn exec_gives_the_command_what_it_needs_and_ends_with_its_code() {
    let script =
        "env; cat \"$ACS_CA_BUNDLE\" > /dev/null && cat \"$SSL_CERT_FILE\" > /dev/null && exit 7";
    let output = program()
        .args(["exec", "--connection-string-env", "ROOMS_CONNECTION", "--", "sh", "-c", script])
        .env("NO_PROXY", "intranet.test")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_else(|| panic!("{name}: {text}")).to_owned()
    };
    assert_eq!(value("ROOMS_CONNECTION"), value("ACS_CONNECTION_STRING"));
    assert_eq!(value("NO_PROXY"), "intranet.test,localhost,127.0.0.1,::1");
    for name in ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
        let path = value(name);
        assert!(!Path::new(&path).exists(), "{name}: {path} was left behind");
    }
    assert!(value("ACS_BEARER_TOKEN").split('.').count() == 3);
}

#[test]
fn exec_passes_signals_on() {
    let script = "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child = program()
        .args(["exec", "--", "sh", "-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    // SAFETY: the child is ours and was not waited for.
    unsafe {
        libc::kill(i32::try_from(child.id()).unwrap(), libc::SIGTERM);
    }
    let begun = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(9));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn exec_says_so_when_the_command_cannot_be_started() {
    let output = program().args(["exec", "--", "no-such-program-here"]).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("cannot start no-such-program-here"), "{told}");
    let killed = program().args(["exec", "--", "sh", "-c", "kill -KILL $$"]).output().unwrap();
    assert_eq!(killed.status.code(), Some(128 + 9));
}
