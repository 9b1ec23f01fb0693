//! Response tolerance: what a client must be able to read.

use chrono::TimeDelta;
use serde_json::Value;

use super::rule::{Judging, Level, Profile, Rule};
use super::watch::{Step, json_body};
use super::{Family, Tally, Watch, route};
use crate::acs::time;
use crate::transcript::{ErrorKind, Exchange};

const FAMILY: Family = Family::Tolerance;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "TOL-1",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Rest,
        title: "Unknown JSON members are ignored.",
        source: "RG#versioning-no-breaking-changes (additive change)",
        observed: "Answers with members that no version has: the call succeeds with the known ones.",
        why: "The service adds members without a new version.",
        how: "Read what the model knows and skip the rest.",
        judging: Judging::Active(unknown_members_are_ignored),
    },
    Rule {
        id: "TOL-2",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Rest,
        title: "An unknown value of an enumeration reaches the caller as its text.",
        source: "RG#json-return-extensible-enum-value, #json-use-extensible-enums",
        observed: "Participants with a role that no version has: the caller gets that text.",
        why: "A role of tomorrow would turn into an error, or silently into another role.",
        how: "Model enumerations as open.",
        judging: Judging::Active(unknown_roles_surface),
    },
    Rule {
        id: "TOL-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Rest,
        title: "RFC 3339 times are read in all their spellings (0 to 9 digits, offsets, lower-case `t` and `z`), and come as times.",
        source: "RG#json-date-time-is-rfc3339; RFC 3339 section 6",
        observed: "Answers with such times: the caller gets the same instants, and no text where the adapter names the SDK's own type (`native`).",
        why: "The service cuts trailing zeros, so that one room in ten has another number of digits.",
        how: "Use a real RFC 3339 reader, not a format string, and give the language's own type of time.",
        judging: Judging::Active(times_are_read),
    },
    Rule {
        id: "TOL-4",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Rest,
        title: "A missing optional member is null to the caller, not an exception.",
        source: "RG#rest-field-mutability",
        observed: "Answers without `pstnDialOutEnabled` or `role`: the call succeeds.",
        why: "Older api-versions do not have every member.",
        how: "Read optional members as optional.",
        judging: Judging::Active(missing_members_are_null),
    },
    Rule {
        id: "TOL-5",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Extra,
        title: "204 and empty bodies are handled; a 200 without the body that it should have is an error of the SDK's own.",
        source: "RG#http-delete-returns-204; IM#general-errors-use-system-types",
        observed: "Operations that are answered with an empty body.",
        why: "An empty object where a room was promised fails far away from its cause.",
        how: "Check for the body that the operation promises, and raise the SDK's own error.",
        judging: Judging::Active(empty_bodies_are_handled),
    },
    Rule {
        id: "TOL-6",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Rest,
        title: "gzip, charset parameters, header names in any case and repeated headers are tolerated.",
        source: "RG#http-header-names-case-sensitivity",
        observed: "Answers in such dress: the call succeeds with the same value.",
        why: "Gateways compress and rename on their own.",
        how: "Compare names without case, media types without parameters, and decode what was asked for.",
        judging: Judging::Active(dress_is_tolerated),
    },
    Rule {
        id: "TOL-7",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "Only the 2xx that an operation declares is a success.",
        source: "IM#general-errors-for-failed-requests",
        observed: "Operations that are answered with another 2xx: the call fails.",
        why: "A 202 for a create is a promise, not a room.",
        how: "Compare the status with the operation's own.",
        judging: Judging::Active(undeclared_success_is_an_error),
    },
];

fn unknown_members_are_ignored(watch: &Watch<'_>, tally: &mut Tally) {
    values_survive(watch, tally, "an answer with unknown members");
}

fn unknown_roles_surface(watch: &Watch<'_>, tally: &mut Tally) {
    values_survive(watch, tally, "an unknown role");
}

fn times_are_read(watch: &Watch<'_>, tally: &mut Tally) {
    values_survive(watch, tally, "an RFC 3339 time");
    for (step, (index, _)) in scripted(watch) {
        let types = &step.record.disclosed.types;
        for (member, native) in types.iter().filter(|(member, _)| TIMES.contains(&member.as_str()))
        {
            tally.demand((step.index, index), !TEXTS.contains(&native.as_str()), || {
                format!("{member} comes as {native}, where a time is documented")
            });
        }
    }
}

/// Members that hold times.
const TIMES: [&str; 3] = ["createdAt", "validFrom", "validUntil"];

/// What languages call their texts.
const TEXTS: [&str; 3] = ["str", "string", "String"];

