//! The built-in client: its own signed HTTP, every exchange written down.
//!
//! Owns how requests are signed, sent and recorded, and how answers become outcomes. It never
//! retries: what a scenario sees is what the service did.

mod client;
mod driver;
mod headers;
mod outcome;
mod pages;
mod signature;

pub use client::{Answered, Client, ClientError, Outgoing, Trouble, Trust};
pub use driver::{InFlight, WireDriver};
pub use headers::user_agent;
pub use outcome::{failure_of, json_of, outcome_of};
pub use signature::{Credentials, Signing, Spelling};
