//! Authentication: what proves who is calling, and what must never leave.

use std::sync::LazyLock;

use chrono::TimeDelta;
use regex::Regex;

use super::identity::pattern;
use super::rule::{Judging, Level, Profile, Rule};
use super::{Family, Tally, Watch, credentials};
use crate::acs::{signing, time};
use crate::transcript::Exchange;

const FAMILY: Family = Family::Authentication;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "AUTH-1",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Service,
        title: "`Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=…`, with the hash of the body.",
        source: "HM (the tutorial's string to sign)",
        observed: "The form of the header, and `x-ms-content-sha256` against base64(SHA-256(body)).",
        why: "It is the documented form; others work by luck, until a gateway is renewed.",
        how: "Write the header from constants and hash exactly the bytes that are sent, also when there are none.",
        judging: Judging::Passive(header_has_the_documented_form),
    },
    Rule {
        id: "AUTH-2",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Service,
        title: "The signature verifies over the bytes on the wire.",
        source: "HM (the tutorial's string to sign)",
        observed: "Which spelling of target and host the signature fits: only that of the request itself obeys.",
        why: "What is signed in another spelling breaks with the first id or continuation token that needs an escape.",
        how: "Sign last, from the final URL, without decoding or encoding anything again.",
        judging: Judging::Passive(signature_fits_the_wire),
    },
    Rule {
        id: "AUTH-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Service,
        title: "Date and signature are made anew for every attempt.",
        source: "AC: policies use the most current credential data; IM: order of the pipeline; net#9299, python#17316",
        observed: "`x-ms-date` of attempts that began more than a second after the one before: a new one.",
        why: "After a long back-off the signature is stale and the retry fails for another reason than the call did.",
        how: "Put the signing policy inside the retry policy.",
        judging: Judging::Passive(signature_is_fresh),
    },
    Rule {
        id: "AUTH-4",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Service,
        title: "After a retry every authentication header still has exactly one value.",
        source: "azure-sdk-for-net #8171",
        observed: "`Authorization`, `x-ms-date`, `x-ms-content-sha256` and `Host` of every attempt after the first.",
        why: "A second value makes the signature wrong, and only retries show it.",
        how: "Set headers, never add them.",
        judging: Judging::Passive(headers_stay_single),
    },
    Rule {
        id: "AUTH-5",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Service,
        title: "`Host` is the authority of the URL, once, in valid syntax.",
        source: "RFC 9112 section 3.2",
        observed: "The header of every request (`:authority` over HTTP/2).",
        why: "`host:port:port` and the like are refused by servers, and the host is part of the signature.",
        how: "Leave the header to the HTTP client, and read it from there to sign.",
        judging: Judging::Passive(host_is_valid),
    },
    Rule {
        id: "AUTH-6",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "A bearer token is taken from the credential when needed, and again after a 401 challenge.",
        source: "DS#auth-client-no-token-persistence; AC#azurecore-http-auth-bearer-token",
        observed: "Calls with a token credential: the scheme, and the attempt after a 401 with `WWW-Authenticate: Bearer`.",
        why: "A client that keeps a revoked token fails until it is restarted.",
        how: "Ask the credential for each need, and once more with the claims of a challenge.",
        judging: Judging::Active(credentials::challenge_is_answered),
    },
    Rule {
        id: "AUTH-7",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "An updated key is used by the next request, without a new client.",
        source: "DS#general-auth-provide-update-method",
        observed: "The call after the key was updated: which of the resource's keys its signature fits.",
        why: "Rotating a key would mean restarting every process that uses it.",
        how: "Read the key from a shared credential at the moment of signing.",
        judging: Judging::Active(credentials::updated_key_is_used),
    },
    Rule {
        id: "AUTH-8",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Extra,
        title: "Credentials are never in URL, body or User-Agent.",
        source: "the spirit of IM#general-logging-no-sensitive-info",
        observed: "The signature or token of each request, looked for in its target, body and User-Agent; `accesskey=` anywhere.",
        why: "URLs and user agents end up in every log on the way.",
        how: "Send credentials in `Authorization` and nowhere else.",
        judging: Judging::Passive(credentials::credentials_stay_in_their_header),
    },
    Rule {
        id: "AUTH-9",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Extra,
        title: "Credentials are not sent over plain http, unless the caller opted in.",
        source: "practice: `allowInsecureConnection` of core-rest-pipeline",
        observed: "Calls of a client whose endpoint is an http URL: refused, or at least without credentials.",
        why: "Whoever listens can repeat the request, and a bearer token altogether.",
        how: "Refuse an endpoint whose scheme is not https before anything is sent.",
        judging: Judging::Active(credentials::plain_http_is_refused),
    },
];

