//! What the routes of the admin API do.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::server::Admin;
use super::{documents, fixtures, openapi};
use crate::acs::time;
use crate::emulator::clock::{Clock, OutOfTime};
use crate::emulator::faults::{self, Target};
use crate::emulator::throttle::RateLimit;

type Shared = State<Arc<Admin>>;

pub(super) async fn health() -> Json<Value> {
    Json(json!({ "status": "healthy" }))
}

/// An admin API that answers belongs to an emulator that listens already.
pub(super) async fn ready() -> Json<Value> {
    Json(json!({ "status": "ready" }))
}

pub(super) async fn reset(State(admin): Shared) -> StatusCode {
    for resource in &admin.resources {
        resource.reset().await;
    }
    admin.world.faults.clear();
    admin.world.journal.take();
    StatusCode::NO_CONTENT
}

pub(super) async fn seed(
    State(admin): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let wanted = fixtures::Wanted::read(&object(&headers, &body)?)?;
    let Some(resource) = admin.resources.get(wanted.resource - 1) else {
        return Err(Problem::conflict(format!("there is no resource {}", wanted.resource)));
    };
    fixtures::make(resource, &wanted, admin.world.clock.now()).await.map(Json)
}

pub(super) async fn read_state(State(admin): Shared) -> Json<Value> {
    let states: Vec<Value> = admin.resources.iter().map(|resource| resource.state()).collect();
    Json(json!({ "resources": states }))
}

