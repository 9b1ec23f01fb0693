//! What a request carries: only what the caller set.

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::mutant::Mutant;
use crate::acs::{Operation, time};
use crate::transcript::ErrorKind;

const CREATE_USER: &[(&str, &str)] =
    &[("scopes", "createTokenWithScopes"), ("expires_in_minutes", "expiresInMinutes")];
const ISSUE_TOKEN: &[(&str, &str)] =
    &[("scopes", "scopes"), ("expires_in_minutes", "expiresInMinutes")];
const ROOM: &[(&str, &str)] = &[
    ("valid_from", "validFrom"),
    ("valid_until", "validUntil"),
    ("pstn_dial_out_enabled", "pstnDialOutEnabled"),
];

/// The body of an operation; `None` for those without one.
///
/// # Errors
///
/// Arguments that no body can be made of.
pub(super) fn of(
    operation: Operation,
    arguments: &Map<String, Value>,
    mutant: Mutant,
) -> Result<Option<Value>, Failure> {
    let body = match operation {
        Operation::CreateUser => given(arguments, CREATE_USER),
        Operation::IssueToken => given(arguments, ISSUE_TOKEN),
        Operation::CreateRoom => create(arguments, mutant)?,
        Operation::UpdateRoom => update(arguments, mutant)?,
        Operation::AddOrUpdateParticipants => participants(arguments, "participants"),
        Operation::RemoveParticipants => removed(arguments, mutant),
        _ => return Ok(None),
    };
    Ok(Some(Value::Object(body)))
}

fn given(arguments: &Map<String, Value>, members: &[(&str, &str)]) -> Map<String, Value> {
    members
        .iter()
        .filter_map(|(argument, member)| {
            Some(((*member).to_owned(), arguments.get(*argument)?.clone()))
        })
        .collect()
}

fn create(arguments: &Map<String, Value>, mutant: Mutant) -> Result<Map<String, Value>, Failure> {
    let mut body = room(arguments)?;
    if arguments.contains_key("participants") {
        body.extend(participants(arguments, "participants"));
    }
    if mutant.breaks("REQ-7") {
        body.insert("clientVersion".to_owned(), json!("1.0"));
    }
    if mutant.breaks("REQ-8") {
        body.entry("pstnDialOutEnabled").or_insert(Value::Bool(false));
    }
    if mutant.breaks("REQ-12") {
        refuse_reversed(&body)?;
    }
    Ok(body)
}

fn update(arguments: &Map<String, Value>, mutant: Mutant) -> Result<Map<String, Value>, Failure> {
    let mut body = room(arguments)?;
    for (_, member) in ROOM {
        if mutant.breaks("REQ-9") {
            body.entry(*member).or_insert(Value::Null);
        }
        if mutant.breaks("REQ-11")
            && let Some(Value::String(text)) = body.get_mut(*member)
        {
            text.truncate("yyyy-mm-ddThh:mm:ss".len());
        }
    }
    Ok(body)
}

/// The members of a room that the caller set, times in UTC.
fn room(arguments: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let mut body = given(arguments, ROOM);
    for value in body.values_mut() {
        if let Value::String(text) = value {
            let Some(instant) = time::parse(text) else {
                let message = format!("{text:?} is no RFC 3339 time");
                return Err(Failure::new(ErrorKind::Validation, message));
            };
            *text = instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        }
    }
    Ok(body)
}

/// What REQ-12's mutant takes upon itself.
fn refuse_reversed(body: &Map<String, Value>) -> Result<(), Failure> {
    let at = |name: &str| body.get(name).and_then(Value::as_str).and_then(time::parse);
    match (at("validFrom"), at("validUntil")) {
        (Some(from), Some(until)) if until < from => {
            Err(Failure::new(ErrorKind::Validation, "validUntil is before validFrom"))
        }
        _ => Ok(()),
    }
}

/// The caller's list as the map that the service merges.
fn participants(arguments: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let Some(list) = arguments.get(name).and_then(Value::as_array) else {
        return [(name.to_owned(), Value::Null)].into_iter().collect();
    };
    let merged: Map<String, Value> = list
        .iter()
        .filter_map(|entry| {
            let id = entry.get("id")?.as_str()?.to_owned();
            let role = entry.get("role").map_or_else(|| json!({}), |role| json!({ "role": role }));
            Some((id, role))
        })
        .collect();
    [(name.to_owned(), Value::Object(merged))].into_iter().collect()
}

fn removed(arguments: &Map<String, Value>, mutant: Mutant) -> Map<String, Value> {
    let gone = if mutant.breaks("REQ-10") { json!({ "role": null }) } else { Value::Null };
    let merged: Map<String, Value> = arguments
        .get("participants")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|id| Some((id.as_str()?.to_owned(), gone.clone())))
        .collect();
    [("participants".to_owned(), Value::Object(merged))].into_iter().collect()
}
