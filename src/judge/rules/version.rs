//! Version: which contract the client asks for.

use std::sync::LazyLock;

use regex::Regex;

use super::identity::pattern;
use super::rule::{Judging, Level, Profile, Rule};
use super::watch::{Origin, api_versions};
use super::{Family, Tally, Watch};
use crate::transcript::{Called, Exchange};

const FAMILY: Family = Family::Version;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "VER-1",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Service,
        title: "`api-version` is present exactly once, `YYYY-MM-DD[-preview]`, on every request.",
        source: "RG#versioning-api-version-query-param, -date-based-versioning",
        observed: "The query of every request, continuations included.",
        why: "A service refuses a request without a version, or with one that it does not know.",
        how: "Add the parameter in one place of the pipeline, as the version's text, never as a name of the language's own.",
        judging: Judging::Passive(version_is_sent),
    },
    Rule {
        id: "VER-2",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "On a URL that the service returned, `api-version` is the client's.",
        source: "DS#general-service-apiversion-7; RG: clients specify the version even on nextLink",
        observed: "Requests made from a `nextLink`, against the version of the request before.",
        why: "One listing would mix two contracts, and a client would read what it does not know.",
        how: "Add the parameter to a returned URL, or replace its value, before following it.",
        judging: Judging::Passive(version_is_kept),
    },
    Rule {
        id: "VER-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "The version that the caller selected is the one that is sent.",
        source: "DS#general-service-apiversion-8",
        observed: "Calls at a version that is not the service's default.",
        why: "Who pins a version to be safe from changes would not be.",
        how: "Take the version from the client's options, not from a constant.",
        judging: Judging::Passive(version_is_selected),
    },
];

static VERSION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-preview)?$"));

fn version_is_sent(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests().filter(|(_, r)| r.origin != Origin::Redirect) {
        for (index, exchange) in &request.attempts {
            let versions = api_versions(exchange);
            let obeyed = matches!(versions.as_slice(), [one] if VERSION.is_match(one));
            tally.demand((step.index, *index), obeyed, || match versions.as_slice() {
                [] => format!("{} has no api-version", exchange.sent.target),
                [one] => format!("api-version {one:?} is no date"),
                many => format!("api-version is sent {} times", many.len()),
            });
        }
    }
}

fn version_is_kept(watch: &Watch<'_>, tally: &mut Tally) {
    for step in &watch.steps {
        let Some(first) = step.requests.first() else { continue };
        let client = api_versions(first.first()).first().copied().unwrap_or_default();
        for request in step.requests.iter().filter(|r| r.origin == Origin::NextLink) {
            let (index, page) = request.attempts[0];
            let versions = api_versions(page);
            tally.demand((step.index, index), versions.iter().all(|v| *v == client) && !versions.is_empty(), || {
                format!(
                    "a returned URL is followed with the api-version {:?}, the client's is {client:?}",
                    versions.join(", ")
                )
            });
        }
    }
}

/// Whether the version sent is one that stands for the one selected.
fn serves(exchange: &Exchange, call: &Called) -> bool {
    exchange.attempt.served_as.as_deref() == Some(call.api_version.as_str())
}

fn version_is_selected(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls() {
        if call.api_version == call.operation.service().default_version() {
            continue;
        }
        for request in step.requests.iter().filter(|r| r.origin == Origin::Client) {
            let (index, exchange) = request.attempts[0];
            let versions = api_versions(exchange);
            tally.demand(
                (step.index, index),
                versions.contains(&call.api_version.as_str()) || serves(exchange, call),
                || {
                    format!(
                        "api-version {:?} is sent, {} was selected",
                        versions.join(", "),
                        call.api_version
                    )
                },
            );
        }
    }
}

#[cfg(test)]
#[path = "version_tests.rs"]
mod tests;
