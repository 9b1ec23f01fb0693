//! Holding a value against a matcher.

use serde_json::{Value, json};

use super::mismatch::describe;
use super::single::{equal, token, unmet, wanted};
use super::unordered::pair;
use super::{Matcher, Mismatch, Test};

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
            (Test::Unknown(why), _) => {
                self.push(matcher, path, matcher.to_value(), actual.cloned(), why.clone());
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

fn literal(matcher: &Matcher, value: &Value) -> Matcher {
    Matcher { place: matcher.place.clone(), test: Test::Value(value.clone()) }
}

fn member(path: &str, name: &str) -> String {
    let plain = !name.is_empty()
        && name.chars().all(|character| character.is_alphanumeric() || "_-".contains(character));
    if plain { format!("{path}.{name}") } else { format!("{path}['{name}']") }
}
