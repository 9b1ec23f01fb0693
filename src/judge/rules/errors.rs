//! Errors: what the caller learns of a failure.

use std::collections::BTreeMap;

use super::rule::{Judging, Level, Profile, Rule};
use super::watch::Step;
use super::{Family, Tally, Watch};
use crate::acs::error::ServiceError;
use crate::transcript::{ErrorKind, Failure, Received};

const FAMILY: Family = Family::Errors;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "ERR-1",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "An error exposes the status, `error.code` and `error.message`.",
        source: "IM#general-errors-include-request-response, -rich-info; RG#rest-error-response-body-structure",
        observed: "Errors to calls that the service answered with its error shape.",
        why: "Without the code a program cannot react, without the message a person cannot.",
        how: "Read the body's `error` and carry all three in the exception.",
        judging: Judging::Passive(errors_are_rich),
    },
    Rule {
        id: "ERR-2",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "The request id is reachable from the error, and `x-ms-error-code` is the code when the body has none.",
        source: "IM#general-errors-include-request-response; RG#rest-error-code-header",
        observed: "Errors to answers that carry these in headers alone.",
        why: "Support asks for the request id first.",
        how: "Keep the answer's headers with the error, and fall back to the header for the code.",
        judging: Judging::Active(headers_reach_the_error),
    },
    Rule {
        id: "ERR-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "An error body that is empty or no JSON does not hide the status.",
        source: "IM#general-errors-include-request-response",
        observed: "Errors to answers with such bodies: the status is the wire's.",
        why: "A gateway's HTML page becomes `unexpected token <`, and nobody sees the 403.",
        how: "Decide by the status first; read the body as far as it can be read.",
        judging: Judging::Active(odd_bodies_keep_the_status),
    },
    Rule {
        id: "ERR-4",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Sdk,
        title: "404, 409 and 412 can be told apart, and 304 is no error.",
        source: "DS: conditional requests",
        observed: "Calls that meet these statuses: different status or type of the error; no error for 304.",
        why: "`create unless it exists` cannot be written.",
        how: "Expose the status, or give each its type.",
        judging: Judging::Active(conditions_are_told_apart),
    },
];

/// Failed calls whose last answer is known.
fn refused<'w, 'a>(
    watch: &'w Watch<'a>,
) -> impl Iterator<Item = (&'w Step<'a>, usize, &'a Received)> {
    watch.calls().filter_map(|(step, _)| {
        let (index, exchange) = step.last()?;
        let answer = exchange.received.as_ref().filter(|answer| answer.status >= 400)?;
        Some((step, index, answer))
    })
}

/// Errors that the caller brought about say nothing of the service's answer.
fn given_up(failure: &Failure) -> bool {
    matches!(failure.kind, ErrorKind::Cancelled | ErrorKind::Timeout)
}

fn errors_are_rich(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, index, answer) in refused(watch) {
        let Some(error) = ServiceError::from_json(&answer.body) else { continue };
        if step.failure().is_some_and(given_up) {
            continue;
        }
        let fault = match step.failure() {
            None => Some(format!("{} came to {}", answer.status, step.outcome_words())),
            Some(failure) if failure.status != Some(answer.status) => {
                Some(format!("the status is {:?}, on the wire {}", failure.status, answer.status))
            }
            Some(failure) if failure.code.as_deref() != Some(&*error.code) => {
                Some(format!("the code is {:?}, on the wire {:?}", failure.code, error.code))
            }
            Some(failure) if !failure.message.contains(&error.message) => {
                Some(format!("the message {:?} lacks {:?}", failure.message, error.message))
            }
            Some(_) => None,
        };
        tally.demand((step.index, index), fault.is_none(), || fault.clone().unwrap_or_default());
    }
}

fn headers_reach_the_error(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, index, answer) in refused(watch) {
        let Some(failure) = step.failure() else { continue };
        let place = (step.index, index);
        let code = answer.headers.get("x-ms-error-code");
        if let Some(code) = code.filter(|_| ServiceError::from_json(&answer.body).is_none()) {
            tally.demand(place, failure.code.as_deref() == Some(code), || {
                format!("x-ms-error-code is {code:?}, the error's code {:?}", failure.code)
            });
        }
        let id = ["x-ms-request-id", "x-ms-client-request-id"]
            .into_iter()
            .find_map(|name| answer.headers.get(name));
        if let Some(id) = id {
            tally.demand(place, failure.request_id.as_deref() == Some(id), || {
                format!("the answer's request id is {id:?}, the error's {:?}", failure.request_id)
            });
        }
    }
}

fn odd_bodies_keep_the_status(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, index, answer) in refused(watch) {
        if ServiceError::from_json(&answer.body).is_some() {
            continue;
        }
        let status = step.failure().and_then(|failure| failure.status);
        tally.demand((step.index, index), status == Some(answer.status), || {
            format!("the status {} is hidden: {}", answer.status, step.outcome_words())
        });
    }
}

fn conditions_are_told_apart(watch: &Watch<'_>, tally: &mut Tally) {
    let mut seen: BTreeMap<(Option<u16>, String), u16> = BTreeMap::new();
    for (step, _) in watch.calls() {
        let Some((index, exchange)) = step.last() else { continue };
        let Some(status) = exchange.received.as_ref().map(|answer| answer.status) else { continue };
        let place = (step.index, index);
        if status == 304 {
            tally.demand(place, step.failure().is_none(), || {
                format!("304 came to {}", step.outcome_words())
            });
        } else if [404, 409, 412].contains(&status)
            && let Some(failure) = step.failure()
        {
            let native = failure.native.as_ref().map(|n| n.r#type.clone()).unwrap_or_default();
            let face = (failure.status, native);
            let other = seen.get(&face).copied().filter(|other| *other != status);
            tally.demand(place, other.is_none(), || {
                format!("{status} looks like {} to the caller", other.unwrap_or_default())
            });
            seen.insert(face, status);
        }
    }
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;
