//! The page of the matrix: both tables, what was not exercised, and a section per cell.

use std::collections::BTreeSet;
use std::io::Write;

use maud::{Markup, PreEscaped, html};

use super::matrix::{Absent, Cell, Column, Matrix, MatrixError, Row};
use super::matrix_cell::{Exchanges, rule_cell, scenario_cell};
use super::matrix_scores::scores;
use super::packed::write_packed;
use super::page::{foot, head, mark, prose, theme_button};
use crate::report::format::RenderError;
use crate::report::record::Status;
use crate::report::{Report, rule_facts};

const SCRIPT: &str = include_str!("matrix.js");

/// Which table a cell belongs to: the first part of its section's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Rules,
    Scenarios,
}

impl Table {
    pub(super) const fn letter(self) -> char {
        match self {
            Self::Rules => 'r',
            Self::Scenarios => 's',
        }
    }
}

/// Writes the matrix of several reports, with a column for each implementation that is `absent`.
///
/// # Errors
///
/// When a report can no longer be read, the reports are not of one suite, or `out` takes no more.
pub fn write_matrix(
    reports: &mut [Report],
    absent: &[Absent],
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let mut matrix = Matrix::of(reports).map_err(|error| match error {
        MatrixError::Read(error) => RenderError::Read(error),
        other => RenderError::Matrix(other),
    })?;
    matrix.add_absent(absent);
    out.write_all(head("acs-conformance: matrix", SCRIPT).as_bytes())?;
    out.write_all(tables(&matrix).into_string().as_bytes())?;
    for (number, ((_, id), row)) in matrix.rules.iter().enumerate() {
        let sections = cells(&matrix, row)
            .map(|(column, cell)| rule_cell(&matrix, number, id, column, cell).into_string());
        let sections: String = sections.collect();
        write_packed(out, &format!("{}-{number}", Table::Rules.letter()), &sections)?;
    }
    for (number, (id, row)) in matrix.scenarios.iter().enumerate() {
        let mut exchanges = Exchanges::default();
        let mut sections = String::new();
        for (column, cell) in cells(&matrix, row) {
            let section =
                scenario_cell(&matrix, reports, (number, id, row), column, cell, &mut exchanges)?;
            sections.push_str(&section.into_string());
        }
        sections.push_str(&exchanges.markup());
        write_packed(out, &format!("{}-{number}", Table::Scenarios.letter()), &sections)?;
    }
    out.write_all(foot(SCRIPT).as_bytes())?;
    Ok(())
}

fn cells<'a>(matrix: &Matrix, row: &'a Row) -> impl Iterator<Item = (usize, &'a Cell)> {
    (0..matrix.columns.len()).filter_map(|column| Some((column, row.cells.get(&column)?)))
}

fn tables(matrix: &Matrix) -> Markup {
    html! {
        noscript { p.banner { "The pages behind the cells need the script of this page." } }
        div #cell hidden {}
        div.matrix #matrix {
            header.top {
                div.line { h1 { "Conformance matrix" } (theme_button()) }
                p.sub {
                    (matrix.columns.len()) " implementations × " (matrix.rules.len()) " wire rules and "
                    (matrix.scenarios.len()) " scenarios"
                }
                @for warning in &matrix.warnings { p.banner { (warning) } }
                (toolbar(matrix))
            }
            main {
                (scores(matrix))
                (legend())
                (table(matrix, Table::Rules))
                (table(matrix, Table::Scenarios))
            }
        }
    }
}

fn toolbar(matrix: &Matrix) -> Markup {
    let families: BTreeSet<&str> =
        matrix.rules.keys().map(|(_, id)| rule_facts(id).family).collect();
    let profiles: BTreeSet<&str> = matrix
        .rules
        .keys()
        .map(|(_, id)| rule_facts(id).profile)
        .filter(|profile| !profile.is_empty())
        .collect();
    html! {
        div.toolbar role="search" {
            input #search type="search" placeholder="Search rules and scenarios  /" aria-label="Search rules and scenarios" autocomplete="off";
            label { span { "profile" } select #profile {
                option value="" { "all" }
                @for profile in profiles { option value=(profile) { (profile) } }
            } }
            label { span { "family" } select #family {
                option value="" { "all" }
                @for family in families { option value=(family) { (family) } }
            } }
            label { span { "verdict" } select #verdict {
                option value="" { "all" }
                option value="concern" { "fail or warn" }
                option value="grey" { "not exercised" }
                option value="looked" { "exercised" }
            } }
            output #shown {}
        }
    }
}

