//! What a report comes to in numbers: one pass over the cases, nothing kept of them but counts.

use std::collections::BTreeMap;

use super::all_rules;
use super::reader::{CaseReport, ReadError, Report};
use super::record::{CleanupState, LedgerEntry, Status, StepEntry, StepState};
use crate::transcript::TargetKind;

/// Counts of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub cases: BTreeMap<Status, u64>,
    pub steps: BTreeMap<Status, u64>,
    pub exchanges: u64,
    /// By rule id. Once one rule was exercised, all are here, those without anything to look at too.
    pub rules: BTreeMap<String, RuleSummary>,
    pub cleanup: CleanupSummary,
    /// The time of all cases, one after the other.
    pub duration_us: u64,
}

/// What one rule said in all cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSummary {
    pub exercised: u64,
    pub statuses: BTreeMap<Status, u64>,
}

impl RuleSummary {
    /// The worst that it said of any case; not exercised when it had nothing to look at, whatever
    /// it said.
    pub fn status(&self) -> Status {
        let worst = self.statuses.keys().next_back().copied().unwrap_or(Status::NotExercised);
        let looked = self.statuses.keys().any(|status| !status.is_grey());
        match worst {
            _ if worst.is_red() || worst == Status::Warn => worst,
            _ if !looked || self.exercised == 0 => {
                if self.statuses.contains_key(&Status::NotApplicable) && self.statuses.len() == 1 {
                    Status::NotApplicable
                } else {
                    Status::NotExercised
                }
            }
            _ if self.statuses.contains_key(&Status::Pass) => Status::Pass,
            _ => Status::Info,
        }
    }
}

/// What was created and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CleanupSummary {
    pub created: u64,
    pub deleted: u64,
    /// Deleted by a step of its scenario.
    pub gone: u64,
    pub leaked: u64,
    pub unaccounted: u64,
    /// The run was cut off on a real resource: what it left is in its ledger, and not here.
    pub unknown: bool,
}

impl CleanupSummary {
    pub fn take(&mut self, case: &CaseReport) {
        for entry in case.entry.iter().flat_map(|entry| &entry.cleanup) {
            self.created += 1;
            match entry.result {
                CleanupState::Deleted => self.deleted += 1,
                CleanupState::AlreadyGone => self.gone += 1,
                CleanupState::Leaked => self.leaked += 1,
                CleanupState::Unaccounted => self.unaccounted += 1,
            }
        }
    }
}

impl std::fmt::Display for CleanupSummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.unknown {
            return f
                .write_str("unknown: the run was cut off; `acs-conformance sweep` finishes it");
        }
        write!(
            f,
            "created {}, deleted {}, leaked {}",
            self.created,
            self.deleted + self.gone,
            self.leaked
        )?;
        if self.unaccounted > 0 {
            write!(f, ", unaccounted {}", self.unaccounted)?;
        }
        Ok(())
    }
}

impl Summary {
    /// Reads every case once.
    ///
    /// # Errors
    ///
    /// When the report can no longer be read.
    pub fn of(report: &mut Report) -> Result<Self, ReadError> {
        let mut summary = Self::default();
        report.visit(|case| {
            summary.take(case);
            Ok::<_, ReadError>(())
        })?;
        summary.end(report);
        Ok(summary)
    }

    /// Adds what is known of the run as a whole.
    pub fn end(&mut self, report: &Report) {
        let Some(footer) = &report.footer else {
            self.cleanup.unknown = report.header.target == TargetKind::Live.name();
            return;
        };
        if let Some(ledger) = footer.ledger {
            let LedgerEntry { created, deleted, leaked, unaccounted } = ledger;
            self.cleanup =
                CleanupSummary { created, deleted, leaked, unaccounted, ..Default::default() };
        }
    }

    /// Adds a case.
    pub fn take(&mut self, case: &CaseReport) {
        *self.cases.entry(case.status()).or_default() += 1;
        for step in &case.steps {
            *self.steps.entry(case.step_status(step)).or_default() += 1;
            self.exchanges += step.exchanges.len() as u64;
        }
        if !case.rules.is_empty() && self.rules.is_empty() {
            self.rules.extend(all_rules().map(|id| (id.to_owned(), RuleSummary::default())));
        }
        for rule in &case.rules {
            let summary = self.rules.entry(rule.rule.clone()).or_default();
            summary.exercised += rule.exercised;
            *summary.statuses.entry(rule.status).or_default() += 1;
        }
        self.cleanup.take(case);
        self.duration_us += case.entry.as_ref().map_or(0, |entry| entry.duration_us);
    }

    /// How many cases there are.
    pub fn total(&self) -> u64 {
        self.cases.values().sum()
    }

    pub fn count(&self, status: Status) -> u64 {
        self.cases.get(&status).copied().unwrap_or_default()
    }

    /// How many cases are red.
    pub fn red(&self) -> u64 {
        self.cases.iter().filter(|(status, _)| status.is_red()).map(|(_, count)| count).sum()
    }

    /// `12 pass, 1 fail, 2 n/a`; `no cases` where there are none.
    pub fn sentence(&self) -> String {
        if self.cases.is_empty() {
            return "no cases".to_owned();
        }
        let parts: Vec<String> =
            self.cases.iter().map(|(status, count)| format!("{count} {status}")).collect();
        parts.join(", ")
    }
}

impl CaseReport {
    /// How a step came out. A step of a case without a verdict was not judged, hence interrupted.
    pub fn step_status(&self, step: &StepEntry) -> Status {
        match &step.state {
            StepState::NotRun(_) => Status::NotRun,
            StepState::Broken(_) => Status::Fail,
            StepState::Ran if self.step_failures(step).next().is_some() => Status::Fail,
            StepState::Ran if self.entry.is_none() => Status::Interrupted,
            StepState::Ran => Status::Pass,
        }
    }

    /// The expectations that a step did not meet.
    pub fn step_failures<'a>(
        &'a self,
        step: &'a StepEntry,
    ) -> impl Iterator<Item = &'a super::record::FailedExpectation> {
        self.entry
            .iter()
            .flat_map(|entry| &entry.failures)
            .filter(|failure| failure.step.as_deref() == Some(step.path.as_str()))
    }

    /// The expectations of the scenario as a whole that were not met.
    pub fn own_failures(&self) -> impl Iterator<Item = &super::record::FailedExpectation> {
        self.entry.iter().flat_map(|entry| &entry.failures).filter(|failure| failure.step.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::{RuleSummary, Status};

    fn summary(exercised: u64, statuses: &[Status]) -> RuleSummary {
        let mut summary = RuleSummary { exercised, ..RuleSummary::default() };
        for status in statuses {
            *summary.statuses.entry(*status).or_default() += 1;
        }
        summary
    }

    #[test]
    fn a_rule_that_looked_at_nothing_is_not_green_even_if_it_said_pass() {
        assert_eq!(summary(0, &[Status::Pass]).status(), Status::NotExercised);
        assert_eq!(summary(0, &[]).status(), Status::NotExercised);
        assert_eq!(summary(0, &[Status::NotApplicable]).status(), Status::NotApplicable);
        assert_eq!(summary(3, &[Status::Pass, Status::NotExercised]).status(), Status::Pass);
    }

    #[test]
    fn one_failure_among_many_passes_fails_the_rule() {
        let statuses = [Status::Pass, Status::Fail, Status::Pass, Status::Warn];
        assert_eq!(summary(4, &statuses).status(), Status::Fail);
        assert_eq!(summary(2, &[Status::Pass, Status::Warn]).status(), Status::Warn);
    }
}
