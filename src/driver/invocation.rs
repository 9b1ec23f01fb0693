//! What a driver is asked to do, and what came of it.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::acs::{ApiVersion, Operation};
use crate::transcript::{Called, Disclosure, Exchange, Fault, Outcome};

/// One call of an operation of the catalogue, with all expressions worked out.
#[derive(Debug, Clone)]
pub struct Invocation {
    pub operation: Operation,
    /// Absent, null and a value are three different things.
    pub arguments: Map<String, Value>,
    pub api_version: ApiVersion,
    /// Number of the resource in the world, from 1.
    pub resource: usize,
    /// Client options of the step (`retry`, `application_id`, `cancel_after`, …).
    pub options: Option<Value>,
    /// After this long the driver gives up, with an outcome of kind `timeout`.
    pub limit: Duration,
}

/// What an invocation came to.
#[derive(Debug, Clone)]
pub struct Performed {
    pub outcome: Outcome,
    /// What the driver itself saw of the wire. Empty for adapters; where the target writes
    /// exchanges down (the emulator, the tap), those take precedence.
    pub exchanges: Vec<Exchange>,
    /// Log and headers, from implementations that show them.
    pub disclosed: Disclosure,
    /// The implementation failed as a process (crashed, hung, broke the protocol): the case ends
    /// here, as [`crate::transcript::Ended::Implementation`].
    pub fault: Option<Fault>,
}

impl Performed {
    /// An outcome, with nothing seen beside it.
    pub fn of(outcome: Outcome) -> Self {
        Self { outcome, exchanges: Vec::new(), disclosed: Disclosure::default(), fault: None }
    }
}

impl Invocation {
    /// What the transcript keeps of it.
    pub fn called(&self) -> Called {
        let options = match &self.options {
            Some(Value::Object(options)) => options.clone(),
            _ => Map::new(),
        };
        Called {
            operation: self.operation,
            arguments: self.arguments.clone(),
            api_version: self.api_version.clone(),
            options,
        }
    }
}
