//! From the forms to the schema, with what the catalogue knows of operations and arguments.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::FileForm;
use crate::acs::{Argument, ArgumentKind, Operation, Service};
use crate::scenario::Subject;

/// The JSON Schema (2020-12) of scenario files and parts.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<FileForm>().to_value();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".into(), "A scenario of acs-conformance".into());
    }
    if let Some(call) = schema.pointer_mut("/$defs/CallForm").and_then(Value::as_object_mut) {
        operations(call);
    }
    if let Some(steps) = schema.pointer_mut("/$defs/StepForm/oneOf").and_then(Value::as_array_mut) {
        steps.iter_mut().for_each(asserts);
    }
    let subjects = Subject::ALL.map(Subject::name);
    if let Some(form) = schema.pointer_mut("/$defs/ExpectationForm").and_then(Value::as_object_mut)
    {
        form.insert("anyOf".into(), one_of_these(&subjects));
    }
    if let Some(wait) = schema.pointer_mut("/$defs/WaitForm").and_then(Value::as_object_mut) {
        wait.insert("oneOf".into(), one_of_these(&["call", "request"]));
    }
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        super::matcher::define(definitions);
    }
    if let Some(scenario) = schema.pointer_mut("/$defs/ScenarioForm/properties") {
        versions(scenario);
    }
    nothing_is_null(&mut schema);
    schema
}

/// A call or a request says what it expects, or why nothing; the one that a `wait` repeats does not.
fn asserts(step: &mut Value) {
    for kind in ["call", "request"] {
        if let Some(form) = step.pointer_mut(&format!("/properties/{kind}")) {
            form["anyOf"] = one_of_these(&["expect", "unasserted"]);
        }
    }
}

/// Each of these members in turn, as one that must be there.
fn one_of_these(names: &[&str]) -> Value {
    names.iter().map(|name| json!({ "required": [name] })).collect()
}

/// The names of operations, and under each the arguments it takes.
fn operations(call: &mut Map<String, Value>) {
    let names: Vec<_> = Operation::ALL.iter().map(|operation| operation.name()).collect();
    if let Some(op) = call.get_mut("properties").and_then(|all| all.get_mut("op")) {
        *op = json!({ "description": "The operation.", "enum": names });
    }
    let rules = Operation::ALL.iter().map(|operation| arguments(*operation));
    call.insert("allOf".into(), rules.collect());
}

fn arguments(operation: Operation) -> Value {
    let arguments = operation.arguments();
    let properties: Map<String, Value> = arguments
        .iter()
        .map(|argument| (argument.name.to_owned(), argument_form(argument)))
        .collect();
    let required: Vec<_> = arguments
        .iter()
        .filter(|argument| argument.required)
        .map(|argument| argument.name)
        .collect();
    let mut then = json!({
        "properties": { "with": {
            "additionalProperties": false,
            "properties": properties,
            "required": required,
        } },
    });
    if !required.is_empty() {
        then["required"] = json!(["with"]);
    }
    json!({
        "if": { "properties": { "op": { "const": operation.name() } }, "required": ["op"] },
        "then": then,
    })
}

/// Every argument may be null, or an expression that comes to what it takes.
fn argument_form(argument: &Argument) -> Value {
    let form = match argument.kind {
        ArgumentKind::RoomId | ArgumentKind::UserId | ArgumentKind::Text | ArgumentKind::Time => {
            json!({ "type": ["string", "null"] })
        }
        ArgumentKind::Boolean => {
            json!({ "anyOf": [{ "type": ["boolean", "null"] }, expression()] })
        }
        ArgumentKind::Integer => {
            json!({ "anyOf": [{ "type": ["integer", "null"] }, expression()] })
        }
        ArgumentKind::Scopes | ArgumentKind::UserIds => json!({ "anyOf": [
            { "type": "array", "items": { "type": "string" } }, { "type": "null" }, expression(),
        ] }),
        ArgumentKind::Participants => json!({ "anyOf": [
            { "type": "array", "items": { "anyOf": [participant(), expression()] } },
            { "type": "null" },
            expression(),
        ] }),
    };
    let mut form = form;
    form["description"] = argument.about.into();
    form
}

fn expression() -> Value {
    json!({ "type": "string", "pattern": r"\$\{" })
}

fn participant() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id"],
        "properties": {
            "id": { "type": "string" },
            "role": { "type": ["string", "null"], "examples":
                ["Presenter", "Attendee", "Consumer", "Collaborator"] },
        },
    })
}

/// The served versions, for completion.
fn versions(scenario: &mut Value) {
    let all: Vec<_> = Service::ALL.into_iter().flat_map(Service::versions).collect();
    if let Some(form) = scenario.get_mut("api-versions") {
        let about = form.get("description").cloned().unwrap_or_default();
        *form = json!({
            "description": about,
            "anyOf": [
                { "type": "string", "pattern": "^\\s*[<>]" },
                { "type": "array", "minItems": 1, "items": { "enum": all } },
            ],
        });
    }
}

/// A member that may be left away may not be null: `Option` says so in JSON, the language does not.
fn nothing_is_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let optional = members.get("anyOf").and_then(Value::as_array).is_some_and(|choices| {
                choices.len() == 2
                    && choices[0].get("$ref").is_some()
                    && choices[1] == json!({ "type": "null" })
            });
            if optional && let Some(Value::Array(mut choices)) = members.remove("anyOf") {
                let reference = choices.swap_remove(0);
                if let Some(reference) = reference.get("$ref") {
                    members.insert("$ref".into(), reference.clone());
                }
            }
            // Arguments are an exception: null is a value of theirs.
            for (name, inner) in members.iter_mut().filter(|(name, _)| *name != "allOf") {
                if name == "type"
                    && let Value::Array(types) = inner
                {
                    types.retain(|one| one != "null");
                    if let [one] = types.as_slice() {
                        *inner = one.clone();
                    }
                } else {
                    nothing_is_null(inner);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(nothing_is_null),
        _ => {}
    }
}
