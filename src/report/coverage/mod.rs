//! Coverage by traffic seen: which operations, statuses, parameters, enum values and error codes
//! passed steps made happen, per api-version, against what there is.
//!
//! Counts nothing that a skipped, failed or unjudged step did, and no cleanup.

mod point;
mod seen;
mod table;
mod universe;

pub use point::{Kind, Point};
pub use seen::Coverage;
pub use universe::universe;
