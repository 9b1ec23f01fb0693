//! What a request asks for: method and path of each operation.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::failure::Failure;
use super::mutant::Mutant;
use crate::acs::Operation;
use crate::transcript::ErrorKind;

/// All but the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What REQ-2's mutant forgets.
const WITH_SLASH: &AsciiSet = &SEGMENT.remove(b'/');

/// Method and path of an operation.
///
/// # Errors
///
/// A path parameter that is null or empty: the client's own to refuse.
pub(super) fn of(
    operation: Operation,
    arguments: &Map<String, Value>,
    mutant: Mutant,
) -> Result<(&'static str, String), Failure> {
    let segment = |name: &str| segment(arguments, name, mutant);
    let rooms = if operation == Operation::UpdateRoom && mutant.breaks("REQ-1") {
        "/Rooms"
    } else {
        "/rooms"
    };
    Ok(match operation {
        Operation::CreateUser => ("POST", "/identities".to_owned()),
        Operation::IssueToken => {
            ("POST", format!("/identities/{}/:issueAccessToken", segment("id")?))
        }
        Operation::RevokeTokens => {
            ("POST", format!("/identities/{}/:revokeAccessTokens", segment("id")?))
        }
        Operation::DeleteUser => ("DELETE", format!("/identities/{}", segment("id")?)),
        Operation::CreateRoom => ("POST", rooms.to_owned()),
        Operation::ListRooms => ("GET", rooms.to_owned()),
        Operation::GetRoom => ("GET", format!("{rooms}/{}", segment("room_id")?)),
        Operation::UpdateRoom => ("PATCH", format!("{rooms}/{}", segment("room_id")?)),
        Operation::DeleteRoom => ("DELETE", format!("{rooms}/{}", segment("room_id")?)),
        Operation::ListParticipants => {
            ("GET", format!("{rooms}/{}/participants", segment("room_id")?))
        }
        Operation::AddOrUpdateParticipants | Operation::RemoveParticipants => {
            ("PATCH", format!("{rooms}/{}/participants", segment("room_id")?))
        }
    })
}

fn segment(arguments: &Map<String, Value>, name: &str, mutant: Mutant) -> Result<String, Failure> {
    let text = arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    if text.is_empty() && !mutant.breaks("REQ-13") {
        let message = format!("`{name}` must not be null or empty");
        return Err(Failure::new(ErrorKind::Validation, message));
    }
    let set = if mutant.breaks("REQ-2") { WITH_SLASH } else { SEGMENT };
    Ok(utf8_percent_encode(text, set).to_string())
}
