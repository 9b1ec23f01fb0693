//! The sink that keeps `report.jsonl`: every event becomes records, flushed as it comes.

use std::collections::HashMap;
use std::io::{self, Write};

use super::describe::{Redaction, case_entry, case_start, rule_entries, step_entry};
use super::record::{
    CaseEntry, CaseKey, CaseStart, FORMAT, Header, Implementation, LedgerEntry, PlaceEntry, Record,
    ScenarioEntry, Shard, SnapshotEntry, Status,
};
use super::{CaseFinished, Ending, Event, Journal, RunFinished, RunStarted, Sink, selecting};
use crate::plan::Case;
use crate::transcript::TargetKind;

/// What the recorder cannot learn from events.
#[derive(Debug, Clone, Default)]
pub struct RecorderOptions {
    pub redaction: Redaction,
    /// The SDK; without one, the driver's name stands for it.
    pub implementation: Option<Implementation>,
    /// Written behind the command that runs a case alone, such as `--target live`.
    pub rerun: String,
    /// Whatever else the header should say.
    pub environment: std::collections::BTreeMap<String, String>,
    pub requirements: Option<String>,
    /// Unknown api-versions and the known ones as which they are served.
    pub served_as: Vec<(String, String)>,
}

/// Writes `report.jsonl` while the run goes on.
pub struct Recorder<W: Write + Send> {
    options: RecorderOptions,
    implementation: Implementation,
    target: &'static str,
    stage: Stage<W>,
    /// Steps written so far, of the cases that run.
    written: HashMap<CaseKey, usize>,
}

enum Stage<W: Write> {
    Waiting(Option<W>),
    Writing(Journal<W>),
    Done,
}

impl<W: Write + Send> Recorder<W> {
    pub fn new(out: W, options: RecorderOptions) -> Self {
        Self {
            options,
            implementation: Implementation::default(),
            target: "emulator",
            stage: Stage::Waiting(Some(out)),
            written: HashMap::new(),
        }
    }

    fn begin(&mut self, run: &RunStarted<'_>) -> io::Result<()> {
        let Stage::Waiting(out) = &mut self.stage else { return Ok(()) };
        let Some(out) = out.take() else { return Ok(()) };
        self.implementation = self
            .options
            .implementation
            .clone()
            .unwrap_or(Implementation { name: run.driver.to_owned(), ..Implementation::default() });
        self.target = run.target.name();
        let header = Header {
            format: FORMAT,
            harness: env!("CARGO_PKG_VERSION").to_owned(),
            suite: run.suite.clone(),
            requirements: self.options.requirements.clone(),
            implementation: self.implementation.clone(),
            target: self.target.to_owned(),
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            seed: Some(run.seed),
            started: run.started,
            cases: run.plan.iter().map(key).collect(),
            selected: run.selected,
            shard: run.shard.map(|(index, of)| Shard { index, of }),
            served_as: self.options.served_as.clone(),
            options: self.options.redaction.text(&self.options.rerun),
            environment: self.options.environment.clone(),
        };
        self.stage = Stage::Writing(Journal::begin(out, header)?);
        self.note_left_out(run)
    }

    /// Cases that cannot run and files that cannot be read are cases too: shown, never green.
    fn note_left_out(&mut self, run: &RunStarted<'_>) -> io::Result<()> {
        for skipped in run.not_applicable {
            let name = skipped.case.name();
            let key = CaseKey { name, repetition: 1, driver: String::new() };
            let start =
                case_start(&key, &skipped.case, &self.implementation, self.target, run.started);
            self.append_grey(start, Status::NotApplicable, &skipped.reason)?;
        }
        let mut invalid: std::collections::BTreeMap<String, Vec<String>> = Default::default();
        for diagnostic in run.diagnostics {
            let file = diagnostic.place.as_ref().map_or_else(
                || "scenarios".to_owned(),
                |place| place.source.path.to_string_lossy().replace('\\', "/"),
            );
            invalid.entry(file).or_default().push(diagnostic.message.clone());
        }
        for (file, messages) in invalid {
            let key = CaseKey { name: file.clone(), repetition: 1, driver: String::new() };
            let start = CaseStart {
                case: key,
                scenario: ScenarioEntry {
                    name: file.clone(),
                    place: PlaceEntry { file, line: 1, column: 1 },
                    ..ScenarioEntry::default()
                },
                implementation: self.implementation.clone(),
                target: self.target.to_owned(),
                started: run.started,
            };
            self.append_grey(start, Status::Invalid, &messages.join("; "))?;
        }
        Ok(())
    }

