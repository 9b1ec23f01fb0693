//! A summary in Markdown, short enough for the page of a CI job.

use std::io::Write;

use super::format::RenderError;
use super::reader::{CaseReport, Report};
use super::record::Status;
use super::summary::Summary;

/// How many red cases are told one by one.
const TOLD: usize = 50;

/// Writes the summary.
///
/// # Errors
///
/// When the report can no longer be read or `out` takes no more.
pub fn write(report: &mut Report, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut summary = Summary::default();
    let mut red = Vec::new();
    report.visit(|case| {
        summary.take(case);
        if (case.status().is_red() || case.status() == Status::Warn) && red.len() < TOLD {
            red.push(tell(case));
        }
        Ok::<_, RenderError>(())
    })?;
    summary.end(report);
    let header = &report.header;
    let verdict = if report.torn.is_some() {
        "incomplete"
    } else if summary.red() > 0 || report.footer.as_ref().is_some_and(|footer| footer.exit != 0) {
        "red"
    } else {
        "green"
    };
    writeln!(out, "## acs-conformance: {verdict}\n")?;
    writeln!(out, "{} cases: **{}**", summary.total(), summary.sentence())?;
    writeln!(
        out,
        "\n{} on {}, {}; resources: {}",
        escape(&header.implementation.to_string()),
        header.target,
        header.platform,
        summary.cleanup
    )?;
    if let Some(torn) = &report.torn {
        writeln!(out, "\n> **Incomplete report**: {}", escape(torn))?;
    }
    for note in header.served_as_notes() {
        writeln!(out, "\n> {note}")?;
    }
    for note in report.footer.iter().flat_map(|footer| &footer.notes) {
        writeln!(out, "\n> {}", escape(note))?;
    }
    write_table(out, &red, &summary)?;
    write_rules(out, &summary)
}

fn write_table(out: &mut dyn Write, red: &[String], summary: &Summary) -> Result<(), RenderError> {
    if red.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| case | verdict | why |\n|---|---|---|")?;
    for row in red {
        writeln!(out, "{row}")?;
    }
    let all = summary.red() + summary.count(Status::Warn);
    let more = all.saturating_sub(red.len() as u64);
    if more > 0 {
        writeln!(out, "\n… and {more} more.")?;
    }
    Ok(())
}

fn tell(case: &CaseReport) -> String {
    let why = case.first_reason().unwrap_or_else(|| "no reason was recorded".to_owned());
    let rerun = case.entry.as_ref().map_or("", |entry| entry.rerun.as_str());
    let command = if rerun.is_empty() { String::new() } else { format!("<br>`{rerun}`") };
    format!(
        "| {} | {} {} | {}{} |",
        escape(&case.key.to_string()),
        case.status().sign(),
        case.verdict_word(),
        escape(&why),
        command.replace('|', "\\|"),
    )
}

fn write_rules(out: &mut dyn Write, summary: &Summary) -> Result<(), RenderError> {
    if summary.rules.is_empty() {
        return Ok(());
    }
    let of = |wanted: fn(Status) -> bool| {
        let ids: Vec<&str> = summary
            .rules
            .iter()
            .filter(|(_, rule)| wanted(rule.status()))
            .map(|(id, _)| id.as_str())
            .collect();
        ids
    };
    let broken = of(|status| status.is_red());
    let warned = of(|status| status == Status::Warn);
    let passed = of(|status| matches!(status, Status::Pass | Status::Info));
    let unexercised = of(Status::is_grey);
    writeln!(out, "\n### Wire rules\n")?;
    writeln!(out, "| kept | broken | warned | not exercised |\n|---|---|---|---|")?;
    writeln!(
        out,
        "| {} | {} | {} | {} |",
        passed.len(),
        listed(&broken),
        listed(&warned),
        listed(&unexercised)
    )?;
    Ok(())
}

fn listed(ids: &[&str]) -> String {
    if ids.is_empty() { "0".to_owned() } else { format!("{}: {}", ids.len(), ids.join(", ")) }
}

/// Takes the meaning from characters that Markdown tables and HTML would read.
fn escape(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('`', "\\`")
        .replace('*', "\\*")
        .replace('[', "\\[")
}
