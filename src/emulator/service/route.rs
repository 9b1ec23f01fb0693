//! Which request means which operation.

use http::Method;
use percent_encoding::percent_decode_str;

use super::request::Request;
use crate::acs::{Operation, Service};

/// Below this lies the exchange of Teams tokens.
pub(super) const TEAMS: &str = "/teamsUser/";

/// A known path and what it names. Ids are decoded; nothing about them is checked here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    CreateRoom,
    ListRooms,
    GetRoom(String),
    UpdateRoom(String),
    DeleteRoom(String),
    ListParticipants(String),
    PatchParticipants(String),
    CreateUser,
    IssueToken(String),
    RevokeTokens(String),
    DeleteUser(String),
    /// `POST /teamsUser/:exchangeAccessToken`, no operation of the catalogue.
    ExchangeTeamsToken,
}

/// Why a request has no route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRoute {
    /// No such path.
    Path,
    /// The path is there, for these methods.
    Method { service: Service, allow: &'static str },
}

impl Route {
    /// Finds the route of a request. `HEAD` is routed as `GET`.
    ///
    /// # Errors
    ///
    /// When path or method are unknown.
    pub fn find(method: &Method, path: &str) -> Result<Self, NoRoute> {
        let path = path.strip_prefix('/').ok_or(NoRoute::Path)?;
        let mut parts = path.split('/');
        let segments = [(); 3].map(|()| parts.next());
        if parts.next().is_some() {
            return Err(NoRoute::Path);
        }
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        match segments {
            [Some("rooms"), None, _] => rooms(method),
            [Some("rooms"), Some(id), None] => room(method, decode(id)),
            [Some("rooms"), Some(id), Some("participants")] => participants(method, decode(id)),
            [Some("identities"), None, _] => post(method, || Self::CreateUser),
            [Some("identities"), Some(id), None] => user(method, decode(id)),
            [Some("identities"), Some(id), Some(":issueAccessToken")] => {
                post(method, || Self::IssueToken(decode(id)))
            }
            [Some("identities"), Some(id), Some(":revokeAccessTokens")] => {
                post(method, || Self::RevokeTokens(decode(id)))
            }
            [Some("teamsUser"), Some(":exchangeAccessToken"), None] => {
                post(method, || Self::ExchangeTeamsToken)
            }
            _ => Err(NoRoute::Path),
        }
    }

    /// The route of a whole request.
    ///
    /// # Errors
    ///
    /// As [`Route::find`].
    pub fn of(request: &Request) -> Result<Self, NoRoute> {
        Self::find(&request.method, request.path())
    }

    pub const fn service(&self) -> Service {
        match self {
            Self::CreateUser
            | Self::IssueToken(_)
            | Self::RevokeTokens(_)
            | Self::DeleteUser(_)
            | Self::ExchangeTeamsToken => Service::Identity,
            _ => Service::Rooms,
        }
    }

    /// The operation of the catalogue. A PATCH of participants that only removes is told from
    /// one that adds by its body.
    pub fn operation(&self, body: &[u8]) -> Option<Operation> {
        Some(match self {
            Self::CreateRoom => Operation::CreateRoom,
            Self::ListRooms => Operation::ListRooms,
            Self::GetRoom(_) => Operation::GetRoom,
            Self::UpdateRoom(_) => Operation::UpdateRoom,
            Self::DeleteRoom(_) => Operation::DeleteRoom,
            Self::ListParticipants(_) => Operation::ListParticipants,
            Self::PatchParticipants(_) if removes_only(body) => Operation::RemoveParticipants,
            Self::PatchParticipants(_) => Operation::AddOrUpdateParticipants,
            Self::CreateUser => Operation::CreateUser,
            Self::IssueToken(_) => Operation::IssueToken,
            Self::RevokeTokens(_) => Operation::RevokeTokens,
            Self::DeleteUser(_) => Operation::DeleteUser,
            Self::ExchangeTeamsToken => return None,
        })
    }
}

/// The operation that a request means, for schedules of faults and for journals.
pub fn operation_of(request: &Request) -> Option<Operation> {
    Route::of(request).ok()?.operation(&request.body)
}

fn removes_only(body: &[u8]) -> bool {
    let Ok(body) = serde_json::from_slice::<serde_json::Value>(body) else { return false };
    body.get("participants")
        .and_then(serde_json::Value::as_object)
        .is_some_and(|entries| !entries.is_empty() && entries.values().all(|entry| entry.is_null()))
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

fn rooms(method: &Method) -> Result<Route, NoRoute> {
    match *method {
        Method::GET => Ok(Route::ListRooms),
        Method::POST => Ok(Route::CreateRoom),
        _ => Err(NoRoute::Method { service: Service::Rooms, allow: "GET, POST" }),
    }
}

fn room(method: &Method, id: String) -> Result<Route, NoRoute> {
    match *method {
        Method::GET => Ok(Route::GetRoom(id)),
        Method::PATCH => Ok(Route::UpdateRoom(id)),
        Method::DELETE => Ok(Route::DeleteRoom(id)),
        _ => Err(NoRoute::Method { service: Service::Rooms, allow: "GET, PATCH, DELETE" }),
    }
}

fn participants(method: &Method, id: String) -> Result<Route, NoRoute> {
    match *method {
        Method::GET => Ok(Route::ListParticipants(id)),
        Method::PATCH => Ok(Route::PatchParticipants(id)),
        _ => Err(NoRoute::Method { service: Service::Rooms, allow: "GET, PATCH" }),
    }
}

fn user(method: &Method, id: String) -> Result<Route, NoRoute> {
    match *method {
        Method::DELETE => Ok(Route::DeleteUser(id)),
        _ => Err(NoRoute::Method { service: Service::Identity, allow: "DELETE" }),
    }
}

fn post(method: &Method, route: impl FnOnce() -> Route) -> Result<Route, NoRoute> {
    match *method {
        Method::POST => Ok(route()),
        _ => Err(NoRoute::Method { service: Service::Identity, allow: "POST" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_in_the_path_may_be_encoded_or_not() {
        for path in [
            "/identities/8%3Aacs%3Aa_b/:issueAccessToken",
            "/identities/8:acs:a_b/:issueAccessToken",
        ] {
            assert_eq!(
                Route::find(&Method::POST, path),
                Ok(Route::IssueToken("8:acs:a_b".to_owned()))
            );
        }
    }

    #[test]
    fn an_unknown_path_and_a_known_one_with_another_method_differ() {
        for path in
            ["", "/", "/room", "/rooms/1/participants/2", "/Rooms", "/rooms/1/x", "/identities/a/b"]
        {
            assert_eq!(Route::find(&Method::GET, path), Err(NoRoute::Path), "{path}");
        }
        let refused = Route::find(&Method::PUT, "/rooms/1");
        assert_eq!(
            refused,
            Err(NoRoute::Method { service: Service::Rooms, allow: "GET, PATCH, DELETE" })
        );
    }

    #[test]
    fn a_patch_that_only_removes_is_an_operation_of_its_own() {
        let route = Route::PatchParticipants("1".to_owned());
        let operation = |body: &str| route.operation(body.as_bytes());
        assert_eq!(
            operation(r#"{"participants":{"a":null}}"#),
            Some(Operation::RemoveParticipants)
        );
        for body in [r#"{"participants":{"a":null,"b":{}}}"#, r#"{"participants":{}}"#, "", "{"] {
            assert_eq!(operation(body), Some(Operation::AddOrUpdateParticipants), "{body}");
        }
    }
}
