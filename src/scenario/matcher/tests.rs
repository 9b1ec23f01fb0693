//! Matchers as they are written, held against values.

use std::path::Path;
use std::sync::Arc;

use chrono::{TimeZone, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::load::{Loaded, load_text};
use super::super::template::{Context, Scope};
use super::{Mismatch, Subjects};
use crate::acs::ApiVersion;

fn load(matcher: &str) -> Loaded {
    let text = format!(
        "name: m\nevidence: {{ assumed: m }}\nsteps:\n- call: {{ op: rooms.create, expect: {{ ok: {matcher} }} }}\n"
    );
    load_text(Path::new("m.yaml"), &text)
}

fn judge(matcher: &str, actual: &Value) -> Vec<Mismatch> {
    let loaded = load(matcher);
    assert!(loaded.diagnostics.is_empty(), "{matcher}: {:?}", loaded.diagnostics);
    let context = Context::new(
        Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap(),
        ApiVersion::new("2025-03-13"),
        Arc::default(),
        Some(1),
    );
    let expectation =
        loaded.scenarios[0].steps[0].expect[0].resolve(&Scope::default(), &context).unwrap();
    expectation.judge(&Subjects { ok: Some(actual), ..Subjects::default() })
}

#[track_caller]
fn fits(matcher: &str, actual: Value) {
    let mismatches = judge(matcher, &actual);
    assert!(mismatches.is_empty(), "{matcher} on {actual}: {mismatches:?}");
}

#[track_caller]
fn differs(matcher: &str, actual: Value) {
    assert!(!judge(matcher, &actual).is_empty(), "{matcher} fits {actual}");
}

#[test]
fn scalars_are_equal_by_value_and_times_by_instant() {
    fits("1", json!(1.0));
    differs("1", json!("1"));
    fits("null", json!(null));
    differs("null", json!(false));
    fits("2026-01-01T00:00:00Z", json!("2026-01-01T01:00:00.000+01:00"));
    fits("\"${now}\"", json!("2026-01-01T00:00:00+00:00"));
    differs("2026-01-01T00:00:00Z", json!("2026-01-01T00:00:00.001Z"));
}

#[test]
fn objects_are_partial_unless_exactly() {
    fits("{ a: 1 }", json!({ "a": 1, "b": 2 }));
    differs("{ a: 1 }", json!({ "b": 2 }));
    differs("{ exactly: { a: { b: 1 } } }", json!({ "a": { "b": 1, "c": 2 } }));
    fits("{ exactly: { a: { b: 1 } } }", json!({ "a": { "b": 1 } }));
    differs("{ equals: { a: 1 } }", json!({ "a": 1, "b": 2 }));
    fits("{ equals: { type: string } }", json!({ "type": "string" }));
}

#[test]
fn lists_fit_item_by_item_or_in_any_order() {
    fits("[1, { a: 2 }]", json!([1, { "a": 2, "b": 3 }]));
    differs("[1]", json!([1, 2]));
    differs("[1, 2]", json!([2, 1]));
    fits("{ unordered: [1, 2] }", json!([2, 1]));
    differs("{ unordered: [1, 1] }", json!([1, 2]));
    // A greedy pairing would give the first item to the first matcher and then fail.
    fits("{ unordered: [{ ge: 1 }, 1] }", json!([1, 2]));
}

#[test]
fn operators_hold_together() {
    fits("{ type: string, matches: '^a', length: 3 }", json!("abc"));
    differs("{ type: string, matches: '^a', length: 3 }", json!("abcd"));
    fits("{ contains: b }", json!("abc"));
    fits("{ contains: [1, 2] }", json!([2, 3, 1]));
    differs("{ contains: [1, 4] }", json!([2, 3, 1]));
    fits("{ any_of: [1, 2] }", json!(2));
    differs("{ one_of: [{ ge: 1 }, { ge: 2 }] }", json!(2));
    fits("{ one_of: [{ ge: 1 }, { ge: 3 }] }", json!(2));
    differs("{ all_of: [{ ge: 1 }, { ge: 3 }] }", json!(2));
    fits("{ not: 1 }", json!(2));
    fits("{ gt: 1, lt: 3 }", json!(2));
    differs("{ gt: 2 }", json!(2));
    fits("{ le: 2026-01-01T00:00:00Z }", json!("2025-12-31T23:00:00-01:00"));
    fits("{ type: [integer, \"null\"] }", json!(2));
    differs("{ type: integer }", json!(2.5));
}

#[test]
fn what_is_absent_is_not_null() {
    fits("{ a: { exists: true } }", json!({ "a": null }));
    differs("{ a: { exists: true } }", json!({}));
    fits("{ a: { absent: true } }", json!({}));
    differs("{ a: { absent: true } }", json!({ "a": null }));
    differs("{ a: null }", json!({}));
}

#[test]
fn times_have_a_tolerance_either_way() {
    let matcher = "{ time: { at: \"${now}\", within: 2s } }";
    fits(matcher, json!("2025-12-31T23:59:58Z"));
    fits(matcher, json!("2026-01-01T00:00:02+00:00"));
    differs(matcher, json!("2026-01-01T00:00:02.1Z"));
    differs(matcher, json!("soon"));
}

#[test]
fn a_path_gives_the_node_or_the_list_of_all() {
    fits("{ path: { \"$.a[0]\": 1 } }", json!({ "a": [1] }));
    fits("{ path: { \"$.a[*]\": [1, 2] } }", json!({ "a": [1, 2] }));
    fits("{ path: { \"$.b\": { absent: true } } }", json!({}));
    fits("{ path: { \"$.a['x:y']\": 1 } }", json!({ "a": { "x:y": 1 } }));
}

#[test]
fn a_token_is_taken_apart() {
    // {"alg":"none"} and {"aud":"x"}
    let token = json!("eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.c2ln");
    fits("{ jwt: { header: { alg: none }, claims: { aud: x } } }", token.clone());
    differs("{ jwt: { claims: { aud: y } } }", token);
    differs("{ jwt: { claims: {} } }", json!("no.token"));
}

#[test]
fn every_mismatch_is_told_with_its_path_and_types() {
    let mismatches =
        judge("{ a: 1, b: [{ c: x }], d: true }", &json!({ "a": "1", "b": [{ "c": 2 }] }));
    let told: Vec<_> =
        mismatches.iter().map(|one| (one.path.as_str(), one.message.as_str())).collect();
    assert_eq!(
        told,
        [
            ("ok.a", "expected 1 (number), but it is \"1\" (string)"),
            ("ok.b[0].c", "expected \"x\" (string), but it is 2 (number)"),
            ("ok.d", "expected true (boolean), but it is absent"),
        ]
    );
    assert!(mismatches[0].place.column < mismatches[1].place.column);
}

#[test]
fn an_error_where_a_success_was_expected_is_said_to_be_one() {
    let loaded = load("{ id: 1 }");
    let context = Context::new(Utc::now(), ApiVersion::new("x"), Arc::default(), None);
    let expectation =
        loaded.scenarios[0].steps[0].expect[0].resolve(&Scope::default(), &context).unwrap();
    let error = json!({ "status": 404 });
    let told = expectation.judge(&Subjects { error: Some(&error), ..Subjects::default() });
    assert!(told[0].message.starts_with("expected a success, but the step failed with"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z$.{}0-9:TZ-]{0,24}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(
                "[a-c]|any_of|not|length|path|time|exactly|unordered|contains|gt|type|jwt|matches",
                inner,
                0..4
            )
            .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_matcher_panics_on_any_value(matcher in any_json(), actual in any_json()) {
        let loaded = load(&matcher.to_string());
        if let Some(scenario) = loaded.scenarios.first() {
            let context = Context::new(Utc::now(), ApiVersion::new("x"), Arc::default(), None);
            for expectation in &scenario.steps[0].expect {
                if let Ok(expectation) = expectation.resolve(&Scope::default(), &context) {
                    expectation.judge(&Subjects { ok: Some(&actual), ..Subjects::default() });
                }
            }
        }
    }

    #[test]
    fn every_value_fits_itself(value in any_json()) {
        // Under `equals`, since operators have no meaning there; without `${`, which has one.
        prop_assume!(!value.to_string().contains("${"));
        let matcher = json!({ "equals": value }).to_string();
        prop_assert!(judge(&matcher, &value).is_empty());
    }

    #[test]
    fn no_text_makes_the_loader_panic(text in "(name|steps|call|op|expect|[ \n:{}\\[\\]\"'#&*!|>$-]|[a-z]){0,120}") {
        load_text(Path::new("any.yaml"), &text);
    }

    #[test]
    fn no_scenario_with_any_member_makes_the_loader_panic(value in any_json(), key in prop::sample::select(super::super::read::MEMBERS.to_vec())) {
        let text = json!({ "name": "x", key: value }).to_string();
        load_text(Path::new("any.yaml"), &text);
    }
}
