//! Identity: users, tokens, the Teams exchange.

use super::Behaviour;
use crate::acs::Mark::{Assumed, Documented, Measured, Recorded};

pub(super) const TABLE: &[Behaviour] = &[
    Behaviour {
        id: "identity.create",
        says: "201 `{\"identity\":{\"id\"}}`, with no body at all or with `{}`.",
        mark: Recorded,
        source: "Python, JavaScript and Java recordings",
    },
    Behaviour {
        id: "identity.id",
        says: "An id is `8:acs:<resource guid>_<guid-shaped>`, lower-case; one resource's users share the guid.",
        mark: Recorded,
        source: "Java recordings, string-to-sign header",
    },
    Behaviour {
        id: "identity.create.token",
        says: "With scopes: `accessToken` with `token` and `expiresOn` beside `identity`.",
        mark: Recorded,
        source: "Python and JavaScript recordings",
    },
    Behaviour {
        id: "identity.issue",
        says: "200 `{\"token\",\"expiresOn\"}`, flat.",
        mark: Recorded,
        source: "Python and JavaScript recordings",
    },
    Behaviour {
        id: "identity.revoke",
        says: "204 without a body.",
        mark: Recorded,
        source: "Python and JavaScript recordings",
    },
    Behaviour {
        id: "identity.delete",
        says: "204 without a body.",
        mark: Recorded,
        source: "Python and JavaScript recordings",
    },
    Behaviour {
        id: "identity.delete.again",
        says: "Deleting or revoking a user who is gone: 204.",
        mark: Assumed,
        source: "never recorded; Rooms answers so",
    },
    Behaviour {
        id: "identity.issue.deleted",
        says: "A token for a user who is gone: 404 `NotFound`.",
        mark: Assumed,
        source: "never recorded",
    },
    Behaviour {
        id: "identity.not-owned",
        says: "An identity of another resource: 401 `IdentityNotOwned` on issue, revoke and delete.",
        mark: Recorded,
        source: "JavaScript recordings, 2021 and 2025",
    },
    Behaviour {
        id: "identity.path",
        says: "The id in the path may be percent-encoded or raw.",
        mark: Measured,
        source: "Python sync and JavaScript encode, Python aio and Java do not",
    },
    Behaviour {
        id: "identity.echo",
        says: "`x-ms-client-request-id` is always echoed.",
        mark: Recorded,
        source: "Python and JavaScript recordings",
    },
    Behaviour {
        id: "identity.headers",
        says: "Success carries `X-Processing-Time` and `api-supported-versions`.",
        mark: Recorded,
        source: "Python recordings, 2023",
    },
    Behaviour {
        id: "identity.headers.error",
        says: "Errors carry `Content-Type: application/json` without a charset, chunked, and never `x-ms-error-code`.",
        mark: Recorded,
        source: "Python recordings, 2023",
    },
    Behaviour {
        id: "identity.headers.model",
        says: "Model validation answers without `api-supported-versions`.",
        mark: Recorded,
        source: "Python recordings, 2023",
    },
    Behaviour {
        id: "identity.version.newer",
        says: "A newer dated api-version is accepted.",
        mark: Assumed,
        source: "the next version is announced under several dates",
    },
    Behaviour {
        id: "identity.version.newer.strict",
        says: "Under `--strict` it is refused.",
        mark: Assumed,
        source: "a switch of the emulator",
    },
    Behaviour {
        id: "tokens.shape",
        says: "A token is a JWT of RS256 with kid, x5t and typ.",
        mark: Recorded,
        source: "a published dump of a live token",
    },
    Behaviour {
        id: "tokens.claims",
        says: "Its claims: `skypeid` without `8:`, `scp`, `csi`, `exp`, `rgn`, `acsScope`, `resourceId`, `resourceLocation`, `iat`.",
        mark: Recorded,
        source: "a published dump of a live token",
    },
    Behaviour {
        id: "tokens.scope",
        says: "`acsScope` is the scopes joined by commas.",
        mark: Recorded,
        source: "a published dump of a live token",
    },
    Behaviour {
        id: "tokens.expires-on",
        says: "`expiresOn` is written as the times of Rooms are.",
        mark: Recorded,
        source: "Python recordings, 2023",
    },
    Behaviour {
        id: "tokens.default",
        says: "Without `expiresInMinutes` a token lives 24 hours.",
        mark: Documented,
        source: "Identity REST API description",
    },
    Behaviour {
        id: "tokens.custom",
        says: "`expiresInMinutes` from 60 to 1440 sets the lifetime.",
        mark: Documented,
        source: "Identity REST API description",
    },
    Behaviour {
        id: "tokens.range",
        says: "59 and 1441: 400 `ValidationError` that names value and interval, target `ExpiresInMinutes`.",
        mark: Recorded,
        source: "Python and JavaScript recordings",
    },
    Behaviour {
        id: "tokens.scopes.missing",
        says: "No `scopes` on issue: 400 \"Scopes: The Scopes field is required.\", target `Scopes`.",
        mark: Recorded,
        source: "Python recordings",
    },
    Behaviour {
        id: "tokens.scopes.empty",
        says: "An empty list of scopes on issue: 400 \"Invalid scopes - Scopes field is required.\", target `scopes`.",
        mark: Recorded,
        source: "JavaScript recordings, 2021 and 2025",
    },
    Behaviour {
        id: "tokens.scopes.unknown",
        says: "An unknown scope: 400 `ValidationError`.",
        mark: Assumed,
        source: "never recorded",
    },
    Behaviour {
        id: "teams.token",
        says: "An empty or garbage Teams token: 401 `InvalidAccessToken`, judged before the user id.",
        mark: Recorded,
        source: "Python and JavaScript recordings",
    },
    Behaviour {
        id: "teams.app-id.empty",
        says: "An empty appId: 400 \"AppId: The AppId field is required.\", target `AppId`.",
        mark: Recorded,
        source: "Python recordings",
    },
    Behaviour {
        id: "teams.app-id.format",
        says: "An appId that is no GUID: 400 \"Provided AppId has invalid format.\", target `appId`.",
        mark: Recorded,
        source: "Python recordings",
    },
    Behaviour {
        id: "teams.user-id.format",
        says: "A userId that is no GUID: 400 \"Provided UserId has invalid format.\", target `userId`.",
        mark: Recorded,
        source: "Python recordings",
    },
];
