//! What the admin API shows, as JSON.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::acs::secret::{Mask, Secret};
use crate::acs::time;
use crate::emulator::clock::Clock;
use crate::emulator::faults::FaultRecord;
use crate::emulator::resource::Resource;
use crate::emulator::throttle::RateLimit;
use crate::transcript::{Exchange, Headers};

pub(super) fn clock(clock: &Clock) -> Value {
    json!({ "now": time::service_text(clock.now()), "standing": clock.stands() })
}

pub(super) fn rate_limits(limits: &[RateLimit]) -> Value {
    let shown = |limit: &RateLimit| {
        let window = time::duration_text(limit.window);
        json!({ "on": limit.on(), "requests": limit.requests, "window": window })
    };
    json!({ "rateLimits": limits.iter().map(shown).collect::<Vec<_>>() })
}

pub(super) fn fault(fault: &FaultRecord) -> Value {
    json!({
        "id": fault.id,
        "on": fault.on.to_string(),
        "what": fault.kind.to_string(),
        "times": fault.times,
        "met": fault.met,
        "consumed": fault.met == fault.times,
    })
}

/// Hides the keys and tokens of all resources.
pub(super) fn mask(resources: &[Arc<Resource>]) -> Mask {
    let secrets: Vec<Secret> = resources.iter().flat_map(|resource| resource.secrets()).collect();
    Mask::new(&secrets)
}

pub(super) fn exchange(exchange: &Exchange, mask: &Mask) -> Value {
    let sent = &exchange.sent;
    let attempt = &exchange.attempt;
    let mut document = json!({
        "started": time::service_text(exchange.started),
        "milliseconds": u64::try_from(exchange.duration.as_millis()).unwrap_or(u64::MAX),
        "connection": attempt.connection,
        "operation": attempt.operation.map(|operation| operation.name()),
        "request": {
            "method": sent.method,
            "authority": sent.authority,
            "target": mask.mask(&sent.target),
            "protocol": sent.protocol,
            "headers": headers(&sent.headers, mask),
            "body": body(&sent.body, mask),
        },
        "response": exchange.received.as_ref().map(|received| json!({
            "status": received.status,
            "headers": headers(&received.headers, mask),
            "body": body(&received.body, mask),
        })),
    });
    let notes = [
        ("broken", &exchange.broken),
        ("refusal", &attempt.refusal),
        ("signatureForm", &attempt.signature_form),
        ("fault", &attempt.fault),
        ("servedAs", &attempt.served_as),
    ];
    if let Some(members) = document.as_object_mut() {
        for (name, note) in notes {
            if let Some(note) = note {
                members.insert(name.to_owned(), json!(mask.mask(note)));
            }
        }
    }
    document
}

/// The signature of a request is no key, and yet nobody needs to copy it from here.
fn headers(headers: &Headers, mask: &Mask) -> Value {
    let shown = |(name, value): &(String, String)| {
        let value = if name.eq_ignore_ascii_case("authorization") {
            let scheme = value.split(' ').next().unwrap_or_default();
            format!("{scheme} ***")
        } else {
            mask.mask(value)
        };
        json!([name, value])
    };
    headers.0.iter().map(shown).collect()
}

/// Text as it is, anything else as base64.
fn body(bytes: &[u8], mask: &Mask) -> Value {
    let mut shown = Map::new();
    match std::str::from_utf8(bytes) {
        Ok(text) => shown.insert("text".to_owned(), json!(mask.mask(text))),
        Err(_) => shown.insert("base64".to_owned(), json!(STANDARD.encode(bytes))),
    };
    Value::Object(shown)
}

/// The routes that the service answers, with their operations.
pub(super) fn routes() -> Value {
    let route = |method: &str, path: &str, operation: &str| json!({ "method": method, "path": path, "operation": operation });
    json!({ "routes": [
        route("POST", "/identities", "identity.create_user"),
        route("POST", "/identities/{id}/:issueAccessToken", "identity.issue_token"),
        route("POST", "/identities/{id}/:revokeAccessTokens", "identity.revoke_tokens"),
        route("DELETE", "/identities/{id}", "identity.delete_user"),
        route("POST", "/rooms", "rooms.create"),
        route("GET", "/rooms", "rooms.list"),
        route("GET", "/rooms/{id}", "rooms.get"),
        route("PATCH", "/rooms/{id}", "rooms.update"),
        route("DELETE", "/rooms/{id}", "rooms.delete"),
        route("GET", "/rooms/{id}/participants", "participants.list"),
        route("PATCH", "/rooms/{id}/participants", "participants.add_or_update"),
        route("PATCH", "/rooms/{id}/participants", "participants.remove"),
    ] })
}
