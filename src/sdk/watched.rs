//! What the traffic of an unmodified program shows: passive rules, and the harness's own faults.

use crate::exit::Exit;
use crate::judge::contract::{self, Violation};
use crate::judge::rules::{self, Finding, RuleResult, RuleStatus};
use crate::transcript::{Exchange, Traffic, Transcript};

/// A program's traffic with its judgement.
#[derive(Debug)]
pub struct Watched {
    transcript: Transcript,
    pub results: Vec<RuleResult>,
    /// Answers of ours that break the contract; never the program's fault.
    pub violations: Vec<Violation>,
}

impl Watched {
    pub fn of(traffic: Traffic) -> Self {
        let transcript = traffic.into_transcript();
        let results = rules::judge(&transcript);
        let violations = contract::check(&transcript);
        Self { transcript, results, violations }
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        self.transcript.steps.iter().map(|step| step.exchanges.len()).sum()
    }

    /// How many rules came to that.
    pub fn count(&self, status: RuleStatus) -> usize {
        self.results.iter().filter(|result| result.status == status).count()
    }

    /// The request that a finding speaks of, with its number from 1.
    pub fn request(&self, finding: &Finding) -> Option<(usize, &Exchange)> {
        let index = finding.exchange?;
        let exchange = self.transcript.steps.get(finding.step)?.exchanges.get(index)?;
        Some((index + 1, exchange))
    }

    pub fn exit(&self, allow_warnings: bool) -> Exit {
        if !self.violations.is_empty() {
            return Exit::Harness;
        }
        if self.requests() == 0 {
            return Exit::NothingRan;
        }
        let warned = self.count(RuleStatus::Warn) > 0 && !allow_warnings;
        if warned || self.count(RuleStatus::Fail) > 0 { Exit::Failed } else { Exit::Success }
    }
}
