//! The page of a run: summary, cases, environment.

use std::io::Write;

use maud::{Markup, html};

use super::case::case;
use super::page::{duration, foot, head, pill, theme_button};
use crate::report::format::RenderError;
use crate::report::record::{Header, Status};
use crate::report::{CaseReport, Report, Summary};

const SCRIPT: &str = include_str!("run.js");

/// Exchanges of green cases are part of the page up to this many bytes, those of others always.
const GREEN_BUDGET: usize = 24 << 20;

/// Writes the page, holding one case at a time.
///
/// # Errors
///
/// When the report can no longer be read or `out` takes no more.
pub fn write_run(report: &mut Report, out: &mut dyn Write) -> Result<(), RenderError> {
    let summary = Summary::of(report)?;
    let title = format!("acs-conformance: {}", summary.sentence());
    out.write_all(head(&title, SCRIPT).as_bytes())?;
    out.write_all(top(report, &summary).into_string().as_bytes())?;
    out.write_all(b"<main id=\"cases\">")?;
    // Red cases first: they are why the page is opened.
    let mut spent = 0_usize;
    for wanted in [is_concerning, is_calm] {
        report.visit(|one| {
            if wanted(one) {
                let whole = one.status() != Status::Pass || spent < GREEN_BUDGET;
                let markup = case(one, whole).into_string();
                spent += if one.status() == Status::Pass { markup.len() } else { 0 };
                out.write_all(markup.as_bytes())?;
            }
            Ok::<_, RenderError>(())
        })?;
    }
    out.write_all(
        b"<p class=\"nothing\" id=\"nothing\" hidden>No case fits this filter.</p></main>",
    )?;
    out.write_all(environment(&report.header, report).into_string().as_bytes())?;
    out.write_all(foot(SCRIPT).as_bytes())?;
    Ok(())
}

fn is_concerning(case: &CaseReport) -> bool {
    case.status().is_red() || case.status() == Status::Warn
}

fn is_calm(case: &CaseReport) -> bool {
    !is_concerning(case)
}

fn top(report: &Report, summary: &Summary) -> Markup {
    let header = &report.header;
    html! {
        header.top {
            div.line {
                h1 { "Conformance run" }
                (overall(report, summary))
                (theme_button())
            }
            p.sub {
                b { (header.implementation) } " on " (header.target) " · "
                time datetime=(header.started.to_rfc3339()) {
                    (header.started.format("%Y-%m-%d %H:%M:%S UTC"))
                }
                @if let Some(footer) = &report.footer { " · " (duration(footer.duration_us)) }
            }
            @if let Some(torn) = &report.torn {
                p.banner role="alert" { b { "Incomplete: " } (torn) }
            }
            @for note in header.served_as_notes() { p.banner { (note) } }
            (tiles(summary))
            @for note in report.footer.iter().flat_map(|footer| &footer.notes) {
                p.sub { (note) }
            }
            (proportions(summary))
            (toolbar(summary))
        }
    }
}

fn overall(report: &Report, summary: &Summary) -> Markup {
    let exit = report.footer.as_ref().map(|footer| footer.exit);
    let status = match exit {
        None => Status::Interrupted,
        Some(130) => Status::Interrupted,
        Some(0) => Status::Pass,
        Some(5) => Status::NotRun,
        Some(_) => {
            summary.cases.keys().rev().find(|one| one.is_red()).copied().unwrap_or(Status::Fail)
        }
    };
    html! {
        (pill(status))
        @if let Some(exit) = exit { span.exit { "exit " (exit) } }
    }
}

fn tiles(summary: &Summary) -> Markup {
    let steps: u64 = summary.steps.values().sum();
    let exercised = summary.rules.values().filter(|rule| !rule.status().is_grey()).count();
    let leaked = summary.cleanup.leaked + summary.cleanup.unaccounted;
    html! {
        dl.tiles {
            div { dt { "cases" } dd { (summary.total()) } }
            div.good { dt { "passed" } dd { (summary.count(Status::Pass)) } }
            div.bad[summary.red() > 0] { dt { "red" } dd { (summary.red()) } }
            div { dt { "steps" } dd { (steps) } }
            div { dt { "exchanges" } dd { (summary.exchanges) } }
            @if !summary.rules.is_empty() {
                div { dt { "rules exercised" } dd { (exercised) small { " of " (summary.rules.len()) } } }
            }
            div.bad[leaked > 0 || summary.cleanup.unknown] {
                dt { "resources" }
                dd.sentence { (summary.cleanup) }
            }
        }
    }
}

fn proportions(summary: &Summary) -> Markup {
    let total = summary.total().max(1);
    html! {
        div.proportions role="img" aria-label=(summary.sentence()) {
            @for (status, count) in &summary.cases {
                i.(status.class()) style=(format!("flex-grow:{}", count * 1000 / total)) title=(format!("{count} {status}")) {}
            }
        }
    }
}

fn toolbar(summary: &Summary) -> Markup {
    html! {
        div.toolbar role="search" {
            input #search type="search" placeholder="Search cases  /" aria-label="Search cases" autocomplete="off";
            div.chips role="group" aria-label="Filter by verdict" {
                @for (status, count) in &summary.cases {
                    button.chip.(status.class()) type="button" aria-pressed="false" data-filter=(status.name()) {
                        span aria-hidden="true" { (status.sign()) } " " (status.name()) " " b { (count) }
                    }
                }
            }
            button #fold.plain type="button" { "Fold all" }
            output #shown {}
        }
    }
}

fn environment(header: &Header, report: &Report) -> Markup {
    html! {
        section.environment {
            h2 { "Environment" }
            dl.facts {
                dt { "harness" } dd { "acs-conformance " (header.harness) }
                dt { "implementation" } dd { (header.implementation) }
                dt { "target" } dd { (header.target) }
                dt { "platform" } dd { (header.platform) }
                @if let Some(seed) = header.seed { dt { "seed" } dd { (seed) } }
                @if let Some(shard) = header.shard { dt { "shard" } dd { (shard.index) " of " (shard.of) } }
                @if let Some(set) = &header.requirements { dt { "requirements" } dd { (set) } }
                dt { "suite" } dd { code { (header.suite) } }
                @for (name, value) in &header.environment { dt { (name) } dd { (value) } }
                dt { "report" }
                dd {
                    @match &report.footer {
                        Some(footer) => { "whole, " (footer.records + 1) " lines" },
                        None => "cut off",
                    }
                }
            }
        }
    }
}
