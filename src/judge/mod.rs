//! Verdicts: pure functions of transcripts.
//!
//! Owns what a case came to ([`Verdict`]): expectations judged once more from the transcript alone,
//! the wire rules, the snapshot and its canonical form. Talks to nothing.

pub mod baseline;
mod options;
pub mod rules;
mod verdict;

pub use options::{JudgeOptions, SnapshotMode};
pub use verdict::{Problem, SnapshotVerdict, StepResult, StepVerdict, Verdict};
