//! The judges of how keys and tokens are used, and where they must not go (AUTH-6 to AUTH-9).

use std::sync::LazyLock;

use regex::Regex;

use super::authentication::authorization;
use super::identity::pattern;
use super::watch::{Step, is_challenge};
use super::{Tally, Watch};
use crate::transcript::{ErrorKind, Exchange};

static ACCESS_KEY: LazyLock<Regex> = LazyLock::new(|| pattern("(?i)accesskey(?:=|%3D)"));

pub(super) fn challenge_is_answered(watch: &Watch<'_>, tally: &mut Tally) {
    for step in steps_with(watch, "credential", "token") {
        let exchanges: Vec<(usize, &Exchange)> =
            step.requests.iter().flat_map(|request| request.attempts.iter().copied()).collect();
        for (index, exchange) in &exchanges {
            let bearer = authorization(exchange).is_some_and(|value| value.starts_with("Bearer "));
            tally.demand((step.index, *index), bearer, || {
                "no bearer token is sent, though the client was given a token credential".to_owned()
            });
        }
        let challenged = exchanges.iter().position(|(_, exchange)| is_challenge(exchange));
        let Some(position) = challenged else { continue };
        let again = exchanges.len() > position + 1;
        tally.demand((step.index, exchanges[position].0), again, || {
            format!("no token is asked for after a 401 challenge: {}", step.outcome_words())
        });
    }
}

pub(super) fn updated_key_is_used(watch: &Watch<'_>, tally: &mut Tally) {
    for step in steps_with(watch, "update_key", "secondary") {
        for (index, exchange) in step.requests.iter().flat_map(|request| &request.attempts) {
            let Some(credential) = exchange.attempt.credential else { continue };
            tally.demand((step.index, *index), credential == "secondary", || {
                "the request after the key was updated is signed with the old one".to_owned()
            });
        }
    }
}

pub(super) fn credentials_stay_in_their_header(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        let Some(secret) = authorization(exchange).and_then(secret) else { continue };
        let body = String::from_utf8_lossy(&exchange.sent.body);
        let agent = exchange.sent.headers.get("user-agent").unwrap_or_default();
        let parts =
            [("URL", exchange.sent.target.as_str()), ("body", &body), ("User-Agent", agent)];
        let leak =
            parts.iter().find(|(_, text)| text.contains(secret) || ACCESS_KEY.is_match(text));
        tally.demand(place, leak.is_none(), || {
            format!("the {} holds the request's credentials", leak.map_or("", |(part, _)| part))
        });
    }
}

/// The signature or the token itself.
fn secret(authorization: &str) -> Option<&str> {
    let secret = match authorization.split_once("Signature=") {
        Some((_, signature)) => signature,
        None => authorization.strip_prefix("Bearer ")?,
    };
    (secret.len() > 8).then_some(secret)
}

pub(super) fn plain_http_is_refused(watch: &Watch<'_>, tally: &mut Tally) {
    for step in &watch.steps {
        let text = |name| step.option(name).and_then(|text| text.as_str()).unwrap_or_default();
        let given = text("endpoint").starts_with("http://")
            || text("connection_string").contains("endpoint=http://");
        if !given {
            continue;
        }
        let refused = step
            .failure()
            .is_some_and(|failure| matches!(failure.kind, ErrorKind::Validation | ErrorKind::Auth));
        // Some SDKs speak https whatever the endpoint says: as good as a refusal.
        let secured = step.record.exchanges.iter().any(|exchange| exchange.sent.scheme == "https");
        tally.demand_of_step(step.index, refused || secured, || {
            format!(
                "a call to an http endpoint is not refused: it came to {}",
                step.outcome_words()
            )
        });
    }
}

fn steps_with<'w, 'a>(
    watch: &'w Watch<'a>,
    option: &'static str,
    value: &'static str,
) -> impl Iterator<Item = &'w Step<'a>> {
    watch
        .steps
        .iter()
        .filter(move |step| step.option(option).and_then(|found| found.as_str()) == Some(value))
}
