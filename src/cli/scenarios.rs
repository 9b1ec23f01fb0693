//! `scenarios`: export the built-in scenarios, and say which behaviours they assert.

use std::path::PathBuf;

use anstream::{eprintln, print};
use anyhow::Context as _;

use crate::builtin;
use crate::exit::Exit;
use crate::report::behaviours::{self, Confirmations};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance scenarios export mine               the built-in scenarios, to change them
  acs-conformance scenarios behaviours                what the emulator does, with its evidence

Exit codes: 0 done, 2 a scenario is invalid.")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write the built-in scenarios, snapshots, schemas and skeletons below a directory.
    Export {
        /// Made if it is not there; files of the same name are replaced.
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Print every behaviour of the emulator, its evidence, and the scenarios that assert it, as
    /// Markdown.
    Behaviours {
        /// Files, directories or globs; without any `./scenarios`, else the built-in scenarios.
        #[arg(value_name = "FILES|DIRS|GLOBS")]
        paths: Vec<PathBuf>,
    },
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    match args.command {
        Command::Export { directory } => export(&directory),
        Command::Behaviours { paths } => Ok(print_behaviours(&paths)),
    }
}

fn export(directory: &std::path::Path) -> anyhow::Result<Exit> {
    let written = builtin::export(directory)
        .with_context(|| format!("cannot write the scenarios below {}", directory.display()))?;
    eprintln!("{} files written below {}", written.len(), directory.display());
    Ok(Exit::Success)
}

fn print_behaviours(paths: &[PathBuf]) -> Exit {
    let loaded = builtin::paths_or_default(paths).load();
    print!("{}", behaviours::document(&loaded.scenarios, &Confirmations::new()));
    if loaded.bad_files().is_empty() {
        return Exit::Success;
    }
    eprintln!("some files are invalid and left out; `acs-conformance check` says why");
    Exit::Invalid
}
