//! Who performs an operation: the built-in client, or an SDK in a child process.
//!
//! Owns the seam ([`Driver`], [`Invocation`], [`Performed`]) and both performers. Knows of `acs` and
//! `target`; nothing here judges.

pub mod adapter;
mod choice;
mod invocation;
pub mod wire;

pub use choice::{Driver, DriverError, DriverKind};
pub use invocation::{Invocation, Performed};
