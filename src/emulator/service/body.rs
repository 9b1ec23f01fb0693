//! Bodies of Rooms, read as the service's model binding reads them: types and roles first.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::{Map, Value};

use super::refusal::{Refusal, detail};
use super::request::Request;
use super::room::Role;
use super::validity::Times;
use super::version::Negotiated;
use crate::acs::time;
use crate::emulator::defect::{Defect, Defects};

/// A body of Rooms; what is null counts as not given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RoomBody {
    pub times: Times,
    pub dial_out: Option<bool>,
    pub participants: Vec<Change>,
}

/// What a body wants of one participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub raw_id: String,
    pub wish: Wish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// In the room, with this role; `None` keeps a role or makes an Attendee.
    In(Option<Role>),
    Out,
}

impl RoomBody {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// 415 for a content type that is not in `types`; else model validation.
    pub fn read(
        request: &Request,
        types: &[&str],
        version: &Negotiated,
        defects: Defects,
    ) -> Result<Self, Refusal> {
        let members = members(request, types, defects)?;
        let participants = read_participants(&members, defects)?;
        let mut details = Vec::new();
        let mut instant = |member: &str| {
            read_time(&members, member, defects).unwrap_or_else(|fault| {
                details.push(fault);
                None
            })
        };
        let times = Times { from: instant("validFrom"), until: instant("validUntil") };
        // The first version has no such member, and unknown members are ignored.
        let dial_out =
            if version.has_dial_out() { read_dial_out(&members, defects) } else { Ok(None) };
        let dial_out = dial_out.unwrap_or_else(|fault| {
            details.push(fault);
            None
        });
        if defects.has(Defect::UnknownMembersRefused) {
            details.extend(unknown_member(&members));
        }
        if details.is_empty() {
            Ok(Self { times, dial_out, participants })
        } else {
            Err(Refusal::model(details))
        }
    }
}

/// Whether the request's media type is one of these; parameters do not count.
pub(super) fn has_type(request: &Request, types: &[&str]) -> bool {
    let given = request.header("content-type").unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    types.iter().any(|known| essence.eq_ignore_ascii_case(known))
}

fn members(
    request: &Request,
    types: &[&str],
    defects: Defects,
) -> Result<Map<String, Value>, Refusal> {
    let untyped_and_empty =
        request.body.is_empty() && !request.headers.contains_key("content-type");
    if !has_type(request, types) && !untyped_and_empty && !defects.has(Defect::AnyContentType) {
        return Err(Refusal::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    parse(&request.body).map_err(|message| {
        if defects.has(Defect::BrokenJsonAsServiceError) {
            return Refusal::bad_request(message);
        }
        Refusal::model(vec![detail(message, "$")])
    })
}

fn parse(body: &Bytes) -> Result<Map<String, Value>, String> {
    if body.is_empty() {
        return Err("A non-empty request body is required.".to_owned());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err("The JSON value could not be converted to an object.".to_owned()),
        Err(error) => Err(format!(
            "The body is not valid JSON. LineNumber: {} | BytePositionInLine: {}.",
            error.line().saturating_sub(1),
            error.column()
        )),
    }
}

fn given<'a>(members: &'a Map<String, Value>, member: &str) -> Option<&'a Value> {
    members.get(member).filter(|value| !value.is_null())
}

type Fault = crate::acs::ErrorDetail;

fn read_time(
    members: &Map<String, Value>,
    member: &str,
    defects: Defects,
) -> Result<Option<DateTime<Utc>>, Fault> {
    if defects.has(Defect::NullIsError) && members.get(member).is_some_and(Value::is_null) {
        return Err(unreadable(member));
    }
    let Some(value) = given(members, member) else { return Ok(None) };
    let mut text = value.as_str().unwrap_or_default().to_owned();
    if defects.has(Defect::OffsetIgnored) {
        let local = text.get(..text.len().saturating_sub(6)).filter(|_| !text.ends_with('Z'));
        text = local.map_or_else(|| text.clone(), |local| format!("{local}Z"));
    }
    let read = time::parse(&text).map(|instant| {
        let cut = defects.has(Defect::TimesCutToSeconds);
        if cut { chrono::SubsecRound::trunc_subsecs(instant, 0) } else { instant }
    });
    read.map(Some).ok_or_else(|| unreadable(member))
}

fn read_dial_out(members: &Map<String, Value>, defects: Defects) -> Result<Option<bool>, Fault> {
    let member = "pstnDialOutEnabled";
    if defects.has(Defect::NullResets) && members.get(member).is_some_and(Value::is_null) {
        return Ok(Some(false));
    }
    match given(members, member) {
        None => Ok(None),
        Some(Value::Bool(enabled)) => Ok(Some(*enabled)),
        Some(_) => Err(unreadable(member)),
    }
}

fn unreadable(member: &str) -> Fault {
    detail(
        "The JSON value could not be converted to the type of the member.",
        format!("$.{member}"),
    )
}

fn unknown_member(members: &Map<String, Value>) -> Option<Fault> {
    const KNOWN: [&str; 4] = ["validFrom", "validUntil", "pstnDialOutEnabled", "participants"];
    let name = members.keys().find(|name| !KNOWN.contains(&name.as_str()))?;
    Some(detail("The member is unknown.", format!("$.{name}")))
}

/// Roles are read while the body is parsed, so that a wrong one is told alone (recorded).
fn read_participants(
    members: &Map<String, Value>,
    defects: Defects,
) -> Result<Vec<Change>, Refusal> {
    let Some(value) = given(members, "participants") else {
        let null =
            defects.has(Defect::NullParticipantsRefused) && members.contains_key("participants");
        return if null {
            Err(Refusal::model(vec![unreadable("participants")]))
        } else {
            Ok(Vec::new())
        };
    };
    let refuse = |message: &str, path: String| Refusal::model(vec![detail(message, path)]);
    let Some(entries) = value.as_object() else {
        let message = "The JSON value could not be converted to a map of participants.";
        return Err(refuse(message, "$.participants".to_owned()));
    };
    let mut changes = Vec::with_capacity(entries.len());
    for (raw_id, entry) in entries {
        let wish = match entry {
            Value::Null => Wish::Out,
            Value::Object(entry) => Wish::In(read_role(raw_id, entry.get("role"), defects)?),
            _ => {
                let message = "The JSON value could not be converted to a participant.";
                return Err(refuse(message, format!("$.participants.{raw_id}")));
            }
        };
        changes.push(Change { raw_id: raw_id.clone(), wish });
    }
    Ok(changes)
}

fn read_role(
    raw_id: &str,
    role: Option<&Value>,
    defects: Defects,
) -> Result<Option<Role>, Refusal> {
    let Some(role) = role.filter(|role| !role.is_null() || defects.has(Defect::NullRoleRefused))
    else {
        return Ok(None);
    };
    let name = role.as_str().unwrap_or_default();
    let found = if defects.has(Defect::RolesInAnyCase) {
        Role::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(name))
    } else {
        Role::from_name(name)
    };
    let collaborator = defects.has(Defect::NoCollaborator) && found == Some(Role::Collaborator);
    if let Some(role) = found.filter(|_| !collaborator) {
        return Ok(Some(role));
    }
    let target = match defects.has(Defect::RoleTargetWithoutKey) {
        true => "$.participants.role".to_owned(),
        false => format!("$.participants.{raw_id}.role"),
    };
    Err(Refusal::model(vec![detail(
        "Invalid participant role. The valid roles are: Presenter, Attendee, Consumer, Collaborator.",
        target,
    )]))
}
