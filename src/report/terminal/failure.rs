//! One red case in full: everything that is wrong with it, and how to see it again.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::Value;

use super::difference;
use super::style::{BOLD, FAINT, RED, paint};
use crate::judge::rules::{Finding, RuleStatus};
use crate::judge::{Problem, SnapshotVerdict, StepResult, StepVerdict};
use crate::report::describe::Redaction;
use crate::report::{CaseFinished, count};
use crate::scenario::{Mismatch, Place};
use crate::transcript::{CleanupResult, Outcome, StepRecord};

/// A value in a list of variables is cut after so many characters.
const LONGEST_VARIABLE: usize = 200;

/// Tells one case.
pub(super) struct FailureText<'a> {
    pub finished: &'a CaseFinished<'a>,
    pub redaction: &'a Redaction,
    /// The command that runs this case alone.
    pub rerun: &'a str,
    pub text: String,
}

impl FailureText<'_> {
    /// The whole text.
    pub fn tell(mut self) -> String {
        let verdict = self.finished.verdict;
        for (step, judged) in self.finished.transcript.steps.iter().zip(&verdict.steps) {
            if judged.result == StepResult::Failed {
                self.step(step, judged);
            }
        }
        for problem in &verdict.problems {
            self.problem(problem);
        }
        self.rules();
        self.snapshot(&verdict.snapshot);
        self.cleanup();
        let rerun = format!("  run it alone: {}", self.rerun);
        self.line(&paint(BOLD, &rerun));
        self.text
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn step(&mut self, step: &StepRecord, judged: &StepVerdict) {
        let title = match &step.name {
            name if *name == step.action => format!("step {} `{name}`", step.path),
            name => format!("step {} `{name}` ({})", step.path, step.action),
        };
        if let Some(why) = &judged.why {
            let why = self.redaction.text(why);
            self.source(&title, &step.place, &why);
        }
        for mismatch in &judged.mismatches {
            self.mismatch(&title, mismatch);
        }
        self.unasked(step, &judged.mismatches);
        if let Some(note) = &step.note {
            self.line(&format!("  note: {note}"));
        }
        if let Some(exchange) = step.exchanges.last() {
            let count = step.exchanges.len();
            let of = if count > 1 { format!(" (the last of {count})") } else { String::new() };
            self.line(&format!("  exchange{of}:"));
            let text = super::exchange::text(exchange, self.redaction);
            self.text.push_str(&text);
        }
        self.variables(step);
    }

    fn mismatch(&mut self, title: &str, mismatch: &Mismatch) {
        let message = self.redaction.text(&mismatch.message);
        self.source(title, &mismatch.place, &message);
        let expected = self.redaction.value(&mismatch.expected);
        let Some(actual) = &mismatch.actual else {
            self.line(&format!("  at {}: expected {}", mismatch.path, typed(&expected)));
            return self.line("  actual: nothing there");
        };
        let actual = self.redaction.value(actual);
        if difference::is_long(&expected, &actual) {
            self.line(&format!("  at {}: expected (-) and actual (+)", mismatch.path));
            self.text.push_str(&difference::of_values(&expected, &actual));
        } else {
            self.line(&format!("  at {}", mismatch.path));
            self.line(&format!("  expected: {}", typed(&expected)));
            self.line(&format!("  actual:   {}", typed(&actual)));
        }
    }

    /// What the call came to, where an expectation of something else found nothing: an SDK that
    /// raised before it sent anything has no exchange to show.
    fn unasked(&mut self, step: &StepRecord, mismatches: &[Mismatch]) {
        let Some(Outcome::Err(failure)) = &step.outcome else { return };
        if mismatches.iter().any(|one| one.actual.is_none()) {
            let words = self.redaction.text(&crate::judge::words(failure));
            self.line(&format!("  the call came to an error: {words}"));
        }
    }

    /// The source lines, with a caret and what is wrong beneath.
    fn source(&mut self, title: &str, place: &Place, label: &str) {
        let span = shown(place);
        let path = place.source.path.to_string_lossy();
        let annotation = AnnotationKind::Primary.span(span).label(label);
        let snippet = Snippet::source(place.source.text.as_str())
            .line_start(1)
            .path(path)
            .annotation(annotation);
        let report = [Group::with_title(Level::ERROR.primary_title(title)).element(snippet)];
        let text = Renderer::styled().render(&report).to_string();
        self.line(&text);
    }

    fn variables(&mut self, step: &StepRecord) {
        if step.variables.is_empty() {
            return;
        }
        self.line("  variables:");
        let variables = self.redaction.value(&Value::Object(step.variables.clone()));
        for (name, value) in variables.as_object().into_iter().flatten() {
            let text = value.to_string();
            let text = match text.char_indices().nth(LONGEST_VARIABLE) {
                Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
                None => text,
            };
            self.line(&format!("    {name} = {text}"));
        }
    }

    fn problem(&mut self, problem: &Problem) {
        match problem {
            Problem::State(mismatch) => self.mismatch("the state at the end", mismatch),
            other => self.error(&other.to_string()),
        }
    }

    fn error(&mut self, text: &str) {
        let text = format!("{} {}", paint(RED, "error:"), self.redaction.text(text));
        self.line(&text);
    }

    fn rules(&mut self) {
        for rule in &self.finished.verdict.rules {
            if !matches!(rule.status, RuleStatus::Fail | RuleStatus::Warn) {
                continue;
            }
            for (finding, times) in Finding::folded(&rule.findings) {
                self.error(&format!("rule {} ({}): {finding}", rule.rule, rule.status.name()));
                self.place(finding, times);
            }
        }
    }

    /// Which request of which step broke a rule, and how often the same was found.
    fn place(&mut self, finding: &Finding, times: usize) {
        let Some(step) = self.finished.transcript.steps.get(finding.step) else { return };
        let requests = step.exchanges.len();
        let request = match finding.exchange {
            Some(index) if requests > 1 => format!(", request {} of {requests}", index + 1),
            _ => String::new(),
        };
        let more = if times > 1 {
            format!("; the same {} more", count(times - 1, "time"))
        } else {
            String::new()
        };
        let name = self.redaction.text(&step.name);
        self.line(&format!("  at step {} `{name}`{request}{more}", step.path));
    }

    fn snapshot(&mut self, snapshot: &SnapshotVerdict) {
        match snapshot {
            SnapshotVerdict::Differs { path, expected, actual } => {
                let advice = if self.finished.transcript.driver == "wire" {
                    "see `cargo insta review` or --update-snapshots"
                } else {
                    "which says what the reference client does: (+) is what this SDK does instead"
                };
                self.error(&format!(
                    "what came differs from the snapshot {} (-), {advice}",
                    path.display()
                ));
                let text = difference::of_texts(expected, actual);
                let text = self.redaction.text(&text);
                self.text.push_str(&text);
            }
            SnapshotVerdict::Missing { path: Some(path), required: true } => {
                self.error(&format!("there is no snapshot {}", path.display()));
            }
            SnapshotVerdict::Missing { path: None, required: true } => self.error(
                "there is no snapshot: the scenario lies in no `scenarios` folder; --snapshots DIR \
                 says where those of such scenarios lie",
            ),
            _ => {}
        }
    }

    fn cleanup(&mut self) {
        for cleanup in &self.finished.transcript.cleanup {
            if let CleanupResult::Leaked { .. } = cleanup.result {
                for exchange in &cleanup.exchanges {
                    let text = super::exchange::text(exchange, self.redaction);
                    self.text.push_str(&text);
                }
            }
        }
        let not_run = self.finished.verdict.steps.iter();
        let not_run = not_run.filter(|step| step.result == StepResult::NotRun).count();
        if not_run > 0 {
            self.line(&paint(FAINT, &format!("  {not_run} steps were not run")));
        }
    }
}

/// The span, cut to its first lines: an expectation may be long.
fn shown(place: &Place) -> std::ops::Range<usize> {
    let text = place.source.text.get(place.span.clone()).unwrap_or_default();
    let length = text.char_indices().find(|(_, one)| *one == '\n').map_or(text.len(), |(at, _)| at);
    let start = place.span.start.min(place.source.text.len());
    start..start + length.max(usize::from(length == 0 && start < place.source.text.len()))
}

/// A value with its type.
fn typed(value: &Value) -> String {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    format!("{value} ({kind})")
}
