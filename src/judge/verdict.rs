//! What a case came to.

use std::path::PathBuf;

use crate::exit::Exit;
use crate::judge::baseline::{Mode, Remark, Standing};
use crate::judge::contract::Violation;
use crate::judge::rules::RuleResult;
use crate::scenario::matcher::Mismatch;

/// The judgement of one transcript. Its two sides are the interface
/// (steps, snapshot, problems) and the wire (rules).
#[derive(Debug, Clone)]
pub struct Verdict {
    /// One for each step record of the transcript, in its order.
    pub steps: Vec<StepVerdict>,
    pub snapshot: SnapshotVerdict,
    pub rules: Vec<RuleResult>,
    /// What is red beside steps, snapshot and rules.
    pub problems: Vec<Problem>,
    /// What the implementation's baseline says of interface and rules; empty without one.
    pub baseline: Vec<Remark>,
    /// How often a case that is known to go wrong now and then went well.
    pub rate: Option<Rate>,
    /// Why the case does not count: a failure of it is told, and is not red.
    pub unscored: Option<String>,
    /// What the case contributes to the exit code.
    pub exit: Exit,
}

/// Out of so many runs, alone, so many went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub well: u32,
    pub runs: u32,
}

/// The judgement of one step.
#[derive(Debug, Clone)]
pub struct StepVerdict {
    pub result: StepResult,
    /// All expectations that were not met.
    pub mismatches: Vec<Mismatch>,
    /// Why the step is not green, where no mismatch says it.
    pub why: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepResult {
    Passed,
    Failed,
    /// Never green.
    NotRun,
}

/// How the canonical form compares with the snapshot on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnapshotVerdict {
    Same,
    /// There is none, or no place for one; said, and red only where snapshots are required.
    Missing {
        path: Option<PathBuf>,
        required: bool,
    },
    Differs {
        path: PathBuf,
        expected: String,
        actual: String,
    },
    /// Written anew (`--update-snapshots`).
    Updated {
        path: PathBuf,
    },
    /// Not compared, for the reason given: the case did not complete, snapshots are off.
    NotCompared(String),
}

/// Something red that belongs to the case as a whole.
#[derive(Debug, Clone, PartialEq)]
pub enum Problem {
    /// The case did not run to its end: time limit, signal, target, harness.
    Ended(String),
    /// A fault was scheduled and met nothing.
    UnconsumedFault(String),
    /// A deviation that excuses nothing any more, by its JSONPath.
    IdleDeviation { path: String, reason: String },
    /// Something was created and may still exist.
    Leak(String),
    /// The scenario's `expect.state` was not met.
    State(Mismatch),
    /// A snapshot that is there and cannot be read.
    SnapshotUnreadable { path: PathBuf, why: String },
    /// A snapshot that was to be written and cannot be: a fault of the harness's surroundings
    /// (exit 3).
    SnapshotUnwritten { path: PathBuf, why: String },
    /// The emulator sent what the service would not: the harness's own fault (exit 3).
    Contract(Violation),
}

impl Verdict {
    /// Whether the baseline knows the case to go wrong now and then.
    pub fn is_flaky(&self) -> bool {
        self.baseline.iter().any(|remark| remark.mode == Mode::Flaky)
    }

    /// Whether nothing of the now and then went wrong.
    pub fn went_well(&self) -> bool {
        let flaky = |remark: &Remark| remark.mode == Mode::Flaky;
        !self.baseline.iter().any(|it| flaky(it) && it.standing == Standing::Expected)
    }

    pub fn is_green(&self) -> bool {
        self.exit == Exit::Success
    }
}

impl Problem {
    /// Whether it is no fault of whoever was judged.
    pub const fn blames_the_harness(&self) -> bool {
        matches!(self, Self::Contract(_) | Self::SnapshotUnwritten { .. })
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ended(why) => f.write_str(why),
            Self::UnconsumedFault(fault) => {
                write!(f, "a fault was scheduled and met too little: {fault}")
            }
            Self::IdleDeviation { path, reason } => write!(
                f,
                "the deviation `{path}` excuses nothing any more, remove it (its reason was: \
                 {reason})"
            ),
            Self::Leak(what) => write!(f, "left behind: {what}"),
            Self::Contract(violation) => {
                write!(f, "{violation}; a fault of the harness, please report it")
            }
            Self::SnapshotUnreadable { path, why } => write!(
                f,
                "the snapshot {} cannot be read: {why}; mend it, or write it anew with \
                 --update-snapshots",
                path.display()
            ),
            Self::SnapshotUnwritten { path, why } => {
                write!(f, "the snapshot {} cannot be written: {why}", path.display())
            }
            Self::State(mismatch) => write!(f, "the state at the end: {}", mismatch.message),
        }
    }
}
