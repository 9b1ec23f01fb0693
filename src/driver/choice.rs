//! The drivers there are, behind one type.

use super::wire::WireDriver;
use super::{Invocation, Performed};
use crate::target::World;

/// Which driver a run uses. Cheap to clone; each worker starts its own [`Driver`] from it.
#[derive(Debug, Clone, Default)]
pub enum DriverKind {
    /// The built-in client.
    #[default]
    Wire,
}

impl DriverKind {
    /// Starts a driver that carries out many cases, one after the other.
    ///
    /// # Errors
    ///
    /// When an implementation cannot be started (exit 4).
    pub async fn start(&self) -> Result<Driver, DriverError> {
        match self {
            Self::Wire => Ok(Driver::Wire(WireDriver::default())),
        }
    }
}

/// A started driver.
#[derive(Debug)]
pub enum Driver {
    Wire(WireDriver),
}

/// Why a driver cannot go on. The case ends [`crate::transcript::Ended::Unreachable`].
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    #[error("{0}")]
    Start(String),
}

impl Driver {
    /// What transcripts call it: `wire`, or the SDK's name, version, flavour and runtime.
    pub fn name(&self) -> String {
        match self {
            Self::Wire(_) => "wire".to_owned(),
        }
    }

    /// Whether the driver declares what a scenario `requires`.
    pub fn has(&self, feature: &str) -> bool {
        match self {
            Self::Wire(_) => {
                let _ = feature;
                false
            }
        }
    }

    /// Whether the passive wire rules judge its exchanges. `request` steps never are.
    pub fn is_built_in(&self) -> bool {
        matches!(self, Self::Wire(_))
    }

    /// Turns the driver to the world of the next case.
    ///
    /// # Errors
    ///
    /// When the implementation cannot be brought up, or died and cannot be restarted.
    pub async fn begin(&mut self, world: &World) -> Result<(), DriverError> {
        match self {
            Self::Wire(wire) => {
                wire.begin(world);
                Ok(())
            }
        }
    }

    /// Performs one operation. A failure is an outcome, never an error.
    pub async fn perform(&mut self, invocation: &Invocation) -> Performed {
        match self {
            Self::Wire(wire) => wire.perform(invocation).await,
        }
    }

    /// Lets go of the world; whatever the case left open is closed.
    pub async fn end(&mut self) {
        match self {
            Self::Wire(wire) => wire.end(),
        }
    }
}
