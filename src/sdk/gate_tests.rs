//! Which scenarios an adapter is offered.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::driver::adapter::Answer;
use crate::plan::{Case, Selection};
use crate::scenario::load_text;

fn gate(features: &[&str]) -> Gate {
    gate_at(&["2024-04-15"], features)
}

fn gate_at(rooms: &[&str], features: &[&str]) -> Gate {
    let hello = serde_json::json!({"type": "hello", "protocol": 1, "os": "x",
        "sdk": {"name": "s", "version": "1", "language": "l"},
        "runtime": {"name": "r", "version": "1"},
        "apiVersions": {"rooms": rooms, "identity": []}, "features": features});
    let Ok(Answer::Hello(hello)) = Answer::read(&hello.to_string()) else { panic!("no hello") };
    Gate::of(&hello, &[(ApiVersion::new("2026-09-01"), ApiVersion::new("2025-03-13"))])
}

fn scenario(steps: &str) -> Vec<Arc<Scenario>> {
    scenario_with("", steps)
}

fn scenario_with(more: &str, steps: &str) -> Vec<Arc<Scenario>> {
    let text = format!(
        "{more}name: x\nevidence: {{ assumed: y }}\napi-versions: [\"2024-04-15\", \"2025-03-13\"]\nsteps:\n{steps}"
    );
    let loaded = load_text(Path::new("scenarios/x.yaml"), &text);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    loaded.scenarios
}

const GET: &str =
    "  - call: { op: rooms.get, with: { room_id: \"1\" }, expect: { error: { status: 400 } } }\n";

#[test]
fn a_case_runs_at_the_versions_that_the_adapter_lists() {
    let plan = Selection::default().plan(&scenario(GET), &gate(&["op:rooms.*"]));
    let names: Vec<String> = plan.cases.iter().map(Case::name).collect();
    assert_eq!(names, ["quickstart::x::2024-04-15"]);
    assert_eq!(plan.skipped.len(), 1);
}

#[test]
fn an_unknown_version_stands_for_the_one_that_it_is_served_as() {
    let gate = gate_at(&["2026-09-01"], &["op:rooms.*"]);
    let plan = Selection::default().plan(&scenario(GET), &gate);
    let names: Vec<String> = plan.cases.iter().map(Case::name).collect();
    assert_eq!(names, ["quickstart::x::2025-03-13"]);
}

#[test]
fn what_the_types_of_an_sdk_cannot_say_is_left_out_with_the_feature() {
    let create =
        "  - call: { op: rooms.create, with: { pstn_dial_out_enabled: true }, unasserted: y }\n";
    let refusal = gate(&["op:rooms.*"]).refusal(&scenario(create)[0]).unwrap();
    assert!(refusal.contains("arg:rooms.create.pstn_dial_out_enabled"), "{refusal}");
    assert_eq!(gate(&["op:*", "arg:*"]).refusal(&scenario(create)[0]), None);
}

#[test]
fn raw_requests_are_for_the_built_in_client() {
    let raw = "  - request: { method: GET, path: /rooms, expect: { exchange: { status: 200 } } }\n";
    assert!(gate(&["*"]).refusal(&scenario(raw)[0]).unwrap().contains("raw HTTP"));
}

#[test]
fn rules_are_provoked_at_the_first_version_of_the_adapters_list() {
    let gate = gate_at(&["2025-03-13", "2024-04-15"], &["op:rooms.*", "custom-api-version"]);
    let names = |more: &str, asked: &[&str]| -> Vec<String> {
        let api_versions = asked.iter().copied().map(ApiVersion::new).collect();
        let selection = Selection { api_versions, ..Selection::default() };
        let plan = selection.plan(&scenario_with(more, GET), &gate);
        plan.cases.iter().map(|case| case.api_version.to_string()).collect()
    };
    let active = "rules: [ERR-1]\n";
    assert_eq!(names("", &[]), ["2024-04-15", "2025-03-13"], "a passive case: at all");
    assert_eq!(names(active, &[]), ["2025-03-13"]);
    assert_eq!(names(active, &["2024-04-15"]), ["2024-04-15"], "what is asked for");
    let selecting = "rules: [VER-3]\nrequires: [custom-api-version]\n";
    assert_eq!(names(selecting, &[]), ["2024-04-15", "2025-03-13"], "versions are its subject");
}

#[test]
fn every_feature_of_the_protocol_is_asked_for_by_some_scenario() {
    let scenarios = crate::builtin::load().scenarios;
    for (left_out, _) in features::KNOWN {
        let families = ["op:*", "arg:*", "role:*"];
        let others = features::KNOWN.iter().map(|(id, _)| *id).filter(|id| *id != left_out);
        let declared: Vec<&str> = families.into_iter().chain(others).collect();
        let gate = gate(&declared);
        let asked = scenarios.iter().any(|scenario| {
            let told = gate.refusal(scenario).unwrap_or_default();
            told.split(' ').any(|word| word == left_out)
                || scenario.requires.iter().any(|id| id == left_out)
        });
        assert!(asked, "no scenario asks for {left_out}");
    }
}
