//! The front end: versions, headers, routes, limits.

use super::Behaviour;
use crate::acs::Mark::{Assumed, Documented, Recorded};

pub(super) const TABLE: &[Behaviour] = &[
    Behaviour {
        id: "versions.missing",
        says: "No api-version: 400 `UnsupportedApiVersion`.",
        mark: Assumed,
        source: "the answer of ASP.NET API versioning",
    },
    Behaviour {
        id: "versions.unknown",
        says: "An unknown api-version: 400 `UnsupportedApiVersion` whose message names the URI and the version.",
        mark: Documented,
        source: "a reported answer of Identity, 2021; the JSON is assumed",
    },
    Behaviour {
        id: "versions.all",
        says: "Every served version answers alike but for what is named.",
        mark: Recorded,
        source: "one build announces all of them",
    },
    Behaviour {
        id: "headers.common",
        says: "All answers carry Date, MS-CV, Request-Context, Strict-Transport-Security, x-azure-ref and X-Cache.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "headers.json",
        says: "JSON answers are `application/json; charset=utf-8`.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "headers.chunked",
        says: "Answers with a body are chunked, never with a Content-Length.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "headers.no-content",
        says: "204 has no Content-Type.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "headers.versions",
        says: "`api-supported-versions` is on all but model-validation answers.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13",
    },
    Behaviour {
        id: "headers.error-code",
        says: "Service errors carry `x-ms-error-code`; model-validation errors do not.",
        mark: Recorded,
        source: "JavaScript SDK recordings, 2025-03, 2025-03-13",
    },
    Behaviour {
        id: "headers.no-echo",
        says: "Rooms never sends `x-ms-client-request-id` nor `x-ms-request-id`.",
        mark: Recorded,
        source: "Python and JavaScript SDK recordings, 2025",
    },
    Behaviour {
        id: "content.unknown-members",
        says: "Unknown members of a body are ignored.",
        mark: Assumed,
        source: "the JSON reader of ASP.NET ignores them unless told otherwise, and newer SDKs send newer members to older versions",
    },
    Behaviour {
        id: "content.duplicates",
        says: "A member that stands twice in a body: the last one counts.",
        mark: Assumed,
        source: "the JSON reader of ASP.NET does so",
    },
    Behaviour {
        id: "content.broken",
        says: "Empty or broken JSON: a model-validation 400 with target `$`.",
        mark: Assumed,
        source: "ASP.NET's model validation answers so, and every other error of a body comes from there",
    },
    Behaviour {
        id: "content.patch-types",
        says: "PATCH takes `application/merge-patch+json` and `application/json`.",
        mark: Recorded,
        source: "2022-02-01 recordings took application/json",
    },
    Behaviour {
        id: "content.type",
        says: "Any other content type: 415.",
        mark: Assumed,
        source: "ASP.NET's answer to a type that no reader takes",
    },
    Behaviour {
        id: "routes.unknown",
        says: "An unknown route: 404 with an empty body.",
        mark: Assumed,
        source: "ASP.NET's routing answers so before any code that writes an error body",
    },
    Behaviour {
        id: "routes.method",
        says: "A method that the route does not have: 405 with an empty body.",
        mark: Assumed,
        source: "ASP.NET's routing answers so before any code that writes an error body",
    },
    Behaviour {
        id: "routes.head-options",
        says: "HEAD answers as GET does, without the body; OPTIONS answers 204 with the methods in `Allow`.",
        mark: Assumed,
        source: "RFC 9110: HEAD is GET without content, and Allow is what OPTIONS is for; no SDK sends either",
    },
    Behaviour {
        id: "limits.body",
        says: "A body over 1 MiB: 413.",
        mark: Assumed,
        source: "RFC 9110's status for it; the bound is far above what any room needs",
    },
    Behaviour {
        id: "limits.target",
        says: "A target longer than the front end reads: 414.",
        mark: Assumed,
        source: "RFC 9110's status for it; links of 8 KiB, as the service's may be, pass",
    },
    Behaviour {
        id: "limits.throttle",
        says: "A rate limit, where one is set: 429 with Retry-After, until the window has passed.",
        mark: Documented,
        source: "service limits: throttled requests get 429",
    },
];
