//! What steps are called: their names, actions and paths.

use serde_json::Value;

use crate::scenario::expression::Expression;
use crate::scenario::template::Content;
use crate::scenario::{Action, Body, Step, Template};

/// `<prefix><number>`, the number of a `use` with its id or file beside it.
pub(super) fn path_of(prefix: &str, index: usize, step: &Step) -> String {
    let number = index + 1;
    match (&step.action, &step.id) {
        (Action::Use(_), Some(id)) => format!("{prefix}{number}.{}", id.value),
        _ => format!("{prefix}{number}"),
    }
}

/// How a loop's turn is told from the others.
pub(super) fn item(variable: &str, item: &Value) -> String {
    let text = match item {
        Value::String(text) => text.clone(),
        Value::Object(members) if variable.is_empty() => {
            let members: Vec<_> =
                members.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect();
            return members.join(",");
        }
        other => other.to_string(),
    };
    format!("{variable}={text}")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn name_of(step: &Step) -> String {
    step.name.clone().unwrap_or_else(|| action_of(step))
}

pub(super) fn action_of(step: &Step) -> String {
    match &step.action {
        Action::Call(call) => call.operation.name().to_owned(),
        Action::Request(request) => format!("{} {}", request.method, spelt(&request.path)),
        Action::Wait(wait) => format!("wait for {}", action_of(&wait.step)),
        Action::Advance(by) => format!("advance {}", spelt(by)),
        Action::Group(_) => "group".to_owned(),
        Action::Use(part) => format!("use {}", part.file.value),
    }
}

/// Whether what a step sends depends on `now`.
pub(super) fn sends_now(step: &Step) -> bool {
    let mut found = false;
    let mut look = |template: &Template| {
        template.expressions(&mut |expression, _| found |= reads_now(expression));
    };
    match &step.action {
        Action::Call(call) => call.arguments.iter().for_each(|(_, value)| look(value)),
        Action::Request(request) => {
            if let Some(Body::Json(it) | Body::Text(it)) = &request.body {
                look(it);
            }
        }
        Action::Use(part) => part.with.iter().for_each(|(_, value)| look(value)),
        _ => {}
    }
    found
}

fn reads_now(expression: &Expression) -> bool {
    match expression {
        Expression::Now => true,
        Expression::Shift { instant, .. } => reads_now(instant),
        Expression::Call { arguments, .. } => arguments.iter().any(reads_now),
        _ => false,
    }
}

/// A template as it stands in the file.
fn spelt(template: &crate::scenario::Template) -> String {
    match &template.content {
        Content::Literal(Value::String(text)) => text.clone(),
        Content::Literal(value) => value.to_string(),
        _ => template
            .place
            .source
            .text
            .get(template.place.span.clone())
            .unwrap_or_default()
            .trim_matches(['"', '\''])
            .to_owned(),
    }
}
