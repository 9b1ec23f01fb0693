//! `completions`: completions for a shell.

use std::io::Write as _;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Cli;
use crate::cli::output::Output;
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance completions bash > ~/.local/share/bash-completion/completions/acs-conformance
  acs-conformance completions zsh  > ~/.zfunc/_acs-conformance
  acs-conformance completions fish > ~/.config/fish/completions/acs-conformance.fish")]
pub struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "acs-conformance", &mut script);
    Output::Raw.write_all(&script)?;
    Ok(Exit::Success)
}
