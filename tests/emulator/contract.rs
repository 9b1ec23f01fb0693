//! The harness blames itself: an emulator that breaks the contract ends a case with exit 3, whatever
//! else is wrong with it; a whole one never does.

use std::sync::Arc;

use acs_conformance::acs::ApiVersion;
use acs_conformance::driver::DriverKind;
use acs_conformance::driver::adapter::{Command, Limits};
use acs_conformance::emulator::TrustFiles;
use acs_conformance::emulator::defect::{Defect, Defects};
use acs_conformance::exit::Exit;
use acs_conformance::judge::{self, JudgeOptions, Problem, SnapshotMode, Verdict};
use acs_conformance::plan::{Case, Selection};
use acs_conformance::run::{CaseOptions, run_case};
use acs_conformance::scenario;
use acs_conformance::sdk::{Trial, Watched};
use acs_conformance::target::{Embedded, Target};
use acs_conformance::transcript::{TargetKind, Traffic};

/// Defects that break the contract, the scenario and version where they show, and the words that
/// the violation says.
const BREAKS: [(Defect, &str, &str, &str); 12] = [
    (Defect::TimesWithZ, "quickstart.yaml", "2025-03-13", "answer 201 to rooms.create"),
    (Defect::LocationAsPath, "quickstart.yaml", "2025-03-13", "/headers/location"),
    (Defect::RoomWithParticipants, "quickstart.yaml", "2025-03-13", "Additional properties"),
    (Defect::PatchAnswersList, "quickstart.yaml", "2025-03-13", "participants.add_or_update"),
    (Defect::UserCreatedAs200, "quickstart.yaml", "2025-03-13", "no such answer"),
    (Defect::NoErrorCodeHeader, "quickstart.yaml", "2025-03-13", "answer 404 to rooms.get"),
    (Defect::NullNextLink, "quickstart.yaml", "2025-03-13", "/body/nextLink"),
    (Defect::DialOutInOldVersion, "rooms", "2023-06-14", "answer 201 to rooms.create"),
    (Defect::NestedToken, "identity/issue.yaml", "2023-10-01", "identity.issue_token"),
    (Defect::ExpiresOnWithZ, "identity/issue.yaml", "2023-10-01", "expiresOn"),
    (Defect::OpaqueTokens, "identity/issue.yaml", "2023-10-01", "token"),
    (Defect::RevokeAnswers200, "identity/revoke.yaml", "2023-10-01", "identity.revoke_tokens"),
];

#[test]
fn a_defect_that_breaks_the_contract_ends_in_exit_3() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let plain = Embedded::new().unwrap();
        for (defect, path, version, words) in BREAKS {
            let target = plain.clone().with_defects(Defects::only(defect));
            let verdicts = verdicts(&target, path, version).await;
            let said: Vec<String> = verdicts.iter().flat_map(violations).collect();
            assert!(
                said.iter().any(|violation| violation.contains(words)),
                "{}: {said:?}",
                defect.words()
            );
            let exit = Exit::worst(verdicts.iter().map(|verdict| verdict.exit));
            assert_eq!(exit, Exit::Harness, "{}", defect.words());
        }
    });
}

/// Whoever speaks to the emulator, its fault is never theirs.
#[test]
fn a_defect_is_the_harness_fault_behind_an_adapter_and_under_observe_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        for (defects, expected) in
            [(Defects::only(Defect::NullNextLink), Exit::Harness), (Defects::NONE, Exit::Success)]
        {
            assert_eq!(behind_an_adapter(defects).await, expected);
            assert_eq!(watched(defects).await, expected);
        }
    });
}

