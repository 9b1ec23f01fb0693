//! The canonical form of a transcript: what every driver and every target must come to.
//!
//! Outcomes hold participants sorted by the name that each was given first, and errors as status
//! and code; order, message and details are asserted on the exchange.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::names::{Names, OWN_CREATION};
use crate::transcript::{ErrorKind, Failure, Outcome, Printed, StepRecord, Transcript};

/// The document of a case that ran through.
pub fn document(transcript: &Transcript) -> Value {
    let mut writer = Writer { names: Names::default(), now: DateTime::default() };
    writer.addresses(transcript);
    let mut document = Map::new();
    if !transcript.printed.is_empty() {
        writer.now = transcript.started;
        document.insert("print".to_owned(), writer.printed(&transcript.printed));
    }
    let steps = transcript.steps.iter().map(|step| writer.step(step)).collect();
    document.insert("steps".to_owned(), steps);
    Value::Object(document)
}

struct Writer {
    names: Names,
    now: DateTime<Utc>,
}

impl Writer {
    fn addresses(&mut self, transcript: &Transcript) {
        for exchange in transcript.steps.iter().flat_map(|step| &step.exchanges) {
            let sent = &exchange.sent;
            self.names.add_endpoint(format!("{}://{}", sent.scheme, sent.authority));
        }
    }

    fn step(&mut self, step: &StepRecord) -> Value {
        self.now = step.now;
        if let Some(call) = &step.call {
            call.arguments.values().filter_map(Value::as_str).for_each(|it| self.names.choose(it));
        }
        let mut entry = Map::new();
        entry.insert("step".to_owned(), json!(step.path));
        entry.insert("name".to_owned(), json!(step.name));
        // What a scenario leaves open may differ from implementation to implementation.
        let asserted = step.outcome.as_ref().filter(|_| step.unasserted.is_none());
        match asserted {
            Some(Outcome::Ok(value)) => {
                let value = self.value(value, "");
                entry.insert("ok".to_owned(), value);
            }
            Some(Outcome::Err(failure)) => {
                entry.insert("error".to_owned(), error(failure));
            }
            Some(Outcome::Unsupported { feature, .. }) => {
                entry.insert("unsupported".to_owned(), json!(feature));
            }
            None => {}
        }
        if !step.printed.is_empty() {
            let printed = self.printed(&step.printed);
            entry.insert("print".to_owned(), printed);
        }
        Value::Object(entry)
    }

    fn printed(&mut self, blocks: &[Printed]) -> Value {
        let lines = blocks.iter().flat_map(|block| &block.lines);
        lines.map(|line| Value::String(self.names.apply(line, "", self.now))).collect()
    }

    fn value(&mut self, value: &Value, owner: &str) -> Value {
        match value {
            Value::String(text) => Value::String(self.names.apply(text, owner, self.now)),
            Value::Array(items) => self.list(items),
            Value::Object(members) => self.object(members),
            other => other.clone(),
        }
    }

    /// Instants of a room, or of a token, belong to it.
    fn object(&mut self, members: &Map<String, Value>) -> Value {
        let owner = ["id", "token"].iter().find_map(|name| members.get(*name)?.as_str());
        let owner = owner.unwrap_or_default();
        let named = members.iter().map(|(name, value)| {
            let of = if name == "createdAt" {
                format!("{owner} {OWN_CREATION}")
            } else {
                owner.to_owned()
            };
            let name = self.names.apply(name, "", self.now);
            (name, self.value(value, &of))
        });
        Value::Object(named.collect())
    }

    fn list(&mut self, items: &[Value]) -> Value {
        let id = |item: &Value| item.get("rawId").and_then(Value::as_str).map(str::to_owned);
        if items.is_empty() || !items.iter().all(|item| id(item).is_some()) {
            return items.iter().map(|item| self.value(item, "")).collect();
        }
        for item in items {
            // Names those that are seen for the first time, in the order in which they came.
            self.names.apply(&id(item).unwrap_or_default(), "", self.now);
        }
        let mut sorted: Vec<&Value> = items.iter().collect();
        sorted.sort_by_key(|item| self.names.rank_of_user(&id(item).unwrap_or_default()));
        sorted.into_iter().map(|item| self.value(item, "")).collect()
    }
}

/// Status and code, the same whoever performed it; the kind where there is no status, or one that
/// says that all was well.
fn error(failure: &Failure) -> Value {
    let mut error = Map::new();
    let decoded = failure.kind != ErrorKind::Decode;
    match failure.status.filter(|status| decoded || *status >= 300) {
        Some(status) => error.insert("status".to_owned(), json!(status)),
        None => error.insert("kind".to_owned(), json!(failure.kind.name())),
    };
    if let Some(code) = &failure.code {
        error.insert("code".to_owned(), json!(code));
    }
    Value::Object(error)
}
