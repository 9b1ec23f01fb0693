//! The wire rules, one file per family.

use crate::transcript::Transcript;

/// What one rule came to in one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleResult {
    /// The rule's id, such as `AUTH-2`.
    pub rule: &'static str,
    pub status: RuleStatus,
    /// How many exchanges (or pairs of them) the rule looked at; 0 is never green.
    pub exercised: usize,
    /// What broke it, one line each.
    pub findings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleStatus {
    Pass,
    Fail,
    /// A broken SHOULD.
    Warn,
    /// An observation, without judgement.
    Info,
    NotExercised,
}

/// Judges all passive rules over a transcript's exchanges; cleanup and `request` steps are left out.
pub fn judge(_transcript: &Transcript) -> Vec<RuleResult> {
    Vec::new()
}
