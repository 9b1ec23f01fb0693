//! What proves who is calling, and where keys turn up: what clients do wrong beside the mutants.

use serde_json::json;

use crate::acs::Operation;
use crate::judge::rules::RuleStatus;
use crate::judge::rules::sample::*;
use crate::transcript::{ErrorKind, Exchange, Failure, Outcome};

fn signed(at: f64, status: u16) -> Exchange {
    let date = ("x-ms-date", "Thu, 26 Nov 2026 05:00:00 GMT");
    exchange(at, status, &[("authorization", SIGNED), ("x-ms-content-sha256", EMPTY), date])
}

fn with(mut exchange: Exchange, name: &str, value: &str) -> Exchange {
    exchange.sent.headers.0.retain(|(key, _)| key != name);
    exchange.sent.headers.push(name, value);
    exchange
}

#[test]
fn a_request_without_credentials_breaks_the_rule_of_their_form() {
    let naked = transcript("AUTH-1", vec![exchange(0.0, 401, &[])]);
    breaks(&naked, "AUTH-1", "GET /rooms: no Authorization is sent");
    let mut raw = naked;
    raw.steps[0].raw = true;
    assert_eq!(result(&raw, "AUTH-1").status, RuleStatus::NotExercised);
    let bearer = exchange(0.0, 200, &[("authorization", "Bearer token")]);
    let bearer = transcript("AUTH-1", vec![bearer]);
    assert_eq!(result(&bearer, "AUTH-1").status, RuleStatus::NotExercised);
    obeys(&transcript("AUTH-1", vec![signed(0.0, 200)]), "AUTH-1");
}

#[test]
fn a_scheme_in_lower_case_is_judged_as_well() {
    let lower = with(signed(0.0, 200), "authorization", &SIGNED.to_lowercase());
    breaks(&transcript("AUTH-1", vec![lower]), "AUTH-1", "Authorization is");
    let mut unread = with(signed(0.0, 401), "authorization", "Basic abc");
    unread.attempt.refusal = Some("the scheme is neither".to_owned());
    breaks(&transcript("AUTH-2", vec![unread]), "AUTH-2", "cannot be verified: the scheme");
}

#[test]
fn what_leads_elsewhere_rightly_goes_without_credentials() {
    let mut page = signed(0.0, 200);
    let link = br#"{"value":[],"nextLink":"https://elsewhere/rooms?page=2"}"#;
    page.received.as_mut().unwrap().body = link.as_slice().into();
    let mut abroad = exchange(1.0, 200, &[]);
    abroad.sent.authority = "elsewhere".to_owned();
    abroad.sent.target = "/rooms?page=2".to_owned();
    obeys(&transcript("AUTH-1", vec![page, abroad]), "AUTH-1");
}

#[test]
fn a_retry_carries_what_the_first_attempt_carried() {
    let retried = transcript("AUTH-4", vec![signed(0.0, 503), signed(2.0, 200)]);
    obeys(&retried, "AUTH-4");
    let naked = transcript("AUTH-4", vec![signed(0.0, 503), exchange(2.0, 401, &[])]);
    breaks(&naked, "AUTH-4", "carries no authorization");
}

#[test]
fn a_retry_is_dated_anew_and_near_the_time_of_its_sending() {
    let dated = |at, date| with(signed(at, 503), "x-ms-date", date);
    let first = || dated(0.0, "Thu, 01 Jan 1970 00:00:00 GMT");
    let run = |date| transcript("AUTH-3", vec![first(), dated(2.0, date)]);
    obeys(&run("Thu, 01 Jan 1970 00:00:02 GMT"), "AUTH-3");
    breaks(
        &run("Thu, 01 Jan 1970 00:00:00 GMT"),
        "AUTH-3",
        "carries the first attempt's x-ms-date",
    );
    breaks(&run("Thu, 01 Jan 1970 00:06:00 GMT"), "AUTH-3", "is 358 s off");
}

#[test]
fn a_stale_token_is_no_answer_to_a_challenge() {
    let bearer = |token: &str, status| exchange(0.0, status, &[("authorization", token)]);
    let run = |answer: &str| {
        let mut challenged = bearer("Bearer one", 401);
        challenged.received.as_mut().unwrap().headers.push("www-authenticate", "Bearer claims");
        let again = bearer(answer, 200);
        let mut transcript = transcript("AUTH-6", vec![bearer("Bearer one", 200)]);
        let mut second = transcript.steps[0].clone();
        second.exchanges = vec![challenged, again];
        transcript.steps.push(second);
        let options = json!({ "credential": "token", "rotate_token": true });
        call(&mut transcript, Operation::ListRooms, &json!({}), &options);
        transcript
    };
    obeys(&run("Bearer two"), "AUTH-6");
    breaks(&run("Bearer one"), "AUTH-6", "the old token is sent again");
}

#[test]
fn a_key_is_found_wherever_it_does_not_belong() {
    let encoded = KEY.replace('=', "%3D");
    let agent = with(signed(0.0, 200), "user-agent", &format!("azsdk-x-y/1 {KEY}"));
    breaks(&transcript("AUTH-8", vec![agent.clone()]), "AUTH-8", "User-Agent holds an access key");
    breaks(&transcript("ID-5", vec![agent]), "ID-5", "user-agent holds an access key");
    let mut query = signed(0.0, 200);
    query.sent.target = format!("/rooms?key={encoded}");
    breaks(&transcript("AUTH-8", vec![query]), "AUTH-8", "URL holds an access key");
    let mut redacted = signed(0.0, 200);
    redacted.sent.target = "/rooms?accesskey=REDACTED&other=accesskey=***".to_owned();
    obeys(&transcript("AUTH-8", vec![redacted]), "AUTH-8");
}

