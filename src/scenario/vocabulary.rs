//! The words that other rooms define: faults, behaviour ids, wire rules.
//!
//! The one door through which the language looks into other rooms.

use serde_json::Value;

use crate::emulator::{behaviour, faults};
use crate::judge::rules;

/// What is wrong with a fault, in words; `None` when it can be carried out.
pub(super) fn fault_error(what: &Value) -> Option<String> {
    faults::parse(what).err().map(|error| error.to_string())
}

/// The ids of the emulator's behaviours.
pub(super) fn behaviours() -> Vec<&'static str> {
    behaviour::all().map(|behaviour| behaviour.id).collect()
}

/// The ids of the wire rules.
pub(super) fn rules() -> Vec<&'static str> {
    rules::all().map(|rule| rule.id).collect()
}
