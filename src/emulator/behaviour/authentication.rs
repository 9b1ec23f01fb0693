//! Authentication: signatures and bearer tokens.

use super::Behaviour;
use crate::acs::Mark::{Assumed, Documented, Measured, Recorded};

pub(super) const TABLE: &[Behaviour] = &[
    Behaviour {
        id: "auth.denied",
        says: "Every failure but that of the hash: 401 `Denied` \"Denied by the resource provider.\".",
        mark: Recorded,
        source: "reports of live answers, 2022 to 2026",
    },
    Behaviour {
        id: "auth.no-challenge",
        says: "No refusal carries `WWW-Authenticate`.",
        mark: Recorded,
        source: "no 401 of the Python and JavaScript recordings has the header",
    },
    Behaviour {
        id: "auth.none",
        says: "No credentials at all: 401.",
        mark: Recorded,
        source: "reports of live answers",
    },
    Behaviour {
        id: "auth.scheme",
        says: "An unknown scheme: 401.",
        mark: Recorded,
        source: "reports of live answers",
    },
    Behaviour {
        id: "auth.parameters",
        says: "A signature header without its parameters: 401.",
        mark: Assumed,
        source: "the failures share one answer",
    },
    Behaviour {
        id: "auth.wrong-key",
        says: "A signature by another key: 401.",
        mark: Recorded,
        source: "reports of live answers",
    },
    Behaviour {
        id: "auth.other-path",
        says: "A signature over another path: 401.",
        mark: Recorded,
        source: "reports of live answers",
    },
    Behaviour {
        id: "auth.missing-header",
        says: "A signed header that was not sent: 401.",
        mark: Assumed,
        source: "the failures share one answer",
    },
    Behaviour {
        id: "auth.required-headers",
        says: "Host, content hash and a date must be among the signed headers.",
        mark: Documented,
        source: "HMAC reference: what is signed",
    },
    Behaviour {
        id: "auth.hash",
        says: "A body that differs from its hash: 401 `Denied` \"Request 'x-ms-content-sha256' differs from generated content hash.\".",
        mark: Recorded,
        source: "reports of live answers, 2020 and 2023",
    },
    Behaviour {
        id: "auth.hash.first",
        says: "The hash is judged before date and signature.",
        mark: Recorded,
        source: "reports of live answers",
    },
    Behaviour {
        id: "auth.skew",
        says: "A date more than 15 minutes off, either way: 401.",
        mark: Assumed,
        source: "no source states it; the scheme that ACS copies documents 15 minutes",
    },
    Behaviour {
        id: "auth.date",
        says: "`date` may stand for `x-ms-date`.",
        mark: Documented,
        source: "REST reference, headers",
    },
    Behaviour {
        id: "auth.order",
        says: "Names and order of the signed headers are taken from `SignedHeaders`.",
        mark: Documented,
        source: "HMAC reference; an older tutorial signs in another order",
    },
    Behaviour {
        id: "auth.target.decoded",
        says: "A signature over the percent-decoded target is accepted.",
        mark: Measured,
        source: "Python rooms signs so",
    },
    Behaviour {
        id: "auth.target.form",
        says: "A signature over the query in form encoding is accepted.",
        mark: Measured,
        source: "JavaScript signs so",
    },
    Behaviour {
        id: "auth.target.strict",
        says: "Under `--strict` the wire form alone is accepted.",
        mark: Assumed,
        source: "a switch of the emulator",
    },
    Behaviour {
        id: "auth.host.no-port",
        says: "A signature over the host without its port is accepted.",
        mark: Measured,
        source: "Java signs so",
    },
    Behaviour {
        id: "auth.replay",
        says: "The same date and signature may come twice.",
        mark: Measured,
        source: "JavaScript resends both on a retry",
    },
    Behaviour {
        id: "auth.secondary",
        says: "The secondary key signs as well as the primary.",
        mark: Documented,
        source: "a resource has two keys",
    },
    Behaviour {
        id: "auth.reason",
        says: "The reason of a refusal is told in `x-acs-emulator-reason`, never in the body, the key never.",
        mark: Assumed,
        source: "the emulator's own help",
    },
    Behaviour {
        id: "auth.bearer",
        says: "A bearer token of the built-in issuer is accepted, its audience with or without the slash.",
        mark: Documented,
        source: "Entra ID authentication of the SDKs",
    },
    Behaviour {
        id: "auth.bearer.expired",
        says: "An expired bearer token: 401.",
        mark: Assumed,
        source: "the failures share one answer: that of a principal without a role is recorded",
    },
    Behaviour {
        id: "auth.bearer.audience",
        says: "A bearer token for another audience: 401.",
        mark: Assumed,
        source: "the failures share one answer: that of a principal without a role is recorded",
    },
    Behaviour {
        id: "auth.bearer.role",
        says: "A principal without a role: 401 `Denied`, not 403.",
        mark: Recorded,
        source: "a report of a live answer, 2026",
    },
    Behaviour {
        id: "auth.bearer.garbage",
        says: "A bearer token that is none: 401.",
        mark: Assumed,
        source: "the failures share one answer: that of an unknown scheme is recorded",
    },
];
