//! What a judgement depends on beside the transcript.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::baseline::ActiveBaseline;
use super::rules::{RuleResult, RuleStatus};

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
    /// Rules whose breaking is told and not red: those newer than the requirement set.
    pub unscored_rules: Arc<BTreeSet<&'static str>>,
}

impl JudgeOptions {
    /// Whether a rule that came to this turns a case red, baselines aside.
    pub fn is_red(&self, result: &RuleResult) -> bool {
        let red = match result.status {
            RuleStatus::Fail => true,
            RuleStatus::Warn => !self.allow_warnings,
            RuleStatus::Pass | RuleStatus::Info | RuleStatus::NotExercised => false,
        };
        red && !self.unscored_rules.contains(result.rule)
    }
}

/// What to do with snapshots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SnapshotMode {
    /// Compare, and put what differs beside it as `.snap.new`.
    #[default]
    Compare,
    /// Compare, and write nothing: what somebody's SDK does is no proposal for the snapshot.
    Hold,
    /// Write `.snap` files.
    Update,
    /// Leave snapshots alone.
    Off,
}
