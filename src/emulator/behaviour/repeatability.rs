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
        source: "never recorded",
    },
    Behaviour {
        id: "repeatability.one-header",
        says: "Only one of the two headers: 400.",
        mark: Assumed,
        source: "the standard calls the pair required",
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
