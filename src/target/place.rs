//! The targets of a run.

use super::credentials::CredentialsError;
use super::embedded::Embedded;
use super::live::Live;
use super::replay::Replay;
use super::{Settlement, World};
use crate::cassette::PlayerError;
use crate::driver::wire::ClientError;
use crate::plan::Case;
use crate::tap::TapError;
use crate::transcript::TargetKind;

/// Where a run's cases are carried out. Opened once a run; a [`World`] once a case.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one a run")]
pub enum Target {
    /// A fresh embedded emulator for each case.
    Emulator(Embedded),
    /// One resource for all: live, or an emulator elsewhere.
    Live(Box<Live>),
    /// Recorded traffic, without a network.
    Replay(Replay),
}

/// Why a target cannot be used (exit 4).
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    #[error("the emulator could not be started: {0}")]
    Start(String),
    #[error("{endpoint} cannot be reached: {why}")]
    Unreachable { endpoint: String, why: String },
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Player(#[from] PlayerError),
    #[error("no tap can be opened before the live resource: {0}")]
    Tap(#[from] TapError),
}

impl Target {
    pub fn kind(&self) -> TargetKind {
        match self {
            Self::Emulator(_) => TargetKind::Emulator,
            Self::Live(_) => TargetKind::Live,
            Self::Replay(replay) => replay.kind(),
        }
    }

    /// The world for one case. `seed` is the run's; a scenario's own wins.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub async fn open(&self, case: &Case, seed: Option<u64>) -> Result<World, TargetError> {
        match self {
            Self::Emulator(embedded) => embedded.open(&case.scenario.emulator, seed).await,
            Self::Live(live) => live.open().await,
            Self::Replay(replay) => replay.open(case),
        }
    }

    /// Where it is written down what the run creates on a live resource.
    pub fn ledger(&self) -> Option<std::path::PathBuf> {
        match self {
            Self::Emulator(_) | Self::Replay(_) => None,
            Self::Live(live) => live.ledger(),
        }
    }

    /// Ends the run's dealings with a live resource; an emulator takes everything with it.
    pub async fn settle(&self) -> Option<Settlement> {
        match self {
            Self::Emulator(_) | Self::Replay(_) => None,
            Self::Live(live) => live.settle().await,
        }
    }
}
