//! From an operation of the catalogue with its arguments to the request that goes on the wire.
//!
//! Owns paths, queries and bodies; credentials, Repeatability and client headers are the client's.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{ApiVersion, Argument, ArgumentKind, Operation, time};

/// All but the unreserved characters of RFC 3986: a value stays one segment of the path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub const JSON: &str = "application/json";
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// A request before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireRequest {
    pub method: &'static str,
    /// Path and query, encoded.
    pub target: String,
    /// `None` when there is no body.
    pub content_type: Option<&'static str>,
    pub body: Bytes,
    /// Whether it carries Repeatability headers, so that it may be sent again.
    pub repeatable: bool,
}

/// Arguments that no request can be made of; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    #[error("`{operation}` needs the argument `{name}` ({about})")]
    Missing { operation: Operation, name: &'static str, about: &'static str },
    #[error("`{operation}` has no argument `{name}`")]
    Unknown { operation: Operation, name: String },
    #[error("argument `{name}` of `{operation}` must be {expected}, not {actual}")]
    Type { operation: Operation, name: String, expected: &'static str, actual: String },
}

impl WireRequest {
    /// Makes the request. Arguments are absent, null or a value, and stay so in the body.
    ///
    /// # Errors
    ///
    /// When an argument is unknown, missing or of the wrong type.
    pub fn new(
        operation: Operation,
        arguments: &Map<String, Value>,
        version: &ApiVersion,
    ) -> Result<Self, ArgumentError> {
        check(operation, arguments)?;
        let (method, path) = route(operation, arguments);
        let body = body(operation, arguments);
        let version = utf8_percent_encode(version.as_str(), SEGMENT);
        Ok(Self {
            method,
            target: format!("{path}?api-version={version}"),
            content_type: body.as_ref().map(|_| if method == "PATCH" { MERGE_PATCH } else { JSON }),
            body: body.map(|body| Bytes::from(body.to_string())).unwrap_or_default(),
            repeatable: operation == Operation::CreateRoom,
        })
    }
}

fn check(operation: Operation, arguments: &Map<String, Value>) -> Result<(), ArgumentError> {
    let known = operation.arguments();
    for (name, value) in arguments {
        let Some(argument) = known.iter().find(|argument| argument.name == name) else {
            return Err(ArgumentError::Unknown { operation, name: name.clone() });
        };
        check_value(operation, argument, value)?;
    }
    for argument in known.iter().filter(|argument| argument.required) {
        if !arguments.contains_key(argument.name) {
            let (name, about) = (argument.name, argument.about);
            return Err(ArgumentError::Missing { operation, name, about });
        }
    }
    Ok(())
}

fn check_value(
    operation: Operation,
    argument: &Argument,
    value: &Value,
) -> Result<(), ArgumentError> {
    let in_path = matches!(argument.kind, ArgumentKind::RoomId | ArgumentKind::UserId);
    if value.is_null() && !in_path {
        return Ok(());
    }
    let (fits, expected) = match argument.kind {
        ArgumentKind::RoomId | ArgumentKind::UserId => {
            (value.as_str().is_some_and(|text| !text.is_empty()), "a text that is not empty")
        }
        ArgumentKind::Time => (value.as_str().and_then(time::parse).is_some(), "an RFC 3339 time"),
        ArgumentKind::Boolean => (value.is_boolean(), "true or false"),
        ArgumentKind::Integer => (value.is_i64() || value.is_u64(), "a whole number"),
        ArgumentKind::Text => (value.is_string(), "a text"),
        ArgumentKind::Scopes | ArgumentKind::UserIds => {
            (all(value, Value::is_string), "a list of texts")
        }
        ArgumentKind::Participants => (all(value, is_participant), "a list of `{ id, role }`"),
    };
    if fits {
        return Ok(());
    }
    let (name, actual) = (argument.name.to_owned(), value.to_string());
    Err(ArgumentError::Type { operation, name, expected, actual })
}

