//! What a caller must learn of an error.

use serde_json::json;

use crate::acs::Operation;
use crate::judge::rules::sample::*;
use crate::transcript::{ErrorKind, Outcome, Transcript};

const BODY: &[u8] = br#"{"error":{"code":"NotFound","message":"no such room"}}"#;

/// A refused call of which the caller learns this.
fn refused(rule: &str, status: u16, message: &str) -> Transcript {
    let mut answer = exchange(0.0, 404, &[]);
    let received = answer.received.as_mut().unwrap();
    received.body = BODY.into();
    received.headers.push("x-ms-request-id", "id-1");
    let mut transcript = transcript(rule, vec![answer]);
    call(&mut transcript, Operation::GetRoom, &json!({ "room_id": "1" }), &json!({}));
    fails(&mut transcript, ErrorKind::Http, Some(status), message);
    transcript
}

fn change(transcript: &mut Transcript, change: impl Fn(&mut crate::transcript::Failure)) {
    let Some(Outcome::Err(failure)) = &mut transcript.steps[0].outcome else {
        panic!("no failure")
    };
    change(failure);
}

#[test]
fn status_code_and_message_reach_the_caller() {
    let mut whole = refused("ERR-1", 404, "no such room (NotFound)");
    change(&mut whole, |failure| failure.code = Some("NotFound".to_owned()));
    obeys(&whole, "ERR-1");
    breaks(&refused("ERR-1", 400, "no such room"), "ERR-1", "the status is Some(400)");
    breaks(&refused("ERR-1", 404, "no such room"), "ERR-1", "the code is None");
    let mut silent = whole.clone();
    change(&mut silent, |failure| failure.message = "failed".to_owned());
    breaks(&silent, "ERR-1", "lacks \\\"no such room\\\"");
    whole.steps[0].outcome = Some(Outcome::Ok(json!(null)));
    breaks(&whole, "ERR-1", "404 came to success");
}

#[test]
fn the_request_id_of_an_answer_can_be_reached() {
    let lost = refused("ERR-2", 404, "no such room");
    breaks(&lost, "ERR-2", "the answer's request id is \\\"id-1\\\", the error's None");
    let mut told = lost;
    change(&mut told, |failure| failure.request_id = Some("id-1".to_owned()));
    obeys(&told, "ERR-2");
}

#[test]
fn conditions_do_not_all_look_alike() {
    let met = |shown: [u16; 3]| {
        let mut all = refused("ERR-4", shown[0], "x");
        for (status, shown) in [409, 412].into_iter().zip(&shown[1..]) {
            let mut one = refused("ERR-4", *shown, "x");
            one.steps[0].exchanges[0].received.as_mut().unwrap().status = status;
            all.steps.extend(one.steps);
        }
        for step in &mut all.steps {
            let Some(Outcome::Err(failure)) = &mut step.outcome else { continue };
            failure.native =
                serde_json::from_value(json!({ "type": "HttpError", "text": "" })).unwrap();
        }
        all
    };
    obeys(&met([404, 409, 412]), "ERR-4");
    breaks(&met([400, 400, 400]), "ERR-4", "409 looks like 404 to the caller");
}