    fn append_grey(&mut self, start: CaseStart, status: Status, reason: &str) -> io::Result<()> {
        let entry = CaseEntry {
            case: start.case.clone(),
            status,
            interface: status,
            wire: Status::NotExercised,
            reason: Some(self.options.redaction.text(reason)),
            failures: Vec::new(),
            snapshot: SnapshotEntry::NotCompared,
            unconsumed: Vec::new(),
            cleanup: Vec::new(),
            baseline: None,
            remarks: Vec::new(),
            printed: Vec::new(),
            exit: if status == Status::Invalid { 2 } else { 0 },
            rerun: String::new(),
            started: start.started,
            duration_us: 0,
        };
        self.append(&Record::Start(start))?;
        self.append(&Record::Case(Box::new(entry)))
    }

    fn append(&mut self, record: &Record) -> io::Result<()> {
        match &mut self.stage {
            Stage::Writing(journal) => journal.append(record),
            Stage::Waiting(_) | Stage::Done => Ok(()),
        }
    }

    fn case_started(&mut self, case: &Case, at: chrono::DateTime<chrono::Utc>) -> io::Result<()> {
        let key = key(case);
        if self.written.insert(key.clone(), 0).is_some() {
            return Ok(());
        }
        let start = case_start(&key, case, &self.implementation, self.target, at);
        self.append(&Record::Start(start))
    }

    fn case_finished(&mut self, finished: &CaseFinished<'_>) -> io::Result<()> {
        let key = key(finished.case);
        let transcript = finished.transcript;
        if !self.written.contains_key(&key) {
            self.case_started(finished.case, transcript.started)?;
        }
        let redaction = self.options.redaction.clone();
        let written = self.written.remove(&key).unwrap_or_default();
        for step in transcript.steps.iter().skip(written) {
            self.append(&Record::Step(step_entry(&key, step, &redaction)))?;
        }
        for rule in rule_entries(&key, transcript, finished.verdict, &redaction) {
            self.append(&Record::Rule(rule))?;
        }
        let rerun = self.rerun(finished.case);
        let entry = case_entry(&key, transcript, finished.verdict, rerun, &redaction);
        self.append(&Record::Case(Box::new(entry)))
    }

    fn rerun(&self, case: &Case) -> String {
        let file = selecting(case);
        let options = &self.options.rerun;
        let command = if self.options.implementation.is_some() { "sdk run" } else { "run" };
        let space = if options.is_empty() { "" } else { " " };
        format!(
            "acs-conformance {command} {file} --api-version {}{space}{options}",
            case.api_version
        )
    }

    fn end(&mut self, run: &RunFinished) -> io::Result<()> {
        let ending = Ending {
            exit: run.exit.map_or(0, crate::exit::Exit::code),
            duration_us: u64::try_from(run.duration.as_micros()).unwrap_or(u64::MAX),
            ledger: (self.target == TargetKind::Live.name()).then(|| ledger_of(run)),
            notes: run
                .faults
                .iter()
                .chain(&run.notes)
                .map(|note| self.options.redaction.text(note))
                .collect(),
        };
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Writing(journal) => journal.finish(ending).map(drop),
            Stage::Waiting(_) | Stage::Done => Ok(()),
        }
    }
}

impl<W: Write + Send> Sink for Recorder<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::RunStarted(run) => self.begin(run),
            // The event carries no time; the first step, or the end, tells it.
            Event::CaseStarted { .. } => Ok(()),
            Event::StepFinished { case, step, .. } => {
                let key = key(case);
                if !self.written.contains_key(&key) {
                    self.case_started(case, step.started)?;
                }
                *self.written.entry(key.clone()).or_default() += 1;
                let entry = step_entry(&key, step, &self.options.redaction);
                self.append(&Record::Step(entry))
            }
            Event::CaseFinished(finished) => self.case_finished(finished),
            Event::RunFinished(run) => self.end(run),
        }
    }
}

fn ledger_of(run: &RunFinished) -> LedgerEntry {
    LedgerEntry {
        created: run.created as u64,
        deleted: run.deleted as u64,
        leaked: run.leaked as u64,
        unaccounted: run.unaccounted as u64,
    }
}

/// How a report names a case.
pub fn key(case: &Case) -> CaseKey {
    CaseKey {
        name: format!("{}::{}::{}", case.scenario.area, case.scenario.slug, case.api_version),
        repetition: case.repetition,
        driver: String::new(),
    }
}
