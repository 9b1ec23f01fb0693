//! What expectations look at, as JSON: made from a step's record, as far as it is asked for.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::scenario::matcher::Subjects;
use crate::scenario::{Expectation, Subject};
use crate::transcript::{Attempt, Exchange, Failure, Headers, Outcome, Sent, StepRecord};

/// The subjects of one step. Outcomes are borrowed where they are JSON already.
#[derive(Debug, Default)]
pub struct Prepared<'a> {
    ok: Option<&'a Value>,
    error: Option<Value>,
    exchange: Option<Value>,
    exchanges: Option<Value>,
    state: Option<&'a Value>,
}

impl<'a> Prepared<'a> {
    /// Makes what `expectations` name of the record.
    pub fn new(record: &'a StepRecord, expectations: &[Expectation]) -> Self {
        let names = |subject| expectations.iter().any(|one| one.names(subject));
        let (ok, error) = match &record.outcome {
            Some(Outcome::Ok(value)) => (Some(value), None),
            Some(Outcome::Err(failure)) => (None, Some(error_value(failure))),
            _ => (None, None),
        };
        Self {
            ok,
            error,
            exchange: names(Subject::Exchange)
                .then(|| record.exchanges.last())
                .flatten()
                .map(|exchange| members_of(exchange, |name| looked_at(expectations, name))),
            exchanges: names(Subject::Exchanges)
                .then(|| record.exchanges.iter().map(exchange_value).collect()),
            state: record.state.as_ref(),
        }
    }

    pub fn subjects(&self) -> Subjects<'_> {
        Subjects {
            ok: self.ok,
            error: self.error.as_ref(),
            exchange: self.exchange.as_ref(),
            exchanges: self.exchanges.as_ref(),
            state: self.state,
        }
    }
}

/// `{ kind, status, code, message }`, each where there is one.
fn error_value(failure: &Failure) -> Value {
    let mut error = Map::new();
    error.insert("kind".to_owned(), json!(failure.kind.name()));
    if let Some(status) = failure.status {
        error.insert("status".to_owned(), json!(status));
    }
    if let Some(code) = &failure.code {
        error.insert("code".to_owned(), json!(code));
    }
    error.insert("message".to_owned(), json!(failure.message));
    Value::Object(error)
}

/// An exchange as expectations see it. Header names are in lower case; the values of a repeated
/// header are joined by a comma. A body is JSON where it can be read as such, else text; absent
/// where it is empty. `text` is the body as it was, byte for byte. `status`, `headers`, `body` and
/// `text` are absent where no whole answer came, and `broken` says why.
pub fn exchange_value(exchange: &Exchange) -> Value {
    members_of(exchange, |_| true)
}

/// Whether an expectation looks at that member of the exchange. Each step is judged while it runs,
/// and what nobody looks at would be most of the work.
fn looked_at(expectations: &[Expectation], name: &str) -> bool {
    expectations.iter().any(|one| one.looks_at(Subject::Exchange, name))
}

fn members_of(exchange: &Exchange, wanted: impl Fn(&str) -> bool) -> Value {
    let mut value = Map::new();
    if let Some(received) = &exchange.received {
        value.insert("status".to_owned(), json!(received.status));
        if wanted("headers") {
            value.insert("headers".to_owned(), headers_value(&received.headers));
        }
        if wanted("body") || wanted("text") {
            insert_body(&mut value, &received.body);
        }
    }
    if let Some(broken) = &exchange.broken {
        value.insert("broken".to_owned(), json!(broken));
    }
    insert_facts(&mut value, &exchange.attempt);
    if wanted("request") {
        value.insert("request".to_owned(), request_value(&exchange.sent));
    }
    Value::Object(value)
}

fn request_value(sent: &Sent) -> Value {
    let mut request = Map::new();
    request.insert("authority".to_owned(), json!(sent.authority));
    request.insert("target".to_owned(), json!(sent.target));
    request.insert("method".to_owned(), json!(sent.method));
    request.insert("path".to_owned(), json!(sent.path()));
    request.insert("query".to_owned(), query_value(sent.query()));
    request.insert("headers".to_owned(), headers_value(&sent.headers));
    insert_body(&mut request, &sent.body);
    Value::Object(request)
}

/// What is known beside the bytes, each where it is known.
fn insert_facts(into: &mut Map<String, Value>, attempt: &Attempt) {
    if let Some(connection) = attempt.connection {
        into.insert("connection".to_owned(), json!(connection));
    }
    for (name, fact) in [
        ("signature_form", &attempt.signature_form),
        ("refusal", &attempt.refusal),
        ("fault", &attempt.fault),
        ("served_as", &attempt.served_as),
    ] {
        if let Some(fact) = fact {
            into.insert(name.to_owned(), json!(fact));
        }
    }
}

fn insert_body(into: &mut Map<String, Value>, body: &[u8]) {
    into.insert("text".to_owned(), Value::String(String::from_utf8_lossy(body).into_owned()));
    if body.is_empty() {
        return;
    }
    let value = serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    into.insert("body".to_owned(), value);
}

fn headers_value(headers: &Headers) -> Value {
    let mut map = Map::new();
    for (name, value) in &headers.0 {
        match map.entry(name.to_ascii_lowercase()) {
            serde_json::map::Entry::Vacant(entry) => {
                entry.insert(Value::String(value.clone()));
            }
            serde_json::map::Entry::Occupied(mut entry) => {
                let joined = format!("{}, {value}", entry.get().as_str().unwrap_or_default());
                entry.insert(Value::String(joined));
            }
        }
    }
    Value::Object(map)
}

/// Decoded; a name that stands more than once has a list.
fn query_value(query: &str) -> Value {
    let mut map = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = Value::String(decoded(value).into_owned());
        match map.entry(decoded(name)) {
            serde_json::map::Entry::Vacant(entry) => {
                entry.insert(value);
            }
            serde_json::map::Entry::Occupied(mut entry) => match entry.get_mut() {
                Value::Array(values) => values.push(value),
                first => *first = Value::Array(vec![first.take(), value]),
            },
        }
    }
    Value::Object(map)
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names_are_in_lower_case_and_repeated_ones_joined() {
        let mut headers = Headers::default();
        headers.push("X-Cache", "a");
        headers.push("x-cache", "b");
        assert_eq!(headers_value(&headers), json!({ "x-cache": "a, b" }));
    }

    #[test]
    fn a_query_is_decoded_and_repeated_names_become_lists() {
        assert_eq!(
            query_value("api-version=v&n=a%2Fb&n=2&flag"),
            json!({ "api-version": "v", "n": ["a/b", "2"], "flag": "" })
        );
    }
}
