//! Who listens to a run: the terminal, a progress bar, the event stream, report files.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{Args, EventsArg, TargetArg};
use super::place::Place;
use crate::acs::time::duration_text;
use crate::cli::output::{self, Output};
use crate::cli::panics::Deliberate;
use crate::report::events::Events;
use crate::report::stamps::Stamper;
use crate::report::terminal::{Terminal, TerminalOptions};
use crate::report::{Event, RecorderOptions, Sink, quoted};

/// All listeners that were asked for.
pub fn sinks(
    args: &Args,
    place: &Place,
    cases: usize,
    shuffled: Option<u64>,
) -> io::Result<Vec<Box<dyn Sink>>> {
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    let options = TerminalOptions {
        redaction: place.redaction.clone(),
        print: args.output.events.is_none() && (args.output.print || names_one(args)),
        verbose: args.output.verbose,
        quiet: args.selection.repeat > 1 && !args.output.verbose,
        shuffled,
        rerun: rerun(args),
    };
    let bar = bar(args, cases);
    let out = AboveBar { bar: bar.clone(), line: Vec::new() };
    // The bar first: it is gone before the summary comes.
    sinks.push(Box::new(Bar(bar)));
    sinks.push(Box::new(Terminal::new(out, Output::Text, options)));
    if args.output.events == Some(EventsArg::Jsonl) {
        sinks.push(Box::new(Events::new(Output::Raw, place.redaction.clone())));
    }
    let recorder = RecorderOptions {
        redaction: place.redaction.clone(),
        rerun: flags(args),
        ..RecorderOptions::default()
    };
    sinks.extend(args.reports.tape(&place.redaction));
    sinks.extend(args.reports.sink(recorder).map_err(|error| {
        io::Error::new(error.kind(), format!("a report cannot be written: {error}"))
    })?);
    if let Some(path) = &args.output.stamps {
        sinks.push(Box::new(Stamper::open(path, place.probes.clone())?));
    }
    sinks.push(Box::new(output::Watch));
    if let Some(step) = args.running.panic_at.clone() {
        sinks.push(Box::new(Deliberate { step }));
    }
    Ok(sinks)
}

/// Whether the user named one scenario and nothing else.
fn names_one(args: &Args) -> bool {
    matches!(args.paths.as_slice(), [path] if path.is_file()) && args.selection.repeat <= 1
}

/// The beginning of the command that runs a case alone.
fn rerun(args: &Args) -> String {
    let flags = flags(args);
    let space = if flags.is_empty() { "" } else { " " };
    format!("acs-conformance run{space}{flags}")
}

/// The options without which a case might come out otherwise.
fn flags(args: &Args) -> String {
    let mut flags = Vec::new();
    let folder = |path: &Path| quoted(&path.to_string_lossy());
    if args.target == TargetArg::Live {
        flags.push(format!("--target live{}", args.account.flags()));
    }
    if let Some(cassettes) = &args.replay {
        flags.push(format!("--replay {}", folder(cassettes)));
    }
    if let Some(limit) = args.running.timeout {
        flags.push(format!("--timeout {}", duration_text(limit)));
    }
    if let Some(snapshots) = &args.output.snapshots {
        flags.push(format!("--snapshots {}", folder(snapshots)));
    }
    if args.output.require_snapshots {
        flags.push("--require-snapshots".to_owned());
    }
    if args.output.allow_warnings {
        flags.push("--allow-warnings".to_owned());
    }
    if args.running.continue_after_failure {
        flags.push("--continue".to_owned());
    }
    if let Some(seed) = args.selection.seed {
        flags.push(format!("--seed {seed}"));
    }
    flags.join(" ")
}

/// A bar where a person looks at standard error and no other lines come fast; else hidden. It is
/// made of escape codes, as colours are: who wants none has no bar.
fn bar(args: &Args, cases: usize) -> ProgressBar {
    let plain = anstream::stderr().current_choice() == anstream::ColorChoice::Never;
    let wanted = io::stderr().is_terminal() && !plain && cases > 1 && args.output.events.is_none();
    let total = u64::try_from(cases).unwrap_or(u64::MAX);
    let target = if wanted { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(total), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {wide_msg}") {
        bar.set_style(style);
    }
    bar
}

/// Moves the bar on.
struct Bar(ProgressBar);

impl Sink for Bar {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::CaseStarted { case, .. } => self.0.set_message(case.name()),
            Event::CaseFinished(_) => self.0.inc(1),
            Event::RunFinished(_) => self.0.finish_and_clear(),
            _ => {}
        }
        Ok(())
    }
}

/// Standard error, above the progress bar: whole lines, so that nothing interleaves.
struct AboveBar {
    bar: ProgressBar,
    line: Vec<u8>,
}

impl Write for AboveBar {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.line.is_empty() {
            return Ok(());
        }
        let text = std::mem::take(&mut self.line);
        self.bar.suspend(|| {
            let mut out = anstream::stderr().lock();
            out.write_all(&text)?;
            out.flush()
        })
    }
}
