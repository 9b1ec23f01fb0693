//! `man`: the manual page, of the whole and of every subcommand.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Command, CommandFactory as _};

use super::Cli;
use crate::cli::output::{Output, warn};
use crate::exit::Exit;

#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance man | man -l -          read it
  acs-conformance man --output man/       one page for each subcommand")]
pub struct Args {
    /// Write a page for each subcommand into this directory.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let command = Cli::command().name("acs-conformance");
    match args.output {
        None => Output::Raw.write_all(&page(&command)?)?,
        Some(directory) => {
            let written = fs::create_dir_all(&directory)
                .and_then(|()| clap_mangen::generate_to(command, &directory));
            if let Err(error) = written {
                warn!("error: {} cannot be written: {error}", directory.display());
                return Ok(Exit::Invalid);
            }
        }
    }
    Ok(Exit::Success)
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}
