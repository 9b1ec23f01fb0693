//! Who we are toward a live resource: access keys, or an identity of Entra ID.
//!
//! Owns where credentials come from (the environment or a file, never an argument, which a list
//! of processes would show) and how tokens are had. How requests are signed is the client's.

mod account;
mod entra;
mod error;
mod request;
mod source;
mod transport;

pub use account::Account;
pub use entra::{Entra, Method, SCOPE};
pub use error::CredentialsError;
pub use request::Plain;
pub use source::Source;
