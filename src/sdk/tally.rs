//! The sum of an SDK's run: rules, baseline, what is stale.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Coverage, Findings};
use crate::judge::Rate;
use crate::judge::baseline::{Entry, Mode, Pattern, Remark, Standing};
use crate::report::{CaseFinished, Event, Sink};

/// What is counted while cases finish.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub coverage: Coverage,
    pub findings: Findings,
    /// Failures that the baseline expected.
    pub expected: usize,
    /// Cases that the requirement set does not have.
    pub unscored: usize,
    /// Entries that expected what did not happen, one line each.
    pub stale: Vec<String>,
    /// Indices of the entries that excused something.
    pub used: BTreeSet<usize>,
    /// Indices of the entries that had something to look at, with their reasons.
    pub judged: BTreeMap<usize, String>,
    /// The cases that ran.
    pub ran: BTreeSet<String>,
    /// Cases that are known to go wrong now and then, with how often they went well.
    pub flaky: BTreeMap<String, Rate>,
}

impl Tally {
    pub fn add(&mut self, finished: &CaseFinished<'_>) {
        let case = finished.case.name();
        self.coverage.add(&finished.verdict.rules);
        self.findings.add(&case, finished.transcript, finished.verdict);
        self.unscored += usize::from(finished.verdict.unscored.is_some());
        for remark in &finished.verdict.baseline {
            self.remark(&case, remark);
        }
        self.flaky.extend(finished.verdict.rate.map(|rate| (case.clone(), rate)));
        self.ran.insert(case);
    }

    /// Entries that name cases that ran, of which none went wrong in their way: stale, one line
    /// each. A case by name whose rule had something to look at was told by itself.
    ///
    /// `whole`: all lanes ran. Else a rule that met nothing may meet something in the others.
    pub fn idle(&self, entries: &[Entry], whole: bool) -> Vec<String> {
        let ran = |entry: &Entry| self.ran.iter().any(|case| entry.names(case));
        let told = |index: &usize, entry: &Entry| {
            self.judged.contains_key(index) && entry.cases.iter().all(Pattern::is_exact)
        };
        entries
            .iter()
            .enumerate()
            .filter(|(index, entry)| !self.used.contains(index) && !told(index, entry))
            .filter(|(index, entry)| self.judged.contains_key(index) || (whole && ran(entry)))
            .map(|(_, entry)| entry)
            .filter(|entry| entry.mode != Mode::Flaky)
            .map(|entry| {
                let rule = entry.rule.as_ref().map(|rule| format!("/{rule}")).unwrap_or_default();
                let cases: Vec<&str> = entry.cases.iter().map(Pattern::as_str).collect();
                format!(
                    "line {}: {}{rule} expects what went wrong in no case: {}",
                    entry.line,
                    cases.join(", "),
                    entry.reason
                )
            })
            .collect()
    }

    fn remark(&mut self, case: &str, remark: &Remark) {
        self.judged.insert(remark.entry, remark.reason.clone());
        match remark.standing {
            Standing::Expected => {
                self.expected += 1;
                self.used.insert(remark.entry);
            }
            Standing::Passed => {}
            Standing::Stale => {
                let rule = remark.rule.as_ref().map(|rule| format!("/{rule}")).unwrap_or_default();
                self.stale.push(format!(
                    "{case}{rule}: expected ({}) to go wrong, and did not, or in another way: {}",
                    remark.mode.name(),
                    remark.reason
                ));
            }
        }
    }
}

/// A [`Tally`] as a listener; its clone keeps the sum when the run is over.
#[derive(Debug, Clone, Default)]
pub struct TallySink(Arc<Mutex<Tally>>);

impl TallySink {
    pub fn take(&self) -> Tally {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sink for TallySink {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Event::CaseFinished(finished) = event {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).add(finished);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::judge::baseline::Baseline;

    #[test]
    fn an_entry_whose_rule_met_nothing_is_stale_and_one_of_other_cases_is_not() {
        let text = "entries:\n  - { case: 'a::b::v1/PAG-1', reason: exact, issue: i }\n  - { case: 'a::*::v1/PAG-2', reason: pattern, issue: i, match: x }\n  - { case: 'other::b::v1/PAG-1', reason: left out, issue: i }\n";
        let entries = Baseline::read(Path::new("b.yaml"), text).unwrap().entries;
        let tally = Tally { ran: BTreeSet::from(["a::b::v1".to_owned()]), ..Tally::default() };
        let idle = tally.idle(&entries, true);
        assert_eq!(idle.len(), 2, "{idle:?}");
        assert!(idle[0].ends_with(": exact") && idle[1].ends_with(": pattern"), "{idle:?}");
        assert!(tally.idle(&entries, false).is_empty(), "the other lanes may tell");
        let used = Tally { used: BTreeSet::from([0, 1]), ..tally };
        assert!(used.idle(&entries, true).is_empty());
    }
}
