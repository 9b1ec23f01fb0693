//! The table of behaviours: everything that the emulator does of the service, one row a behaviour,
//! with its evidence. Scenarios name the ids that they assert; `docs/behaviour.md` is made from both.

mod authentication;
mod declined;
mod front_end;
mod identity;
mod listing;
mod participants;
mod repeatability;
mod rooms;
mod validity;
mod world;

use crate::acs::Mark;

pub use declined::{DECLINED, Declined};

/// One thing that the emulator does because the service does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behaviour {
    /// Names it in scenarios, such as `create.defaults`.
    pub id: &'static str,
    /// What happens, in one sentence.
    pub says: &'static str,
    pub mark: Mark,
    /// Where it is known from; for an assumed one, why it was chosen.
    pub source: &'static str,
}

/// All behaviours by area, in the order of the generated document.
pub const AREAS: &[(&str, &[Behaviour])] = &[
    ("Rooms", rooms::TABLE),
    ("Validity", validity::TABLE),
    ("Participants and roles", participants::TABLE),
    ("Listing", listing::TABLE),
    ("Repeatability", repeatability::TABLE),
    ("Identity and tokens", identity::TABLE),
    ("Authentication", authentication::TABLE),
    ("Front end", front_end::TABLE),
    ("The world to test in", world::TABLE),
];

/// All behaviours.
pub fn all() -> impl Iterator<Item = &'static Behaviour> {
    AREAS.iter().flat_map(|(_, table)| table.iter())
}

/// The behaviour of this id.
pub fn find(id: &str) -> Option<&'static Behaviour> {
    all().find(|behaviour| behaviour.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{all, find};

    #[test]
    fn every_behaviour_has_an_id_of_its_own_a_sentence_and_a_source() {
        let mut seen = HashSet::new();
        for behaviour in all() {
            assert!(seen.insert(behaviour.id), "{} stands twice", behaviour.id);
            assert!(behaviour.says.ends_with(['.', '"']), "{}: {}", behaviour.id, behaviour.says);
            assert!(!behaviour.source.is_empty(), "{} names no source", behaviour.id);
            assert_eq!(find(behaviour.id), Some(behaviour));
        }
    }
}
