//! The page behind a cell: what came out at the interface, the findings, the exchanges.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::case::snapshot;
use super::evidence::Notes;
use super::exchange::content;
use super::matrix::{Cell, Matrix, Row};
use super::matrix_page::{Table, about};
use super::page::{duration, mark, pill, prose};
use super::step::failed;
use super::waterfall::waterfall;
use crate::report::format::RenderError;
use crate::report::record::{BaselineEntry, ExchangeEntry, OutcomeEntry, StepEntry};
use crate::report::{CaseReport, Report, rule_facts};

/// The exchanges of one row, each once, by digest.
#[derive(Default)]
pub(super) struct Exchanges(BTreeMap<String, String>);

impl Exchanges {
    fn keep(&mut self, entry: &ExchangeEntry, notes: &Notes) {
        let markup = || content(entry, notes.of(&entry.digest)).into_string();
        self.0.entry(entry.digest.clone()).or_insert_with(markup);
    }

    /// As templates: no browser shows them until a script asks.
    pub(super) fn markup(&self) -> String {
        let all = self.0.iter();
        all.map(|(digest, markup)| format!("<template id=\"x-{digest}\">{markup}</template>"))
            .collect()
    }
}

/// The page of a rule and an implementation.
pub(super) fn rule_cell(
    matrix: &Matrix,
    number: usize,
    id: &str,
    column: usize,
    cell: &Cell,
) -> Markup {
    let facts = rule_facts(id);
    html! {
        section.cell id=(name(Table::Rules, number, column)) tabindex="-1" aria-label=(id) {
            (back())
            h2 { (id) " " (pill(cell.status())) }
            p.about { (prose(facts.title)) }
            (whose(matrix, column))
            dl.facts {
                @if !facts.level.is_empty() { dt { "level" } dd { (facts.level) } }
                @if !facts.profile.is_empty() { dt { "profile" } dd { (facts.profile) } }
                @if !facts.source.is_empty() { dt { "source" } dd { (facts.source) } }
                dt { "exercised" } dd { (cell.exercised) " times" }
                dt { "cases" }
                dd { @for (status, count) in &cell.counts { (mark(*status)) " " (count) " " (status.name()) "  " } }
            }
            @if !facts.why.is_empty() && !cell.status().is_green() {
                p { b { "Why it matters. " } (prose(facts.why)) }
                p { b { "How to obey it. " } (prose(facts.how)) }
            }
            (baseline(cell.baseline.as_ref()))
            @if !cell.findings.is_empty() {
                h3 { "Findings" }
                @for (scenario, finding) in &cell.findings {
                    @let row = matrix.scenarios.keys().position(|id| id == scenario).unwrap_or_default();
                    div.failure {
                        p.message { (prose(&finding.message)) }
                        @for digest in &finding.evidence { (slot(row, digest, "exchange")) }
                    }
                }
                @if cell.more_findings > 0 { p.muted { "… and " (cell.more_findings) " more." } }
            }
            (cases(matrix, column, cell))
        }
    }
}

/// The cases in which a rule was exercised, as links to their scenarios' cells.
fn cases(matrix: &Matrix, column: usize, cell: &Cell) -> Markup {
    let mut shown = BTreeSet::new();
    html! {
        @if cell.cases.is_empty() {
            p.muted { "Nothing happened that this rule could look at." }
        } @else {
            h3 { "Exercised in" }
            ul.cases {
                @for (_, key, status) in &cell.cases {
                    @if shown.insert(key) {
                        li {
                            (mark(*status)) " "
                            @match scenario_number(matrix, &key.name) {
                                Some(number) => a href=(format!("#{}", name(Table::Scenarios, number, column))) { (key) },
                                None => (key),
                            }
                        }
                    }
                }
            }
        }
    }
}

fn scenario_number(matrix: &Matrix, case: &str) -> Option<usize> {
    matrix
        .scenarios
        .keys()
        .position(|id| case.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with("::")))
}

