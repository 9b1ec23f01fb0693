//! `explain`: what a scenario would do, request by request, without doing it.

mod explanation;

use std::path::PathBuf;

use self::explanation::Explanation;
use crate::acs::ApiVersion;
use crate::builtin;
use crate::cli::output::{say, warn};
use crate::exit::Exit;
use crate::scenario::closest;
use crate::scenario::diagnostics::render;

#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance explain scenarios/quickstart.yaml
  acs-conformance explain quickstart --api-version 2025-03-13

Values that only a run knows stand as <room.id>; what is signed stands as ***.")]
pub struct Args {
    /// A file, or the name of a scenario in ./scenarios or among the built-in ones.
    scenario: String,
    /// At this api-version; the newest of the scenario without.
    #[arg(long, value_name = "VERSION")]
    api_version: Option<String>,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let file = file_of(&args.scenario);
    let is_file = file.is_some();
    let loaded = match file {
        Some(path) => crate::scenario::load(&[path]),
        None => builtin::paths_or_default(&[]).load(),
    };
    for diagnostic in &loaded.diagnostics {
        warn!("{}\n", render(diagnostic, true));
    }
    let names: Vec<String> =
        loaded.scenarios.iter().map(|one| format!("{}::{}", one.area, one.slug)).collect();
    let found = loaded.scenarios.iter().zip(&names).find(|(one, name)| {
        is_file || one.slug == args.scenario || **name == args.scenario || one.name == args.scenario
    });
    let Some((scenario, _)) = found else {
        if loaded.diagnostics.is_empty() {
            let slugs = loaded.scenarios.iter().map(|one| one.slug.as_str());
            let near = closest(&args.scenario, slugs.chain(names.iter().map(String::as_str)));
            let help = near.map_or_else(
                || "`acs-conformance list` names them all".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            warn!("error: there is no scenario `{}`: {help}", args.scenario);
        }
        return Ok(Exit::Invalid);
    };
    let version = match args.api_version {
        None => scenario.api_versions.last().cloned(),
        Some(text) => scenario.api_versions.iter().find(|one| one.as_str() == text).cloned(),
    };
    let Some(version) = version else {
        let all: Vec<_> = scenario.api_versions.iter().map(ApiVersion::as_str).collect();
        warn!("error: the scenario does not run at that version: {}", all.join(", "));
        return Ok(Exit::Invalid);
    };
    say!("{}", Explanation::new(scenario, &version).write().trim_end());
    Ok(Exit::Success)
}

/// The file that is meant, with or without its ending, here or in `./scenarios`: where `new` puts
/// one. `None` for the name of a scenario.
fn file_of(given: &str) -> Option<PathBuf> {
    let ended = format!("{given}.yaml");
    let names = [given, ended.as_str()].map(PathBuf::from);
    let there = names.clone().map(|name| PathBuf::from("scenarios").join(name));
    names.into_iter().chain(there).find(|path| path.is_file())
}
