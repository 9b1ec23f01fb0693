//! Identity and telemetry: who is calling, and which call it is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::rule::{Judging, Level, Profile, Rule};
use super::watch::Origin;
use super::{Family, Tally, Watch};
use crate::transcript::Exchange;

const FAMILY: Family = Family::Identity;
const REQUEST_ID: &str = "x-ms-client-request-id";
const TELEMETRY: [&str; 2] = ["user-agent", "x-ms-azsdk-telemetry"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "ID-1",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Rest,
        title: "Every request carries `x-ms-client-request-id`, a bare UUID.",
        source: "RG#telemetry; spector Azure_SpecialHeaders_XmsClientRequestId",
        observed: "The header of every request: present once, 8-4-4-4-12 hexadecimal digits, no braces.",
        why: "Without it a failed call cannot be found in the service's logs.",
        how: "Make a UUID in the pipeline for each request that has none from its caller.",
        judging: Judging::Passive(request_id_is_sent),
    },
    Rule {
        id: "ID-2",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "All attempts of one request share their request id; every operation and page has a new one.",
        source: "AC#azurecore-http-retry-requestid",
        observed: "Request ids over the attempts of a request, and over all requests of a case.",
        why: "Retries that look like separate calls cannot be put together again, and calls that share an id cannot be told apart.",
        how: "Set the id outside the retry policy, once a request.",
        judging: Judging::Passive(request_id_is_kept),
    },
    Rule {
        id: "ID-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "`User-Agent` is `[appId ]azsdk-<lang>-<package>/<version>[ …] <platform>`.",
        source: "AC#azurecore-http-telemetry-useragent",
        observed: "The header of every request.",
        why: "The service's owners cannot tell which SDK, in which version, misbehaves.",
        how: "Build the text from the package's own name and version, and the platform after it.",
        judging: Judging::Passive(user_agent_is_well_formed),
    },
    Rule {
        id: "ID-4",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "The application id leads the `User-Agent` and has at most 24 characters.",
        source: "AC#azurecore-http-telemetry-appid, -appid-length",
        observed: "Calls of clients that were given an application id.",
        why: "Applications could not be told apart in telemetry, or could flood it.",
        how: "Put the id and a blank first; refuse or cut one that is longer.",
        judging: Judging::Active(application_id_leads),
    },
    Rule {
        id: "ID-5",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "Telemetry headers hold no personal data and no secret.",
        source: "AC#azurecore-http-telemetry-dynamic",
        observed: "`User-Agent` and `X-MS-AZSDK-Telemetry`: identifiers of users, mail addresses, segments of the path, tokens.",
        why: "Telemetry is kept long and read by many.",
        how: "Fill these headers from build constants and the platform alone.",
        judging: Judging::Passive(telemetry_is_impersonal),
    },
    Rule {
        id: "ID-6",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "With tracing on, `traceparent` is valid: one trace id an operation, a new span id an attempt.",
        source: "IM#general-tracing-pass-context; AC#azurecore-http-tracing-create-span",
        observed: "`traceparent` of calls made with tracing on.",
        why: "Distributed traces break off at the SDK, or show retries as one request.",
        how: "Start a span for each attempt, below the operation's, and inject its context.",
        judging: Judging::Active(trace_context_is_passed),
    },
];

static UUID: LazyLock<Regex> = LazyLock::new(|| {
    pattern("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")
});
static USER_AGENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[^ ]{1,24} )?azsdk-[a-z]+-[A-Za-z0-9._-]+/[0-9][^ ]* \S.*$"));
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:8|28|48):(?:acs|dod-acs|gcch-acs|orgid)[:_]|[\w.+-]+@[\w-]+\.[a-z]{2,}|accesskey=|\beyJ[\w-]+\.",
    )
});
static TRACE: LazyLock<Regex> =
    LazyLock::new(|| pattern("^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$"));

/// Patterns here are constants, tried by the tests.
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant that the tests compile")
}

pub(super) fn is_uuid(text: &str) -> bool {
    UUID.is_match(text)
}

fn request_id_is_sent(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        let ids: Vec<&str> = exchange.sent.headers.all(REQUEST_ID).collect();
        let obeyed = matches!(ids.as_slice(), [id] if is_uuid(id));
        tally.demand(place, obeyed, || match ids.as_slice() {
            [] => format!("{} has no {REQUEST_ID}", line(exchange)),
            [id] => format!("{REQUEST_ID} {id:?} is no bare UUID"),
            many => format!("{REQUEST_ID} is sent {} times", many.len()),
        });
    }
}

