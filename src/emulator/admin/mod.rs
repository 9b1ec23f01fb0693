//! The admin API: a world's clock, faults, state and journal over plain HTTP, on a loopback port
//! of its own. Described by the OpenAPI document that it serves at `/openapi.json`.
//!
//! A request that the document does not allow is 400; one that it allows and that cannot be done
//! is 409.

mod documents;
mod fixtures;
mod handlers;
mod openapi;
mod problem;
mod server;

pub(super) use server::{Admin, serve};
