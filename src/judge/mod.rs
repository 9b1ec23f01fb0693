//! Verdicts: pure functions of transcripts.
//!
//! Owns what a case came to ([`Verdict`]): expectations judged once more from the transcript alone,
//! the wire rules, the snapshot and its canonical form. Talks to nothing but snapshot files.

pub mod baseline;
pub mod contract;
pub mod drift;
mod judgement;
mod options;
pub mod rules;
pub mod snapshot;
mod step;
mod subjects;
mod verdict;

pub use judgement::judge;
pub use options::{JudgeOptions, SnapshotMode};
pub use step::{mismatches, step, words};
pub use subjects::exchange_value;
pub use verdict::{Problem, Rate, SnapshotVerdict, StepResult, StepVerdict, Verdict};