fn all(value: &Value, fits: fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(fits))
}

fn is_participant(value: &Value) -> bool {
    value.as_object().is_some_and(|entry| {
        entry.get("id").is_some_and(Value::is_string)
            && entry.get("role").is_none_or(|role| role.is_string() || role.is_null())
            && entry.keys().all(|key| key == "id" || key == "role")
    })
}

fn route(operation: Operation, arguments: &Map<String, Value>) -> (&'static str, String) {
    let segment = |name: &str| {
        let text = arguments.get(name).and_then(Value::as_str).unwrap_or_default();
        utf8_percent_encode(text, SEGMENT).to_string()
    };
    let room = || format!("/rooms/{}", segment("room_id"));
    let user = || format!("/identities/{}", segment("id"));
    match operation {
        Operation::CreateUser => ("POST", "/identities".to_owned()),
        Operation::IssueToken => ("POST", format!("{}/:issueAccessToken", user())),
        Operation::RevokeTokens => ("POST", format!("{}/:revokeAccessTokens", user())),
        Operation::DeleteUser => ("DELETE", user()),
        Operation::CreateRoom => ("POST", "/rooms".to_owned()),
        Operation::ListRooms => ("GET", "/rooms".to_owned()),
        Operation::GetRoom => ("GET", room()),
        Operation::UpdateRoom => ("PATCH", room()),
        Operation::DeleteRoom => ("DELETE", room()),
        Operation::ListParticipants => ("GET", format!("{}/participants", room())),
        Operation::AddOrUpdateParticipants | Operation::RemoveParticipants => {
            ("PATCH", format!("{}/participants", room()))
        }
    }
}

fn body(operation: Operation, arguments: &Map<String, Value>) -> Option<Value> {
    let members: &[(&str, &str)] = match operation {
        Operation::CreateUser => {
            &[("scopes", "createTokenWithScopes"), ("expires_in_minutes", "expiresInMinutes")]
        }
        Operation::IssueToken => {
            &[("scopes", "scopes"), ("expires_in_minutes", "expiresInMinutes")]
        }
        Operation::CreateRoom
        | Operation::UpdateRoom
        | Operation::AddOrUpdateParticipants
        | Operation::RemoveParticipants => &[
            ("valid_from", "validFrom"),
            ("valid_until", "validUntil"),
            ("pstn_dial_out_enabled", "pstnDialOutEnabled"),
            ("participants", "participants"),
        ],
        _ => return None,
    };
    let mut body = Map::new();
    for (argument, member) in members {
        if let Some(value) = arguments.get(*argument) {
            let value = if *argument == "participants" { merge(value) } else { value.clone() };
            body.insert((*member).to_owned(), value);
        }
    }
    Some(Value::Object(body))
}

