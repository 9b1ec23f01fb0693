//! What differs between two JSON values or two texts, line by line.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::style::{FAINT, GREEN, RED, paint};

/// Values that fit on a line of this length are shown as they are.
const SHORT: usize = 90;
/// Unchanged lines around a change.
const CONTEXT: usize = 2;

/// Whether two values are long enough that a difference says more than both.
pub(super) fn is_long(expected: &Value, actual: &Value) -> bool {
    (expected.is_array() || expected.is_object())
        && (actual.is_array() || actual.is_object())
        && (expected.to_string().len() > SHORT || actual.to_string().len() > SHORT)
}

/// The difference of two values, members in the order of the expected one.
pub(super) fn of_values(expected: &Value, actual: &Value) -> String {
    let actual = in_order_of(expected, actual);
    of_texts(&format!("{expected:#}"), &format!("{actual:#}"))
}

/// Lines that only stand in the first with `-`, those of the second with `+`.
pub(super) fn of_texts(expected: &str, actual: &str) -> String {
    let diff = TextDiff::from_lines(expected, actual);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            text.push_str(&paint(FAINT, "      …"));
            text.push('\n');
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches(['\n', '\r']);
            text.push_str(&match change.tag() {
                ChangeTag::Delete => paint(RED, &format!("    - {line}")),
                ChangeTag::Insert => paint(GREEN, &format!("    + {line}")),
                ChangeTag::Equal => format!("      {line}"),
            });
            text.push('\n');
        }
    }
    text
}

/// The order of members means nothing, so it must not show as a difference.
fn in_order_of(expected: &Value, actual: &Value) -> Value {
    match (expected, actual) {
        (Value::Object(first), Value::Object(second)) => {
            let known = first.iter().filter_map(|(name, value)| {
                Some((name.clone(), in_order_of(value, second.get(name)?)))
            });
            let rest = second.iter().filter(|(name, _)| !first.contains_key(*name));
            let rest = rest.map(|(name, value)| (name.clone(), value.clone()));
            Value::Object(known.chain(rest).collect())
        }
        (Value::Array(first), Value::Array(second)) => second
            .iter()
            .enumerate()
            .map(|(index, value)| {
                first.get(index).map_or_else(|| value.clone(), |one| in_order_of(one, value))
            })
            .collect(),
        _ => actual.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_marked_whatever_the_order_of_members() {
        let text = of_values(
            &json!({ "a": 1, "b": 2, "c": { "d": 1 } }),
            &json!({ "c": { "d": 9 }, "b": 2, "a": 1 }),
        );
        let marked: Vec<_> = text.lines().filter(|line| line.contains(['-', '+'])).collect();
        assert_eq!(marked.len(), 2, "{text}");
        assert!(text.contains("-     \"d\": 1") && text.contains("+     \"d\": 9"), "{text}");
    }
}
