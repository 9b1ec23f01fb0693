//! What both ends of the wire know: operations, api-versions, connection strings, signing,
//! identifiers, times and error shapes. Knows of no other room.

pub mod catalogue;
pub mod connection_string;
pub mod error;
pub mod evidence;
pub mod identifier;
pub mod recognition;
pub mod request;
pub mod secret;
pub mod signing;
pub mod time;
pub mod version;

pub use catalogue::{Argument, ArgumentKind, Operation};
pub use connection_string::{ConnectionString, ConnectionStringError};
pub use error::{ErrorDetail, ServiceError};
pub use evidence::Mark;
pub use request::{ArgumentError, WireRequest};
pub use secret::{Mask, Secret};
pub use signing::AccessKey;
pub use version::{ApiVersion, Service};