/// A list of participants, or of ids to remove, as the map that the service merges.
fn merge(list: &Value) -> Value {
    let Some(entries) = list.as_array() else { return Value::Null };
    let merged: Map<String, Value> = entries
        .iter()
        .filter_map(|entry| match entry {
            Value::String(id) => Some((id.clone(), Value::Null)),
            entry => {
                let id = entry.get("id")?.as_str()?.to_owned();
                let role = entry.get("role").map(|role| json!({ "role": role }));
                Some((id, role.unwrap_or_else(|| json!({}))))
            }
        })
        .collect();
    Value::Object(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(operation: Operation, arguments: Value) -> Result<WireRequest, ArgumentError> {
        let Value::Object(arguments) = arguments else { panic!("{arguments}") };
        WireRequest::new(operation, &arguments, &ApiVersion::new("2025-03-13"))
    }

    fn body_of(operation: Operation, arguments: Value) -> String {
        let request = make(operation, arguments).unwrap_or_else(|error| panic!("{error}"));
        String::from_utf8_lossy(&request.body).into_owned()
    }

    #[test]
    fn absent_null_and_a_value_stay_three_different_things() {
        assert_eq!(body_of(Operation::CreateRoom, json!({})), "{}");
        assert_eq!(
            body_of(
                Operation::CreateRoom,
                json!({ "valid_from": null, "pstn_dial_out_enabled": false, "participants": null })
            ),
            r#"{"validFrom":null,"pstnDialOutEnabled":false,"participants":null}"#
        );
        assert_eq!(
            body_of(Operation::UpdateRoom, json!({ "room_id": "1", "valid_until": null })),
            r#"{"validUntil":null}"#
        );
    }

    #[test]
    fn participants_become_a_map_in_the_order_of_the_list() {
        let list =
            json!([{ "id": "b", "role": "Presenter" }, { "id": "a" }, { "id": "c", "role": null }]);
        assert_eq!(
            body_of(Operation::CreateRoom, json!({ "participants": list })),
            r#"{"participants":{"b":{"role":"Presenter"},"a":{},"c":{"role":null}}}"#
        );
        assert_eq!(
            body_of(
                Operation::RemoveParticipants,
                json!({ "room_id": "1", "participants": ["b", "a"] })
            ),
            r#"{"participants":{"b":null,"a":null}}"#
        );
    }

    #[test]
    fn an_id_stays_one_segment_of_the_path() {
        let request = make(Operation::GetRoom, json!({ "room_id": "a b/c?d#é" }))
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(request.target, "/rooms/a%20b%2Fc%3Fd%23%C3%A9?api-version=2025-03-13");
        assert_eq!((request.method, request.content_type), ("GET", None));
        assert!(request.body.is_empty() && !request.repeatable);
    }

    #[test]
    fn updates_are_merge_patches_and_creates_are_repeatable() {
        let patch = make(Operation::UpdateRoom, json!({ "room_id": "1" })).map(|r| r.content_type);
        assert_eq!(patch, Ok(Some(MERGE_PATCH)));
        let create = make(Operation::CreateRoom, json!({}));
        assert_eq!(create.map(|r| (r.repeatable, r.content_type)), Ok((true, Some(JSON))));
    }

    #[test]
    fn wrong_arguments_are_refused_before_anything_is_sent() {
        for (operation, arguments, message) in [
            (Operation::GetRoom, json!({}), "needs the argument `room_id`"),
            (Operation::GetRoom, json!({ "room_id": null }), "must be a text that is not empty"),
            (Operation::GetRoom, json!({ "room_id": "" }), "must be a text that is not empty"),
            (Operation::GetRoom, json!({ "room_id": "1", "x": 1 }), "has no argument `x`"),
            (Operation::CreateRoom, json!({ "valid_from": "soon" }), "must be an RFC 3339 time"),
            (Operation::CreateRoom, json!({ "participants": [{}] }), "a list of `{ id, role }`"),
            (Operation::ListRooms, json!({ "take": "1" }), "must be a whole number"),
        ] {
            let error = make(operation, arguments).err().map(|error| error.to_string());
            assert!(error.as_ref().is_some_and(|text| text.contains(message)), "{error:?}");
        }
    }

    #[test]
    fn every_operation_of_the_catalogue_has_a_request() {
        for operation in Operation::ALL {
            let arguments: Map<String, Value> = operation
                .arguments()
                .iter()
                .filter(|argument| argument.required)
                .map(|argument| {
                    let value = match argument.kind {
                        ArgumentKind::Scopes | ArgumentKind::UserIds => json!(["voip"]),
                        ArgumentKind::Participants => json!([{ "id": "a" }]),
                        _ => json!("99421631042321048"),
                    };
                    (argument.name.to_owned(), value)
                })
                .collect();
            let request = make(operation, Value::Object(arguments));
            assert!(
                request.is_ok_and(|request| request.target.contains("?api-version=")),
                "{operation}"
            );
        }
    }
}
