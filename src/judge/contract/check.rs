//! Holding what the emulator sent against the contract.

use std::fmt;

use serde_json::{Map, Value, json};

use super::table::ANSWERS;
use crate::acs::Operation;
use crate::judge::rules::{operation_of, query_pairs};
use crate::transcript::{Exchange, Observer, Received, Transcript};

/// An answer of the emulator that the service would not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Index of the step among the transcript's steps; `None` for cleanup.
    pub step: Option<usize>,
    /// Index of the exchange within the step.
    pub exchange: usize,
    pub operation: Operation,
    pub status: u16,
    /// Where in `{ headers, body }`, and what is wrong there.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the emulator's answer {} to {} breaks the contract: {}",
            self.status, self.operation, self.message
        )
    }
}

/// Statuses of the front end, which come before any operation: their shape is HTTP's own.
const OF_THE_FRONT_END: [u16; 7] = [404, 405, 408, 413, 414, 415, 431];

/// Every violation in what the emulator sent, deliberate faults aside.
pub fn check(transcript: &Transcript) -> Vec<Violation> {
    let steps = transcript.steps.iter().enumerate().flat_map(|(step, record)| {
        record.exchanges.iter().enumerate().map(move |(at, exchange)| (Some(step), at, exchange))
    });
    let cleanup = transcript
        .cleanup
        .iter()
        .flat_map(|cleanup| cleanup.exchanges.iter().enumerate().map(|(at, e)| (None, at, e)));
    steps.chain(cleanup).filter_map(|(step, at, exchange)| violation(step, at, exchange)).collect()
}

fn violation(step: Option<usize>, at: usize, exchange: &Exchange) -> Option<Violation> {
    if exchange.observer != Observer::Emulator || exchange.attempt.fault.is_some() {
        return None;
    }
    let answer = exchange.received.as_ref()?;
    let operation = operation_of(&exchange.sent)?;
    let message = fault(operation, &version(exchange, operation), answer)?;
    Some(Violation { step, exchange: at, operation, status: answer.status, message })
}

/// The version as which the request was served. A continuation keeps that of its first page, which
/// the newest stands for here.
fn version(exchange: &Exchange, operation: Operation) -> String {
    let service = operation.service();
    let asked = || {
        query_pairs(exchange.sent.query())
            .find(|(name, _)| name.eq_ignore_ascii_case("api-version"))
            .map(|(_, value)| meant(value))
            .filter(|version| service.versions().contains(&version.as_str()))
    };
    let served = exchange.attempt.served_as.clone().or_else(asked);
    served.unwrap_or_else(|| service.default_version().to_string())
}

/// The version that a client means which sends the name of its constant (`ApiVersion.V2023_06_14`)
/// instead: the emulator, too, goes on with the version of the first page.
fn meant(value: &str) -> String {
    let name = value.strip_prefix("ApiVersion.V");
    name.map_or_else(|| value.to_owned(), |name| name.replace('_', "-"))
}

fn fault(operation: Operation, version: &str, answer: &Received) -> Option<String> {
    let status = answer.status;
    let Some(entry) = ANSWERS.iter().find(|entry| entry.is_for(operation, status, version)) else {
        // Throttling and what HTTP itself refuses belong to no operation.
        let known = OF_THE_FRONT_END.contains(&status) || status == 429;
        return (!known).then(|| format!("there is no such answer at {version}"));
    };
    let document = json!({ "headers": headers(answer), "body": body(answer) });
    match entry.validator() {
        Err(why) => Some(format!("the schema itself is broken: {why}")),
        Ok(validator) => validator
            .iter_errors(&document)
            .next()
            .map(|error| format!("at {}: {error}", error.instance_path())),
    }
}

fn headers(answer: &Received) -> Value {
    let members: Map<String, Value> = answer
        .headers
        .0
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), json!(value)))
        .collect();
    Value::Object(members)
}

/// The body as JSON; null when there is none, a text when it is no JSON.
fn body(answer: &Received) -> Value {
    if answer.body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(&answer.body)
        .unwrap_or_else(|_| json!(String::from_utf8_lossy(&answer.body)))
}
