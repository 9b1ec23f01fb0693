//! Participants and their roles.

use super::Behaviour;
use crate::acs::Mark::{Assumed, Documented, Recorded};

pub(super) const TABLE: &[Behaviour] = &[
    Behaviour {
        id: "participants.answer",
        says: "PATCH of participants answers 200 with the body `{}` exactly.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "participants.add",
        says: "A participant who was not there is appended.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 add_or_update_participants",
    },
    Behaviour {
        id: "participants.update",
        says: "A participant who was there gets the new role and keeps the place.",
        mark: Recorded,
        source: "Python SDK recordings, 2023-04, 2023-03-31-preview add_or_update_participant",
    },
    Behaviour {
        id: "participants.others",
        says: "Only those named change.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 add_or_update_participants",
    },
    Behaviour {
        id: "participants.remove",
        says: "A null value removes; the others keep their order.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "participants.remove.stranger",
        says: "Removing somebody who is not there: 200 `{}`, no change.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 remove_participant_who_do_not_exist",
    },
    Behaviour {
        id: "participants.remove.add-again",
        says: "Somebody removed and added again stands last.",
        mark: Assumed,
        source: "insertion order; the case was never recorded",
    },
    Behaviour {
        id: "participants.mixed",
        says: "Adding and removing in one body is allowed.",
        mark: Assumed,
        source: "merge-patch semantics",
    },
    Behaviour {
        id: "participants.nothing",
        says: "PATCH with an empty or null map: 200 `{}`, no change.",
        mark: Assumed,
        source: "merge-patch semantics",
    },
    Behaviour {
        id: "participants.atomic",
        says: "A PATCH that fails changes nothing.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 add_or_update_participants_incorrectMri",
    },
    Behaviour {
        id: "participants.list",
        says: "`{\"value\":[{\"rawId\",\"role\"}]}`, the raw ids exactly as sent.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "participants.list.empty",
        says: "Nobody there: `{\"value\":[]}`.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 removes_participants_in_the_room",
    },
    Behaviour {
        id: "participants.list.order",
        says: "In the order in which they were added, taken from the order of the body.",
        mark: Recorded,
        source: "Python SDK recordings, 2023-04, 2023-03-31-preview add_or_update_participant",
    },
    Behaviour {
        id: "participants.list.pages",
        says: "Pages of 30, with a `nextLink` of the room list's kind.",
        mark: Assumed,
        source: "nothing longer than 4 was recorded; the type has a nextLink",
    },
    Behaviour {
        id: "participants.room.unknown",
        says: "Participants of a room that never was: 404 as for the room.",
        mark: Assumed,
        source: "the id is looked up as for the room itself, whose answer is recorded",
    },
    Behaviour {
        id: "participants.room.deleted",
        says: "Participants of a deleted room: 404 as for the room.",
        mark: Assumed,
        source: "the id is looked up as for the room itself, whose answer is recorded",
    },
    Behaviour {
        id: "participants.room.malformed",
        says: "Participants of a malformed room id: 400 as for the room.",
        mark: Assumed,
        source: "the id is checked as for the room itself, whose answer is recorded",
    },
    Behaviour {
        id: "roles.missing.new",
        says: "A missing role makes a new participant an Attendee.",
        mark: Recorded,
        source: "Python SDK recordings, 2023-04, 2023-03-31-preview upsert_participant_with_null_roles",
    },
    Behaviour {
        id: "roles.missing.existing",
        says: "A missing role leaves an existing participant's role as it is.",
        mark: Recorded,
        source: "Python SDK recordings, 2023-04, 2023-03-31-preview upsert_participant_with_null_roles",
    },
    Behaviour {
        id: "roles.null",
        says: "A null role is a missing one.",
        mark: Assumed,
        source: "both SDKs fill the role in, so that null was never sent",
    },
    Behaviour {
        id: "roles.known",
        says: "Presenter, Attendee, Consumer and Collaborator are accepted and returned.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "roles.collaborator",
        says: "Collaborator is accepted and returned at every served api-version.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 and 2025-03-13; older ones by the rule that one build serves all",
    },
    Behaviour {
        id: "roles.unknown",
        says: "An unknown role: model-validation 400 that lists the valid roles, target `$.participants.<key>.role`.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 add_or_update_room_wrongRoleName",
    },
    Behaviour {
        id: "roles.first",
        says: "The role is judged before the identifiers.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 add_or_update_participants_wrongRoleName",
    },
    Behaviour {
        id: "roles.case",
        says: "Roles are case-sensitive.",
        mark: Assumed,
        source: "a wrong case was never recorded; the recorded unknown role differed in more",
    },
    Behaviour {
        id: "roles.create",
        says: "An unknown role on create: the same model-validation 400.",
        mark: Assumed,
        source: "create shares the model",
    },
    Behaviour {
        id: "identifiers.create",
        says: "A bad identifier on create: 400 \"Invalid format for communication identifier.\".",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 creates_a_room_with_an_invalid_mri_attribute",
    },
    Behaviour {
        id: "identifiers.add",
        says: "A bad identifier among those to add: 400 \"Communication identifier <id> is not supported.\".",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 add_or_update_participants_incorrectMri",
    },
    Behaviour {
        id: "identifiers.remove",
        says: "A bad identifier among those to remove: the same 400.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 remove_participant_wrong_mri",
    },
    Behaviour {
        id: "identifiers.stranger",
        says: "A well-formed identifier need not exist nor belong to the resource.",
        mark: Assumed,
        source: "Rooms never asks Identity in any recording",
    },
    Behaviour {
        id: "identifiers.clouds",
        says: "`8:dod-acs:` and `8:gcch-acs:` are accepted.",
        mark: Assumed,
        source: "the SDKs name these clouds",
    },
    Behaviour {
        id: "identifiers.other-kinds",
        says: "Telephone numbers, Teams users and bots are refused like a bad identifier.",
        mark: Documented,
        source: "Rooms concepts: participants are users of the resource",
    },
];
