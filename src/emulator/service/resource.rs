//! One resource: its rooms and identities, and the way of a request through it.

use chrono::{DateTime, Utc};
use http::StatusCode;

use super::answer::{Frame, Reply, insert};
use super::identity::Identities;
use super::ids::Ids;
use super::options::Options;
use super::refusal::Refusal;
use super::repeatability::Memory;
use super::request::{Notes, Request, Response};
use super::route::{self, NoRoute, Route};
use super::store::Rooms;
use super::token::Signer;
use super::version;
use crate::acs::{self, ServiceError};
use crate::emulator::auth;
use crate::emulator::seed::Seed;

/// The header that tells the developer why credentials were refused.
pub const REASON_HEADER: &str = "x-acs-emulator-reason";
/// As much of a reason as is told in a header.
const LONGEST_REASON: usize = 2048;

/// The state of one resource. Pure: state, request and time in; state and answer out.
///
/// Credentials are not looked at here, see [`crate::emulator::auth`].
pub struct Service {
    pub(super) options: Options,
    /// GUID of the resource: the first half of its identities.
    pub(super) resource: String,
    pub(super) ids: Ids,
    pub(super) rooms: Rooms,
    pub(super) identities: Identities,
    pub(super) memory: Memory,
    pub(super) signer: Signer,
}

impl Service {
    /// An empty resource, the `number`th of its world. Ids and tokens follow from `seed`; without
    /// one nobody can guess them.
    pub fn new(options: Options, seed: Option<Seed>, number: u64) -> Self {
        let ids = Ids::new(seed.unwrap_or_else(Seed::random).derive("ids", number));
        Self {
            resource: ids.resource(),
            options,
            ids,
            rooms: Rooms::default(),
            identities: Identities::default(),
            memory: Memory::default(),
            signer: Signer::new(seed),
        }
    }

    /// GUID of the resource: what its identities begin with.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// Changes what may change while the service runs: page size, serve-as, and the like.
    pub const fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// How many rooms and identities exist.
    pub fn counts(&self) -> (usize, usize) {
        (self.rooms.len(), self.identities.len())
    }

    /// Forgets all rooms, identities and repeatable creates. Ids go on, so that none comes twice.
    pub fn reset(&mut self) {
        self.rooms = Rooms::default();
        self.identities = Identities::default();
        self.memory = Memory::default();
    }

    /// Answers a request whose credentials were accepted.
    pub fn handle(&mut self, request: &Request, now: DateTime<Utc>) -> Response {
        let route = match Route::of(request) {
            Ok(route) => route,
            Err(missing) => return self.without_route(request, &missing, now),
        };
        let mut notes = Notes { operation: route.operation(&request.body), ..Notes::default() };
        let result = match version::negotiate(&route, request, &self.options) {
            Ok(version) => {
                notes.served_as = version.served_as.then(|| version.served.to_string());
                notes.oddity.clone_from(&version.oddity);
                self.perform(&route, request, &version, now)
            }
            Err(refusal) => Err(refusal),
        };
        let mut response = self.answer(request, Some(route.service()), now, result);
        response.notes = notes;
        response
    }

    fn perform(
        &mut self,
        route: &Route,
        request: &Request,
        version: &version::Negotiated,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        match route {
            Route::CreateRoom => self.create_room(request, version, now),
            Route::ListRooms => self.list_rooms(request, version, now),
            Route::GetRoom(id) => self.get_room(id, version, now),
            Route::UpdateRoom(id) => self.update_room(id, request, version, now),
            Route::DeleteRoom(id) => self.delete_room(id),
            Route::ListParticipants(id) => self.list_participants(id, request, version, now),
            Route::PatchParticipants(id) => self.patch_participants(id, request, version, now),
            Route::CreateUser => self.create_user(request, now),
            Route::IssueToken(id) => self.issue_token(id, request, now),
            Route::RevokeTokens(id) => self.revoke_tokens(id, now),
            Route::DeleteUser(id) => self.delete_user(id),
            Route::ExchangeTeamsToken => super::teams::exchange(request, self.options.defects),
        }
    }

    fn without_route(
        &mut self,
        request: &Request,
        missing: &NoRoute,
        now: DateTime<Utc>,
    ) -> Response {
        let (service, status, allow) = match missing {
            NoRoute::Path => (None, StatusCode::NOT_FOUND, None),
            NoRoute::Method { service, allow } => {
                (Some(*service), StatusCode::METHOD_NOT_ALLOWED, Some(*allow))
            }
        };
        let asks_for_methods = allow.is_some() && request.method == http::Method::OPTIONS;
        let status = if asks_for_methods { StatusCode::NO_CONTENT } else { status };
        self.answer(request, service, now, Err(Refusal::Bare { status, allow }))
    }

    /// Answers a request whose credentials were refused: 401 with one of two texts. The reason and
    /// the text that should have been signed are told in a header of our own.
    pub fn refuse(
        &mut self,
        refusal: &auth::Refusal,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Response {
        let error = ServiceError::new(refusal.code(), refusal.message());
        let denied = Refusal::Service { status: StatusCode::UNAUTHORIZED, error };
        let route = Route::of(request).ok();
        let service = route.as_ref().map_or(acs::Service::Rooms, Route::service);
        let mut response = self.answer(request, Some(service), now, Err(denied));
        response.notes.operation = route.and_then(|route| route.operation(&request.body));
        let name = http::HeaderName::from_static(REASON_HEADER);
        insert(&mut response.headers, name, &header_text(&refusal.explanation()));
        response
    }

    /// Answers any request with a bare status and this service's headers, for front ends: 413, 431.
    pub fn bare(&mut self, request: &Request, status: StatusCode, now: DateTime<Utc>) -> Response {
        let service = Route::of(request).ok().map(|route| route.service());
        self.answer(request, service, now, Err(Refusal::bare(status)))
    }

    /// Answers with a service error and this service's headers, for front ends: 429.
    pub fn error(
        &mut self,
        request: &Request,
        status: StatusCode,
        error: ServiceError,
        now: DateTime<Utc>,
    ) -> Response {
        let service = Route::of(request).ok().map(|route| route.service());
        self.answer(request, service, now, Err(Refusal::Service { status, error }))
    }

    fn answer(
        &mut self,
        request: &Request,
        service: Option<acs::Service>,
        now: DateTime<Utc>,
        result: Result<Reply, Refusal>,
    ) -> Response {
        let marks = self.ids.answer(now);
        let frame = Frame {
            service,
            teams: request.path().starts_with(route::TEAMS),
            now,
            marks: &marks,
            client_request_id: request.headers.get("x-ms-client-request-id"),
            defects: self.options.defects,
        };
        match result {
            Ok(reply) => frame.success(reply),
            Err(refusal) => frame.refusal(refusal),
        }
    }
}

/// Text fit for a header: line feeds as `\n`, other odd characters as `?`, cut.
fn header_text(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(LONGEST_REASON));
    for character in text.chars() {
        if line.len() + 2 > LONGEST_REASON {
            break;
        }
        match character {
            '\n' => line.push_str("\\n"),
            ' '..='~' => line.push(character),
            _ => line.push('?'),
        }
    }
    line
}
