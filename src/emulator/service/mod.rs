//! The service core of Rooms and Identity. Pure: state, request and time go in, state and answer
//! come out; it opens nothing, waits for nothing and looks at no clock.
//!
//! A [`Service`] is one resource. Credentials are judged before, by `emulator::auth`; faults,
//! throttling and framing are the front end's.

mod answer;
mod body;
mod continuation;
mod identity;
mod ids;
mod options;
mod participants;
mod query;
mod refusal;
mod repeatability;
mod request;
mod resource;
mod room;
mod rooms;
mod roster;
mod route;
mod state;
mod store;
mod teams;
#[cfg(test)]
mod tests;
mod token;
mod validity;
mod version;

pub use options::Options;
pub use request::{Framing, Notes, Request, Response};
pub use resource::{REASON_HEADER, Service};
pub use route::{NoRoute, Route, operation_of};
pub use state::{State, StateError};
