//! What `run` can be told.

use std::path::PathBuf;
use std::time::Duration;

use crate::acs::ApiVersion;
use crate::cli::live::{AccountArgs, MannersArgs};
use crate::cli::report_files::ReportFiles;
use crate::cli::selection::version;
use crate::transcript::TargetKind;

/// The arguments of `run`.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance run                                   every scenario in ./scenarios
  acs-conformance run scenarios/quickstart.yaml         one, with what it prints
  acs-conformance run --filter 'tag(pstn) & !area(faults)'
  ACS_CONNECTION_STRING=… acs-conformance run --target live scenarios/quickstart.yaml

Exit codes: 0 all well, 1 a case failed, 2 wrong usage or an invalid file, 3 the harness's own
fault, 4 the target could not be reached, 5 nothing ran, 6 something was left behind,
130 interrupted. Several at once: the first of 3, 130, 6, 4, 2, 1, 5.")]
pub struct Args {
    /// Files, directories or globs; without any `./scenarios`, else the built-in scenarios.
    #[arg(value_name = "FILES|DIRS|GLOBS")]
    pub paths: Vec<PathBuf>,
    /// Where: `emulator`, a fresh one for each case, or `live`, the resource of the connection
    /// string.
    #[arg(long, value_enum, default_value_t)]
    pub target: TargetArg,
    /// Play the cassettes in DIR instead of calling anybody; no network. Add `--target live` for
    /// those that were recorded live.
    #[arg(long, value_name = "DIR", conflicts_with = "record")]
    pub replay: Option<PathBuf>,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub running: RunningArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub account: AccountArgs,
    #[command(flatten)]
    pub manners: MannersArgs,
    #[command(flatten)]
    pub reports: ReportFiles,
}

/// The targets by their names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum TargetArg {
    #[default]
    Emulator,
    Live,
}

impl TargetArg {
    pub const fn kind(self) -> TargetKind {
        match self {
            Self::Emulator => TargetKind::Emulator,
            Self::Live => TargetKind::Live,
        }
    }
}

/// Which cases.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Selection")]
pub struct SelectionArgs {
    /// Only cases that fit: a part of their name, `tag(x)`, `area(x)`, `name(x*)` and others, joined
    /// by `&`, `|`, `!` and parentheses.
    #[arg(long, value_name = "EXPRESSION")]
    pub filter: Option<String>,
    /// Only this api-version, of those that a scenario lists; may be repeated.
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub api_version: Vec<ApiVersion>,
    /// Only this part of the cases, such as 2/5.
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Balance shards by the times of this report.jsonl.
    #[arg(long, value_name = "FILE")]
    pub durations: Option<PathBuf>,
    /// Run each case so many times.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    /// Run the cases in an order of chance, the same for the same seed.
    #[arg(long)]
    pub shuffle: bool,
    /// Seed of shuffling, and of the emulator's ids and keys.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// How cases are carried out.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Running")]
pub struct RunningArgs {
    /// Go on with a case after a failed step; the case stays red.
    #[arg(long = "continue")]
    pub continue_after_failure: bool,
    /// How many cases run at once [default: twice the processors; 4 on a live target].
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Begin no case after the first red one.
    #[arg(long)]
    pub fail_fast: bool,
    /// Limit of each case, such as 30s or 1m30s, in place of the scenario's own.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Run again whenever a file changes.
    #[arg(long)]
    pub watch: bool,
    /// Say how many requests, rooms and users the cases take, and send nothing.
    #[arg(long)]
    pub estimate: bool,
    /// The same, step by step.
    #[arg(long)]
    pub dry_run: bool,
    /// Panic when this step has ended, such as 5: for tests of what a panic leaves behind.
    #[arg(long, value_name = "STEP", hide = true)]
    pub panic_at: Option<String>,
    /// Do not look, on a live target, whether the service does what is assumed of it.
    #[arg(long)]
    pub no_probe: bool,
}

/// What is written, and what it is held against.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Show every step and exchange.
    #[arg(long, short)]
    pub verbose: bool,
    /// Print what scenarios print, also when more than one runs.
    #[arg(long)]
    pub print: bool,
    /// Write what happens, as it happens, to standard output.
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub events: Option<EventsArg>,
    /// Where snapshots of scenarios outside a `scenarios` folder lie.
    #[arg(long, value_name = "DIR")]
    pub snapshots: Option<PathBuf>,
    /// Write snapshots anew.
    #[arg(long)]
    pub update_snapshots: bool,
    /// A case without a snapshot fails.
    #[arg(long, conflicts_with = "update_snapshots")]
    pub require_snapshots: bool,
    /// Write down what a live run confirmed: date, api-version, build of the service. Nobody else
    /// writes this file; `scenarios behaviours` shows it.
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub stamps: Option<PathBuf>,
    /// A broken SHOULD of the wire rules does not turn a case red.
    #[arg(long)]
    pub allow_warnings: bool,
}

/// Formats of the event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum EventsArg {
    /// A JSON object a line.
    Jsonl,
}

fn duration(text: &str) -> Result<Duration, String> {
    crate::acs::time::parse_duration(text)
        .ok_or_else(|| "durations are written 250ms, 30s, 1m30s".to_owned())
}
