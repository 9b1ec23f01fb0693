//! The judges of how long a client waits (RET-5 to RET-9). Lower bounds only: a busy machine is
//! late, never early.

use chrono::TimeDelta;

use super::watch::{RETRYABLE, Request, Step, asks_for_more};
use super::{Tally, Watch};
use crate::acs::time::{parse_duration, parse_http_date};
use crate::transcript::Exchange;

/// What clocks and threads may be early by, in seconds.
const GRACE: f64 = 0.02;
/// The documented defaults: retries, the first delay and the cap of any, in seconds.
const RETRIES: usize = 3;
const FIRST: f64 = 0.8;
const CAP: f64 = 60.0;

/// The seconds that an answer asks the client to wait, in whatever form.
pub(super) fn asked_seconds(exchange: &Exchange) -> Option<f64> {
    header_seconds(exchange).or_else(|| header_milliseconds(exchange).map(|(_, pause)| pause))
}

fn header_seconds(exchange: &Exchange) -> Option<f64> {
    header(exchange, "retry-after")?.parse::<u32>().ok().map(f64::from)
}

fn header_milliseconds(exchange: &Exchange) -> Option<(&'static str, f64)> {
    ["retry-after-ms", "x-ms-retry-after-ms"].into_iter().find_map(|name| {
        let value = header(exchange, name)?.parse::<u32>().ok()?;
        Some((name, f64::from(value) / 1000.0))
    })
}

fn header<'a>(exchange: &'a Exchange, name: &str) -> Option<&'a str> {
    let answer = exchange.received.as_ref()?;
    RETRYABLE.contains(&answer.status).then(|| answer.headers.get(name)).flatten()
}

pub(super) fn seconds_are_waited(watch: &Watch<'_>, tally: &mut Tally) {
    pauses(watch, |step, before, attempt| {
        let Some(asked) = header_seconds(before) else { return };
        if header_milliseconds(before).is_some() {
            return;
        }
        let waited = seconds(attempt.1.started - before.started);
        let status = before.received.as_ref().map_or(0, |answer| answer.status);
        tally.demand((step.index, attempt.0), waited >= asked - GRACE, || {
            format!("{status} with Retry-After: {asked} is tried again after {waited:.2} s")
        });
    });
}

pub(super) fn dates_are_waited_for(watch: &Watch<'_>, tally: &mut Tally) {
    pauses(watch, |step, before, attempt| {
        let Some(date) = header(before, "retry-after").and_then(parse_http_date) else { return };
        let early = seconds(date - attempt.1.started);
        tally.demand((step.index, attempt.0), early <= GRACE, || {
            format!("the next attempt began {early:.2} s before the date that Retry-After named")
        });
    });
}

pub(super) fn milliseconds_are_waited(watch: &Watch<'_>, tally: &mut Tally) {
    pauses(watch, |step, before, attempt| {
        let Some((name, asked)) = header_milliseconds(before) else { return };
        if header_seconds(before).is_some() {
            return;
        }
        let waited = seconds(attempt.1.started - before.started);
        tally.demand((step.index, attempt.0), waited >= asked - GRACE, || {
            format!("{name} asks for {asked:.3} s, the next attempt came after {waited:.3} s")
        });
    });
}

pub(super) fn precedence(watch: &Watch<'_>, tally: &mut Tally) {
    pauses(watch, |step, before, attempt| {
        let both = header_seconds(before).zip(header_milliseconds(before));
        let Some((long, (name, short))) = both else { return };
        let waited = seconds(attempt.1.started - before.started);
        tally.exercise();
        let kept = if waited >= long - GRACE {
            "Retry-After is honoured"
        } else if waited >= short - GRACE {
            name
        } else {
            "neither is honoured"
        };
        let message = format!("retry-after-ms and Retry-After: {kept}");
        tally.note(step.index, Some(attempt.0), message);
    });
}

/// Calls `look` with each attempt that follows another.
fn pauses<'a>(
    watch: &Watch<'a>,
    mut look: impl FnMut(&Step<'a>, &'a Exchange, (usize, &'a Exchange)),
) {
    for (step, request) in watch.requests() {
        for ((_, before), attempt) in request.pairs() {
            look(step, before, attempt);
        }
    }
}

pub(super) fn growth(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        let asked = request.attempts.iter().any(|(_, one)| asked_seconds(one).is_some());
        // A client that stopped at a final answer had no reason for more retries.
        let (_, last) = request.attempts[request.attempts.len() - 1];
        let delays = delays(request);
        let told = step.option("retry").is_some();
        if asked || (delays.len() < RETRIES && (told || !asks_for_more(last))) {
            continue;
        }
        let fault = count_fault(told, delays.len()).or_else(|| delay_fault(step, &delays));
        let (index, _) = request.attempts[0];
        tally.demand((step.index, index), fault.is_none(), || {
            let list: Vec<String> = delays.iter().map(|delay| format!("{delay:.2}")).collect();
            format!("{}: {} s", fault.clone().unwrap_or_default(), list.join(", "))
        });
    }
}

/// What is wrong with the number of retries of a client whose policy nobody set.
fn count_fault(told: bool, retries: usize) -> Option<String> {
    (!told && retries != RETRIES).then(|| match retries {
        1 => format!("by default there is 1 retry, not {RETRIES}"),
        _ => format!("by default there are {retries} retries, not {RETRIES}"),
    })
}

/// What is too short: each delay is half the doubled one before it at least, which leaves room for
/// any jitter. How much longer it is, the machine decides.
fn delay_fault(step: &Step<'_>, delays: &[f64]) -> Option<String> {
    let policy = |name| step.option("retry")?.get(name)?.as_str().and_then(parse_duration);
    let first = policy("delay").map_or(FIRST, |delay| delay.as_secs_f64());
    let cap = policy("max_delay").map_or(CAP, |cap| cap.as_secs_f64());
    let mut least = first;
    for (index, delay) in delays.iter().enumerate() {
        if *delay < 0.001 {
            return Some(format!("retry {} follows without a delay", index + 1));
        }
        if *delay < least.min(cap) / 2.0 - GRACE {
            return Some(if index == 0 {
                format!("the first delay is far below {first:.2} s")
            } else {
                "the delays do not grow".to_owned()
            });
        }
        least *= 2.0;
    }
    None
}

/// The pauses between the attempts at a request, in seconds.
fn delays(request: &Request<'_>) -> Vec<f64> {
    request
        .pairs()
        .map(|((_, before), (_, attempt))| {
            let answered = TimeDelta::from_std(before.duration).unwrap_or_default();
            seconds(attempt.started - before.started - answered)
        })
        .collect()
}

fn seconds(delta: TimeDelta) -> f64 {
    delta.as_seconds_f64()
}

#[cfg(test)]
#[path = "delays_tests.rs"]
mod tests;
