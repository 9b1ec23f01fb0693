//! Undoing what a case created: last in, first out, and on past whatever fails.

use std::time::Duration;

use chrono::Utc;
use serde_json::{Map, Value};

use super::creations::{Creation, Creations};
use crate::acs::Operation;
use crate::acs::request::WireRequest;
use crate::driver::wire::{Answered, InFlight, Outgoing, Signing, user_agent};
use crate::target::ledger::Fate;
use crate::target::{Resource, World};
use crate::transcript::{Cleanup, CleanupResult, Headers, ResourceKind};

/// How long one undoing may take, with its repetitions.
const LIMIT: Duration = Duration::from_secs(10);
/// How often an undoing is tried while the service answers that it cannot just now.
const ATTEMPTS: u32 = 3;
/// Longest wait that the service may ask for between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Undoes everything, through the harness's own client and the target's own credentials.
pub(super) async fn undo(
    world: &World,
    mut creations: Creations,
    in_flight: Option<InFlight>,
) -> Vec<Cleanup> {
    let mut done = Vec::new();
    if let Some(in_flight) = in_flight {
        done.extend(recover(world, &in_flight, &mut creations).await);
    }
    while let Some(creation) = creations.pop() {
        done.push(delete(world, creation).await);
    }
    done
}

/// A create whose answer never came: a room is asked for once more under the same Repeatability
/// ids, which gives its id; a user cannot be found again.
async fn recover(
    world: &World,
    in_flight: &InFlight,
    creations: &mut Creations,
) -> Option<Cleanup> {
    let kind = match in_flight.operation {
        Operation::CreateRoom => ResourceKind::Room,
        _ => ResourceKind::User,
    };
    match in_ledger(world, in_flight) {
        None | Some(Fate::Unknown) => {}
        Some(Fate::Exists(id)) => {
            creations.push(kind, id, in_flight.resource);
            return None;
        }
        Some(Fate::Refused | Fate::Deleted(_)) => return None,
    }
    let unaccounted = |why: String, exchanges| Cleanup {
        kind,
        id: String::new(),
        result: CleanupResult::Unaccounted { why },
        exchanges,
    };
    let resource = resource(world, in_flight.resource)?;
    let again = signed_again(&in_flight.outgoing, resource);
    // A recording creates nothing, and says itself whether there was something to find.
    if world.player.as_ref().is_some_and(|player| !player.undoes(&again)) {
        return None;
    }
    if kind == ResourceKind::User {
        let why = "its answer never came, and creating a user cannot be repeated".to_owned();
        return Some(unaccounted(why, Vec::new()));
    }
    let answered = send(world, &again).await;
    let id = answered
        .exchange
        .received
        .as_ref()
        .filter(|received| received.status == 201)
        .and_then(|received| serde_json::from_slice::<Value>(&received.body).ok())
        .and_then(|body| Some(body.get("id")?.as_str()?.to_owned()));
    match id {
        Some(id) => {
            creations.push_found(kind, id, in_flight.resource, answered.exchange);
            None
        }
        None => Some(unaccounted(
            format!("its answer never came, and asking again gave {}", said(&answered)),
            vec![answered.exchange],
        )),
    }
}

/// What the ledger knows of the create, where one is kept. What is not in it waited for its turn
/// and never left: as good as refused.
fn in_ledger(world: &World, in_flight: &InFlight) -> Option<Fate> {
    let ledger = world.client.passage()?.ledger()?;
    let id = in_flight.outgoing.headers.get("x-ms-client-request-id")?;
    Some(ledger.page().fate_of(id).cloned().unwrap_or(Fate::Refused))
}

async fn delete(world: &World, creation: Creation) -> Cleanup {
    let Creation { kind, id, resource: number, gone, found } = creation;
    let mut exchanges: Vec<_> = found.into_iter().collect();
    if gone {
        return Cleanup { kind, id, result: CleanupResult::AlreadyGone, exchanges };
    }
    let result = match (resource(world, number), request_of(kind, &id)) {
        (Some(resource), Some(request)) => {
            let mut answered = send(world, &sign(&request, resource)).await;
            for _ in 1..ATTEMPTS {
                let Some(pause) = pause_of(&answered) else { break };
                exchanges.push(answered.exchange);
                tokio::time::sleep(pause).await;
                answered = send(world, &sign(&request, resource)).await;
            }
            let result = result_of(&answered);
            exchanges.push(answered.exchange);
            result
        }
        _ => CleanupResult::Leaked { why: "no request can be made that deletes it".to_owned() },
    };
    Cleanup { kind, id, result, exchanges }
}

fn result_of(answered: &Answered) -> CleanupResult {
    match answered.exchange.received.as_ref().map(|received| received.status) {
        Some(200..=299) => CleanupResult::Deleted,
        Some(404) => CleanupResult::AlreadyGone,
        _ => CleanupResult::Leaked { why: format!("deleting it gave {}", said(answered)) },
    }
}

fn said(answered: &Answered) -> String {
    let failure = crate::driver::wire::failure_of(answered);
    match failure.status {
        Some(status) => format!("{status} {}", failure.message),
        None => failure.message,
    }
}

/// How long to wait before another attempt; `None` when there is no point in one.
fn pause_of(answered: &Answered) -> Option<Duration> {
    let Some(received) = &answered.exchange.received else {
        return Some(Duration::from_millis(200));
    };
    matches!(received.status, 408 | 429 | 500 | 502 | 503 | 504).then(|| {
        super::wait::retry_after(&received.headers)
            .unwrap_or(Duration::from_millis(200))
            .min(LONGEST_PAUSE)
    })
}

fn request_of(kind: ResourceKind, id: &str) -> Option<WireRequest> {
    let (operation, name) = match kind {
        ResourceKind::Room => (Operation::DeleteRoom, "room_id"),
        ResourceKind::User => (Operation::DeleteUser, "id"),
    };
    let arguments = Map::from_iter([(name.to_owned(), Value::String(id.to_owned()))]);
    WireRequest::new(operation, &arguments, &operation.service().default_version()).ok()
}

fn resource(world: &World, number: usize) -> Option<&Resource> {
    world.resources.get(number.checked_sub(1)?)
}

fn sign(request: &WireRequest, resource: &Resource) -> Outgoing {
    let mut headers = Headers(Vec::with_capacity(8));
    headers.push("accept", "application/json");
    headers.push("user-agent", user_agent());
    headers.push("x-ms-client-request-id", uuid::Uuid::new_v4().to_string());
    let target = request.target.as_str();
    let parts = (request.method, target, resource.authority.as_str(), &*request.body);
    Signing::default().apply(&mut headers, &resource.credentials, parts, Utc::now());
    Outgoing {
        method: request.method.to_owned(),
        endpoint: resource.endpoint.clone(),
        target: request.target.clone(),
        headers,
        body: request.body.clone(),
        cleanup: true,
    }
}

/// The same request with a fresh date and signature; everything else stays.
fn signed_again(outgoing: &Outgoing, resource: &Resource) -> Outgoing {
    let mut again = outgoing.clone();
    again.cleanup = true;
    again.headers.0.retain(|(name, _)| {
        !matches!(name.as_str(), "authorization" | "x-ms-date" | "x-ms-content-sha256")
    });
    let parts =
        (again.method.as_str(), again.target.as_str(), resource.authority.as_str(), &*again.body);
    Signing::default().apply(&mut again.headers, &resource.credentials, parts, Utc::now());
    again
}

async fn send(world: &World, outgoing: &Outgoing) -> Answered {
    world.client.send(outgoing, LIMIT).await
}
