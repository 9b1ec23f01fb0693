//! How often each rule was exercised in a run: what was never looked at is not green.

use std::collections::BTreeMap;

use crate::judge::rules::{RuleResult, RuleStatus, all};

/// Counts of a run, rule by rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<&'static str, Count>);

/// What one rule came to over all cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub exercised: usize,
    pub failed: usize,
    pub warned: usize,
}

impl Coverage {
    pub fn add(&mut self, results: &[RuleResult]) {
        for result in results {
            let count = self.0.entry(result.rule).or_default();
            count.exercised += result.exercised;
            count.failed += usize::from(result.status == RuleStatus::Fail);
            count.warned += usize::from(result.status == RuleStatus::Warn);
        }
    }

    pub fn of(&self, rule: &str) -> Count {
        self.0.get(rule).copied().unwrap_or_default()
    }

    /// The ids of the rules that met nothing in the whole run.
    pub fn not_exercised(&self) -> Vec<&'static str> {
        all().map(|rule| rule.id).filter(|id| self.of(id).exercised == 0).collect()
    }
}
