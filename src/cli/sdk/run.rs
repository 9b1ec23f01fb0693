//! `sdk run`: the suite, carried out by an SDK.

use std::path::PathBuf;

use super::place::PlaceArgs;
use super::subject::{Ran, Subject};
use super::suite::SuiteArgs;
use super::summary;
use crate::cli::output::warn;
use crate::exit::Exit;
use crate::judge::baseline::Baseline;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The adapter, as one text: a program with its arguments.
    #[arg(long, value_name = "COMMAND")]
    adapter: String,
    /// What is known to fail: known-failures.yaml.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    suite: SuiteArgs,
    #[command(flatten)]
    place: PlaceArgs,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let baseline = match args.baseline.as_deref().map(Baseline::load).transpose() {
        Ok(baseline) => baseline,
        Err(error) => {
            warn!("error: {error}");
            return Ok(Exit::Invalid);
        }
    };
    let subject = Subject {
        command: args.adapter,
        environment: Vec::new(),
        baseline,
        place: args.place,
        quiet: false,
    };
    let (prepared, outcome) = match args.suite.run(&subject).await? {
        Ran::Done(done) => *done,
        Ran::Not(exit, _) => return Ok(exit),
    };
    summary::tell(&prepared, &outcome);
    Ok(outcome.finished.exit.unwrap_or(Exit::Harness))
}
