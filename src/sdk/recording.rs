//! A scenario file made of what a program did.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::observation::operations;
use crate::acs::{Operation, Service};
use crate::transcript::Exchange;

/// Writes a scenario that does what the exchanges did, each step with the status that came back.
/// Ids that an answer brought are variables afterwards.
pub fn write_scenario(name: &str, exchanges: &[Exchange]) -> String {
    let mut writer = Writer::default();
    let mut remaining = operations(exchanges).into_iter().peekable();
    for exchange in exchanges {
        // Retries and further pages belong to the step that began them.
        if exchange.attempt.operation.is_some()
            && exchange.attempt.operation == remaining.peek().copied()
        {
            remaining.next();
            writer.step(exchange);
        }
    }
    let version = writer.version.unwrap_or_else(|| Service::Rooms.default_version().to_string());
    format!(
        "name: {}\nabout: Written from the traffic of a program; say what it shows.\nevidence: {{ measured: {} }}\napi-versions: [{}]\nsteps:\n{}",
        quoted(name),
        quoted(&format!("traffic of {name}")),
        quoted(&version),
        writer.text
    )
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Ids that answers brought, with the expression that stands for each.
    known: BTreeMap<String, String>,
    rooms: usize,
    users: usize,
    version: Option<String>,
}

impl Writer {
    fn step(&mut self, exchange: &Exchange) {
        let Some(operation) = exchange.attempt.operation else { return };
        let arguments = self.arguments(operation, exchange);
        let id = self.learn(operation, exchange);
        let status = exchange.received.as_ref().map_or(0, |received| received.status);
        let _ = writeln!(self.text, "  - call:");
        if let Some(id) = id {
            let _ = writeln!(self.text, "      id: {id}");
        }
        let _ = writeln!(self.text, "      op: {operation}");
        if !arguments.is_empty() {
            let _ = writeln!(self.text, "      with: {}", Value::Object(arguments));
        }
        let _ = writeln!(self.text, "      expect: {{ exchange: {{ status: {status} }} }}");
    }

    fn arguments(&mut self, operation: Operation, exchange: &Exchange) -> Map<String, Value> {
        let mut arguments = Map::new();
        let query = exchange.sent.query();
        let version = query.split('&').find_map(|part| part.strip_prefix("api-version="));
        if operation.service() == Service::Rooms {
            self.version = self.version.take().or_else(|| version.map(str::to_owned));
        }
        let segments: Vec<&str> = exchange.sent.path().split('/').skip(1).collect();
        if let Some(segment) = segments.get(1) {
            let decoded = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
            let name = if operation.service() == Service::Rooms { "room_id" } else { "id" };
            arguments.insert(name.to_owned(), self.known_as(&decoded));
        }
        let body: Value = serde_json::from_slice(&exchange.sent.body).unwrap_or_default();
        for (wire, name) in MEMBERS {
            if let Some(value) = body.get(wire) {
                arguments.insert(name.to_owned(), value.clone());
            }
        }
        if let Some(participants) = body.get("participants").and_then(Value::as_object) {
            arguments.insert("participants".to_owned(), self.participants(operation, participants));
        }
        // What the operation does not take was the client's own doing.
        let taken = operation.arguments();
        arguments.retain(|name, _| taken.iter().any(|argument| argument.name == name));
        arguments
    }

    fn participants(&self, operation: Operation, entries: &Map<String, Value>) -> Value {
        let entry = |(id, value): (&String, &Value)| {
            if operation == Operation::RemoveParticipants {
                return self.known_as(id);
            }
            let mut entry = Map::new();
            entry.insert("id".to_owned(), self.known_as(id));
            if let Some(role) = value.get("role") {
                entry.insert("role".to_owned(), role.clone());
            }
            Value::Object(entry)
        };
        entries.iter().map(entry).collect()
    }

    /// The variable that the step's answer is kept in.
    fn learn(&mut self, operation: Operation, exchange: &Exchange) -> Option<String> {
        let received = exchange.received.as_ref()?;
        let answer: Value = serde_json::from_slice(&received.body).ok()?;
        let (variable, id) = match operation {
            Operation::CreateUser => {
                self.users += 1;
                (format!("user{}", self.users), answer.pointer("/identity/id")?)
            }
            Operation::CreateRoom => {
                self.rooms += 1;
                (format!("room{}", self.rooms), answer.get("id")?)
            }
            _ => return None,
        };
        self.known.insert(id.as_str()?.to_owned(), format!("${{{variable}.id}}"));
        Some(variable)
    }

    fn known_as(&self, id: &str) -> Value {
        Value::from(self.known.get(id).map_or(id, String::as_str))
    }
}

/// Members of bodies, and the arguments that they come from.
const MEMBERS: [(&str, &str); 6] = [
    ("validFrom", "valid_from"),
    ("validUntil", "valid_until"),
    ("pstnDialOutEnabled", "pstn_dial_out_enabled"),
    ("createTokenWithScopes", "scopes"),
    ("scopes", "scopes"),
    ("expiresInMinutes", "expires_in_minutes"),
];

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
