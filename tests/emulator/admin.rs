//! The admin API, and that it is what its description says.

use std::collections::HashSet;

use acs_conformance::emulator::Emulator;
use serde_json::{Value, json};

use super::client::{Connection, create, list, rooms, started};

struct Admin {
    client: reqwest::Client,
    url: String,
    description: Value,
}

impl Admin {
    async fn of(emulator: &Emulator) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = emulator.admin_url().unwrap().to_owned();
        let description = client.get(format!("{url}/openapi.json")).send().await.unwrap();
        let description = serde_json::from_slice(&description.bytes().await.unwrap()).unwrap();
        Self { client, url, description }
    }

    /// Sends a request and holds the answer against the description.
    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let method = method.parse().unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        let name = request.try_clone().unwrap().build().unwrap().method().as_str().to_lowercase();
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let operation = &self.description["paths"][path][name.as_str()];
        let described = &operation["responses"][status.to_string()];
        assert!(described.is_object(), "{name} {path} {status} is not described");
        let schema = &described["content"]["application/json"]["schema"];
        if schema.is_object() {
            self.validate(schema, &value);
        } else {
            assert!(bytes.is_empty(), "{name} {path} {status}");
        }
        (status, value)
    }

    fn validate(&self, schema: &Value, value: &Value) {
        let mut whole = schema.clone();
        whole["components"] = self.description["components"].clone();
        let validator = jsonschema::validator_for(&whole).unwrap();
        if let Err(error) = validator.validate(value) {
            panic!("{error}: {value}");
        }
    }
}

#[tokio::test]
async fn the_admin_api_moves_the_clock() {
    let emulator = started(Emulator::builder().admin(0)).await;
    let admin = Admin::of(&emulator).await;
    let set = admin.call("PUT", "/clock", Some(json!({"now": "2026-01-01T00:00:00Z"}))).await;
    assert_eq!(set, (200, json!({"now": "2026-01-01T00:00:00+00:00", "standing": true})));
    let (_, moved) = admin.call("POST", "/clock/advance", Some(json!({"by": "1h30m"}))).await;
    assert_eq!(moved["now"], "2026-01-01T01:30:00+00:00");
    assert_eq!(emulator.clock().now().to_rfc3339(), "2026-01-01T01:30:00+00:00");
    let (_, following) = admin.call("PUT", "/clock", Some(json!({"standing": false}))).await;
    assert_eq!(following["standing"], false);
    assert_eq!(admin.call("PUT", "/clock", Some(json!({}))).await.0, 400);
    assert_eq!(admin.call("PUT", "/clock", Some(json!({"now": "soon"}))).await.0, 409);
    assert_eq!(admin.call("POST", "/clock/advance", Some(json!({"by": "soon"}))).await.0, 400);
}

#[tokio::test]
async fn the_admin_api_moves_the_clock_to_no_end_of_time() {
    let emulator = started(Emulator::builder().admin(0)).await;
    let admin = Admin::of(&emulator).await;
    for now in ["9999-12-01T00:00:00Z", "9999-01-01T00:00:00.0000001Z"] {
        let (status, told) = admin.call("PUT", "/clock", Some(json!({ "now": now }))).await;
        assert_eq!(status, 409);
        assert!(told.to_string().contains("9999-01-01T00:00:00Z"), "{told}");
    }
    assert_eq!(
        admin.call("PUT", "/clock", Some(json!({"now": "9998-12-31T00:00:00Z"}))).await.0,
        200
    );
    assert_eq!(admin.call("POST", "/clock/advance", Some(json!({"by": "1d"}))).await.0, 200);
    assert_eq!(admin.call("POST", "/clock/advance", Some(json!({"by": "1s"}))).await.0, 409);
    let (_, clock) = admin.call("GET", "/clock", None).await;
    assert_eq!(clock["now"], "9999-01-01T00:00:00+00:00");
}

