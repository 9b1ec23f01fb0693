//! Every kind of fault is read, and every mistake named.

use serde_json::json;

use super::*;

fn message(what: Value) -> String {
    parse(&what).unwrap_err().to_string()
}

#[test]
fn every_kind_of_fault_is_read() {
    let kinds = [
        (json!({"status": 503}), "answer 503"),
        (json!({"respond": {"json": {}}}), "answer 200"),
        (json!({"amend": {"json": {"extra": 1}}}), "amended answer"),
        (json!({"emulate": true}), "emulate"),
        (json!({"delay": "1s200ms"}), "delay 1.2s"),
        (json!({"hang": true}), "hang"),
        (json!({"close": "before"}), "close before the answer"),
        (json!({"close": "after", "notify": false}), "close after the answer"),
        (json!({"reset": "before"}), "TCP reset before processing"),
        (json!({"cut": 20}), "body cut after 20 bytes"),
        (json!({"cut": "50%"}), "body cut after 50%"),
        (json!({"cut_request": 0}), "request cut after 0 bytes of its body"),
        (json!({"slow": 100}), "100 bytes a second"),
        (json!({"garbage": "response"}), "garbage for a response"),
        (json!({"wrong_length": -5}), "Content-Length wrong by -5"),
        (json!({"lost": "reset", "delay": "10ms"}), "processed, answer lost by a reset after 10ms"),
        (json!({"tls_failure": "untrusted"}), "certificate of an unknown CA"),
        (json!({"refuse": true}), "connection refused"),
    ];
    for (what, words) in kinds {
        assert_eq!(parse(&what).unwrap().to_string(), words, "{what}");
    }
}

#[test]
fn headers_keep_their_order_and_take_numbers_and_lists() {
    let what = json!({"status": 429, "headers": {"Retry-After": 1, "X-A": ["b", "c"]}, "on": "rooms.get", "times": 2});
    let FaultAction::Answer(answer) = parse(&what).unwrap().action else { panic!() };
    let pairs: Vec<(&str, &str)> =
        answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(pairs, [("Retry-After", "1"), ("X-A", "b"), ("X-A", "c")]);
    assert_eq!(answer.body, AnswerBody::OfStatus);
}

#[test]
fn errors_name_the_member_and_what_is_possible() {
    assert_eq!(message(json!({"sttus": 503})), "`sttus`: unknown member; known here: delay");
    assert_eq!(
        message(json!({"status": 99})),
        "`status`: 99 is no status of an answer; one from 200 to 599"
    );
    assert_eq!(
        message(json!({"hang": true, "cut": 3})),
        "`cut`: a fault does one thing, and this one has `hang` already; write two faults"
    );
    assert_eq!(
        message(json!({"respond": {"headers": {"a b": "c"}}})),
        "`respond.headers.a b`: is no header name"
    );
    assert_eq!(
        message(json!({"respond": {"json": 1, "text": ""}})),
        "`respond.text`: the body is given by `json` already"
    );
    assert_eq!(message(json!({"close": "now"})), "`close`: \"now\" is none of before, after");
    assert_eq!(
        message(json!({"delay": "2 s"})),
        "`delay`: \"2 s\" is no duration; such as 200ms, 2s or 1m30s, three hours at most"
    );
    assert_eq!(message(json!(503)), "a fault is a map such as { status: 503 }, not a number");
}
