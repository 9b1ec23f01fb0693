//! Transcripts for the tests of rules: one step, with the exchanges and the outcome that a test
//! speaks of.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta};
use serde_json::{Map, Value};

use crate::acs::{ApiVersion, Mask, Operation, Secret};
use crate::judge::rules::{RuleResult, RuleStatus, judge};
use crate::transcript::{
    Attempt, Called, ErrorKind, Exchange, Failure, Headers, Observer, Outcome, Received, Sent,
    TargetKind, Traffic, Transcript,
};

/// Hash of no body, and a signature in the documented form.
pub const EMPTY: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
pub const SIGNED: &str = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// A key of the case.
pub const KEY: &str = "Y2FuYXJ5IGtleSBvZiB0aGUgdGVzdHMgb2YgcnVsZXM=";

/// A GET of rooms that came `at` seconds after the start and was answered with `status`.
pub fn exchange(at: f64, status: u16, headers: &[(&str, &str)]) -> Exchange {
    let mut sent = Headers::default();
    sent.push("host", "localhost");
    headers.iter().for_each(|(name, value)| sent.push(*name, *value));
    #[expect(clippy::cast_possible_truncation, reason = "seconds of a test")]
    let at = TimeDelta::milliseconds((at * 1000.0) as i64);
    Exchange {
        observer: Observer::Emulator,
        sent: Sent {
            method: "GET".to_owned(),
            scheme: "https".to_owned(),
            authority: "localhost".to_owned(),
            target: "/rooms?api-version=2025-03-13".to_owned(),
            protocol: "HTTP/1.1".to_owned(),
            headers: sent,
            body: Bytes::new(),
        },
        received: Some(Received { status, headers: Headers::default(), body: Bytes::new() }),
        broken: None,
        started: DateTime::UNIX_EPOCH + at,
        duration: Duration::ZERO,
        attempt: Attempt::default(),
    }
}

/// A transcript of a scenario that names `rule`, with these exchanges in its one step.
pub fn transcript(rule: &str, exchanges: Vec<Exchange>) -> Transcript {
    let traffic = Traffic {
        program: "p".to_owned(),
        target: TargetKind::Emulator,
        exchanges,
        keys: Arc::new(Mask::new([&Secret::new(KEY)])),
        started: DateTime::UNIX_EPOCH,
        duration: Duration::ZERO,
    };
    let mut transcript = traffic.into_transcript();
    Arc::get_mut(&mut transcript.scenario).expect("nobody else's").rules.push(rule.to_owned());
    transcript
}

/// Makes the step a call with these arguments and options.
pub fn call(transcript: &mut Transcript, operation: Operation, arguments: &Value, options: &Value) {
    let map = |value: &Value| value.as_object().cloned().unwrap_or_else(Map::new);
    for step in &mut transcript.steps {
        step.call = Some(Called {
            operation,
            arguments: map(arguments),
            api_version: ApiVersion::new("2025-03-13"),
            options: map(options),
        });
    }
}

/// Makes the call come to a failure.
pub fn fails(transcript: &mut Transcript, kind: ErrorKind, status: Option<u16>, message: &str) {
    for step in &mut transcript.steps {
        step.outcome = Some(Outcome::Err(Failure {
            kind,
            status,
            code: None,
            message: message.to_owned(),
            request_id: None,
            native: None,
        }));
    }
}

/// What the rule says of a transcript.
pub fn result(transcript: &Transcript, rule: &str) -> RuleResult {
    judge(transcript).into_iter().find(|one| one.rule == rule).expect("a rule")
}

/// The rule passes.
#[track_caller]
pub fn obeys(transcript: &Transcript, rule: &str) {
    let result = result(transcript, rule);
    assert_eq!(result.status, RuleStatus::Pass, "{:?}", result.findings);
}

/// The rule is broken, with these words.
#[track_caller]
pub fn breaks(transcript: &Transcript, rule: &str, words: &str) {
    let result = result(transcript, rule);
    let said = format!("{:?}", result.findings);
    assert!(matches!(result.status, RuleStatus::Fail | RuleStatus::Warn), "{:?}", result.status);
    assert!(said.contains(words), "{words:?} is not in {said}");
    assert!(!said.contains(KEY), "the key is told: {said}");
}
