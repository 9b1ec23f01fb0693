//! The kill matrix: every mutant of the reference client breaks its rule, for the stated reason,
//! and no other beyond its declared company; the clean client obeys and exercises all of them.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use acs_conformance::driver::adapter::{Command, Limits};
use acs_conformance::emulator::TrustFiles;
use acs_conformance::judge::rules::{self, RuleResult, RuleStatus};
use acs_conformance::judge::{JudgeOptions, SnapshotMode};
use acs_conformance::plan::Selection;
use acs_conformance::report::{Event, Sink};
use acs_conformance::run::CaseOptions;
use acs_conformance::scenario::{self, Lane, Loaded, Scenario};
use acs_conformance::sdk::Trial as Suite;
use acs_conformance::target::{Embedded, Target};
use libtest_mimic::{Failed, Trial};

use super::reasons::{COMPANY, OBSERVED, REASONS};

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = rules::all()
        .map(|rule| {
            let name = format!("mutants::{}_is_killed_for_its_reason", rule.id);
            Trial::test(name, move || kill(rule.id))
        })
        .collect();
    trials.push(Trial::test("mutants::the_clean_client_obeys_all_rules", clean));
    trials.push(Trial::test("mutants::every_rule_has_a_mutant_and_a_scenario", complete));
    trials
}

/// Held by all trials together, and by one that measures delays alone: beside others on a busy
/// machine it would measure them too.
static MACHINE: RwLock<()> = RwLock::new(());

/// Runs the suite; alone when delays are measured.
fn run(mutant: Option<&str>) -> Result<Vec<RuleResult>, Failed> {
    let timed = scenarios().iter().any(|one| one.lane != Lane::Fast && is_for(one, mutant));
    if timed {
        let _alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
        put_through(mutant)
    } else {
        let _beside = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
        put_through(mutant)
    }
}

/// The mutant's own rule is broken, as `REASONS` says; observations are noted, as `OBSERVED` says.
fn kill(rule: &str) -> Result<(), Failed> {
    let results = run(Some(rule))?;
    let broken: Vec<&RuleResult> = results.iter().filter(|result| is_broken(result)).collect();
    let company: &[&str] =
        COMPANY.iter().find(|(mutant, _)| *mutant == rule).map_or(&[], |(_, company)| company);
    let strangers: Vec<String> = broken
        .iter()
        .filter(|result| result.rule != rule && !company.contains(&result.rule))
        .map(|result| describe(result))
        .collect();
    if !strangers.is_empty() {
        return Err(format!("broken beside {rule}: {}", strangers.join("; ")).into());
    }
    if let Some((_, _, observed)) = OBSERVED.iter().find(|(id, _, _)| *id == rule) {
        return has(&results, rule, observed);
    }
    let Some((_, reason)) = REASONS.iter().find(|(id, _)| *id == rule) else {
        return Err(format!("no reason is stated for {rule}").into());
    };
    if !broken.iter().any(|result| result.rule == rule) {
        return Err(format!("the mutant of {rule} survives").into());
    }
    has(&results, rule, reason)
}

fn clean() -> Result<(), Failed> {
    let results = run(None)?;
    let broken: Vec<String> =
        results.iter().filter(|result| is_broken(result)).map(describe).collect();
    if !broken.is_empty() {
        return Err(format!("the clean client breaks {}", broken.join("; ")).into());
    }
    let idle: Vec<&str> =
        results.iter().filter(|result| result.exercised == 0).map(|result| result.rule).collect();
    if !idle.is_empty() {
        return Err(format!("never exercised: {}", idle.join(", ")).into());
    }
    OBSERVED.iter().try_for_each(|(rule, observed, _)| has(&results, rule, observed))
}

fn complete() -> Result<(), Failed> {
    for rule in rules::all() {
        let stated = REASONS.iter().any(|(id, _)| *id == rule.id)
            || OBSERVED.iter().any(|(id, _, _)| *id == rule.id);
        if !stated {
            return Err(format!("{} has no mutant", rule.id).into());
        }
        if !scenarios().iter().any(|scenario| scenario.rules.iter().any(|id| id == rule.id)) {
            return Err(format!("{} has no scenario", rule.id).into());
        }
    }
    Ok(())
}

fn is_broken(result: &RuleResult) -> bool {
    matches!(result.status, RuleStatus::Fail | RuleStatus::Warn)
}