#[tokio::test]
async fn the_admin_api_sets_rate_limits() {
    let emulator = started(Emulator::builder().admin(0).resources(2)).await;
    let admin = Admin::of(&emulator).await;
    assert_eq!(admin.call("GET", "/rate-limits", None).await, (200, json!({ "rateLimits": [] })));
    let one = json!({ "on": "rooms.list", "requests": 1, "window": "1m30s" });
    let limits = json!({ "rateLimits": [one, { "requests": 100, "window": "1h" }] });
    let (status, set) = admin.call("PUT", "/rate-limits", Some(limits)).await;
    assert_eq!(status, 200);
    assert_eq!(set["rateLimits"][0], one);
    assert_eq!(set["rateLimits"][1]["on"], "*");
    assert_eq!(admin.call("GET", "/rate-limits", None).await, (200, set));
    for resource in emulator.resources() {
        let mut connection = Connection::to(&emulator, resource).await;
        let list = super::client::signed(resource, "GET", super::client::ROOMS, "");
        assert_eq!(connection.call(&list).await.status, 200);
        let refused = connection.call(&list).await;
        assert_eq!((refused.status, refused.header("retry-after").is_some()), (429, true));
    }
    for wrong in [
        json!({}),
        json!({ "rateLimits": {} }),
        json!({ "rateLimits": [1] }),
        json!({ "rateLimits": [{ "requests": 1 }] }),
        json!({ "rateLimits": [{ "requests": -1, "window": "1s" }] }),
        json!({ "rateLimits": [{ "requests": 1, "window": "soon" }] }),
        json!({ "rateLimits": [{ "on": "rooms.make", "requests": 1, "window": "1s" }] }),
        json!({ "rateLimits": [{ "on": 1, "requests": 1, "window": "1s" }] }),
    ] {
        assert_eq!(admin.call("PUT", "/rate-limits", Some(wrong.clone())).await.0, 400, "{wrong}");
    }
    let none = json!({ "rateLimits": [] });
    assert_eq!(admin.call("PUT", "/rate-limits", Some(none)).await.0, 200);
    assert_eq!(rooms(&emulator).await, 0);
}

#[tokio::test]
async fn the_admin_api_schedules_faults_and_tells_what_they_met() {
    let emulator = started(Emulator::builder().admin(0)).await;
    let admin = Admin::of(&emulator).await;
    let fault = json!({"on": "rooms.list", "status": 503, "times": 2});
    assert_eq!(admin.call("POST", "/faults", Some(fault)).await, (201, json!({"id": 1})));
    let mut connection = Connection::open(&emulator).await;
    assert_eq!(connection.call(&list(&emulator)).await.status, 503);
    let (_, faults) = admin.call("GET", "/faults", None).await;
    assert_eq!(faults["faults"][0]["met"], 1);
    assert_eq!(faults["faults"][0]["consumed"], false);
    assert_eq!(admin.call("DELETE", "/faults", None).await.0, 204);
    assert_eq!(connection.call(&list(&emulator)).await.status, 200);
    let (status, wrong) = admin.call("POST", "/faults", Some(json!({"sttus": 1}))).await;
    assert_eq!(status, 400);
    assert!(wrong["error"]["message"].as_str().unwrap().contains("`sttus`"), "{wrong}");
    assert_eq!(admin.call("POST", "/faults", Some(json!({"on": "x", "status": 500}))).await.0, 400);
}

/// A fault of each kind, on whatever comes next.
fn every_kind() -> Vec<Value> {
    vec![
        json!({"status": 429, "headers": {"Retry-After": "1", "x-ms-retry-after-ms": 1000}}),
        json!({"respond": {"status": 202, "text": "later"}}),
        json!({"amend": {"headers": {"x-cache": null}}}),
        json!({"delay": "1ms"}),
        json!({"emulate": true}),
        json!({"hang": true}),
        json!({"close": "before"}),
        json!({"close": "after", "notify": false}),
        json!({"reset": "before"}),
        json!({"reset": "after"}),
        json!({"cut": 3}),
        json!({"cut": "50%"}),
        json!({"cut_request": 1}),
        json!({"slow": 1000}),
        json!({"garbage": "response"}),
        json!({"garbage": "body"}),
        json!({"wrong_length": 5}),
        json!({"lost": "close"}),
        json!({"lost": "reset"}),
        json!({"lost": "hang"}),
        json!({"tls_failure": "alert"}),
        json!({"tls_failure": "untrusted"}),
        json!({"tls_failure": "wrong_name"}),
        json!({"refuse": true}),
    ]
}

