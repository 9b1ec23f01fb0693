//! The corpus notices: each deliberate defect of the emulator is caught, with snapshots switched
//! off, by an expectation that names the behaviour broken.
//!
//! `ACS_WHOLE_PROOF=1` runs the whole corpus on every defect, for the full table; otherwise each
//! defect meets the scenarios that name its behaviour.

use std::fmt::Write as _;
use std::sync::Arc;

use acs_conformance::driver::DriverKind;
use acs_conformance::emulator::defect::{Defect, Defects};
use acs_conformance::judge::{self, JudgeOptions, SnapshotMode};
use acs_conformance::plan::Case;
use acs_conformance::run::{CaseOptions, run_case};
use acs_conformance::scenario::{Expectation, Scenario};
use acs_conformance::target::Embedded;
use acs_conformance::transcript::{StepRecord, StepStatus};
use futures::StreamExt as _;

use super::corpus::corpus;

/// How many cases run at once.
const JOBS: usize = 4;

#[test]
fn every_deliberate_defect_is_caught_by_an_expectation_that_names_its_behaviour() {
    let corpus = corpus();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (table, missed) = runtime.block_on(prove(&corpus));
    println!("{table}");
    assert!(missed.is_empty(), "nothing notices: {missed:#?}\n{table}");
    assert!(Defect::ALL.len() >= 40);
}

#[test]
fn without_a_defect_the_same_cases_are_green() {
    let corpus = corpus();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let whole = Embedded::new().unwrap();
    let named: Vec<&Arc<Scenario>> = corpus
        .iter()
        .filter(|scenario| Defect::ALL.iter().any(|defect| names(scenario, *defect)))
        .collect();
    let red = runtime.block_on(async {
        let cases = named.iter().flat_map(|scenario| cases(scenario));
        let runs = cases.map(|case| {
            let whole = &whole;
            async move { (case.name(), caught(whole, &case, "").await) }
        });
        let all: Vec<_> = futures::stream::iter(runs).buffered(JOBS).collect().await;
        all.into_iter().filter(|(_, caught)| *caught != Caught::Green).collect::<Vec<_>>()
    });
    assert!(red.is_empty(), "{red:?}");
}

/// The table, and the defects that nobody noticed.
async fn prove(corpus: &[Arc<Scenario>]) -> (String, Vec<String>) {
    let whole = std::env::var_os("ACS_WHOLE_PROOF").is_some();
    let plain = Embedded::new().unwrap();
    let mut table = String::from("defect | breaks | caught by (red for another reason)\n");
    let mut missed = Vec::new();
    for defect in Defect::ALL {
        let target = plain.clone().with_defects(Defects::only(*defect));
        let cases =
            corpus.iter().filter(|scenario| whole || names(scenario, *defect)).flat_map(cases);
        let runs = cases.map(|case| {
            let target = &target;
            async move { (case.name(), caught(target, &case, defect.behaviour()).await) }
        });
        let met: Vec<_> = futures::stream::iter(runs).buffered(JOBS).collect().await;
        if !met.iter().any(|(_, caught)| *caught == Caught::ByItsName) {
            missed.push(format!("{} (`{}`): {met:?}", defect.words(), defect.behaviour()));
        }
        let by: Vec<String> = met.iter().filter_map(|(name, caught)| caught.cell(name)).collect();
        let _ = writeln!(table, "{} | {} | {}", defect.words(), defect.behaviour(), by.join(", "));
    }
    (table, missed)
}

fn names(scenario: &Scenario, defect: Defect) -> bool {
    scenario.behaviours().contains(defect.behaviour())
}

/// The oldest and the newest version: what a defect breaks, it breaks at one of them.
fn cases(scenario: &Arc<Scenario>) -> Vec<Case> {
    let versions = &scenario.api_versions;
    let mut ends = vec![versions[versions.len() - 1].clone()];
    if versions.len() > 1 {
        ends.push(versions[0].clone());
    }
    ends.into_iter()
        .map(|api_version| Case { scenario: Arc::clone(scenario), api_version, repetition: 1 })
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caught {
    Green,
    /// An expectation was not met that names the behaviour.
    ByItsName,
    /// Red for another reason, which proves nothing.
    Otherwise,
}

impl Caught {
    fn cell(self, case: &str) -> Option<String> {
        match self {
            Self::Green => None,
            Self::ByItsName => Some(case.to_owned()),
            Self::Otherwise => Some(format!("({case})")),
        }
    }
}

async fn caught(target: &Embedded, case: &Case, behaviour: &str) -> Caught {
    let mut world = target.open(&case.scenario.emulator, None).await.unwrap();
    let mut driver = DriverKind::Wire.start().await.unwrap();
    let options = CaseOptions::default();
    let transcript = run_case(case, &mut world, &mut driver, &options, &mut |_| {}).await;
    world.close().await;
    let judge_options = JudgeOptions { snapshots: SnapshotMode::Off, ..JudgeOptions::default() };
    if judge::judge(&transcript, &judge_options).is_green() {
        return Caught::Green;
    }
    let broken = |record: &StepRecord| {
        let naming = |one: &&Expectation| one.behaviours.iter().any(|id| id == behaviour);
        let naming: Vec<Expectation> = record.expectations.iter().filter(naming).cloned().collect();
        record.status == StepStatus::Ran && !judge::mismatches(record, &naming).is_empty()
    };
    if transcript.steps.iter().any(broken) { Caught::ByItsName } else { Caught::Otherwise }
}
