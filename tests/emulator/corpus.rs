//! The corpus is complete, and the documents made of it are current.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acs_conformance::report::behaviours;
use acs_conformance::report::stamps::Stamps;
use acs_conformance::scenario::{self, Scenario};

const AREAS: [&str; 14] = [
    "quickstart",
    "rooms",
    "validity",
    "participants",
    "roles",
    "listing",
    "identity",
    "tokens",
    "auth",
    "versions",
    "repeatability",
    "faults",
    "expiry",
    "limits",
];
/// Lines that fit on a screen.
const SCREEN: usize = 50;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The corpus without the cases for SDKs, which have a room of their own.
pub fn corpus() -> Vec<Arc<Scenario>> {
    let loaded = scenario::load(&[root().join("scenarios")]);
    assert!(loaded.diagnostics.is_empty(), "`acs-conformance check` has something to say");
    loaded
        .scenarios
        .into_iter()
        .filter(|scenario| AREAS.contains(&scenario.area.as_str()))
        .collect()
}

#[test]
fn the_corpus_has_scenarios_in_every_area() {
    let corpus = corpus();
    let files: BTreeSet<PathBuf> =
        corpus.iter().map(|scenario| scenario.source.path.clone()).collect();
    assert!(files.len() >= 120, "{} scenario files", files.len());
    for area in AREAS {
        assert!(corpus.iter().any(|scenario| scenario.area == area), "nothing in {area}");
    }
}

#[test]
fn every_behaviour_is_asserted_by_a_scenario() {
    let missing = behaviours::unasserted(&corpus());
    assert!(missing.is_empty(), "no scenario asserts {missing:?}");
}

#[test]
fn a_scenario_is_readable_on_one_screen_and_named_by_what_it_shows() {
    let mut names = BTreeMap::new();
    for scenario in corpus().iter().filter(|scenario| scenario.area != "quickstart") {
        let lines = scenario.source.text.lines().count();
        let path = scenario.source.path.display();
        assert!(lines <= SCREEN, "{path} has {lines} lines");
        if let Some(other) = names.insert(scenario.name.clone(), path.to_string()) {
            panic!("{path} and {other} have the same name: {}", scenario.name);
        }
    }
}

#[test]
fn no_two_scenarios_do_the_same() {
    const SAID: [&str; 7] = ["#", "name:", "about:", "evidence:", "tags:", "targets:", "rules:"];
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for scenario in corpus() {
        let done: Vec<&str> = scenario
            .source
            .text
            .lines()
            .filter(|line| !line.is_empty() && !SAID.iter().any(|said| line.starts_with(said)))
            .collect();
        let path = scenario.source.path.display().to_string();
        if let Some(other) = seen.insert(done.join("\n"), path.clone()) {
            panic!("{path} does what {other} does");
        }
    }
}

#[test]
fn the_document_of_behaviours_is_current() {
    let path = root().join("docs/behaviour.md");
    let all = scenario::load(&[root().join("scenarios")]).scenarios;
    let stamps = Stamps::read(&root().join("evidence/live.json")).expect("stamps of live runs");
    let made = behaviours::document(&all, &stamps.confirmations());
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        made == kept,
        "docs/behaviour.md is not current; make it anew: \
         acs-conformance scenarios behaviours > docs/behaviour.md"
    );
}
