//! The JSON Schemas of all messages, as committed under `schema/adapter/`.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use super::answer::{Answer, CallResult, Hello, Log};
use super::message::{Call, CloseClient, Greeting, Message, OpenClient, UpdateKey};

/// File name without its ending, and schema: one of every message, and one of all messages of
/// each side.
pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("harness", of::<Message>()),
        ("harness.hello", of::<Greeting>()),
        ("harness.client.open", of::<OpenClient>()),
        ("harness.client.update_key", of::<UpdateKey>()),
        ("harness.call", of::<Call>()),
        ("harness.client.close", of::<CloseClient>()),
        ("adapter", of::<Answer>()),
        ("adapter.hello", of::<Hello>()),
        ("adapter.result", of::<CallResult>()),
        ("adapter.log", of::<Log>()),
    ]
}

fn of<T: JsonSchema>() -> Value {
    schema_for!(T).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ACS_UPDATE_SCHEMAS=1 cargo test schemas` writes them anew.
    #[test]
    fn the_committed_schemas_are_those_of_the_types() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/adapter");
        let update = std::env::var_os("ACS_UPDATE_SCHEMAS").is_some();
        let mut names = Vec::new();
        for (name, schema) in all() {
            let path = folder.join(format!("{name}.schema.json"));
            let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
            if update {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == text, "{name} is out of date: ACS_UPDATE_SCHEMAS=1 cargo test");
            names.push(path);
        }
        for file in std::fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            assert!(names.contains(&path), "{} belongs to no message", path.display());
        }
    }

    #[test]
    fn the_schemas_accept_what_the_harness_says_and_refuse_strangers() {
        let harness = jsonschema::validator_for(&of::<Message>()).unwrap();
        let line = serde_json::to_value(Message::hello()).unwrap();
        assert!(harness.is_valid(&line), "{line}");
        assert!(!harness.is_valid(&serde_json::json!({"type": "call", "id": 1})));
        let adapter = jsonschema::validator_for(&of::<Answer>()).unwrap();
        let result =
            serde_json::json!({"type": "result", "id": "1", "outcome": {"ok": {"value": null}}});
        assert!(adapter.is_valid(&result));
        let both = serde_json::json!({"type": "result", "id": "1",
            "outcome": {"ok": {"value": null}, "error": {}}});
        assert!(!adapter.is_valid(&both));
    }
}