fn request_id_is_kept(watch: &Watch<'_>, tally: &mut Tally) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (step, request) in watch.requests() {
        for ((_, before), (index, attempt)) in request.pairs() {
            let (Some(first), Some(id)) = (id(before), id(attempt)) else { continue };
            tally.demand((step.index, index), first == id, || {
                format!("a retry carries the request id {id}, the attempt before it {first}")
            });
        }
        let (index, first) = request.attempts[0];
        let Some(id) = id(first) else { continue };
        // A redirect goes on with the request that was redirected.
        if !seen.is_empty() && request.origin != Origin::Redirect {
            tally.demand((step.index, index), !seen.contains_key(id), || {
                format!("{} repeats the request id {id} of {}", line(first), seen[id])
            });
        }
        seen.insert(id, line(first));
    }
}

fn id(exchange: &Exchange) -> Option<&str> {
    exchange.sent.headers.get(REQUEST_ID)
}

fn user_agent_is_well_formed(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        let agent = exchange.sent.headers.get("user-agent").unwrap_or_default();
        tally.demand(place, USER_AGENT.is_match(agent), || {
            format!(
                "User-Agent {agent:?} is not `[appId ]azsdk-<lang>-<package>/<version> <platform>`"
            )
        });
    }
}

fn application_id_leads(watch: &Watch<'_>, tally: &mut Tally) {
    for step in &watch.steps {
        let Some(id) = step.option("application_id").and_then(|id| id.as_str()) else { continue };
        let allowed: String = id.chars().take(24).collect();
        if id.chars().count() > 24 && step.requests.is_empty() {
            // Refused before anything was sent: enforced as well.
            tally.demand_of_step(step.index, step.failure().is_some(), || {
                format!("no request was made and no error given for the application id {id:?}")
            });
        }
        for (index, exchange) in step.requests.iter().flat_map(|request| &request.attempts) {
            let agent = exchange.sent.headers.get("user-agent").unwrap_or_default();
            let lead = agent.split(' ').next().unwrap_or_default();
            let whole = id.len() == allowed.len();
            let obeyed = lead.len() < agent.len()
                && if whole { lead == id } else { !lead.is_empty() && allowed.starts_with(lead) };
            tally.demand((step.index, *index), obeyed, || {
                format!("the application id {id:?} does not lead the User-Agent {agent:?}, cut at 24 characters")
            });
        }
    }
}

fn telemetry_is_impersonal(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        for name in TELEMETRY {
            for value in exchange.sent.headers.all(name) {
                let named = identifier_in_path(exchange).filter(|segment| value.contains(segment));
                let found = PERSONAL.find(value).map(|found| found.as_str()).or(named);
                let key = watch.finds_key(value);
                tally.demand(place, found.is_none() && !key, || {
                    if key {
                        // Not quoted: messages are printed.
                        return format!("{name} holds an access key");
                    }
                    format!("{name} {value:?} holds {:?}", found.unwrap_or_default())
                });
            }
        }
    }
}

/// The room or user that the path names.
fn identifier_in_path(exchange: &Exchange) -> Option<&str> {
    exchange.sent.path().split('/').nth(2).filter(|segment| segment.len() > 5)
}

fn trace_context_is_passed(watch: &Watch<'_>, tally: &mut Tally) {
    for step in &watch.steps {
        if step.option("tracing").and_then(|on| on.as_bool()) != Some(true) {
            continue;
        }
        let mut trace: Option<String> = None;
        let mut spans: Vec<String> = Vec::new();
        for (index, exchange) in step.requests.iter().flat_map(|request| &request.attempts) {
            let header = exchange.sent.headers.get("traceparent").unwrap_or_default();
            let place = (step.index, *index);
            // Ids of zeros alone are the standard's own way to say none.
            let zeros = |id: &str| id.bytes().all(|digit| digit == b'0');
            let parts = TRACE.captures(header).filter(|ids| !zeros(&ids[1]) && !zeros(&ids[2]));
            let Some(parts) = parts else {
                tally.demand(place, false, || format!("traceparent {header:?} is not valid"));
                continue;
            };
            let (id, span) = (parts[1].to_owned(), parts[2].to_owned());
            let same_trace = trace.get_or_insert_with(|| id.clone()) == &id;
            let new_span = !spans.contains(&span);
            tally.demand(place, same_trace && new_span, || {
                if same_trace {
                    format!("the span id {span} is that of an earlier attempt")
                } else {
                    format!("the trace id {id} is not that of the operation's first request")
                }
            });
            spans.push(span);
        }
    }
}

/// Method and path, for messages.
pub(super) fn line(exchange: &Exchange) -> String {
    format!("{} {}", exchange.sent.method, exchange.sent.path())
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
