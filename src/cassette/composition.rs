//! The steps of a composed scenario, and what they know of each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::compose::creates;
use super::har::Entry;
use crate::acs::recognition::Recognition;
use crate::acs::{ApiVersion, Operation, Service};

/// Times further from the recording than this are told as they are.
const FAR: i64 = 400 * 24 * 3600;

/// What earlier steps gave and later ones use.
#[derive(Debug, Default)]
pub(super) struct Composition {
    /// Raw id → name of the step that got it.
    captured: BTreeMap<String, String>,
    /// Names of steps that later ones speak of.
    used: BTreeSet<String>,
    rooms: usize,
    users: usize,
}

/// A step, ready to be written.
#[derive(Debug)]
pub(super) struct StepText {
    kind: &'static str,
    /// The id that it gets if something speaks of it.
    id: Option<String>,
    members: Vec<(&'static str, Value)>,
}

impl StepText {
    /// Writes the step as YAML; values in flow style, of which JSON is a part.
    pub fn write(&self, text: &mut String, composition: &Composition) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  - {}:", self.kind);
        if let Some(id) = self.id.as_ref().filter(|id| composition.used.contains(*id)) {
            let _ = writeln!(text, "      id: {id}");
        }
        for (name, value) in &self.members {
            let _ = match value {
                Value::Object(members) if *name == "with" => write_members(text, name, members),
                value => writeln!(text, "      {name}: {value}"),
            };
        }
    }
}

fn write_members(text: &mut String, name: &str, members: &Map<String, Value>) -> std::fmt::Result {
    writeln!(text, "      {name}:")?;
    members.iter().try_for_each(|(name, value)| writeln!(text, "        {name}: {value}"))
}

impl Composition {
    /// A call of the catalogue.
    pub fn call(
        &mut self,
        entry: &Entry,
        found: &Recognition,
        version: &ApiVersion,
        service: Service,
    ) -> StepText {
        let at = instant(entry);
        let mut members = vec![("op", json!(found.operation.name()))];
        let arguments: Map<String, Value> = found
            .arguments
            .iter()
            .map(|(name, value)| (name.clone(), self.template(value, at)))
            .collect();
        if !arguments.is_empty() {
            members.push(("with", Value::Object(arguments)));
        }
        let own = found.api_version.as_deref().map(ApiVersion::new);
        let usual = if found.operation.service() == service {
            version.clone()
        } else {
            found.operation.service().default_version()
        };
        if let Some(own) =
            own.filter(|own| *own != usual && own.is_served_by(found.operation.service()))
        {
            members.push(("api-version", json!(own.as_str())));
        }
        members.push(("expect", self.expectation(entry, found.operation, at)));
        StepText { kind: "call", id: self.capture(entry, found.operation), members }
    }

