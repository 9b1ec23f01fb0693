//! `check`: check scenario files without running them.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;

use crate::builtin;
use crate::cli::output::{say, warn};
use crate::exit::Exit;
use crate::report::count;
use crate::scenario::diagnostics::{render, render_github, to_json};
use crate::scenario::{Loaded, Severity};

#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance check                      every file in ./scenarios
  acs-conformance check my.yaml other/       these files and directories
  acs-conformance check --format github      annotations for a pull request

Exit codes: 0 all files are well, 2 some are not, 5 there was no file.")]
pub struct Args {
    /// Files, directories or globs; without any `./scenarios`, else the built-in scenarios.
    #[arg(value_name = "FILES|DIRS|GLOBS")]
    paths: Vec<PathBuf>,
    /// How errors are printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How errors are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With source lines and a caret, on standard error.
    #[default]
    Text,
    /// A list of objects, on standard output.
    Json,
    /// Annotations of GitHub Actions, on standard output.
    Github,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let paths = builtin::paths_or_default(&args.paths);
    if args.format == Format::Text
        && let Some(note) = &paths.note
    {
        warn!("{note}");
    }
    let loaded = paths.load();
    match args.format {
        Format::Text => text(&loaded),
        Format::Json => {
            let all: Vec<_> = loaded.diagnostics.iter().map(to_json).collect();
            say!("{}", serde_json::to_string_pretty(&json!(all))?);
        }
        Format::Github => {
            for diagnostic in &loaded.diagnostics {
                say!("{}", render_github(diagnostic));
            }
        }
    }
    Ok(exit(&loaded))
}

fn exit(loaded: &Loaded) -> Exit {
    if loaded.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        Exit::Invalid
    } else if loaded.files == 0 {
        Exit::NothingRan
    } else {
        Exit::Success
    }
}

fn text(loaded: &Loaded) {
    for diagnostic in &loaded.diagnostics {
        warn!("{}\n", render(diagnostic, true));
    }
    let bad = loaded.bad_files().len();
    if bad == 0 {
        say!("{} checked: all well", count(loaded.files, "file"));
    } else {
        let errors = count(loaded.diagnostics.len(), "error");
        say!("{} checked: {errors} in {}", count(loaded.files, "file"), count(bad, "file"));
    }
}
