//! How cases are carried out.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Interrupt;
use crate::transcript::Probes;

/// Options of one case; the same for all cases of a run.
#[derive(Debug, Clone)]
pub struct CaseOptions {
    /// Go on after a failed step. Never turns red into green.
    pub continue_after_failure: bool,
    /// Replaces every scenario's own time limit.
    pub timeout: Option<Duration>,
    /// Limit of a step that states none.
    pub step_limit: Duration,
    /// Makes the emulator's ids and keys and the expressions' uuids repeat from run to run.
    pub seed: Option<u64>,
    /// What `${env.NAME}` may read, as far as scenarios declare it.
    pub environment: BTreeMap<String, String>,
    pub interrupt: Interrupt,
    /// Look, on a live target, whether the service does what is assumed; nothing depends on it.
    pub probes: Option<Probes>,
}

impl Default for CaseOptions {
    fn default() -> Self {
        Self {
            continue_after_failure: false,
            timeout: None,
            step_limit: Duration::from_secs(30),
            seed: None,
            environment: BTreeMap::new(),
            interrupt: Interrupt::default(),
            probes: None,
        }
    }
}
