//! Matchers: pure comparison of what came with what was expected.
//!
//! As written ([`MatcherTemplate`]) their values may hold expressions; worked out they are a
//! [`Matcher`], which says everything that does not fit as [`Mismatch`]es.

mod expectation;
mod judge;
mod mismatch;
mod path;
mod single;
mod template;
mod test;
#[cfg(test)]
mod tests;
mod unordered;
mod written;

pub use expectation::{Expectation, ExpectationTemplate, Subject, Subjects};
pub use mismatch::Mismatch;
pub use path::{Path, PathTemplate};
pub use template::{MatcherTemplate, PatternTemplate, TestTemplate};
pub use test::{Comparison, JsonType, Matcher, Test};
