//! `sdk`: judge an SDK through its adapter.

mod baseline;
mod check;
mod matrix;
mod new;
mod place;
mod preparation;
mod requirements;
mod run;
mod subject;
mod suite;
mod summary;

use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run the scenarios with an SDK, through its adapter.
    Run(run::Args),
    /// Run all SDKs that .ci/sdks has installed, and write the matrix.
    Matrix(matrix::Args),
    /// Known failures.
    Baseline(baseline::Args),
    /// List the frozen requirement sets, or freeze one.
    Requirements(requirements::Args),
    /// Test an adapter: every message is exercised, every mistake named with its line.
    Check(check::Args),
    /// Write a commented adapter to begin with.
    New(new::Args),
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    match args.command {
        Command::Run(args) => run::carry_out(args).await,
        Command::Matrix(args) => matrix::carry_out(args).await,
        Command::Baseline(args) => baseline::carry_out(args).await,
        Command::Requirements(args) => requirements::carry_out(&args),
        Command::Check(args) => check::carry_out(args).await,
        Command::New(args) => new::carry_out(&args),
    }
}
