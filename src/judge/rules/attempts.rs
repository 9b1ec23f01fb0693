//! The judges of whether a client tries again (RET-1 to RET-4, RET-10 to RET-16).

use super::watch::{RETRYABLE, Request, Step, asks_for_more};
use super::{Tally, Watch, delays};
use crate::transcript::{ErrorKind, Exchange};

pub(super) fn idempotent_requests_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
    retried(watch, tally, &["GET", "DELETE"]);
}

pub(super) fn writes_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
    retried(watch, tally, &["POST", "PATCH"]);
}

fn retried(watch: &Watch<'_>, tally: &mut Tally, methods: &[&str]) {
    for (step, request) in retrying(watch) {
        let (index, first) = request.attempts[0];
        let Some(status) = status(first).filter(|status| RETRYABLE.contains(status)) else {
            continue;
        };
        if !methods.contains(&first.sent.method.as_str()) {
            continue;
        }
        tally.demand((step.index, index), request.attempts.len() > 1, || {
            format!("{} is not tried again after {status}", first.sent.method)
        });
    }
}

/// Requests of steps whose caller did not forbid retries.
fn retrying<'w, 'a>(watch: &'w Watch<'a>) -> impl Iterator<Item = (&'w Step<'a>, &'w Request<'a>)> {
    watch.requests().filter(|(step, _)| step.retry_option("max_retries") != Some(0))
}

fn status(exchange: &Exchange) -> Option<u16> {
    exchange.received.as_ref().map(|answer| answer.status)
}

const FINAL: [u16; 8] = [400, 401, 403, 404, 409, 412, 501, 505];

/// Pairs of neighbouring exchanges that are the same request; the second may be missing.
fn neighbours<'w, 'a>(
    watch: &'w Watch<'a>,
) -> impl Iterator<Item = ((usize, usize), &'a Exchange, bool)> + 'w {
    watch.steps.iter().flat_map(|step| {
        let all: Vec<(usize, &Exchange)> =
            step.requests.iter().flat_map(|request| request.attempts.iter().copied()).collect();
        let again = |position: usize, exchange: &Exchange| {
            all.get(position + 1).is_some_and(|(_, next): &(usize, &Exchange)| {
                next.sent.method == exchange.sent.method && next.sent.target == exchange.sent.target
            })
        };
        all.iter()
            .enumerate()
            .map(|(position, (index, exchange))| {
                ((step.index, *index), *exchange, again(position, exchange))
            })
            .collect::<Vec<_>>()
    })
}

pub(super) fn final_answers_are_taken(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange, again) in neighbours(watch) {
        let Some(answer) = &exchange.received else { continue };
        if FINAL.contains(&answer.status) && answer.headers.get("retry-after").is_none() {
            tally.demand(place, !again, || {
                format!("{} is tried again after {}", exchange.sent.method, answer.status)
            });
        }
    }
}

pub(super) fn client_errors_with_retry_after(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange, again) in neighbours(watch) {
        let Some(answer) = &exchange.received else { continue };
        let asks = answer.headers.get("retry-after").is_some();
        if (400..500).contains(&answer.status) && !RETRYABLE.contains(&answer.status) && asks {
            tally.exercise();
            let what = if again { "tried again" } else { "not tried again" };
            tally.note(
                place.0,
                Some(place.1),
                format!("{} with Retry-After: {what}", answer.status),
            );
        }
    }
}

pub(super) fn attempts_are_bounded(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        let Some(limit) = step.retry_option("max_retries").filter(|limit| *limit > 0) else {
            continue;
        };
        // Only a request that met faults to the limit shows where the client stops.
        let allowed = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
        let faults = request.attempts.iter().take_while(|(_, e)| asks_for_more(e)).count();
        if faults < allowed {
            continue;
        }
        let (index, _) = request.attempts[request.attempts.len() - 1];
        tally.demand((step.index, index), request.attempts.len() <= allowed, || {
            format!("{} attempts, with max_retries {limit}", request.attempts.len())
        });
    }
}

pub(super) fn zero_means_one_attempt(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        let (index, first) = request.attempts[0];
        if step.retry_option("max_retries") != Some(0) || !asks_for_more(first) {
            continue;
        }
        tally.demand((step.index, index), request.attempts.len() == 1, || {
            format!("{} attempts, with max_retries 0", request.attempts.len())
        });
    }
}

pub(super) fn bodies_are_kept(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        for ((_, before), (index, attempt)) in request.pairs() {
            // A request that was cut off says nothing of its body.
            let whole =
                before.broken.is_none() || before.sent.body.len() >= attempt.sent.body.len();
            if !whole || (before.sent.body.is_empty() && attempt.sent.body.is_empty()) {
                continue;
            }
            tally.demand((step.index, index), before.sent.body == attempt.sent.body, || {
                format!(
                    "the body has {} bytes on a retry, {} before, and they differ",
                    attempt.sent.body.len(),
                    before.sent.body.len()
                )
            });
        }
    }
}

pub(super) fn broken_connections_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
    after_break(watch, tally, "a connection that broke without an answer");
}

pub(super) fn cut_answers_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
    after_break(watch, tally, "an answer whose body was cut off");
}

fn after_break(watch: &Watch<'_>, tally: &mut Tally, what: &str) {
    for (step, request) in retrying(watch) {
        let (index, first) = request.attempts[0];
        if first.broken.is_none() && first.received.is_some() {
            continue;
        }
        let again = request.attempts.len() > 1 || again_by_target(step, index, first);
        tally.demand((step.index, index), again, || {
            format!(
                "{} is not tried again after {what}: {}",
                first.sent.method,
                step.outcome_words()
            )
        });
    }
}

/// A cut answer keeps its status, so that the next attempt may stand as a request of its own.
fn again_by_target(step: &Step<'_>, index: usize, first: &Exchange) -> bool {
    step.record.exchanges.get(index + 1).is_some_and(|next| {
        next.sent.method == first.sent.method && next.sent.target == first.sent.target
    })
}

pub(super) fn refused_connections_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls() {
        if step.record.path.is_empty() || step.option("retry").is_none() {
            continue;
        }
        tally.demand_of_step(step.index, step.value().is_some(), || {
            format!(
                "{} is not tried again after a refused connection: {}",
                call.operation,
                step.outcome_words()
            )
        });
    }
}

pub(super) fn cancellation_is_prompt(watch: &Watch<'_>, tally: &mut Tally) {
    for step in &watch.steps {
        if step.option("cancel_after").is_none() && step.option("timeout").is_none() {
            continue;
        }
        let Some((index, first)) = step.requests.first().map(|request| request.attempts[0]) else {
            continue;
        };
        let Some(pause) = delays::asked_seconds(first) else { continue };
        let place = (step.index, index);
        let attempts: usize = step.requests.iter().map(|request| request.attempts.len()).sum();
        let kind = step.failure().map(|failure| failure.kind);
        let said = matches!(kind, Some(ErrorKind::Cancelled | ErrorKind::Timeout));
        let prompt = step.record.duration.as_secs_f64() < pause;
        tally.demand(place, attempts == 1 && said && prompt, || {
            if attempts > 1 {
                "another attempt was made after the call was given up".to_owned()
            } else if !prompt {
                format!("the call went on for {:?} after it was given up", step.record.duration)
            } else {
                format!("the call came to {}, not to one of kind cancelled", step.outcome_words())
            }
        });
    }
}

#[cfg(test)]
#[path = "attempts_tests.rs"]
mod tests;
