//! Holding a value against a matcher.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::mismatch::describe;
use super::unordered::pair;
use super::{JsonType, Matcher, Mismatch, Test};
use crate::acs::time;

impl Matcher {
    /// Adds everything that does not fit; `actual` is `None` where there is nothing.
    pub fn judge(&self, path: &str, actual: Option<&Value>, mismatches: &mut Vec<Mismatch>) {
        Judge { exact: false, mismatches }.judge(self, path, actual);
    }

    /// Whether the value fits.
    pub fn fits(&self, actual: Option<&Value>) -> bool {
        let mut mismatches = Vec::new();
        self.judge("", actual, &mut mismatches);
        mismatches.is_empty()
    }

    /// The matcher as JSON, as it would be written.
    pub fn to_value(&self) -> Value {
        let all = |matchers: &[Self]| -> Value { matchers.iter().map(Self::to_value).collect() };
        match &self.test {
            Test::Value(value) => value.clone(),
            Test::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, matcher)| (name.clone(), matcher.to_value()))
                    .collect::<Map<_, _>>(),
            ),
            Test::List(items) => all(items),
            Test::Equals(value) => json!({ "equals": value }),
            Test::Matches(regex) => json!({ "matches": regex.as_str() }),
            Test::Contains(items) => match items.as_slice() {
                [item] => json!({ "contains": item.to_value() }),
                items => json!({ "contains": all(items) }),
            },
            Test::AnyOf(items) => json!({ "any_of": all(items) }),
            Test::OneOf(items) => json!({ "one_of": all(items) }),
            Test::AllOf(items) => json!({ "all_of": all(items) }),
            Test::Not(matcher) => json!({ "not": matcher.to_value() }),
            Test::Exists(there) => json!({ "exists": there }),
            Test::Type(types) => match types.as_slice() {
                [one] => json!({ "type": one.name() }),
                types => json!({ "type": types.iter().map(|one| one.name()).collect::<Vec<_>>() }),
            },
            Test::Length(matcher) => json!({ "length": matcher.to_value() }),
            Test::Compare(comparison, value) => json!({ comparison.name(): value }),
            Test::Time { at, within } => {
                let at = at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
                json!({ "time": { "at": at, "within": time::duration_text(*within) } })
            }
            Test::Exactly(matcher) => json!({ "exactly": matcher.to_value() }),
            Test::Unordered(items) => json!({ "unordered": all(items) }),
            Test::Jwt(matcher) => json!({ "jwt": matcher.to_value() }),
            Test::Path(paths) => json!({ "path": paths
                .iter()
                .map(|(path, matcher)| (path.text.clone(), matcher.to_value()))
                .collect::<Map<_, _>>() }),
        }
    }
}

/// Scalars by value, numbers however spelt, instants however spelt, objects partially unless
/// `exact`, lists item by item.
fn equal(expected: &Value, actual: &Value, exact: bool) -> bool {
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

struct Judge<'a> {
    /// Within `exactly`.
    exact: bool,
    mismatches: &'a mut Vec<Mismatch>,
}

