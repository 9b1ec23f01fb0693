//! Matchers: pure comparison of what came with what was expected.

/// A matcher with all expressions worked out.
#[derive(Debug, Clone)]
pub struct Matcher;
