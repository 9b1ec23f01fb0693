//! The judges of bodies and of what is validated where (REQ-7 to REQ-13).

use serde_json::{Map, Value};

use super::identity::line;
use super::watch::{Step, api_versions, sent_json};
use super::{Tally, Watch};
use crate::acs::{Operation, Service, time};
use crate::transcript::{Called, ErrorKind, Exchange};

/// The first api-version with `pstnDialOutEnabled`.
const PSTN_SINCE: &str = "2023-10-30-preview";
const TIMES: [&str; 2] = ["validFrom", "validUntil"];

pub(super) fn members_are_known(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        let Some(operation) = request.operation() else { continue };
        for (index, exchange) in request.attempts.iter().filter(|(_, e)| !e.sent.body.is_empty()) {
            if cut_off(exchange) {
                continue;
            }
            let fault = body_fault(operation, exchange);
            tally.demand((step.index, *index), fault.is_none(), || {
                format!("{}: {}", line(exchange), fault.clone().unwrap_or_default())
            });
        }
    }
}

/// A fault ended the request before its body was whole.
fn cut_off(exchange: &Exchange) -> bool {
    let length = exchange.sent.headers.get("content-length").and_then(|text| text.parse().ok());
    length.is_some_and(|length: usize| length > exchange.sent.body.len())
        && exchange.received.is_none()
}

fn body_fault(operation: Operation, exchange: &Exchange) -> Option<String> {
    let Some(body) = sent_json(exchange) else {
        return Some("the body is no UTF-8 JSON".to_owned());
    };
    let Value::Object(body) = &body else { return Some(format!("the body is {body}, no object")) };
    let version = api_versions(exchange).first().copied().unwrap_or_default();
    let known = members(operation, version);
    if let Some(name) = body.keys().find(|name| !known.contains(&name.as_str())) {
        return Some(format!("the api-version {version} has no member {name:?}"));
    }
    let participants = body.get("participants")?.as_object()?;
    participants
        .values()
        .filter_map(Value::as_object)
        .flat_map(Map::keys)
        .find(|name| *name != "role")
        .map(|name| format!("a participant has no member {name:?}"))
}

fn members(operation: Operation, version: &str) -> Vec<&'static str> {
    let room = |mut members: Vec<&'static str>| {
        if version >= PSTN_SINCE {
            members.push("pstnDialOutEnabled");
        }
        members
    };
    match operation {
        Operation::CreateUser => vec!["createTokenWithScopes", "expiresInMinutes"],
        Operation::IssueToken => vec!["scopes", "expiresInMinutes"],
        Operation::CreateRoom => room(vec!["validFrom", "validUntil", "participants"]),
        Operation::UpdateRoom => room(vec!["validFrom", "validUntil"]),
        Operation::AddOrUpdateParticipants | Operation::RemoveParticipants => vec!["participants"],
        _ => Vec::new(),
    }
}

/// The arguments of an operation that become members of its body.
fn arguments(operation: Operation) -> &'static [(&'static str, &'static str)] {
    match operation {
        Operation::CreateUser => {
            &[("scopes", "createTokenWithScopes"), ("expires_in_minutes", "expiresInMinutes")]
        }
        Operation::IssueToken => &[("expires_in_minutes", "expiresInMinutes")],
        Operation::CreateRoom => &[
            ("valid_from", "validFrom"),
            ("valid_until", "validUntil"),
            ("pstn_dial_out_enabled", "pstnDialOutEnabled"),
            ("participants", "participants"),
        ],
        Operation::UpdateRoom => &[
            ("valid_from", "validFrom"),
            ("valid_until", "validUntil"),
            ("pstn_dial_out_enabled", "pstnDialOutEnabled"),
        ],
        _ => &[],
    }
}

pub(super) fn unset_members_are_absent(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls().filter(|(_, call)| call.operation != Operation::UpdateRoom) {
        for (place, body) in bodies(step) {
            for (argument, member) in arguments(call.operation) {
                if call.arguments.contains_key(*argument) {
                    continue;
                }
                tally.demand(place, body.get(*member).is_none(), || {
                    format!("`{argument}` was not set, and {member}: {} is sent", body[*member])
                });
            }
            for (id, sent) in unset_roles(call, &body) {
                tally.demand(place, sent.is_none(), || {
                    format!(
                        "no role was given for {id}, and {} is sent",
                        sent.clone().unwrap_or_default()
                    )
                });
            }
        }
    }
}

/// The participants that were given without a role, each with what was sent as its role.
fn unset_roles(call: &Called, body: &Value) -> Vec<(String, Option<Value>)> {
    let entries = call.arguments.get("participants").and_then(Value::as_array);
    entries
        .into_iter()
        .flatten()
        .filter(|entry| entry.is_object() && entry.get("role").is_none())
        .filter_map(|entry| entry.get("id")?.as_str())
        .map(|id| (id.to_owned(), body["participants"][id].get("role").cloned()))
        .collect()
}

