//! The judges of how keys and tokens are used, and where they must not go (AUTH-6 to AUTH-9).

use super::authentication::{authorization, is_bearer};
use super::watch::{Step, is_challenge};
use super::{Tally, Watch};
use crate::transcript::{ErrorKind, Exchange};

pub(super) fn challenge_is_answered(watch: &Watch<'_>, tally: &mut Tally) {
    for step in steps_with(watch, "credential", "token") {
        let exchanges: Vec<(usize, &Exchange)> =
            step.requests.iter().flat_map(|request| request.attempts.iter().copied()).collect();
        for (index, exchange) in &exchanges {
            tally.demand((step.index, *index), is_bearer(exchange), || {
                "no bearer token is sent, though the client was given a token credential".to_owned()
            });
        }
        let challenged = exchanges.iter().position(|(_, exchange)| is_challenge(exchange));
        let Some(position) = challenged else { continue };
        let (refused, _) = exchanges[position];
        let again = exchanges.get(position + 1).map(|(_, exchange)| *exchange);
        let stale = again.is_some_and(|after| is_stale(watch, step, after));
        tally.demand((step.index, refused), again.is_some() && !stale, || {
            if stale {
                "after a 401 challenge the old token is sent again, though the credential has a new one".to_owned()
            } else {
                format!("no token is asked for after a 401 challenge: {}", step.outcome_words())
            }
        });
    }
}

/// Whether a request bears the token of an earlier call, though the credential has another by now.
fn is_stale(watch: &Watch<'_>, step: &Step<'_>, exchange: &Exchange) -> bool {
    let rotated = step.option("rotate_token").and_then(|on| on.as_bool()) == Some(true);
    let earlier = watch.steps.iter().take_while(|one| one.index < step.index);
    rotated
        && earlier
            .flat_map(|one| &one.record.exchanges)
            .any(|one| authorization(one) == authorization(exchange))
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
        let secret = authorization(exchange).and_then(secret);
        let body = String::from_utf8_lossy(&exchange.sent.body);
        let agent = exchange.sent.headers.get("user-agent").unwrap_or_default();
        let parts =
            [("URL", exchange.sent.target.as_str()), ("body", &body), ("User-Agent", agent)];
        let proof = parts.iter().find(|(_, text)| secret.is_some_and(|it| text.contains(it)));
        let key = parts.iter().find(|(_, text)| watch.finds_key(text));
        tally.demand(place, proof.or(key).is_none(), || match (proof, key) {
            (Some((part, _)), _) => format!("the {part} holds the request's credentials"),
            (None, Some((part, _))) => format!("the {part} holds an access key"),
            (None, None) => String::new(),
        });
    }
}

/// The signature or the token itself.
pub(super) fn secret(authorization: &str) -> Option<&str> {
    let secret = match authorization.split_once("Signature=") {
        Some((_, signature)) => signature,
        None => authorization.split_once(' ').map(|(_, token)| token)?,
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
        // Some SDKs speak https whatever the endpoint says: as good as a refusal.
        let bare = |exchange: &Exchange| exchange.sent.scheme == "http";
        let shown = |exchange: &Exchange| authorization(exchange).is_some();
        let mut insecure = step.record.exchanges.iter().enumerate();
        if let Some((index, _)) = insecure.find(|(_, one)| bare(one) && shown(one)) {
            tally.demand((step.index, index), false, || {
                format!(
                    "a call to an http endpoint is not refused: its credentials went out, and it came to {}",
                    step.outcome_words()
                )
            });
            continue;
        }
        // Where nothing was seen on the wire, only the client can say why.
        let sent = !step.record.exchanges.is_empty();
        let refused = step
            .failure()
            .is_some_and(|failure| matches!(failure.kind, ErrorKind::Validation | ErrorKind::Auth));
        tally.demand_of_step(step.index, refused || sent, || {
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