/// The page of a scenario and an implementation.
///
/// # Errors
///
/// When a report can no longer be read.
pub(super) fn scenario_cell(
    matrix: &Matrix,
    reports: &mut [Report],
    (number, id, row): (usize, &str, &Row),
    column: usize,
    cell: &Cell,
    exchanges: &mut Exchanges,
) -> Result<Markup, RenderError> {
    let mut shown = Vec::new();
    for (report, key, _) in &cell.cases {
        if let Some(report) = reports.get_mut(*report) {
            shown.push(case_part(&report.case(key)?, number, exchanges));
        }
    }
    Ok(html! {
        section.cell id=(name(Table::Scenarios, number, column)) tabindex="-1" aria-label=(id) {
            (back())
            h2 { (if row.title.is_empty() { id } else { row.title.as_str() }) " " (pill(cell.status())) }
            p.about { code { (id) } }
            (whose(matrix, column))
            (baseline(cell.baseline.as_ref()))
            @for part in shown { (part) }
        }
    })
}

fn case_part(case: &CaseReport, row: usize, exchanges: &mut Exchanges) -> Markup {
    let notes = Notes::of_case(case);
    html! {
        article.part {
            h3 {
                @match &case.start {
                    Some(start) => { "api-version " (start.scenario.api_version) },
                    None => (case.key),
                }
                @if case.key.repetition > 1 { " #" (case.key.repetition) }
                " " (pill(case.status()))
            }
            @if let Some(entry) = &case.entry {
                dl.facts {
                    dt { "interface" } dd { (pill(entry.interface)) }
                    dt { "wire" } dd { (pill(entry.wire)) }
                }
                @if let Some(reason) = &entry.reason { p.reason { (reason) } }
            }
            @for failure in case.own_failures() { (failed(failure)) }
            @if let Some(entry) = &case.entry { (snapshot(&entry.snapshot)) }
            @for entry in &case.steps { (step_part(case, entry, &notes, row, exchanges)) }
            (waterfall(case))
            @if let Some(entry) = &case.entry {
                @if !entry.rerun.is_empty() { p.rerun { "Run this case alone: " code { (entry.rerun) } } }
            }
        }
    }
}

fn step_part(
    case: &CaseReport,
    entry: &StepEntry,
    notes: &Notes,
    row: usize,
    exchanges: &mut Exchanges,
) -> Markup {
    html! {
        div.step-part {
            p.line {
                (mark(case.step_status(entry))) " " span.path { (entry.path) } " " (entry.name)
                " " code.action { (entry.action) }
            }
            @if let Some(outcome) = &entry.outcome { p.interface { (interface(outcome)) } }
            @for failure in case.step_failures(entry) { (failed(failure)) }
            @for one in &entry.exchanges {
                ({ exchanges.keep(one, notes); slot(row, &one.digest, &line(one)) })
            }
        }
    }
}

fn interface(outcome: &OutcomeEntry) -> Markup {
    match outcome {
        OutcomeEntry::Ok(value) => html! { "returned " code { (value) } },
        OutcomeEntry::Error(failure) => html! {
            "raised " code {
                (failure.kind)
                @if let Some(status) = failure.status { " " (status) }
                @if let Some(code) = &failure.code { " " (code) }
            }
            " " (failure.message)
            @if let Some((kind, text)) = &failure.native { br; code { (kind) } " " (text) }
        },
        OutcomeEntry::Unsupported { feature, reason } => html! {
            "says that it cannot: " code { (feature) } " " (reason)
        },
    }
}

fn line(entry: &ExchangeEntry) -> String {
    format!(
        "{} {} → {} · {}",
        entry.request.method,
        entry.request.target(),
        entry.answer(),
        duration(entry.duration_us)
    )
}

/// A fold that a script fills with the exchange, out of the cells of that row of scenarios.
fn slot(row: usize, digest: &str, line: &str) -> Markup {
    let cells = format!("{}-{row}", Table::Scenarios.letter());
    html! {
        details.exchange data-exchange=(digest) data-cells=(cells) {
            summary { code { (line) } }
            div.slot {}
        }
    }
}

fn whose(matrix: &Matrix, column: usize) -> Markup {
    html! {
        @if let Some(column) = matrix.columns.get(column) {
            p.sub { b { (column.implementation) } " · " (about(column)) }
        }
    }
}

fn baseline(baseline: Option<&BaselineEntry>) -> Markup {
    html! {
        @if let Some(baseline) = baseline {
            p.banner {
                b { @if baseline.expected { "Expected by the baseline: " } @else { "Stale in the baseline: " } }
                (baseline.reason)
                @if let Some(link) = &baseline.link { " (" (link) ")" }
            }
        }
    }
}

fn back() -> Markup {
    html! { p { a.back href="#" { "← matrix" } } }
}

fn name(table: Table, number: usize, column: usize) -> String {
    format!("{}-{number}-{column}", table.letter())
}