/// The quickstart by the reference client, in a process of its own.
async fn behind_an_adapter(defects: Defects) -> Exit {
    let mut embedded = Embedded::new().unwrap().with_defects(defects);
    let trust = TrustFiles::write(embedded.authority().ca_pem(), |_| None).unwrap();
    embedded.ca_file = Some(trust.ca_file().to_owned());
    let mut command = Command::parse(env!("CARGO_BIN_EXE_acs-conformance")).unwrap();
    command.arguments.push("reference-client".to_owned());
    let loaded = scenario::load(&[quickstart()]);
    let trial = Trial {
        loaded: &loaded,
        whole: false,
        selection: Selection::default(),
        target: Arc::new(Target::Emulator(embedded)),
        options: CaseOptions::default(),
        judge: JudgeOptions { snapshots: SnapshotMode::Off, ..JudgeOptions::default() },
        baseline: None,
        requirements: None,
        served_as: &[],
        jobs: 1,
        fail_fast: false,
        require_coverage: false,
        today: chrono::Utc::now().date_naive(),
    };
    let prepared = trial.prepare(command, Limits::default()).await.unwrap();
    trial.run(&prepared, Vec::new()).await.finished.exit.unwrap()
}

/// The same traffic as of a program that nobody told what to do.
async fn watched(defects: Defects) -> Exit {
    let target = Embedded::new().unwrap().with_defects(defects);
    let scenario = scenario::load(&[quickstart()]).scenarios[0].clone();
    let case = Case { scenario, api_version: ApiVersion::new("2025-03-13"), repetition: 1 };
    let mut world = target.open(&case.scenario.emulator, None).await.unwrap();
    let mut driver = DriverKind::Wire.start().await.unwrap();
    let options = CaseOptions::default();
    let transcript = run_case(&case, &mut world, &mut driver, &options, &mut |_| {}).await;
    world.close().await;
    let exchanges: Vec<_> = transcript.steps.into_iter().flat_map(|step| step.exchanges).collect();
    assert!(exchanges.len() > 5, "{}", exchanges.len());
    let traffic = Traffic {
        program: "a program".to_owned(),
        target: TargetKind::Emulator,
        exchanges,
        keys: Arc::default(),
        started: chrono::Utc::now(),
        duration: std::time::Duration::ZERO,
    };
    // What the built-in client leaves out of the guidelines is not the question here.
    let exit = Watched::of(traffic).exit(true);
    if exit == Exit::Failed { Exit::Success } else { exit }
}

fn quickstart() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.yaml")
}

#[test]
fn a_whole_emulator_keeps_the_contract_throughout_the_corpus() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let whole = Embedded::new().unwrap();
        let mut seen = 0;
        for version in ["2023-06-14", "2025-03-13", "2023-10-01"] {
            for verdict in verdicts(&whole, "", version).await {
                assert_eq!(violations(&verdict), Vec::<String>::new());
                seen += 1;
            }
        }
        assert!(seen > 100, "{seen}");
    });
}

/// An oracle that the emulator itself read would only say that it agrees with itself.
#[test]
fn no_code_of_the_emulator_reads_the_contract() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src/emulator"), root.join("src/acs")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            let reads = ["schema/contract", "judge::contract"];
            let found = reads.into_iter().find(|word| text.contains(word));
            assert_eq!(found, None, "{}", path.display());
        }
    }
    assert!(files > 50, "{files}");
}

fn violations(verdict: &Verdict) -> Vec<String> {
    let found = verdict.problems.iter().filter_map(|problem| match problem {
        Problem::Contract(violation) => Some(violation.to_string()),
        _ => None,
    });
    found.collect()
}

/// The verdicts of the scenarios below `scenarios/<path>` that run at that version.
async fn verdicts(target: &Embedded, path: &str, version: &str) -> Vec<Verdict> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(path);
    let version = ApiVersion::new(version);
    let loaded = scenario::load(&[path]);
    let plain = loaded.scenarios.iter().filter(|scenario| {
        scenario.requires.is_empty() && scenario.api_versions.contains(&version)
    });
    let mut verdicts = Vec::new();
    for scenario in plain {
        let scenario = Arc::clone(scenario);
        let case = Case { scenario, api_version: version.clone(), repetition: 1 };
        let mut world = target.open(&case.scenario.emulator, None).await.unwrap();
        let mut driver = DriverKind::Wire.start().await.unwrap();
        let options = CaseOptions { continue_after_failure: true, ..CaseOptions::default() };
        let transcript = run_case(&case, &mut world, &mut driver, &options, &mut |_| {}).await;
        world.close().await;
        let options = JudgeOptions { snapshots: SnapshotMode::Off, ..JudgeOptions::default() };
        verdicts.push(judge::judge(&transcript, &options));
    }
    verdicts
}
