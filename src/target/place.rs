//! The targets of a run.

use super::World;
use crate::plan::Case;
use crate::transcript::TargetKind;

/// Where a run's cases are carried out. Opened once a run; a [`World`] once a case.
#[derive(Debug)]
pub enum Target {
    /// A fresh embedded emulator for each case.
    Emulator,
    /// One resource for all: live, or an emulator elsewhere.
    Live,
}

/// Why a target cannot be used (exit 4).
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    #[error("the emulator could not be started: {0}")]
    Start(String),
    #[error("{endpoint} cannot be reached: {why}")]
    Unreachable { endpoint: String, why: String },
}

impl Target {
    pub fn kind(&self) -> TargetKind {
        match self {
            Self::Emulator => TargetKind::Emulator,
            Self::Live => TargetKind::Live,
        }
    }

    /// The world for one case.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub async fn open(&self, _case: &Case) -> Result<World, TargetError> {
        Err(TargetError::Start("not wired yet".to_owned()))
    }
}
