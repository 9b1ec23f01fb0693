//! Whether a request is the one that was recorded.

use serde_json::Value;

use super::har::Entry;
use crate::driver::wire::Outgoing;
use crate::report::describe::Redaction;

/// How `outgoing` differs from what was recorded; empty when it fits. Headers that are new with
/// every request (dates, signatures, ids) are not compared, the content type is.
pub(super) fn differences(
    outgoing: &Outgoing,
    entry: &Entry,
    redaction: &Redaction,
) -> Vec<String> {
    let recorded = &entry.request;
    let mut differences = Vec::new();
    if outgoing.method != recorded.method {
        differences.push(format!("method {} instead of {}", outgoing.method, recorded.method));
    }
    let target = redaction.text(&outgoing.target);
    if !same_text(&target, recorded.target()) {
        differences.push(format!("target {target} instead of {}", recorded.target()));
    }
    let kind = outgoing.headers.get("content-type").unwrap_or_default();
    let recorded_kind = recorded.header("content-type").unwrap_or_default();
    if kind != recorded_kind {
        differences.push(format!("content type {kind:?} instead of {recorded_kind:?}"));
    }
    let body = redaction.body(&outgoing.body);
    // Of a body that was refused for its size nobody wrote down the whole.
    if entry.response.status != 413 {
        body_differences(&body, recorded.body(), &mut differences);
    }
    differences
}

fn body_differences(body: &[u8], recorded: &str, differences: &mut Vec<String>) {
    let text = String::from_utf8_lossy(body);
    let (ours, theirs): (Result<Value, _>, Result<Value, _>) =
        (serde_json::from_slice(body), serde_json::from_str(recorded));
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => compare("body", &ours, &theirs, differences),
        _ if text == recorded || body.is_empty() && recorded.is_empty() => {}
        // A body that is no text is recorded as base64; it was compared when it was recorded.
        _ if std::str::from_utf8(body).is_err() => {}
        _ => differences.push(format!("body {} instead of {}", short(&text), short(recorded))),
    }
}

fn compare(path: &str, ours: &Value, theirs: &Value, differences: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (name, value) in ours {
                match theirs.get(name) {
                    Some(recorded) => {
                        compare(&format!("{path}.{name}"), value, recorded, differences);
                    }
                    None => differences.push(format!("{path}.{name} was not there")),
                }
            }
            for name in theirs.keys().filter(|name| !ours.contains_key(*name)) {
                differences.push(format!("{path}.{name} is missing"));
            }
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (index, (value, recorded)) in ours.iter().zip(theirs).enumerate() {
                compare(&format!("{path}[{index}]"), value, recorded, differences);
            }
        }
        (Value::String(ours), Value::String(theirs)) if same_text(ours, theirs) => {}
        (ours, theirs) if ours == theirs => {}
        (ours, theirs) => {
            let (ours, theirs) = (ours.to_string(), theirs.to_string());
            differences.push(format!("{path} {} instead of {}", short(&ours), short(&theirs)));
        }
    }
}

/// At most the first 200 characters.
fn short(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Equal, or made anew each time: two UUIDs, two spellings of one instant.
fn same_text(ours: &str, theirs: &str) -> bool {
    if ours == theirs || is_uuid(ours) && is_uuid(theirs) {
        return true;
    }
    match (crate::acs::time::parse(ours), crate::acs::time::parse(theirs)) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => false,
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::parse_str(text).is_ok()
}
