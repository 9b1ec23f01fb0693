//! The JSON Schema of the fault grammar, for editors and for the admin API's description.

use serde_json::{Map, Value, json};

/// Describes one fault as scenarios and the admin API write it, `on` and `times` included: a form
/// for each thing that a fault does, since a generator finds no way through a heap of conditions.
pub fn schema() -> Value {
    let mut forms: Vec<Value> = actions().into_iter().map(form).collect();
    forms.push(object(common(), &["delay"]));
    json!({ "description": "A deliberate fault or a scripted answer.", "anyOf": forms })
}

/// A fault that does one thing.
fn form((name, what): (&str, Value)) -> Value {
    let mut members = common();
    members.insert(name.to_owned(), what);
    match name {
        "status" => {
            members.extend(answer());
            let mut form = object(members, &[name]);
            form["allOf"] = one_body();
            form
        }
        "close" => {
            let about = "Whether a close tells TLS first; true by default.";
            members.insert("notify".into(), json!({ "type": "boolean", "description": about }));
            object(members, &[name])
        }
        _ => object(members, &[name]),
    }
}

fn object(members: Map<String, Value>, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": members,
        "required": required,
    })
}

/// What every fault may say.
fn common() -> Map<String, Value> {
    members(json!({
        "on": { "type": "string", "description": "An operation of the catalogue, or * for any request.", "enum": targets() },
        "times": { "type": "integer", "minimum": 1, "maximum": u32::MAX, "description": "How many requests it meets; 1 by default." },
        "delay": { "type": "string", "pattern": DURATION, "description": "Waits first, such as 200ms." },
    }))
}

/// What an answer has beside its status.
fn answer() -> Map<String, Value> {
    members(json!({
        "headers": headers(false),
        "json": { "description": "The answer's body." },
        "text": { "type": "string", "description": "The answer's body." },
        "bytes": { "type": "string", "contentEncoding": "base64", "pattern": BASE64, "description": "The answer's body, base64." },
        "gzip": { "type": "boolean", "description": "Compresses the body." },
    }))
}

fn respond() -> Value {
    let mut members = answer();
    members.insert("status".into(), status());
    let mut respond = object(members, &[]);
    respond["description"] = json!("The answer, exactly.");
    respond["allOf"] = one_body();
    respond
}

fn members(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}

/// What each action of a fault says.
fn actions() -> [(&'static str, Value); 15] {
    [
        ("status", status()),
        ("respond", respond()),
        (
            "amend",
            json!({
                "type": "object",
                "description": "Changes to the service's own answer.",
                "additionalProperties": false,
                "properties": { "status": status(), "headers": headers(true), "json": {}, "gzip": { "type": "boolean" } },
            }),
        ),
        (
            "emulate",
            json!({ "const": true, "description": "Processed as ever; takes its turn in the queue." }),
        ),
        ("hang", json!({ "const": true, "description": "Never answered." })),
        (
            "close",
            json!({ "enum": ["before", "after"], "description": "Closes the connection before or after the answer." }),
        ),
        (
            "reset",
            json!({ "enum": ["before", "after"], "description": "TCP reset before or after processing." }),
        ),
        (
            "cut",
            json!({
                "oneOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^[0-9]{1,2}%$" }],
                "description": "Ends the answer's body after bytes or percent.",
            }),
        ),
        (
            "cut_request",
            json!({ "type": "integer", "minimum": 0, "description": "Resets after so many bytes of the request's body." }),
        ),
        (
            "slow",
            json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX, "description": "Bytes of the body a second." }),
        ),
        (
            "garbage",
            json!({ "enum": ["response", "body"], "description": "Bytes that are no HTTP, or a body that is no JSON." }),
        ),
        (
            "wrong_length",
            json!({ "type": "integer", "minimum": -1_073_741_824, "maximum": 1_073_741_824, "not": { "const": 0 }, "description": "How much Content-Length is off." }),
        ),
        (
            "lost",
            json!({ "enum": ["close", "reset", "hang"], "description": "Processed; the answer is lost." }),
        ),
        (
            "tls_failure",
            json!({ "enum": ["alert", "untrusted", "wrong_name"], "description": "Fails the next handshake." }),
        ),
        ("refuse", json!({ "const": true, "description": "Resets the next connection." })),
    ]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_the_reader_has_a_form() {
        assert_eq!(actions().map(|(name, _)| name), super::super::parse::ACTIONS);
    }

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
            json!({"headers": {}, "hang": true}),
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
