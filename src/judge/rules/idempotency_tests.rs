//! Repeatability headers: there, readable, kept by retries, new for each call.

use serde_json::json;

use crate::acs::Operation;
use crate::judge::rules::sample::*;
use crate::transcript::{ErrorKind, Exchange, Transcript};

const ONE: &str = "7d1b0c52-8f3e-4c86-9a39-51f4e37d2b60";
const TWO: &str = "0b9b5c52-1f3e-4c86-9a39-51f4e37d2b61";
const SENT: &str = "Thu, 26 Nov 2026 05:00:00 GMT";

fn create(at: f64, status: u16, id: &str, sent: &str) -> Exchange {
    let headers = [("repeatability-request-id", id), ("repeatability-first-sent", sent)];
    let given: Vec<(&str, &str)> =
        headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let mut exchange = exchange(at, status, &given);
    exchange.sent.method = "POST".to_owned();
    exchange.attempt.operation = Some(Operation::CreateRoom);
    exchange
}

fn created(rule: &str, exchanges: Vec<Exchange>) -> Transcript {
    let mut transcript = transcript(rule, exchanges);
    call(&mut transcript, Operation::CreateRoom, &json!({}), &json!({}));
    transcript
}

#[test]
fn a_create_carries_both_headers_and_both_can_be_read() {
    let sent = |id: &str, first: &str| created("REP-1", vec![create(0.0, 201, id, first)]);
    obeys(&sent(ONE, SENT), "REP-1");
    breaks(&sent("", SENT), "REP-1", "Repeatability-Request-ID is missing");
    breaks(&sent(ONE, ""), "REP-1", "Repeatability-First-Sent is missing");
    breaks(&sent("one", SENT), "REP-1", "is no UUID");
    breaks(&sent(ONE, "2026-11-26T05:00:00Z"), "REP-1", "is no IMF-fixdate");
}

#[test]
fn retries_keep_the_pair_and_another_call_has_its_own() {
    let retried = |second: &str, sent: &str| {
        created("REP-2", vec![create(0.0, 503, ONE, SENT), create(1.0, 201, second, sent)])
    };
    obeys(&retried(ONE, SENT), "REP-2");
    let words = "a retry carries other Repeatability headers";
    breaks(&retried(TWO, SENT), "REP-2", words);
    breaks(&retried(ONE, "Thu, 26 Nov 2026 05:00:01 GMT"), "REP-2", words);

    let twice = |second: &str| {
        let mut all = created("REP-2", vec![create(0.0, 201, ONE, SENT)]);
        all.steps.extend(created("REP-2", vec![create(1.0, 201, second, SENT)]).steps);
        all
    };
    obeys(&twice(TWO), "REP-2");
    breaks(&twice(ONE), "REP-2", "of an earlier call is used again");
}

#[test]
fn a_lost_answer_is_no_error_to_the_caller() {
    let mut lost = create(0.0, 201, ONE, SENT);
    lost.received = None;
    let mut transcript = created("REP-3", vec![lost]);
    fails(&mut transcript, ErrorKind::Transport, None, "reset");
    breaks(&transcript, "REP-3", "the caller gets an error of kind transport");
}
