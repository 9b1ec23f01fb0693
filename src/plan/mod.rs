//! The matrix of cases: scenario × api-version × repetition; filters, skips and shards.
//!
//! Pure: scenarios and a [`Selection`] in, a [`Plan`] out. Everything that keeps a case from
//! running is decided here, with its reason, before anything starts.

mod case;
mod durations;
mod filter;
mod glob;
mod selection;
mod shard;
#[cfg(test)]
mod tests;

pub use case::Case;
pub use durations::{Durations, DurationsError};
pub use filter::{Filter, FilterError};
pub use selection::{Abilities, BuiltIn, Plan, Selection, Skipped};
pub use shard::{Shard, ShardError};
