//! A badge, as a shields.io endpoint answers it.

use std::io::Write;

use serde_json::json;

use super::format::RenderError;
use super::reader::Report;
use super::record::Status;
use super::summary::Summary;

/// Writes the badge: `12/13 pass`, red as soon as one case is, grey where nothing ran.
///
/// # Errors
///
/// When the report can no longer be read or `out` takes no more.
pub fn write(report: &mut Report, out: &mut dyn Write) -> Result<(), RenderError> {
    let summary = Summary::of(report)?;
    let name = &report.header.implementation;
    let label = if name.name == "wire" || name.name.is_empty() {
        "acs-conformance".to_owned()
    } else {
        format!("{} {}", name.name, name.version).trim().to_owned()
    };
    let (mut message, color) = message(report, &summary);
    for note in report.header.served_as_notes() {
        message = format!("{message}, {note}");
    }
    let badge = json!({ "schemaVersion": 1, "label": label, "message": message, "color": color });
    serde_json::to_writer(&mut *out, &badge)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Cases that could not be judged are neither counted as passed nor as tried.
fn message(report: &Report, summary: &Summary) -> (String, &'static str) {
    if report.torn.is_some() {
        return ("incomplete".to_owned(), "lightgrey");
    }
    let grey: u64 =
        Status::ALL.into_iter().filter(|one| one.is_grey()).map(|one| summary.count(one)).sum();
    let tried = summary.total() - grey;
    let passed = summary.count(Status::Pass);
    let color = match (tried, summary.red(), summary.count(Status::Warn)) {
        (0, _, _) => "lightgrey",
        (_, 0, 0) => "brightgreen",
        (_, 0, _) => "yellow",
        _ => "red",
    };
    let message =
        if tried == 0 { "nothing ran".to_owned() } else { format!("{passed}/{tried} pass") };
    (message, color)
}
