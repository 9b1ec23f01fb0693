//! A transcript as rules see it: calls, requests and the attempts at each request.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::identity::pattern;
use crate::acs::Operation;
use crate::transcript::{Called, Exchange, Failure, Outcome, StepRecord, Transcript};

static KEY_SHAPE: LazyLock<Regex> =
    LazyLock::new(|| pattern("(?i)accesskey(?:=|%3D)[A-Za-z0-9+/%_-]{20,}"));

/// What the rules may look at: cleanup and `request` steps are left out.
#[derive(Debug)]
pub struct Watch<'a> {
    pub transcript: &'a Transcript,
    pub steps: Vec<Step<'a>>,
}

/// A step with its exchanges, sorted into requests.
#[derive(Debug)]
pub struct Step<'a> {
    /// Index among the transcript's steps.
    pub index: usize,
    pub record: &'a StepRecord,
    /// In the order in which they began.
    pub requests: Vec<Request<'a>>,
}

/// One request with all attempts at it.
#[derive(Debug)]
pub struct Request<'a> {
    /// Index within the step, and the exchange. Never empty.
    pub attempts: Vec<(usize, &'a Exchange)>,
    pub origin: Origin,
}

/// Where a request's URL comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The client made it.
    Client,
    /// From the `nextLink` of the page before.
    NextLink,
    /// From the `Location` of a redirect.
    Redirect,
}

impl<'a> Watch<'a> {
    pub fn new(transcript: &'a Transcript) -> Self {
        let steps = transcript
            .steps
            .iter()
            .enumerate()
            .filter(|(_, record)| !record.raw)
            .map(|(index, record)| Step { index, record, requests: requests(record) })
            .collect();
        Self { transcript, steps }
    }

    /// Whether the scenario exercises that rule on purpose.
    pub fn names(&self, rule: &str) -> bool {
        self.transcript.scenario.rules.iter().any(|name| name == rule)
    }

    /// Whether one of the case's keys stands in a text, in whatever spelling; or what has the shape
    /// of a key behind `accesskey=`, for keys that nobody told us.
    pub fn finds_key(&self, text: &str) -> bool {
        self.transcript.keys.finds_in(text.as_bytes()) || KEY_SHAPE.is_match(text)
    }

    /// All exchanges, each with its place.
    pub fn exchanges(&self) -> impl Iterator<Item = ((usize, usize), &'a Exchange)> + '_ {
        self.requests().flat_map(|(step, request)| {
            request.attempts.iter().map(move |(index, exchange)| ((step.index, *index), *exchange))
        })
    }

    pub fn requests(&self) -> impl Iterator<Item = (&Step<'a>, &Request<'a>)> {
        self.steps.iter().flat_map(|step| step.requests.iter().map(move |request| (step, request)))
    }

    /// The steps that called an operation, with the call.
    pub fn calls(&self) -> impl Iterator<Item = (&Step<'a>, &'a Called)> {
        self.steps.iter().filter_map(|step| step.record.call.as_ref().map(|call| (step, call)))
    }
}

impl<'a> Step<'a> {
    pub fn option(&self, name: &str) -> Option<&'a Value> {
        self.record.call.as_ref()?.options.get(name)
    }

    /// A member of the option `retry`.
    pub fn retry_option(&self, name: &str) -> Option<u64> {
        self.option("retry")?.get(name)?.as_u64()
    }

    pub fn failure(&self) -> Option<&'a Failure> {
        match &self.record.outcome {
            Some(Outcome::Err(failure)) => Some(failure),
            _ => None,
        }
    }

    pub fn value(&self) -> Option<&'a Value> {
        match &self.record.outcome {
            Some(Outcome::Ok(value)) => Some(value),
            _ => None,
        }
    }

    /// The outcome in a few words, for messages.
    pub fn outcome_words(&self) -> String {
        match &self.record.outcome {
            None => "no outcome".to_owned(),
            Some(Outcome::Ok(_)) => "success".to_owned(),
            Some(Outcome::Unsupported { feature, .. }) => format!("unsupported: {feature}"),
            Some(Outcome::Err(failure)) => {
                format!("an error of kind {}: {}", failure.kind.name(), failure.message)
            }
        }
    }

    /// The last exchange, in whatever request.
    pub fn last(&self) -> Option<(usize, &'a Exchange)> {
        self.record.exchanges.iter().enumerate().rfind(|(_, exchange)| !exchange.attempt.cleanup)
    }
}

