//! `scenarios`: what is built into the binary.

use std::path::PathBuf;

use anstream::println;
use anyhow::Context as _;
use clap::Subcommand;

use crate::builtin;
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance scenarios export .     ./scenarios, ./snapshots, ./schema, ./skeletons")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write scenarios, snapshots, schemas and skeletons into a directory.
    Export {
        /// The directory; made if it is not there. Files of the same name are replaced.
        directory: PathBuf,
    },
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let Command::Export { directory } = args.command;
    let written = builtin::export(&directory)
        .with_context(|| format!("export to {}", directory.display()))?;
    for kind in ["scenarios", "snapshots", "schema", "skeletons"] {
        let root = directory.join(kind);
        let count = written.iter().filter(|path| path.starts_with(&root)).count();
        if count > 0 {
            println!("{count:5} files in {}", root.display());
        }
    }
    Ok(Exit::Success)
}
