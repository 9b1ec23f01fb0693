//! The judges of how long a client waits (RET-5 to RET-9). Lower bounds only: a busy machine is
//! late, never early.

use chrono::TimeDelta;

use super::watch::{RETRYABLE, Request, Step};
use super::{Tally, Watch};
use crate::acs::time::{parse_duration, parse_http_date};
use crate::transcript::Exchange;

/// What clocks and threads may be early by, in seconds.
const GRACE: f64 = 0.02;
/// The cap of any delay, in seconds, and what a busy machine may add.
const CAP: f64 = 60.0 + 2.0;

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
        let delays = delays(request);
        let (Some(first), Some(last)) = (delays.first(), delays.last()) else { continue };
        if delays.len() < 3
            || request.pairs().any(|((_, before), _)| asked_seconds(before).is_some())
        {
            continue;
        }
        let (index, _) = request.attempts[0];
        let cap = step
            .option("retry")
            .and_then(|retry| retry.get("max_delay")?.as_str())
            .and_then(parse_duration)
            .map_or(CAP, |cap| cap.as_secs_f64() + 2.0);
        let fault = if *first < 0.001 {
            Some("the first retry follows without a delay".to_owned())
        } else if *last < first * 1.5 {
            Some("the delays do not grow".to_owned())
        } else if delays.iter().any(|delay| *delay > cap) {
            Some("a delay is above its cap".to_owned())
        } else {
            default_fault(step, first, delays.len())
        };
        tally.demand((step.index, index), fault.is_none(), || {
            let list: Vec<String> = delays.iter().map(|delay| format!("{delay:.2}")).collect();
            format!("{}: {} s", fault.clone().unwrap_or_default(), list.join(", "))
        });
    }
}

/// What is wrong with the delays of a client whose policy nobody set.
fn default_fault(step: &Step<'_>, first: &f64, retries: usize) -> Option<String> {
    if step.option("retry").is_some() {
        return None;
    }
    if retries != 3 {
        return Some(format!("by default there are {retries} retries, not 3"));
    }
    // 0.8 s with a jitter of a fifth either way, and what a busy machine adds.
    (!(0.6..3.0).contains(first))
        .then(|| "by default the first delay is not about 0.8 s".to_owned())
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
