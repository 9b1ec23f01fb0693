//! The list of rooms and its pages.

use super::Behaviour;
use crate::acs::Mark::{Assumed, Measured, Recorded};

pub(super) const TABLE: &[Behaviour] = &[
    Behaviour {
        id: "listing.order",
        says: "Newest `createdAt` first, over all pages.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 list_rooms",
    },
    Behaviour {
        id: "listing.ties",
        says: "Rooms of one instant stand in the order of creation, newest first.",
        mark: Assumed,
        source: "ticks never agreed in a recording; a standing clock needs a rule",
    },
    Behaviour {
        id: "listing.at-once",
        says: "A room is listed as soon as it is created, and gone as soon as it is deleted.",
        mark: Recorded,
        source: "Python SDK recordings, 2025-02, 2024-04-15 list_rooms_first_room_is_not_null_success",
    },
    Behaviour {
        id: "listing.shape",
        says: "A page is `{\"value\":[<room>, …],\"nextLink\"}` in this order; its rooms are whole, without participants.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 list_rooms",
    },
    Behaviour {
        id: "listing.next-link",
        says: "`nextLink` is absolute, on the endpoint that the client called: `/rooms?nextLink=<token>&api-version=<as sent>`.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 list_rooms",
    },
    Behaviour {
        id: "listing.last-page",
        says: "The last page has no `nextLink` member at all.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 list_rooms",
    },
    Behaviour {
        id: "listing.scanned",
        says: "Pages count scanned records; deleted ones are dropped afterwards, so that short and empty pages occur.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 list_rooms: pages of 15, 30 and 9",
    },
    Behaviour {
        id: "listing.size",
        says: "A page scans 30 records.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 list_rooms: the token counts 30, 60, 90",
    },
    Behaviour {
        id: "listing.token.plain",
        says: "The token holds `[A-Za-z0-9_-]` alone, so that every spelling of a signature agrees.",
        mark: Assumed,
        source: "our choice; the service's own are the next row",
    },
    Behaviour {
        id: "listing.token.service-like",
        says: "On request tokens hold `+`, `/` and percent escapes, as the service's do.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 list_rooms: base64 of several hundred characters",
    },
    Behaviour {
        id: "listing.token.long",
        says: "Continuation URLs of several kilobytes are accepted.",
        mark: Recorded,
        source: "tokens of 700 to 5000 characters in the JavaScript recordings",
    },
    Behaviour {
        id: "listing.token.bad",
        says: "A continuation token that is none: 400 `BadRequest`.",
        mark: Assumed,
        source: "a client that spoils a token must hear of it; other bad parameters are answered so",
    },
    Behaviour {
        id: "listing.version.name",
        says: "`api-version=ApiVersion.V2025_03_13` on a continuation is served as the version of the token.",
        mark: Measured,
        source: "Python rooms 1.2.0 on Python 3.11 and newer sends it",
    },
    Behaviour {
        id: "listing.version.name.strict",
        says: "Under `--strict` it is refused.",
        mark: Assumed,
        source: "what the service does is unknown",
    },
    Behaviour {
        id: "listing.expired",
        says: "Expired rooms stay in the list.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13 list_rooms: up to 22 days expired",
    },
    Behaviour {
        id: "listing.expired.end",
        says: "Thirty days after validUntil a room leaves the list.",
        mark: Assumed,
        source: "none older than 22 days was seen",
    },
];
