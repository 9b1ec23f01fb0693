//! A matcher in the words in which it would be written.

use serde_json::{Map, Value, json};

use super::{Matcher, Test};
use crate::acs::time;

impl Matcher {
    /// The matcher as JSON, as it would be written.
    pub fn to_value(&self) -> Value {
        let all = |matchers: &[Self]| -> Value { matchers.iter().map(Self::to_value).collect() };
        match &self.test {
            Test::Value(value) => value.clone(),
            Test::Unknown(_) => Value::from(self.place.text().trim_matches(['"', '\''])),
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
