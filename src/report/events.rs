//! `--events jsonl`: what happens, as it happens, a JSON object a line.
//!
//! Every object has `event` (`run-started`, `case-started`, `step-finished`, `case-finished`,
//! `run-finished`); cases carry `index` and `case`. Without secrets.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::describe::Redaction;
use super::{CaseFinished, Event, RunFinished, RunStarted, Sink};
use crate::judge::{StepResult, StepVerdict};
use crate::transcript::StepRecord;

/// Writes events to `out`, flushed line by line.
pub struct Events<O> {
    out: O,
    redaction: Redaction,
}

impl<O: Write + Send> Events<O> {
    pub const fn new(out: O, redaction: Redaction) -> Self {
        Self { out, redaction }
    }

    fn step(&self, step: &StepRecord, judged: &StepVerdict) -> Value {
        let mismatches: Vec<Value> = judged
            .mismatches
            .iter()
            .map(|mismatch| {
                json!({
                    "line": mismatch.place.line,
                    "column": mismatch.place.column,
                    "path": mismatch.path,
                    "message": self.redaction.text(&mismatch.message),
                    "expected": self.redaction.value(&mismatch.expected),
                    "actual": mismatch.actual.as_ref().map(|value| self.redaction.value(value)),
                })
            })
            .collect();
        json!({
            "step": step.path,
            "name": step.name,
            "action": step.action,
            "result": match judged.result {
                StepResult::Passed => "passed",
                StepResult::Failed => "failed",
                StepResult::NotRun => "not-run",
            },
            "why": judged.why.as_ref().map(|why| self.redaction.text(why)),
            "mismatches": mismatches,
            "statuses": step
                .exchanges
                .iter()
                .map(|exchange| exchange.received.as_ref().map(|received| received.status))
                .collect::<Vec<_>>(),
            "milliseconds": step.duration.as_secs_f64() * 1000.0,
        })
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self.out, "{value}")?;
        self.out.flush()
    }

    fn case_finished(&self, finished: &CaseFinished<'_>) -> Value {
        let verdict = finished.verdict;
        let steps: Vec<Value> = finished
            .transcript
            .steps
            .iter()
            .zip(&verdict.steps)
            .map(|(step, judged)| self.step(step, judged))
            .collect();
        json!({
            "event": "case-finished",
            "index": finished.index,
            "case": finished.case.name(),
            "repetition": finished.case.repetition,
            "passed": verdict.is_green(),
            "exit": verdict.exit.code(),
            "milliseconds": finished.transcript.duration.as_secs_f64() * 1000.0,
            "steps": steps,
            "problems": verdict
                .problems
                .iter()
                .map(|problem| self.redaction.text(&format!("{problem}")))
                .collect::<Vec<_>>(),
            "rules": verdict
                .rules
                .iter()
                .map(|rule| json!({ "rule": rule.rule, "status": rule.status.name() }))
                .collect::<Vec<_>>(),
        })
    }
}

fn run_started(started: &RunStarted<'_>) -> Value {
    json!({
        "event": "run-started",
        "harness": env!("CARGO_PKG_VERSION"),
        "cases": started.cases,
        "target": started.target.name(),
        "driver": started.driver,
        "seed": started.seed,
        "suite": started.suite,
        "started": started.started.to_rfc3339(),
        "invalid": started
            .diagnostics
            .iter()
            .map(|one| {
                json!({
                    "file": one.file().map(|file| file.display().to_string()),
                    "line": one.place.as_ref().map(|place| place.line),
                    "code": one.code,
                    "message": one.message,
                })
            })
            .collect::<Vec<_>>(),
        "not-applicable": started
            .not_applicable
            .iter()
            .map(|one| json!({ "case": one.case.name(), "reason": one.reason }))
            .collect::<Vec<_>>(),
    })
}

fn run_finished(finished: &RunFinished) -> Value {
    json!({
        "event": "run-finished",
        "passed": finished.passed,
        "failed": finished.failed,
        "not-run": finished.not_run,
        "not-applicable": finished.not_applicable,
        "invalid-files": finished.invalid_files,
        "created": finished.created,
        "deleted": finished.deleted,
        "leaked": finished.leaked,
        "unaccounted": finished.unaccounted,
        "exit": finished.exit.map(crate::exit::Exit::code),
        "seconds": finished.duration.as_secs_f64(),
    })
}

impl<O: Write + Send> Sink for Events<O> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        let value = match event {
            Event::RunStarted(started) => run_started(started),
            Event::CaseStarted { index, case } => {
                json!({ "event": "case-started", "index": index, "case": case.name() })
            }
            Event::StepFinished { index, case, step } => {
                let mut value = self.step(step, &crate::judge::step(step));
                if let Value::Object(members) = &mut value {
                    members.insert("event".to_owned(), json!("step-finished"));
                    members.insert("index".to_owned(), json!(index));
                    members.insert("case".to_owned(), json!(case.name()));
                }
                value
            }
            Event::CaseFinished(finished) => self.case_finished(finished),
            Event::RunFinished(finished) => run_finished(finished),
        };
        self.line(&value)
    }
}
