//! The corpus notices: each deliberate defect of the emulator is caught by a scenario, with
//! snapshots switched off, by an expectation of a scenario that names the behaviour broken.
//!
//! `ACS_WHOLE_PROOF=1` runs the whole corpus on every defect, for the full table; otherwise each
//! defect meets the scenarios that name its behaviour.

use std::fmt::Write as _;
use std::sync::Arc;

use acs_conformance::driver::DriverKind;
use acs_conformance::emulator::defect::{Defect, Defects};
use acs_conformance::judge::{self, JudgeOptions, SnapshotMode};
use acs_conformance::plan::Case;
use acs_conformance::report::behaviours::asserted;
use acs_conformance::run::{CaseOptions, run_case};
use acs_conformance::scenario::Scenario;
use acs_conformance::target::Embedded;
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
            async move { (case.name(), caught(whole, &case).await) }
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
    let mut table = String::from("defect | breaks | caught by\n");
    let mut missed = Vec::new();
    for defect in Defect::ALL {
        let target = plain.clone().with_defects(Defects::only(*defect));
        let cases =
            corpus.iter().filter(|scenario| whole || names(scenario, *defect)).flat_map(cases);
        let runs = cases.map(|case| {
            let target = &target;
            async move { (caught(target, &case).await, case) }
        });
        let met: Vec<_> = futures::stream::iter(runs).buffered(JOBS).collect().await;
        let by: Vec<String> = met
            .iter()
            .filter(|(caught, _)| *caught == Caught::ByExpectation)
            .map(|(_, case)| case.name())
            .collect();
        let proven = met.iter().any(|(caught, case)| {
            *caught == Caught::ByExpectation && names(&case.scenario, *defect)
        });
        if !proven {
            let met: Vec<String> =
                met.iter().map(|(caught, case)| format!("{} {caught:?}", case.name())).collect();
            missed.push(format!("{} (`{}`): {met:?}", defect.words(), defect.behaviour()));
        }
        let _ = writeln!(table, "{} | {} | {}", defect.words(), defect.behaviour(), by.join(", "));
    }
    (table, missed)
}

fn names(scenario: &Scenario, defect: Defect) -> bool {
    asserted(scenario).contains(defect.behaviour())
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
    /// A step of the scenario's own file met something that it did not expect.
    ByExpectation,
    /// Red for another reason, which proves nothing.
    Otherwise,
}

async fn caught(target: &Embedded, case: &Case) -> Caught {
    let mut world = target.open(&case.scenario.emulator, None).await.unwrap();
    let mut driver = DriverKind::Wire.start().await.unwrap();
    let options = CaseOptions::default();
    let transcript = run_case(case, &mut world, &mut driver, &options, &mut |_| {}).await;
    world.close().await;
    let judge_options = JudgeOptions { snapshots: SnapshotMode::Off, ..JudgeOptions::default() };
    let verdict = judge::judge(&transcript, &judge_options);
    if verdict.is_green() {
        return Caught::Green;
    }
    let own = &case.scenario.source.path;
    let mut steps = transcript.steps.iter().zip(&verdict.steps);
    let expected =
        steps.any(|(record, step)| !step.mismatches.is_empty() && record.place.source.path == *own);
    if expected { Caught::ByExpectation } else { Caught::Otherwise }
}
