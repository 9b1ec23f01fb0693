//! What is wrong with YAML that cannot be read, in our own words: the library's speak of its own
//! settings and counters.

use std::sync::Arc;

use serde_saphyr::Error;
use serde_saphyr::budget::BudgetBreach;

use super::super::diagnostics::Diagnostic;
use super::super::{Place, Source};
use super::parse::{DEEPEST, MOST_EVENTS, MOST_REPLAYED, place};

/// The error of the library as one of ours.
pub(super) fn told(error: &Error, source: &Arc<Source>) -> Diagnostic {
    let error = error.without_snippet();
    let (message, help) = words(error);
    let place = error
        .location()
        .map_or_else(|| Place::start_of(source), |location| place(location, source));
    Diagnostic::error("yaml-syntax", message, place).maybe_help(help.map(str::to_owned))
}

fn words(error: &Error) -> (String, Option<&'static str>) {
    match error {
        Error::AliasError { error, .. } => words(error.without_snippet()),
        Error::MultipleDocuments { .. } => (
            "this file holds several YAML documents, and a scenario is one".to_owned(),
            Some("take the `---` between them away, or make a file of each"),
        ),
        Error::Budget { breach, .. } => breached(breach),
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => aliases(),
        other => plain(&other.render()),
    }
}

fn breached(breach: &BudgetBreach) -> (String, Option<&'static str>) {
    match breach {
        BudgetBreach::Depth { .. } => too_deep(),
        BudgetBreach::Aliases { .. }
        | BudgetBreach::Anchors { .. }
        | BudgetBreach::AliasAnchorRatio { .. }
        | BudgetBreach::RecordedAnchorEvents { .. }
        | BudgetBreach::RecordedAnchorBytes { .. } => aliases(),
        BudgetBreach::Documents { .. } => (
            "this file holds several YAML documents, and a scenario is one".to_owned(),
            Some("take the `---` between them away, or make a file of each"),
        ),
        _ => (
            format!("this file holds more than {MOST_EVENTS} words, numbers and brackets"),
            Some("make several scenarios of it; `for_each` and `repeat` make what is much alike"),
        ),
    }
}

fn too_deep() -> (String, Option<&'static str>) {
    (format!("lists and maps nest {DEEPEST} deep at most"), Some("a deeper body is sent as `text`"))
}

fn aliases() -> (String, Option<&'static str>) {
    (
        format!("aliases stand for more than {MOST_REPLAYED} values here"),
        Some("share steps with `use`, and make large bodies with `repeat`"),
    )
}

fn plain(rendered: &str) -> (String, Option<&'static str>) {
    let message = rendered.lines().next().unwrap_or("this is no YAML");
    if message.starts_with("recursion limit exceeded") {
        return too_deep();
    }
    // The place is shown anyway.
    let message = message.split_once(" at line ").map_or(message, |(message, _)| message);
    (message.to_owned(), None)
}
