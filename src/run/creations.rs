//! What a case has created and not yet undone.
//!
//! Learns it from the exchanges, whoever did the step: what the service has answered is what
//! exists. Outcomes serve where nobody wrote exchanges down.

use serde_json::Value;

use crate::acs::Operation;
use crate::driver::Invocation;
use crate::target::Resource;
use crate::transcript::{Exchange, Outcome, ResourceKind};

/// A stack: undone from the top.
#[derive(Debug, Default)]
pub(super) struct Creations {
    all: Vec<Creation>,
}

/// Something that exists on the target because of this case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Creation {
    pub kind: ResourceKind,
    pub id: String,
    /// Number of its resource in the world, from 1.
    pub resource: usize,
    /// A step deleted it and the service agreed.
    pub gone: bool,
    /// How it was found when its own answer was lost.
    pub found: Option<Exchange>,
}

impl Creations {
    /// Takes note of what was created and deleted in these exchanges.
    pub fn note_exchanges(&mut self, exchanges: &[Exchange], world: &[Resource], resource: usize) {
        for exchange in exchanges {
            let resource = world
                .iter()
                .position(|one| one.authority == exchange.sent.authority)
                .map_or(resource, |index| index + 1);
            self.note_exchange(exchange, resource);
        }
    }

    fn note_exchange(&mut self, exchange: &Exchange, resource: usize) {
        let Some(received) = &exchange.received else { return };
        match (exchange.sent.method.as_str(), received.status) {
            ("POST", 201) => {
                if let Some((kind, id)) = created(exchange.sent.path(), &received.body) {
                    self.push(kind, id, resource);
                }
            }
            ("DELETE", 204) => self.forget(exchange.sent.path(), resource),
            _ => {}
        }
    }

    /// Takes note of a driver's outcome. Known ids are not counted twice.
    pub fn note_outcome(&mut self, invocation: &Invocation, outcome: &Outcome) {
        let kind = match invocation.operation {
            Operation::CreateRoom => ResourceKind::Room,
            Operation::CreateUser => ResourceKind::User,
            _ => return,
        };
        if let Outcome::Ok(value) = outcome
            && let Some(id) = value.get("id").and_then(Value::as_str)
        {
            self.push(kind, id.to_owned(), invocation.resource);
        }
    }

    pub fn push(&mut self, kind: ResourceKind, id: String, resource: usize) {
        if !self.all.iter().any(|one| one.kind == kind && one.id == id) {
            self.all.push(Creation { kind, id, resource, gone: false, found: None });
        }
    }

    /// As [`Creations::push`], of what was asked for once more.
    pub fn push_found(&mut self, kind: ResourceKind, id: String, resource: usize, found: Exchange) {
        self.push(kind, id, resource);
        if let Some(last) = self.all.last_mut() {
            last.found = Some(found);
        }
    }

    fn forget(&mut self, path: &str, resource: usize) {
        let Some((kind, id)) = addressed(path) else { return };
        let found = self
            .all
            .iter_mut()
            .find(|one| one.kind == kind && one.id == id && one.resource == resource);
        if let Some(creation) = found {
            creation.gone = true;
        }
    }

    /// Last in, first out.
    pub fn pop(&mut self) -> Option<Creation> {
        self.all.pop()
    }
}

fn created(path: &str, body: &[u8]) -> Option<(ResourceKind, String)> {
    let (kind, pointer) = match path {
        "/rooms" => (ResourceKind::Room, "/id"),
        "/identities" => (ResourceKind::User, "/identity/id"),
        _ => return None,
    };
    let body: Value = serde_json::from_slice(body).ok()?;
    Some((kind, body.pointer(pointer)?.as_str()?.to_owned()))
}

/// Which resource a path names; its id decoded.
fn addressed(path: &str) -> Option<(ResourceKind, String)> {
    let (kind, id) = match path.strip_prefix("/rooms/") {
        Some(id) => (ResourceKind::Room, id),
        None => (ResourceKind::User, path.strip_prefix("/identities/")?),
    };
    let id = percent_encoding::percent_decode_str(id).decode_utf8().ok()?;
    (!id.contains('/')).then(|| (kind, id.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_and_a_user_are_known_by_the_answers_that_made_them() {
        assert_eq!(
            created("/rooms", br#"{"id":"994"}"#),
            Some((ResourceKind::Room, "994".to_owned()))
        );
        assert_eq!(
            created("/identities", br#"{"identity":{"id":"8:acs:a_b"}}"#),
            Some((ResourceKind::User, "8:acs:a_b".to_owned()))
        );
        assert_eq!(created("/rooms", b"garbage"), None);
    }

    #[test]
    fn the_addressed_id_is_decoded() {
        assert_eq!(
            addressed("/identities/8%3Aacs%3Aa_b"),
            Some((ResourceKind::User, "8:acs:a_b".to_owned()))
        );
        assert_eq!(addressed("/rooms/994/participants"), None);
    }

    #[test]
    fn undoing_goes_from_the_last_to_the_first() {
        let mut creations = Creations::default();
        creations.push(ResourceKind::User, "u".to_owned(), 1);
        creations.push(ResourceKind::Room, "r".to_owned(), 1);
        creations.push(ResourceKind::Room, "r".to_owned(), 1);
        creations.forget("/rooms/r", 1);
        let order: Vec<_> = std::iter::from_fn(|| creations.pop())
            .map(|creation| (creation.id, creation.gone))
            .collect();
        assert_eq!(order, [("r".to_owned(), true), ("u".to_owned(), false)]);
    }
}
