//! What a rule came to.

use std::fmt;

/// What one rule came to in one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleResult {
    /// The rule's id, such as `AUTH-2`.
    pub rule: &'static str,
    pub status: RuleStatus,
    /// How often what the rule speaks of occurred; 0 is never green.
    pub exercised: usize,
    /// What broke it, or, of an observation, what was observed.
    pub findings: Vec<Finding>,
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

impl RuleStatus {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::NotExercised => "not-exercised",
        }
    }
}

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Index of the step among the transcript's steps.
    pub step: usize,
    /// Index of the exchange within the step; `None` when it is about the step's outcome.
    pub exchange: Option<usize>,
    /// What was found, with the value.
    pub message: String,
}

impl Finding {
    /// Findings that say the same, told once: the first of them, and how many there are.
    pub fn folded(findings: &[Self]) -> Vec<(&Self, usize)> {
        let mut folded: Vec<(&Self, usize)> = Vec::new();
        for finding in findings {
            match folded.iter_mut().find(|(known, _)| known.message == finding.message) {
                Some((_, times)) => *times += 1,
                None => folded.push((finding, 1)),
            }
        }
        folded
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
