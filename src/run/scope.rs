//! Small readings of values that steps need.

use chrono::TimeDelta;
use serde_json::{Map, Value};

use super::steps::StepError;
use crate::scenario::{Context, Expectation, Scope, Subject, Template};
use crate::target::World;

/// `${resource.2.endpoint}`: the world's resources by number.
pub(super) fn resources(world: &World) -> Value {
    let numbered = world.resources.iter().enumerate().map(|(index, resource)| {
        let mut members = Map::new();
        members.insert("endpoint".to_owned(), Value::String(resource.endpoint.clone()));
        members.insert("authority".to_owned(), Value::String(resource.authority.clone()));
        ((index + 1).to_string(), Value::Object(members))
    });
    Value::Object(numbered.collect())
}

/// What a value is, with its article.
pub(super) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// `5m`, or `{ by: 5m }`; with a minus sign in front it goes back.
pub(super) fn duration_of(
    template: &Template,
    scope: &Scope,
    context: &Context,
) -> Result<TimeDelta, StepError> {
    let value = template.resolve(scope, context)?;
    let text = value.get("by").unwrap_or(&value).as_str().unwrap_or_default().to_owned();
    let (sign, spelt) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.as_str()),
    };
    crate::acs::time::parse_duration(spelt)
        .and_then(|duration| TimeDelta::from_std(duration).ok())
        .map(|delta| delta * sign)
        .ok_or_else(|| StepError::Raw(format!("`{value}` is no duration such as 5m or 1h30m")))
}

pub(super) fn looks_at_state(expectations: &[Expectation]) -> bool {
    expectations
        .iter()
        .any(|one| one.subjects.iter().any(|(subject, _)| *subject == Subject::State))
}