#[test]
fn a_key_in_the_log_is_found_and_a_redacted_one_is_none() {
    let run = |line: String| {
        let mut transcript = transcript("LOG-1", vec![signed(0.0, 200)]);
        transcript.steps[0].disclosed.logs = vec![line];
        let options = json!({ "log_level": "debug" });
        call(&mut transcript, Operation::ListRooms, &json!({}), &options);
        transcript
    };
    breaks(&run(format!("key: {KEY}")), "LOG-1", "an access key");
    obeys(&run("endpoint=https://x/;accesskey=REDACTED".to_owned()), "LOG-1");
    obeys(&run("accesskey=***".to_owned()), "LOG-1");
}

#[test]
fn an_error_about_refused_credentials_holds_none() {
    let run = |message: &str| {
        let mut transcript = transcript("LOG-3", vec![signed(0.0, 401)]);
        transcript.steps[0].outcome = Some(Outcome::Err(Failure {
            kind: ErrorKind::Auth,
            status: Some(401),
            code: None,
            message: message.to_owned(),
            request_id: None,
            native: None,
        }));
        transcript
    };
    obeys(&run("denied"), "LOG-3");
    breaks(&run(&format!("denied: {KEY}")), "LOG-3", "holds an access key");
    breaks(&run(SIGNED), "LOG-3", "about refused credentials holds them");
}

#[test]
fn roles_and_changed_values_are_compared() {
    let run = |rule: &str, operation, arguments: &serde_json::Value, body: &str| {
        let mut patch = signed(0.0, 200);
        patch.sent.body = body.as_bytes().to_vec().into();
        let mut transcript = transcript(rule, vec![patch]);
        call(&mut transcript, operation, arguments, &json!({}));
        transcript
    };
    let given = json!({ "participants": [{ "id": "8:acs:1", "role": "Presenter" }] });
    let add = Operation::AddOrUpdateParticipants;
    let body = |role: &str| format!(r#"{{"participants":{{"8:acs:1":{{"role":"{role}"}}}}}}"#);
    obeys(&run("REQ-10", add, &given, &body("Presenter")), "REQ-10");
    breaks(&run("REQ-10", add, &given, &body("Attendee")), "REQ-10", "\\\"Attendee\\\" is sent");
    let given = json!({ "pstn_dial_out_enabled": true, "valid_until": "2026-11-26T05:00:00Z" });
    let body =
        |on: bool, until: &str| format!(r#"{{"pstnDialOutEnabled":{on},"validUntil":"{until}"}}"#);
    let update = Operation::UpdateRoom;
    let same = body(true, "2026-11-26T06:00:00.000+01:00");
    obeys(&run("REQ-9", update, &given, &same), "REQ-9");
    let other = body(false, "2026-11-26T05:00:00Z");
    breaks(&run("REQ-9", update, &given, &other), "REQ-9", "false is sent");
    let later = body(true, "2026-11-27T05:00:00Z");
    breaks(&run("REQ-9", update, &given, &later), "REQ-9", "2026-11-27");
}

#[test]
fn the_hash_is_that_of_the_body() {
    let sent = |body: &'static [u8]| {
        let mut request = signed(0.0, 200);
        request.sent.body = body.into();
        transcript("AUTH-1", vec![request])
    };
    obeys(&sent(b""), "AUTH-1");
    breaks(&sent(b"{}"), "AUTH-1", "the body's hash is");
}

#[test]
fn a_request_names_one_host_and_it_is_its_own() {
    let host = |values: &[&str]| {
        let mut request = signed(0.0, 200);
        request.sent.headers.0.retain(|(name, _)| name != "host");
        values.iter().for_each(|value| request.sent.headers.push("host", *value));
        transcript("AUTH-5", vec![request])
    };
    obeys(&host(&["localhost"]), "AUTH-5");
    breaks(&host(&[]), "AUTH-5", "no Host is sent");
    breaks(&host(&["localhost", "localhost"]), "AUTH-5", "Host is sent 2 times");
    breaks(&host(&["elsewhere"]), "AUTH-5", "is not the authority");
}

#[test]
fn a_token_credential_is_used() {
    let mut keyed = transcript("AUTH-6", vec![signed(0.0, 200)]);
    call(&mut keyed, Operation::ListRooms, &json!({}), &json!({ "credential": "token" }));
    breaks(&keyed, "AUTH-6", "no bearer token is sent");
}

/// A call to an http endpoint that came to this.
fn insecure(exchanges: Vec<Exchange>, kind: ErrorKind) -> crate::transcript::Transcript {
    let mut all = transcript("AUTH-9", exchanges);
    let options = json!({ "endpoint": "http://localhost:1" });
    call(&mut all, Operation::ListRooms, &json!({}), &options);
    fails(&mut all, kind, None, "x");
    all
}

#[test]
fn what_goes_over_plain_http_is_judged_by_the_wire_and_not_by_the_clients_word() {
    let bare = |mut request: Exchange| {
        request.sent.scheme = "http".to_owned();
        request
    };
    obeys(&insecure(vec![], ErrorKind::Validation), "AUTH-9");
    obeys(&insecure(vec![bare(exchange(0.0, 400, &[]))], ErrorKind::Http), "AUTH-9");
    obeys(&insecure(vec![signed(0.0, 200)], ErrorKind::Http), "AUTH-9");
    let shown = insecure(vec![bare(signed(0.0, 400))], ErrorKind::Auth);
    breaks(&shown, "AUTH-9", "its credentials went out");
    breaks(&insecure(vec![], ErrorKind::Transport), "AUTH-9", "is not refused");
}
