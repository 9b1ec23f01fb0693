//! The service, embedded: a pure core, and a front end that speaks HTTP over TLS.
//!
//! [`Emulator::builder`] starts one on a free loopback port. The core (`service`, `auth`) knows
//! nothing of sockets; everything that waits, listens or writes files is here.

pub mod authority;
pub mod behaviour;
pub mod clock;
pub mod faults;

pub use authority::{Authority, AuthorityError};
pub use clock::Clock;
