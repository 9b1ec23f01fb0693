//! Sweeping the ledgers of one resource.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Left, Report, Swept};
use crate::acs::Service;
use crate::acs::time::parse_http_date;
use crate::driver::wire::{Answered, Client};
use crate::target::courtesy::Courtesy;
use crate::target::credentials::{Account, Plain};
use crate::target::ledger::{Intent, Ledger, LedgerError, Repeatability, Shelf};
use crate::target::passage::Passage;
use crate::target::refusal::Refusal;
use crate::transcript::ResourceKind;

/// How long the service remembers a create by its Repeatability ids, at least (documented).
pub const MEMORY: TimeDelta = TimeDelta::minutes(5);

/// How long one request may take. A repeated create leaves so early that it arrives within
/// [`MEMORY`]: one that comes later would make another room.
const LIMIT: Duration = Duration::from_secs(10);

/// A clock that went back makes ages unknown; this much may be the grain of a second.
const GRAIN: TimeDelta = TimeDelta::seconds(2);

/// A sweep of one resource.
#[derive(Debug)]
pub struct Broom<'a> {
    pub account: &'a Account,
    pub client: &'a Client,
    pub courtesy: &'a Courtesy,
    pub shelf: &'a Shelf,
    /// Remove ledgers even where something is unaccounted for: somebody has looked after it.
    pub forget: bool,
    /// Say what would be done, and send nothing.
    pub dry_run: bool,
}

impl Broom<'_> {
    /// Sweeps every ledger of the resource whose run is dead. `clock` tells the machine's time. A
    /// ledger that cannot be read or written keeps no other from being swept.
    ///
    /// # Errors
    ///
    /// When the folder of the ledgers cannot be read.
    pub async fn sweep(
        &self,
        clock: &(dyn Fn() -> DateTime<Utc> + Sync),
    ) -> Result<Report, LedgerError> {
        let mut report = Report::default();
        let mut taken = Vec::new();
        for path in self.shelf.files()? {
            match Ledger::take_up(&path) {
                Err(error) => report.broken.push(error),
                Ok(None) if path.exists() => report.in_use.push(path),
                Ok(None) => {}
                Ok(Some(ledger)) => match ledger.page().heading {
                    Some(heading) if heading.resource != self.account.endpoint() => {
                        report.elsewhere.push((path, heading.resource));
                    }
                    _ => taken.push(ledger),
                },
            }
        }
        // What the service is about to forget comes first, over all ledgers.
        let mut whys = Vec::new();
        for ledger in &taken {
            let client = self.through(ledger);
            whys.push(find(self.account, &client, ledger, clock, self.dry_run).await);
        }
        for (ledger, unaccounted) in taken.into_iter().zip(whys) {
            match self.finish(&ledger, unaccounted, clock).await {
                Ok(swept) => report.swept.push(swept),
                Err(error) => report.broken.push(error),
            }
        }
        Ok(report)
    }

    async fn finish(
        &self,
        ledger: &Ledger,
        mut left: Vec<Left>,
        clock: &(dyn Fn() -> DateTime<Utc> + Sync),
    ) -> Result<Swept, LedgerError> {
        if !self.dry_run {
            left.extend(clear(self.account, &self.through(ledger), ledger, clock).await);
        } else {
            let would = |(kind, id)| {
                let why = "it would be deleted now (dry run)".to_owned();
                Left::Leaked { kind, id, why }
            };
            left.extend(ledger.page().existing().into_iter().map(would));
        }
        let path = ledger.path();
        let tally = if self.dry_run { ledger.tally() } else { ledger.finish()? };
        let forgotten = self.forget && tally.leaked == 0 && !tally.is_clean() && !self.dry_run;
        if forgotten {
            std::fs::remove_file(&path).map_err(|error| LedgerError::Write {
                path: path.clone(),
                why: error.to_string(),
            })?;
        }
        let removed = !self.dry_run && (tally.is_clean() || forgotten);
        Ok(Swept { path, tally, left, removed })
    }

    fn through(&self, ledger: &Ledger) -> Client {
        let key = self.account.primary().cloned();
        self.client.through(Passage::new(self.courtesy.clone(), Some(ledger.clone()), key))
    }
}

/// Asks again for everything whose answer was lost; what stays unknown comes back. `client` must
/// take the ledger's passage, which writes down what is found.
pub async fn find(
    account: &Account,
    client: &Client,
    ledger: &Ledger,
    clock: &(dyn Fn() -> DateTime<Utc> + Sync),
    dry_run: bool,
) -> Vec<Left> {
    let intents: Vec<Intent> = ledger.page().unknown().cloned().collect();
    let mut left = Vec::new();
    for intent in intents {
        let found = match repeatable(&intent, clock()) {
            Ok(_) if dry_run => Err("its create would be repeated now (dry run)".to_owned()),
            Ok((request, time)) => repeat(account, client, request, time, clock()).await,
            Err(why) => Err(why),
        };
        if let Err(why) = found {
            left.push(Left::Unaccounted { intent: Box::new(intent), why });
        }
    }
    left
}

/// The create once more, and how long it may take.
fn repeatable(intent: &Intent, now: DateTime<Utc>) -> Result<(Plain, Duration), String> {
    let pair = intent.repeatability.as_ref().ok_or(
        "its answer was lost, and the service knows no way to repeat the creating of a user",
    )?;
    let left = time_left(intent, pair, now)?;
    Ok((again(intent, pair)?, left))
}

