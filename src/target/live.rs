//! One resource for all cases: a live one, or an emulator elsewhere.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;

use super::courtesy::{Courtesy, Settings};
use super::credentials::{Account, Plain};
use super::{Passage, Resource, Settlement, TargetError, World};
use crate::acs::{AccessKey, Service};
use crate::driver::wire::{Client, Credentials};
use crate::emulator::Authority;
use crate::tap::{Opening, Tap, TapError};
use crate::transcript::TargetKind;

/// How long an endpoint may take to give any answer at all.
const REACH_LIMIT: Duration = Duration::from_secs(9);

/// A resource that stands on its own, whoever runs it.
#[derive(Debug, Clone)]
pub struct Live {
    account: Account,
    client: Client,
    tapped: Option<Tapped>,
}

/// What child processes trust in place of the resource.
#[derive(Debug, Clone)]
pub struct Tapped {
    pub authority: Authority,
    /// Where the authority's PEM lies.
    pub ca_file: PathBuf,
}

impl Live {
    /// `client` carries everything to the resource; it may go through a [`super::Passage`].
    pub const fn new(account: Account, client: Client) -> Self {
        Self { account, client, tapped: None }
    }

    /// The same for drivers that are child processes: each case gets a tap of its own, with keys
    /// of its own, and only what passes it reaches the resource.
    #[must_use]
    pub fn tapped(self, tapped: Tapped) -> Self {
        Self { tapped: Some(tapped), ..self }
    }

    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// The world of every case: the same, with a token that is good for now where keys are not
    /// used.
    ///
    /// # Errors
    ///
    /// When no token can be had, or no tap can be opened.
    pub async fn open(&self) -> Result<World, TargetError> {
        let token = self.account.token().await?.map(Credentials::Bearer);
        let key = |key: &AccessKey| Credentials::Key(key.clone());
        let resource = Resource {
            endpoint: self.account.endpoint().to_owned(),
            authority: self.account.authority().to_owned(),
            credentials: token
                .or_else(|| self.account.primary().map(key))
                .unwrap_or(Credentials::None),
            secondary: self.account.secondary().map(key),
        };
        Ok(World {
            kind: TargetKind::Live,
            resources: Arc::new([resource]),
            client: self.client.clone(),
            ca_file: self.tapped.as_ref().map(|tapped| tapped.ca_file.clone()),
            emulator: None,
            player: None,
            tap: self.tap().await?,
        })
    }

    async fn tap(&self) -> Result<Option<Tap>, TapError> {
        let Some(tapped) = &self.tapped else { return Ok(None) };
        let unpaced = || {
            let courtesy = Courtesy::new(Settings::default());
            Passage::new(courtesy, None, self.account.primary().cloned())
        };
        let opening = Opening {
            account: self.account.clone(),
            client: self.client.clone(),
            passage: self.client.passage().cloned().unwrap_or_else(unpaced),
            port: 0,
            strict: false,
        };
        Tap::open(opening, &tapped.authority).await.map(Some)
    }

    /// Where it is written down what the run creates.
    pub fn ledger(&self) -> Option<PathBuf> {
        Some(self.client.passage()?.ledger()?.path())
    }

    /// Ends the run's dealings with the resource; nothing where no passage was taken.
    pub async fn settle(&self) -> Option<Settlement> {
        let passage = self.client.passage()?;
        Some(Settlement::make(&self.account, &self.client, passage, false).await)
    }

    /// Asks the endpoint for any answer at all, before the first case.
    ///
    /// # Errors
    ///
    /// When there is no connection, no trust, no HTTP, or no answer in time.
    pub async fn reach(&self) -> Result<(), TargetError> {
        let endpoint = self.account.endpoint().to_owned();
        let version = Service::Rooms.default_version();
        let request = Plain::new("GET", format!("/rooms?api-version={version}"));
        let outgoing = self.account.prepare(request, Utc::now()).await?;
        let answered = self.client.send_once(&outgoing, REACH_LIMIT).await;
        match answered.exchange.broken {
            Some(why) => Err(TargetError::Unreachable { endpoint, why: with_advice(why) }),
            None => Ok(()),
        }
    }
}

/// What to do, where the cause says it.
fn with_advice(why: String) -> String {
    if why.contains("certificate") {
        return format!(
            "{why} (is it signed by an authority of its own? name that one with --ca-file)"
        );
    }
    why
}
