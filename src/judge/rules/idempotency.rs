//! Idempotency: exactly once, whatever the network does.

use super::identity::{is_uuid, line};
use super::rule::{Judging, Level, Profile, Rule};
use super::watch::Origin;
use super::{Family, Tally, Watch};
use crate::acs::{Operation, time};
use crate::transcript::Exchange;

const FAMILY: Family = Family::Idempotency;
const ID: &str = "repeatability-request-id";
const FIRST_SENT: &str = "repeatability-first-sent";
const RESULT: &str = "repeatability-result";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "REP-1",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "A create of a room carries `Repeatability-Request-ID` (a UUID) and `Repeatability-First-Sent` (IMF-fixdate).",
        source: "DS#general-repeatable-requests-request-headers; RG#repeatability-headers; OASIS Repeatable Requests 1.0",
        observed: "Both headers of every `POST /rooms`.",
        why: "Without them a retry after a lost answer makes a second room.",
        how: "Make both outside the retry policy, for operations that say they are repeatable.",
        judging: Judging::Passive(creates_are_repeatable),
    },
    Rule {
        id: "REP-2",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "Both are the same on all attempts and new for every call, and absent on GET, PATCH and DELETE.",
        source: "as REP-1",
        observed: "Both headers over the attempts of a create, over the creates of a case, and on other methods.",
        why: "A pair that changes protects nothing; a pair used twice makes the second room vanish.",
        how: "Keep the pair with the call.",
        judging: Judging::Passive(pairs_are_kept),
    },
    Rule {
        id: "REP-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Service,
        title: "When the answer to a create is lost, exactly one room exists and the caller gets it.",
        source: "RG: exactly once; REP-1",
        observed: "A create whose first answer is lost after processing, and the list of rooms after it.",
        why: "A room nobody knows of can be joined, and is never deleted.",
        how: "Obey REP-1, REP-2, RET-2 and RET-13.",
        judging: Judging::Active(lost_answers_make_one_room),
    },
    Rule {
        id: "REP-4",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "`Repeatability-Result` is exposed to the caller.",
        source: "DS#general-repeatable-requests-support-response-headers",
        observed: "The headers that the implementation lets its caller see, after a create.",
        why: "The caller cannot learn whether the service took part.",
        how: "Give access to the raw answer, with all its headers.",
        judging: Judging::Active(result_is_exposed),
    },
];

fn creates_are_repeatable(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        if request.operation() != Some(Operation::CreateRoom) {
            continue;
        }
        for (index, exchange) in &request.attempts {
            let (id, first) = pair(exchange);
            let fault = match (id, first) {
                (None, _) => Some("Repeatability-Request-ID is missing".to_owned()),
                (_, None) => Some("Repeatability-First-Sent is missing".to_owned()),
                (Some(id), _) if !is_uuid(id) => {
                    Some(format!("Repeatability-Request-ID {id:?} is no UUID"))
                }
                (_, Some(first)) if time::parse_http_date(first).is_none() => {
                    Some(format!("Repeatability-First-Sent {first:?} is no IMF-fixdate"))
                }
                _ => None,
            };
            tally.demand((step.index, *index), fault.is_none(), || {
                fault.clone().unwrap_or_default()
            });
        }
    }
}

fn pair(exchange: &Exchange) -> (Option<&str>, Option<&str>) {
    (exchange.sent.headers.get(ID), exchange.sent.headers.get(FIRST_SENT))
}

fn pairs_are_kept(watch: &Watch<'_>, tally: &mut Tally) {
    let mut seen: Vec<&str> = Vec::new();
    // What a redirect leads on is the same call.
    for (step, request) in watch.requests().filter(|(_, r)| r.origin != Origin::Redirect) {
        let (index, first) = request.attempts[0];
        if first.sent.method != "POST" {
            let (id, sent) = pair(first);
            tally.demand((step.index, index), id.is_none() && sent.is_none(), || {
                format!("{} carries Repeatability headers", line(first))
            });
            continue;
        }
        for ((_, before), (index, attempt)) in request.pairs() {
            if pair(before) == (None, None) {
                continue;
            }
            tally.demand((step.index, index), pair(before) == pair(attempt), || {
                "a retry carries other Repeatability headers than the attempt before it".to_owned()
            });
        }
        let (Some(id), _) = pair(first) else { continue };
        if !seen.is_empty() {
            tally.demand((step.index, index), !seen.contains(&id), || {
                format!("the Repeatability-Request-ID {id} of an earlier call is used again")
            });
        }
        seen.push(id);
    }
}

fn lost_answers_make_one_room(watch: &Watch<'_>, tally: &mut Tally) {
    let lost = watch.calls().find(|(step, call)| {
        call.operation == Operation::CreateRoom
            && step.requests.first().is_some_and(|request| request.first().received.is_none())
    });
    let Some((step, _)) = lost else { return };
    let place = step.index;
    let id = step.value().and_then(|value| value["id"].as_str());
    tally.demand_of_step(place, id.is_some(), || {
        format!("the answer to a create was lost, and the caller gets {}", step.outcome_words())
    });
    let listed = watch
        .calls()
        .find(|(later, call)| later.index > place && call.operation == Operation::ListRooms)
        .and_then(|(later, _)| later.value()?.as_array());
    if let Some(rooms) = listed {
        let only = rooms.len() == 1 && id.is_none_or(|id| rooms[0]["id"] == id);
        tally.demand_of_step(place, only, || {
            format!("one create left {} rooms behind", rooms.len())
        });
    }
}

fn result_is_exposed(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls().filter(|(_, call)| call.operation == Operation::CreateRoom) {
        let sent =
            step.last().and_then(|(_, exchange)| exchange.received.as_ref()?.headers.get(RESULT));
        if sent.is_none() {
            continue;
        }
        let shown = step.record.disclosed.headers.as_ref().and_then(|headers| headers.get(RESULT));
        tally.demand_of_step(step.index, shown == sent, || {
            format!("the caller of {} cannot see Repeatability-Result", call.operation)
        });
    }
}

#[cfg(test)]
#[path = "idempotency_tests.rs"]
mod tests;
