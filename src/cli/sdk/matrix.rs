//! `sdk matrix`: every installed SDK through the suite, side by side.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::place::PlaceArgs;
use super::subject::{Ran, Subject};
use super::suite::SuiteArgs;
use super::summary;
use crate::cli::output::{say, warn};
use crate::exit::Exit;
use crate::judge::baseline::Baseline;
use crate::report::Report;
use crate::report::html::{Absent, write_matrix};
use crate::report::record::Implementation;
use crate::sdk::{Cell, Language, cells, missing_reason, required_languages};
use crate::transcript::TargetKind;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where .ci/sdks made the environments.
    #[arg(long, value_name = "DIR", env = "ACS_SDKS", default_value = "target/sdks")]
    sdks: PathBuf,
    /// Where adapters and baselines lie, in a folder for each language.
    #[arg(long, value_name = "DIR", default_value = "tests/sdk")]
    adapters: PathBuf,
    /// Where the reports go: one of each cell, and matrix.html.
    #[arg(long, value_name = "DIR", default_value = "target/sdk-matrix")]
    output: PathBuf,
    /// Only cells whose name holds this, such as python-1.2.0.
    #[arg(long, value_name = "TEXT")]
    cell: Option<String>,
    /// The lanes in every cell; else older versions of an SDK run the fast lane alone.
    #[arg(long)]
    all_lanes: bool,
    #[command(flatten)]
    suite: SuiteArgs,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let wanted = args.cell.as_deref().unwrap_or_default();
    let installed = cells(&args.sdks, &args.adapters);
    let found: Vec<Cell> =
        installed.iter().filter(|cell| cell.name().contains(wanted)).cloned().collect();
    if found.is_empty() {
        warn!("error: {}", nothing_to_run(&args.sdks, wanted, &installed));
        return Ok(Exit::NothingRan);
    }
    if args.suite.reports.is_asked_for() {
        let folder = args.output.display();
        warn!(
            "error: sdk matrix keeps a report of each cell below {folder}: other report options are for sdk run"
        );
        return Ok(Exit::Invalid);
    }
    let absent_languages = absent_languages(&args, &installed);
    if let Err(error) = std::fs::create_dir_all(&args.output) {
        warn!("error: {} cannot be made: {error}", args.output.display());
        return Ok(Exit::Invalid);
    }
    let mut exits = absent_languages;
    let mut rows = Vec::new();
    let mut absent = Vec::new();
    for (index, cell) in found.iter().enumerate() {
        warn!("{} of {}: {}", index + 1, found.len(), cell.name());
        let (exit, sum) = run(&args, cell, cell.is_newest(&found)).await?;
        if !report_of(&args.output, cell).exists() {
            absent.push(absent_of(cell, &sum));
        }
        rows.push(format!("{:<26}  {sum}; exit {}", cell.name(), exit.code()));
        exits.push(exit);
    }
    let page = args.output.join("matrix.html");
    rows.iter().for_each(|row| say!("{row}"));
    if absent.len() < found.len() {
        write_page(&args.output, &found, &absent, &page)?;
        say!("wrote {}", page.display());
    }
    Ok(Exit::worst(exits))
}

/// Tells languages without an environment. One that `ACS_REQUIRE_SDKS` demands is red.
fn absent_languages(args: &Args, installed: &[Cell]) -> Vec<Exit> {
    let variable = std::env::var("ACS_REQUIRE_SDKS").ok();
    let required = required_languages(variable.as_deref());
    let absent = |language: &Language| installed.iter().all(|cell| cell.language != *language);
    let mut exits = Vec::new();
    for language in Language::ALL.into_iter().filter(absent).filter(|_| args.cell.is_none()) {
        let reason = missing_reason(language, &args.sdks);
        if required.iter().any(|name| name == language.name()) {
            warn!("error: {reason}; ACS_REQUIRE_SDKS demands {}", language.name());
            exits.push(Exit::NothingRan);
        } else {
            say!("{}: {reason}", language.name());
        }
    }
    exits
}

/// Why there is no cell to run.
fn nothing_to_run(folder: &Path, wanted: &str, installed: &[Cell]) -> String {
    if installed.is_empty() {
        return format!("no SDK is installed below {}; run .ci/sdks first", folder.display());
    }
    let names: Vec<String> = installed.iter().map(Cell::name).collect();
    format!("no cell's name holds `{wanted}`; there are {}", names.join(", "))
}

/// Puts one cell through the suite; gives how it ended and a line about it.
async fn run(args: &Args, cell: &Cell, newest: bool) -> anyhow::Result<(Exit, String)> {
    let baseline = args.adapters.join(cell.language.name()).join("known-failures.yaml");
    let baseline = match baseline.exists().then(|| Baseline::load(&baseline)).transpose() {
        Ok(baseline) => baseline,
        Err(error) => {
            warn!("error: {error}");
            return Ok((Exit::Invalid, format!("its baseline cannot be read: {error}")));
        }
    };
    let subject = Subject {
        command: cell.command.clone(),
        environment: cell.environment.clone(),
        baseline,
        place: PlaceArgs::default(),
        quiet: true,
    };
    let mut suite = args.suite.clone();
    if !newest && !args.all_lanes {
        suite = suite.in_fast_lane();
    }
    let report = report_of(&args.output, cell);
    // A report of an earlier run would speak for a cell that does not start now.
    let _ = std::fs::remove_file(&report);
    suite.reports.report = Some(report);
    match suite.run(&subject).await? {
        Ran::Done(done) => {
            let (prepared, outcome) = *done;
            summary::tell(&prepared, &outcome);
            let exit = outcome.finished.exit.unwrap_or(Exit::Harness);
            Ok((exit, summary::line_of(&prepared, &outcome)))
        }
        Ran::Not(exit, why) => Ok((exit, first_line(&why))),
    }
}

/// The column of a cell that came to no report.
fn absent_of(cell: &Cell, reason: &str) -> Absent {
    let implementation = Implementation {
        name: cell.language.name().to_owned(),
        version: cell.version.clone(),
        language: cell.language.name().to_owned(),
        flavour: cell.flavour.to_owned(),
        runtime: cell.runtime.clone(),
    };
    Absent {
        implementation,
        target: TargetKind::Emulator.name().to_owned(),
        reason: reason.to_owned(),
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn report_of(folder: &Path, cell: &Cell) -> PathBuf {
    folder.join(format!("{}.jsonl", cell.name()))
}

fn write_page(folder: &Path, cells: &[Cell], absent: &[Absent], page: &Path) -> anyhow::Result<()> {
    let reports = cells.iter().map(|cell| report_of(folder, cell)).filter(|path| path.exists());
    let mut readers = reports
        .map(|path| Report::open(&path).with_context(|| path.display().to_string()))
        .collect::<Result<Vec<_>, _>>()?;
    let file = std::fs::File::create(page)
        .with_context(|| format!("{} cannot be written", page.display()))?;
    write_matrix(&mut readers, absent, &mut std::io::BufWriter::new(file))?;
    Ok(())
}
