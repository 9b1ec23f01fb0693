//! Working an expression out.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::super::template::{Context, Scope};
use super::{Expression, PathStep};
use crate::acs::time;

impl Expression {
    /// The value; the message of an error says what was missing and what there was.
    pub(in crate::scenario) fn evaluate(
        &self,
        scope: &Scope,
        context: &Context,
    ) -> Result<Value, String> {
        match self {
            Self::Now => Ok(spell(context.now()).into()),
            Self::Uuid => Ok(context.uuid().into()),
            Self::ApiVersion => Ok(context.api_version().as_str().into()),
            Self::Environment(name) => context
                .environment(name)
                .map(Value::from)
                .ok_or_else(|| format!("the environment variable `{name}` is not set")),
            Self::Literal(value) => Ok(value.clone()),
            Self::Path { variable, steps } => path(scope, variable, steps),
            Self::Call { function, arguments } => {
                let arguments: Vec<_> = arguments
                    .iter()
                    .map(|argument| argument.evaluate(scope, context))
                    .collect::<Result<_, _>>()?;
                function.apply(&arguments)
            }
            Self::Shift { instant: start, by } => {
                let value = start.evaluate(scope, context)?;
                let from = value
                    .as_str()
                    .and_then(time::parse)
                    .ok_or_else(|| format!("only a time can be moved, and this is {value}"))?;
                let moved = from
                    .checked_add_signed(*by)
                    .ok_or_else(|| format!("{value} cannot be moved that far"))?;
                Ok(spell(moved).into())
            }
        }
    }
}

/// RFC 3339 with `Z` and as many digits as the instant needs.
fn spell(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn path(scope: &Scope, variable: &str, steps: &[PathStep]) -> Result<Value, String> {
    let mut value = scope
        .variables
        .get(variable)
        .ok_or_else(|| format!("`{variable}` has no value: its step did not run or failed"))?;
    let mut so_far = variable.to_owned();
    for step in steps {
        value = descend(value, step).ok_or_else(|| missing(&so_far, value, step))?;
        match step {
            PathStep::Member(name) => {
                so_far.push('.');
                so_far.push_str(name);
            }
            PathStep::Index(index) => so_far.push_str(&format!("[{index}]")),
        }
    }
    Ok(value.clone())
}

fn descend<'a>(value: &'a Value, step: &PathStep) -> Option<&'a Value> {
    match step {
        PathStep::Member(name) => value.as_object()?.get(name),
        PathStep::Index(index) => {
            let items = value.as_array()?;
            let index = if *index < 0 {
                items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?
            } else {
                usize::try_from(*index).ok()?
            };
            items.get(index)
        }
    }
}

fn missing(so_far: &str, value: &Value, step: &PathStep) -> String {
    let what = match value {
        Value::Object(members) => {
            let names: Vec<_> = members.keys().map(|name| format!("`{name}`")).collect();
            if names.is_empty() {
                "an empty object".to_owned()
            } else {
                format!("an object with {}", names.join(", "))
            }
        }
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Null => "null".to_owned(),
        other => other.to_string(),
    };
    match step {
        PathStep::Member(name) => format!("`{so_far}` has no member `{name}`: it is {what}"),
        PathStep::Index(index) => format!("`{so_far}` has no item {index}: it is {what}"),
    }
}
