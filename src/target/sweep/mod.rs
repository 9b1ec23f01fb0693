//! Finishing what killed runs left on a real resource.
//!
//! Deletes every id that a ledger knows. Repeats the create of an intent without an id while the
//! service still remembers it, which gives the id of what was made, or makes what is then deleted.
//! Everything else is reported as unaccounted. Touches nothing that no ledger names.

mod broom;
mod report;

pub use broom::{Broom, MEMORY, clear, find};
pub use report::{Left, Report, Swept};
