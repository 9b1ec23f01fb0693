//! Repeatable requests: creates that may be sent twice.

use super::Behaviour;
use crate::acs::Mark::{Assumed, Documented, Recorded};

pub(super) const TABLE: &[Behaviour] = &[
    Behaviour {
        id: "repeatability.same",
        says: "The same pair of headers and body again: 201, the same room byte for byte, one room in all.",
        mark: Documented,
        source: "OASIS Repeatable Requests 1.0; the SDKs send the headers",
    },
    Behaviour {
        id: "repeatability.remembered",
        says: "It is remembered for five minutes at least.",
        mark: Documented,
        source: "OASIS Repeatable Requests 1.0",
    },
    Behaviour {
        id: "repeatability.forgotten",
        says: "Afterwards the same pair makes another room.",
        mark: Assumed,
        source: "the service promises five minutes; the emulator keeps exactly that",
    },
    Behaviour {
        id: "repeatability.other-body",
        says: "The same id with another body: 400.",
        mark: Assumed,
        source: "OASIS Repeatable Requests 1.0 forbids it to clients; silence would hide their mistake",
    },
    Behaviour {
        id: "repeatability.one-header",
        says: "Only one of the two headers: 400.",
        mark: Assumed,
        source: "the standard calls the pair required",
    },
    Behaviour {
        id: "repeatability.other-first-sent",
        says: "The same id with another date: 400.",
        mark: Assumed,
        source: "both headers make the request what it is; silence would hide a client's mistake",
    },
    Behaviour {
        id: "repeatability.other-version",
        says: "The same pair and body at another api-version: the same room, written as the asked version writes it.",
        mark: Assumed,
        source: "a client reads an answer by the version that it asked for; older ones have no `pstnDialOutEnabled`",
    },
    Behaviour {
        id: "repeatability.request-id",
        says: "An id that is no GUID: 400.",
        mark: Assumed,
        source: "the API description calls it a GUID; the SDKs send nothing else",
    },
    Behaviour {
        id: "repeatability.first-sent",
        says: "A date that is neither an HTTP date nor RFC 3339: 400.",
        mark: Assumed,
        source: "the standard wants an HTTP date, some SDKs send RFC 3339; what is neither is a client's mistake",
    },
    Behaviour {
        id: "repeatability.result",
        says: "GET, PATCH and DELETE carry no `Repeatability-Result`.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "repeatability.none",
        says: "Without both headers each create makes a room.",
        mark: Assumed,
        source: "the headers are optional in the API description",
    },
];