#[tokio::test]
async fn every_kind_of_fault_can_be_scheduled_and_counts_what_it_met() {
    let emulator = started(Emulator::builder().admin(0)).await;
    let admin = Admin::of(&emulator).await;
    for (id, what) in (1..).zip(every_kind()) {
        let scheduled = admin.call("POST", "/faults", Some(what.clone())).await;
        assert_eq!(scheduled, (201, json!({ "id": id })), "{what}");
        let tried = Connection::try_open(emulator.endpoint(), emulator.ca_pem()).await;
        if let Ok(mut connection) = tried {
            connection.send(&create(&emulator)).await;
            let patience = std::time::Duration::from_millis(100);
            let _ = tokio::time::timeout(patience, connection.rest()).await;
        }
        let (_, faults) = admin.call("GET", "/faults", None).await;
        let fault = &faults["faults"][id - 1];
        assert_eq!((&fault["met"], &fault["consumed"]), (&json!(1), &json!(true)), "{what}");
    }
}

#[tokio::test]
async fn the_admin_api_takes_state_out_and_puts_it_back() {
    let emulator = started(Emulator::builder().admin(0)).await;
    let admin = Admin::of(&emulator).await;
    let (_, made) = admin.call("POST", "/seed", Some(json!({"users": 2, "rooms": 3}))).await;
    assert_eq!(made["rooms"].as_array().unwrap().len(), 3);
    let (_, state) = admin.call("GET", "/state", None).await;
    assert_eq!(state["resources"][0]["rooms"][0]["participants"].as_array().unwrap().len(), 2);
    assert_eq!(admin.call("POST", "/reset", None).await.0, 204);
    assert_eq!(rooms(&emulator).await, 0);
    assert_eq!(admin.call("PUT", "/state", Some(state.clone())).await.0, 204);
    assert_eq!(rooms(&emulator).await, 3);
    assert_eq!(admin.call("GET", "/state", None).await.1, state);
    assert_eq!(admin.call("PUT", "/state", Some(json!({"resources": [{}]}))).await.0, 409);
    assert_eq!(admin.call("PUT", "/state", Some(json!({"resources": []}))).await.0, 409);
    assert_eq!(admin.call("PUT", "/state", Some(json!({"rooms": []}))).await.0, 400);
    assert_eq!(rooms(&emulator).await, 3);
}

#[tokio::test]
async fn the_admin_api_shows_exchanges_without_secrets() {
    let emulator = started(Emulator::builder().admin(0).journal_of(2)).await;
    let admin = Admin::of(&emulator).await;
    let mut connection = Connection::open(&emulator).await;
    for _ in 0..3 {
        connection.call(&create(&emulator)).await;
    }
    let (_, journal) = admin.call("GET", "/journal", None).await;
    let exchanges = journal["exchanges"].as_array().unwrap();
    assert_eq!(exchanges.len(), 2);
    assert_eq!(exchanges[0]["response"]["status"], 201);
    assert!(!journal.to_string().contains("Signature="), "{journal}");
    assert!(journal.to_string().contains("HMAC-SHA256 ***"));
    assert_eq!(admin.call("DELETE", "/journal", None).await.0, 204);
    assert_eq!(admin.call("GET", "/journal", None).await.1, json!({"exchanges": []}));
}

#[tokio::test]
async fn every_described_path_is_there_and_web_pages_are_refused() {
    let emulator = started(Emulator::builder().admin(0)).await;
    let admin = Admin::of(&emulator).await;
    let mut reads = HashSet::new();
    for (path, operations) in admin.description["paths"].as_object().unwrap() {
        if operations["get"].is_object() && path != "/ca.pem" {
            assert_eq!(admin.call("GET", path, None).await.0, 200, "{path}");
            reads.insert(path.as_str());
        }
    }
    for path in ["/health", "/ready", "/state", "/clock", "/faults", "/journal", "/routes"] {
        assert!(reads.contains(path), "{path}");
    }
    let get = |path: &str| admin.client.get(format!("{}{path}", admin.url));
    let pem = get("/ca.pem").send().await.unwrap().text().await.unwrap();
    assert_eq!(pem, emulator.ca_pem());
    let page = get("/state").header("origin", "https://evil.test").send().await.unwrap();
    assert_eq!(page.status().as_u16(), 403);
    let rebound = get("/state").header("host", "evil.test").send().await.unwrap();
    assert_eq!(rebound.status().as_u16(), 403);
    let unknown = get("/nowhere").send().await.unwrap();
    assert_eq!(unknown.status().as_u16(), 404);
}
