//! The scenario language: from a file's text to a checked [`Scenario`], with a place for all of it.
//!
//! Knows of no other room but `acs`.

pub mod diagnostics;
pub mod matcher;
pub mod model;
pub mod place;

pub use model::*;
pub use place::{Place, Source};