pub(super) fn patches_hold_changes(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls().filter(|(_, call)| call.operation == Operation::UpdateRoom) {
        for (place, body) in bodies(step) {
            let fault = arguments(call.operation).iter().find_map(|(argument, member)| {
                match (call.arguments.get(*argument), body.get(*member)) {
                    (None, Some(sent)) => {
                        Some(format!("`{argument}` was not set, and {member}: {sent} is sent"))
                    }
                    (Some(given), None) => {
                        Some(format!("`{argument}` is {given}, and {member} is not sent"))
                    }
                    (Some(given), Some(sent)) if !is_same(given, sent) => {
                        Some(format!("`{argument}` is {given}, and {member}: {sent} is sent"))
                    }
                    _ => None,
                }
            });
            tally.demand(place, fault.is_none(), || fault.clone().unwrap_or_default());
        }
    }
}

pub(super) fn participants_are_mapped(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls() {
        let removes = call.operation == Operation::RemoveParticipants;
        if !removes && call.operation != Operation::AddOrUpdateParticipants {
            continue;
        }
        for (place, body) in bodies(step) {
            let fault = participants_fault(call, &body, removes);
            tally.demand(place, fault.is_none(), || fault.clone().unwrap_or_default());
        }
    }
}

fn participants_fault(call: &Called, body: &Value, removes: bool) -> Option<String> {
    let sent = body.get("participants").and_then(Value::as_object);
    let Some(sent) = sent else { return Some(format!("participants are no map in {body}")) };
    let given = call.arguments.get("participants").and_then(Value::as_array)?;
    let id_of =
        |entry: &Value| entry.as_str().or_else(|| entry.get("id")?.as_str()).map(str::to_owned);
    let ids: Vec<String> = given.iter().filter_map(id_of).collect();
    if let Some(stranger) = sent.keys().find(|id| !ids.contains(id)) {
        return Some(format!("{stranger} was not named, and is sent"));
    }
    ids.iter().find_map(|id| match sent.get(id) {
        None => Some(format!("{id} was named, and is not sent")),
        Some(value) if removes && !value.is_null() => {
            Some(format!("{id} is to be removed, and {value} is sent in place of null"))
        }
        Some(value) if !removes && !value.is_object() => {
            Some(format!("{id} is to be added, and {value} is sent in place of a role"))
        }
        Some(value) if !removes => role_fault(id, given, value),
        Some(_) => None,
    })
}

/// What is wrong with the role that is sent for a participant. Of one that is named twice the last
/// entry counts; what is sent where none was given, REQ-8 judges.
fn role_fault(id: &str, given: &[Value], sent: &Value) -> Option<String> {
    let of = |entry: &&Value| entry.get("id").and_then(Value::as_str) == Some(id);
    let role = given.iter().rfind(of)?.get("role")?;
    let sent = sent.get("role").unwrap_or(&Value::Null);
    (role != sent).then(|| format!("{id} is given the role {role}, and {sent} is sent"))
}

/// Whether a member says what was given: times by their instant, whatever their spelling.
fn is_same(given: &Value, sent: &Value) -> bool {
    let instant = |value: &Value| value.as_str().and_then(time::parse);
    match (instant(given), instant(sent)) {
        // Some SDKs send whole microseconds or milliseconds.
        (Some(given), Some(sent)) => (given - sent).num_milliseconds() == 0,
        // How a time is written, REQ-11 judges.
        (Some(_), None) if sent.is_string() => true,
        _ => given == sent,
    }
}

/// The bodies that a step's requests carry, each with its place.
fn bodies(step: &Step<'_>) -> Vec<((usize, usize), Value)> {
    step.requests
        .iter()
        .flat_map(|request| &request.attempts)
        .filter_map(|(index, exchange)| Some(((step.index, *index), sent_json(exchange)?)))
        .collect()
}

pub(super) fn dates_are_formatted(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        for name in ["x-ms-date", "date", "repeatability-first-sent"] {
            for value in exchange.sent.headers.all(name) {
                tally.demand(place, time::parse_http_date(value).is_some(), || {
                    format!("{name} {value:?} is no IMF-fixdate")
                });
            }
        }
        let Some(body) = sent_json(exchange) else { continue };
        for value in TIMES.iter().filter_map(|name| body.get(*name)).filter(|v| !v.is_null()) {
            let obeyed = value.as_str().is_some_and(|text| time::parse(text).is_some());
            tally.demand(place, obeyed, || format!("the time {value} is no RFC 3339 with a zone"));
        }
    }
}

pub(super) fn service_parameters_pass(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls().filter(|(_, c)| c.operation.service() == Service::Rooms) {
        let at =
            |name: &str| call.arguments.get(name).and_then(Value::as_str).and_then(time::parse);
        let (Some(from), Some(until)) = (at("valid_from"), at("valid_until")) else { continue };
        if until < from {
            tally.demand_of_step(step.index, !step.requests.is_empty(), || {
                format!(
                    "the client itself refused a validity that ends before it begins: {}",
                    step.outcome_words()
                )
            });
        }
    }
}

pub(super) fn empty_ids_are_refused(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls() {
        let Some(id) = call.arguments.get("room_id") else { continue };
        if !(id.is_null() || id.as_str() == Some("")) {
            continue;
        }
        let sent = step.last().map(|(_, exchange)| line(exchange));
        let refused = step.failure().is_some_and(|failure| failure.kind == ErrorKind::Validation);
        tally.demand_of_step(step.index, sent.is_none() && refused, || match sent {
            Some(sent) => format!("the room id {id} was not refused: {sent} was sent"),
            None => format!(
                "the room id {id} came to {}, no error of kind validation",
                step.outcome_words()
            ),
        });
    }
}
