//! A badge, as a shields.io endpoint answers it.

use std::io::Write;

use serde_json::json;

use super::format::RenderError;
use super::reader::Report;
use super::record::Status;
use super::summary::Summary;
use super::wording::count;

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

/// The rules that an SDK's run met nothing of; what is about the built-in client judges none.
fn unexercised(report: &Report, summary: &Summary) -> usize {
    if report.header.implementation.name == "wire" {
        return 0;
    }
    summary.rules.values().filter(|rule| rule.status() == Status::NotExercised).count()
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
    let idle = unexercised(report, summary);
    let exit = report.footer.as_ref().map_or(0, |footer| footer.exit);
    let color = match (tried, summary.red(), summary.count(Status::Warn)) {
        (0, _, _) => "lightgrey",
        _ if exit != 0 => "red",
        (_, 0, 0) if idle > 0 => "yellowgreen",
        (_, 0, 0) => "brightgreen",
        (_, 0, _) => "yellow",
        _ => "red",
    };
    let mut message =
        if tried == 0 { "nothing ran".to_owned() } else { format!("{passed}/{tried} pass") };
    if color == "yellowgreen" {
        message.push_str(&format!(", {} not exercised", count(idle, "rule")));
    }
    if exit != 0 && summary.red() == 0 {
        message.push_str(&format!(", exit {exit}"));
    }
    (message, color)
}
