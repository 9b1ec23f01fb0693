//! One run, from paths to an exit code.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::args::{Args, TargetArg};
use super::{dry_run, listeners, place};
use crate::builtin;
use crate::cassette::Replayed;
use crate::cli::output::warn;
use crate::driver::DriverKind;
use crate::exit::Exit;
use crate::judge::{JudgeOptions, SnapshotMode};
use crate::plan::{Abilities, BuiltIn, Case, Durations, Filter, Plan, Selection, Shard};
use crate::report::{RunFinished, RunStarted, count, suite_digest};
use crate::run::{CaseOptions, Interrupt, Suite};
use crate::scenario::Loaded;
use crate::scenario::diagnostics::render;

/// Carries the command out once.
pub async fn carry_out(args: &Args) -> anyhow::Result<Exit> {
    let paths = builtin::paths_or_default(&args.paths);
    if let Some(note) = &paths.note {
        warn(note);
    }
    let loaded = paths.load();
    for diagnostic in &loaded.diagnostics {
        warn(format_args!("{}\n", render(diagnostic, true)));
    }
    let selection = match selection(args) {
        Ok(selection) => selection,
        Err(why) => return Ok(usage(why)),
    };
    let abilities: &dyn Abilities = if args.replay.is_some() { &Replayed } else { &BuiltIn };
    let plan = selection.plan(&loaded.scenarios, abilities);
    if let Some(exit) = nothing_to_do(args, &loaded, &plan) {
        return Ok(exit);
    }
    let unplayable = plan.skipped.iter().filter(|it| Replayed::is_why(&it.reason)).count();
    if unplayable > 0 {
        warn(format_args!(
            "{unplayable} cases are not applicable: transport faults cannot be replayed, nor a \
             version that is served as another"
        ));
    }
    if args.running.estimate || args.running.dry_run {
        return Ok(dry_run::carry_out(args, &plan));
    }
    run(args, &loaded, &selection, plan).await
}

fn usage(why: impl std::fmt::Display) -> Exit {
    warn(format_args!("error: {why}"));
    Exit::Invalid
}

/// What was asked for, in the plan's terms; the error says what cannot be understood.
fn selection(args: &Args) -> Result<Selection, String> {
    let asked = &args.selection;
    let text = |error: &dyn std::fmt::Display| error.to_string();
    Ok(Selection {
        lanes: Vec::new(),
        filter: asked
            .filter
            .as_deref()
            .map(Filter::parse)
            .transpose()
            .map_err(|error| text(&error))?,
        api_versions: asked.api_version.clone(),
        shard: asked
            .shard
            .as_deref()
            .map(str::parse::<Shard>)
            .transpose()
            .map_err(|error| text(&error))?,
        durations: asked
            .durations
            .as_deref()
            .map(Durations::read)
            .transpose()
            .map_err(|error| text(&error))?
            .unwrap_or_default(),
        repeat: asked.repeat.max(1),
        shuffle: asked.shuffle.then(|| asked.seed.unwrap_or_else(rand::random)),
        target: args.target.kind(),
        keyless: args.target == TargetArg::Live
            && args.replay.is_none()
            && args.account.auth.is_some(),
    })
}

/// The exit of a run without a single case, with the reason told.
fn nothing_to_do(args: &Args, loaded: &Loaded, plan: &Plan) -> Option<Exit> {
    if !plan.cases.is_empty() {
        return None;
    }
    // It runs, with nothing in it: whoever merges the shards wants its report.
    if plan.is_empty_shard() && loaded.bad_files().is_empty() {
        warn("this shard is empty, the whole selection is not: that is success");
        return None;
    }
    if !loaded.bad_files().is_empty() || !loaded.diagnostics.is_empty() {
        warn(if loaded.scenarios.is_empty() {
            "nothing ran: no valid scenario is left"
        } else {
            "nothing ran: the files that are valid have no case for what was asked"
        });
        return Some(Exit::Invalid);
    }
    for skipped in &plan.skipped {
        warn(format_args!("n/a  {}: {}", skipped.case.name(), skipped.reason));
    }
    if loaded.files > 0 && loaded.scenarios.is_empty() {
        let parts = count(loaded.files, "file");
        warn!("nothing ran: {parts}, all of them parts for `use`; nothing of them runs by itself");
        return Some(Exit::NothingRan);
    }
    warn(match &args.selection.filter {
        Some(filter) => format!("nothing ran: no case fits --filter '{filter}' and the rest"),
        None => "nothing ran: there is no case for this target and api-version".to_owned(),
    });
    Some(Exit::NothingRan)
}

async fn run(
    args: &Args,
    loaded: &Loaded,
    selection: &Selection,
    plan: Plan,
) -> anyhow::Result<Exit> {
    let place = match place::open(args).await? {
        Ok(place) => place,
        Err(exit) => return Ok(exit),
    };
    let interrupt = Interrupt::default();
    let watcher = crate::cli::run::watch::end_on_signals(interrupt.clone(), place.target.ledger())?;
    let jobs = args.running.jobs.map_or_else(|| place.usual_jobs(), usize::from);
    let cases: Arc<[Case]> = plan.cases.into();
    let started = RunStarted {
        cases: cases.len(),
        plan: &cases,
        selected: plan.runnable,
        shard: selection.shard.map(|shard| (shard.index, shard.count)),
        suite: suite_digest(&loaded.scenarios),
        not_applicable: &plan.skipped,
        diagnostics: &loaded.diagnostics,
        invalid_files: loaded.bad_files().len(),
        target: args.target.kind(),
        driver: "wire",
        started: chrono::Utc::now(),
        seed: args.selection.seed.or(selection.shuffle).unwrap_or_default(),
        jobs,
    };
    let sinks = match listeners::sinks(args, &place, started.cases, selection.shuffle) {
        Ok(sinks) => sinks,
        Err(error) => return Ok(usage(error)),
    };
    let suite = Suite {
        cases: Arc::clone(&cases),
        target: place.target.clone(),
        driver: DriverKind::Wire,
        options: CaseOptions { probes: place.probes.clone(), ..options(args, loaded, interrupt) },
        judge: judge(args),
        jobs,
        fail_fast: args.running.fail_fast,
    };
    let finished = suite.run(&started, sinks).await;
    watcher.abort();
    Ok(exit(&finished))
}

fn exit(finished: &RunFinished) -> Exit {
    finished.exit.unwrap_or(Exit::Harness)
}

fn options(args: &Args, loaded: &Loaded, interrupt: Interrupt) -> CaseOptions {
    let declared = loaded.scenarios.iter().flat_map(|scenario| &scenario.env);
    let environment: BTreeMap<String, String> =
        declared.filter_map(|name| Some((name.clone(), std::env::var(name).ok()?))).collect();
    CaseOptions {
        continue_after_failure: args.running.continue_after_failure,
        timeout: args.running.timeout,
        seed: args.selection.seed,
        environment,
        interrupt,
        ..CaseOptions::default()
    }
}

fn judge(args: &Args) -> JudgeOptions {
    JudgeOptions {
        snapshots: if args.output.update_snapshots {
            SnapshotMode::Update
        } else {
            SnapshotMode::Compare
        },
        snapshot_directory: args.output.snapshots.clone(),
        require_snapshots: args.output.require_snapshots,
        allow_warnings: args.output.allow_warnings,
        ..JudgeOptions::default()
    }
}
