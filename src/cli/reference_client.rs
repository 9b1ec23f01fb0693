//! `reference_client`: the reference client as an adapter.

use crate::exit::Exit;

#[derive(Debug, Default, clap::Args)]
pub struct Args {}

pub async fn carry_out(_args: Args) -> anyhow::Result<Exit> {
    anyhow::bail!("not built yet")
}
