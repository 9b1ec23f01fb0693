//! The options of every subcommand that puts an SDK through the suite.

use std::path::PathBuf;
use std::time::Duration;

use super::super::emulation;
use super::super::report_files::ReportFiles;
use super::super::selection::version;
use super::super::signals::Interrupts;
use super::preparation::prepare;
use super::subject::{Ran, Subject};
use super::summary;
use crate::acs::ApiVersion;
use crate::acs::time::duration_text;
use crate::builtin;
use crate::cli::output::{Output, warn};
use crate::driver::adapter::Limits;
use crate::exit::Exit;
use crate::judge::{JudgeOptions, SnapshotMode};
use crate::plan::{Filter, Selection, Shard};
use crate::report::describe::Redaction;
use crate::report::record::Implementation;
use crate::report::terminal::{Terminal, TerminalOptions};
use crate::report::{RecorderOptions, Sink, quoted};
use crate::run::CaseOptions;
use crate::scenario::diagnostics::render;
use crate::scenario::{Lane, Loaded};
use crate::sdk::{Prepared, RequirementSet, Trial};

#[derive(Debug, Clone, clap::Args)]
pub struct SuiteArgs {
    /// Files, directories or globs [default: ./scenarios, else the built-in ones].
    #[arg(value_name = "SCENARIOS")]
    pub paths: Vec<PathBuf>,
    /// Only cases that fit, such as 'tag(paging) & !name(*slow*)'.
    #[arg(long, value_name = "EXPRESSION")]
    filter: Option<String>,
    /// Only this api-version; repeatable.
    #[arg(long, value_name = "VERSION", value_parser = version)]
    api_version: Vec<ApiVersion>,
    /// Which lanes run; repeatable [default: all].
    #[arg(long, value_name = "LANE")]
    lane: Vec<LaneName>,
    /// How many adapter processes run cases at once [default: one for each core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// One of several parts of the cases, such as 2/5.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Go on after a failed step.
    #[arg(long = "continue")]
    go_on: bool,
    /// Begin no case after the first red one.
    #[arg(long)]
    fail_fast: bool,
    /// Replaces every scenario's own time limit.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
    /// Seed of the emulators.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Answer an api-version that the emulator does not know as a known one, such as
    /// 2026-09-01=2025-03-13; cases of the known one run at it.
    #[arg(long, value_name = "NEW=KNOWN", value_parser = emulation::served_as)]
    serve_as: Vec<(ApiVersion, ApiVersion)>,
    /// A rule that nothing exercised is red, unless all that would need undeclared features.
    #[arg(long)]
    require_coverage: bool,
    /// Score by the frozen requirement set of this date (or file): newer cases and rules run, and
    /// do not count.
    #[arg(long, value_name = "DATE")]
    requirements: Option<String>,
    /// A broken SHOULD is not red.
    #[arg(long)]
    allow_warnings: bool,
    /// Where snapshots of scenarios outside a `scenarios` folder lie.
    #[arg(long, value_name = "DIR")]
    snapshots: Option<PathBuf>,
    /// Do not compare snapshots.
    #[arg(long)]
    no_snapshots: bool,
    /// Write snapshots anew; the reference client's are those that count.
    #[arg(long, conflicts_with = "no_snapshots")]
    update_snapshots: bool,
    #[command(flatten)]
    pub reports: ReportFiles,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LaneName {
    Fast,
    Timing,
    Slow,
}

impl LaneName {
    const fn lane(self) -> Lane {
        match self {
            Self::Fast => Lane::Fast,
            Self::Timing => Lane::Timing,
            Self::Slow => Lane::Slow,
        }
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    crate::acs::time::parse_duration(text)
        .ok_or_else(|| format!("\"{text}\" is no duration such as 500ms or 10s"))
}

impl SuiteArgs {
    /// Puts an adapter through the suite and tells what happens.
    ///
    /// # Errors
    ///
    /// Faults of the harness alone.
    pub async fn run(&self, subject: &Subject) -> anyhow::Result<Ran> {
        let (selection, requirements) = match self.selection() {
            Ok(chosen) => chosen,
            Err(problem) => {
                return Ok(Ran::refused(Exit::Invalid, &problem));
            }
        };
        let loaded = self.load();
        for note in emulation::notes(&self.serve_as) {
            warn!("{note}");
        }
        let place = match subject.place.open(&self.serve_as).await? {
            Ok(place) => place,
            Err(exit) => return Ok(Ran::Not(exit, "there is no target".to_owned())),
        };
        let mut command = match prepare(&subject.command, &place.trust) {
            Ok(command) => command,
            Err(error) => {
                return Ok(Ran::refused(Exit::Invalid, &error));
            }
        };
        command.withheld.clone_from(&place.withheld);
        let more = subject.environment.iter().map(|(name, value)| (name.into(), value.into()));
        command.environment.extend(more);
        let trial = Trial {
            loaded: &loaded,
            whole: self.paths.is_empty(),
            selection: Selection { target: subject.place.target.kind(), ..selection },
            target: place.target.clone(),
            options: self.case_options(),
            judge: self.judge_options(),
            baseline: subject.baseline.as_ref(),
            requirements: requirements.as_ref(),
            served_as: &self.serve_as,
            jobs: self.jobs.map_or_else(|| subject.place.usual_jobs(), usize::from),
            fail_fast: self.fail_fast,
            require_coverage: self.require_coverage,
            today: chrono::Utc::now().date_naive(),
        };
        let mut signals = Interrupts::listen()?;
        let prepared = tokio::select! {
            prepared = trial.prepare(command, Limits::default()) => prepared,
            _ = signals.next() => {
                return Ok(Ran::Not(Exit::Interrupted, "it was interrupted".to_owned()));
            }
        };
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(fault) => {
                return Ok(Ran::refused(Exit::Unreachable, &fault));
            }
        };
        let sinks = match self.sinks(subject, &prepared, &place.redaction) {
            Ok(sinks) => sinks,
            Err(error) => {
                let why = format!("a report cannot be written: {error}");
                return Ok(Ran::refused(Exit::Invalid, &why));
            }
        };
        let interrupt = trial.options.interrupt.clone();
        let enough = async move {
            signals.next().await;
            warn!("ending: what is under way is given up; once more ends at once");
            interrupt.ask();
            signals.next().await;
        };
        let outcome = tokio::select! {
            outcome = trial.run(&prepared, sinks) => Some(outcome),
            () = enough => None,
        };
        // Adapters go with the run that held them: each is a process group of its own.
        Ok(outcome
            .map_or(Ran::Not(Exit::Interrupted, "it was interrupted".to_owned()), |outcome| {
                Ran::Done(Box::new((prepared, outcome)))
            }))
    }

