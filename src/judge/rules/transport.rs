//! Transport: connections, TLS, proxies, redirects.

use std::collections::BTreeSet;

use super::rule::{Judging, Level, Profile, Rule};
use super::watch::{Origin, Step};
use super::{Family, Tally, Watch};
use crate::transcript::Exchange;

const FAMILY: Family = Family::Transport;
/// How many calls one after the other show whether connections are kept.
const CALLS: usize = 4;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "NET-1",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Extra,
        title: "Calls of one client, one after the other, share connections.",
        source: "practice",
        observed: "Cases of at least four undisturbed calls: at most half as many connections as requests.",
        why: "A TLS handshake costs more than the call.",
        how: "Keep one pooled transport for each client, and read answers to their end.",
        judging: Judging::Active(connections_are_kept),
    },
    Rule {
        id: "NET-2",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Extra,
        title: "The certificate of the server is verified: its chain, and the host name.",
        source: "Azure platform requirement; no TLS rule was found in the SDK guidelines",
        observed: "Calls that meet a certificate of an unknown CA or of another host: no request, and an error.",
        why: "Whoever stands in between gets signatures and data.",
        how: "Leave verification on; there is no reason to turn it off.",
        judging: Judging::Active(certificates_are_verified),
    },
    Rule {
        id: "NET-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "`HTTPS_PROXY` and `NO_PROXY` are honoured.",
        source: "AC#azurecore-http-proxy-global-config, -azure-sdk-config",
        observed: "Calls made with these variables set: whether they came through the proxy.",
        why: "In many networks the proxy is the only way out, or must not be used inside.",
        how: "Read the environment by default, and let options override it.",
        judging: Judging::Active(proxies_are_honoured),
    },
    Rule {
        id: "NET-4",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Extra,
        title: "A redirect never turns POST into GET on 307 or 308, nor takes `Authorization` to another origin.",
        source: "practice: redirects are atypical on Azure",
        observed: "Requests that follow a 307 or 308: method, origin, credentials; not following is fine.",
        why: "A create becomes a list, or a stranger gets the signature.",
        how: "Do not follow at all, or keep method and body, sign anew, and stay at the origin.",
        judging: Judging::Active(redirects_are_safe),
    },
];

fn connections_are_kept(watch: &Watch<'_>, tally: &mut Tally) {
    let exchanges: Vec<((usize, usize), &Exchange)> = watch.exchanges().collect();
    let numbers: Vec<u64> = exchanges.iter().filter_map(|(_, e)| e.attempt.connection).collect();
    let Some((last, _)) = exchanges.last().filter(|_| numbers.len() >= CALLS) else { return };
    let distinct = numbers.iter().collect::<BTreeSet<_>>().len();
    tally.demand(*last, distinct * 2 <= numbers.len(), || {
        format!("{} requests came over {distinct} connections", numbers.len())
    });
}

/// In the scenarios that name the rule, every call meets such a certificate.
fn certificates_are_verified(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, _) in watch.calls() {
        let sent = step.record.exchanges.len();
        tally.demand_of_step(step.index, sent == 0 && step.failure().is_some(), || {
            format!("a certificate that must not be trusted came to {}", step.outcome_words())
        });
    }
}

/// A host that only the harness's proxy knows; the proxy leads it, and nothing else, to the emulator.
const BEHIND_PROXY: &str = "https://behind-the-proxy.test";

fn proxies_are_honoured(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls() {
        let endpoint = step.option("endpoint").and_then(|text| text.as_str()).unwrap_or_default();
        let arrived = !step.record.exchanges.is_empty();
        if endpoint.starts_with(BEHIND_PROXY) {
            tally.demand_of_step(step.index, arrived, || {
                format!(
                    "HTTPS_PROXY is not used: {} came to {}",
                    call.operation,
                    step.outcome_words()
                )
            });
        } else {
            tally.demand_of_step(step.index, arrived, || {
                format!(
                    "NO_PROXY names the host, and {} came to {}",
                    call.operation,
                    step.outcome_words()
                )
            });
        }
    }
}

fn redirects_are_safe(watch: &Watch<'_>, tally: &mut Tally) {
    for step in &watch.steps {
        for (position, request) in step.requests.iter().enumerate() {
            let (index, exchange) = request.attempts[request.attempts.len() - 1];
            let redirected =
                exchange.received.as_ref().is_some_and(|a| [307, 308].contains(&a.status));
            if !redirected {
                continue;
            }
            let fault = step
                .requests
                .get(position + 1)
                .filter(|next| next.origin == Origin::Redirect)
                .and_then(|next| hop_fault(exchange, next.first(), step));
            tally
                .demand((step.index, index), fault.is_none(), || fault.clone().unwrap_or_default());
        }
    }
}

fn hop_fault(before: &Exchange, hop: &Exchange, step: &Step<'_>) -> Option<String> {
    if hop.sent.method != before.sent.method {
        return Some(format!("a redirect turns {} into {}", before.sent.method, hop.sent.method));
    }
    let credentials = hop.sent.headers.get("authorization").is_some();
    if hop.sent.authority != before.sent.authority && credentials {
        return Some(format!("a redirect takes the credentials to {}", hop.sent.authority));
    }
    let refused = hop.attempt.refusal.is_some();
    (hop.sent.authority == before.sent.authority && refused).then(|| {
        format!("the request after a redirect is not signed anew: {}", step.outcome_words())
    })
}
