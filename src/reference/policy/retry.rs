//! What is tried again, and how soon.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rand::RngExt as _;

use crate::acs::time;
use crate::reference::mutant::Mutant;
use crate::reference::options::Retry;
use crate::reference::transport::{Answer, Outgoing, Trouble, TroubleKind};

/// Statuses that another attempt may overcome.
const RETRYABLE: [u16; 6] = [408, 429, 500, 502, 503, 504];

/// How often a request may be tried in all.
pub(in crate::reference) fn most_attempts(retry: &Retry, mutant: Mutant) -> u32 {
    let extra = u32::from(mutant.breaks("RET-10") && retry.max_retries > 0);
    1 + retry.max_retries + extra
}

/// Whether what came of an attempt calls for another.
pub(in crate::reference) fn is_retryable(
    request: &Outgoing,
    result: &Result<Answer, Trouble>,
    mutant: Mutant,
) -> bool {
    match result {
        Err(trouble) => match trouble.kind {
            TroubleKind::Connect => !mutant.breaks("RET-15"),
            TroubleKind::Broken | TroubleKind::Timeout => !mutant.breaks("RET-13"),
            TroubleKind::Cut => !mutant.breaks("RET-14"),
        },
        Ok(answer) => {
            let idempotent = matches!(request.method, "GET" | "DELETE");
            match answer.status {
                408 if idempotent && mutant.breaks("RET-1") => false,
                502 if !idempotent && mutant.breaks("RET-2") => false,
                409 if mutant.breaks("RET-3") && answer.headers.get("retry-after").is_none() => {
                    true
                }
                400..500
                    if mutant.breaks("RET-4") && answer.headers.get("retry-after").is_some() =>
                {
                    true
                }
                status => RETRYABLE.contains(&status),
            }
        }
    }
}

/// Whether the caller's wish for no retries is put aside.
pub(in crate::reference) fn overrides_limit(
    result: &Result<Answer, Trouble>,
    attempt: u32,
    mutant: Mutant,
) -> bool {
    mutant.breaks("RET-11")
        && attempt == 1
        && result.as_ref().is_ok_and(|answer| answer.headers.get("retry-after").is_some())
}

/// How long to wait after the `attempt`-th attempt, counted from 1.
pub(in crate::reference) fn pause(
    retry: &Retry,
    attempt: u32,
    result: &Result<Answer, Trouble>,
    now: DateTime<Utc>,
    mutant: Mutant,
) -> Duration {
    let asked = result.as_ref().ok().and_then(|answer| asked(answer, now, mutant));
    asked.unwrap_or_else(|| backoff(retry, attempt, mutant))
}

fn backoff(retry: &Retry, attempt: u32, mutant: Mutant) -> Duration {
    if !retry.exponential || mutant.breaks("RET-9") {
        return retry.delay;
    }
    let grown = retry.delay.saturating_mul(1 << (attempt - 1).min(16));
    let jitter = rand::rng().random_range(0.8..1.2);
    grown.min(retry.max_delay).mul_f64(jitter).min(retry.max_delay)
}

/// The wait that an answer asks for. Milliseconds are the more exact statement and go first.
fn asked(answer: &Answer, now: DateTime<Utc>, mutant: Mutant) -> Option<Duration> {
    let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"]
        .into_iter()
        .filter(|name| !(mutant.breaks("RET-7") && name.starts_with("x-ms")))
        .find_map(|name| answer.headers.get(name)?.parse().ok())
        .map(Duration::from_millis);
    let seconds = retry_after(answer, now, mutant);
    if mutant.breaks("RET-8") { seconds.or(milliseconds) } else { milliseconds.or(seconds) }
}

fn retry_after(answer: &Answer, now: DateTime<Utc>, mutant: Mutant) -> Option<Duration> {
    let text = answer.headers.get("retry-after")?;
    if answer.status == 500 && mutant.breaks("RET-5") {
        return None;
    }
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = time::parse_http_date(text).filter(|_| !mutant.breaks("RET-6"))?;
    Some((date - now).to_std().unwrap_or_default())
}

/// Makes the body of a further attempt: the same bytes.
pub(in crate::reference) fn rewind(request: &mut Outgoing, mutant: Mutant) {
    if mutant.breaks("RET-12") && request.method == "PATCH" {
        let mut body = request.body.to_vec();
        body.push(b' ');
        request.body = body.into();
    }
}
