//! Answers: values, times, roles, and what is no answer at all.

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::mutant::Mutant;
use super::transport::Answer;
use crate::acs::{Operation, time};
use crate::transcript::ErrorKind;

const ROOM_TIMES: [&str; 3] = ["createdAt", "validFrom", "validUntil"];
const ROOM: [&str; 5] = ["id", "createdAt", "validFrom", "validUntil", "pstnDialOutEnabled"];
const ROLES: [&str; 4] = ["Presenter", "Attendee", "Consumer", "Collaborator"];

/// Whether an answer is a success that the operation declares.
pub(super) fn succeeded(operation: Operation, status: u16, mutant: Mutant) -> bool {
    let declared = match operation {
        Operation::CreateUser | Operation::CreateRoom => 201,
        Operation::RevokeTokens | Operation::DeleteUser | Operation::DeleteRoom => 204,
        _ => 200,
    };
    // 304 says that nothing changed: no error, and nothing to give.
    let unchanged = status == 304 && !mutant.breaks("ERR-4");
    status == declared || unchanged || (mutant.breaks("TOL-7") && (200..300).contains(&status))
}

/// The value of a successful answer, in the shape that the catalogue promises. Lists are read page
/// by page elsewhere.
pub(super) fn value(
    operation: Operation,
    answer: &Answer,
    mutant: Mutant,
) -> Result<Value, Failure> {
    if answer.status == 304 || operation.result() == "null" {
        return Ok(Value::Null);
    }
    if answer.body.is_empty() && mutant.breaks("TOL-5") {
        return Ok(Value::Null);
    }
    let body = json(answer)?;
    match operation {
        Operation::CreateUser => user(&body),
        Operation::IssueToken => token(&body),
        _ => room(&body, mutant),
    }
}

/// The items of a page, and its `nextLink` as it stands.
pub(super) fn page(
    operation: Operation,
    answer: &Answer,
    mutant: Mutant,
) -> Result<(Vec<Value>, Option<Value>), Failure> {
    let body = json(answer)?;
    let Some(items) = body.get("value").and_then(Value::as_array) else {
        return Err(decode("a page has no `value`"));
    };
    let read = |item| match operation {
        Operation::ListParticipants => participant(item, mutant),
        _ => room(item, mutant),
    };
    let items = items.iter().map(read).collect::<Result<_, _>>()?;
    Ok((items, body.get("nextLink").cloned()))
}

fn json(answer: &Answer) -> Result<Value, Failure> {
    serde_json::from_slice(&answer.body)
        .map_err(|error| decode(format!("the answer is no JSON: {error}")))
}

fn decode(message: impl Into<String>) -> Failure {
    Failure::new(ErrorKind::Decode, message)
}

fn room(body: &Value, mutant: Mutant) -> Result<Value, Failure> {
    let mut room = Map::new();
    known_only(body, &ROOM, mutant)?;
    for name in ROOM {
        match body.get(name) {
            Some(Value::String(text)) if ROOM_TIMES.contains(&name) => {
                room.insert(name.to_owned(), json!(instant(text, mutant)?));
            }
            Some(value) => _ = room.insert(name.to_owned(), value.clone()),
            None if name == "pstnDialOutEnabled" && !mutant.breaks("TOL-4") => {}
            None => return Err(decode(format!("a room has no `{name}`"))),
        }
    }
    Ok(Value::Object(room))
}

fn participant(body: &Value, mutant: Mutant) -> Result<Value, Failure> {
    known_only(body, &["rawId", "role"], mutant)?;
    let mut role = body.get("role").cloned().unwrap_or_default();
    if mutant.breaks("TOL-2") && role.as_str().is_some_and(|role| !ROLES.contains(&role)) {
        role = json!("Attendee");
    }
    Ok(json!({ "rawId": body.get("rawId"), "role": role }))
}

/// What TOL-1's mutant insists on.
fn known_only(body: &Value, known: &[&str], mutant: Mutant) -> Result<(), Failure> {
    let stranger = body
        .as_object()
        .and_then(|members| members.keys().find(|name| !known.contains(&name.as_str())))
        .filter(|_| mutant.breaks("TOL-1"));
    stranger.map_or(Ok(()), |name| Err(decode(format!("unknown member `{name}`"))))
}

fn user(body: &Value) -> Result<Value, Failure> {
    let Some(id) = body["identity"]["id"].as_str() else {
        return Err(decode("an identity has no `id`"));
    };
    Ok(match body.get("accessToken").filter(|token| !token.is_null()) {
        None => json!({ "id": id }),
        Some(token) => json!({ "id": id, "accessToken": self::token(token)? }),
    })
}

fn token(body: &Value) -> Result<Value, Failure> {
    let (Some(token), Some(expires)) = (body["token"].as_str(), body["expiresOn"].as_str()) else {
        return Err(decode("a token has no `token` or no `expiresOn`"));
    };
    Ok(json!({ "token": token, "expiresOn": instant(expires, Mutant::NONE)? }))
}

/// A time of the wire in the one spelling that callers get.
fn instant(text: &str, mutant: Mutant) -> Result<String, Failure> {
    if mutant.breaks("TOL-3") && text.contains(['t', 'z']) {
        return Err(decode(format!("{text:?} is no time")));
    }
    time::parse(text)
        .map(|instant| instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
        .ok_or_else(|| decode(format!("{text:?} is no time")))
}