fn describe(result: &RuleResult) -> String {
    let first = result.findings.first().map(ToString::to_string).unwrap_or_default();
    format!("{} ({first})", result.rule)
}

/// The rule's findings must say `words`.
fn has(results: &[RuleResult], rule: &str, words: &str) -> Result<(), Failed> {
    let findings = results.iter().filter(|result| result.rule == rule).flat_map(|r| &r.findings);
    let all: Vec<String> = findings.map(ToString::to_string).collect();
    if all.iter().any(|finding| finding.contains(words)) {
        return Ok(());
    }
    Err(format!("{rule} should say {words:?}, and says {all:?}").into())
}

/// Puts the reference client through the conformance scenarios, and adds the rules up.
fn put_through(mutant: Option<&str>) -> Result<Vec<RuleResult>, Failed> {
    let Shared { runtime, target, trust } = shared()?;
    let mut command = Command::parse(env!("CARGO_BIN_EXE_acs-conformance"))?;
    command.arguments.push("reference-client".to_owned());
    if let Some(rule) = mutant {
        command.arguments.extend(["--mutant".to_owned(), rule.to_owned()]);
    }
    command.environment =
        trust.variables().iter().map(|(name, path)| (name.into(), path.into())).collect();
    let chosen = scenarios().iter().filter(|scenario| is_for(scenario, mutant)).cloned().collect();
    let loaded = Loaded { scenarios: chosen, ..Loaded::default() };
    let suite = Suite {
        loaded: &loaded,
        whole: false,
        selection: Selection::default(),
        target: target.clone(),
        options: CaseOptions { continue_after_failure: true, ..CaseOptions::default() },
        judge: JudgeOptions { snapshots: SnapshotMode::Off, ..JudgeOptions::default() },
        baseline: None,
        requirements: None,
        served_as: &[],
        jobs: 1,
        fail_fast: false,
        require_coverage: false,
        today: chrono::Utc::now().date_naive(),
    };
    let sum = Sum::default();
    runtime.block_on(async {
        let prepared = suite.prepare(command, Limits::default()).await?;
        suite.run(&prepared, vec![Box::new(sum.clone())]).await;
        Ok::<(), Failed>(())
    })?;
    Ok(std::mem::take(&mut *sum.0.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// Waiting scenarios run for the clean client and for the mutants of the rules that they name.
fn is_for(scenario: &Scenario, mutant: Option<&str>) -> bool {
    let named = mutant.is_none_or(|rule| scenario.rules.iter().any(|id| id == rule));
    match scenario.lane {
        Lane::Fast => true,
        Lane::Timing => named,
        Lane::Slow => mutant.is_none(),
    }
}

/// The results of all cases, added up.
#[derive(Clone, Default)]
struct Sum(Arc<Mutex<Vec<RuleResult>>>);

impl Sink for Sum {
    fn event(&mut self, event: &Event<'_>) -> std::io::Result<()> {
        if let Event::CaseFinished(finished) = event {
            let mut sum = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            rules::merge(&mut sum, &finished.verdict.rules);
        }
        Ok(())
    }
}

fn scenarios() -> &'static [Arc<Scenario>] {
    static SCENARIOS: OnceLock<Vec<Arc<Scenario>>> = OnceLock::new();
    SCENARIOS.get_or_init(|| {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        scenario::load(&[root.join("scenarios/conformance")]).scenarios
    })
}

/// What all trials share: one authority, one runtime.
struct Shared {
    runtime: tokio::runtime::Runtime,
    target: Arc<Target>,
    trust: TrustFiles,
}

fn shared() -> Result<&'static Shared, Failed> {
    static SHARED: OnceLock<Result<Shared, String>> = OnceLock::new();
    let made = SHARED.get_or_init(|| {
        let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
        let mut embedded = Embedded::new().map_err(|error| error.to_string())?;
        let trust = TrustFiles::write(embedded.authority().ca_pem(), |name| std::env::var_os(name))
            .map_err(|error| error.to_string())?;
        embedded.ca_file = Some(trust.ca_file().to_owned());
        Ok(Shared { runtime, target: Arc::new(Target::Emulator(embedded)), trust })
    });
    made.as_ref().map_err(|why| Failed::from(why.as_str()))
}
