//! From a request back to the operation that it performs: the inverse of
//! [`WireRequest::new`](super::WireRequest::new), for requests that somebody else made.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::Operation;

/// What a request asks for, in the words of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognition {
    pub operation: Operation,
    /// As a `call` step gives them; what the body holds beyond the operation's arguments is left
    /// out.
    pub arguments: Map<String, Value>,
    /// The value of `api-version`, decoded.
    pub api_version: Option<String>,
    /// Whether the request asks for a further page of a list.
    pub continues: bool,
    /// Whether the arguments say all that the body says.
    pub is_exact: bool,
}

/// Recognises a request by its method, path and body; `target` is path and query, as sent.
/// `None` for a path or method that no operation of the catalogue has.
pub fn recognize(method: &str, target: &str, body: &[u8]) -> Option<Recognition> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let (operation, id) = operation(method, &segments, body.as_ref())?;
    let mut arguments = Map::new();
    if let Some(id) = id {
        let name = if segments.first() == Some(&"rooms") { "room_id" } else { "id" };
        let decoded = percent_decode_str(id).decode_utf8_lossy().into_owned();
        arguments.insert(name.to_owned(), Value::String(decoded));
    }
    let is_exact = take_body(operation, body.as_ref(), &mut arguments);
    Some(Recognition {
        operation,
        arguments,
        api_version: parameter(query, "api-version"),
        continues: parameter(query, "nextLink").is_some(),
        is_exact,
    })
}

fn operation<'a>(
    method: &str,
    segments: &[&'a str],
    body: Option<&Value>,
) -> Option<(Operation, Option<&'a str>)> {
    let found = match (method, segments) {
        ("POST", ["rooms"]) => (Operation::CreateRoom, None),
        ("GET", ["rooms"]) => (Operation::ListRooms, None),
        ("GET", ["rooms", id]) => (Operation::GetRoom, Some(*id)),
        ("PATCH", ["rooms", id]) => (Operation::UpdateRoom, Some(*id)),
        ("DELETE", ["rooms", id]) => (Operation::DeleteRoom, Some(*id)),
        ("GET", ["rooms", id, "participants"]) => (Operation::ListParticipants, Some(*id)),
        ("PATCH", ["rooms", id, "participants"]) if removes(body) => {
            (Operation::RemoveParticipants, Some(*id))
        }
        ("PATCH", ["rooms", id, "participants"]) => (Operation::AddOrUpdateParticipants, Some(*id)),
        ("POST", ["identities"]) => (Operation::CreateUser, None),
        ("POST", ["identities", id, ":issueAccessToken"]) => (Operation::IssueToken, Some(*id)),
        ("POST", ["identities", id, ":revokeAccessTokens"]) => (Operation::RevokeTokens, Some(*id)),
        ("DELETE", ["identities", id]) => (Operation::DeleteUser, Some(*id)),
        _ => return None,
    };
    Some(found)
}

/// Whether a merge-patch of participants removes, and does nothing else.
fn removes(body: Option<&Value>) -> bool {
    let participants = body.and_then(|body| body.get("participants")?.as_object());
    participants.is_some_and(|all| !all.is_empty() && all.values().all(Value::is_null))
}

fn take_body(
    operation: Operation,
    body: Option<&Value>,
    arguments: &mut Map<String, Value>,
) -> bool {
    let Some(Value::Object(members)) = body else { return body.is_none() };
    let mut is_exact = true;
    for (member, value) in members {
        let name = match member.as_str() {
            "validFrom" => "valid_from",
            "validUntil" => "valid_until",
            "pstnDialOutEnabled" => "pstn_dial_out_enabled",
            "participants" => "participants",
            "scopes" | "createTokenWithScopes" => "scopes",
            "expiresInMinutes" => "expires_in_minutes",
            _ => "",
        };
        let known = operation.arguments().iter().any(|argument| argument.name == name);
        let value = if name == "participants" { unmerge(operation, value) } else { value.clone() };
        if known {
            arguments.insert(name.to_owned(), value);
        } else {
            is_exact = false;
        }
    }
    is_exact
}

/// The map that the service merges as a list of participants, or of ids to remove.
fn unmerge(operation: Operation, value: &Value) -> Value {
    let Some(entries) = value.as_object() else { return value.clone() };
    entries
        .iter()
        .map(|(id, entry)| match (operation, entry.get("role")) {
            (Operation::RemoveParticipants, _) => Value::String(id.clone()),
            (_, Some(role)) => json!({ "id": id, "role": role }),
            (_, None) => json!({ "id": id }),
        })
        .collect()
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let value = query
        .split('&')
        .filter_map(|part| part.split_once('='))
        .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::{ApiVersion, WireRequest};

    #[test]
    fn every_request_that_we_make_is_recognised_again() {
        let user = "8:acs:0-0_0-1";
        let calls = [
            (Operation::CreateUser, json!({ "scopes": ["voip"], "expires_in_minutes": 60 })),
            (Operation::IssueToken, json!({ "id": user, "scopes": ["chat"] })),
            (Operation::RevokeTokens, json!({ "id": user })),
            (Operation::DeleteUser, json!({ "id": user })),
            (
                Operation::CreateRoom,
                json!({
                    "valid_from": "2026-01-01T00:00:00Z", "pstn_dial_out_enabled": null,
                    "participants": [{ "id": user, "role": "Presenter" }, { "id": "8:acs:2" }],
                }),
            ),
            (Operation::GetRoom, json!({ "room_id": "994 / ?" })),
            (Operation::UpdateRoom, json!({ "room_id": "99", "pstn_dial_out_enabled": true })),
            (Operation::ListRooms, json!({})),
            (Operation::DeleteRoom, json!({ "room_id": "99" })),
            (Operation::ListParticipants, json!({ "room_id": "99" })),
            (
                Operation::AddOrUpdateParticipants,
                json!({
                    "room_id": "99", "participants": [{ "id": user, "role": null }],
                }),
            ),
            (Operation::RemoveParticipants, json!({ "room_id": "99", "participants": [user] })),
        ];
        for (operation, arguments) in calls {
            let Value::Object(arguments) = arguments else { panic!("{arguments}") };
            let request = WireRequest::new(operation, &arguments, &ApiVersion::new("2025-03-13"))
                .unwrap_or_else(|error| panic!("{operation}: {error}"));
            let found = recognize(request.method, &request.target, &request.body)
                .unwrap_or_else(|| panic!("{operation} {}", request.target));
            assert_eq!((found.operation, &found.arguments), (operation, &arguments));
            assert_eq!(found.api_version.as_deref(), Some("2025-03-13"));
            assert!(found.is_exact && !found.continues);
        }
    }

    #[test]
    fn a_body_that_says_more_than_the_catalogue_is_not_exact() {
        let found = recognize("POST", "/rooms?api-version=v", br#"{"colour":"red"}"#);
        assert!(found.is_some_and(|found| !found.is_exact && found.arguments.is_empty()));
        assert_eq!(recognize("POST", "/rooms/1/participants", b""), None);
    }

    #[test]
    fn a_further_page_is_told_from_the_first() {
        let found = recognize("GET", "/rooms?nextLink=abc&api-version=2024-04-15", b"");
        assert!(found.is_some_and(|found| found.continues));
    }
}
