//! JUnit XML: a suite per case, a test case per step, and one each for what belongs to the case
//! as a whole (snapshot, wire rules, cleanup, expectations of the scenario).

use std::io::Write;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use super::format::RenderError;
use super::reader::{CaseReport, Report};
use super::record::{
    CaseEntry, ExchangeEntry, FailedExpectation, Footer, PlaceEntry, RuleEntry, SnapshotEntry,
    Status, StepEntry, StepState,
};

/// Writes the report as JUnit XML.
///
/// # Errors
///
/// When the report can no longer be read or `out` takes no more.
pub fn write(report: &mut Report, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut document = quick_junit::Report::new("acs-conformance");
    document.set_timestamp(report.header.started);
    if let Some(footer) = &report.footer {
        document.set_time(Duration::from_micros(footer.duration_us));
    }
    let notes = report.header.served_as_notes();
    report.visit(|case| {
        let mut suite = suite(case);
        for note in &notes {
            suite.add_property(Property::new("served-as", note.as_str()));
        }
        document.add_test_suite(suite);
        Ok::<_, RenderError>(())
    })?;
    if let Some(torn) = &report.torn {
        document.add_test_suite(torn_suite(torn));
    }
    let failed = document.test_suites.iter().any(|suite| suite.failures + suite.errors > 0);
    if let Some(footer) = report.footer.as_ref().filter(|footer| footer.exit != 0 && !failed) {
        document.add_test_suite(whole_suite(footer));
    }
    document.serialize(out)?;
    Ok(())
}

/// A report that is not whole must not look green.
fn torn_suite(torn: &str) -> TestSuite {
    let mut suite = TestSuite::new("report");
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type(Status::Interrupted.name()).set_message(torn);
    suite.add_test_case(TestCase::new("the report is whole", status));
    suite
}

/// A run that is red for what no case shows: a stale baseline, a rule that met nothing.
fn whole_suite(footer: &Footer) -> TestSuite {
    let mut suite = TestSuite::new("run");
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(format!("the run ended with exit {}", footer.exit));
    status.set_description(footer.notes.join("\n"));
    suite.add_test_case(TestCase::new("the run as a whole", status));
    suite
}

fn suite(case: &CaseReport) -> TestSuite {
    let mut suite = TestSuite::new(case.key.to_string());
    if let Some(start) = &case.start {
        suite.set_timestamp(start.started);
        put_place(&mut suite.extra, &start.scenario.place);
        suite.add_property(Property::new("scenario", start.scenario.name.as_str()));
        suite.add_property(Property::new("api-version", start.scenario.api_version.as_str()));
        suite.add_property(Property::new("implementation", start.implementation.to_string()));
        suite.add_property(Property::new("target", start.target.as_str()));
        for (mark, source) in &start.scenario.evidence {
            suite.add_property(Property::new(format!("evidence.{mark}"), source.as_str()));
        }
    }
    for step in &case.steps {
        suite.add_test_case(step_case(case, step));
    }
    match &case.entry {
        Some(entry) => add_whole(&mut suite, case, entry),
        None => add_unfinished(&mut suite, case),
    }
    suite
}

fn step_case(case: &CaseReport, step: &StepEntry) -> TestCase {
    let mut test = TestCase::new(format!("{} {}", step.path, step.name), step_result(case, step));
    test.set_classname(case.key.to_string());
    test.set_timestamp(step.started);
    test.set_time(Duration::from_micros(step.duration_us));
    put_place(&mut test.extra, &step.place);
    let lines: Vec<String> = step.exchanges.iter().map(exchange_line).collect();
    if !lines.is_empty() || !step.printed.is_empty() {
        test.set_system_out([step.printed.as_slice(), &lines].concat().join("\n"));
    }
    test
}

fn step_result(case: &CaseReport, step: &StepEntry) -> TestCaseStatus {
    match &step.state {
        StepState::NotRun(why) => skipped(Status::NotRun, why),
        StepState::Broken(why) => failed_unless_excused(case, why, ""),
        StepState::Ran if case.entry.is_none() => {
            failed(Status::Interrupted, "the run ended before this step was judged", "")
        }
        StepState::Ran => {
            let failures: Vec<&FailedExpectation> = case.step_failures(step).collect();
            match failures.first() {
                None => TestCaseStatus::success(),
                Some(first) => failed_unless_excused(case, &first.message, &describe(&failures)),
            }
        }
    }
}

/// A failure, unless the case is not red for it.
fn failed_unless_excused(case: &CaseReport, message: &str, description: &str) -> TestCaseStatus {
    match excuse(case) {
        Some(excuse) => skipped(Status::Fail, &excuse),
        None => failed(Status::Fail, message, description),
    }
}

/// Why a failure is not red: the baseline expects it, or the case does not count.
fn excuse(case: &CaseReport) -> Option<String> {
    let entry = case.entry.as_ref()?;
    if entry.status.is_red() {
        return None;
    }
    let expected = entry.baseline.as_ref().filter(|baseline| baseline.expected);
    let reason = expected.map(|one| format!("expected by the baseline: {}", one.reason));
    reason.or_else(|| entry.reason.clone())
}

