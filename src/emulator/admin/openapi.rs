//! The OpenAPI description of the admin API.

use serde_json::{Value, json};

use super::fixtures::MOST;
use crate::acs::Operation;
use crate::emulator::faults;

/// The whole document.
pub(super) fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "acs-conformance emulator: admin API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Clock, faults, rate limits, state and journal of an emulated world. Plain HTTP, loopback only.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "paths": {
            "/health": { "get": read("Whether the process lives.", "Status") },
            "/ready": { "get": read("Whether the first real request would succeed.", "Status") },
            "/reset": { "post": action("Forgets rooms, identities, faults, the journal and what was used of rate limits. The clock and the limits stay, and ids go on: none comes twice, with a seed neither.") },
            "/seed": { "post": write("Makes users, and rooms with these users in them.", "Wanted", ok("What was made.", "Made")) },
            "/state": {
                "get": read("What all resources hold.", "State"),
                "put": write("Puts a state in place of the present one.", "State", no_content()),
            },
            "/clock": {
                "get": read("The world's time.", "Clock"),
                "put": write("Makes the clock stand, or follow the machine again.", "ClockSetting", ok("The clock.", "Clock")),
            },
            "/clock/advance": { "post": write("Moves the clock, no further than from 0001-01-01 to 9999-01-01.", "Advance", ok("The clock.", "Clock")) },
            "/faults": {
                "get": read("All scheduled faults, with what they met.", "Faults"),
                "post": write("Schedules a fault: first in, first out.", "Fault", created("Scheduled.", "FaultId")),
                "delete": action("Forgets all faults."),
            },
            "/rate-limits": {
                "get": read("The rate limits that each resource has.", "RateLimits"),
                "put": write("Puts other rate limits in place of these; an empty list: none.", "RateLimits", ok("The rate limits.", "RateLimits")),
            },
            "/journal": {
                "get": read("The newest exchanges, oldest first. Keys and tokens are masked.", "Journal"),
                "delete": action("Empties the journal."),
            },
            "/ca.pem": { "get": pem() },
            "/routes": { "get": read("The routes that the service answers.", "Routes") },
            "/openapi.json": { "get": read("This document.", "Anything") },
        },
        "components": { "schemas": schemas() },
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn content(name: &str) -> Value {
    json!({ "application/json": { "schema": reference(name) } })
}

fn ok(about: &str, schema: &str) -> Value {
    json!({ "200": { "description": about, "content": content(schema) } })
}

fn created(about: &str, schema: &str) -> Value {
    json!({ "201": { "description": about, "content": content(schema) } })
}

fn no_content() -> Value {
    json!({ "204": { "description": "Done." } })
}

fn problem(about: &str) -> Value {
    json!({ "description": about, "content": content("Problem") })
}

fn read(summary: &str, schema: &str) -> Value {
    let mut responses = ok(summary, schema);
    responses["403"] = problem("Sent by a web page.");
    json!({ "summary": summary, "responses": responses })
}

fn action(summary: &str) -> Value {
    let mut responses = no_content();
    responses["403"] = problem("Sent by a web page.");
    json!({ "summary": summary, "responses": responses })
}

fn write(summary: &str, body: &str, mut responses: Value) -> Value {
    for (status, about) in [
        ("400", "Not what this document describes."),
        ("403", "Sent by a web page."),
        ("409", "Well formed, and cannot be done."),
        ("413", "Too long."),
        ("415", "Not application/json."),
    ] {
        responses[status] = problem(about);
    }
    json!({
        "summary": summary,
        "requestBody": { "required": true, "content": content(body) },
        "responses": responses,
    })
}

fn pem() -> Value {
    json!({
        "summary": "The CA that clients must trust.",
        "responses": {
            "200": { "description": "A certificate.", "content": { "application/x-pem-file": { "schema": { "type": "string" } } } },
            "403": problem("Sent by a web page."),
        },
    })
}

