//! What did not fit.

use serde_json::Value;

use super::super::Place;

/// One thing that came and was not what was expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Where the expectation stands in the scenario.
    pub place: Place,
    /// Where in the subject, such as `ok.participants[0].role`.
    pub path: String,
    /// What was expected, as JSON; operators as they are written.
    pub expected: Value,
    /// `None` when there was nothing there.
    pub actual: Option<Value>,
    /// The whole in one line, with types.
    pub message: String,
}

/// A value with its type, cut where it is long: `"Presenter" (string)`.
pub(super) fn describe(value: &Value) -> String {
    let text = value.to_string();
    let shown = match text.char_indices().nth(120) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    };
    format!("{shown} ({})", type_name(value))
}

pub(super) const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
