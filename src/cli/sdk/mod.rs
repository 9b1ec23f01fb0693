//! `sdk`: judge an SDK through its adapter.

mod check;
mod new;
mod preparation;

use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Test an adapter: every message is exercised, every mistake named with its line.
    Check(check::Args),
    /// Write a commented adapter to begin with.
    New(new::Args),
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    match args.command {
        Command::Check(args) => check::carry_out(args).await,
        Command::New(args) => new::carry_out(&args),
    }
}