    /// A request that the catalogue does not know, or not all of.
    pub fn request(&mut self, entry: &Entry, version: &ApiVersion) -> StepText {
        let request = &entry.request;
        let (path, query) = request.target().split_once('?').unwrap_or((request.target(), ""));
        let mut members =
            vec![("method", json!(request.method)), ("path", self.template(&json!(path), None))];
        let mut parameters = Map::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if name != "api-version" || value != version.as_str() {
                let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
                parameters.insert(name.to_owned(), self.template(&json!(value), None));
            }
        }
        if !query.split('&').any(|part| part.starts_with("api-version=")) {
            parameters.insert("api-version".to_owned(), Value::Null);
        }
        if !parameters.is_empty() {
            members.push(("query", Value::Object(parameters)));
        }
        if let Some(kind) = request.header("content-type") {
            members.push(("headers", json!({ "content-type": kind })));
        }
        match serde_json::from_str::<Value>(request.body()) {
            Ok(value) => members.push(("json", self.template(&value, instant(entry)))),
            Err(_) if request.body().is_empty() => {}
            Err(_) => members.push(("text", json!(escape(request.body())))),
        }
        let expectation = match entry.response.status {
            0 => json!({ "error": { "kind": "transport" } }),
            status => json!({ "exchange": { "status": status } }),
        };
        members.push(("expect", expectation));
        StepText { kind: "request", id: None, members }
    }

    /// What the answer was: value or error, and the status.
    fn expectation(
        &mut self,
        entry: &Entry,
        operation: Operation,
        at: Option<DateTime<Utc>>,
    ) -> Value {
        let status = entry.response.status;
        let body: Option<Value> = serde_json::from_str(&entry.response.content.text).ok();
        if status == 0 {
            return json!({ "error": { "kind": "transport" } });
        }
        if status >= 400 {
            let code = body.as_ref().and_then(|body| body.pointer("/error/code")?.as_str());
            let mut error = json!({ "status": status });
            if let (Some(code), Some(members)) = (code, error.as_object_mut()) {
                members.insert("code".to_owned(), json!(code));
            }
            return json!({ "error": error });
        }
        let mut expectation = Map::new();
        if let Some(value) = body.as_ref().and_then(|body| self.value(body, operation, at)) {
            expectation.insert("ok".to_owned(), value);
        }
        expectation.insert("exchange".to_owned(), json!({ "status": status }));
        Value::Object(expectation)
    }

    /// The members of an answer that would be the same in another run.
    fn value(
        &mut self,
        body: &Value,
        operation: Operation,
        at: Option<DateTime<Utc>>,
    ) -> Option<Value> {
        match operation {
            Operation::CreateRoom | Operation::GetRoom | Operation::UpdateRoom => {
                let mut value = Map::new();
                for member in ["validFrom", "validUntil"] {
                    let time = body.get(member).and_then(Value::as_str);
                    if let Some(at) = time.and_then(|time| relative(time, at?)) {
                        let near = json!({ "time": { "at": at, "within": "2m" } });
                        value.insert(member.to_owned(), near);
                    }
                }
                if let Some(enabled) = body.get("pstnDialOutEnabled") {
                    value.insert("pstnDialOutEnabled".to_owned(), enabled.clone());
                }
                (!value.is_empty()).then(|| Value::Object(value))
            }
            Operation::ListParticipants => {
                let listed = body.get("value")?.as_array()?.clone();
                // A list of several pages is not all in the first.
                if body.get("nextLink").is_some() || listed.is_empty() {
                    return None;
                }
                Some(self.template(&Value::Array(listed), None))
            }
            _ => None,
        }
    }

    /// Remembers the id that the answer names.
    fn capture(&mut self, entry: &Entry, operation: Operation) -> Option<String> {
        let kind = creates(operation)?;
        let body: Value = serde_json::from_str(&entry.response.content.text).ok()?;
        let id = body.get("id").or_else(|| body.pointer("/identity/id"))?.as_str()?.to_owned();
        let count = if kind == "room" { &mut self.rooms } else { &mut self.users };
        *count += 1;
        let name = format!("{kind}{count}");
        self.captured.insert(id, name.clone());
        Some(name)
    }

    /// A value with captures and times in place of what another run would have otherwise.
    fn template(&mut self, value: &Value, at: Option<DateTime<Utc>>) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text, at)),
            Value::Array(items) => items.iter().map(|item| self.template(item, at)).collect(),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, member)| (self.text(name, None), self.template(member, at)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str, at: Option<DateTime<Utc>>) -> String {
        if let Some(relative) = at.and_then(|at| relative(text, at)) {
            return relative;
        }
        let mut written = escape(text);
        for (id, name) in &self.captured {
            let encoded =
                percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
            for form in [id.clone(), encoded.to_string()] {
                if written.contains(&form) {
                    written = written.replace(&form, &format!("${{{name}.id}}"));
                    self.used.insert(name.clone());
                }
            }
        }
        written
    }
}

/// `${` in a recording means nothing.
fn escape(text: &str) -> String {
    text.replace("${", "$${")
}

fn instant(entry: &Entry) -> Option<DateTime<Utc>> {
    let own = entry.now.as_deref().and_then(crate::acs::time::parse);
    own.or_else(|| crate::acs::time::parse(&entry.started_date_time))
}

/// A time as `${now}`, `${now + 28d}`, to the minute; `None` for what is no time, or far away.
fn relative(text: &str, at: DateTime<Utc>) -> Option<String> {
    let time = crate::acs::time::parse(text)?;
    let seconds = time.signed_duration_since(at).num_seconds();
    if seconds.abs() > FAR {
        return None;
    }
    let minutes = (seconds.abs() + 30) / 60;
    if minutes == 0 {
        return Some("${now}".to_owned());
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let parts = [(minutes / 1440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "m")];
    let distance: String = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    Some(format!("${{now {sign} {distance}}}"))
}