static HMAC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "^HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=[A-Za-z0-9+/]{43}=$",
    )
});
static HOST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$"));

const EMPTY_HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

pub(super) fn authorization(exchange: &Exchange) -> Option<&str> {
    exchange.sent.headers.get("authorization")
}

fn header_has_the_documented_form(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        let Some(header) = authorization(exchange).filter(|h| h.starts_with("HMAC")) else {
            continue;
        };
        let hash = exchange.sent.headers.get("x-ms-content-sha256").unwrap_or_default();
        let expected = if exchange.sent.body.is_empty() {
            EMPTY_HASH.to_owned()
        } else {
            signing::content_hash(&exchange.sent.body)
        };
        // What a fault cut off has no whole body to hash.
        let whole = exchange.received.is_some() || exchange.sent.body.is_empty();
        let form = HMAC.is_match(header);
        tally.demand(place, form && (hash == expected || !whole), || {
            if form {
                format!("x-ms-content-sha256 is {hash}, the body's hash is {expected}")
            } else {
                let parameters = header.split("&Signature=").next().unwrap_or_default();
                format!("Authorization is `{parameters}&Signature=…`, not the documented form")
            }
        });
    }
}

fn signature_fits_the_wire(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        match (&exchange.attempt.signature_form, &exchange.attempt.refusal) {
            (Some(form), _) => tally.demand(place, form == "wire", || {
                format!("the signature fits only the spelling `{form}` of {}", exchange.sent.target)
            }),
            (None, Some(refusal)) if refusal.contains("signature") => {
                tally.demand(place, false, || {
                    let first = refusal.lines().next().unwrap_or_default();
                    format!("the signature fits no spelling of {}: {first}", exchange.sent.target)
                });
            }
            _ => {}
        }
    }
}

fn signature_is_fresh(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        for ((_, before), (index, attempt)) in request.pairs() {
            let dates = (date(before), date(attempt));
            let (Some(first), Some(second)) = dates else { continue };
            let pause = attempt.started - before.started;
            if pause < TimeDelta::milliseconds(1050) {
                // Dates count whole seconds: a quicker retry may rightly carry the same.
                continue;
            }
            tally.demand((step.index, index), first != second, || {
                format!(
                    "a retry after {} ms carries the first attempt's x-ms-date {first:?}",
                    pause.num_milliseconds()
                )
            });
        }
    }
}

fn date(exchange: &Exchange) -> Option<&str> {
    let value =
        exchange.sent.headers.get("x-ms-date").or_else(|| exchange.sent.headers.get("date"))?;
    time::parse_http_date(value).map(|_| value)
}

fn headers_stay_single(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        for (index, exchange) in request.attempts.iter().skip(1) {
            let doubled = ["authorization", "x-ms-date", "x-ms-content-sha256", "host"]
                .into_iter()
                .find(|name| exchange.sent.headers.all(name).count() > 1);
            tally.demand((step.index, *index), doubled.is_none(), || {
                format!("a retry carries {} more than once", doubled.unwrap_or_default())
            });
        }
    }
}

fn host_is_valid(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        let hosts: Vec<&str> = exchange.sent.headers.all("host").collect();
        let host = hosts.first().copied().unwrap_or(&exchange.sent.authority);
        let expected = if exchange.sent.protocol == "HTTP/2" { 0..=1 } else { 1..=1 };
        let obeyed = expected.contains(&hosts.len())
            && HOST.is_match(host)
            && host.eq_ignore_ascii_case(&exchange.sent.authority);
        tally.demand(place, obeyed, || match hosts.len() {
            0 => "no Host is sent".to_owned(),
            1 => format!("Host {host:?} is not the authority of a URL"),
            many => format!("Host is sent {many} times"),
        });
    }
}
