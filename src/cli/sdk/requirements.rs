//! `sdk requirements`: the frozen sets of rules and cases, and a new one.

use std::path::PathBuf;

use crate::builtin;
use crate::cli::output::{print, say, warn};
use crate::exit::Exit;
use crate::sdk::RequirementSet;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance sdk requirements                              the sets that there are
  acs-conformance sdk requirements --freeze > 2026-11-26.yaml   a new one, of today
  acs-conformance sdk run --adapter … --requirements 2026-11-26 what is newer runs, and does not count

A set is frozen: it is never changed afterwards. Exit codes: 0 done, 2 a scenario is invalid.")]
pub struct Args {
    /// Print a set of all rules and of all cases that an SDK can carry out, dated today.
    #[arg(long)]
    freeze: bool,
    /// Scenarios for the new set [default: ./scenarios, else the built-in ones].
    #[arg(value_name = "SCENARIOS", requires = "freeze")]
    paths: Vec<PathBuf>,
}

pub fn carry_out(args: &Args) -> anyhow::Result<Exit> {
    if args.freeze {
        return freeze(&args.paths);
    }
    for date in RequirementSet::dates() {
        let set = RequirementSet::find(date)?;
        let (rules, cases) = (set.rules.len(), set.cases.len());
        say!("{date}  {rules} rules, {cases} cases");
    }
    Ok(Exit::Success)
}

fn freeze(paths: &[PathBuf]) -> anyhow::Result<Exit> {
    let loaded = builtin::paths_or_default(paths).load();
    if let Some(file) = loaded.bad_files().first() {
        let file = file.display();
        warn!("error: {file} is invalid; `acs-conformance check` says why");
        return Ok(Exit::Invalid);
    }
    let set = RequirementSet::freeze(chrono::Utc::now().date_naive(), &loaded.scenarios);
    print(set.to_yaml());
    Ok(Exit::Success)
}
