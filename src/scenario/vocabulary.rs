//! The words that other rooms define: faults, behaviour ids, wire rules, features and options of
//! drivers, what an emulator holds.
//!
//! The one door through which the language looks into other rooms.

use serde_json::Value;

use crate::acs::Operation;
use crate::driver::adapter::{CallOptions, features};
use crate::emulator::{behaviour, faults};
use crate::judge::rules;
use crate::transcript::ErrorKind;

/// The members of an emulator's state.
pub(super) const STATE: [&str; 7] =
    ["format", "resource", "rooms", "deletedRooms", "identities", "repeatable", "ids"];

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

/// What is wrong with the client options of a call, in words.
pub(super) fn options_error(options: &Value) -> Option<String> {
    CallOptions::read(Some(options)).err()
}

/// Whether a driver may declare this feature.
pub(super) fn is_feature(id: &str) -> bool {
    features::is_known(id)
}

/// The features that have a name of their own, and those of operations and arguments.
pub(super) fn features() -> Vec<String> {
    let of_operation = |operation: Operation| {
        let arguments = operation.arguments().iter();
        std::iter::once(format!("op:{operation}"))
            .chain(arguments.map(move |argument| format!("arg:{operation}.{}", argument.name)))
    };
    let named = features::KNOWN.iter().map(|(name, _)| (*name).to_owned());
    named.chain(Operation::ALL.into_iter().flat_map(of_operation)).collect()
}

/// The kinds of error that an outcome may have.
pub(super) fn error_kinds() -> Vec<&'static str> {
    ErrorKind::ALL.map(ErrorKind::name).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_members_of_a_state_are_those_that_an_emulator_shows() {
        let emulator = crate::emulator::Emulator::builder().start().await.expect("it starts");
        let state = emulator.state();
        let members: Vec<_> = state.as_object().expect("a map").keys().collect();
        assert_eq!(members, STATE);
    }
}
