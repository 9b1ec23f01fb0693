//! What a run tells its reporters, as it happens.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::exit::Exit;
use crate::judge::Verdict;
use crate::plan::{Case, Skipped};
use crate::scenario::diagnostics::Diagnostic;
use crate::transcript::{StepRecord, TargetKind, Transcript};

/// One thing that happened. Cases are told by their index in the plan.
///
/// `RunStarted` comes first and `RunFinished` last, whatever happens between. `CaseStarted` and
/// `StepFinished` come as they happen, those of parallel cases mixed; `CaseFinished` comes in the
/// order of the plan, so that reports are stable.
#[derive(Debug)]
pub enum Event<'a> {
    RunStarted(&'a RunStarted<'a>),
    CaseStarted { index: usize, case: &'a Case },
    StepFinished { index: usize, case: &'a Case, step: &'a StepRecord },
    CaseFinished(&'a CaseFinished<'a>),
    RunFinished(&'a RunFinished),
}

/// What is known before the first case.
#[derive(Debug)]
pub struct RunStarted<'a> {
    /// How many cases the plan holds.
    pub cases: usize,
    /// The cases of the plan, in its order; of this shard alone where the run is sharded.
    pub plan: &'a [Case],
    /// How many cases the whole selection holds, all shards together.
    pub selected: usize,
    /// Which part of the selection this is: `(index from 1, of)`.
    pub shard: Option<(usize, usize)>,
    /// [`crate::report::suite_digest`] of all scenarios of the selection, all shards together.
    pub suite: String,
    /// Cases that were left out, with the reason; never green.
    pub not_applicable: &'a [Skipped],
    /// What is wrong with files that could not be read or checked.
    pub diagnostics: &'a [Diagnostic],
    /// How many files those are.
    pub invalid_files: usize,
    pub target: TargetKind,
    pub driver: &'a str,
    pub started: DateTime<Utc>,
    /// The seed of shuffling and of the emulator.
    pub seed: u64,
    pub jobs: usize,
}

/// A case with its judgement. Dropped after the event: memory does not grow with the run.
#[derive(Debug)]
pub struct CaseFinished<'a> {
    pub index: usize,
    pub case: &'a Case,
    pub transcript: &'a Transcript,
    pub verdict: &'a Verdict,
}

/// The sum of it all.
#[derive(Debug, Clone, Default)]
pub struct RunFinished {
    pub passed: usize,
    pub failed: usize,
    /// Planned and never begun: `--fail-fast`, a signal.
    pub not_run: usize,
    /// Left out before the run.
    pub not_applicable: usize,
    pub invalid_files: usize,
    pub created: usize,
    pub deleted: usize,
    pub leaked: usize,
    pub unaccounted: usize,
    /// What the harness itself could not do, such as writing a report.
    pub troubles: Vec<String>,
    pub duration: Duration,
    /// What is red beside single cases, a line each: stale entries, rules never exercised.
    pub faults: Vec<String>,
    /// What somebody should know: waits that a live resource asked for, what is left there.
    pub notes: Vec<String>,
    pub exit: Option<Exit>,
}

impl RunFinished {
    /// Adds what is wrong with the run as a whole: exit codes, each with a line that says why.
    pub fn add(&mut self, red: impl IntoIterator<Item = (Exit, String)>) {
        for (exit, why) in red {
            let now = self.exit.unwrap_or(Exit::Success);
            self.exit = Some(Exit::worst([now, exit]));
            self.faults.push(why);
        }
    }
}

/// Someone who listens: a terminal, a file in some format.
///
/// Masks secrets itself; events carry the plain truth.
pub trait Sink: Send {
    /// # Errors
    ///
    /// When the report cannot be written (disk full, closed pipe). The run goes on without this
    /// sink, says so, and ends with exit 3.
    fn event(&mut self, event: &Event<'_>) -> std::io::Result<()>;

    /// Finishes what is kept on disk; comes before [`Event::RunFinished`], so that what fails here
    /// is still part of how the run ends.
    ///
    /// # Errors
    ///
    /// As [`Sink::event`].
    fn close(&mut self, _finished: &RunFinished) -> std::io::Result<()> {
        Ok(())
    }
}
