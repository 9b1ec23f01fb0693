//! A running emulator.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::authority::Authority;
use super::builder::Builder;
use super::clock::Clock;
use super::faults::Faults;
use super::resource::Resource;
use super::state_lock::StateLock;
use super::world::World;
use crate::acs::secret::Secret;
use crate::acs::signing::AccessKey;
use crate::transcript::Exchange;

/// A running emulator. It stops when this is dropped; [`Emulator::stop`] lets it finish first.
#[derive(Debug)]
pub struct Emulator {
    pub(super) resources: Vec<Arc<Resource>>,
    pub(super) world: Arc<World>,
    pub(super) authority: Authority,
    pub(super) admin_url: Option<String>,
    pub(super) stopped: watch::Sender<bool>,
    /// The accept loops, which own their connections.
    pub(super) tasks: JoinSet<()>,
    /// Writes the state file. Nobody waits for it in the end: what was answered is written.
    pub(super) _writers: JoinSet<()>,
    /// The state file is ours until this goes.
    pub(super) _state_lock: Option<Arc<StateLock>>,
}

impl Emulator {
    /// Settings to start one with.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The resources in order; there is one at least.
    pub fn resources(&self) -> &[Arc<Resource>] {
        &self.resources
    }

    /// A resource by its number, from 1.
    pub fn resource(&self, number: usize) -> Option<&Arc<Resource>> {
        self.resources.get(number.checked_sub(1)?)
    }

    /// The first resource's endpoint, without a slash at its end.
    pub fn endpoint(&self) -> &str {
        self.first().endpoint()
    }

    /// The first resource's connection string, with its first key.
    pub fn connection_string(&self) -> Secret {
        self.first().connection_string()
    }

    pub fn primary_key(&self) -> &AccessKey {
        self.first().primary_key()
    }

    pub fn secondary_key(&self) -> &AccessKey {
        self.first().secondary_key()
    }

    /// A bearer token that the first resource accepts for 24 hours.
    pub fn bearer_token(&self) -> Secret {
        self.first().bearer_token()
    }

    /// What clients must trust, PEM.
    pub fn ca_pem(&self) -> &str {
        self.authority.ca_pem()
    }

    /// The authority, for another emulator of the same run.
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Where the admin API listens, when the builder asked for it: `http://127.0.0.1:PORT`.
    pub fn admin_url(&self) -> Option<&str> {
        self.admin_url.as_deref()
    }

    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// The schedule of deliberate faults.
    pub fn faults(&self) -> &Faults {
        &self.world.faults
    }

    /// The exchanges since the last call, in order of arrival, of all resources. Empty unless the
    /// builder asked for a journal. One that has no answer yet comes without one.
    pub fn take_exchanges(&self) -> Vec<Exchange> {
        self.world.journal.take()
    }

    /// What the first resource holds.
    pub fn state(&self) -> serde_json::Value {
        self.first().state()
    }

    /// Takes no more connections, lets requests under way finish, and ends.
    pub async fn stop(mut self) {
        self.stopped.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }

    fn first(&self) -> &Resource {
        // The builder starts none without a resource.
        #[expect(clippy::indexing_slicing, reason = "there is one resource at least")]
        &self.resources[0]
    }
}
