//! Diagnostics for scripts: one JSON object each.

use serde_json::{Value, json};

use super::{Diagnostic, Severity};
use crate::scenario::Place;

/// `{ severity, code, message, file, line, column, end, label, help, related }`; what there is not
/// is null. `end` is the byte offset after the place, `start` the one of its beginning.
pub fn to_json(diagnostic: &Diagnostic) -> Value {
    let place = diagnostic.place.as_ref();
    json!({
        "severity": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": diagnostic.file().map(|file| file.display().to_string()),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
        "start": place.map(|place| place.span.start),
        "end": place.map(|place| place.span.end),
        "label": diagnostic.label,
        "help": diagnostic.help,
        "related": diagnostic
            .related
            .iter()
            .map(|(place, what)| related(place, what))
            .collect::<Vec<_>>(),
    })
}

fn related(place: &Place, what: &str) -> Value {
    json!({
        "message": what,
        "file": place.source.path.display().to_string(),
        "line": place.line,
        "column": place.column,
    })
}
