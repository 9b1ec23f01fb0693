//! `wait`: it keeps its deadline, and looks once more when that has come.

use std::time::{Duration, Instant};

use super::running::{run, steps, text};

fn waits(head: &str, wait: &str) -> (i32, String) {
    let (_folder, path) = steps(&format!("{head}steps:\n  - wait: {{ {wait} }}\n"));
    let (exit, _, err) = run(&[text(&path)]);
    (exit, err)
}

const NEVER: &str = "call: { op: rooms.list }, until: { ok: { length: 1 } }";

#[test]
fn a_request_that_hangs_is_given_up_at_the_deadline() {
    let head = "faults: [{ on: rooms.list, hang: true }]\n";
    let (exit, err) = waits(head, &format!("{NEVER}, deadline: 300ms"));
    assert_eq!(exit, 1, "{err}");
    assert!(err.contains("asked 1 times") && err.contains("no whole answer within"), "{err}");
    assert!(!err.contains("the limit of"), "not the limit of the case: {err}");
}

#[test]
fn a_timeout_ends_the_wait_as_its_deadline_does() {
    let (exit, err) = waits("", &format!("{NEVER}, interval: 1h, deadline: 2h, timeout: 200ms"));
    assert_eq!(exit, 1, "{err}");
    assert!(err.contains("asked 2 times"), "{err}");
}

#[test]
fn the_last_pause_is_cut_and_the_last_look_taken_at_the_deadline() {
    let clock = Instant::now();
    let (exit, err) = waits("", &format!("{NEVER}, interval: 1h, deadline: 700ms"));
    assert_eq!(exit, 1, "{err}");
    assert!(err.contains("asked 2 times"), "{err}");
    assert!(clock.elapsed() >= Duration::from_millis(700), "it waited for the deadline");
}

#[test]
fn what_comes_true_at_the_last_look_is_green() {
    let head = "faults: [{ on: rooms.list, status: 503 }]\n";
    let wait = "call: { op: rooms.list }, until: { ok: [] }, interval: 1h, deadline: 200ms";
    let (exit, err) = waits(head, wait);
    assert_eq!(exit, 0, "{err}");
}

#[test]
fn pauses_grow() {
    let (exit, err) = waits("", &format!("{NEVER}, interval: 100ms, backoff: 4, deadline: 800ms"));
    assert_eq!(exit, 1, "{err}");
    // At 0, 100, 500 and 800 ms; one less where a look takes long.
    assert!(err.contains("asked 4 times") || err.contains("asked 3 times"), "{err}");
}

#[test]
fn retry_after_is_waited_for() {
    let clock = Instant::now();
    let head = "faults: [{ on: rooms.list, status: 503, headers: { Retry-After: \"1\" } }]\n";
    let wait = "call: { op: rooms.list }, until: { ok: [] }, interval: 1ms, deadline: 20s";
    let (exit, err) = waits(head, wait);
    assert_eq!(exit, 0, "{err}");
    assert!(clock.elapsed() >= Duration::from_secs(1), "it waited as it was asked to");
}

#[test]
fn retry_after_as_a_date_that_has_passed_asks_for_no_pause() {
    let head = "faults: [{ on: rooms.list, status: 503, headers: { Retry-After: \"Thu, 01 Jan 2015 \
                00:00:00 GMT\" } }]\n";
    let wait = "call: { op: rooms.list }, until: { ok: [] }, interval: 1ms, deadline: 20s";
    let (exit, err) = waits(head, wait);
    assert_eq!(exit, 0, "{err}");
}

#[test]
fn retry_after_beyond_the_deadline_ends_the_wait() {
    for asked in ["3600", "Thu, 01 Jan 2099 00:00:00 GMT"] {
        let head = format!(
            "faults: [{{ on: rooms.list, status: 503, headers: {{ Retry-After: \"{asked}\" }} }}]\n"
        );
        let (exit, err) = waits(&head, &format!("{NEVER}, interval: 1ms, deadline: 20s"));
        assert_eq!(exit, 1, "{err}");
        assert!(err.contains("asked 1 times"), "{asked}: {err}");
    }
}
