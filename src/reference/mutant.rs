//! Which rule the client breaks, if any.

use crate::judge::rules;

/// A switch for each rule; one at most is on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mutant(Option<&'static str>);

impl Mutant {
    /// Obeys all rules.
    pub const NONE: Self = Self(None);

    /// The mutant that breaks the rule of that id; `None` when there is no such rule.
    pub fn of(rule: &str) -> Option<Self> {
        rules::find(rule).map(|rule| Self(Some(rule.id)))
    }

    /// Whether the rule of that id is to be broken.
    pub fn breaks(self, rule: &str) -> bool {
        self.0 == Some(rule)
    }
}
