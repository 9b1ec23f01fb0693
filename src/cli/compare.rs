//! `compare`: run the same cases on two targets.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::live::{AccountArgs, MannersArgs, open_target};
use super::usage::variable_name;
use crate::builtin;
use crate::cli::output::{say, warn};
use crate::driver::DriverKind;
use crate::exit::Exit;
use crate::judge::drift::{Difference, Drift, Side};
use crate::judge::snapshot::document;
use crate::judge::{JudgeOptions, SnapshotMode, StepResult};
use crate::plan::{BuiltIn, Case, Filter, Selection};
use crate::report::describe::Redaction;
use crate::report::{CaseFinished, Event, RunFinished, RunStarted, Sink, suite_digest};
use crate::run::{CaseOptions, Suite};
use crate::scenario::diagnostics::render;
use crate::target::refusal::Refusal;
use crate::target::{Embedded, Target};
use crate::transcript::{Ended, Outcome, TargetKind};

/// Runs the same cases on two targets and sets the canonical forms of what happened side by side.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
A target is `emulator`, `live` (the resource of the connection string), or `live:NAME`, the
resource of the connection string in the variable NAME.

Examples:
  acs-conformance compare emulator live
  acs-conformance compare live:ACS_EUROPE live:ACS_AMERICA scenarios/rooms

Exit codes: 0 no difference that is not excused, 1 a difference or a deviation that excuses
nothing, 2 wrong usage, 4 a target could not be reached, 5 nothing ran, 6 something was left.")]
pub struct Args {
    #[arg(value_name = "TARGET")]
    left: String,
    #[arg(value_name = "TARGET")]
    right: String,
    /// Files, directories or globs; without any `./scenarios`, else the built-in scenarios.
    #[arg(value_name = "FILES|DIRS|GLOBS")]
    paths: Vec<PathBuf>,
    /// Only cases that fit, as in `run`.
    #[arg(long, value_name = "EXPRESSION")]
    filter: Option<String>,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    manners: MannersArgs,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let loaded = builtin::paths_or_default(&args.paths).load();
    for diagnostic in &loaded.diagnostics {
        warn(format_args!("{}\n", render(diagnostic, true)));
    }
    if loaded.scenarios.is_empty() && !loaded.diagnostics.is_empty() {
        return Ok(told(Exit::Invalid, "nothing ran: no valid scenario is left"));
    }
    let filter = match args.filter.as_deref().map(Filter::parse).transpose() {
        Ok(filter) => filter,
        Err(error) => return Ok(told(Exit::Invalid, &error.to_string())),
    };
    let (left, one) = match open(&args, &args.left).await {
        Ok(opened) => opened,
        Err((exit, why)) => return Ok(told(exit, &why)),
    };
    let (right, other) = match open(&args, &args.right).await {
        Ok(opened) => opened,
        Err((exit, why)) => {
            // Nothing was created: the ledger goes.
            let _ = left.settle().await;
            return Ok(told(exit, &why));
        }
    };
    let shown = Shown([one, other]);
    let plan = |target: TargetKind| {
        let keyless = target == TargetKind::Live && args.account.auth.is_some();
        let filter = filter.clone();
        let selection = Selection { target, filter, keyless, ..Selection::default() };
        selection.plan(&loaded.scenarios, &BuiltIn).cases
    };
    let there = plan(right.kind());
    let mut cases = plan(left.kind());
    cases.retain(|case| there.iter().any(|other| other.name() == case.name()));
    if cases.is_empty() {
        // Nothing was created: the ledgers go.
        let _ = tokio::join!(left.settle(), right.settle());
        let why = match &args.filter {
            Some(filter) => format!("no case for both targets fits --filter '{filter}'"),
            None => "no case is for both targets".to_owned(),
        };
        return Ok(told(Exit::NothingRan, &why));
    }
    let digest = suite_digest(&loaded.scenarios);
    let (one, other) =
        tokio::join!(run(left, &cases, digest.clone()), run(right, &cases, digest.clone()));
    let mut exits = vec![shown.serious(&one.1), shown.serious(&other.1)];
    exits.push(shown.cases(&cases, &one.0, &other.0));
    if !loaded.bad_files().is_empty() {
        exits.push(told(Exit::Invalid, "some files are invalid and left out; see `check`"));
    }
    Ok(Exit::worst(exits))
}

fn told(exit: Exit, why: &str) -> Exit {
    warn(format_args!("error: {why}"));
    exit
}

async fn open(args: &Args, text: &str) -> Result<(Target, Redaction), (Exit, String)> {
    let mut account = args.account.clone();
    match text.split_once(':').unwrap_or((text, "")) {
        ("emulator", "") => {
            let embedded = Embedded::new().map_err(|error| (Exit::Harness, error.to_string()))?;
            return Ok((Target::Emulator(embedded), Redaction::default()));
        }
        ("live", "") => {}
        ("live", name) => {
            variable_name(name).map_err(|why| (Exit::Invalid, format!("live:NAME: {why}")))?;
            account.connection_string_file = None;
            account.connection_string_env = Some(name.to_owned());
        }
        _ => return Err((Exit::Invalid, format!("{text:?} is none of emulator, live, live:NAME"))),
    }
    let (live, redaction) = open_target(&account, &args.manners).await?;
    Ok((Target::Live(Box::new(live)), redaction))
}

