//! An exchange as a report keeps it.

use sha2::{Digest, Sha256};

use super::Redaction;
use crate::report::journal::hex;
use crate::report::record::{BodyEntry, ExchangeEntry, RequestEntry, ResponseEntry};
use crate::transcript::{Exchange, Headers, Observer};

/// Describes an exchange, without its secrets.
pub fn exchange_entry(exchange: &Exchange, redaction: &Redaction) -> ExchangeEntry {
    let sent = &exchange.sent;
    let text = |text: &String| redaction.text(text);
    let mut entry = ExchangeEntry {
        digest: String::new(),
        observer: observer(exchange.observer).to_owned(),
        operation: exchange.attempt.operation.map(|operation| operation.name().to_owned()),
        request: RequestEntry {
            method: sent.method.clone(),
            url: redaction.text(&format!("{}://{}{}", sent.scheme, sent.authority, sent.target)),
            protocol: sent.protocol.clone(),
            headers: headers(&sent.headers, redaction),
            body: BodyEntry::of(&redaction.body(&sent.body)),
        },
        response: exchange.received.as_ref().map(|received| ResponseEntry {
            status: received.status,
            headers: headers(&received.headers, redaction),
            body: BodyEntry::of(&redaction.body(&received.body)),
        }),
        broken: exchange.broken.as_ref().map(text),
        started: exchange.started,
        duration_us: micros(exchange.duration),
        connection: exchange.attempt.connection,
        signature_form: exchange.attempt.signature_form.clone(),
        refusal: exchange.attempt.refusal.as_ref().map(text),
        fault: exchange.attempt.fault.as_ref().map(text),
        served_as: exchange.attempt.served_as.clone(),
        cleanup: exchange.attempt.cleanup,
    };
    entry.digest = digest(&entry);
    entry
}

fn digest(entry: &ExchangeEntry) -> String {
    // Entries are plain data with text keys: writing them cannot fail.
    let bytes = serde_json::to_vec(entry).unwrap_or_default();
    let mut text = hex(&Sha256::digest(&bytes));
    text.truncate(16);
    text
}

fn headers(headers: &Headers, redaction: &Redaction) -> Vec<(String, String)> {
    headers
        .0
        .iter()
        .map(|(name, value)| (redaction.text(name), redaction.header(name, value)))
        .collect()
}

const fn observer(observer: Observer) -> &'static str {
    match observer {
        Observer::Emulator => "emulator",
        Observer::Tap => "tap",
        Observer::Client => "client",
    }
}

/// Whole microseconds; more than fit are as many as fit.
pub fn micros(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
