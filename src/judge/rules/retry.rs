//! Retry: what is tried again, how often, how soon.

use super::rule::{Judging, Level, Profile, Rule};
use super::watch::{RETRYABLE, Request, Step, asks_for_more};
use super::{Family, Tally, Watch, delays};
use crate::acs::time;
use crate::transcript::{ErrorKind, Exchange};

const FAMILY: Family = Family::Retry;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "RET-1",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "GET and DELETE are tried again after 408, 429, 500, 502, 503 and 504.",
        source: "AC#azurecore-http-retry-throttling, -options; the list is azure-core's",
        observed: "Requests that meet such a status first: another attempt follows.",
        why: "A moment's trouble of the service becomes an outage of the application.",
        how: "Keep the list of statuses in one place, and ask it for every method.",
        judging: Judging::Active(idempotent_requests_are_retried),
    },
    Rule {
        id: "RET-2",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Sdk,
        title: "POST (repeatable) and PATCH are tried again after the same statuses.",
        source: "AC#azurecore-http-retry-throttling; RG#http-all-methods-idempotent",
        observed: "POST with Repeatability headers, and PATCH, that meet such a status first.",
        why: "These calls are as safe to repeat as a GET, and fail as often.",
        how: "Decide by the status, not by a list of methods that once were idempotent.",
        judging: Judging::Active(writes_are_retried),
    },
    Rule {
        id: "RET-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "400, 401, 403, 404, 409, 412 without Retry-After, 501 and 505 are not tried again.",
        source: "AC#azurecore-http-retry-after",
        observed: "Requests that meet such a status: no further attempt.",
        why: "The answer will not change; time and quota are wasted, and the error comes late.",
        how: "Retry what the list names, nothing else.",
        judging: Judging::Active(final_answers_are_taken),
    },
    Rule {
        id: "RET-4",
        family: FAMILY,
        level: Level::Info,
        profile: Profile::Sdk,
        title: "A 4xx with `Retry-After` may be tried again: what does the client do?",
        source: "AC#azurecore-http-retry-after",
        observed: "Requests that meet a 409 with `Retry-After`; it is noted whether another attempt follows.",
        why: "The guidelines allow both; users should know which they have.",
        how: "Nothing to obey: an observation.",
        judging: Judging::Active(client_errors_with_retry_after),
    },
    Rule {
        id: "RET-5",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "`Retry-After` in seconds is a lower bound, on 429, 503 and the other retryable statuses.",
        source: "AC#azurecore-http-retry-throttling; RFC 9110 section 10.2.3",
        observed: "The time between an answer with `Retry-After: <seconds>` and the next attempt.",
        why: "Who comes back early is throttled longer.",
        how: "Read the header of every retryable answer; wait at least so long.",
        judging: Judging::Active(delays::seconds_are_waited),
    },
    Rule {
        id: "RET-6",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "`Retry-After` as a date is honoured.",
        source: "RFC 9110 section 10.2.3",
        observed: "The start of the attempt after an answer with `Retry-After: <HTTP-date>`.",
        why: "Gateways send this form; a client that reads numbers only comes back at once.",
        how: "Read both forms.",
        judging: Judging::Active(delays::dates_are_waited_for),
    },
    Rule {
        id: "RET-7",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Sdk,
        title: "`retry-after-ms` and `x-ms-retry-after-ms` are honoured.",
        source: "AC: x-ms-delay-until or similar metadata; azure-core of Python and JavaScript",
        observed: "The time between an answer with such a header and the next attempt.",
        why: "Azure services state short waits in this form alone.",
        how: "Read these headers as milliseconds.",
        judging: Judging::Active(delays::milliseconds_are_waited),
    },
    Rule {
        id: "RET-8",
        family: FAMILY,
        level: Level::Info,
        profile: Profile::Extra,
        title: "Which of several waits is honoured, when they contradict each other?",
        source: "none: SDKs disagree",
        observed: "The time after an answer with `retry-after-ms: 100` and `Retry-After: 1`; it is noted which bound was kept.",
        why: "The guidelines do not say; users should know what theirs does.",
        how: "Nothing to obey: an observation.",
        judging: Judging::Active(delays::precedence),
    },
    Rule {
        id: "RET-9",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Sdk,
        title: "Delays grow exponentially, start above zero and end at a cap of 60 s at most; by default 3 retries from 0.8 s.",
        source: "AC#azurecore-http-retry-defaults",
        observed: "The delays between at least three retries of one request: above zero, growing, never above the cap; the number of attempts where no policy was set. Jitter is not judged.",
        why: "Constant or zero delays turn a disturbance into a storm.",
        how: "Double the delay each time, with some jitter, up to a cap.",
        judging: Judging::Active(delays::growth),
    },
    Rule {
        id: "RET-10",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "There are at most 1 + max retries attempts.",
        source: "AC#azurecore-http-retry-options",
        observed: "Requests of clients with a limit above zero that meet nothing but faults.",
        why: "A retry without end is a hang.",
        how: "Count the attempts in one place, whatever made them necessary.",
        judging: Judging::Active(attempts_are_bounded),
    },
    Rule {
        id: "RET-11",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "A limit of zero retries means exactly one attempt, also with `Retry-After`.",
        source: "AC#azurecore-http-retry-defaults-overrides",
        observed: "Requests of clients with `max_retries: 0`.",
        why: "Who turns retries off has a reason, such as a retry policy of their own.",
        how: "Let nothing override the caller's limit.",
        judging: Judging::Active(zero_means_one_attempt),
    },
    Rule {
        id: "RET-12",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "The body is the same, byte for byte, on every attempt.",
        source: "AC#azurecore-http-retry-reset-data-stream",
        observed: "Bodies over the attempts of a request.",
        why: "A consumed stream is empty the second time, and the service does something else.",
        how: "Keep the bytes, or rewind the stream, before each attempt.",
        judging: Judging::Passive(bodies_are_kept),
    },
    Rule {
        id: "RET-13",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "A connection that is reset or closed without an answer is tried again.",
        source: "AC#azurecore-http-retry-hardware-failure",
        observed: "Requests whose connection breaks before an answer: another attempt follows.",
        why: "Idle connections are closed every day by every load balancer.",
        how: "Treat an error of the transport as retryable.",
        judging: Judging::Active(broken_connections_are_retried),
    },
    Rule {
        id: "RET-14",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "An answer whose body is cut off is tried again.",
        source: "AC#azurecore-http-response-body",
        observed: "Requests whose answer's body ends early: another attempt follows.",
        why: "The status said success and the caller gets an error of a JSON reader.",
        how: "Read the body within the retry policy.",
        judging: Judging::Active(cut_answers_are_retried),
    },
    Rule {
        id: "RET-15",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "A refused connection or failed look-up is tried again.",
        source: "AC#azurecore-http-retry-service-not-found",
        observed: "Calls whose first connection is refused: the call succeeds all the same.",
        why: "A service that restarts refuses for a second or two.",
        how: "Treat an error of connecting as retryable.",
        judging: Judging::Active(refused_connections_are_retried),
    },
    Rule {
        id: "RET-16",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "Cancelling or a time-out ends the back-off at once: no further attempt, an error that says so.",
        source: "AC#azurecore-http-retry-honor-cancellation; DS#general-network-accept-cancellation",
        observed: "Calls that are given up during a long back-off: how long they took, how many attempts followed, the kind of the error.",
        why: "Programs that shut down hang in a sleep that nobody needs.",
        how: "Wait on the caller's cancellation as well as on the clock.",
        judging: Judging::Active(cancellation_is_prompt),
    },
];

fn idempotent_requests_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
    retried(watch, tally, &["GET", "DELETE"]);
}

fn writes_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
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

fn final_answers_are_taken(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange, again) in neighbours(watch) {
        let Some(answer) = &exchange.received else { continue };
        if FINAL.contains(&answer.status) && answer.headers.get("retry-after").is_none() {
            tally.demand(place, !again, || {
                format!("{} is tried again after {}", exchange.sent.method, answer.status)
            });
        }
    }
}

fn client_errors_with_retry_after(watch: &Watch<'_>, tally: &mut Tally) {
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

fn attempts_are_bounded(watch: &Watch<'_>, tally: &mut Tally) {
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

fn zero_means_one_attempt(watch: &Watch<'_>, tally: &mut Tally) {
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

fn bodies_are_kept(watch: &Watch<'_>, tally: &mut Tally) {
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

fn broken_connections_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
    after_break(watch, tally, "a connection that broke without an answer");
}

fn cut_answers_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
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

fn refused_connections_are_retried(watch: &Watch<'_>, tally: &mut Tally) {
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

fn cancellation_is_prompt(watch: &Watch<'_>, tally: &mut Tally) {
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

/// For messages about instants.
pub(super) fn instant(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    time::parse_http_date(text)
}
