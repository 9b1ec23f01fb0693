//! `report`: compare, merge and convert reports.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::cli::output::{Output, warn};
use crate::exit::Exit;
use crate::report::comparison::Comparison;
use crate::report::html::{Matrix, write_matrix};
use crate::report::merge::merge;
use crate::report::{Format, RenderError, Report, replace};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a self-contained page of a run.
    Html(Conversion),
    /// Make JUnit XML, a test case per step.
    Junit(Conversion),
    /// Make one JSON document.
    Json(Conversion),
    /// Make a summary in Markdown.
    Markdown(Conversion),
    /// Make a badge for a shields.io endpoint.
    Badge(Conversion),
    /// Make annotations for GitHub.
    Github(Conversion),
    /// Make the page of implementations × rules and × scenarios.
    Matrix(MatrixArgs),
    /// Tell what became worse from one report to another; regressions exit 1.
    Diff(DiffArgs),
    /// Join the shards of a run; holes, doubles and mixtures are refused.
    Merge(MergeArgs),
    /// Tell what the traffic of passed steps covered.
    Coverage(super::coverage::Args),
}

#[derive(Debug, clap::Args)]
struct Conversion {
    /// A report.jsonl.
    from: PathBuf,
    /// Write to FILE rather than to standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct MatrixArgs {
    /// The report.jsonl of each implementation.
    #[arg(required = true)]
    from: Vec<PathBuf>,
    /// Write to FILE rather than to standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct DiffArgs {
    /// The older report.jsonl.
    before: PathBuf,
    /// The newer one.
    after: PathBuf,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct MergeArgs {
    /// The report.jsonl of every shard.
    #[arg(required = true)]
    from: Vec<PathBuf>,
    /// Where the whole report goes.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    match args.command {
        Command::Html(conversion) => convert(Format::Html, &conversion),
        Command::Junit(conversion) => convert(Format::Junit, &conversion),
        Command::Json(conversion) => convert(Format::Json, &conversion),
        Command::Markdown(conversion) => convert(Format::Markdown, &conversion),
        Command::Badge(conversion) => convert(Format::Badge, &conversion),
        Command::Github(conversion) => convert(Format::Github, &conversion),
        Command::Matrix(args) => matrix(&args),
        Command::Diff(args) => diff(&args),
        Command::Merge(args) => join(&args),
        Command::Coverage(args) => super::coverage::carry_out(&args),
    }
}

/// Opens a report; one that cannot be read is wrong usage, told and answered by exit 2.
pub(super) fn open(path: &Path) -> Result<Report, Exit> {
    match Report::open(path) {
        Ok(report) => {
            if let Some(torn) = &report.torn {
                warn!("warning: {}: {torn}", path.display());
            }
            Ok(report)
        }
        Err(error) => {
            warn!("error: {error}");
            Err(Exit::Invalid)
        }
    }
}

fn open_all(paths: &[PathBuf]) -> Result<Vec<Report>, Exit> {
    paths.iter().map(|path| open(path)).collect()
}

/// Whether writing to `output` leaves what is read alone; told when it does not.
pub(super) fn spares(output: Option<&Path>, inputs: &[PathBuf]) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let Some(output) = output.filter(|output| output.is_file()) else { return true };
    let lost = inputs.iter().find(|input| real(input) == real(output));
    if let Some(input) = lost {
        warn!(
            "error: --output {} is the report that is read ({}), which it would replace; name \
             another file",
            output.display(),
            input.display()
        );
    }
    lost.is_none()
}

fn convert(format: Format, conversion: &Conversion) -> anyhow::Result<Exit> {
    if !spares(conversion.output.as_deref(), std::slice::from_ref(&conversion.from)) {
        return Ok(Exit::Invalid);
    }
    let mut report = match open(&conversion.from) {
        Ok(report) => report,
        Err(exit) => return Ok(exit),
    };
    write_to(conversion.output.as_deref(), |out| format.write(&mut report, out))
}

fn matrix(args: &MatrixArgs) -> anyhow::Result<Exit> {
    if !spares(args.output.as_deref(), &args.from) {
        return Ok(Exit::Invalid);
    }
    let mut reports = match open_all(&args.from) {
        Ok(reports) => reports,
        Err(exit) => return Ok(exit),
    };
    // Asked before anything is written, so that a refusal leaves an older page alone.
    if let Err(error) = Matrix::of(&mut reports) {
        warn!("error: {error}");
        return Ok(Exit::Invalid);
    }
    write_to(args.output.as_deref(), |out| write_matrix(&mut reports, &[], out))
}

fn write_to(
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn std::io::Write) -> Result<(), RenderError>,
) -> anyhow::Result<Exit> {
    let written = match path {
        Some(path) => replace(path, write),
        None => {
            let mut out = std::io::BufWriter::new(Output::Raw);
            write(&mut out).and_then(|()| out.flush().map_err(RenderError::Write))
        }
    };
    match written {
        Ok(()) => Ok(Exit::Success),
        Err(error @ RenderError::Read(_)) => {
            warn!("error: {error}");
            Ok(Exit::Invalid)
        }
        Err(error) => {
            warn!("error: {error}");
            Ok(Exit::Harness)
        }
    }
}

fn diff(args: &DiffArgs) -> anyhow::Result<Exit> {
    let (mut before, mut after) = match (open(&args.before), open(&args.after)) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(exit), _) | (_, Err(exit)) => return Ok(exit),
    };
    let comparison = Comparison::of(&mut before, &mut after)?;
    let mut out = Output::Text;
    if args.json {
        comparison.write_json(&mut out)?;
    } else {
        comparison.write_text(&mut out)?;
    }
    Ok(if comparison.has_regressions() { Exit::Failed } else { Exit::Success })
}

fn join(args: &MergeArgs) -> anyhow::Result<Exit> {
    if !spares(Some(&args.output), &args.from) {
        return Ok(Exit::Invalid);
    }
    let mut reports = match open_all(&args.from) {
        Ok(reports) => reports,
        Err(exit) => return Ok(exit),
    };
    let mut worst = Exit::Success;
    let merged = replace(&args.output, |out| {
        worst = merge(&mut reports, out)?;
        Ok(())
    });
    if let Err(error) = merged {
        warn!("error: {error}");
        let own = matches!(error, crate::report::merge::MergeError::Write(_));
        return Ok(if own { Exit::Harness } else { Exit::Invalid });
    }
    warn!(
        "merged {} reports into {}; the run as a whole exits {}",
        reports.len(),
        args.output.display(),
        worst.code()
    );
    Ok(worst)
}
