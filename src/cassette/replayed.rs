//! What a driver that plays recordings cannot do.

use serde_json::Value;

use crate::acs::{ApiVersion, Service};
use crate::plan::{Abilities, BuiltIn};
use crate::scenario::{Fault, Located, Scenario, Step};

/// Faults that only the network has: the emulator writes down what it did, and not what the client
/// saw of it.
const TRANSPORT: [&str; 5] = ["hang", "slow", "cut_request", "wrong_length", "tls_failure"];

const CANNOT: &str = "cannot be replayed";

/// The built-in client with a cassette for its target.
#[derive(Debug, Clone, Copy, Default)]
pub struct Replayed;

impl Abilities for Replayed {
    fn has(&self, feature: &str) -> bool {
        BuiltIn.has(feature)
    }

    fn speaks(&self, service: Service, version: &ApiVersion) -> bool {
        BuiltIn.speaks(service, version)
    }

    fn refusal(&self, scenario: &Scenario) -> Option<String> {
        if !scenario.emulator.serve_as.is_empty() {
            return Some(format!("a version that is served as another {CANNOT}"));
        }
        let step = |step: &Step| step.faults.iter().find_map(transport);
        let fault = scenario
            .faults
            .iter()
            .find_map(transport)
            .or_else(|| scenario.steps.iter().find_map(step))?;
        Some(format!("transport faults {CANNOT}: {fault}"))
    }
}

impl Replayed {
    /// Whether a case was left out for this reason: that it is to be replayed.
    pub fn is_why(reason: &str) -> bool {
        reason.contains(CANNOT)
    }
}

/// The name of a fault of the network's.
fn transport(fault: &Located<Fault>) -> Option<String> {
    let what = fault.value.what.as_object()?;
    let known = TRANSPORT.into_iter().find(|name| what.contains_key(*name)).map(str::to_owned);
    known.or_else(|| match (what.get("close").and_then(Value::as_str), what.len()) {
        (Some("after"), _) => Some("close: after".to_owned()),
        (None, 1) if what.contains_key("delay") => Some("delay".to_owned()),
        _ => None,
    })
}
