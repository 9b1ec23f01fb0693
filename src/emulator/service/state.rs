//! The state of a resource as a document: for looking at, for keeping, for putting back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::identity::Identities;
use super::ids::{Ids, guid_number, guid_text};
use super::repeatability::Memory;
use super::resource::Service;
use super::room::{Participant, Role, Room};
use super::store::{Record, Rooms};
use crate::acs::identifier;
use crate::acs::time;

/// Grows when the document changes so that older programs cannot read it.
const FORMAT: u32 = 1;

/// All that a resource holds. Lists are in order of creation.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    format: u32,
    resource: String,
    rooms: Vec<RoomState>,
    /// Deleted rooms, with their place among the others.
    deleted_rooms: Vec<DeletedRoom>,
    identities: Vec<IdentityState>,
    repeatable: Memory,
    ids: Ids,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RoomState {
    id: String,
    created_at: String,
    valid_from: String,
    valid_until: String,
    pstn_dial_out_enabled: bool,
    participants: Vec<ParticipantState>,
    /// Order among rooms of one instant.
    sequence: u64,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ParticipantState {
    raw_id: String,
    role: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeletedRoom {
    id: String,
    created_at: String,
    sequence: u64,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IdentityState {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tokens_revoked_at: Option<String>,
}

/// Why a document cannot be taken as state; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    #[error("the state has format {0}, this program reads format {FORMAT}")]
    Format(u32),
    #[error("`{what}` of {whose} cannot be read: {value}")]
    Value { what: &'static str, whose: String, value: String },
    #[error("the room {0} stands there twice")]
    Twice(String),
}

impl Service {
    /// The state as a document.
    pub fn export(&self) -> State {
        let mut rooms = Vec::new();
        let mut deleted_rooms = Vec::new();
        for (key, record) in self.rooms.records() {
            match record {
                Record::Room(room) => rooms.push(room_state(room, key.sequence)),
                Record::Tombstone { id } => deleted_rooms.push(DeletedRoom {
                    id: id.to_string(),
                    created_at: super::store::instant(key.ticks)
                        .map(time::service_text)
                        .unwrap_or_default(),
                    sequence: key.sequence,
                }),
            }
        }
        State {
            format: FORMAT,
            resource: self.resource.clone(),
            rooms,
            deleted_rooms,
            identities: self.identity_states(),
            repeatable: self.memory.clone(),
            ids: self.ids.clone(),
        }
    }

    fn identity_states(&self) -> Vec<IdentityState> {
        let entry = |(user, revoked): (&u128, &Option<DateTime<Utc>>)| IdentityState {
            id: format!("8:acs:{}_{}", self.resource, guid_text(*user)),
            tokens_revoked_at: revoked.map(time::service_text),
        };
        self.identities.users.iter().map(entry).collect()
    }

    /// Puts a state in place of the present one.
    ///
    /// # Errors
    ///
    /// When something in it cannot be read; then nothing is changed.
    pub fn import(&mut self, state: State) -> Result<(), StateError> {
        if state.format != FORMAT {
            return Err(StateError::Format(state.format));
        }
        let rooms = read_rooms(state.rooms, state.deleted_rooms)?;
        let identities = read_identities(state.identities)?;
        if !identifier::is_guid_shaped(&state.resource) {
            let whose = "the state".to_owned();
            return Err(StateError::Value { what: "resource", whose, value: state.resource });
        }
        (self.rooms, self.identities) = (rooms, identities);
        (self.resource, self.ids, self.memory) = (state.resource, state.ids, state.repeatable);
        self.memory.restore_order();
        Ok(())
    }
}

fn room_state(room: &Room, sequence: u64) -> RoomState {
    let participant = |known: &Participant| ParticipantState {
        raw_id: known.raw_id.to_string(),
        role: known.role.name().to_owned(),
    };
    RoomState {
        id: room.id.to_string(),
        created_at: time::service_text(room.created_at),
        valid_from: time::service_text(room.valid_from),
        valid_until: time::service_text(room.valid_until),
        pstn_dial_out_enabled: room.dial_out,
        participants: room.participants.iter().map(participant).collect(),
        sequence,
    }
}

fn read_rooms(rooms: Vec<RoomState>, deleted: Vec<DeletedRoom>) -> Result<Rooms, StateError> {
    let mut read = Vec::with_capacity(rooms.len() + deleted.len());
    for room in rooms {
        read.push((room.sequence, Ok(read_room(room)?)));
    }
    for room in deleted {
        let id = read_id(&room.id)?;
        read.push((room.sequence, Err((id, read_time("createdAt", &room.id, &room.created_at)?))));
    }
    read.sort_by_key(|(sequence, _)| *sequence);
    let mut rooms = Rooms::default();
    for (_, record) in read {
        let id = record.as_ref().map_or_else(|(id, _)| *id, |room| room.id);
        if rooms.contains(id) {
            return Err(StateError::Twice(id.to_string()));
        }
        match record {
            Ok(room) => rooms.insert(room),
            Err((id, created_at)) => rooms.insert_tombstone(id, created_at),
        }
    }
    Ok(rooms)
}

fn read_room(room: RoomState) -> Result<Room, StateError> {
    let at = |what, text: &str| read_time(what, &room.id, text);
    let (created_at, valid_from) =
        (at("createdAt", &room.created_at)?, at("validFrom", &room.valid_from)?);
    let valid_until = at("validUntil", &room.valid_until)?;
    let id = read_id(&room.id)?;
    let mut participants = Vec::with_capacity(room.participants.len());
    let mut next_sequence = 0;
    for known in room.participants {
        let wrong = |what, value: &str| StateError::Value {
            what,
            whose: format!("room {}", room.id),
            value: value.to_owned(),
        };
        if !identifier::is_communication_identifier(&known.raw_id) {
            return Err(wrong("rawId", &known.raw_id));
        }
        let role = Role::from_name(&known.role).ok_or_else(|| wrong("role", &known.role))?;
        participants.push(Participant {
            sequence: next_sequence,
            role,
            raw_id: known.raw_id.into(),
        });
        next_sequence += 1;
    }
    let dial_out = room.pstn_dial_out_enabled;
    Ok(Room { id, created_at, valid_from, valid_until, dial_out, participants, next_sequence })
}

fn read_id(text: &str) -> Result<u64, StateError> {
    text.parse().ok().filter(|_| identifier::is_room_id(text)).ok_or_else(|| StateError::Value {
        what: "id",
        whose: "a room".to_owned(),
        value: text.to_owned(),
    })
}

fn read_time(what: &'static str, room: &str, text: &str) -> Result<DateTime<Utc>, StateError> {
    time::parse(text).ok_or_else(|| StateError::Value {
        what,
        whose: format!("room {room}"),
        value: text.to_owned(),
    })
}

fn read_identities(states: Vec<IdentityState>) -> Result<Identities, StateError> {
    let mut identities = Identities::default();
    for state in states {
        let wrong = |what, value: &str| StateError::Value {
            what,
            whose: "an identity".to_owned(),
            value: value.to_owned(),
        };
        let user = state.id.rsplit('_').next().and_then(guid_number);
        let user = user.ok_or_else(|| wrong("id", &state.id))?;
        let revoked = match &state.tokens_revoked_at {
            Some(text) => Some(time::parse(text).ok_or_else(|| wrong("tokensRevokedAt", text))?),
            None => None,
        };
        identities.users.insert(user, revoked);
    }
    Ok(identities)
}
