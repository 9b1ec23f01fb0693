//! The words that other rooms define: faults, behaviour ids, wire rules, driver features.
//!
//! The one door through which the language looks into other rooms.

use serde_json::Value;

/// What is wrong with a fault, in words; `None` when it can be carried out.
pub(super) fn fault_error(what: &Value) -> Option<String> {
    crate::emulator::faults::parse(what).err().map(|error| error.to_string())
}

/// The ids of the emulator's behaviours; empty while there is no table.
pub(super) const fn behaviours() -> Vec<&'static str> {
    Vec::new()
}

/// The ids of the wire rules; empty while there is no table.
pub(super) const fn rules() -> Vec<&'static str> {
    Vec::new()
}
