//! Single values: when two are the same, what a test demands of one, what is in a token.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::mismatch::describe;
use super::{JsonType, Matcher, Test};
use crate::acs::time;

/// Scalars by value, numbers however spelt, instants however spelt, objects partially unless
/// `exact`, lists item by item.
pub(super) fn equal(expected: &Value, actual: &Value, exact: bool) -> bool {
    match (expected, actual) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || left.as_f64().is_some_and(|left| Some(left) == right.as_f64())
        }
        (Value::String(left), Value::String(right)) => {
            left == right
                || time::parse(left).is_some_and(|instant| Some(instant) == time::parse(right))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| equal(left, right, exact))
        }
        (Value::Object(left), Value::Object(right)) => {
            (!exact || left.len() == right.len())
                && left.iter().all(|(name, value)| {
                    right.get(name).is_some_and(|other| equal(value, other, exact))
                })
        }
        (left, right) => left == right,
    }
}

/// What the tests that look at a single value demand, if this one does not meet it.
pub(super) fn unmet(test: &Test, actual: &Value) -> Option<String> {
    let met = match test {
        Test::Equals(expected) => equal(expected, actual, true),
        Test::Matches(regex) => actual.as_str().is_some_and(|text| regex.is_match(text)),
        Test::Type(types) => types.iter().any(|one| one.fits(actual)),
        Test::Compare(comparison, than) => {
            order(actual, than).is_some_and(|order| comparison.holds(order))
        }
        Test::Time { at, within } => actual.as_str().and_then(time::parse).is_some_and(|instant| {
            (instant - at).abs().to_std().is_ok_and(|distance| distance <= *within)
        }),
        _ => true,
    };
    (!met).then(|| demand(test))
}

pub(super) fn demand(test: &Test) -> String {
    match test {
        Test::Equals(expected) => format!("exactly {}", describe(expected)),
        Test::Matches(regex) => format!("text that matches `{regex}`"),
        Test::Type(types) => {
            let names: Vec<_> = types.iter().map(|one: &JsonType| one.name()).collect();
            format!("the type {}", names.join(" or "))
        }
        Test::Compare(comparison, than) => format!("{} {}", comparison.words(), describe(than)),
        Test::Time { at, within } => format!(
            "a time within {} of {}",
            time::duration_text(*within),
            at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
        ),
        _ => String::new(),
    }
}

pub(super) fn wanted(matcher: &Matcher) -> String {
    match &matcher.test {
        Test::Value(value) => describe(value),
        Test::Exists(_) => "something".into(),
        Test::Object(_) => format!("an object like {}", matcher.to_value()),
        Test::List(_) => format!("a list like {}", matcher.to_value()),
        Test::Path(_) | Test::Jwt(_) | Test::Contains(_) | Test::Unordered(_) | Test::Length(_) => {
            matcher.to_value().to_string()
        }
        test => demand(test),
    }
}

/// `{ header, claims }` of a JWT; its signature is not looked at.
pub(super) fn token(text: &str) -> Option<Value> {
    let mut parts = text.split('.');
    let mut part = || -> Option<Value> {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let (header, claims) = (part()?, part()?);
    let whole = parts.next().is_some() && parts.next().is_none();
    whole.then(|| json!({ "header": header, "claims": claims }))
}

/// Numbers by value, instants by time; nothing else has an order.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        (Value::String(left), Value::String(right)) => {
            Some(time::parse(left)?.cmp(&time::parse(right)?))
        }
        _ => None,
    }
}
