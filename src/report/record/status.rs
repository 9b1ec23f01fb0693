//! How a step, a case or a rule came out. Only [`Status::Pass`] is green.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A verdict in one word. The order is that of concern: the worst comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Looked at and found right.
    Pass,
    /// An observation without a judgement.
    Info,
    /// The driver does not declare a feature that this needs. Not green, not scored.
    #[serde(rename = "n/a")]
    NotApplicable,
    /// Nothing happened that the rule could look at.
    NotExercised,
    /// Never reached.
    NotRun,
    /// A SHOULD that was not kept.
    Warn,
    /// An expectation, snapshot or rule was not met.
    Fail,
    /// The time limit passed.
    TimedOut,
    /// The implementation's process died.
    Crashed,
    /// The scenario file is not valid.
    Invalid,
    /// Target or implementation could not be reached or started.
    Unreachable,
    /// Something that was created may still exist.
    Leaked,
    /// A signal ended the run, or the report ends before the case does.
    Interrupted,
    /// The harness's own fault.
    HarnessError,
}

impl Status {
    pub const ALL: [Self; 14] = [
        Self::Pass,
        Self::Info,
        Self::NotApplicable,
        Self::NotExercised,
        Self::NotRun,
        Self::Warn,
        Self::Fail,
        Self::TimedOut,
        Self::Crashed,
        Self::Invalid,
        Self::Unreachable,
        Self::Leaked,
        Self::Interrupted,
        Self::HarnessError,
    ];

    /// The spelling in every report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Info => "info",
            Self::NotApplicable => "n/a",
            Self::NotExercised => "not-exercised",
            Self::NotRun => "not-run",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::TimedOut => "timed-out",
            Self::Crashed => "crashed",
            Self::Invalid => "invalid",
            Self::Unreachable => "unreachable",
            Self::Leaked => "leaked",
            Self::Interrupted => "interrupted",
            Self::HarnessError => "harness-error",
        }
    }

    /// The same as a CSS class and file name.
    pub const fn class(self) -> &'static str {
        match self {
            Self::NotApplicable => "na",
            other => other.name(),
        }
    }

    /// A sign for places without room for a word; colour alone says nothing to many readers.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Pass => "✓",
            Self::Info => "i",
            Self::NotApplicable => "–",
            Self::NotExercised | Self::NotRun => "○",
            Self::Warn => "!",
            Self::Fail => "✗",
            Self::TimedOut => "⏱",
            Self::Crashed | Self::HarnessError => "⚠",
            Self::Invalid => "?",
            Self::Unreachable => "⌁",
            Self::Leaked => "≈",
            Self::Interrupted => "■",
        }
    }

    pub const fn is_green(self) -> bool {
        matches!(self, Self::Pass)
    }

    /// Whether something is wrong, as opposed to fine or simply not looked at.
    pub const fn is_red(self) -> bool {
        !matches!(
            self,
            Self::Pass
                | Self::Info
                | Self::NotApplicable
                | Self::NotExercised
                | Self::NotRun
                | Self::Warn
        )
    }

    /// Whether nothing was looked at.
    pub const fn is_grey(self) -> bool {
        matches!(self, Self::NotApplicable | Self::NotExercised | Self::NotRun)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn a_status_is_written_as_it_is_named() {
        for status in Status::ALL {
            let written = serde_json::to_value(status).expect("a status can be written");
            assert_eq!(written, status.name());
        }
    }

    #[test]
    fn what_was_not_looked_at_is_neither_green_nor_red() {
        for status in Status::ALL {
            let kinds = [status.is_green(), status.is_red(), status.is_grey()];
            assert!(kinds.iter().filter(|kind| **kind).count() <= 1, "{status}");
        }
    }
}
