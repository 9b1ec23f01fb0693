//! What is tried again, status by status and method by method, and what must not be.

use serde_json::json;

use crate::acs::Operation;
use crate::judge::rules::sample::*;
use crate::transcript::{ErrorKind, Exchange, Transcript};

/// The statuses of the rules' texts, not those of the judge.
const PASSING: [u16; 6] = [408, 429, 500, 502, 503, 504];
const FINAL: [u16; 8] = [400, 401, 403, 404, 409, 412, 501, 505];

/// Attempts of one method, a second apart, that come to these statuses.
fn tried(rule: &str, method: &str, statuses: &[u16]) -> Transcript {
    let attempt = |(at, status): (usize, &u16)| -> Exchange {
        #[expect(clippy::cast_precision_loss, reason = "a handful of attempts")]
        let mut attempt = exchange(at as f64, *status, &[]);
        attempt.sent.method = method.to_owned();
        attempt
    };
    let mut transcript = transcript(rule, statuses.iter().enumerate().map(attempt).collect());
    let options = json!({ "retry": { "max_retries": 3 } });
    call(&mut transcript, Operation::GetRoom, &json!({}), &options);
    transcript
}

#[test]
fn reads_and_deletes_are_tried_again_after_every_passing_failure() {
    for (method, status) in
        ["GET", "DELETE"].into_iter().flat_map(|method| PASSING.map(|status| (method, status)))
    {
        obeys(&tried("RET-1", method, &[status, 200]), "RET-1");
        let words = format!("{method} is not tried again after {status}");
        breaks(&tried("RET-1", method, &[status]), "RET-1", &words);
    }
}

#[test]
fn writes_are_tried_again_after_every_passing_failure() {
    for (method, status) in
        ["POST", "PATCH"].into_iter().flat_map(|method| PASSING.map(|status| (method, status)))
    {
        obeys(&tried("RET-2", method, &[status, 200]), "RET-2");
        let words = format!("{method} is not tried again after {status}");
        breaks(&tried("RET-2", method, &[status]), "RET-2", &words);
    }
}

#[test]
fn a_final_answer_is_taken_whatever_its_status_and_method() {
    for (method, status) in ["GET", "DELETE", "POST", "PATCH"]
        .into_iter()
        .flat_map(|method| FINAL.map(|status| (method, status)))
    {
        obeys(&tried("RET-3", method, &[status]), "RET-3");
        let words = format!("{method} is tried again after {status}");
        breaks(&tried("RET-3", method, &[status, 200]), "RET-3", &words);
    }
}

#[test]
fn a_call_that_was_given_up_ends_with_an_error_that_says_so() {
    let given_up = |statuses: &[u16], kind: ErrorKind| {
        let mut transcript = tried("RET-16", "GET", statuses);
        let options = json!({ "cancel_after": "300ms", "retry": { "max_retries": 3 } });
        call(&mut transcript, Operation::ListRooms, &json!({}), &options);
        let first = &mut transcript.steps[0].exchanges[0];
        first.received.as_mut().unwrap().headers.push("retry-after", "5");
        fails(&mut transcript, kind, Some(503), "given up");
        transcript
    };
    obeys(&given_up(&[503], ErrorKind::Cancelled), "RET-16");
    obeys(&given_up(&[503], ErrorKind::Timeout), "RET-16");
    breaks(&given_up(&[503, 200], ErrorKind::Cancelled), "RET-16", "another attempt was made");
    breaks(&given_up(&[503], ErrorKind::Http), "RET-16", "not to one of kind cancelled");
}