fn missing_members_are_null(watch: &Watch<'_>, tally: &mut Tally) {
    values_survive(watch, tally, "a missing member");
}

fn dress_is_tolerated(watch: &Watch<'_>, tally: &mut Tally) {
    values_survive(watch, tally, "a dressed-up answer");
}

/// Steps that met an answer written by the scenario succeed, with what that answer says.
fn values_survive(watch: &Watch<'_>, tally: &mut Tally, what: &str) {
    for (step, (index, exchange)) in scripted(watch) {
        let place = (step.index, index);
        let Some(value) = step.value() else {
            tally.demand(place, false, || format!("{what} came to {}", step.outcome_words()));
            continue;
        };
        let lost = json_body(exchange).and_then(|body| lost(&body, value));
        tally.demand(place, lost.is_none(), || {
            format!("{what} is not what the caller gets: {}", lost.clone().unwrap_or_default())
        });
    }
}

/// Steps whose last answer was written or changed by the scenario.
fn scripted<'w, 'a>(
    watch: &'w Watch<'a>,
) -> impl Iterator<Item = (&'w Step<'a>, (usize, &'a Exchange))> {
    watch.steps.iter().filter_map(|step| {
        let (index, exchange) = step.last()?;
        exchange.attempt.fault.as_ref()?;
        exchange.received.as_ref().map(|_| (step, (index, exchange)))
    })
}

/// What of the wire's body the value lacks or has otherwise.
fn lost(body: &Value, value: &Value) -> Option<String> {
    match (body.get("value").and_then(Value::as_array), value.as_array()) {
        (Some(wire), Some(given)) => {
            let given: Vec<&Value> = given
                .iter()
                .flat_map(|item| {
                    item.as_array().map_or_else(|| vec![item], |page| page.iter().collect())
                })
                .collect();
            if given.len() < wire.len() {
                return Some(format!("{} items of {}", given.len(), wire.len()));
            }
            let skip = given.len() - wire.len();
            wire.iter().zip(&given[skip..]).find_map(|(wire, given)| members_lost(wire, given))
        }
        (Some(_), None) => Some(format!("{value} is no list")),
        _ => members_lost(body, value),
    }
}

const MEMBERS: [&str; 7] =
    ["id", "createdAt", "validFrom", "validUntil", "pstnDialOutEnabled", "rawId", "role"];

fn members_lost(wire: &Value, given: &Value) -> Option<String> {
    MEMBERS.iter().find_map(|name| {
        let (want, have) = (wire.get(*name), given.get(*name).filter(|have| !have.is_null()));
        let same = match (want.filter(|want| !want.is_null()), have) {
            (None, None) => true,
            (Some(want), Some(have)) => want == have || same_instant(want, have),
            _ => false,
        };
        let show =
            |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
        (!same)
            .then(|| format!("{name} is {} on the wire, {} to the caller", show(want), show(have)))
    })
}

/// To the millisecond, the most that every SDK can carry.
fn same_instant(one: &Value, other: &Value) -> bool {
    let instant = |value: &Value| value.as_str().and_then(time::parse);
    instant(one)
        .zip(instant(other))
        .is_some_and(|(one, other)| (one - other).abs() < TimeDelta::milliseconds(1))
}

fn empty_bodies_are_handled(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls() {
        let Some((index, exchange)) = step.last() else { continue };
        let Some(answer) = exchange.received.as_ref().filter(|answer| answer.body.is_empty())
        else {
            continue;
        };
        if !(200..300).contains(&answer.status) {
            continue;
        }
        let place = (step.index, index);
        if route::success(call.operation) == 204 || call.operation.result() == "null" {
            tally.demand(place, step.value().is_some(), || {
                format!("{} without a body came to {}", answer.status, step.outcome_words())
            });
        } else {
            let typed = step.failure().is_some_and(|failure| failure.kind != ErrorKind::Unexpected);
            tally.demand(place, typed, || {
                format!(
                    "{} without a body came to {}, no error of the SDK's own",
                    answer.status,
                    step.outcome_words()
                )
            });
        }
    }
}

fn undeclared_success_is_an_error(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls() {
        let Some((index, exchange)) = step.last() else { continue };
        let Some(status) = exchange.received.as_ref().map(|answer| answer.status) else { continue };
        if !(200..300).contains(&status) || status == route::success(call.operation) {
            continue;
        }
        tally.demand((step.index, index), step.failure().is_some(), || {
            format!("{status} is taken for a success of {}", call.operation)
        });
    }
}
