//! What the fuzz targets do with their bytes. The property tests under `tests/` include this file
//! and do the same with theirs.

use std::path::Path;
use std::sync::LazyLock;

use acs_conformance::acs::ConnectionString;
use acs_conformance::emulator::auth::{self, Credentials};
use acs_conformance::emulator::seed::Seed;
use acs_conformance::emulator::service::{Options, Request, Service};
use acs_conformance::emulator::{faults, read_any_state_file};
use acs_conformance::scenario;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

/// What the emulator's own keys are made of, here.
static CREDENTIALS: LazyLock<Credentials> =
    LazyLock::new(|| Credentials::from_seed(Seed::from_number(7), 1).expect("keys"));

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).expect("a time")
}

/// A resource with a room, its participant and a user in it, so that there is something to find.
fn service() -> Service {
    let mut service = Service::new(Options::default(), Some(Seed::from_number(7)), 1);
    for (target, body) in [("/identities?api-version=2023-10-01", "{}"), (ROOMS, ROOM)] {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let made =
            service.handle(&request_of(Method::POST, target.to_owned(), headers, body), now());
        assert_eq!(made.status, 201);
    }
    service
}

const ROOMS: &str = "/rooms?api-version=2025-03-13";
const ROOM: &str = r#"{"participants":{"8:acs:75827a5a-ccc4-6429-fceb-a262e0de8b5d_0000002a-0000-0001-b97f-093a0d00c67b":{"role":"Presenter"}}}"#;

fn request_of(method: Method, target: String, headers: HeaderMap, body: &'static str) -> Request {
    let authority = "localhost:1".to_owned();
    Request { method, authority, target, headers, body: Bytes::from_static(body.as_bytes()) }
}

/// Any method, target, headers and body: a line each, and the rest is the body.
pub fn request(data: &[u8]) {
    let mut lines = data.splitn(9, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let method = Method::from_bytes(line()).unwrap_or(Method::POST);
    let target = String::from_utf8_lossy(line()).into_owned();
    let mut headers = HeaderMap::new();
    for _ in 0..6 {
        let mut parts = line().splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(parts.next().unwrap_or_default());
        let value = HeaderValue::from_bytes(parts.next().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    let body = Bytes::copy_from_slice(line());
    let request = Request { method, authority: "localhost:1".to_owned(), target, headers, body };
    judge(&request);
}

/// Credentials first, as the front end does, and the service whatever came of them.
fn judge(request: &Request) {
    let mut service = service();
    if let Err(refusal) = auth::verify(&CREDENTIALS, request, now()) {
        let answer = service.refuse(&refusal, request, now());
        assert_eq!(answer.status, 401);
    }
    let answer = service.handle(request, now());
    assert!((200..500).contains(&answer.status.as_u16()), "{answer:?}");
    let again = service.handle(request, now());
    assert!((200..500).contains(&again.status.as_u16()), "{again:?}");
    if !answer.body.is_empty() {
        serde_json::from_slice::<serde_json::Value>(&answer.body).expect("JSON");
    }
    // Whatever was done can be written down and read back.
    let state = serde_json::to_value(service.export()).expect("a document");
    let state = serde_json::from_value(state).expect("a state");
    service.import(state).expect("its own state");
}

/// Continuation tokens and bearer tokens.
pub fn token(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let escaped: String = data.iter().map(|byte| format!("%{byte:02x}")).collect();
    for token in [text.as_ref(), &escaped] {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(format!("Bearer {token}").as_bytes()) {
            headers.insert("authorization", value);
        }
        let request = request_of(Method::GET, format!("{ROOMS}&nextLink={token}"), headers, "");
        assert!(auth::verify(&CREDENTIALS, &request, now()).is_err());
        judge(&request);
    }
}

/// Connection strings: what is wrong is told without the key.
pub fn connection_string(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match ConnectionString::parse(&text) {
        Ok(read) => assert!(!read.endpoint().ends_with('/')),
        Err(error) => {
            let told = error.to_string();
            if let Some((_, key)) = text.split_once("accesskey=")
                && key.len() > 16
            {
                assert!(!told.contains(key), "{told}");
            }
        }
    }
}

/// Scenario files: diagnostics or a scenario, never a panic.
pub fn scenario_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let loaded = scenario::load_text(Path::new("scenarios/fuzz/any.yaml"), &text);
    if loaded.scenarios.is_empty() {
        assert!(!loaded.diagnostics.is_empty(), "neither a scenario nor a reason");
    }
}

/// State files, and faults, which come as JSON too.
pub fn state_file(data: &[u8]) {
    let _ = read_any_state_file(data);
    if let Ok(value) = serde_json::from_slice(data) {
        let _ = faults::parse(&value);
        if let Ok(state) = serde_json::from_value(value) {
            let mut service = service();
            let before = serde_json::to_value(service.export()).expect("a document");
            if service.import(state).is_err() {
                let after = serde_json::to_value(service.export()).expect("a document");
                assert_eq!(before, after);
            }
        }
    }
}
