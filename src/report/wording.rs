//! The words that several formats share: what a failure, a leak, an answer is called.

use std::fmt;

use super::reader::CaseReport;
use super::record::{
    CleanupEntry, ExchangeEntry, FailedExpectation, SnapshotEntry, Status, StepState,
};
use crate::builtin;
use crate::plan::Case;

/// Headers by which service and client tell one request from another.
const REQUEST_IDS: [&str; 4] =
    ["ms-cv", "x-azure-ref", "x-ms-request-id", "x-ms-client-request-id"];

/// A number with what it counts: `1 case`, `2 cases`.
pub fn count(number: usize, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {what}{s}")
}

impl ExchangeEntry {
    /// Names and values by which the request can be found in logs, those of the answer first.
    pub fn request_ids(&self) -> impl Iterator<Item = (&str, &str)> {
        let echo = self.response.as_ref().and_then(|one| one.header("x-ms-client-request-id"));
        let is_echoed = echo.is_some();
        let answered = self.response.iter().flat_map(|response| &response.headers);
        let asked = self
            .request
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("x-ms-client-request-id"))
            .filter(move |_| !is_echoed);
        answered
            .chain(asked)
            .filter(|(name, _)| REQUEST_IDS.iter().any(|id| id.eq_ignore_ascii_case(name)))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The status, or why there is none.
    pub fn answer(&self) -> String {
        match (&self.response, &self.broken) {
            (Some(response), _) => response.status.to_string(),
            (None, Some(why)) => why.clone(),
            (None, None) => "no answer".to_owned(),
        }
    }

    /// Whether the answer, or the lack of one, is such that clients try again.
    pub fn invites_retry(&self) -> bool {
        self.response
            .as_ref()
            .is_none_or(|response| matches!(response.status, 408 | 429 | 500 | 502..=504))
    }
}

impl fmt::Display for FailedExpectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if !self.path.is_empty() {
            write!(f, "\n  at       {}", self.path)?;
        }
        if !self.expected.is_empty() || !self.actual.is_empty() {
            write!(f, "\n  expected {}\n  actual   {}", self.expected, self.actual)?;
        }
        write!(f, "\n  --> {}", self.place)
    }
}

impl fmt::Display for CleanupEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.kind, self.id, self.result.name())?;
        match &self.why {
            Some(why) => write!(f, " ({why})"),
            None => Ok(()),
        }
    }
}

impl CaseReport {
    /// The verdict in a word; a failure that the baseline expects is called known.
    pub fn verdict_word(&self) -> &'static str {
        if self.is_known() { "known (baseline)" } else { self.status().name() }
    }

    /// Whether it failed as the baseline expects, and in no other way.
    pub fn is_known(&self) -> bool {
        let baseline = self.entry.as_ref().and_then(|entry| entry.baseline.as_ref());
        let known = baseline.is_some_and(|baseline| baseline.expected);
        known && matches!(self.status(), Status::Warn | Status::Pass)
    }

    /// Why the case is not green, in one line: the first thing that went wrong.
    pub fn first_reason(&self) -> Option<String> {
        let Some(entry) = &self.entry else {
            return Some("the report ends before the case does".to_owned());
        };
        let broken = || {
            self.steps.iter().find_map(|step| match &step.state {
                StepState::Broken(why) => Some(format!("step {}: {why}", step.path)),
                _ => None,
            })
        };
        let failure = || {
            entry.failures.first().map(|failure| match &failure.step {
                Some(step) => format!("step {step}: {}", failure.message),
                None => failure.message.clone(),
            })
        };
        let rule = || {
            let worst = self.rules.iter().max_by_key(|rule| rule.status)?;
            let finding = worst.findings.first()?;
            Some(format!("{}: {}", worst.rule, finding.message))
        };
        let snapshot = || match &entry.snapshot {
            SnapshotEntry::Differs { file, .. } => Some(format!("differs from {file}")),
            _ => None,
        };
        broken()
            .or_else(failure)
            .or_else(|| entry.reason.clone())
            .or_else(snapshot)
            .or_else(rule)
            .or_else(|| entry.remarks.first().cloned())
    }
}

/// What selects the scenario of a case in a command: its file, or the name of one that is built in.
pub fn selecting(case: &Case) -> String {
    let scenario = &case.scenario;
    if builtin::is_only_here(&scenario.source) {
        return format!(
            "--filter {}",
            quoted(&format!("name({}::{})", scenario.area, scenario.slug))
        );
    }
    quoted(&scenario.source.path.to_string_lossy().replace('\\', "/"))
}

/// A word as a shell takes it.
pub fn quoted(text: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "/._-+:@".contains(one);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
