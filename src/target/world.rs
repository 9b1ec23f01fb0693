//! The world of one case: its resources, its client, and the emulator where there is one.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::acs::Secret;
use crate::cassette::Player;
use crate::driver::adapter::Access;
use crate::driver::wire::{Client, Credentials};
use crate::emulator::auth::TokenKind;
use crate::emulator::{Emulator, faults};
use crate::scenario::Fault;
use crate::tap::Tap;
use crate::transcript::{Exchange, TargetKind};

/// Where one case runs. On the embedded emulator each case has its own.
#[derive(Debug)]
pub struct World {
    pub kind: TargetKind,
    /// At least one; steps name them from 1.
    pub resources: Arc<[Resource]>,
    /// The harness's own client: raw requests, cleanup, the wire driver.
    pub client: Client,
    /// The authority that children trust, as a PEM file.
    pub ca_file: Option<PathBuf>,
    /// Only where the world is an embedded emulator.
    pub emulator: Option<Emulator>,
    /// Only where recorded traffic is played instead.
    pub player: Option<Arc<Player>>,
    /// What stands between child processes and a live resource; only where there are any.
    pub tap: Option<Tap>,
}

/// One resource of a world, with what it takes to be its client.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Scheme and authority, without a trailing slash.
    pub endpoint: String,
    /// Host, and port unless it is the scheme's own: what is signed.
    pub authority: String,
    /// How well-behaved requests are signed.
    pub credentials: Credentials,
    /// The second key, where it is known.
    pub secondary: Option<Credentials>,
}

/// What only an emulator can do was asked of another target.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    #[error("only the embedded emulator can {0}; this target is live")]
    NoEmulator(&'static str),
    #[error(transparent)]
    Fault(#[from] faults::FaultError),
}

impl World {
    /// The time that the target lives by.
    pub fn now(&self) -> DateTime<Utc> {
        if let Some(then) = self.player.as_ref().and_then(|player| player.now()) {
            return then;
        }
        self.emulator.as_ref().map_or_else(Utc::now, |emulator| emulator.clock().now())
    }

    /// Moves the emulator's clock.
    ///
    /// # Errors
    ///
    /// On a target without a clock of its own.
    pub fn advance(&self, by: TimeDelta) -> Result<(), WorldError> {
        if self.player.is_some() {
            return Ok(());
        }
        let emulator = self.emulator.as_ref().ok_or(WorldError::NoEmulator("move its clock"))?;
        emulator.clock().advance(by);
        Ok(())
    }

    /// Schedules a fault or a scripted answer behind those that wait already.
    ///
    /// # Errors
    ///
    /// On a target that cannot misbehave on request, and for a fault that is none.
    pub fn schedule(&self, fault: &Fault) -> Result<(), WorldError> {
        if self.player.is_some() {
            return Ok(());
        }
        let emulator = self.emulator.as_ref().ok_or(WorldError::NoEmulator("be made to fail"))?;
        let kind = faults::parse(&fault.what)?;
        let on = fault.operation.parse::<faults::Target>()?;
        emulator.faults().schedule(on, fault.times, kind);
        Ok(())
    }

    /// Takes away the faults that met nothing and says what they were.
    pub fn take_unconsumed(&self) -> Vec<String> {
        if let Some(player) = &self.player {
            return player.unplayed();
        }
        let Some(emulator) = &self.emulator else { return Vec::new() };
        let left = emulator.faults().unconsumed();
        if !left.is_empty() {
            emulator.faults().clear();
        }
        left.iter().map(ToString::to_string).collect()
    }

    /// How the undoing of a case that ran through differs from the recorded one; empty where
    /// nothing is played.
    pub fn undone_otherwise(&self) -> Vec<String> {
        self.player.as_ref().map(|player| player.undone_otherwise()).unwrap_or_default()
    }

    /// The exchanges that the target itself, or the tap before it, wrote down since the last call;
    /// `None` where nobody does.
    pub fn take_exchanges(&self) -> Option<Vec<Exchange>> {
        let tapped = || self.tap.as_ref().map(Tap::take_exchanges);
        self.emulator.as_ref().map(Emulator::take_exchanges).or_else(tapped)
    }

    /// Lets no child process send anything more; gives what was still on its way to a live
    /// resource.
    pub async fn shut(&mut self) -> Vec<Exchange> {
        match self.tap.take() {
            Some(tap) => tap.close().await,
            None => Vec::new(),
        }
    }

    /// What the emulator holds.
    pub fn state(&self) -> Option<Value> {
        match &self.player {
            Some(player) => player.state.clone(),
            None => self.emulator.as_ref().map(Emulator::state),
        }
    }

    /// What a child process may know of each resource: never a live key.
    pub fn access(&self) -> Vec<Access> {
        match &self.emulator {
            Some(emulator) => emulator.resources().iter().map(|one| Access::from(&**one)).collect(),
            None => self.tap.iter().map(Access::from).collect(),
        }
    }

    /// The keys that a child process may know: what must turn up nowhere but in signatures.
    pub fn keys(&self) -> Vec<Secret> {
        let own = self.emulator.iter().flat_map(|emulator| emulator.resources());
        let own = own.flat_map(|one| [one.primary_key(), one.secondary_key()]);
        let tapped = self.tap.iter().flat_map(Tap::keys);
        own.map(|key| key.text().clone()).chain(tapped).collect()
    }

    /// A token of the emulator's built-in issuer for a resource, counted from 1.
    pub fn issued_token(&self, resource: usize, kind: TokenKind) -> Option<Credentials> {
        if self.player.is_some() {
            return self.resources.get(resource.checked_sub(1)?).map(|one| one.credentials.clone());
        }
        let resource = self.emulator.as_ref()?.resource(resource)?;
        Some(Credentials::Bearer(resource.token(kind)))
    }

    /// Ends the world; nothing of an embedded emulator outlives this.
    pub async fn close(self) {
        if let Some(emulator) = self.emulator {
            emulator.stop().await;
        }
    }
}

/// Host and port of an endpoint.
pub(super) fn authority_of(endpoint: &str) -> String {
    endpoint.split_once("://").map_or(endpoint, |(_, authority)| authority).to_owned()
}
