//! The operations on rooms.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use http::StatusCode;
use serde_json::Value;

use super::answer::Reply;
use super::body::{RoomBody, Wish};
use super::continuation::Continuation;
use super::query;
use super::refusal::Refusal;
use super::repeatability::Pair;
use super::request::Request;
use super::resource::Service;
use super::room::Room;
use super::roster::{self, Occasion};
use super::store::{Found, Key, Record};
use super::version::Negotiated;
use crate::acs::identifier;
use crate::acs::request::{JSON, MERGE_PATCH};
use crate::emulator::defect::{Defect, Defects};

/// How much later than the default `validFrom` a room is created (recorded: 37 to 351 ms).
const CREATION_TAKES: TimeDelta = TimeDelta::milliseconds(46);
/// How long a room is listed after its end. Recorded: 22 days were still listed.
const LISTED_AFTER_END: TimeDelta = TimeDelta::days(30);

impl Service {
    pub(super) fn create_room(
        &mut self,
        request: &Request,
        version: &Negotiated,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let defects = self.options.defects;
        let now = now.trunc_subsecs(7);
        let body = RoomBody::read(request, &[JSON], version, defects)?;
        let pair = Pair::read(request, defects)?;
        if let Some(pair) = &pair
            && let Some((id, answer)) = self.memory.recall(pair, &request.body, now, defects)?
        {
            return Ok(created(id, in_shape_of(version, answer)));
        }
        let window = body.times.for_create(now, defects)?;
        roster::check_identifiers(&body.participants, Occasion::Create, defects)?;
        let late =
            if defects.has(Defect::CreatedAtStart) { TimeDelta::zero() } else { CREATION_TAKES };
        let mut room = Room {
            id: self.new_room_id(),
            created_at: now + late,
            valid_from: window.from,
            valid_until: window.until,
            dial_out: body.dial_out.unwrap_or(false),
            participants: Vec::new(),
            next_sequence: 0,
        };
        let mut invited = body.participants;
        invited.retain(|change| change.wish != Wish::Out);
        roster::merge(&mut room, invited, defects);
        room.participants.shrink_to_fit();
        let (id, answer) = (room.id, self.room_json(&room, version));
        self.rooms.insert(room);
        if let Some(pair) = pair {
            self.memory.remember(pair, &request.body, id, &answer, now);
        }
        Ok(created(id, answer))
    }

    fn new_room_id(&mut self) -> u64 {
        loop {
            let id = self.ids.room();
            if !self.rooms.contains(id) {
                let other = self.options.defects.has(Defect::OtherRoomIds);
                return if other { id - 200_000_000_000_000 } else { id };
            }
        }
    }

    fn room_json(&self, room: &Room, version: &Negotiated) -> String {
        let mut json = String::with_capacity(200);
        room.write_json(&mut json, version.has_dial_out(), self.options.defects);
        json
    }

    pub(super) fn get_room(
        &mut self,
        id: &str,
        version: &Negotiated,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        check_id(id, self.options.defects)?;
        let room = self.existing(id, now)?.clone();
        Ok(Reply::ok(self.room_json(&room, version)))
    }

    pub(super) fn update_room(
        &mut self,
        id: &str,
        request: &Request,
        version: &Negotiated,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let defects = self.options.defects;
        let now = now.trunc_subsecs(7);
        if defects.has(Defect::IdBeforeBody) {
            check_id(id, defects)?;
        }
        // Assumed: the body first, since its refusals lack the headers of an action.
        let body = RoomBody::read(request, &[MERGE_PATCH, JSON], version, defects)?;
        let window = body.times.for_update(now, defects)?;
        check_id(id, defects)?;
        let room = self.existing(id, now)?;
        if defects.has(Defect::StartedRoomFrozen) && room.valid_from <= now && window.is_some() {
            return Err(Refusal::bad_request("The room has started."));
        }
        if let Some(window) = window {
            (room.valid_from, room.valid_until) = (window.from, window.until);
        }
        if let Some(dial_out) = body.dial_out {
            room.dial_out = dial_out;
        }
        if defects.has(Defect::UpdateTouchesCreation) {
            room.created_at = now + TimeDelta::hours(1);
        }
        let room = room.clone();
        if defects.has(Defect::EmptyPatchRefused) && request.body.len() <= 2 {
            return Err(Refusal::bad_request("Nothing to update."));
        }
        Ok(Reply::ok(self.room_json(&room, version)))
    }

    pub(super) fn delete_room(&mut self, id: &str) -> Result<Reply, Refusal> {
        let defects = self.options.defects;
        check_id(id, defects)?;
        match self.rooms.find(id) {
            Found::Never if defects.has(Defect::DeleteUnknownIsFine) => Ok(Reply::no_content()),
            Found::Never => Err(Refusal::not_found()),
            Found::Deleted if defects.has(Defect::DeleteTwiceIs404) => Err(Refusal::not_found()),
            Found::Deleted | Found::Room(_) => {
                if !defects.has(Defect::DeleteDoesNothing) {
                    self.rooms.delete(id);
                }
                Ok(Reply::no_content())
            }
        }
    }

