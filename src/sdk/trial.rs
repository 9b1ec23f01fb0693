//! One SDK put through the suite: from its adapter's command to the sum of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Coverage, Gate, RequirementSet, Tally, TallySink};
use crate::acs::ApiVersion;
use crate::driver::DriverKind;
use crate::driver::adapter::{AdapterDriver, Command, Fault, Hello, Limits, Pool};
use crate::exit::Exit;
use crate::judge::JudgeOptions;
use crate::judge::baseline::{ActiveBaseline, Baseline};
use crate::judge::rules;
use crate::plan::{Plan, Selection};
use crate::report::{RunFinished, RunStarted, Sink, suite_digest};
use crate::run::{CaseOptions, Suite};
use crate::scenario::{Lane, Loaded, Scenario};
use crate::target::Target;
use crate::transcript::Implementation;

/// What to run and how to judge it.
#[derive(Debug)]
pub struct Trial<'a> {
    pub loaded: &'a Loaded,
    /// These are all scenarios that there are, and not some that the user named.
    pub whole: bool,
    pub selection: Selection,
    pub target: Arc<Target>,
    pub options: CaseOptions,
    pub judge: JudgeOptions,
    pub baseline: Option<&'a Baseline>,
    pub requirements: Option<&'a RequirementSet>,
    /// Api-versions that the emulator does not know, each with the one as which it is served.
    pub served_as: &'a [(ApiVersion, ApiVersion)],
    pub jobs: usize,
    pub fail_fast: bool,
    /// A rule that nothing exercised is red, unless all that would need undeclared features.
    pub require_coverage: bool,
    pub today: chrono::NaiveDate,
}

/// An adapter that has said hello, with the plan of what it can do.
#[derive(Debug)]
pub struct Prepared {
    pub hello: Hello,
    pub plan: Plan,
    pool: Arc<Pool>,
}

/// What a trial came to.
#[derive(Debug)]
pub struct Outcome {
    pub finished: RunFinished,
    pub tally: Tally,
    /// What was noticed of the adapter beside its cases.
    pub notes: Vec<String>,
    /// Rules that are newer than the requirement set: told, and not red.
    pub unscored_rules: Arc<BTreeSet<&'static str>>,
}

impl Prepared {
    /// The rules that nothing can exercise: every scenario that names them needs a feature that
    /// the adapter does not declare. Neither covered nor missing.
    pub fn not_applicable(&self) -> BTreeSet<&'static str> {
        let named = |scenario: &Scenario, rule: &str| scenario.rules.iter().any(|id| id == rule);
        let planned = |rule: &str| self.plan.cases.iter().any(|case| named(&case.scenario, rule));
        let skipped =
            |rule: &str| self.plan.skipped.iter().any(|one| named(&one.case.scenario, rule));
        rules::all().map(|rule| rule.id).filter(|id| skipped(id) && !planned(id)).collect()
    }
}

/// The rules that met nothing, though the adapter declares what it takes.
pub fn not_exercised(prepared: &Prepared, coverage: &Coverage) -> Vec<&'static str> {
    let beyond = prepared.not_applicable();
    coverage.not_exercised().into_iter().filter(|rule| !beyond.contains(rule)).collect()
}

