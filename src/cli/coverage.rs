//! `report coverage`: what the traffic of passed steps covered.

use std::path::PathBuf;

use crate::cli::output::{Output, warn};
use crate::exit::Exit;
use crate::report::coverage::Coverage;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// One or more report.jsonl; their traffic counts together.
    #[arg(required = true)]
    from: Vec<PathBuf>,
    /// Look at one api-version alone.
    #[arg(long, value_name = "VERSION")]
    api_version: Option<String>,
    /// Exit 1 when less than PERCENT of all points are covered.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    threshold: Option<u8>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

pub fn carry_out(args: &Args) -> anyhow::Result<Exit> {
    let only = args.api_version.as_deref();
    let mut coverage = Coverage::of_version(only);
    if coverage.points.is_empty() {
        warn!("error: no service has the api-version {}", only.unwrap_or_default());
        return Ok(Exit::Invalid);
    }
    for path in &args.from {
        match super::report::open(path) {
            Ok(mut report) => coverage.take(&mut report, only)?,
            Err(exit) => return Ok(exit),
        }
    }
    let mut out = Output::Text;
    if args.json {
        coverage.write_json(&mut out)?;
    } else {
        coverage.write_table(&mut out)?;
    }
    let wanted = args.threshold.map_or(0, |percent| usize::from(percent) * 100);
    if coverage.share() < wanted {
        warn!("error: {}, less than the {} % asked for", coverage.sentence(), wanted / 100);
        return Ok(Exit::Failed);
    }
    Ok(Exit::Success)
}
