//! The drivers there are, behind one type.

use std::sync::Arc;

use super::adapter::{AdapterDriver, Pool};
use super::wire::{InFlight, WireDriver};
use super::{Invocation, Performed};
use crate::target::World;
use crate::transcript::{Ended, Fault};

/// Which driver a run uses. Cheap to clone; each worker starts its own [`Driver`] from it.
#[derive(Debug, Clone, Default)]
pub enum DriverKind {
    /// The built-in client.
    #[default]
    Wire,
    /// An SDK in a child process; every worker starts one of its own.
    Adapter(Arc<Pool>),
}

impl DriverKind {
    /// Starts a driver that carries out many cases, one after the other.
    ///
    /// # Errors
    ///
    /// When an implementation cannot be started (exit 4).
    pub async fn start(&self) -> Result<Driver, DriverError> {
        match self {
            Self::Wire => Ok(Driver::Wire(Box::default())),
            Self::Adapter(pool) => {
                if let Some(adapter) = pool.take_kept() {
                    return Ok(Driver::Adapter(adapter));
                }
                let adapter =
                    AdapterDriver::start(pool.clone()).await.map_err(DriverError::Fault)?;
                Ok(Driver::Adapter(Box::new(adapter)))
            }
        }
    }
}

/// A started driver.
#[derive(Debug)]
pub enum Driver {
    Wire(Box<WireDriver>),
    Adapter(Box<AdapterDriver>),
}

/// Why a driver cannot go on. The case ends [`crate::transcript::Ended::Unreachable`].
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    #[error("{0}")]
    Start(String),
    #[error(transparent)]
    Fault(Fault),
}

impl DriverError {
    /// How the case ends that met it.
    pub fn into_ended(self) -> Ended {
        match self {
            Self::Start(why) => Ended::Unreachable(why),
            Self::Fault(fault) => Ended::Implementation(fault),
        }
    }
}

impl Driver {
    /// What transcripts call it: `wire`, or the SDK's name, version, flavour and runtime.
    pub fn name(&self) -> String {
        match self {
            Self::Wire(_) => "wire".to_owned(),
            Self::Adapter(adapter) => adapter.hello().implementation().to_string(),
        }
    }

    /// Whether the driver declares what a scenario `requires`.
    pub fn has(&self, feature: &str) -> bool {
        match self {
            Self::Wire(_) => {
                let _ = feature;
                false
            }
            Self::Adapter(adapter) => adapter.features().declares(feature),
        }
    }

    /// Whether the passive wire rules judge its exchanges. `request` steps never are.
    pub fn is_built_in(&self) -> bool {
        matches!(self, Self::Wire(_))
    }

    /// Turns the driver to the world of the next case, named `case`.
    ///
    /// # Errors
    ///
    /// When the implementation cannot be brought up, or died and cannot be restarted.
    pub async fn begin(&mut self, case: &str, world: &World) -> Result<(), DriverError> {
        match self {
            Self::Wire(wire) => {
                wire.begin(world);
                Ok(())
            }
            Self::Adapter(adapter) => adapter
                .begin(case, world.access(), world.ca_file.clone())
                .await
                .map_err(DriverError::Fault),
        }
    }

    /// Performs one operation. A failure is an outcome, never an error.
    pub async fn perform(&mut self, invocation: &Invocation) -> Performed {
        match self {
            Self::Wire(wire) => wire.perform(invocation).await,
            Self::Adapter(adapter) => adapter.perform(invocation).await,
        }
    }

    /// A create that was cut off before its answer came, if the driver knows of one.
    pub fn take_in_flight(&mut self) -> Option<InFlight> {
        match self {
            Self::Wire(wire) => wire.take_in_flight(),
            Self::Adapter(_) => None,
        }
    }

    /// Lets go of the world; whatever the case left open is closed. A fault that shows only now
    /// (a second result, a crash after the last answer) ends the case as one in
    /// [`Performed::fault`] does.
    pub async fn end(&mut self) -> Option<Fault> {
        match self {
            Self::Wire(wire) => {
                wire.end();
                None
            }
            Self::Adapter(adapter) => adapter.end().await,
        }
    }

    /// Ends the implementation after its last case.
    pub async fn stop(self) {
        match self {
            Self::Wire(_) => {}
            Self::Adapter(adapter) => adapter.stop().await,
        }
    }
}
