//! How cases are carried out.

use std::time::Duration;

use super::Interrupt;

/// Options of one case; the same for all cases of a run.
#[derive(Debug, Clone)]
pub struct CaseOptions {
    /// Go on after a failed step. Never turns red into green.
    pub continue_after_failure: bool,
    /// Replaces every scenario's own time limit.
    pub timeout: Option<Duration>,
    /// Limit of a step that states none.
    pub step_limit: Duration,
    pub interrupt: Interrupt,
}

impl Default for CaseOptions {
    fn default() -> Self {
        Self {
            continue_after_failure: false,
            timeout: None,
            step_limit: Duration::from_secs(30),
            interrupt: Interrupt::default(),
        }
    }
}
