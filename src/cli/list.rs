//! `list`: the cases, with their tags and evidence.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::selection::SelectionArgs;
use crate::builtin;
use crate::cli::output::{say, warn};
use crate::exit::Exit;
use crate::plan::{BuiltIn, Case, Plan};
use crate::scenario::diagnostics::render;

#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  acs-conformance list                                  all cases in ./scenarios
  acs-conformance list --filter 'tag(quickstart)'       those of a tag
  acs-conformance list --filter 'op(rooms.list) & !lane(slow)' --format json

Cases that would not run are listed with the reason. Exit codes: 0 something would run, 2 a file is
invalid, 5 nothing would run.")]
pub struct Args {
    /// Files, directories or globs; without any `./scenarios`, else the built-in scenarios.
    #[arg(value_name = "FILES|DIRS|GLOBS")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    selection: SelectionArgs,
    /// How cases are printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How cases are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let paths = builtin::paths_or_default(&args.paths);
    if args.format == Format::Text
        && let Some(note) = &paths.note
    {
        say!("{note}");
    }
    let loaded = paths.load();
    for diagnostic in &loaded.diagnostics {
        warn!("{}\n", render(diagnostic, true));
    }
    let plan = args.selection.selection()?.plan(&loaded.scenarios, &BuiltIn);
    match args.format {
        Format::Text => text(&plan),
        Format::Json => say!("{}", serde_json::to_string_pretty(&list(&plan))?),
    }
    Ok(if !loaded.diagnostics.is_empty() {
        Exit::Invalid
    } else if plan.cases.is_empty() && !plan.is_empty_shard() {
        Exit::NothingRan
    } else {
        Exit::Success
    })
}

fn text(plan: &Plan) {
    let names: Vec<_> = plan.cases.iter().map(Case::name).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0).min(60);
    for (case, name) in plan.cases.iter().zip(&names) {
        say!("{name:width$}  {}", remarks(case));
    }
    for skipped in &plan.skipped {
        say!("{:width$}  n/a: {}", skipped.case.name(), skipped.reason);
    }
    let cases = if plan.cases.len() == 1 { "case" } else { "cases" };
    say!("{} {cases}, {} n/a", plan.cases.len(), plan.skipped.len());
}

/// Tags, lane and marks of evidence.
fn remarks(case: &Case) -> String {
    let scenario = &case.scenario;
    let mut remarks: Vec<String> = scenario.tags.iter().map(|tag| format!("#{tag}")).collect();
    if scenario.lane != crate::scenario::Lane::Fast {
        remarks.push(format!("lane {}", scenario.lane.name()));
    }
    let mut marks: Vec<_> = scenario.evidence.iter().map(|one| one.mark.name()).collect();
    marks.dedup();
    remarks.push(marks.join(", "));
    remarks.join(" ")
}

fn list(plan: &Plan) -> Value {
    let cases = plan.cases.iter().map(|case| object(case, None));
    let skipped = plan.skipped.iter().map(|one| object(&one.case, Some(&one.reason)));
    cases.chain(skipped).collect()
}

fn object(case: &Case, skipped: Option<&str>) -> Value {
    let scenario = &case.scenario;
    json!({
        "name": case.name(),
        "title": scenario.name,
        "about": scenario.about,
        "file": scenario.source.path.display().to_string(),
        "area": scenario.area,
        "slug": scenario.slug,
        "service": scenario.service.name(),
        "apiVersion": case.api_version.as_str(),
        "repetition": case.repetition,
        "tags": scenario.tags,
        "lane": scenario.lane.name(),
        "targets": scenario.targets.iter().map(|target| target.name()).collect::<Vec<_>>(),
        "requires": scenario.requires,
        "rules": scenario.rules,
        "behaviours": scenario.behaviours(),
        "evidence": scenario
            .evidence
            .iter()
            .map(|one| json!({ "mark": one.mark.name(), "source": one.source }))
            .collect::<Vec<_>>(),
        "skipped": skipped,
    })
}