impl<'a> Request<'a> {
    pub fn first(&self) -> &'a Exchange {
        self.attempts[0].1
    }

    /// Each attempt with the one after it.
    pub fn pairs(&self) -> impl Iterator<Item = ((usize, &'a Exchange), (usize, &'a Exchange))> {
        self.attempts.windows(2).map(|pair| (pair[0], pair[1]))
    }

    pub fn operation(&self) -> Option<Operation> {
        let first = self.first();
        first.attempt.operation.or_else(|| super::route::operation(&first.sent))
    }
}

/// Statuses after which clients are expected to try again.
pub const RETRYABLE: [u16; 6] = [408, 429, 500, 502, 503, 504];

/// Whether an exchange ended in a way that asks for another attempt.
pub fn asks_for_more(exchange: &Exchange) -> bool {
    exchange.received.as_ref().is_none_or(|answer| RETRYABLE.contains(&answer.status))
}

/// Sorts exchanges into requests: the same method and target again, after an answer that asks for
/// another attempt, is a further attempt; unless a `wait` asked anew.
fn requests(record: &StepRecord) -> Vec<Request<'_>> {
    let mut requests: Vec<Request<'_>> = Vec::new();
    let exchanges = record.exchanges.iter().enumerate();
    let judged = exchanges.filter(|(_, exchange)| !exchange.attempt.cleanup);
    for (index, exchange) in judged {
        let before = requests.last().and_then(|request| request.attempts.last()).map(|(_, e)| *e);
        let before = before.filter(|_| !record.asked.contains(&index));
        match (requests.last_mut(), before) {
            (Some(request), Some(before)) if is_attempt_after(before, exchange) => {
                request.attempts.push((index, exchange));
            }
            (_, before) => requests.push(Request {
                attempts: vec![(index, exchange)],
                origin: before.map_or(Origin::Client, |before| origin(before, exchange)),
            }),
        }
    }
    requests
}

fn is_attempt_after(before: &Exchange, exchange: &Exchange) -> bool {
    (asks_for_more(before) || is_challenge(before) || is_same_request(before, exchange))
        && before.sent.method == exchange.sent.method
        && before.sent.target == exchange.sent.target
}

/// After a failure, the same request id says so.
fn is_same_request(before: &Exchange, exchange: &Exchange) -> bool {
    let id = |exchange: &Exchange| {
        exchange.sent.headers.get("x-ms-client-request-id").map(str::to_owned)
    };
    let failed = before.received.as_ref().is_some_and(|answer| answer.status >= 400);
    failed && id(before).is_some() && id(before) == id(exchange)
}

/// A 401 that asks for another bearer token.
pub fn is_challenge(exchange: &Exchange) -> bool {
    exchange.received.as_ref().is_some_and(|answer| {
        let header = answer.headers.get("www-authenticate");
        answer.status == 401 && header.is_some_and(|value| value.starts_with("Bearer"))
    })
}

fn origin(before: &Exchange, exchange: &Exchange) -> Origin {
    let Some(answer) = &before.received else { return Origin::Client };
    if (300..400).contains(&answer.status) && answer.headers.get("location").is_some() {
        return Origin::Redirect;
    }
    if exchange.sent.method == "GET" && next_link(before).is_some() {
        return Origin::NextLink;
    }
    Origin::Client
}

/// The `nextLink` of a page, where it is a text that is not empty.
pub fn next_link(exchange: &Exchange) -> Option<String> {
    match page_member(exchange)? {
        Value::String(link) if !link.is_empty() => Some(link),
        _ => None,
    }
}

/// The member `nextLink` of a page, whatever it holds.
pub fn page_member(exchange: &Exchange) -> Option<Value> {
    json_body(exchange)?.get("nextLink").cloned()
}

/// The answer's body, where it is JSON.
pub fn json_body(exchange: &Exchange) -> Option<Value> {
    let answer = exchange.received.as_ref()?;
    if answer.headers.get("content-encoding").is_some_and(|coding| coding == "gzip") {
        return serde_json::from_reader(flate2::read::GzDecoder::new(answer.body.as_ref())).ok();
    }
    serde_json::from_slice(&answer.body).ok()
}

/// The request's body, where it is JSON.
pub fn sent_json(exchange: &Exchange) -> Option<Value> {
    serde_json::from_slice(&exchange.sent.body).ok()
}

/// The pairs of a query, undecoded, in order.
pub fn query_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// All values of `api-version` in a request's query.
pub fn api_versions(exchange: &Exchange) -> Vec<&str> {
    query_pairs(exchange.sent.query())
        .filter(|(name, _)| name.eq_ignore_ascii_case("api-version"))
        .map(|(_, value)| value)
        .collect()
}
