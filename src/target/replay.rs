//! Cassettes as a target: no network, the answers that were recorded.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Resource, TargetError, World};
use crate::acs::AccessKey;
use crate::cassette::{Player, file_name};
use crate::driver::wire::{Client, Credentials};
use crate::plan::Case;
use crate::transcript::TargetKind;

/// Signs requests that nobody verifies.
const KEY: &str = "cmVwbGF5cmVwbGF5cmVwbGF5cmVwbGF5";

/// A folder of cassettes, one a case.
#[derive(Debug, Clone)]
pub struct Replay {
    folder: PathBuf,
}

impl Replay {
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Cassettes say themselves where they were recorded; a run as a whole counts as emulated.
    pub const fn kind(&self) -> TargetKind {
        TargetKind::Emulator
    }

    /// The world of one case, as it was recorded.
    ///
    /// # Errors
    ///
    /// When the case has no cassette, or it is no HAR.
    pub fn open(&self, case: &Case) -> Result<World, TargetError> {
        let player = Arc::new(Player::open(&self.folder.join(file_name(case)))?);
        Ok(World {
            kind: player.kind,
            resources: resources(&player)?,
            client: Client::playing(player.clone())?,
            ca_file: None,
            emulator: None,
            tap: None,
            player: Some(player),
        })
    }
}

fn resources(player: &Player) -> Result<Arc<[Resource]>, TargetError> {
    let key = AccessKey::from_base64(KEY)
        .map_err(|error| TargetError::Start(format!("the key for replay: {error}")))?;
    // A case that never got to send anything has a recording without an endpoint.
    let nowhere = "https://localhost".to_owned();
    let endpoints =
        if player.endpoints.is_empty() { vec![nowhere] } else { player.endpoints.clone() };
    Ok(endpoints
        .into_iter()
        .map(|endpoint| Resource {
            authority: super::world::authority_of(&endpoint),
            endpoint,
            credentials: Credentials::Key(key.clone()),
            secondary: Some(Credentials::Key(key.clone())),
        })
        .collect())
}
