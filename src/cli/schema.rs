//! `schema`: the JSON Schema of the scenario language.

use std::io::Write as _;

use crate::cli::output::Output;
use crate::exit::Exit;
use crate::scenario::schema::schema;

#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance schema > schema/scenario.schema.json

Name it in the first line of a scenario, and editors complete and validate:
  # yaml-language-server: $schema=../schema/scenario.schema.json")]
pub struct Args {}

pub async fn carry_out(_args: Args) -> anyhow::Result<Exit> {
    let mut text = serde_json::to_string_pretty(&schema())?;
    text.push('\n');
    Output::Raw.write_all(text.as_bytes())?;
    Ok(Exit::Success)
}
