//! `scenarios`: export the built-in scenarios, and say which behaviours they assert.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

use crate::builtin;
use crate::cli::output::{print, say, warn};
use crate::exit::Exit;
use crate::report::behaviours;
use crate::report::stamps::Stamps;

const USUAL_STAMPS: &str = "evidence/live.json";

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
    /// Write the built-in scenarios, snapshots, schemas, skeletons and requirement sets below a
    /// directory.
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
        /// What live runs confirmed, as `run --stamps` writes it; may be repeated, for the shards
        /// of a night [default: evidence/live.json, if it is there].
        #[arg(long, value_name = "FILE")]
        stamps: Vec<PathBuf>,
        /// List instead what no live run has confirmed for so long, such as 30d.
        #[arg(long, value_name = "AGE", value_parser = age)]
        stale: Option<Duration>,
    },
}

fn age(text: &str) -> Result<Duration, String> {
    crate::acs::time::parse_duration(text).ok_or_else(|| "ages are written 30d, 12h".to_owned())
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    match args.command {
        Command::Export { directory } => export(&directory),
        Command::Behaviours { paths, stamps, stale } => {
            let stamps = match read(&stamps) {
                Ok(stamps) => stamps,
                Err(error) => {
                    warn!("error: {error}");
                    return Ok(Exit::Invalid);
                }
            };
            Ok(match stale {
                Some(age) => print_stale(&paths, &stamps, age),
                None => print_behaviours(&paths, &stamps),
            })
        }
    }
}

/// All stamps together. Only of files that nobody named may there be none.
fn read(named: &[PathBuf]) -> std::io::Result<Stamps> {
    if named.is_empty() {
        return Stamps::read(Path::new(USUAL_STAMPS));
    }
    let mut all = Stamps::default();
    for path in named {
        if !path.exists() {
            let why = format!("there is no file {} of --stamps", path.display());
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, why));
        }
        all = all.and(Stamps::read(path)?);
    }
    Ok(all)
}

fn export(directory: &std::path::Path) -> anyhow::Result<Exit> {
    let written = builtin::export(directory)
        .with_context(|| format!("cannot write the scenarios below {}", directory.display()))?;
    warn!("{} files written below {}", written.len(), directory.display());
    Ok(Exit::Success)
}

fn print_stale(paths: &[PathBuf], stamps: &Stamps, age: Duration) -> Exit {
    let loaded = builtin::paths_or_default(paths).load();
    let scenarios = loaded.scenarios.iter().map(|scenario| &**scenario);
    for (name, last) in stamps.stale(scenarios, age, chrono::Utc::now()) {
        match last {
            Some(last) => say!("{name}: last confirmed {}", last.format("%Y-%m-%d")),
            None => say!("{name}: never confirmed"),
        }
    }
    Exit::Success
}

fn print_behaviours(paths: &[PathBuf], stamps: &Stamps) -> Exit {
    let loaded = builtin::paths_or_default(paths).load();
    print(behaviours::document(&loaded.scenarios, &stamps.confirmations()));
    if loaded.bad_files().is_empty() {
        return Exit::Success;
    }
    warn!("some files are invalid and left out; `acs-conformance check` says why");
    Exit::Invalid
}
