//! The service, embedded: a pure core, and a front end that speaks HTTP over TLS.
//!
//! [`Emulator::builder`] starts one on a free loopback port. The core (`service`, `auth`) knows
//! nothing of sockets; everything that waits, listens or writes files is here.
//!
//! ```
//! use acs_conformance::emulator::{Clock, Emulator};
//! use chrono::{DateTime, TimeDelta, Utc};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let new_year = "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>()?;
//! let emulator =
//!     Emulator::builder().page_size(2).clock(Clock::standing(new_year)).journal(true).start().await?;
//!
//! // For an SDK: the connection string, and the CA that it must trust.
//! assert!(emulator.connection_string().expose().starts_with("endpoint=https://localhost:"));
//! assert!(emulator.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
//!
//! // By hand: any HTTPS client, with a signature or with a token of the built-in issuer.
//! rustls::crypto::ring::default_provider().install_default().ok();
//! let ca = reqwest::Certificate::from_pem(emulator.ca_pem().as_bytes())?;
//! let client = reqwest::Client::builder().tls_certs_only([ca]).build()?;
//! let url = format!("{}/rooms?api-version=2025-03-13", emulator.endpoint());
//! let token = emulator.bearer_token();
//! let created = client
//!     .post(&url)
//!     .bearer_auth(token.expose())
//!     .header("content-type", "application/json")
//!     .body("{}")
//!     .send()
//!     .await?;
//! assert_eq!(created.status(), 201);
//!
//! // What the emulator saw, and what it holds; time passes when it is told to.
//! assert_eq!(emulator.take_exchanges().len(), 1);
//! assert_eq!(emulator.state()["rooms"][0]["createdAt"], "2026-01-01T00:00:00.046+00:00");
//! emulator.clock().advance(TimeDelta::days(200));
//! # Ok(())
//! # })
//! # }
//! // Dropping the emulator stops it.
//! ```
//!
//! Several resources ([`Builder::resources`]) are told apart by their endpoint, that is by their
//! port: the first has the port that was asked for, the others the next ones, or free ones.

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
mod serve_as;
pub mod service;
mod state_file;
mod state_lock;
mod throttle;
mod trust;
mod whole_file;
mod world;

pub use authority::{Authority, AuthorityError, BEHIND_PROXY};
pub use builder::{Builder, StartError};
pub use clock::{Clock, OutOfTime};
pub use handle::Emulator;
pub use http::Limits;
pub use resource::Resource;
pub use serve_as::ServeAsError;
pub use state_file::StateFileError;
#[doc(hidden)]
pub use state_file::read_any as read_any_state_file;
pub use throttle::{RateLimit, RateLimitError};
pub use trust::{TrustFiles, without_proxy};
pub(crate) use whole_file::destination;
pub use whole_file::write_whole;