fn schemas() -> Value {
    let whole = |to: u64| json!({ "type": "integer", "minimum": 0, "maximum": to });
    json!({
        "Anything": { "type": "object" },
        "Status": closed(json!({ "status": { "enum": ["healthy", "ready"] } }), &["status"]),
        "Problem": closed(json!({
            "error": closed(json!({ "code": { "type": "string" }, "message": { "type": "string" } }), &["code", "message"]),
        }), &["error"]),
        "Wanted": closed(json!({
            "resource": { "type": "integer", "minimum": 1, "maximum": 100, "description": "Number of the resource; 1 by default." },
            "users": whole(MOST as u64),
            "rooms": whole(MOST as u64),
        }), &[]),
        "Made": closed(json!({ "users": texts(), "rooms": texts() }), &["users", "rooms"]),
        "State": closed(json!({
            "resources": { "type": "array", "items": { "type": "object", "description": "As GET shows it." } },
        }), &["resources"]),
        "Clock": closed(json!({
            "now": { "type": "string", "format": "date-time" },
            "standing": { "type": "boolean" },
        }), &["now", "standing"]),
        "ClockSetting": {
            "oneOf": [
                closed(json!({
                    "now": { "type": "string", "format": "date-time", "description": "Where the clock is to stand, from 0001-01-01T00:00:00Z to 9999-01-01T00:00:00Z." },
                    "standing": { "const": true },
                }), &["now"]),
                closed(json!({ "standing": { "type": "boolean", "description": "False: follow the machine." } }), &["standing"]),
            ],
        },
        "Advance": closed(json!({
            "by": {
                "type": "string",
                "minLength": 2,
                "maxLength": 30,
                "pattern": DURATION,
                "description": "How far, such as 5m or -1h30m.",
            },
        }), &["by"]),
        "RateLimits": closed(json!({ "rateLimits": { "type": "array", "items": rate_limit() } }), &["rateLimits"]),
        "Fault": faults::schema(),
        "FaultId": closed(json!({ "id": { "type": "integer", "minimum": 1 } }), &["id"]),
        "Faults": closed(json!({ "faults": { "type": "array", "items": scheduled() } }), &["faults"]),
        "Journal": closed(json!({ "exchanges": { "type": "array", "items": exchange() } }), &["exchanges"]),
        "Routes": closed(json!({
            "routes": { "type": "array", "items": closed(json!({
                "method": { "type": "string" }, "path": { "type": "string" }, "operation": { "type": "string" },
            }), &["method", "path", "operation"]) },
        }), &["routes"]),
    })
}

/// Units from large to small, each once, one at least.
const DURATION: &str = "^-?([0-9]{1,3}w([0-9]{1,3}d)?([0-9]{1,3}h)?([0-9]{1,3}m)?([0-9]{1,3}s)?([0-9]{1,3}ms)?|\
[0-9]{1,3}d([0-9]{1,3}h)?([0-9]{1,3}m)?([0-9]{1,3}s)?([0-9]{1,3}ms)?|\
[0-9]{1,3}h([0-9]{1,3}m)?([0-9]{1,3}s)?([0-9]{1,3}ms)?|\
[0-9]{1,3}m([0-9]{1,3}s)?([0-9]{1,3}ms)?|[0-9]{1,3}s([0-9]{1,3}ms)?|[0-9]{1,3}ms)$";

/// An object with these members and no others.
fn closed(properties: Value, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": required,
    })
}

fn texts() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn rate_limit() -> Value {
    let names: Vec<&str> =
        ["*"].into_iter().chain(Operation::ALL.into_iter().map(Operation::name)).collect();
    closed(
        json!({
            "on": { "enum": names, "description": "An operation; *, which is the default: all of them together." },
            "requests": { "type": "integer", "minimum": 0, "maximum": u32::MAX },
            "window": {
                "type": "string",
                "minLength": 2,
                "maxLength": 30,
                "pattern": DURATION.replacen("-?", "", 1),
                "description": "Of the world's time, such as 30s.",
            },
        }),
        &["requests", "window"],
    )
}

fn scheduled() -> Value {
    let number = json!({ "type": "integer", "minimum": 0 });
    closed(
        json!({
            "id": number,
            "on": { "type": "string" },
            "what": { "type": "string", "description": "In words." },
            "times": number,
            "met": number,
            "consumed": { "type": "boolean" },
        }),
        &["id", "on", "what", "times", "met", "consumed"],
    )
}

fn exchange() -> Value {
    let text = json!({ "type": "string" });
    let headers = json!({ "type": "array", "items": {
        "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": 2,
    } });
    let body = json!({ "oneOf": [
        closed(json!({ "text": text }), &["text"]),
        closed(json!({ "base64": text }), &["base64"]),
    ] });
    let request = closed(
        json!({
            "method": text, "authority": text, "target": text, "protocol": text,
            "headers": headers, "body": body,
        }),
        &["method", "authority", "target", "protocol", "headers", "body"],
    );
    let response = closed(
        json!({ "status": { "type": "integer" }, "headers": headers, "body": body }),
        &["status", "headers", "body"],
    );
    closed(
        json!({
            "started": { "type": "string", "format": "date-time" },
            "milliseconds": { "type": "integer", "minimum": 0 },
            "connection": { "type": ["integer", "null"] },
            "operation": { "type": ["string", "null"] },
            "request": request,
            "response": { "oneOf": [response, { "type": "null" }] },
            "broken": text, "refusal": text, "signatureForm": text, "fault": text, "servedAs": text,
        }),
        &["started", "milliseconds", "connection", "operation", "request", "response"],
    )
}