async fn repeat(
    account: &Account,
    client: &Client,
    request: Plain,
    left: Duration,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let outgoing = account.prepare(request, now).await.map_err(|error| error.to_string())?;
    let answered = client.send(&outgoing, left.min(LIMIT * 3)).await;
    match &answered.exchange.received {
        // A 400 is for the body: the first attempt was refused as well.
        Some(received) if matches!(received.status, 200..=299 | 400) => Ok(()),
        _ => Err(format!(
            "repeating its create gave {}; sweep again within {} s, until when the service \
             remembers it",
            told(&answered),
            left.as_secs()
        )),
    }
}

/// Deletes everything that a ledger knows to exist, last created first; what resists comes back.
/// `client` must take the ledger's passage, which writes down what is gone.
pub async fn clear(
    account: &Account,
    client: &Client,
    ledger: &Ledger,
    clock: &(dyn Fn() -> DateTime<Utc> + Sync),
) -> Vec<Left> {
    let mut left = Vec::new();
    for (kind, id) in ledger.page().existing() {
        if let Err(why) = delete(account, client, kind, &id, clock()).await {
            left.push(Left::Leaked { kind, id, why });
        }
    }
    left
}

async fn delete(
    account: &Account,
    client: &Client,
    kind: ResourceKind,
    id: &str,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let request = Plain::new("DELETE", delete_target(kind, id)).as_cleanup();
    let outgoing = account.prepare(request, now).await.map_err(|error| error.to_string())?;
    let answered = client.send(&outgoing, LIMIT).await;
    match answered.exchange.received.as_ref().map(|received| received.status) {
        Some(204 | 404) => Ok(()),
        _ => Err(format!("deleting it gave {}", told(&answered))),
    }
}

fn delete_target(kind: ResourceKind, id: &str) -> String {
    let (path, service) = match kind {
        ResourceKind::Room => ("rooms", Service::Rooms),
        ResourceKind::User => ("identities", Service::Identity),
    };
    let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
    format!("/{path}/{id}?api-version={}", service.default_version())
}

/// How long a repeated create may still take.
fn time_left(
    intent: &Intent,
    pair: &Repeatability,
    now: DateTime<Utc>,
) -> Result<Duration, String> {
    let first = parse_http_date(&pair.first_sent).map_or(intent.at, |at| at.min(intent.at));
    if now < first - GRAIN {
        return Err("it is from the future of this machine's clock, so its age is unknown".into());
    }
    let left = (first + MEMORY - now).to_std().unwrap_or_default();
    if left < LIMIT {
        let age = (now - first).num_seconds();
        return Err(format!(
            "its answer was lost, and it is {age} s old: after 5 minutes the service no longer \
             recognises a repeated create, and would make another room"
        ));
    }
    Ok(left)
}

fn again(intent: &Intent, pair: &Repeatability) -> Result<Plain, String> {
    let body = intent.bytes().ok_or("the ledger's copy of its body is not readable")?;
    let mut request = Plain::new("POST", intent.target.clone());
    request.body = Bytes::from(body);
    request.headers.push("repeatability-request-id", pair.request_id.clone());
    request.headers.push("repeatability-first-sent", pair.first_sent.clone());
    if let Some(content_type) = &intent.content_type {
        request.headers.push("content-type", content_type.clone());
    }
    Ok(request)
}

fn told(answered: &Answered) -> String {
    let exchange = &answered.exchange;
    if let Some(refusal) = Refusal::of(exchange) {
        return format!("HTTP {}", refusal.to_string().replace('\n', "\n     "));
    }
    match (&exchange.received, &exchange.broken) {
        (Some(received), _) => format!("HTTP {}", received.status),
        (None, Some(why)) => why.clone(),
        (None, None) => "no answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(at: DateTime<Utc>) -> (Intent, Repeatability) {
        let pair = Repeatability {
            request_id: "a".to_owned(),
            first_sent: crate::acs::time::http_date(at),
        };
        let intent = Intent {
            number: 1,
            kind: ResourceKind::Room,
            at,
            target: "/rooms?api-version=v".to_owned(),
            request_id: None,
            repeatability: Some(pair.clone()),
            content_type: None,
            body: "{}".to_owned(),
            encoded: false,
        };
        (intent, pair)
    }

    #[test]
    fn a_create_is_repeated_only_while_it_arrives_within_five_minutes() {
        let at = Utc::now();
        let (intent, pair) = intent(at);
        for (seconds, fits) in [(0, true), (280, true), (291, false), (301, false), (86_400, false)]
        {
            let left = time_left(&intent, &pair, at + TimeDelta::seconds(seconds));
            assert_eq!(left.is_ok(), fits, "{seconds}: {left:?}");
        }
    }

    #[test]
    fn a_create_from_the_future_has_no_known_age() {
        let at = Utc::now();
        let (intent, pair) = intent(at);
        let left = time_left(&intent, &pair, at - TimeDelta::minutes(2));
        assert!(left.is_err_and(|why| why.contains("its age is unknown")));
    }

    #[test]
    fn the_first_sending_counts_however_late_the_intent_was_written() {
        let at = Utc::now();
        let (mut intent, pair) = intent(at);
        intent.at = at + TimeDelta::minutes(4);
        let left = time_left(&intent, &pair, at + TimeDelta::minutes(6));
        assert!(left.is_err_and(|why| why.contains("360 s old")));
    }
}