/// Keeps the canonical form of each case, in the order of the plan.
struct Keeper(Arc<Mutex<Vec<Side>>>);

impl Sink for Keeper {
    fn event(&mut self, event: &Event<'_>) -> std::io::Result<()> {
        if let Event::CaseFinished(finished) = event {
            let transcript = finished.transcript;
            let cut = (transcript.ended != Ended::Completed).then(|| why(finished));
            let side = Side { target: transcript.target, document: document(transcript), cut };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(side);
        }
        Ok(())
    }
}

/// Why a case did not run through: what failed in it, with a 401 explained.
fn why(finished: &CaseFinished<'_>) -> String {
    let judged = finished.transcript.steps.iter().zip(&finished.verdict.steps);
    let failed = judged.into_iter().find(|(_, judged)| judged.result == StepResult::Failed);
    let Some((step, judged)) = failed else {
        let problems: Vec<String> =
            finished.verdict.problems.iter().map(ToString::to_string).collect();
        return problems.join("; ");
    };
    let reason = match (&step.outcome, &judged.why, judged.mismatches.first()) {
        (Some(Outcome::Err(failure)), ..) => failure.message.clone(),
        (_, Some(why), _) => why.clone(),
        (.., Some(mismatch)) => mismatch.message.clone(),
        _ => "it failed".to_owned(),
    };
    let mut text = format!("step {} `{}`: {reason}", step.path, step.name);
    if let Some(refusal) = step.exchanges.last().and_then(Refusal::of) {
        text.push_str(&format!("\n{refusal}"));
    }
    text
}

async fn run(target: Target, cases: &[Case], suite: String) -> (Vec<Side>, RunFinished) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let jobs = if target.kind() == TargetKind::Live { 4 } else { 2 };
    let started = RunStarted {
        cases: cases.len(),
        plan: cases,
        selected: cases.len(),
        shard: None,
        suite,
        not_applicable: &[],
        diagnostics: &[],
        invalid_files: 0,
        target: target.kind(),
        driver: "wire",
        started: chrono::Utc::now(),
        seed: 0,
        jobs,
    };
    let suite = Suite {
        cases: Arc::from(cases),
        target: Arc::new(target),
        driver: DriverKind::Wire,
        options: CaseOptions::default(),
        judge: JudgeOptions { snapshots: SnapshotMode::Off, ..JudgeOptions::default() },
        jobs,
        fail_fast: false,
    };
    let finished = suite.run(&started, vec![Box::new(Keeper(Arc::clone(&kept)))]).await;
    let sides = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
    (sides, finished)
}

/// What is shown of two targets, without the secrets of either.
struct Shown([Redaction; 2]);

impl Shown {
    /// A failed case shows as a difference or as cut; what concerns the whole run counts here.
    fn serious(&self, finished: &RunFinished) -> Exit {
        for note in finished.notes.iter().chain(&finished.troubles) {
            warn(self.text(note));
        }
        match finished.exit {
            None => Exit::Harness,
            Some(Exit::Failed) => Exit::Success,
            Some(exit) => exit,
        }
    }

    fn cases(&self, cases: &[Case], left: &[Side], right: &[Side]) -> Exit {
        let mut drifted = 0;
        for ((case, left), right) in cases.iter().zip(left).zip(right) {
            let drift = Drift::between(left, right, &case.scenario.deviations);
            let mark = if drift.is_none() { "same " } else { "DRIFT" };
            say(format_args!("{mark} {}", case.name()));
            self.drift(&drift);
            drifted += usize::from(!drift.is_none());
        }
        say(format_args!("{} cases compared, {drifted} drifted", cases.len()));
        if drifted > 0 { Exit::Failed } else { Exit::Success }
    }

    fn drift(&self, drift: &Drift) {
        for cut in &drift.cut {
            let cut = self.text(cut).replace('\n', "\n    ");
            say(format_args!("  did not run through on {cut}"));
        }
        for Difference { step, path, left, right } in &drift.differences {
            say(format_args!("  step {step}, {path}:"));
            say(format_args!("    - {}", self.value(left.as_ref())));
            say(format_args!("    + {}", self.value(right.as_ref())));
        }
        for (path, reason) in &drift.excused {
            say(format_args!("  excused: {path}: {reason}"));
        }
        for (path, reason) in &drift.idle {
            say(format_args!(
                "  the deviation {path} ({reason}) excuses nothing any more: remove it"
            ));
        }
    }

    fn value(&self, value: Option<&Value>) -> String {
        let Some(value) = value else { return "(absent)".to_owned() };
        let [one, other] = &self.0;
        other.value(&one.value(value)).to_string()
    }

    fn text(&self, text: &str) -> String {
        let [one, other] = &self.0;
        other.text(&one.text(text))
    }
}
