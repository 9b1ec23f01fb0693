//! The sum of a run: counts, exit codes, notes.

use std::sync::PoisonError;
use std::time::Duration;

use super::suite::{Judged, Shared};
use crate::exit::Exit;
use crate::report::{CaseFinished, Event, RunFinished, RunStarted};
use crate::target::Settlement;
use crate::transcript::{CleanupResult, Ended, FaultKind};

/// The sum of a run while it goes on.
pub(super) struct Sum {
    finished: RunFinished,
    exits: Vec<Exit>,
    /// There is nothing to run because other shards have it all: that is success.
    empty_shard: bool,
}

impl Sum {
    pub fn new(started: &RunStarted<'_>) -> Self {
        let finished = RunFinished {
            not_applicable: started.not_applicable.len(),
            invalid_files: started.invalid_files,
            ..RunFinished::default()
        };
        let empty_shard = started.plan.is_empty() && started.selected > 0;
        Self { finished, empty_shard, exits: Vec::new() }
    }

    pub fn add(&mut self, shared: &Shared, index: usize, result: Result<Option<Judged>, String>) {
        let judged = match result {
            Ok(Some(judged)) => judged,
            Ok(None) => return self.finished.not_run += 1,
            Err(trouble) => {
                self.finished.failed += 1;
                self.finished.troubles.push(trouble);
                return self.see(Exit::Harness);
            }
        };
        self.count(&judged);
        if let Some(case) = shared.suite.cases.get(index) {
            shared.reporters.tell(&Event::CaseFinished(&CaseFinished {
                index,
                case,
                transcript: &judged.transcript,
                verdict: &judged.verdict,
            }));
        }
    }

    fn count(&mut self, judged: &Judged) {
        self.see(judged.verdict.exit);
        let given_up = matches!(&judged.transcript.ended,
            Ended::Implementation(fault) if fault.kind == FaultKind::Exhausted);
        if judged.verdict.is_green() {
            self.finished.passed += 1;
        } else if given_up {
            self.finished.not_run += 1;
        } else {
            self.finished.failed += 1;
        }
        for cleanup in &judged.transcript.cleanup {
            self.finished.created += 1;
            match cleanup.result {
                CleanupResult::Deleted | CleanupResult::AlreadyGone => self.finished.deleted += 1,
                CleanupResult::Leaked { .. } => self.finished.leaked += 1,
                CleanupResult::Unaccounted { .. } => self.finished.unaccounted += 1,
            }
        }
    }

    /// The ledger of a live target knows more than the cases: answers that were lost, and what
    /// was found again.
    fn settle(&mut self, settlement: Settlement) {
        self.see(settlement.exit);
        self.finished.notes.extend(settlement.notes);
        if let Some(tally) = settlement.tally {
            self.finished.created = tally.created;
            self.finished.deleted = tally.deleted;
            self.finished.leaked = tally.leaked;
            self.finished.unaccounted = tally.unaccounted;
        }
    }

    /// Each kind of end is kept once: the run may be long.
    fn see(&mut self, exit: Exit) {
        if !self.exits.contains(&exit) {
            self.exits.push(exit);
        }
    }

    pub fn finish(
        mut self,
        shared: &Shared,
        duration: Duration,
        settlement: Option<Settlement>,
    ) -> RunFinished {
        if let Some(settlement) = settlement {
            self.settle(settlement);
        }
        let again =
            std::mem::take(&mut *shared.again.lock().unwrap_or_else(PoisonError::into_inner));
        self.finished.notes.extend(again);
        if let Some(probes) = &shared.suite.options.probes {
            self.finished.notes.extend(probes.lines());
        }
        let troubles = shared.reporters.troubles();
        if !troubles.is_empty() {
            self.see(Exit::Harness);
        }
        if shared.suite.options.interrupt.is_asked() {
            self.see(Exit::Interrupted);
        }
        if self.finished.invalid_files > 0 {
            self.see(Exit::Invalid);
        }
        if self.finished.passed + self.finished.failed == 0 && !self.empty_shard {
            self.see(Exit::NothingRan);
        }
        self.finished.troubles.extend(troubles);
        self.finished.duration = duration;
        self.finished.exit = Some(Exit::worst(self.exits));
        self.finished
    }
}
