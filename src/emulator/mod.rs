//! The service, embedded: a pure core, and a front end that speaks HTTP over TLS.
//!
//! [`Emulator::builder`] starts one on a free loopback port. The core (`service`, `auth`) knows
//! nothing of sockets; everything that waits, listens or writes files is here.

mod admin;
pub mod auth;
pub mod authority;
pub mod behaviour;
mod builder;
pub mod clock;
#[doc(hidden)]
pub mod defect;
pub mod faults;
mod handle;
mod http;
mod journal;
mod resource;
pub mod seed;
pub mod service;
mod state_file;
mod throttle;
mod trust;
mod whole_file;
mod world;

pub use authority::{Authority, AuthorityError, BEHIND_PROXY};
pub use builder::{Builder, StartError};
pub use clock::Clock;
pub use handle::Emulator;
pub use http::Limits;
pub use resource::Resource;
pub use state_file::StateFileError;
#[doc(hidden)]
pub use state_file::read_any as read_any_state_file;
pub use throttle::RateLimit;
pub use trust::{TrustFiles, without_proxy};
pub use whole_file::write_whole;