impl Judge<'_> {
    fn judge(&mut self, matcher: &Matcher, path: &str, actual: Option<&Value>) {
        match (&matcher.test, actual) {
            (Test::Exists(there), _) => self.exists(matcher, path, *there, actual),
            (Test::Not(inner), _) => {
                if self.fits(inner, actual) {
                    let what = inner.to_value();
                    self.miss(matcher, path, actual, &format!("anything but {what}"));
                }
            }
            (Test::AnyOf(choices), _) => {
                if !choices.iter().any(|choice| self.fits(choice, actual)) {
                    let choices: Value = choices.iter().map(Matcher::to_value).collect();
                    self.miss(matcher, path, actual, &format!("any of {choices}"));
                }
            }
            (Test::OneOf(choices), _) => {
                let fitting = choices.iter().filter(|choice| self.fits(choice, actual)).count();
                if fitting != 1 {
                    let choices: Value = choices.iter().map(Matcher::to_value).collect();
                    let wanted = format!("exactly one of {choices} (it fits {fitting})");
                    self.miss(matcher, path, actual, &wanted);
                }
            }
            (Test::AllOf(parts), _) => {
                parts.iter().for_each(|part| self.judge(part, path, actual));
            }
            (Test::Exactly(inner), _) => {
                Judge { exact: true, mismatches: self.mismatches }.judge(inner, path, actual);
            }
            (_, None) => self.absent(matcher, path),
            (_, Some(actual)) => self.present(matcher, path, actual),
        }
    }

    fn fits(&self, matcher: &Matcher, actual: Option<&Value>) -> bool {
        let mut mismatches = Vec::new();
        Judge { exact: self.exact, mismatches: &mut mismatches }.judge(matcher, "", actual);
        mismatches.is_empty()
    }

    fn present(&mut self, matcher: &Matcher, path: &str, actual: &Value) {
        match &matcher.test {
            Test::Value(expected) => self.value(matcher, path, expected, actual),
            Test::Object(members) => self.object(matcher, path, members, actual),
            Test::List(items) => self.list(matcher, path, items, actual),
            Test::Unordered(items) => self.unordered(matcher, path, items, actual),
            Test::Contains(items) => self.contains(matcher, path, items, actual),
            Test::Length(inner) => self.length(matcher, inner, path, actual),
            Test::Jwt(inner) => self.jwt(matcher, inner, path, actual),
            Test::Path(paths) => {
                for (query, inner) in paths {
                    let found = query.find(actual);
                    self.judge(inner, &format!("{path} {}", query.text), found.as_ref());
                }
            }
            test => {
                if let Some(wanted) = unmet(test, actual) {
                    self.miss(matcher, path, Some(actual), &wanted);
                }
            }
        }
    }

    /// A value written out or brought by an expression.
    fn value(&mut self, matcher: &Matcher, path: &str, expected: &Value, actual: &Value) {
        match (expected, actual) {
            (Value::Object(members), Value::Object(_)) => {
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, value)| (name.clone(), literal(matcher, value)))
                    .collect();
                self.object(matcher, path, &members, actual);
            }
            (Value::Array(items), Value::Array(_)) => {
                let items: Vec<_> = items.iter().map(|item| literal(matcher, item)).collect();
                self.list(matcher, path, &items, actual);
            }
            _ if equal(expected, actual, self.exact) => {}
            _ => self.miss(matcher, path, Some(actual), &describe(expected)),
        }
    }

    fn object(
        &mut self,
        matcher: &Matcher,
        path: &str,
        members: &[(String, Matcher)],
        actual: &Value,
    ) {
        let Value::Object(there) = actual else {
            return self.miss(matcher, path, Some(actual), "an object");
        };
        for (name, inner) in members {
            self.judge(inner, &member(path, name), there.get(name));
        }
        if self.exact {
            for (name, value) in there {
                if !members.iter().any(|(known, _)| known == name) {
                    self.miss(matcher, &member(path, name), Some(value), "no such member");
                }
            }
        }
    }

    fn list(&mut self, matcher: &Matcher, path: &str, items: &[Matcher], actual: &Value) {
        let Value::Array(there) = actual else {
            return self.miss(matcher, path, Some(actual), "a list");
        };
        if items.len() != there.len() {
            let wanted = format!("a list of {} (it has {})", items.len(), there.len());
            self.miss(matcher, path, Some(actual), &wanted);
        }
        for (index, (inner, item)) in items.iter().zip(there).enumerate() {
            self.judge(inner, &format!("{path}[{index}]"), Some(item));
        }
    }

    fn unordered(&mut self, matcher: &Matcher, path: &str, items: &[Matcher], actual: &Value) {
        let Value::Array(there) = actual else {
            return self.miss(matcher, path, Some(actual), "a list");
        };
        let paired = pair(items.len(), there.len(), |row, column| {
            items.get(row).is_some_and(|inner| self.fits(inner, there.get(column)))
        });
        if items.len() != there.len() {
            let wanted = format!("{} items in any order (it has {})", items.len(), there.len());
            self.miss(matcher, path, Some(actual), &wanted);
        }
        for (inner, column) in items.iter().zip(&paired) {
            if column.is_none() {
                let wanted = format!("an item like {}", inner.to_value());
                self.miss(inner, path, Some(actual), &wanted);
            }
        }
    }

    fn contains(&mut self, matcher: &Matcher, path: &str, items: &[Matcher], actual: &Value) {
        for inner in items {
            let there = match (actual, &inner.test) {
                (Value::Array(there), _) => there.iter().any(|item| self.fits(inner, Some(item))),
                (Value::String(text), Test::Value(Value::String(part))) => text.contains(part),
                (Value::String(_), _) => false,
                _ => return self.miss(matcher, path, Some(actual), "text or a list"),
            };
            if !there {
                let wanted = format!("something that contains {}", inner.to_value());
                self.miss(inner, path, Some(actual), &wanted);
            }
        }
    }

    fn length(&mut self, matcher: &Matcher, inner: &Matcher, path: &str, actual: &Value) {
        let length = match actual {
            Value::String(text) => text.chars().count(),
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => return self.miss(matcher, path, Some(actual), "something that has a length"),
        };
        self.judge(inner, &format!("{path}.length()"), Some(&json!(length)));
    }

    fn jwt(&mut self, matcher: &Matcher, inner: &Matcher, path: &str, actual: &Value) {
        match actual.as_str().and_then(token) {
            Some(token) => self.judge(inner, &format!("{path}.jwt()"), Some(&token)),
            None => self.miss(matcher, path, Some(actual), "a token of the form of a JWT"),
        }
    }

    fn exists(&mut self, matcher: &Matcher, path: &str, there: bool, actual: Option<&Value>) {
        match (there, actual) {
            (true, None) => self.absent(matcher, path),
            (false, Some(value)) => self.miss(matcher, path, Some(value), "nothing here"),
            _ => {}
        }
    }

    fn absent(&mut self, matcher: &Matcher, path: &str) {
        let expected = matcher.to_value();
        let message = format!("expected {}, but it is absent", wanted(matcher));
        self.push(matcher, path, expected, None, message);
    }

    fn miss(&mut self, matcher: &Matcher, path: &str, actual: Option<&Value>, wanted: &str) {
        let came =
            actual.map_or_else(|| "it is absent".into(), |it| format!("it is {}", describe(it)));
        let message = format!("expected {wanted}, but {came}");
        self.push(matcher, path, matcher.to_value(), actual.cloned(), message);
    }

    fn push(
        &mut self,
        matcher: &Matcher,
        path: &str,
        expected: Value,
        actual: Option<Value>,
        message: String,
    ) {
        let place = matcher.place.clone();
        self.mismatches.push(Mismatch { place, path: path.to_owned(), expected, actual, message });
    }
}

/// What the tests that look at a single value demand, if this one does not meet it.
fn unmet(test: &Test, actual: &Value) -> Option<String> {
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

fn demand(test: &Test) -> String {
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

fn wanted(matcher: &Matcher) -> String {
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
fn token(text: &str) -> Option<Value> {
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
fn order(left: &Value, right: &Value) -> Option<Ordering> {
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

fn literal(matcher: &Matcher, value: &Value) -> Matcher {
    Matcher { place: matcher.place.clone(), test: Test::Value(value.clone()) }
}

fn member(path: &str, name: &str) -> String {
    let plain = !name.is_empty()
        && name.chars().all(|character| character.is_alphanumeric() || "_-".contains(character));
    if plain { format!("{path}.{name}") } else { format!("{path}['{name}']") }
}
