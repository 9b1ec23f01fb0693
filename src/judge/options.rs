//! What a judgement depends on beside the transcript.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::baseline::ActiveBaseline;

/// How strictly to judge, and against which snapshots.
#[derive(Debug, Clone, Default)]
pub struct JudgeOptions {
    pub snapshots: SnapshotMode,
    /// Where snapshots of scenarios outside a `scenarios/` folder lie.
    pub snapshot_directory: Option<PathBuf>,
    /// A scenario without a snapshot fails instead of saying so.
    pub require_snapshots: bool,
    /// A broken SHOULD does not turn a case red.
    pub allow_warnings: bool,
    /// What is known to go wrong in the implementation under test.
    pub baseline: Option<Arc<ActiveBaseline>>,
    /// Cases that run without counting, by name, each with the reason.
    pub unscored: Arc<BTreeMap<String, String>>,
}

/// What to do with snapshots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SnapshotMode {
    /// Compare, and put what differs beside it as `.snap.new`.
    #[default]
    Compare,
    /// Write `.snap` files.
    Update,
    /// Leave snapshots alone.
    Off,
}
