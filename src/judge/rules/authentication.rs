//! Authentication: what proves who is calling, and what must never leave.

use std::sync::LazyLock;

use chrono::TimeDelta;
use regex::Regex;

use super::identity::{line, pattern};
use super::rule::{Judging, Level, Profile, Rule};
use super::watch::{Origin, Request, Step};
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
        observed: "The header of every request that bears no token: its form, and `x-ms-content-sha256` against base64(SHA-256(body)). Without any credentials only a redirected request (NET-4) or one led to another origin may go.",
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
        observed: "Which spelling of target and host the signature fits: only that of the request itself obeys; a signature that cannot be verified does not.",
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
        observed: "`x-ms-date` of attempts that began more than a second after the one before: a new one, and not more than five minutes off.",
        why: "After a long back-off the signature is stale and the retry fails for another reason than the call did.",
        how: "Put the signing policy inside the retry policy.",
        judging: Judging::Passive(signature_is_fresh),
    },
    Rule {
        id: "AUTH-4",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Service,
        title: "On a retry every authentication header still has exactly one value.",
        source: "azure-sdk-for-net #8171",
        observed: "`Authorization`, `x-ms-date`, `x-ms-content-sha256` and `Host` of every attempt after the first: each that the first carried once, none twice.",
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
        observed: "Calls with a token credential: the scheme (the scope is between client and credential: no request shows it), and the attempt after a 401 with `WWW-Authenticate: Bearer`, which bears no token of an earlier call where the credential has a new one by then.",
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
        observed: "The signature or token of each request and the keys of the case in any spelling, looked for in target, body and User-Agent.",
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

/// No source states how far off a date may be; five minutes are more than any clock needs.
const MOST_SKEW: TimeDelta = TimeDelta::minutes(5);

const EMPTY_HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

pub(super) fn authorization(exchange: &Exchange) -> Option<&str> {
    exchange.sent.headers.get("authorization")
}

/// Whether a request proves its origin by a token.
pub(super) fn is_bearer(exchange: &Exchange) -> bool {
    authorization(exchange).is_some_and(|value| {
        value.split(' ').next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"))
    })
}

/// What a page leads to another origin rightly goes without credentials, as does what goes over
/// plain http (AUTH-9). Redirected requests are judged by NET-4.
fn needs_credentials(step: &Step<'_>, request: &Request<'_>) -> bool {
    let home = step.requests.first().map(|first| &first.first().sent.authority);
    let sent = &request.first().sent;
    let strays = match request.origin {
        Origin::Client => false,
        Origin::NextLink => home != Some(&sent.authority),
        Origin::Redirect => true,
    };
    let insecure = sent.scheme == "http" && step.record.call.is_some();
    !strays && !insecure
}

fn header_has_the_documented_form(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        let needed = needs_credentials(step, request);
        for (index, exchange) in request.attempts.iter().filter(|(_, one)| !is_bearer(one)) {
            if !needed && authorization(exchange).is_none() {
                continue;
            }
            let fault = form_fault(exchange);
            tally.demand((step.index, *index), fault.is_none(), || {
                format!("{}: {}", line(exchange), fault.clone().unwrap_or_default())
            });
        }
    }
}

fn form_fault(exchange: &Exchange) -> Option<String> {
    let Some(header) = authorization(exchange) else {
        return Some("no Authorization is sent".to_owned());
    };
    if !HMAC.is_match(header) {
        // What stands in place of the documented form may hold anything.
        return Some(match header.split_once("Signature=") {
            Some((parameters, _)) => {
                format!("Authorization is `{parameters}Signature=…`, not the documented form")
            }
            None => "Authorization is no signature in the documented form".to_owned(),
        });
    }
    let hash = exchange.sent.headers.get("x-ms-content-sha256").unwrap_or_default();
    let expected = if exchange.sent.body.is_empty() {
        EMPTY_HASH.to_owned()
    } else {
        signing::content_hash(&exchange.sent.body)
    };
    // What a fault cut off has no whole body to hash.
    let whole = exchange.received.is_some() || exchange.sent.body.is_empty();
    (whole && hash != expected)
        .then(|| format!("x-ms-content-sha256 is {hash}, the body's hash is {expected}"))
}

fn signature_fits_the_wire(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        let target = &exchange.sent.target;
        match (&exchange.attempt.signature_form, &exchange.attempt.refusal) {
            (Some(form), _) => tally.demand(place, form == "wire", || {
                format!("the signature fits only the spelling `{form}` of {target}")
            }),
            (None, Some(refusal)) if authorization(exchange).is_some() && !is_bearer(exchange) => {
                tally.demand(place, false, || {
                    let first = refusal.lines().next().unwrap_or_default();
                    if first.contains("signature") {
                        format!("the signature fits no spelling of {target}: {first}")
                    } else {
                        format!("the signature of {target} cannot be verified: {first}")
                    }
                });
            }
            // Without a signature there is none to fit: AUTH-1 tells.
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
            let Some(named) = time::parse_http_date(second) else { continue };
            let off = (named - attempt.started).abs();
            tally.demand((step.index, index), off <= MOST_SKEW, || {
                format!("a retry's x-ms-date {second:?} is {} s off", off.num_seconds())
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
    const NAMES: [&str; 4] = ["authorization", "x-ms-date", "x-ms-content-sha256", "host"];
    for (step, request) in watch.requests() {
        let count = |exchange: &Exchange, name| exchange.sent.headers.all(name).count();
        for (index, exchange) in request.attempts.iter().skip(1) {
            let wrong = NAMES.into_iter().find(|name| {
                let now = count(exchange, name);
                now > 1 || (now == 0 && count(request.first(), name) > 0)
            });
            tally.demand((step.index, *index), wrong.is_none(), || {
                let name = wrong.unwrap_or_default();
                if count(exchange, name) == 0 {
                    format!("a retry carries no {name}, which the first attempt did")
                } else {
                    format!("a retry carries {name} more than once")
                }
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

#[cfg(test)]
#[path = "authentication_tests.rs"]
mod tests;
