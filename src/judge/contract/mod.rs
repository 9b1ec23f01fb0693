//! The contract: what the service may answer, as JSON Schemas written by hand from recordings and
//! documentation, under `schema/contract/`. No emulator code reads them.
//!
//! Everything the emulator sends is held against it, deliberate faults aside. A violation is the
//! harness's own fault (exit 3), never that of the implementation under test.

mod check;
mod table;

pub use check::{Violation, check};