    pub(super) fn list_rooms(
        &mut self,
        request: &Request,
        version: &Negotiated,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let after = self
            .continuation(request, "rooms")?
            .map(|token| Key { ticks: token.ticks, sequence: token.sequence });
        let defects = self.options.defects;
        let mut json = String::from("{\"value\":[");
        let mut last = None;
        let mut more = false;
        let mut counted = 0;
        for (key, record) in self.rooms.scan(after) {
            if counted == self.options.page_size {
                more = true;
                break;
            }
            let shown = match record {
                Record::Room(room) => Some(room).filter(|room| is_listed(room, now, defects)),
                Record::Tombstone { .. } => None,
            };
            // Recorded: what is scanned counts, so that pages may be short or empty.
            if shown.is_some() || !defects.has(Defect::PagesOfLiveRooms) {
                counted += 1;
            }
            last = Some(key);
            let Some(room) = shown else { continue };
            if !json.ends_with('[') {
                json.push(',');
            }
            room.write_json(&mut json, version.has_dial_out(), defects);
        }
        json.push(']');
        let next = last.filter(|_| more).map(|key| Continuation {
            list: "rooms".to_owned(),
            version: version.sent.clone(),
            ticks: key.ticks,
            sequence: key.sequence,
        });
        self.end_page(&mut json, request, "/rooms", next, version);
        Ok(Reply::ok(json))
    }

    /// The room of an id, or the refusal that is due.
    pub(super) fn existing(&mut self, id: &str, now: DateTime<Utc>) -> Result<&mut Room, Refusal> {
        let defects = self.options.defects;
        let not_found = || match defects.has(Defect::NotFoundIs400) {
            true => Refusal::bad_request("The server cannot find the requested resource."),
            false => Refusal::not_found(),
        };
        match self.rooms.find(id) {
            Found::Room(room) if defects.has(Defect::ExpiredIsGone) && room.valid_until < now => {
                Err(not_found())
            }
            Found::Room(room) => Ok(room),
            Found::Deleted | Found::Never => Err(not_found()),
        }
    }

    /// The place at which a list goes on.
    ///
    /// # Errors
    ///
    /// For a token that is not one of ours for this list (assumed).
    pub(super) fn continuation(
        &self,
        request: &Request,
        list: &str,
    ) -> Result<Option<Continuation>, Refusal> {
        let Some(token) = query::value(request.query(), "nextLink") else { return Ok(None) };
        match Continuation::read(&token, &self.resource, list) {
            Some(place) => Ok(Some(place)),
            None if self.options.defects.has(Defect::AnyTokenAccepted) => Ok(None),
            None => Err(Refusal::bad_request("The continuation token is not valid.")),
        }
    }

    /// Closes the page, with a link to the next one if there is one.
    pub(super) fn end_page(
        &self,
        json: &mut String,
        request: &Request,
        path: &str,
        next: Option<Continuation>,
        version: &Negotiated,
    ) {
        let defects = self.options.defects;
        if let Some(next) = next {
            let token = next.token(&self.resource, self.options.service_like_tokens);
            let authority = self.link_authority(request);
            let version = &version.sent;
            let scheme = self.options.scheme;
            let link =
                format!("{scheme}://{authority}{path}?nextLink={token}&api-version={version}");
            json.push_str(",\"nextLink\":");
            // Whatever was sent as a host or version is escaped.
            json.push_str(&serde_json::Value::from(link).to_string());
        } else if defects.has(Defect::NullNextLink) {
            json.push_str(",\"nextLink\":null");
        }
        json.push('}');
    }

    /// The endpoint that the client called, with its port even where its `Host` leaves it out.
    fn link_authority(&self, request: &Request) -> String {
        let host = request.authority.as_str();
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        if self.options.defects.has(Defect::LinkWithoutPort) {
            return name.to_owned();
        }
        let own = if self.options.scheme == "https" { 443 } else { 80 };
        if name.len() < host.len() || self.options.port == own {
            return host.to_owned();
        }
        format!("{name}:{}", self.options.port)
    }
}

/// The answer of an earlier create as the version of the repeat writes it.
fn in_shape_of(version: &Negotiated, answer: String) -> String {
    const DIAL_OUT: &str = "pstnDialOutEnabled";
    let Ok(Value::Object(mut room)) = serde_json::from_str(&answer) else { return answer };
    if room.contains_key(DIAL_OUT) == version.has_dial_out() {
        return answer;
    }
    if version.has_dial_out() {
        // The version of the create could not ask for it.
        room.insert(DIAL_OUT.to_owned(), Value::Bool(false));
    } else {
        room.shift_remove(DIAL_OUT);
    }
    Value::Object(room).to_string()
}

fn created(id: u64, answer: String) -> Reply {
    Reply { status: StatusCode::CREATED, body: answer, location: Some(id) }
}

fn is_listed(room: &Room, now: DateTime<Utc>, defects: Defects) -> bool {
    let after_end =
        if defects.has(Defect::ExpiredUnlisted) { TimeDelta::zero() } else { LISTED_AFTER_END };
    now - room.valid_until <= after_end || defects.has(Defect::ListedForever)
}

/// Checks the shape of a room id, with the service's words.
pub(super) fn check_id(id: &str, defects: Defects) -> Result<(), Refusal> {
    if defects.has(Defect::IdDigitsUnchecked) && id.len() >= 15 {
        return Ok(());
    }
    match identifier::check_room_id(id) {
        Err(identifier::RoomIdFault::Length) if defects.has(Defect::IdLengthAsNotFound) => {
            Err(Refusal::not_found())
        }
        Err(fault) => Err(Refusal::bad_request(fault.to_string())),
        Ok(()) => Ok(()),
    }
}