pub(super) async fn write_state(
    State(admin): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let document = object(&headers, &body)?;
    only(&document, &["resources"])?;
    let states = document.get("resources").and_then(Value::as_array);
    let states = states.ok_or_else(|| Problem::malformed("`resources` is a list"))?;
    if let Some(odd) = states.iter().find(|state| !state.is_object()) {
        return Err(Problem::malformed(format!("a resource's state is a map, not {odd}")));
    }
    if states.len() != admin.resources.len() {
        return Err(Problem::conflict(format!(
            "there are {} resources, the document holds {}",
            admin.resources.len(),
            states.len()
        )));
    }
    // All are read before any is put in place.
    let mut read = Vec::with_capacity(states.len());
    for state in states {
        read.push(crate::emulator::resource::read_state(state).map_err(Problem::conflict)?);
    }
    for (resource, state) in admin.resources.iter().zip(read) {
        resource.put_state(state).await.map_err(|error| Problem::conflict(error.to_string()))?;
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn read_clock(State(admin): Shared) -> Json<Value> {
    Json(documents::clock(&admin.world.clock))
}

pub(super) async fn set_clock(
    State(admin): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let document = object(&headers, &body)?;
    only(&document, &["now", "standing"])?;
    let clock = &admin.world.clock;
    match (document.get("now"), document.get("standing")) {
        (Some(now), None | Some(Value::Bool(true))) => {
            let now = now.as_str().ok_or_else(|| Problem::malformed("`now` is a text"))?;
            let at = time::parse(now).ok_or_else(|| {
                Problem::conflict("`now` is no RFC 3339 time such as 2026-01-01T00:00:00Z")
            })?;
            if !Clock::range().contains(&at) {
                return Err(Problem::conflict(format!("`now`: {OutOfTime}")));
            }
            clock.set(at);
        }
        (None, Some(Value::Bool(false))) => clock.follow_machine(),
        (None, Some(Value::Bool(true))) => clock.set(clock.now()),
        _ => {
            return Err(Problem::malformed(
                "give `now`, where the clock is to stand, or `standing`, true or false",
            ));
        }
    }
    Ok(Json(documents::clock(clock)))
}

pub(super) async fn advance_clock(
    State(admin): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let document = object(&headers, &body)?;
    only(&document, &["by"])?;
    let by = document.get("by").and_then(Value::as_str);
    let by = by.ok_or_else(|| Problem::malformed("`by` is a duration such as 5m or -1h30m"))?;
    let (back, length) = by.strip_prefix('-').map_or((false, by), |length| (true, length));
    let length = time::parse_duration(length).and_then(|length| TimeDelta::from_std(length).ok());
    let length = length
        .ok_or_else(|| Problem::malformed(format!("`by`: {by:?} is no duration such as 5m")))?;
    let clock = &admin.world.clock;
    clock
        .try_advance(if back { -length } else { length })
        .map_err(|error| Problem::conflict(format!("`by`: {error}")))?;
    Ok(Json(documents::clock(clock)))
}

pub(super) async fn read_rate_limits(State(admin): Shared) -> Json<Value> {
    // All resources have the same.
    let limits = admin.resources.first().map(|resource| resource.throttle.limits());
    Json(documents::rate_limits(&limits.unwrap_or_default()))
}

pub(super) async fn write_rate_limits(
    State(admin): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let document = object(&headers, &body)?;
    only(&document, &["rateLimits"])?;
    let limits = document.get("rateLimits").and_then(Value::as_array);
    let limits = limits.ok_or_else(|| Problem::malformed("`rateLimits` is a list"))?;
    let limits = limits.iter().map(rate_limit).collect::<Result<Vec<_>, _>>()?;
    for resource in &admin.resources {
        resource.throttle.set(limits.clone());
    }
    Ok(Json(documents::rate_limits(&limits)))
}

fn rate_limit(value: &Value) -> Result<RateLimit, Problem> {
    let form =
        "a rate limit is like {\"on\": \"rooms.create\", \"requests\": 10, \"window\": \"30s\"}";
    let members = value.as_object().ok_or_else(|| Problem::malformed(form))?;
    only(members, &["on", "requests", "window"])?;
    let on = members.get("on").map_or(Some("*"), Value::as_str);
    let requests = members.get("requests").and_then(faults::whole);
    let requests = requests.and_then(|requests| u32::try_from(requests).ok());
    let window = members.get("window").and_then(Value::as_str).and_then(time::parse_duration);
    let (Some(on), Some(requests), Some(window)) = (on, requests, window) else {
        return Err(Problem::malformed(form));
    };
    RateLimit::of(on, requests, window).map_err(|error| Problem::malformed(error.to_string()))
}

pub(super) async fn list_faults(State(admin): Shared) -> Json<Value> {
    let faults: Vec<Value> = admin.world.faults.records().iter().map(documents::fault).collect();
    Json(json!({ "faults": faults }))
}

pub(super) async fn schedule_fault(
    State(admin): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, Problem> {
    let document = object(&headers, &body)?;
    let on = match document.get("on") {
        None => Target::Any,
        Some(on) => on
            .as_str()
            .ok_or_else(|| Problem::malformed("`on` names an operation, or is *"))?
            .parse()
            .map_err(|error: faults::FaultError| Problem::malformed(error.to_string()))?,
    };
    let times = match document.get("times") {
        None => 1,
        Some(times) => faults::whole(times)
            .and_then(|times| u32::try_from(times).ok())
            .filter(|times| *times > 0)
            .ok_or_else(|| Problem::malformed("`times` is a number from 1"))?,
    };
    let kind = faults::parse(&Value::Object(document))
        .map_err(|error| Problem::malformed(error.to_string()))?;
    let id = admin.world.faults.schedule(on, times, kind);
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

pub(super) async fn clear_faults(State(admin): Shared) -> StatusCode {
    admin.world.faults.clear();
    StatusCode::NO_CONTENT
}

pub(super) async fn read_journal(State(admin): Shared) -> Json<Value> {
    let mask = documents::mask(&admin.resources);
    let exchanges: Vec<Value> = admin
        .world
        .journal
        .read()
        .iter()
        .map(|exchange| documents::exchange(exchange, &mask))
        .collect();
    Json(json!({ "exchanges": exchanges }))
}

pub(super) async fn clear_journal(State(admin): Shared) -> StatusCode {
    admin.world.journal.take();
    StatusCode::NO_CONTENT
}

pub(super) async fn certificate(State(admin): Shared) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/x-pem-file")], admin.authority.ca_pem().to_owned())
}

pub(super) async fn routes() -> Json<Value> {
    Json(documents::routes())
}

pub(super) async fn description() -> Json<Value> {
    Json(openapi::document())
}

/// The body as a map.
fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Problem::media_type());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Problem::malformed("the body is a JSON object")),
        Err(error) => Err(Problem::malformed(format!("the body is no JSON: {error}"))),
    }
}

/// Refuses members that nobody reads.
pub(super) fn only(document: &Map<String, Value>, known: &[&str]) -> Result<(), Problem> {
    match document.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(Problem::malformed(format!(
            "unknown member `{key}`; known here: {}",
            known.join(", ")
        ))),
    }
}
