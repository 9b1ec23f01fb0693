//! A step as HTML: what it did, what was not as expected, its exchanges.

use maud::{Markup, html};

use super::evidence::Notes;
use super::exchange::exchange;
use super::page::{duration, mark, prose};
use crate::report::CaseReport;
use crate::report::record::{FailedExpectation, OutcomeEntry, StepEntry, StepState};

/// The step. With `exchanges` its exchanges are part of the page.
pub fn step(case: &CaseReport, entry: &StepEntry, notes: &Notes, exchanges: bool) -> Markup {
    let status = case.step_status(entry);
    html! {
        li.step.(status.class()) {
            details open[status.is_red()] {
                summary {
                    (mark(status))
                    span.path { (entry.path) }
                    span.title { (entry.name) }
                    code.action { (entry.action) }
                    @if !entry.exchanges.is_empty() {
                        span.took { (duration(entry.duration_us)) }
                    }
                }
                div.inside {
                    (state(&entry.state))
                    @for failure in case.step_failures(entry) { (failed(failure)) }
                    (outcome(entry))
                    (printed(&entry.printed))
                    @if exchanges {
                        @for one in &entry.exchanges {
                            (exchange(one, notes.of(&one.digest), false))
                        }
                    } @else if !entry.exchanges.is_empty() {
                        p.muted { (entry.exchanges.len()) " exchanges are left out here; report.jsonl has them." }
                    }
                    @if status.is_red() { (variables(entry)) }
                    p.place { code { (entry.place) } }
                }
            }
        }
    }
}

fn state(state: &StepState) -> Markup {
    match state {
        StepState::Ran => html! {},
        StepState::Broken(why) => html! { p.broken { "Could not be carried out: " (why) } },
        StepState::NotRun(why) => html! { p.muted { "Not run: " (why) } },
    }
}

/// An expectation that was not met, with its source line.
pub fn failed(failure: &FailedExpectation) -> Markup {
    html! {
        div.failure {
            p.message { (prose(&failure.message)) @if !failure.path.is_empty() { " at " code { (failure.path) } } }
            @if !failure.source.is_empty() {
                pre.source tabindex="0" {
                    span.number { (failure.place.line) " │ " } (failure.source) "\n"
                    span.caret {
                        (" ".repeat(failure.place.line.to_string().len())) " │ "
                        (" ".repeat(failure.place.column.saturating_sub(1))) "^"
                    }
                }
            }
            @if !failure.expected.is_empty() || !failure.actual.is_empty() {
                dl.versus {
                    dt { "expected" } dd.expected { code { (failure.expected) } }
                    dt { "actual" } dd.actual { code { (failure.actual) } }
                }
            }
            p.place { code { (failure.place) } }
        }
    }
}

fn outcome(entry: &StepEntry) -> Markup {
    let Some(outcome) = &entry.outcome else { return html! {} };
    html! {
        details.outcome {
            summary { (outcome_line(outcome)) }
            pre tabindex="0" { (outcome_text(outcome)) }
        }
    }
}

fn outcome_line(outcome: &OutcomeEntry) -> Markup {
    match outcome {
        OutcomeEntry::Ok(value) => {
            let short = value.to_string();
            let shown = super::exchange::cut(&short, 120);
            html! { b { "value" } " " code { (shown) @if shown.len() < short.len() { "…" } } }
        }
        OutcomeEntry::Error(failure) => html! {
            b { "error" } " " (failure.kind)
            @if let Some(status) = failure.status { " " (status) }
            @if let Some(code) = &failure.code { " " code { (code) } }
        },
        OutcomeEntry::Unsupported { feature, .. } => html! {
            b { "unsupported" } " " code { (feature) }
        },
    }
}

fn outcome_text(outcome: &OutcomeEntry) -> String {
    let value = match outcome {
        OutcomeEntry::Ok(value) => return serde_json::to_string_pretty(value).unwrap_or_default(),
        other => serde_json::to_string_pretty(other),
    };
    value.unwrap_or_default()
}

fn printed(lines: &[String]) -> Markup {
    let text = lines.join("\n");
    let text = text.trim_matches('\n');
    html! {
        @if !text.is_empty() { pre.printed tabindex="0" aria-label="printed" { (text) } }
    }
}

fn variables(entry: &StepEntry) -> Markup {
    html! {
        @if !entry.variables.is_empty() {
            details.variables {
                summary { "Variables " small { (entry.variables.len()) } }
                dl {
                    @for (name, value) in &entry.variables {
                        dt { code { (name) } } dd { code { (value) } }
                    }
                }
            }
        }
    }
}
