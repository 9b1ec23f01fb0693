//! A case as HTML: its verdict in a line, everything else behind it.

use maud::{Markup, html};

use super::evidence::Notes;
use super::exchange::exchange;
use super::page::{duration, mark, pill, prose};
use super::step::{failed, step};
use super::waterfall::waterfall;
use crate::report::CaseReport;
use crate::report::difference::{Change, lines};
use crate::report::record::{CaseEntry, RuleEntry, SnapshotEntry, Status};

/// The case, folded; red ones are open. With `exchanges` its exchanges are part of the page.
pub fn case(case: &CaseReport, exchanges: bool) -> Markup {
    let status = case.status();
    let words = search_words(case);
    html! {
        details.case.(status.class()) open[status.is_red()] data-status=(status.name()) data-words=(words) {
            summary {
                (mark(status))
                span.title {
                    @match &case.start {
                        Some(start) => (start.scenario.name),
                        None => (case.key),
                    }
                }
                code.key { (case.key) }
                @if case.is_known() { span.known { "known (baseline)" } }
                @if let Some(entry) = &case.entry { span.took { (duration(entry.duration_us)) } }
                @if status != Status::Pass {
                    span.why { (prose(&case.first_reason().unwrap_or_default())) }
                }
            }
            div.inside { (details(case, exchanges)) }
        }
    }
}

fn search_words(case: &CaseReport) -> String {
    let mut words = case.key.to_string();
    if let Some(start) = &case.start {
        words.push(' ');
        words.push_str(&start.scenario.name);
        for tag in &start.scenario.tags {
            words.push(' ');
            words.push_str(tag);
        }
    }
    words.to_lowercase()
}

/// All that is known of the case.
pub fn details(case: &CaseReport, exchanges: bool) -> Markup {
    let notes = Notes::of_case(case);
    html! {
        (facts(case))
        @if let Some(entry) = &case.entry {
            @if let Some(reason) = &entry.reason { p.reason { (reason) } }
            @for failure in case.own_failures() { (failed(failure)) }
            @for fault in &entry.unconsumed { p.broken { "A fault met nothing: " (fault) } }
            (snapshot(&entry.snapshot))
        } @else {
            p.broken { "The report ends before this case does: it was not judged." }
        }
        @if !case.steps.is_empty() {
            h4 { "Steps " small { (case.steps.len()) } }
            ol.steps { @for entry in &case.steps { (step(case, entry, &notes, exchanges)) } }
        }
        (waterfall(case))
        @if let Some(entry) = &case.entry { (cleanup(entry, exchanges)) }
        (rules(&case.rules))
        @if let Some(entry) = &case.entry {
            @for remark in &entry.remarks { p.muted { (remark) } }
            @if !entry.rerun.is_empty() {
                p.rerun { "Run this case alone: " code { (entry.rerun) } }
            }
        }
    }
}

fn facts(case: &CaseReport) -> Markup {
    html! {
        @if let Some(start) = &case.start {
            @if let Some(about) = &start.scenario.about { p.about { (about) } }
            dl.facts {
                dt { "file" } dd { code { (start.scenario.place.file) } }
                dt { "api-version" } dd { (start.scenario.api_version) }
                dt { "carried out by" } dd { (start.implementation) " on " (start.target) }
                @if let Some(entry) = &case.entry {
                    dt { "interface" } dd { (pill(entry.interface)) }
                    dt { "wire" } dd { (pill(entry.wire)) }
                }
                @for (mark, source) in &start.scenario.evidence {
                    dt { (mark) } dd { (source) }
                }
                @if !start.scenario.tags.is_empty() {
                    dt { "tags" } dd { (start.scenario.tags.join(", ")) }
                }
            }
        }
    }
}

pub(super) fn snapshot(snapshot: &SnapshotEntry) -> Markup {
    match snapshot {
        SnapshotEntry::NotCompared | SnapshotEntry::Same => html! {},
        SnapshotEntry::Missing => html! { p.muted { "There is no snapshot to compare with." } },
        SnapshotEntry::Written => html! { p.muted { "The snapshot was written by this run." } },
        SnapshotEntry::Differs { file, expected, actual } => html! {
            section.snapshot {
                h4 { "Differs from the snapshot " small { code { (file) } } }
                pre.diff tabindex="0" {
                    @for (change, line) in lines(expected, actual) {
                        @match change {
                            Change::Same => span.same { "  " (line) "\n" },
                            Change::Removed => del { "- " (line) "\n" },
                            Change::Added => ins { "+ " (line) "\n" },
                            Change::Skipped => span.skipped { (line) "\n" },
                        }
                    }
                }
            }
        },
    }
}

fn cleanup(entry: &CaseEntry, exchanges: bool) -> Markup {
    let leaks = entry.cleanup.iter().filter(|one| one.result.is_leak()).count();
    html! {
        @if !entry.cleanup.is_empty() {
            details.cleanup open[leaks > 0] {
                summary {
                    h4 {
                        "Cleanup " small {
                            (entry.cleanup.len()) " created, " (entry.cleanup.len() - leaks) " gone"
                            @if leaks > 0 { ", " b.broken { (leaks) " may still exist" } }
                        }
                    }
                }
                ul {
                    @for undoing in &entry.cleanup {
                        li.broken[undoing.result.is_leak()] {
                            (undoing.kind) " " code { (undoing.id) } ": " (undoing.result.name())
                            @if let Some(why) = &undoing.why { " – " (why) }
                            @if exchanges {
                                @for one in &undoing.exchanges { (exchange(one, &[], false)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Rules with something to say first; those without anything to look at are counted.
fn rules(rules: &[RuleEntry]) -> Markup {
    let grey = rules.iter().filter(|rule| rule.status.is_grey()).count();
    let mut said: Vec<&RuleEntry> = rules.iter().filter(|rule| !rule.status.is_grey()).collect();
    said.sort_by_key(|rule| (std::cmp::Reverse(rule.status), rule.rule.clone()));
    html! {
        @if !rules.is_empty() {
            details.rules open[said.iter().any(|rule| rule.status.is_red())] {
                summary { h4 { "Wire rules " small { (said.len()) " exercised, " (grey) " not" } } }
                ul {
                    @for rule in said {
                        li {
                            (mark(rule.status)) b { (rule.rule) }
                            " " small.muted { "exercised " (rule.exercised) "×" }
                            @if let Some(baseline) = &rule.baseline { (expected(baseline)) }
                            @for finding in &rule.findings { p { (prose(&finding.message)) } }
                        }
                    }
                }
            }
        }
    }
}

fn expected(baseline: &crate::report::record::BaselineEntry) -> Markup {
    html! {
        span.tag {
            @if baseline.expected { "expected by the baseline" } @else { "stale in the baseline" }
            ": " (baseline.reason)
        }
    }
}
