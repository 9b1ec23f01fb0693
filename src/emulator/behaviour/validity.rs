//! Validity: the rules of validFrom and validUntil, on create and update.

use super::Behaviour;
use crate::acs::Mark::{Assumed, Recorded};

pub(super) const TABLE: &[Behaviour] = &[
    Behaviour {
        id: "validity.model-error",
        says: "An error of a time is a model-validation 400: code BadRequest, the details name `BadArgument`, message and target.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "validity.range.create",
        says: "More than 180 days on create: detail on `ValidUntil` \"The time range is incorrect, or larger than 180 days.\".",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 create_room_validUntil_seven_months",
    },
    Behaviour {
        id: "validity.range.update",
        says: "More than 180 days on update: the same detail.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 update_room_exceed_max_timerange",
    },
    Behaviour {
        id: "validity.range.exact",
        says: "Exactly 180 days passes.",
        mark: Assumed,
        source: "the default range is exactly 180 days",
    },
    Behaviour {
        id: "validity.range.reversed",
        says: "validUntil not after validFrom: the detail of the range.",
        mark: Assumed,
        source: "its text says \"incorrect, or larger\"",
    },
    Behaviour {
        id: "validity.past.create",
        says: "validUntil in the past on create: detail on `ValidUntil` \"The time range end is in the past.\".",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 create_room_valid_until_in_past",
    },
    Behaviour {
        id: "validity.past.update",
        says: "validUntil in the past on update: the same detail.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 update_room_valid_until_in_past",
    },
    Behaviour {
        id: "validity.past.wins",
        says: "An end that is both past and before the start: the past is reported alone.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 creates_a_room_with_an_expired_validuntil",
    },
    Behaviour {
        id: "validity.far.create",
        says: "validFrom more than 180 days ahead on create: detail on `ValidFrom` \"Value is incorrect or more than 180 days in the future.\".",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 create_room_validFrom_seven_months",
    },
    Behaviour {
        id: "validity.far.update",
        says: "validFrom more than 180 days ahead on update: the same detail.",
        mark: Recorded,
        source: "Python SDK recordings, 2023-04, 2023-03-31-preview update_room_ValidFrom_7Months",
    },
    Behaviour {
        id: "validity.two-details",
        says: "An error on ValidFrom comes first, one on ValidUntil follows as a second detail.",
        mark: Assumed,
        source: "two bad fields at once were never recorded; the order is that of the members",
    },
    Behaviour {
        id: "validity.together",
        says: "PATCH with one time only: detail \"validFrom and validUntil should be set together.\" with an empty target.",
        mark: Recorded,
        source: "Python SDK recordings, 2023-04, 2023-03-31-preview update_room_only_ValidFrom",
    },
    Behaviour {
        id: "validity.together.last",
        says: "That detail appears only when the checks of the fields pass.",
        mark: Recorded,
        source: "Python SDK recordings, 2023-04, 2023-03-31-preview update_room_ValidFrom_7Months",
    },
    Behaviour {
        id: "validity.unreadable",
        says: "A time that is no RFC 3339 text: a model-validation 400.",
        mark: Assumed,
        source: "the shape of every other error of a time",
    },
];
