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

/// Longer values are cut.
const LONGEST: usize = 120;

/// A value with its type, cut where it is long: `"Presenter" (string)`.
pub(super) fn describe(value: &Value) -> String {
    let text = value.to_string();
    let shown = match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", whole_words(text.get(..cut).unwrap_or_default())),
        None => text,
    };
    format!("{shown} ({})", type_name(value))
}

/// Without the word that the cut goes through: no mask knows a secret by its half.
fn whole_words(text: &str) -> &str {
    text.trim_end_matches(|one: char| one.is_alphanumeric() || "+/=%-_.".contains(one))
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cut_leaves_no_half_of_a_token() {
        let token = format!("eyJ{}.{}.c2ln", "a".repeat(90), "b".repeat(90));
        let said = describe(&json!({ "id": "8:acs:1", "token": token }));
        assert_eq!(said, "{\"id\":\"8:acs:1\",\"token\":\"… (object)");
    }
}
