//! Logging and secrets: what an implementation tells, and must not tell.

use std::sync::LazyLock;

use regex::Regex;

use super::authentication::authorization;
use super::credentials::secret;
use super::identity::pattern;
use super::rule::{Judging, Level, Profile, Rule};
use super::watch::{Step, query_pairs};
use super::{Family, Tally, Watch};
use crate::transcript::Exchange;

const FAMILY: Family = Family::Logging;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "LOG-1",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "Logs redact credentials and the values of query parameters that are not on the allow-list.",
        source: "IM#general-logging-no-sensitive-info; AC#azurecore-http-logging-sensitive-info",
        observed: "The implementation's log of calls, also at its most talkative: signatures, tokens, the keys of the case in any spelling, query values other than `api-version` (of more than five characters: shorter ones turn up by chance). Other headers are not looked for.",
        why: "Logs are shipped, kept and read by people who must not call the service.",
        how: "Log the headers and parameters of a list, and the names of the others.",
        judging: Judging::Active(logs_are_redacted),
    },
    Rule {
        id: "LOG-2",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "Log lines of requests carry the request id and the number of the attempt.",
        source: "IM#general-logging-requests",
        observed: "The implementation's log of a call with a retry.",
        why: "Under load the lines of many calls mix.",
        how: "Log within the retry policy, with both.",
        judging: Judging::Active(lines_are_attributed),
    },
    Rule {
        id: "LOG-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Extra,
        title: "No secret is in the text of an error.",
        source: "the spirit of LOG-1; canary",
        observed: "Errors about a malformed connection string or after a 401: neither key nor signature is in message or native text.",
        why: "Errors go to consoles, tickets and chats.",
        how: "Say which part is wrong, never what it holds.",
        judging: Judging::Active(errors_hold_no_secret),
    },
];

static KEY: LazyLock<Regex> = LazyLock::new(|| pattern("(?i)accesskey=([^;]+)"));
static ATTEMPT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:attempt|try|retry|retries|retryCount)[^0-9]{0,12}([0-9]+)"));

/// Steps of clients that log, with all that they said as one text a line.
fn logged<'w, 'a>(watch: &'w Watch<'a>) -> impl Iterator<Item = &'w Step<'a>> {
    watch
        .steps
        .iter()
        .filter(|step| step.option("log_level").is_some() && !step.record.exchanges.is_empty())
}

fn logs_are_redacted(watch: &Watch<'_>, tally: &mut Tally) {
    for step in logged(watch).filter(|step| !step.record.disclosed.logs.is_empty()) {
        for (index, exchange) in step.requests.iter().flat_map(|request| &request.attempts) {
            let logs = &step.record.disclosed.logs;
            let leak = logs.iter().find_map(|line| leak(watch, line, exchange));
            tally.demand((step.index, *index), leak.is_none(), || {
                format!("the log holds {}", leak.unwrap_or_default())
            });
        }
    }
}

fn leak(watch: &Watch<'_>, line: &str, exchange: &Exchange) -> Option<&'static str> {
    let secret = authorization(exchange).and_then(secret);
    if secret.is_some_and(|secret| line.contains(secret)) {
        return Some("the value of Authorization");
    }
    if watch.finds_key(line) {
        return Some("an access key");
    }
    query_pairs(exchange.sent.query())
        .any(|(name, value)| name != "api-version" && value.len() > 5 && line.contains(value))
        .then_some("the value of a query parameter other than api-version")
}

fn lines_are_attributed(watch: &Watch<'_>, tally: &mut Tally) {
    for step in logged(watch) {
        for request in step.requests.iter().filter(|request| request.attempts.len() > 1) {
            let logs = &step.record.disclosed.logs;
            for (number, (index, exchange)) in request.attempts.iter().enumerate() {
                let id = exchange.sent.headers.get("x-ms-client-request-id").unwrap_or_default();
                let named: Vec<&String> =
                    logs.iter().filter(|line| !id.is_empty() && line.contains(id)).collect();
                let numbered = named.iter().any(|line| names_attempt(line, number));
                tally.demand((step.index, *index), numbered, || {
                    if named.is_empty() {
                        format!("no line of the log carries the request id {id:?}")
                    } else {
                        format!("no line of request {id} says that it is attempt {}", number + 1)
                    }
                });
            }
        }
    }
}

/// Attempts are counted from 0 or from 1.
fn names_attempt(line: &str, number: usize) -> bool {
    ATTEMPT.captures_iter(line).any(|found| {
        found[1].parse::<usize>().is_ok_and(|said| said == number || said == number + 1)
    })
}

fn errors_hold_no_secret(watch: &Watch<'_>, tally: &mut Tally) {
    for step in &watch.steps {
        let text = step.option("connection_string").and_then(|text| text.as_str());
        let given = text.and_then(|text| KEY.captures(text)).map(|key| key[1].to_owned());
        let denied = step.requests.iter().flat_map(|request| &request.attempts);
        let denied: Vec<&Exchange> = denied
            .map(|(_, exchange)| *exchange)
            .filter(|one| one.received.as_ref().is_some_and(|answer| answer.status == 401))
            .collect();
        let Some(failure) = step.failure().filter(|_| given.is_some() || !denied.is_empty()) else {
            continue;
        };
        let native = failure.native.as_ref().map(|native| native.text.as_str()).unwrap_or_default();
        let texts = [failure.message.as_str(), native];
        let holds = |secret: &str| texts.iter().any(|text| text.contains(secret));
        let key =
            given.as_deref().is_some_and(holds) || texts.iter().any(|text| watch.finds_key(text));
        let proof = denied.iter().filter_map(|one| secret(authorization(one)?)).any(holds);
        tally.demand_of_step(step.index, !key && !proof, || match (key, given.is_some()) {
            (true, true) => {
                "the error about a malformed connection string holds the access key".to_owned()
            }
            (true, false) => "the error about refused credentials holds an access key".to_owned(),
            (false, _) => "the error about refused credentials holds them".to_owned(),
        });
    }
}
