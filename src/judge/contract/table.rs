//! The schemas, compiled when first needed.

use std::sync::{LazyLock, OnceLock};

use jsonschema::Validator;
use serde_json::Value;

use crate::acs::Operation;

/// What an operation may answer with one status, at some api-versions.
pub(super) struct Answer {
    pub operation: Operation,
    pub status: u16,
    /// `None`: at all.
    versions: Option<Vec<String>>,
    schema: Value,
    validator: OnceLock<Result<Validator, String>>,
}

impl Answer {
    pub fn is_for(&self, operation: Operation, status: u16, version: &str) -> bool {
        self.operation == operation
            && self.status == status
            && self.versions.as_ref().is_none_or(|all| all.iter().any(|known| known == version))
    }

    /// The compiled schema of `{ headers, body }`.
    ///
    /// # Errors
    ///
    /// A schema that is none: the tests compile them all.
    pub fn validator(&self) -> Result<&Validator, &str> {
        let compile = || {
            let mut schema = self.schema.clone();
            schema["$defs"] = COMMON.clone();
            jsonschema::validator_for(&schema).map_err(|error| error.to_string())
        };
        self.validator.get_or_init(compile).as_ref().map_err(String::as_str)
    }
}

macro_rules! contract {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/contract/", $name, ".json"))
    };
}

static COMMON: LazyLock<Value> = LazyLock::new(|| read(contract!("common"))["$defs"].clone());

/// All answers of all operations.
pub(super) static ANSWERS: LazyLock<Vec<Answer>> = LazyLock::new(|| {
    [
        contract!("identity.create_user"),
        contract!("identity.delete_user"),
        contract!("identity.issue_token"),
        contract!("identity.revoke_tokens"),
        contract!("participants.add_or_update"),
        contract!("participants.list"),
        contract!("rooms.create"),
        contract!("rooms.delete"),
        contract!("rooms.get"),
        contract!("rooms.list"),
        contract!("rooms.update"),
    ]
    .into_iter()
    .flat_map(|text| answers(&read(text)))
    .collect()
});

/// The files are part of the program, and the tests read them all.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn answers(file: &Value) -> Vec<Answer> {
    let operation = file["operation"].as_str().and_then(Operation::from_name);
    let entries = file["answers"].as_array();
    operation
        .into_iter()
        .flat_map(|operation| entries.into_iter().flatten().map(move |entry| (operation, entry)))
        .filter_map(|(operation, entry)| {
            let versions = entry.get("api-versions").and_then(Value::as_array);
            Some(Answer {
                operation,
                status: u16::try_from(entry["status"].as_u64()?).ok()?,
                versions: versions
                    .map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
                schema: entry.get("answer")?.clone(),
                validator: OnceLock::new(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_compiles_and_every_route_has_its_answers() {
        for answer in ANSWERS.iter() {
            if let Err(why) = answer.validator() {
                panic!("{} {}: {why}", answer.operation, answer.status);
            }
        }
        for operation in Operation::ALL {
            // It shares its route, and its answers, with the other one.
            if operation != Operation::RemoveParticipants {
                assert!(ANSWERS.iter().any(|answer| answer.operation == operation), "{operation}");
            }
        }
    }
}