impl Trial<'_> {
    /// Starts the adapter, hears what it can do, and plans.
    ///
    /// # Errors
    ///
    /// A fault when the adapter cannot be started (exit 4).
    pub async fn prepare(&self, command: Command, limits: Limits) -> Result<Prepared, Fault> {
        let pool = Arc::new(Pool::new(command, limits).serving_as(self.served_as.to_vec()));
        let driver = AdapterDriver::start(pool.clone()).await?;
        let hello = driver.hello().clone();
        pool.keep(driver);
        let gate = Gate::of(&hello, self.served_as);
        let mut plan = self.selection.plan(&self.loaded.scenarios, &gate);
        // What must run alone comes last, so that nobody waits for it twice.
        plan.cases.sort_by_key(|case| case.scenario.lane == Lane::Timing);
        Ok(Prepared { hello, plan, pool })
    }

    /// Runs the plan.
    pub async fn run(&self, prepared: &Prepared, mut sinks: Vec<Box<dyn Sink>>) -> Outcome {
        let implementation = prepared.hello.implementation();
        let tally = TallySink::default();
        sinks.push(Box::new(tally.clone()));
        let (judge, mistakes) = self.judge(prepared, &implementation);
        let driver = implementation.to_string();
        let started = RunStarted {
            cases: prepared.plan.cases.len(),
            plan: &prepared.plan.cases,
            selected: prepared.plan.runnable,
            shard: self.selection.shard.map(|shard| (shard.index, shard.count)),
            suite: suite_digest(&self.loaded.scenarios),
            not_applicable: &prepared.plan.skipped,
            diagnostics: &self.loaded.diagnostics,
            invalid_files: self.loaded.bad_files().len(),
            target: self.target.kind(),
            driver: &driver,
            started: chrono::Utc::now(),
            seed: self.options.seed.unwrap_or_default(),
            jobs: self.jobs,
        };
        let suite = Suite {
            cases: Arc::from(prepared.plan.cases.clone()),
            target: self.target.clone(),
            driver: DriverKind::Adapter(prepared.pool.clone()),
            options: self.options.clone(),
            judge,
            jobs: self.jobs,
            fail_fast: self.fail_fast,
        };
        let active = suite.judge.baseline.clone();
        let unscored_rules = suite.judge.unscored_rules.clone();
        let mut sum = Tally::default();
        let conclude = |finished: &mut RunFinished| {
            sum = tally.take();
            let conclusion = self.conclude(prepared, active.as_deref(), finished, &sum);
            finished.notes.extend(self.notes());
            finished.add(conclusion.into_iter().chain(
                mistakes.iter().map(|mistake| (Exit::Invalid, format!("baseline: {mistake}"))),
            ));
        };
        let finished = suite.run_and_conclude(&started, sinks, conclude).await;
        let notes = prepared.pool.notes();
        Outcome { finished, tally: sum, notes, unscored_rules }
    }

    /// What no single case shows: entries that excuse nothing any more, rules that met nothing,
    /// a requirement set that scores nothing.
    fn conclude(
        &self,
        prepared: &Prepared,
        active: Option<&ActiveBaseline>,
        finished: &RunFinished,
        tally: &Tally,
    ) -> Vec<(Exit, String)> {
        let mut red = Vec::new();
        // A run of a selection says nothing of the cases that it left out.
        let tells = self.is_whole() && self.has_fast_lane() && finished.not_run == 0;
        if let Some(active) = active.filter(|_| tells) {
            let idle = tally.idle(&active.entries, self.has_all_lanes());
            red.extend(idle.iter().map(|line| (Exit::Failed, format!("stale: {line}"))));
        }
        if self.require_coverage {
            let missing = not_exercised(prepared, &tally.coverage);
            if !missing.is_empty() {
                red.push((
                    Exit::Failed,
                    format!("--require-coverage: not exercised: {}", missing.join(", ")),
                ));
            }
        }
        if tally.unscored > 0 && tally.unscored == tally.ran.len() {
            let why = "the requirement set has none of the cases that ran: nothing was scored";
            red.push((Exit::NothingRan, why.to_owned()));
        }
        red
    }

    /// What somebody should know of baseline and requirement set; none of it is red.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(baseline) = self.baseline {
            notes.extend(baseline.ended(self.today));
            if self.selection.shard.is_some() {
                let why = "a shard cannot tell which entries of the baseline are needed still: a run of all cases does";
                notes.push(why.to_owned());
            }
        }
        if let Some(set) = self.requirements.filter(|_| self.whole) {
            let all: BTreeSet<String> = Selection::default()
                .cases(&self.loaded.scenarios)
                .map(|case| case.name())
                .collect();
            let gone: Vec<&str> = set.cases.difference(&all).map(String::as_str).collect();
            if !gone.is_empty() {
                notes.push(format!(
                    "the requirement set {} names what no scenario is: {}",
                    set.date,
                    gone.join(", ")
                ));
            }
        }
        notes
    }

    /// The options of judging this implementation, and what is wrong with its baseline.
    fn judge(
        &self,
        prepared: &Prepared,
        implementation: &Implementation,
    ) -> (JudgeOptions, Vec<String>) {
        let mut judge = self.judge.clone();
        let names: Vec<String> = prepared.plan.cases.iter().map(crate::plan::Case::name).collect();
        let mut mistakes = Vec::new();
        if let Some(baseline) = self.baseline {
            let active = baseline.activate(implementation, self.today);
            mistakes.extend(baseline.stranger(implementation));
            mistakes.extend(active.contradictions(names.iter().map(String::as_str)));
            if self.whole {
                // Of all lanes and api-versions, whatever this run takes of them.
                let everything = Selection::default();
                let all = everything.cases(&self.loaded.scenarios).map(|case| case.name());
                let all: Vec<String> = all.collect();
                mistakes.extend(active.unmatched(all.iter().map(String::as_str)));
            }
            judge.baseline = Some(Arc::new(active));
        }
        if let Some(set) = self.requirements {
            let unscored: BTreeMap<String, String> =
                names.iter().filter_map(|name| Some((name.clone(), set.unscored(name)?))).collect();
            judge.unscored = Arc::new(unscored);
            judge.unscored_rules = Arc::new(set.unscored_rules());
        }
        (judge, mistakes)
    }

    /// The lanes that wait hold few cases: what goes well in them may go wrong in the others.
    fn has_fast_lane(&self) -> bool {
        self.selection.lanes.is_empty() || self.selection.lanes.contains(&Lane::Fast)
    }

    fn has_all_lanes(&self) -> bool {
        let lanes = &self.selection.lanes;
        lanes.is_empty()
            || [Lane::Fast, Lane::Timing, Lane::Slow].iter().all(|it| lanes.contains(it))
    }

    /// Whether nothing was selected among the scenarios, so that a pattern without a case is a
    /// mistake.
    fn is_whole(&self) -> bool {
        self.selection.filter.is_none()
            && self.selection.api_versions.is_empty()
            && self.selection.shard.is_none()
            && self.whole
    }
}
