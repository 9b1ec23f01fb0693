//! A room as the service keeps it, and as it writes it.

use chrono::{DateTime, Utc};

use crate::acs::time::service_text;
use crate::emulator::defect::{Defect, Defects};

/// What a participant may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Presenter,
    Attendee,
    Consumer,
    Collaborator,
}

impl Role {
    pub const ALL: [Self; 4] =
        [Self::Presenter, Self::Attendee, Self::Consumer, Self::Collaborator];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Presenter => "Presenter",
            Self::Attendee => "Attendee",
            Self::Consumer => "Consumer",
            Self::Collaborator => "Collaborator",
        }
    }

    /// Reads a role; its case counts (assumed).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Somebody invited to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Participant {
    /// Grows with every addition to the room, so that a page can go on after it.
    pub sequence: u32,
    pub role: Role,
    pub raw_id: Box<str>,
}

/// A room. Kept small: a million of them fit into memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room {
    pub id: u64,
    pub created_at: DateTime<Utc>,
    pub valid_from: DateTime<Utc>,
    pub valid_until: DateTime<Utc>,
    pub dial_out: bool,
    /// In order of insertion, which is that of their sequence.
    pub participants: Vec<Participant>,
    /// Of the next participant.
    pub next_sequence: u32,
}

impl Room {
    /// Appends the room's JSON: compact, members in the recorded order, no participants.
    pub fn write_json(&self, json: &mut String, with_dial_out: bool, defects: Defects) {
        json.push_str("{\"id\":\"");
        json.push_str(&self.id.to_string());
        if defects.has(Defect::RoomWithParticipants) {
            json.push_str("\",\"participants\":[],\"x\":\"");
        }
        for (member, instant) in [
            ("createdAt", self.created_at),
            ("validFrom", self.valid_from),
            ("validUntil", self.valid_until),
        ] {
            json.push_str("\",\"");
            json.push_str(member);
            json.push_str("\":\"");
            json.push_str(&time_text(instant, defects));
        }
        json.push('"');
        if with_dial_out || defects.has(Defect::DialOutInOldVersion) {
            json.push_str(",\"pstnDialOutEnabled\":");
            json.push_str(if self.dial_out { "true" } else { "false" });
        }
        json.push('}');
    }
}

/// A time in the service's spelling.
fn time_text(instant: DateTime<Utc>, defects: Defects) -> String {
    let text = service_text(instant);
    if defects.has(Defect::TimesWithZ) { text.replace("+00:00", "Z") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::time;

    fn room() -> Room {
        let at = |text| time::parse(text).unwrap();
        Room {
            id: 99_421_631_042_321_048,
            created_at: at("2025-03-06T00:20:25.6538751Z"),
            valid_from: at("2025-03-06T00:20:25.5212847Z"),
            valid_until: at("2025-09-02T00:20:25.5212847Z"),
            dial_out: false,
            participants: Vec::new(),
            next_sequence: 0,
        }
    }

    #[test]
    fn a_room_is_written_byte_for_byte_as_recorded() {
        let mut json = String::new();
        room().write_json(&mut json, true, Defects::NONE);
        assert_eq!(
            json,
            "{\"id\":\"99421631042321048\",\"createdAt\":\"2025-03-06T00:20:25.6538751+00:00\",\
             \"validFrom\":\"2025-03-06T00:20:25.5212847+00:00\",\
             \"validUntil\":\"2025-09-02T00:20:25.5212847+00:00\",\"pstnDialOutEnabled\":false}"
        );
    }

    #[test]
    fn the_first_version_knows_nothing_of_dialling_out() {
        let mut json = String::new();
        room().write_json(&mut json, false, Defects::NONE);
        assert!(json.ends_with("+00:00\"}"), "{json}");
    }
}
