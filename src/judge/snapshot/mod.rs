//! Snapshots: the canonical form of a transcript, and the files that hold it.

use super::{JudgeOptions, Problem, SnapshotVerdict};
use crate::transcript::Transcript;

/// Compares a transcript with its snapshot; also names deviations that excuse nothing.
pub fn compare(
    _transcript: &Transcript,
    _options: &JudgeOptions,
) -> (SnapshotVerdict, Vec<Problem>) {
    (SnapshotVerdict::NotCompared("snapshots are off".to_owned()), Vec::new())
}
