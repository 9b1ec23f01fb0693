//! What both ends of the wire know: operations, api-versions, connection strings, signing,
//! identifiers, times and error shapes. Knows of no other room.

pub mod catalogue;
pub mod version;

pub use catalogue::{Argument, ArgumentKind, Operation};
pub use version::{ApiVersion, Service};
