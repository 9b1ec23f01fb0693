//! The JSON Schema of the fault grammar, for editors and for the admin API's description.

use serde_json::{Value, json};

/// Describes one fault as scenarios and the admin API write it, `on` and `times` included.
pub fn schema() -> Value {
    json!({
        "type": "object",
        "description": "A deliberate fault or a scripted answer.",
        "additionalProperties": false,
        "properties": {
            "on": { "type": "string", "description": "An operation of the catalogue, or * for any request.", "enum": targets() },
            "times": { "type": "integer", "minimum": 1, "maximum": u32::MAX, "description": "How many requests it meets; 1 by default." },
            "delay": { "type": "string", "pattern": DURATION, "description": "Waits first, such as 200ms." },
            "status": status(),
            "headers": headers(false),
            "json": { "description": "The answer's body." },
            "text": { "type": "string", "description": "The answer's body." },
            "bytes": { "type": "string", "contentEncoding": "base64", "pattern": BASE64, "description": "The answer's body, base64." },
            "gzip": { "type": "boolean", "description": "Compresses the body." },
            "respond": {
                "type": "object",
                "description": "The answer, exactly.",
                "additionalProperties": false,
                "properties": {
                    "status": status(),
                    "headers": headers(false),
                    "json": {},
                    "text": { "type": "string" },
                    "bytes": { "type": "string", "contentEncoding": "base64", "pattern": BASE64 },
                    "gzip": { "type": "boolean" },
                },
                "allOf": one_body(),
            },
            "amend": {
                "type": "object",
                "description": "Changes to the service's own answer.",
                "additionalProperties": false,
                "properties": { "status": status(), "headers": headers(true), "json": {}, "gzip": { "type": "boolean" } },
            },
            "emulate": { "const": true, "description": "Processed as ever; takes its turn in the queue." },
            "hang": { "const": true, "description": "Never answered." },
            "close": { "enum": ["before", "after"], "description": "Closes the connection before or after the answer." },
            "notify": { "type": "boolean", "description": "Whether a close tells TLS first; true by default." },
            "reset": { "enum": ["before", "after"], "description": "TCP reset before or after processing." },
            "cut": {
                "oneOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^[0-9]{1,2}%$" }],
                "description": "Ends the answer's body after bytes or percent.",
            },
            "cut_request": { "type": "integer", "minimum": 0, "description": "Resets after so many bytes of the request's body." },
            "slow": { "type": "integer", "minimum": 1, "maximum": u32::MAX, "description": "Bytes of the body a second." },
            "garbage": { "enum": ["response", "body"], "description": "Bytes that are no HTTP, or a body that is no JSON." },
            "wrong_length": { "type": "integer", "minimum": -1_073_741_824, "maximum": 1_073_741_824, "not": { "const": 0 }, "description": "How much Content-Length is off." },
            "lost": { "enum": ["close", "reset", "hang"], "description": "Processed; the answer is lost." },
            "tls_failure": { "enum": ["alert", "untrusted", "wrong_name"], "description": "Fails the next handshake." },
            "refuse": { "const": true, "description": "Resets the next connection." },
        },
        "oneOf": actions(),
        "allOf": one_body(),
        "dependentRequired": {
            "headers": ["status"], "json": ["status"], "text": ["status"], "bytes": ["status"],
            "gzip": ["status"], "notify": ["close"],
        },
    })
}

const DURATION: &str =
    "^([0-9]{1,2}m([0-9]{1,3}s)?([0-9]{1,6}ms)?|[0-9]{1,3}s([0-9]{1,6}ms)?|[0-9]{1,6}ms)$";
const BASE64: &str = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";
/// Printable characters, none of them at an end a blank.
const HEADER_VALUE: &str = "^([!-~]([ -~]*[!-~])?)?$";

fn targets() -> Vec<&'static str> {
    crate::acs::Operation::ALL.iter().map(|operation| operation.name()).chain(["*"]).collect()
}

fn status() -> Value {
    json!({ "type": "integer", "minimum": 200, "maximum": 599 })
}

fn headers(removable: bool) -> Value {
    let text = json!({ "type": "string", "pattern": HEADER_VALUE });
    let mut values = vec![text.clone(), json!({ "type": "integer" })];
    if removable {
        values.push(json!({ "type": "null" }));
    } else {
        values.push(json!({ "type": "array", "items": text }));
    }
    json!({
        "type": "object",
        "propertyNames": { "pattern": "^[A-Za-z][A-Za-z0-9-]*$" },
        "additionalProperties": { "anyOf": values },
    })
}

/// At most one member gives the body.
fn one_body() -> Value {
    json!([
        { "not": { "required": ["json", "text"] } },
        { "not": { "required": ["json", "bytes"] } },
        { "not": { "required": ["text", "bytes"] } },
    ])
}

/// One action, or a delay alone.
fn actions() -> Vec<Value> {
    let names = super::parse::ACTIONS;
    let mut choices: Vec<Value> = names.iter().map(|name| json!({ "required": [name] })).collect();
    let none: Vec<Value> = names.iter().map(|name| json!({ "required": [name] })).collect();
    choices.push(json!({ "required": ["delay"], "not": { "anyOf": none } }));
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_and_the_reader_agree() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let good = [
            json!({"on": "rooms.create", "status": 503, "headers": {"Retry-After": "1"}, "times": 2}),
            json!({"respond": {"status": 200, "json": {"value": []}, "gzip": true}}),
            json!({"amend": {"headers": {"X-A": null}, "json": {"extra": 1}}}),
            json!({"delay": "200ms"}),
            json!({"close": "after", "notify": false, "delay": "2s"}),
            json!({"cut": "50%"}),
            json!({"wrong_length": -5}),
            json!({"tls_failure": "wrong_name"}),
        ];
        for fault in good {
            assert!(validator.is_valid(&fault), "{fault}");
            super::super::parse(&fault).unwrap();
        }
        let bad = [
            json!({}),
            json!({"on": "rooms.create"}),
            json!({"status": 99}),
            json!({"hang": true, "refuse": true}),
            json!({"status": 500, "json": {}, "text": ""}),
            json!({"notify": true, "hang": true}),
            json!({"cut": "100%"}),
            json!({"delay": "soon"}),
            json!({"amend": {"headers": {"X-A": ["a", "b"]}}}),
            json!({"respond": {"headers": {"X-A": [null]}}}),
            json!({"respond": {"headers": {"X-A": [1]}}}),
            json!({"respond": {"headers": {"X-A": null}}}),
        ];
        for fault in bad {
            assert!(!validator.is_valid(&fault), "{fault}");
            super::super::parse(&fault).unwrap_err();
        }
    }
}
