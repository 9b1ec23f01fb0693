//! `reference-client`: the reference client as an adapter.

use std::io::{BufReader, stdin, stdout};

use crate::cli::output::warn;
use crate::exit::Exit;
use crate::reference::{Mutant, serve};

#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Break this rule.
    #[arg(long, value_name = "RULE-ID")]
    mutant: Option<String>,
    /// Speak this api-version of Rooms by default, as an SDK of next month would.
    #[arg(long, value_name = "VERSION")]
    newer: Option<String>,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let mutant = match &args.mutant {
        None => Mutant::NONE,
        Some(rule) => match Mutant::of(rule) {
            Some(mutant) => mutant,
            None => {
                warn!("error: there is no rule {rule}; `acs-conformance rules` lists them");
                return Ok(Exit::Invalid);
            }
        },
    };
    serve(BufReader::new(stdin()), stdout(), mutant, args.newer).await?;
    Ok(Exit::Success)
}
