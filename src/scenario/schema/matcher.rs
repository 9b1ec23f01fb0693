//! The form of matchers: anything, save that a map of operators is held to what these take.

use serde_json::{Map, Value, json};

use super::super::matcher::JsonType;
use super::super::read::OPERATORS;

/// Definitions whose members are matchers, with the members that are not.
const HOLDERS: [(&str, &[&str]); 4] = [
    ("ExpectationForm", &["error", "exchange", "targets", "behaviours"]),
    ("ErrorForm", &[]),
    ("ExchangeForm", &["request"]),
    ("RequestSeenForm", &[]),
];

/// Adds the definition of a matcher, and names it wherever one stands.
pub(super) fn define(definitions: &mut Map<String, Value>) {
    for (holder, others) in HOLDERS {
        let members = definitions.get_mut(holder).and_then(|form| form.get_mut("properties"));
        for (name, member) in members.and_then(Value::as_object_mut).into_iter().flatten() {
            if others.contains(&name.as_str()) {
                continue;
            }
            if !member.is_object() {
                *member = json!({});
            }
            member["$ref"] = json!("#/$defs/Matcher");
        }
    }
    definitions.insert("Matcher".to_owned(), matcher());
}

fn matcher() -> Value {
    let inner = json!({ "$ref": "#/$defs/Matcher" });
    json!({
        "description": "A value that must be equal, a list item by item, a map as a partial \
                        object, or a map of operators.",
        "if": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": { "enum": OPERATORS },
        },
        "then": { "properties": operands(&inner) },
        "else": { "items": inner, "additionalProperties": inner },
    })
}

/// What the operators take, as far as a schema can say it.
fn operands(inner: &Value) -> Value {
    let types = JsonType::ALL.map(JsonType::name);
    let choices = json!({ "type": "array", "minItems": 1, "items": inner });
    json!({
        "any_of": choices,
        "one_of": choices,
        "all_of": choices,
        "unordered": { "type": "array", "items": inner },
        "contains": inner,
        "not": inner,
        "length": inner,
        "exactly": inner,
        "jwt": { "additionalProperties": inner },
        "path": { "additionalProperties": inner },
        "exists": { "type": "boolean" },
        "absent": { "type": "boolean" },
        "type": { "anyOf": [
            { "enum": types },
            { "type": "array", "items": { "enum": types } },
        ] },
    })
}
