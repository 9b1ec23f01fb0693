//! Filling a resource with users and rooms, through the service's own front door.

use axum::http::{HeaderMap, Method, StatusCode};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::handlers::only;
use super::problem::Problem;
use crate::acs::Service;
use crate::emulator::faults::whole;
use crate::emulator::resource::Resource;
use crate::emulator::service::Request;

/// What is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Number of the resource, from 1.
    pub resource: usize,
    pub users: usize,
    pub rooms: usize,
}

/// The most of each that one request makes.
pub(super) const MOST: usize = 1000;

impl Wanted {
    pub(super) fn read(document: &Map<String, Value>) -> Result<Self, Problem> {
        only(document, &["resource", "users", "rooms"])?;
        let number = |name: &str, default: usize, from: usize, to: usize| {
            let Some(value) = document.get(name) else { return Ok(default) };
            let number = whole(value).and_then(|number| usize::try_from(number).ok());
            number.filter(|number| (from..=to).contains(number)).ok_or_else(|| {
                Problem::malformed(format!("`{name}` is a number from {from} to {to}"))
            })
        };
        Ok(Self {
            resource: number("resource", 1, 1, 100)?,
            users: number("users", 0, 0, MOST)?,
            rooms: number("rooms", 0, 0, MOST)?,
        })
    }
}

/// Makes users, then rooms with all of these users in them; gives their ids.
pub(super) async fn make(
    resource: &Resource,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<Value, Problem> {
    let mut users = Vec::with_capacity(wanted.users);
    for _ in 0..wanted.users {
        let made = create(resource, Service::Identity, "/identities", json!({}), now).await?;
        users.push(made["identity"]["id"].clone());
    }
    let roles: Map<String, Value> = users
        .iter()
        .filter_map(Value::as_str)
        .map(|user| (user.to_owned(), json!({ "role": "Attendee" })))
        .collect();
    let mut rooms = Vec::with_capacity(wanted.rooms);
    for _ in 0..wanted.rooms {
        let body = json!({ "participants": roles });
        let made = create(resource, Service::Rooms, "/rooms", body, now).await?;
        rooms.push(made["id"].clone());
    }
    Ok(json!({ "users": users, "rooms": rooms }))
}

async fn create(
    resource: &Resource,
    service: Service,
    path: &str,
    body: Value,
    now: DateTime<Utc>,
) -> Result<Value, Problem> {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", axum::http::HeaderValue::from_static("application/json"));
    let request = Request {
        method: Method::POST,
        authority: resource.authority().to_owned(),
        target: format!("{path}?api-version={}", service.default_version()),
        headers,
        body: Bytes::from(body.to_string()),
    };
    let answer = resource.serve(&request, now, None).await;
    if answer.status != StatusCode::CREATED {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        return Err(Problem::conflict(format!("the service refused: {} {text}", answer.status)));
    }
    serde_json::from_slice(&answer.body).map_err(|error| Problem::conflict(error.to_string()))
}
