//! How long clients wait: lower bounds only.

use serde_json::json;

use crate::acs::Operation;
use crate::judge::rules::RuleStatus;
use crate::judge::rules::sample::*;
use crate::transcript::Transcript;

/// Attempts at these seconds, each refused with 503; `options` of the call.
fn tried(at: &[f64], options: &serde_json::Value) -> Transcript {
    let exchanges = at.iter().map(|at| exchange(*at, 503, &[])).collect();
    let mut transcript = transcript("RET-9", exchanges);
    call(&mut transcript, Operation::ListRooms, &json!({}), options);
    transcript
}

#[test]
fn fewer_retries_than_three_by_default_break_the_rule() {
    let by_default = json!({});
    breaks(&tried(&[0.0], &by_default), "RET-9", "there are 0 retries, not 3");
    breaks(&tried(&[0.0, 0.9], &by_default), "RET-9", "there is 1 retry, not 3");
    breaks(&tried(&[0.0, 0.9, 2.5], &by_default), "RET-9", "there are 2 retries, not 3");
    breaks(&tried(&[0.0, 0.8, 2.4, 5.6, 12.0], &by_default), "RET-9", "there are 4 retries");
    obeys(&tried(&[0.0, 0.8, 2.4, 5.6], &by_default), "RET-9");
}

#[test]
fn delays_have_lower_bounds_only() {
    let by_default = json!({});
    obeys(&tried(&[0.0, 30.0, 60.0, 90.0], &by_default), "RET-9");
    obeys(&tried(&[0.0, 0.5, 1.5, 3.5], &by_default), "RET-9");
    breaks(&tried(&[0.0, 0.0, 1.6, 4.8], &by_default), "RET-9", "retry 1 follows without a delay");
    breaks(&tried(&[0.0, 0.1, 1.7, 4.9], &by_default), "RET-9", "first delay is far below 0.80 s");
    breaks(&tried(&[0.0, 0.8, 1.6, 2.4], &by_default), "RET-9", "the delays do not grow");
}

#[test]
fn a_policy_that_was_set_is_held_against_itself() {
    let policy = json!({ "retry": { "delay": "1s", "max_delay": "2s" } });
    obeys(&tried(&[0.0, 1.0, 3.0, 5.0, 7.0], &policy), "RET-9");
    breaks(&tried(&[0.0, 1.0, 1.5, 2.0], &policy), "RET-9", "the delays do not grow");
    let two = tried(&[0.0, 1.0, 1.1], &policy);
    assert_eq!(result(&two, "RET-9").status, RuleStatus::NotExercised);
}
