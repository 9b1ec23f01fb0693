//! The counting of one rule in one transcript.

use super::{Finding, Level, Rule, RuleResult, RuleStatus};

/// How often what a rule speaks of occurred, and what broke it.
#[derive(Debug, Default)]
pub struct Tally {
    exercised: usize,
    findings: Vec<Finding>,
}

impl Tally {
    /// The precondition occurred once more.
    pub fn exercise(&mut self) {
        self.exercised += 1;
    }

    /// Notes what breaks the rule; of an observation, what was observed.
    pub fn note(&mut self, step: usize, exchange: Option<usize>, message: impl Into<String>) {
        self.findings.push(Finding { step, exchange, message: message.into() });
    }

    /// The precondition occurred; unless `obeyed`, notes `message`.
    pub fn demand(
        &mut self,
        (step, exchange): (usize, usize),
        obeyed: bool,
        message: impl FnOnce() -> String,
    ) {
        self.exercise();
        if !obeyed {
            self.note(step, Some(exchange), message());
        }
    }

    /// The same about the outcome of a step.
    pub fn demand_of_step(&mut self, step: usize, obeyed: bool, message: impl FnOnce() -> String) {
        self.exercise();
        if !obeyed {
            self.note(step, None, message());
        }
    }

    pub(super) fn result(self, rule: &Rule) -> RuleResult {
        let status = match (rule.level, self.findings.is_empty()) {
            _ if self.exercised == 0 && self.findings.is_empty() => RuleStatus::NotExercised,
            (Level::Info, _) => RuleStatus::Info,
            (_, true) => RuleStatus::Pass,
            (Level::Must, false) => RuleStatus::Fail,
            (Level::Should, false) => RuleStatus::Warn,
        };
        RuleResult { rule: rule.id, status, exercised: self.exercised, findings: self.findings }
    }
}
