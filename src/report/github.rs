//! Annotations for GitHub: workflow commands, each at the line of the scenario that it is about.

use std::io::Write;

use super::format::RenderError;
use super::reader::{CaseReport, Report};
use super::record::{PlaceEntry, Status};

/// Writes a workflow command a failure, an incomplete report among them.
///
/// # Errors
///
/// When the report can no longer be read or `out` takes no more.
pub fn write(report: &mut Report, out: &mut dyn Write) -> Result<(), RenderError> {
    if let Some(torn) = &report.torn {
        writeln!(out, "::error title=incomplete report::{}", data(torn))?;
    }
    for note in report.header.served_as_notes() {
        writeln!(out, "::notice title=api-version::{}", data(&note))?;
    }
    report.visit(|case| annotate(case, out))
}

fn annotate(case: &CaseReport, out: &mut dyn Write) -> Result<(), RenderError> {
    let Some(level) = level(case.status()) else { return Ok(()) };
    let title = format!("{} {}", case.verdict_word(), case.key);
    let mut told = false;
    for failure in case.entry.iter().flat_map(|entry| &entry.failures) {
        command(out, level, &failure.place, &title, &failure.to_string())?;
        told = true;
    }
    if !told {
        let why = case.first_reason().unwrap_or_else(|| "no reason was recorded".to_owned());
        let place = case.start.as_ref().map(|start| start.scenario.place.clone());
        command(out, level, &place.unwrap_or_default(), &title, &why)?;
    }
    Ok(())
}

const fn level(status: Status) -> Option<&'static str> {
    match status {
        Status::Warn => Some("warning"),
        _ if status.is_red() => Some("error"),
        _ => None,
    }
}

fn command(
    out: &mut dyn Write,
    level: &str,
    place: &PlaceEntry,
    title: &str,
    message: &str,
) -> Result<(), RenderError> {
    if place.file.is_empty() {
        writeln!(out, "::{level} title={}::{}", property(title), data(message))?;
    } else {
        writeln!(
            out,
            "::{level} file={},line={},col={},title={}::{}",
            property(&place.file),
            place.line,
            place.column,
            property(title),
            data(message)
        )?;
    }
    Ok(())
}

/// Source: the escapes of GitHub's own `@actions/core`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
