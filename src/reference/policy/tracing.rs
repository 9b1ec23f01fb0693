//! The trace that a call belongs to.

use rand::RngExt as _;

use crate::reference::mutant::Mutant;
use crate::reference::transport::Outgoing;

/// The trace of one operation.
#[derive(Debug, Clone, Copy)]
pub(in crate::reference) struct Trace {
    id: u128,
    span: u64,
}

impl Trace {
    pub(in crate::reference) fn new() -> Self {
        let mut random = rand::rng();
        Self { id: random.random_range(1..=u128::MAX), span: random.random_range(1..=u64::MAX) }
    }

    /// A new span for an attempt, told to the service.
    pub(in crate::reference) fn attempt(&mut self, request: &mut Outgoing, mutant: Mutant) {
        if !mutant.breaks("ID-6") {
            self.span = rand::rng().random_range(1..=u64::MAX);
        }
        request.set("traceparent", format!("00-{:032x}-{:016x}-01", self.id, self.span));
    }
}
