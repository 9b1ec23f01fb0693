//! What was created on a real resource, on disk before the next request goes out.
//!
//! One file a run and resource. Two lines a create: the *intent*, synced before the create is sent,
//! and the *id*, synced before anything else is sent or passed on; a line more when it is deleted.
//! A run that ends with nothing left removes its file; what a killed run leaves is finished by
//! [`crate::target::sweep`]. Owns the file and its lines; sends nothing.

mod book;
mod error;
mod line;
mod page;
mod place;
mod tally;
mod traffic;

pub use book::Ledger;
pub use error::LedgerError;
pub use line::{Heading, Intent, Line, Repeatability};
pub use page::{Entry, Fate, Page};
pub use place::Shelf;
pub use tally::Tally;
pub use traffic::{Pending, Request};

#[cfg(test)]
mod tests;
