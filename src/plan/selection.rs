//! Which cases run, and which do not, and why.

use std::sync::Arc;

use super::{Case, Durations, Filter, Shard};
use crate::acs::{ApiVersion, Service};
use crate::scenario::{Action, Lane, Scenario};
use crate::transcript::TargetKind;

/// What a user asked for.
#[derive(Debug, Clone)]
pub struct Selection {
    pub filter: Option<Filter>,
    /// Only these api-versions; all when empty.
    pub api_versions: Vec<ApiVersion>,
    /// Only these lanes; all when empty.
    pub lanes: Vec<Lane>,
    pub shard: Option<Shard>,
    /// How long cases took last time, to balance shards.
    pub durations: Durations,
    /// How often each case runs; at least once.
    pub repeat: u32,
    /// The seed of a shuffled order; the order of the files without.
    pub shuffle: Option<u64>,
    pub target: TargetKind,
    /// The target's credentials are a token: requests that sign with a key cannot be made.
    pub keyless: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            filter: None,
            api_versions: Vec::new(),
            lanes: Vec::new(),
            shard: None,
            durations: Durations::default(),
            repeat: 1,
            shuffle: None,
            target: TargetKind::Emulator,
            keyless: false,
        }
    }
}

/// A selected case that does not run.
#[derive(Debug, Clone)]
pub struct Skipped {
    pub case: Case,
    /// Why, in a few words.
    pub reason: String,
}

/// What runs, and what does not.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// In the order in which they are reported.
    pub cases: Vec<Case>,
    /// Selected, but not for this target or driver.
    pub skipped: Vec<Skipped>,
    /// Cases of the whole selection, over all shards, that can run.
    pub runnable: usize,
}

impl Plan {
    /// A shard without work while other shards have some: that is success, and is said.
    pub fn is_empty_shard(&self) -> bool {
        self.cases.is_empty() && self.runnable > 0
    }
}

/// What the driver can do, as far as planning needs to know.
pub trait Abilities {
    /// Whether it declares a feature that a scenario requires.
    fn has(&self, feature: &str) -> bool;

    /// Whether it speaks an api-version of a service.
    fn speaks(&self, service: Service, version: &ApiVersion) -> bool;

    /// The one api-version at which it gets a scenario, unless versions are asked for; none for
    /// all of them.
    fn only_version(&self, _scenario: &Scenario) -> Option<ApiVersion> {
        None
    }

    /// Why it cannot carry a scenario out, beside `requires`.
    fn refusal(&self, _scenario: &Scenario) -> Option<String> {
        None
    }
}

/// The built-in client: every api-version, no feature.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltIn;

impl Abilities for BuiltIn {
    fn has(&self, _feature: &str) -> bool {
        false
    }

    fn speaks(&self, _service: Service, _version: &ApiVersion) -> bool {
        true
    }
}

impl Selection {
    /// Selects among all cases of the scenarios.
    pub fn plan(&self, scenarios: &[Arc<Scenario>], abilities: &dyn Abilities) -> Plan {
        let mut plan = Plan::default();
        for case in self.cases(scenarios) {
            match self.reason(&case, abilities) {
                Some(reason) => plan.skipped.push(Skipped { case, reason }),
                None => plan.cases.push(case),
            }
        }
        plan.runnable = plan.cases.len();
        if let Some(shard) = self.shard {
            let mut mine = shard.choose(&plan.cases, &self.durations).into_iter();
            plan.cases.retain(|_| mine.next().unwrap_or(false));
            // What does not run is told by one shard, or the sum of all would have it n times.
            if shard.index != 1 {
                plan.skipped.clear();
            }
        }
        if let Some(seed) = self.shuffle {
            shuffle(&mut plan.cases, seed);
        }
        plan
    }

    /// All cases that are selected, whether they can run or not; of all shards.
    pub fn cases<'a>(&'a self, scenarios: &'a [Arc<Scenario>]) -> impl Iterator<Item = Case> + 'a {
        scenarios
            .iter()
            .filter(|scenario| self.lanes.is_empty() || self.lanes.contains(&scenario.lane))
            .flat_map(|scenario| {
                scenario.api_versions.iter().map(move |version| Case {
                    scenario: Arc::clone(scenario),
                    api_version: version.clone(),
                    repetition: 1,
                })
            })
            .filter(|case| {
                self.api_versions.is_empty() || self.api_versions.contains(&case.api_version)
            })
            .filter(|case| self.filter.as_ref().is_none_or(|filter| filter.fits(case)))
            .flat_map(|case| {
                (1..=self.repeat.max(1)).map(move |repetition| Case { repetition, ..case.clone() })
            })
    }

    fn reason(&self, case: &Case, abilities: &dyn Abilities) -> Option<String> {
        let scenario = &case.scenario;
        if !scenario.targets.contains(&self.target) {
            let names: Vec<_> = scenario.targets.iter().map(|target| target.name()).collect();
            return Some(format!("for the target {} only", names.join(", ")));
        }
        if self.keyless && scenario.steps.iter().any(|step| step.does(&signs_with_a_key)) {
            return Some(
                "signs with a key of the resource; the credentials are a token".to_owned(),
            );
        }
        let missing: Vec<_> = scenario
            .requires
            .iter()
            .filter(|feature| !abilities.has(feature))
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            return Some(format!("requires {}", missing.join(", ")));
        }
        if !abilities.speaks(scenario.service, &case.api_version) {
            return Some(format!("the driver does not speak {}", case.api_version));
        }
        if let Some(refusal) = abilities.refusal(scenario) {
            return Some(refusal);
        }
        let only = abilities.only_version(scenario).filter(|_| self.api_versions.is_empty());
        only.filter(|only| *only != case.api_version)
            .map(|only| format!("rules are provoked at {only}; --api-version asks for another"))
    }
}

fn signs_with_a_key(action: &Action) -> bool {
    matches!(action, Action::Request(request) if request.auth.needs_key())
}

/// The same order for the same seed, on every machine.
fn shuffle(cases: &mut [Case], seed: u64) {
    use rand::SeedableRng as _;
    use rand::seq::SliceRandom as _;
    cases.shuffle(&mut rand_chacha::ChaCha8Rng::seed_from_u64(seed));
}
