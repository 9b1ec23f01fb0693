//! Expressions as they are written, and what they come to.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{TimeZone, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::template::{Context, Scope};
use super::{parse, pieces};
use crate::acs::ApiVersion;

fn context(seed: Option<u64>) -> Context {
    let environment = BTreeMap::from([("TEAM".to_owned(), "blue".to_owned())]);
    let now = Utc.timestamp_opt(1_767_225_600, 123_456_789).unwrap();
    Context::new(now, ApiVersion::new("2025-03-13"), Arc::new(environment), seed)
}

fn scope() -> Scope {
    let mut scope = Scope::default();
    scope.set("room", json!({ "id": "99", "validFrom": "2026-01-01T00:00:00+00:00" }));
    scope.set("list", json!([1, { "a-b": true }]));
    scope
}

fn evaluate(text: &str) -> Result<Value, String> {
    parse(text).map_err(|error| error.message)?.evaluate(&scope(), &context(Some(7)))
}

#[track_caller]
fn comes_to(text: &str, value: Value) {
    assert_eq!(evaluate(text), Ok(value), "{text}");
}

#[test]
fn paths_lead_into_variables() {
    comes_to("room.id", json!("99"));
    comes_to("list[0]", json!(1));
    comes_to("list[-1].a-b", json!(true));
    comes_to("list[1]['a-b']", json!(true));
    comes_to("room", scope().variables["room"].clone());
}

#[test]
fn what_is_missing_is_named_with_what_there_is() {
    let told = |text: &str| evaluate(text).unwrap_err();
    assert_eq!(
        told("room.name"),
        "`room` has no member `name`: it is an object with `id`, `validFrom`"
    );
    assert_eq!(told("list[5]"), "`list` has no item 5: it is a list of 2");
    assert_eq!(told("env.NAME"), "the environment variable `NAME` is not set");
    assert!(told("nothing").contains("has no value"));
}

#[test]
fn now_is_one_instant_in_whole_milliseconds_and_can_be_moved() {
    comes_to("now", json!("2026-01-01T00:00:00.123Z"));
    comes_to("now + 4w", json!("2026-01-29T00:00:00.123Z"));
    comes_to("now - 1h30m + 1ms", json!("2025-12-31T22:30:00.124Z"));
    comes_to("room.validFrom + 180d", json!("2026-06-30T00:00:00Z"));
    assert!(evaluate("room.id + 1d").unwrap_err().contains("only a time can be moved"));
}

#[test]
fn functions_do_as_their_names_say() {
    comes_to("base64('abc')", json!("YWJj"));
    // openssl dgst -sha256 -binary | base64, of nothing.
    comes_to("sha256('')", json!("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
    comes_to("python(true)", json!("True"));
    comes_to("python(null)", json!("None"));
    comes_to("python(list)", json!("[1, {'a-b': True}]"));
    comes_to("repeat('ab', 3)", json!("ababab"));
    comes_to("upper(room.id)", json!("99"));
    comes_to("json(list)", json!("[1,{\"a-b\":true}]"));
    comes_to("capture('next=a1&b', 'next=([^&]+)')", json!("a1"));
    comes_to("env.TEAM", json!("blue"));
    comes_to("api_version", json!("2025-03-13"));
    assert!(evaluate("repeat('x', 99999999)").unwrap_err().contains("at most"));
    assert!(evaluate("capture('x', 'y')").unwrap_err().contains("finds nothing"));
}

#[test]
fn uuids_differ_and_repeat_with_the_seed() {
    let uuid = parse("uuid").unwrap();
    let (first, second) = (context(Some(1)), context(Some(1)));
    let one = uuid.evaluate(&scope(), &first).unwrap();
    assert_ne!(one, uuid.evaluate(&scope(), &first).unwrap());
    assert_eq!(one, uuid.evaluate(&scope(), &second).unwrap());
    assert_ne!(one, uuid.evaluate(&scope(), &context(None)).unwrap());
}

#[test]
fn texts_are_taken_apart_and_a_double_dollar_is_plain() {
    assert_eq!(pieces("a ${now} b").unwrap().len(), 3);
    assert_eq!(pieces("$${now}").unwrap().len(), 1);
    assert_eq!(pieces("${repeat('}', 2)}").unwrap().len(), 1);
    assert!(pieces("${now").is_err());
}

#[test]
fn an_expression_shows_as_it_is_written() {
    for text in ["room.list[0].id", "now + 4w", "base64(room.id)", "env.TEAM", "uuid"] {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,64}") {
        let _ = pieces(&text);
        let _ = parse(&text);
    }

    #[test]
    fn nothing_that_parses_makes_evaluation_panic(
        text in "(now|uuid|room|list|\\.id|\\[-?[0-9]{1,19}\\]| [+-] [0-9]{1,18}[wdhms]|json\\(|repeat\\(|,|\\)|'x'|[0-9]){1,12}"
    ) {
        if let Ok(expression) = parse(&text) {
            let _ = expression.evaluate(&scope(), &context(None));
            let _ = expression.to_string();
        }
    }
}