    /// The same, in the fast lane only.
    pub fn in_fast_lane(mut self) -> Self {
        self.lane = vec![LaneName::Fast];
        self
    }

    fn selection(&self) -> Result<(Selection, Option<RequirementSet>), String> {
        let filter = self.filter.as_deref().map(Filter::parse).transpose();
        let requirements = self.requirements.as_deref().map(RequirementSet::find).transpose();
        let selection = Selection {
            filter: filter.map_err(|error| error.to_string())?,
            api_versions: self.api_version.clone(),
            lanes: self.lane.iter().map(|lane| lane.lane()).collect(),
            shard: self.shard,
            ..Selection::default()
        };
        Ok((selection, requirements.map_err(|error| error.to_string())?))
    }

    /// The scenarios at hand. What is wrong with files is told.
    fn load(&self) -> Loaded {
        let paths = builtin::paths_or_default(&self.paths);
        if let Some(note) = &paths.note {
            warn!("{note}");
        }
        let loaded = paths.load();
        for diagnostic in &loaded.diagnostics {
            warn!("{}\n", render(diagnostic, true));
        }
        loaded
    }

    fn case_options(&self) -> CaseOptions {
        CaseOptions {
            continue_after_failure: self.go_on,
            timeout: self.timeout,
            seed: self.seed,
            ..CaseOptions::default()
        }
    }

    fn judge_options(&self) -> JudgeOptions {
        JudgeOptions {
            snapshots: match (self.no_snapshots, self.update_snapshots) {
                (true, _) => SnapshotMode::Off,
                (false, true) => SnapshotMode::Update,
                (false, false) => SnapshotMode::Hold,
            },
            snapshot_directory: self.snapshots.clone(),
            allow_warnings: self.allow_warnings,
            ..JudgeOptions::default()
        }
    }

    /// The options without which a case might come out otherwise.
    fn flags(&self, subject: &Subject) -> String {
        let adapter = quoted(&subject.command_with_environment());
        let mut flags = vec![format!("--adapter {adapter}{}", subject.place.flags())];
        if let Some(baseline) = &subject.baseline {
            flags.push(format!("--baseline {}", quoted(&baseline.path.to_string_lossy())));
        }
        if let Some(date) = &self.requirements {
            flags.push(format!("--requirements {}", quoted(date)));
        }
        if let Some(limit) = self.timeout {
            flags.push(format!("--timeout {}", duration_text(limit)));
        }
        if let Some(seed) = self.seed {
            flags.push(format!("--seed {seed}"));
        }
        let served = self.serve_as.iter().map(|(new, known)| format!("--serve-as {new}={known}"));
        flags.extend(served);
        if let Some(snapshots) = &self.snapshots {
            flags.push(format!("--snapshots {}", quoted(&snapshots.to_string_lossy())));
        }
        let switches = [
            (self.no_snapshots, "--no-snapshots"),
            (self.allow_warnings, "--allow-warnings"),
            (self.go_on, "--continue"),
        ];
        flags.extend(switches.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag.to_owned()));
        flags.join(" ")
    }

    fn sinks(
        &self,
        subject: &Subject,
        prepared: &Prepared,
        redaction: &Redaction,
    ) -> std::io::Result<Vec<Box<dyn Sink>>> {
        let flags = self.flags(subject);
        let options = TerminalOptions {
            redaction: redaction.clone(),
            quiet: true,
            rerun: format!("acs-conformance sdk run {flags}"),
            ..TerminalOptions::default()
        };
        let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
        if !subject.quiet {
            sinks.push(Box::new(summary::Lines));
            sinks.push(Box::new(Terminal::new(anstream::stderr(), Output::Text, options)));
        }
        let implementation = prepared.hello.implementation();
        let recorder = RecorderOptions {
            implementation: Some(Implementation {
                name: implementation.name,
                version: implementation.version,
                language: implementation.language,
                flavour: implementation.flavour.unwrap_or_default(),
                runtime: format!("{} {}", implementation.runtime, implementation.runtime_version),
            }),
            requirements: self.requirements.clone(),
            served_as: self
                .serve_as
                .iter()
                .map(|(new, known)| (new.to_string(), known.to_string()))
                .collect(),
            rerun: flags,
            redaction: redaction.clone(),
            ..RecorderOptions::default()
        };
        sinks.extend(self.reports.tape(redaction));
        sinks.extend(self.reports.sink(recorder)?);
        Ok(sinks)
    }
}
