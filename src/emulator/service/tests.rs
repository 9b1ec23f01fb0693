//! Tests of the core over whole requests, for what the scenarios cannot see: bytes, header sets,
//! determinism, size, and input that is no request of any client.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, Method};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::acs::time;
use crate::emulator::seed::Seed;

fn now() -> DateTime<Utc> {
    time::parse("2026-01-01T00:00:00.1234567Z").unwrap()
}

fn service() -> Service {
    Service::new(Options::default(), Some(Seed::from_number(7)), 1)
}

fn request(method: Method, target: &str, body: &str) -> Request {
    let mut headers = HeaderMap::new();
    if !body.is_empty() {
        headers.insert("content-type", "application/json".parse().unwrap());
    }
    let (authority, body) = ("localhost:8443".to_owned(), Bytes::from(body.to_owned()));
    Request { method, authority, target: target.to_owned(), headers, body }
}

fn rooms(method: Method, path: &str, body: &str) -> Request {
    request(method, &format!("{path}?api-version=2025-03-13"), body)
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).into_owned()
}

fn names(response: &Response) -> Vec<&str> {
    let mut names: Vec<&str> = response.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

const COMMON: [&str; 6] =
    ["date", "ms-cv", "request-context", "strict-transport-security", "x-azure-ref", "x-cache"];

fn with_common(own: &[&'static str]) -> Vec<&'static str> {
    let mut names = [&COMMON[..], own].concat();
    names.sort_unstable();
    names
}

#[test]
fn each_kind_of_answer_has_the_recorded_set_of_headers_and_no_other() {
    let mut service = service();
    let created = service.handle(&rooms(Method::POST, "/rooms", "{}"), now());
    let own = ["api-supported-versions", "content-type", "location", "repeatability-result"];
    assert_eq!(names(&created), with_common(&own));
    let listed = service.handle(&rooms(Method::GET, "/rooms", ""), now());
    assert_eq!(names(&listed), with_common(&["api-supported-versions", "content-type"]));
    let unknown = service.handle(&rooms(Method::GET, "/rooms/78469124725336262", ""), now());
    let own = ["api-supported-versions", "content-type", "x-ms-error-code"];
    assert_eq!(names(&unknown), with_common(&own));
    let model = service.handle(&rooms(Method::POST, "/rooms", r#"{"validFrom":"x"}"#), now());
    assert_eq!(names(&model), with_common(&["content-type"]));
    let id = created.headers["location"].to_str().unwrap();
    let deleted = service.handle(&rooms(Method::DELETE, &format!("/rooms/{id}"), ""), now());
    assert_eq!(names(&deleted), with_common(&["api-supported-versions"]));
    assert_eq!((deleted.status.as_u16(), deleted.framing), (204, Framing::None));
}

#[test]
fn the_answer_of_a_create_is_byte_for_byte_what_the_service_writes() {
    let response = service().handle(&rooms(Method::POST, "/rooms", "{}"), now());
    let id = response.headers["location"].to_str().unwrap();
    assert_eq!(
        text(&response),
        format!(
            "{{\"id\":\"{id}\",\"createdAt\":\"2026-01-01T00:00:00.1694567+00:00\",\
             \"validFrom\":\"2026-01-01T00:00:00.1234567+00:00\",\
             \"validUntil\":\"2026-06-30T00:00:00.1234567+00:00\",\"pstnDialOutEnabled\":false}}"
        )
    );
}

#[test]
fn the_same_seed_answers_the_same_bytes() {
    let answers = |seed| {
        let mut service = Service::new(Options::default(), Some(Seed::from_number(seed)), 1);
        let user = request(
            Method::POST,
            "/identities?api-version=2023-10-01",
            r#"{"createTokenWithScopes":["voip"]}"#,
        );
        let room = rooms(Method::POST, "/rooms", "{}");
        [text(&service.handle(&user, now())), text(&service.handle(&room, now()))]
    };
    assert_eq!(answers(7), answers(7));
    assert_ne!(answers(7), answers(8));
}

#[test]
fn two_resources_of_a_world_have_ids_of_their_own() {
    let first = Service::new(Options::default(), Some(Seed::from_number(7)), 1);
    let second = Service::new(Options::default(), Some(Seed::from_number(7)), 2);
    assert_ne!(first.resource(), second.resource());
}

#[test]
fn many_participants_are_merged_and_removed_in_one_go() {
    let mut service = service();
    let person = |number: u32| {
        format!(
            "8:acs:00000000-0000-4000-8000-000000000000_{number:08x}-0000-0000-0000-000000000000"
        )
    };
    let map = |range: std::ops::Range<u32>, value: &str| {
        let entries: Vec<String> =
            range.map(|number| format!("\"{}\":{value}", person(number))).collect();
        format!("{{\"participants\":{{{}}}}}", entries.join(","))
    };
    let created = service.handle(&rooms(Method::POST, "/rooms", &map(0..3000, "{}")), now());
    let path = format!("/rooms/{}/participants", created.headers["location"].to_str().unwrap());
    service.handle(&rooms(Method::PATCH, &path, &map(10..2990, "null")), now());
    service.handle(&rooms(Method::PATCH, &path, &map(5..15, r#"{"role":"Presenter"}"#)), now());
    let listed = service.handle(&rooms(Method::GET, &path, ""), now());
    let listed: Value = serde_json::from_slice(&listed.body).unwrap();
    let ids: Vec<&str> =
        listed["value"].as_array().unwrap().iter().map(|p| p["rawId"].as_str().unwrap()).collect();
    let expected: Vec<String> = (0..10).chain(2990..3000).chain(10..15).map(person).collect();
    assert_eq!(ids, expected);
}

#[test]
fn a_host_without_a_port_gets_links_with_the_listeners() {
    let options = Options { page_size: 1, port: 8443, ..Options::default() };
    let mut service = Service::new(options, None, 1);
    for _ in 0..2 {
        service.handle(&rooms(Method::POST, "/rooms", "{}"), now());
    }
    for (host, link) in [
        ("localhost", "https://localhost:8443/rooms?"),
        ("localhost:1", "https://localhost:1/rooms?"),
        ("[::1]", "https://[::1]:8443/rooms?"),
    ] {
        let request = Request { authority: host.to_owned(), ..rooms(Method::GET, "/rooms", "") };
        let page: Value = serde_json::from_slice(&service.handle(&request, now()).body).unwrap();
        assert!(page["nextLink"].as_str().unwrap().starts_with(link), "{page}");
    }
}

#[test]
fn a_state_that_is_none_changes_nothing() {
    let mut service = service();
    service.handle(&rooms(Method::POST, "/rooms", "{}"), now());
    let before = serde_json::to_value(service.export()).unwrap();
    for (pointer, value) in [
        ("/format", Value::from(9)),
        ("/resource", Value::from("x")),
        ("/rooms/0/id", Value::from("1")),
        ("/rooms/0/createdAt", Value::from("now")),
    ] {
        let mut spoilt = before.clone();
        *spoilt.pointer_mut(pointer).unwrap() = value;
        let state: State = serde_json::from_value(spoilt).unwrap();
        assert!(service.import(state).is_err(), "{pointer}");
        assert_eq!(serde_json::to_value(service.export()).unwrap(), before);
    }
}

#[test]
fn a_virtual_clock_that_is_set_back_breaks_nothing() {
    let mut service = service();
    for hours in [10, 5, 0, 20] {
        let at = now() + TimeDelta::hours(hours);
        assert_eq!(service.handle(&rooms(Method::POST, "/rooms", "{}"), at).status.as_u16(), 201);
    }
    let page: Value =
        serde_json::from_slice(&service.handle(&rooms(Method::GET, "/rooms", ""), now()).body)
            .unwrap();
    let times: Vec<&str> = page["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["createdAt"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
}

proptest! {
    #[test]
    fn any_request_is_answered_without_a_panic(
        method in "GET|POST|PATCH|DELETE|PUT|HEAD|OPTIONS|X",
        path in "(/rooms|/identities|/teamsUser)?(/[!-~]{0,24})?(/participants|/:issueAccessToken)?",
        query in "(api-version=2025-03-13|api-version=2023-10-01|[!-~]{0,30})(&nextLink=[!-~]{0,40})?",
        body in prop_oneof![
            "\\PC{0,60}",
            "\\{\"(participants|validFrom|validUntil|scopes|expiresInMinutes)\":(null|1|\"x\"|\\[\\]|\\{\"a\":(null|1|\\{\\})\\})\\}",
        ],
    ) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let response = service().handle(&request(method, &format!("{path}?{query}"), &body), now());
        prop_assert!(response.status.as_u16() < 500);
        if !response.body.is_empty() {
            prop_assert!(serde_json::from_slice::<Value>(&response.body).is_ok());
        }
    }

    #[test]
    fn any_document_is_taken_as_state_or_refused_without_a_panic(text in "\\PC{0,80}") {
        if let Ok(state) = serde_json::from_str::<State>(&text) {
            let _ = service().import(state);
        }
    }
}
