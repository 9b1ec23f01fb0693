//! The built-in client as a driver: one catalogue operation at a time.

use crate::driver::{Invocation, Performed};
use crate::target::World;
use crate::transcript::Outcome;

/// Performs operations with signed requests of its own.
#[derive(Debug, Default)]
pub struct WireDriver {}

impl WireDriver {
    pub fn begin(&mut self, _world: &World) {}

    pub async fn perform(&mut self, invocation: &Invocation) -> Performed {
        let feature = invocation.operation.name().to_owned();
        let outcome = Outcome::Unsupported { feature, reason: "not wired yet".to_owned() };
        Performed::of(outcome)
    }

    pub fn end(&mut self) {}
}
