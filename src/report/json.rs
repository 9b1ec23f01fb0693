//! The whole report as one JSON document, cases in order of name.

use std::io::Write;

use serde_json::json;

use super::format::RenderError;
use super::reader::{CaseReport, Report};
use super::summary::Summary;

/// Writes the report as JSON: `{ header, torn, summary, cases: [ … ], footer }`.
///
/// # Errors
///
/// When the report can no longer be read or `out` takes no more.
pub fn write(report: &mut Report, out: &mut dyn Write) -> Result<(), RenderError> {
    let summary = Summary::of(report)?;
    write!(out, "{{\n\"header\": ")?;
    serde_json::to_writer(&mut *out, &report.header)?;
    write!(out, ",\n\"torn\": ")?;
    serde_json::to_writer(&mut *out, &report.torn)?;
    write!(out, ",\n\"summary\": ")?;
    serde_json::to_writer(&mut *out, &summarize(&summary))?;
    write!(out, ",\n\"cases\": [")?;
    let mut separator = "\n";
    report.visit(|case| {
        out.write_all(separator.as_bytes())?;
        serde_json::to_writer(&mut *out, &describe(case))?;
        separator = ",\n";
        Ok::<_, RenderError>(())
    })?;
    write!(out, "\n],\n\"footer\": ")?;
    serde_json::to_writer(&mut *out, &report.footer)?;
    out.write_all(b"\n}\n")?;
    Ok(())
}

fn describe(case: &CaseReport) -> serde_json::Value {
    json!({
        "case": case.key,
        "status": case.status(),
        "start": case.start,
        "steps": case.steps,
        "rules": case.rules,
        "verdict": case.entry,
    })
}

fn summarize(summary: &Summary) -> serde_json::Value {
    let rules: serde_json::Map<String, serde_json::Value> = summary
        .rules
        .iter()
        .map(|(id, rule)| {
            let value = json!({ "status": rule.status(), "exercised": rule.exercised });
            (id.clone(), value)
        })
        .collect();
    let cleanup = &summary.cleanup;
    let known = |count: u64| (!cleanup.unknown).then_some(count);
    json!({
        "cases": summary.cases,
        "steps": summary.steps,
        "exchanges": summary.exchanges,
        "rules": rules,
        "cleanup": {
            "created": known(cleanup.created),
            "deleted": known(cleanup.deleted + cleanup.gone),
            "leaked": known(cleanup.leaked),
            "unaccounted": known(cleanup.unaccounted),
            "text": cleanup.to_string(),
        },
    })
}
