//! Merging wishes into the participants of a room.

use std::collections::HashMap;

use super::body::{Change, Wish};
use super::refusal::Refusal;
use super::room::{Participant, Role, Room};
use crate::acs::identifier;
use crate::emulator::defect::{Defect, Defects};

/// Small merges look participants up one by one; large ones make an index once.
const INDEX_FROM: usize = 1_000;

/// Which texts a bad identifier is refused with: creation and update differ (recorded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    Create,
    Update,
}

/// Checks all identifiers.
///
/// # Errors
///
/// For the first that is no communication user's.
pub(super) fn check_identifiers(
    changes: &[Change],
    occasion: Occasion,
    defects: Defects,
) -> Result<(), Refusal> {
    let Some(bad) = changes.iter().find(|change| !is_supported(change, defects)) else {
        return Ok(());
    };
    let like_create = defects.has(Defect::UpdateTextAsCreate);
    Err(Refusal::bad_request(match occasion {
        Occasion::Update if !like_create => {
            format!("Communication identifier {} is not supported.", bad.raw_id)
        }
        Occasion::Create if defects.has(Defect::CreateTextAsUpdate) => {
            format!("Communication identifier {} is not supported.", bad.raw_id)
        }
        _ => "Invalid format for communication identifier.".to_owned(),
    }))
}

fn is_supported(change: &Change, defects: Defects) -> bool {
    if defects.has(Defect::RemoveUnchecked) && change.wish == Wish::Out {
        return true;
    }
    if defects.has(Defect::PhonesAccepted) && change.raw_id.starts_with("4:") {
        return true;
    }
    if defects.has(Defect::OneCloudOnly) && !change.raw_id.starts_with("8:acs:") {
        return false;
    }
    identifier::is_communication_identifier(&change.raw_id)
}

/// Merges the wishes: additions at the end, updates in place, removals close the gap.
pub(super) fn merge(room: &mut Room, changes: Vec<Change>, defects: Defects) {
    if changes.len().saturating_mul(room.participants.len()) > INDEX_FROM {
        merge_with_index(room, changes, defects);
        return;
    }
    for change in changes {
        let place = room.participants.iter().position(|known| *known.raw_id == *change.raw_id);
        match (change.wish, place) {
            (Wish::In(role), Some(place)) => update(room, place, role, defects),
            (Wish::In(role), None) => append(room, change.raw_id, role, defects),
            (Wish::Out, Some(place)) => {
                room.participants.remove(place);
            }
            (Wish::Out, None) => {}
        }
    }
}

/// A body names each participant once, so that removals can wait for the end.
fn merge_with_index(room: &mut Room, changes: Vec<Change>, defects: Defects) {
    let places: HashMap<Box<str>, usize> = room
        .participants
        .iter()
        .enumerate()
        .map(|(place, known)| (known.raw_id.clone(), place))
        .collect();
    let mut removed = Vec::new();
    for change in changes {
        match (change.wish, places.get(change.raw_id.as_str()).copied()) {
            (Wish::In(role), Some(place)) => update(room, place, role, defects),
            (Wish::In(role), None) => append(room, change.raw_id, role, defects),
            (Wish::Out, Some(place)) => removed.push(place),
            (Wish::Out, None) => {}
        }
    }
    removed.sort_unstable();
    let mut place = 0;
    room.participants.retain(|_| {
        place += 1;
        removed.binary_search(&(place - 1)).is_err()
    });
}

fn update(room: &mut Room, place: usize, role: Option<Role>, defects: Defects) {
    let default = defects.has(Defect::MissingRoleResets).then_some(Role::Attendee);
    let Some(role) = role.or(default) else { return };
    if defects.has(Defect::UpdateMovesToEnd) && place < room.participants.len() {
        let known = room.participants.remove(place);
        append(room, known.raw_id.into(), Some(role), defects);
    } else if let Some(known) = room.participants.get_mut(place) {
        known.role = role;
    }
}

fn append(room: &mut Room, raw_id: String, role: Option<Role>, defects: Defects) {
    let default =
        if defects.has(Defect::DefaultConsumer) { Role::Consumer } else { Role::Attendee };
    let sequence = room.next_sequence;
    room.next_sequence += 1;
    let participant =
        Participant { sequence, role: role.unwrap_or(default), raw_id: raw_id.into_boxed_str() };
    if defects.has(Defect::NewParticipantsFirst) {
        room.participants.insert(0, participant);
    } else {
        room.participants.push(participant);
    }
}