/// Flavour, runtime, api-versions, target.
pub(super) fn about(column: &Column) -> String {
    let one = &column.implementation;
    let versions = column.api_versions.join(", ");
    let api = if versions.is_empty() { String::new() } else { format!("api-version {versions}") };
    [one.language.as_str(), &one.flavour, &one.runtime, &api, &column.target, &column.platform]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

fn legend() -> Markup {
    let shown = [
        Status::Pass,
        Status::Info,
        Status::Warn,
        Status::Fail,
        Status::NotApplicable,
        Status::NotExercised,
        Status::Unreachable,
    ];
    html! {
        p.legend {
            @for status in shown { span { (mark(status)) " " (status.name()) } }
            span { span.mark.fail.known { "✗" } " expected by the baseline" }
            span.muted { "a small number: how often the rule was exercised" }
        }
    }
}

fn table(matrix: &Matrix, which: Table) -> Markup {
    let (title, rows): (_, Vec<(&String, &Row)>) = match which {
        Table::Rules => {
            ("Wire rules", matrix.rules.iter().map(|((_, id), row)| (id, row)).collect())
        }
        Table::Scenarios => ("Scenarios", matrix.scenarios.iter().collect()),
    };
    let mut group = String::new();
    html! {
        section.grid {
            h2 { (title) }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    thead { tr {
                        th scope="col" { (if which == Table::Rules { "rule" } else { "scenario" }) }
                        @for column in &matrix.columns { (column_head(column)) }
                    } }
                    tbody {
                        @for (number, (id, row)) in rows.into_iter().enumerate() {
                            @let next = group_of(which, id);
                            @if next != group {
                                tr.group data-group=(next) { th scope="rowgroup" colspan=(matrix.columns.len() + 1) { span { (next) } } }
                                ({ group.clone_from(&next); PreEscaped("") })
                            }
                            (row_of(matrix, which, number, id, row))
                        }
                    }
                }
            }
        }
    }
}

fn column_head(column: &Column) -> Markup {
    let one = &column.implementation;
    html! {
        th scope="col" title=(about(column)) {
            span.package { (one.name) }
            b { (one.version) }
            @if column.absent.is_some() { (mark(Status::Unreachable)) }
            span.how { (one.flavour) @if !one.flavour.is_empty() && !one.runtime.is_empty() { " · " } (one.runtime) }
        }
    }
}

fn group_of(which: Table, id: &str) -> String {
    match which {
        Table::Rules => rule_facts(id).family.to_owned(),
        Table::Scenarios => id.split("::").next().unwrap_or_default().to_owned(),
    }
}

fn row_of(matrix: &Matrix, which: Table, number: usize, id: &str, row: &Row) -> Markup {
    let facts = rule_facts(id);
    let (family, profile, words) = match which {
        Table::Rules => (facts.family, facts.profile, format!("{id} {}", facts.title)),
        Table::Scenarios => ("", "", format!("{id} {}", row.title)),
    };
    let statuses: Vec<Status> = (0..matrix.columns.len())
        .map(|column| row.cells.get(&column).map_or(Status::NotExercised, Cell::status))
        .collect();
    let concern = statuses.iter().any(|one| one.is_red() || *one == Status::Warn);
    let grey = statuses.iter().any(|one| one.is_grey());
    let looked = statuses.iter().any(|one| !one.is_grey());
    html! {
        tr.entry data-words=(words.to_lowercase()) data-family=(family) data-profile=(profile)
            data-concern[concern] data-grey[grey] data-looked[looked] {
            th scope="row" {
                @if which == Table::Rules {
                    b { (id) }
                    @if !facts.level.is_empty() { span.level title=(facts.level) { (facts.level) } }
                    span.title { (prose(facts.title)) }
                } @else {
                    span.title { (if row.title.is_empty() { id } else { row.title.as_str() }) }
                    code { (id) }
                }
            }
            @for (index, column) in matrix.columns.iter().enumerate() {
                td {
                    @if column.absent.is_some() { (mark(Status::Unreachable)) }
                    @else { (cell_link(which, number, index, row.cells.get(&index))) }
                }
            }
        }
    }
}

fn cell_link(which: Table, number: usize, column: usize, cell: Option<&Cell>) -> Markup {
    let Some(cell) = cell else {
        return html! { span.mark.not-exercised title="not exercised" { "○" span.unseen { "not exercised" } } };
    };
    let status = cell.status();
    let known = cell.baseline.as_ref().is_some_and(|baseline| baseline.expected);
    let label =
        if known { format!("{status}, expected by the baseline") } else { status.to_string() };
    html! {
        a.mark.(status.class()).known[known] href=(format!("#{}-{number}-{column}", which.letter())) title=(label) {
            span aria-hidden="true" { (status.sign()) }
            span.unseen { (label) }
            @if which == Table::Rules && cell.exercised > 0 { small { (cell.exercised) } }
            @if which == Table::Scenarios && cell.cases.len() > 1 { small { (cell.cases.len()) } }
        }
    }
}
