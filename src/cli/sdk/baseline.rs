//! `sdk baseline update`: write the known failures anew.

use std::path::PathBuf;

use super::place::PlaceArgs;
use super::subject::{Ran, Subject};
use super::suite::SuiteArgs;
use super::summary;
use crate::cli::output::{say, warn};
use crate::exit::Exit;
use crate::judge::baseline::{Baseline, update};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run the suite and write the baseline anew; reasons and links of what still fails are kept.
    Update(UpdateArgs),
}

#[derive(Debug, clap::Args)]
struct UpdateArgs {
    /// The adapter, as one text: a program with its arguments.
    #[arg(long, value_name = "COMMAND")]
    adapter: String,
    /// The file to write: known-failures.yaml.
    #[arg(long, value_name = "FILE")]
    baseline: PathBuf,
    #[command(flatten)]
    suite: SuiteArgs,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let Command::Update(args) = args.command;
    let old = if args.baseline.exists() {
        match Baseline::load(&args.baseline) {
            Ok(baseline) => baseline,
            Err(error) => {
                warn!("error: {error}");
                return Ok(Exit::Invalid);
            }
        }
    } else {
        Baseline { path: args.baseline.clone(), ..Baseline::default() }
    };
    // Without the baseline: all that goes wrong is to be seen.
    let subject = Subject {
        command: args.adapter,
        environment: Vec::new(),
        baseline: None,
        place: PlaceArgs::default(),
        quiet: true,
    };
    let (prepared, outcome) = match args.suite.run(&subject).await? {
        Ran::Done(done) => *done,
        Ran::Not(exit, _) => return Ok(exit),
    };
    summary::tell(&prepared, &outcome);
    let exit = outcome.finished.exit.unwrap_or(Exit::Harness);
    if !matches!(exit, Exit::Success | Exit::Failed) {
        warn!(
            "error: the run did not come to its end; {} is left as it is",
            args.baseline.display()
        );
        return Ok(exit);
    }
    if let Some(why) = old.stranger(&prepared.hello.implementation()) {
        warn!("error: {why}");
        return Ok(Exit::Invalid);
    }
    let today = chrono::Utc::now().date_naive();
    let text = update(&old, &prepared.hello.implementation(), today, &outcome.tally.findings.0);
    if let Err(error) = std::fs::write(&args.baseline, text) {
        warn!("error: {} cannot be written: {error}", args.baseline.display());
        return Ok(Exit::Invalid);
    }
    say!("wrote {}", args.baseline.display());
    Ok(Exit::Success)
}
