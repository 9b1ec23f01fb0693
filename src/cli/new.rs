//! `new`: a commented starter scenario.

use std::fs;
use std::path::PathBuf;

use crate::cli::output::{say, warn};
use crate::exit::Exit;
use crate::scenario::load_text;

/// The starter file; `{name}` and `{schema}` are filled in.
const STARTER: &str = include_str!("starter.yaml");

/// Where a project keeps the schema, seen from where its `scenarios` lie.
const SCHEMA: &str = "schema/scenario.schema.json";

/// What stands in place of the schema's name where there is none.
const NO_SCHEMA: &str = "\
# Editors complete and check scenarios once they know the schema. Write it beside this file:
#   acs-conformance schema > scenario.schema.json
# and make this the first line: # yaml-language-server: $schema=scenario.schema.json";

#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance new late-joiner              writes scenarios/late-joiner.yaml (or ./late-joiner.yaml)
  acs-conformance new scenarios/roles/mine.yaml

The file passes `check` and runs green as it is; change it from there.")]
pub struct Args {
    /// Name of the scenario, or the path of its file.
    name: String,
    /// Replace a file that is there already.
    #[arg(long)]
    force: bool,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let path = path(&args.name);
    if !path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
        warn!(
            "error: `{}` is no name for a scenario: its file ends in .yaml, or leave the ending away",
            args.name
        );
        return Ok(Exit::Invalid);
    }
    let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| is_slug(stem))
    else {
        warn!(
            "error: `{}` is no name for a scenario: take letters, digits and hyphens, such as \
             late-joiner",
            args.name
        );
        return Ok(Exit::Invalid);
    };
    if path.exists() && !args.force {
        warn!("error: `{}` is there already; --force replaces it", path.display());
        return Ok(Exit::Invalid);
    }
    let text = starter(stem, &path);
    debug_assert!(load_text(&path, &text).diagnostics.is_empty(), "the starter is valid");
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    if let Err(error) = folder.and_then(|()| fs::write(&path, text)) {
        warn!("error: `{}` cannot be written: {error}", path.display());
        return Ok(Exit::Invalid);
    }
    say!("Wrote {}. Next:", path.display());
    for command in ["check", "explain", "run"] {
        say!("  acs-conformance {command} {}", path.display());
    }
    Ok(Exit::Success)
}

/// A name goes to `./scenarios` if it is there.
fn path(name: &str) -> PathBuf {
    let given = PathBuf::from(name);
    if given.extension().is_some() {
        return given;
    }
    if given.components().count() > 1 {
        return given.with_extension("yaml");
    }
    let file = format!("{name}.yaml");
    let here = PathBuf::from("scenarios");
    if here.is_dir() { here.join(file) } else { PathBuf::from(file) }
}

fn is_slug(stem: &str) -> bool {
    !stem.is_empty()
        && stem.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
}

fn starter(stem: &str, path: &std::path::Path) -> String {
    let mut words = stem.replace(['-', '_'], " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let folders: Vec<_> =
        path.parent().into_iter().flat_map(|parent| parent.components()).collect();
    let below = folders.iter().rposition(|part| part.as_os_str() == "scenarios");
    let up = below.map_or_else(String::new, |at| "../".repeat(folders.len() - at));
    let named = format!("{up}{SCHEMA}");
    let there = path.parent().is_some_and(|parent| parent.join(&named).is_file());
    let schema = if there {
        format!("# yaml-language-server: $schema={named}")
    } else {
        NO_SCHEMA.to_owned()
    };
    STARTER.replace("{name}", &words).replace("{schema}", &schema)
}
