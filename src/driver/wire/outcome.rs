//! From an exchange to what the operation came to.

use serde_json::{Map, Value};

use super::client::{Answered, Trouble};
use crate::acs::Operation;
use crate::acs::error::ServiceError;
use crate::transcript::{ErrorKind, Failure, Outcome, Received};

const ROOM: [&str; 5] = ["id", "createdAt", "validFrom", "validUntil", "pstnDialOutEnabled"];
const PARTICIPANT: [&str; 2] = ["rawId", "role"];
const TOKEN: [&str; 2] = ["token", "expiresOn"];

/// The body as JSON; the error says what is wrong with it.
pub fn json_of(received: &Received) -> Result<Value, String> {
    serde_json::from_slice(&received.body).map_err(|error| error.to_string())
}

/// The outcome of an operation that is answered in one exchange.
pub fn outcome_of(operation: Operation, answered: &Answered) -> Outcome {
    match success_of(operation, answered) {
        Ok(received) => match value_of(operation, received) {
            Ok(value) => Outcome::Ok(value),
            Err(why) => Outcome::Err(unreadable(received, &why)),
        },
        Err(failure) => Outcome::Err(*failure),
    }
}

/// The answer, if it is the one that the operation declares as its success.
pub(super) fn success_of(
    operation: Operation,
    answered: &Answered,
) -> Result<&Received, Box<Failure>> {
    match &answered.exchange.received {
        Some(received) if received.status == success(operation) => Ok(received),
        _ => Err(Box::new(failure_of(answered))),
    }
}

/// Why an exchange is no success: what the service said, or what broke.
pub fn failure_of(answered: &Answered) -> Failure {
    let Some(received) = &answered.exchange.received else {
        let kind = match answered.trouble {
            Some(Trouble::Timeout) => ErrorKind::Timeout,
            Some(Trouble::Unsendable) => ErrorKind::Validation,
            _ => ErrorKind::Transport,
        };
        let message = answered.exchange.broken.clone().unwrap_or_default();
        return failure(kind, None, None, message);
    };
    let error = ServiceError::from_json(&received.body);
    let header = received.headers.get("x-ms-error-code").map(str::to_owned);
    let (code, message) = match error {
        Some(error) => (Some(error.code), error.message),
        None => (header, format!("the service answered {}", received.status)),
    };
    let kind = if received.status < 400 { ErrorKind::Unexpected } else { ErrorKind::Http };
    Failure {
        request_id: received.headers.get("ms-cv").map(str::to_owned),
        ..failure(kind, Some(received.status), code, message)
    }
}

pub(super) fn unreadable(received: &Received, why: &str) -> Failure {
    let message = format!("the answer with status {} cannot be read: {why}", received.status);
    failure(ErrorKind::Decode, Some(received.status), None, message)
}

pub(super) fn failure(
    kind: ErrorKind,
    status: Option<u16>,
    code: Option<String>,
    message: String,
) -> Failure {
    Failure { kind, status, code, message, request_id: None, native: None }
}

const fn success(operation: Operation) -> u16 {
    match operation {
        Operation::CreateUser | Operation::CreateRoom => 201,
        Operation::RevokeTokens | Operation::DeleteUser | Operation::DeleteRoom => 204,
        _ => 200,
    }
}

fn value_of(operation: Operation, received: &Received) -> Result<Value, String> {
    match operation {
        Operation::CreateUser => user(&json_of(received)?),
        Operation::IssueToken => pick(&json_of(received)?, &TOKEN),
        Operation::CreateRoom | Operation::GetRoom | Operation::UpdateRoom => {
            pick(&json_of(received)?, &ROOM)
        }
        _ => Ok(Value::Null),
    }
}

/// One item of a list, with the members that the catalogue names.
pub(super) fn item(operation: Operation, value: &Value) -> Result<Value, String> {
    pick(value, if operation == Operation::ListRooms { &ROOM } else { &PARTICIPANT })
}

fn user(value: &Value) -> Result<Value, String> {
    let id = value.pointer("/identity/id").ok_or("it has no identity.id")?;
    let mut flat = Map::new();
    flat.insert("id".to_owned(), id.clone());
    if let Some(token) = value.get("accessToken") {
        flat.insert("accessToken".to_owned(), pick(token, &TOKEN)?);
    }
    Ok(Value::Object(flat))
}

/// Members that the catalogue does not name are no part of an outcome: no SDK shows them.
fn pick(value: &Value, names: &[&str]) -> Result<Value, String> {
    let object = value.as_object().ok_or("it is no JSON object")?;
    let picked = names
        .iter()
        .filter_map(|name| object.get(*name).map(|value| ((*name).to_owned(), value.clone())));
    Ok(Value::Object(picked.collect()))
}
