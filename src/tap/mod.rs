//! Recording what passes between a program and a live resource.
//!
//! The program talks to a local endpoint with local keys; the tap verifies its credentials, signs
//! anew with the live ones and forwards. It rewrites the authority of a `nextLink` to its own and
//! nothing else, and keeps both texts. What is created on the way goes into the ledger. Judging
//! is the rules'.

mod forward;
mod journey;
mod link;
mod opened;
mod server;

pub use link::rewrite;
pub use opened::{Opening, Tap, TapError};
