//! Request ids, application ids and traces: what clients do wrong beside the mutants.

use serde_json::json;

use super::*;
use crate::acs::Operation;
use crate::judge::rules::sample::*;
use crate::transcript::{Exchange, Transcript};

const ID: &str = "x-ms-client-request-id";
const ONE: &str = "7d1b0c52-8f3e-4c86-9a39-51f4e37d2b60";
const TWO: &str = "0b9b5c52-1f3e-4c86-9a39-51f4e37d2b61";

#[test]
fn a_request_has_one_id_and_it_is_a_uuid() {
    let sent = |headers: &[(&str, &str)]| transcript("ID-1", vec![exchange(0.0, 200, headers)]);
    obeys(&sent(&[(ID, ONE)]), "ID-1");
    breaks(&sent(&[]), "ID-1", "has no x-ms-client-request-id");
    breaks(&sent(&[(ID, ONE), (ID, TWO)]), "ID-1", "x-ms-client-request-id");
    breaks(&sent(&[(ID, "one")]), "ID-1", "is no bare UUID");
}

#[test]
fn attempts_share_an_id_and_requests_do_not() {
    let of = |id: &str, at: f64, status: u16| exchange(at, status, &[(ID, id)]);
    let run = |exchanges: Vec<Exchange>| transcript("ID-2", exchanges);
    obeys(&run(vec![of(ONE, 0.0, 503), of(ONE, 1.0, 200)]), "ID-2");
    breaks(&run(vec![of(ONE, 0.0, 503), of(TWO, 1.0, 200)]), "ID-2", "a retry carries");
    let calls = |second: &str| {
        let mut all = run(vec![of(ONE, 0.0, 200)]);
        all.steps.extend(run(vec![of(second, 1.0, 200)]).steps);
        all
    };
    obeys(&calls(TWO), "ID-2");
    let said = format!("{:?}", result(&calls(ONE), "ID-2").findings);
    assert!(said.contains(ONE), "{said}");
}

fn with_agent(agent: &str, application_id: &str) -> Transcript {
    let mut all = transcript("ID-4", vec![exchange(0.0, 200, &[("user-agent", agent)])]);
    let options = json!({ "application_id": application_id });
    call(&mut all, Operation::ListRooms, &json!({}), &options);
    all
}

#[test]
fn an_application_id_leads_and_is_short() {
    obeys(&with_agent("my-app azsdk-x-y/1 (linux)", "my-app"), "ID-4");
    breaks(&with_agent("azsdk-x-y/1 (linux) my-app", "my-app"), "ID-4", "does not lead");
    let long = "an-application-with-a-far-too-long-name";
    breaks(&with_agent(&format!("{long} azsdk-x-y/1 (linux)"), long), "ID-4", long);
    obeys(&with_agent("an-application-with-a-fa azsdk-x-y/1 (linux)", long), "ID-4");
}

#[test]
fn a_trace_is_valid_and_one_for_the_whole_operation() {
    let (trace, other) = ("0af7651916cd43dd8448eb211c80319c", "1af7651916cd43dd8448eb211c80319c");
    let attempt = |at: f64, status: u16, trace: &str, span: &str| {
        let parent = format!("00-{trace}-{span}-01");
        exchange(at, status, &[("traceparent", &parent)])
    };
    let run = |exchanges: Vec<Exchange>| {
        let mut all = transcript("ID-6", exchanges);
        call(&mut all, Operation::ListRooms, &json!({}), &json!({ "tracing": true }));
        all
    };
    let first = || attempt(0.0, 503, trace, "b7ad6b7169203331");
    obeys(&run(vec![first(), attempt(1.0, 200, trace, "c7ad6b7169203331")]), "ID-6");
    let foreign = result(&run(vec![first(), attempt(1.0, 200, other, "c7ad6b7169203331")]), "ID-6");
    assert!(!foreign.findings.is_empty(), "a trace id of its own for each attempt");
    let zero = "00000000000000000000000000000000";
    let invalid = result(&run(vec![attempt(0.0, 200, zero, "b7ad6b7169203331")]), "ID-6");
    assert!(!invalid.findings.is_empty(), "a trace id of zeros is none");
    let none = result(&run(vec![exchange(0.0, 200, &[])]), "ID-6");
    assert!(!none.findings.is_empty(), "tracing was asked for");
}

#[test]
fn every_pattern_compiles() {
    assert!(is_uuid("0f8fad5b-d9cb-469f-a165-70867728950e"));
    assert!(!is_uuid("{0f8fad5b-d9cb-469f-a165-70867728950e}"));
    for agent in [
        "azsdk-python-communication-rooms/1.2.0 Python/3.11.7 (Linux-6.1)",
        "app azsdk-js-communication-rooms/1.2.0 core-rest-pipeline/1.24.0 Node/20.20.2",
    ] {
        assert!(USER_AGENT.is_match(agent), "{agent}");
    }
    assert!(!USER_AGENT.is_match("python-requests/2.31"));
    assert!(PERSONAL.is_match("x 8:acs:1_2") && !PERSONAL.is_match("Python/3.11 (Linux)"));
    assert!(TRACE.is_match("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
}
