//! The terminal as a listener: in which order things are said.

use std::io::{self, Write};

use super::failure::FailureText;
use super::style::{BOLD, FAINT, GREEN, RED, YELLOW, paint};
use crate::judge::{SnapshotVerdict, StepResult};
use crate::plan::Case;
use crate::report::describe::Redaction;
use crate::report::{CaseFinished, Event, RunFinished, RunStarted, Sink, count, selecting};
use crate::transcript::{Printed, Transcript};

/// How much is said.
#[derive(Debug, Clone, Default)]
pub struct TerminalOptions {
    pub redaction: Redaction,
    /// What scenarios print goes to the second writer.
    pub print: bool,
    /// Every step and exchange, not those of red cases alone.
    pub verbose: bool,
    /// Say nothing of green cases but their number.
    pub quiet: bool,
    /// The seed by which the cases were shuffled.
    pub shuffled: Option<u64>,
    /// The options of this run, as a command that runs one case begins.
    pub rerun: String,
}

/// Writes what happens to `out`, what scenarios print to `prints`.
pub struct Terminal<O, P> {
    out: O,
    prints: P,
    options: TerminalOptions,
    many: bool,
}

impl<O: Write + Send, P: Write + Send> Terminal<O, P> {
    pub const fn new(out: O, prints: P, options: TerminalOptions) -> Self {
        Self { out, prints, options, many: false }
    }

    fn started(&mut self, started: &RunStarted<'_>) -> io::Result<()> {
        self.many = started.cases > 1;
        let shuffled = self.options.shuffled.map(|seed| format!(", shuffled by --seed {seed}"));
        let shard = started.shard.map(|(index, of)| format!(", shard {index} of {of}"));
        writeln!(
            self.out,
            "running {} on {} with {}{}{}",
            count(started.cases, "case"),
            started.target.name(),
            started.driver,
            shard.unwrap_or_default(),
            shuffled.unwrap_or_default()
        )?;
        self.out.flush()
    }

    fn case(&mut self, finished: &CaseFinished<'_>) -> io::Result<()> {
        if self.options.print {
            self.prints(finished.transcript)?;
        }
        let green = finished.verdict.is_green();
        if !green || !self.options.quiet {
            let line = self.line(finished);
            writeln!(self.out, "{line}")?;
        }
        if self.options.verbose {
            self.steps(finished)?;
        }
        if !green {
            let rerun = self.rerun(finished.case);
            let text = FailureText {
                finished,
                redaction: &self.options.redaction,
                rerun: &rerun,
                text: String::new(),
            };
            write!(self.out, "{}", text.tell())?;
        }
        self.out.flush()
    }

    fn line(&self, finished: &CaseFinished<'_>) -> String {
        let mark =
            if finished.verdict.is_green() { paint(GREEN, "ok  ") } else { paint(RED, "FAIL") };
        let took = format!("{:.1} ms", finished.transcript.duration.as_secs_f64() * 1000.0);
        let mut line =
            format!("{mark} {} {}", title(finished.case), paint(FAINT, &format!("({took})")));
        let note = match &finished.verdict.snapshot {
            SnapshotVerdict::Missing { .. } => "no snapshot",
            SnapshotVerdict::Updated { .. } => "snapshot written",
            _ => "",
        };
        if !note.is_empty() {
            line.push_str(&paint(YELLOW, &format!(" [{note}]")));
        }
        line
    }

    fn steps(&mut self, finished: &CaseFinished<'_>) -> io::Result<()> {
        for (step, judged) in finished.transcript.steps.iter().zip(&finished.verdict.steps) {
            let mark = match judged.result {
                StepResult::Passed => paint(GREEN, "ok"),
                StepResult::Failed => paint(RED, "FAIL"),
                StepResult::NotRun => paint(FAINT, "not run"),
            };
            writeln!(self.out, "  {mark} {} {} ({})", step.path, step.name, step.action)?;
            for exchange in &step.exchanges {
                let text = super::exchange::text(exchange, &self.options.redaction);
                write!(self.out, "{text}")?;
            }
        }
        for cleanup in &finished.transcript.cleanup {
            let kind = cleanup.kind.name();
            writeln!(self.out, "  cleanup: {kind} {}: {:?}", cleanup.id, cleanup.result)?;
        }
        Ok(())
    }

    /// What the scenario prints, a blank line before each block but the first.
    fn prints(&mut self, transcript: &Transcript) -> io::Result<()> {
        let steps = transcript.steps.iter().flat_map(|step| &step.printed);
        for (index, Printed { lines }) in transcript.printed.iter().chain(steps).enumerate() {
            if index > 0 {
                writeln!(self.prints)?;
            }
            for line in lines {
                writeln!(self.prints, "{}", self.options.redaction.text(line))?;
            }
        }
        self.prints.flush()
    }

    fn rerun(&self, case: &Case) -> String {
        format!("{} {} --api-version {}", self.options.rerun, selecting(case), case.api_version)
    }

    fn finished(&mut self, finished: &RunFinished) -> io::Result<()> {
        let mut parts = vec![format!("{} passed", finished.passed)];
        let mut add = |count: usize, what: &str| {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        };
        add(finished.failed, "failed");
        add(finished.invalid_files, "invalid");
        add(finished.not_run, "not run");
        add(finished.not_applicable, "not applicable");
        let green = finished.exit == Some(crate::exit::Exit::Success);
        let colour = if green { GREEN } else { RED };
        writeln!(
            self.out,
            "{} {} {}",
            paint(BOLD, "summary:"),
            paint(colour, &parts.join(", ")),
            paint(FAINT, &format!("in {:.2} s", finished.duration.as_secs_f64()))
        )?;
        if finished.created + finished.leaked + finished.unaccounted > 0 {
            let unaccounted = match finished.unaccounted {
                0 => String::new(),
                count => format!(", unaccounted {count}"),
            };
            writeln!(
                self.out,
                "created {}, deleted {}, leaked {}{unaccounted}",
                finished.created, finished.deleted, finished.leaked
            )?;
        }
        for note in &finished.notes {
            writeln!(self.out, "{}", self.options.redaction.text(note))?;
        }
        for trouble in &finished.troubles {
            let trouble = self.options.redaction.text(trouble);
            writeln!(self.out, "{} {trouble}", paint(RED, "error:"))?;
        }
        self.out.flush()
    }
}

impl<O: Write + Send, P: Write + Send> Sink for Terminal<O, P> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::RunStarted(started) => self.started(started),
            Event::CaseStarted { .. } | Event::StepFinished { .. } => Ok(()),
            Event::CaseFinished(finished) => self.case(finished),
            Event::RunFinished(finished) => self.finished(finished),
        }
    }
}

fn title(case: &Case) -> String {
    match case.repetition {
        1 => case.name(),
        repetition => format!("{} #{repetition}", case.name()),
    }
}
