//! The wire rules: a table of 76, one file a family.
//!
//! Owns what each rule says and how a transcript is judged by it. Talks to nothing.
//!
//! A *passive* rule judges every exchange of every case; an *active* one those of the scenarios that
//! name it in `rules:`, which provoke what it speaks of. Neither looks at cleanup or at `request`
//! steps. A rule counts as exercised only where its precondition occurred.

mod attempts;
mod authentication;
mod bodies;
mod contents;
mod credentials;
mod delays;
mod document;
mod errors;
mod family;
mod idempotency;
mod identity;
mod judging;
mod logging;
mod paging;
mod request;
mod result;
mod retry;
mod route;
mod rule;
#[cfg(test)]
mod sample;
mod tally;
mod tolerance;
mod transport;
mod version;
mod watch;

pub use document::document;
pub use family::Family;
pub use judging::{judge, merge};
pub use result::{Finding, RuleResult, RuleStatus};
pub(in crate::judge) use route::operation as operation_of;
pub use rule::{Judging, Level, Profile, Rule, all, find};
pub use tally::Tally;
pub use watch::Watch;
pub(in crate::judge) use watch::query_pairs;