fn skipped(status: Status, message: &str) -> TestCaseStatus {
    let mut skipped = TestCaseStatus::skipped();
    skipped.set_type(status.name()).set_message(message);
    skipped
}

fn describe(failures: &[&FailedExpectation]) -> String {
    let parts: Vec<String> = failures.iter().map(|failure| failure.to_string()).collect();
    parts.join("\n\n")
}

fn failed(status: Status, message: &str, description: &str) -> TestCaseStatus {
    let kind = match status {
        Status::Fail | Status::Warn | Status::Leaked => NonSuccessKind::Failure,
        _ => NonSuccessKind::Error,
    };
    let mut result = TestCaseStatus::non_success(kind);
    result.set_type(status.name()).set_message(message);
    if !description.is_empty() {
        result.set_description(description);
    }
    result
}

/// `GET https://…/rooms → 200 in 3 ms; MS-CV: …`.
fn exchange_line(exchange: &ExchangeEntry) -> String {
    let ids: Vec<String> =
        exchange.request_ids().map(|(name, id)| format!("{name}: {id}")).collect();
    let answer = exchange.answer();
    let cleanup = if exchange.cleanup { " (cleanup)" } else { "" };
    format!(
        "{} {} -> {answer} in {} ms{cleanup}; {}",
        exchange.request.method,
        exchange.request.url,
        exchange.duration_us / 1000,
        ids.join(", ")
    )
}

/// What belongs to the case as a whole, a test case each where there is something to say.
fn add_whole(suite: &mut TestSuite, case: &CaseReport, entry: &CaseEntry) {
    suite.set_time(Duration::from_micros(entry.duration_us));
    let mut add = |name: &str, status: TestCaseStatus| {
        let mut test = TestCase::new(name, status);
        test.set_classname(case.key.to_string());
        suite.add_test_case(test);
    };
    let own: Vec<&FailedExpectation> = case.own_failures().collect();
    if let Some(first) = own.first() {
        add("scenario", failed_unless_excused(case, &first.message, &describe(&own)));
    }
    match &entry.snapshot {
        SnapshotEntry::NotCompared | SnapshotEntry::Missing => {}
        SnapshotEntry::Same | SnapshotEntry::Written => add("snapshot", TestCaseStatus::success()),
        SnapshotEntry::Differs { file, expected, actual } => {
            let difference = super::difference::unified(expected, actual);
            let message = format!("differs from {file}");
            add("snapshot", failed_unless_excused(case, &message, &difference));
        }
    }
    for rule in &case.rules {
        add(&format!("rule {}", rule.rule), rule_result(rule));
    }
    let leaks: Vec<String> =
        entry.cleanup.iter().filter(|one| one.result.is_leak()).map(ToString::to_string).collect();
    if !leaks.is_empty() {
        add("cleanup", failed(Status::Leaked, &leaks.join("; "), ""));
    } else if !entry.cleanup.is_empty() {
        add("cleanup", TestCaseStatus::success());
    }
    if let Some(status) = rest(case, entry) {
        add("case", status);
    }
}

fn rule_result(rule: &RuleEntry) -> TestCaseStatus {
    let messages: Vec<&str> = rule.findings.iter().map(|one| one.message.as_str()).collect();
    let expected = rule.baseline.as_ref().filter(|baseline| baseline.expected);
    if rule.status.is_green() || rule.status == Status::Info {
        return TestCaseStatus::success();
    }
    if let Some(baseline) = expected {
        return skipped(rule.status, &format!("expected by the baseline: {}", baseline.reason));
    }
    if rule.status.is_red() {
        let first = messages.first().copied().unwrap_or("broken");
        return failed(rule.status, first, &messages.join("\n"));
    }
    skipped(rule.status, &messages.join("; "))
}

/// A verdict that no other test case of the suite shows.
fn rest(case: &CaseReport, entry: &CaseEntry) -> Option<TestCaseStatus> {
    let reason = entry.reason.as_deref().unwrap_or_else(|| entry.status.name());
    if entry.status.is_grey() {
        return Some(skipped(entry.status, reason));
    }
    let told = !entry.failures.is_empty()
        || matches!(entry.snapshot, SnapshotEntry::Differs { .. })
        || case.rules.iter().any(|rule| rule.status.is_red())
        || entry.cleanup.iter().any(|one| one.result.is_leak());
    if entry.status.is_red() && (!told || entry.reason.is_some()) {
        return Some(failed(entry.status, reason, &entry.remarks.join("\n")));
    }
    None
}

fn add_unfinished(suite: &mut TestSuite, case: &CaseReport) {
    let status = match case.status() {
        Status::NotRun => skipped(Status::NotRun, "planned and never begun"),
        other => failed(other, "the report ends before the case does", ""),
    };
    let mut test = TestCase::new("case", status);
    test.set_classname(case.key.to_string());
    suite.add_test_case(test);
}

fn put_place<M: Extend<(quick_junit::XmlString, quick_junit::XmlString)>>(
    extra: &mut M,
    place: &PlaceEntry,
) {
    extra.extend([
        ("file".into(), place.file.as_str().into()),
        ("line".into(), place.line.to_string().into()),
    ]);
}
