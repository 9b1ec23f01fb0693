//! Holding a verdict against a baseline, strictly both ways.

use std::path::PathBuf;

use super::{Entry, Mode, interface};
use crate::exit::Exit;
use crate::judge::rules::{RuleResult, RuleStatus};
use crate::judge::{JudgeOptions, Problem, SnapshotVerdict, Verdict};
use crate::transcript::Transcript;

/// The entries of a baseline that hold for the implementation of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ActiveBaseline {
    pub path: PathBuf,
    pub entries: Vec<Entry>,
}

/// What the baseline says of one result of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// The rule; `None` for the interface.
    pub rule: Option<String>,
    pub standing: Standing,
    pub mode: Mode,
    pub reason: String,
    pub issue: String,
    /// Index of the entry among those that hold.
    pub entry: usize,
}

/// How a result stands to its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It went wrong as expected: not red.
    Expected,
    /// It went well, or wrong in another way, and the entry names this very case: the entry is
    /// stale, which is red.
    Stale,
    /// It went well, and the entry names it among others, by `*`: stale only when all did. Or it
    /// goes wrong now and then.
    Passed,
}

/// In which way a result went wrong.
struct Wrong {
    mode: Mode,
    /// What was found, one by one.
    texts: Vec<String>,
}

impl Wrong {
    /// Whether this is what the entry expects.
    fn is_as(&self, entry: &Entry) -> bool {
        let same = match entry.mode {
            Mode::Flaky => self.mode != Mode::Crashes,
            mode => mode == self.mode,
        };
        same && entry.knows(&self.texts)
    }
}

impl ActiveBaseline {
    pub fn new(path: PathBuf, entries: Vec<Entry>) -> Self {
        Self { path, entries }
    }

    /// Two entries that name the same result, as one line each (exit 2).
    pub fn contradictions<'a>(&self, cases: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut said = Vec::new();
        for case in cases {
            let named: Vec<&Entry> =
                self.entries.iter().filter(|entry| entry.names(case)).collect();
            for (index, entry) in named.iter().enumerate() {
                let earlier = named.iter().take(index).find(|other| other.rule == entry.rule);
                if let Some(earlier) = earlier {
                    let path = self.path.display();
                    said.push(format!(
                        "{path}:{}: {case}{} stands in line {} already",
                        entry.line,
                        entry.rule.as_ref().map(|rule| format!("/{rule}")).unwrap_or_default(),
                        earlier.line
                    ));
                }
            }
        }
        said
    }

    /// Entries whose patterns name none of `cases` (exit 2).
    pub fn unmatched<'a>(&self, cases: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
        let mut said = Vec::new();
        for entry in &self.entries {
            for pattern in &entry.cases {
                if !cases.clone().any(|case| pattern.matches(case)) {
                    let path = self.path.display();
                    said.push(format!("{path}:{}: `{pattern}` names no case", entry.line));
                }
            }
        }
        said
    }

    /// Holds a verdict against the entries: adds remarks, and changes what the case contributes
    /// to the exit code.
    pub fn apply(
        &self,
        case: &str,
        transcript: &Transcript,
        options: &JudgeOptions,
        verdict: &mut Verdict,
    ) {
        let mut remarks = Vec::new();
        let mut red = false;
        let interface = interface::wrong(transcript, verdict);
        let interface = interface.map(|(mode, texts)| Wrong { mode, texts });
        red |= matches!(verdict.snapshot, SnapshotVerdict::Missing { required: true, .. });
        let unreadable = |one: &Problem| matches!(one, Problem::SnapshotUnreadable { .. });
        red |= verdict.problems.iter().any(unreadable);
        red |= self.hold(case, None, interface, &mut remarks);
        for result in &verdict.rules {
            if result.status == RuleStatus::NotExercised {
                continue;
            }
            let wrong = wrong(result);
            let excused = wrong.is_some() && !options.is_red(result);
            red |= self.hold(case, Some(result.rule), wrong, &mut remarks) && !excused;
        }
        verdict.baseline = remarks;
        if matches!(verdict.exit, Exit::Success | Exit::Failed) {
            verdict.exit = if red { Exit::Failed } else { Exit::Success };
        }
    }

    /// Whether a result is red after all.
    fn hold(
        &self,
        case: &str,
        rule: Option<&str>,
        wrong: Option<Wrong>,
        remarks: &mut Vec<Remark>,
    ) -> bool {
        let entry = self
            .entries
            .iter()
            .enumerate()
            .find(|(_, entry)| entry.rule.as_deref() == rule && entry.names(case));
        let Some((index, entry)) = entry else { return wrong.is_some() };
        let as_expected = match &wrong {
            None => false,
            Some(wrong) => wrong.is_as(entry),
        };
        let exact = entry.cases.iter().any(|pattern| pattern.is_exact() && pattern.matches(case));
        let standing = match (as_expected, exact, &wrong) {
            (true, ..) => Standing::Expected,
            (false, false, None) => Standing::Passed,
            (false, true, None) if entry.mode == Mode::Flaky => Standing::Passed,
            (false, ..) => Standing::Stale,
        };
        remarks.push(Remark {
            rule: rule.map(str::to_owned),
            standing,
            mode: entry.mode,
            reason: entry.reason.clone(),
            issue: entry.issue.clone(),
            entry: index,
        });
        standing == Standing::Stale
    }
}

fn wrong(result: &RuleResult) -> Option<Wrong> {
    let mode = match result.status {
        RuleStatus::Fail => Mode::Fails,
        RuleStatus::Warn => Mode::Warns,
        RuleStatus::Pass | RuleStatus::Info | RuleStatus::NotExercised => return None,
    };
    let texts = result.findings.iter().map(|finding| finding.message.clone()).collect();
    Some(Wrong { mode, texts })
}

#[cfg(test)]
#[path = "apply_tests.rs"]
mod tests;
