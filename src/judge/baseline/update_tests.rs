//! What is kept, what goes and what is added when a baseline is written anew.

use std::path::Path;

use super::*;

fn implementation() -> Implementation {
    Implementation {
        name: "some-sdk".to_owned(),
        version: "1.2.0".to_owned(),
        language: "python".to_owned(),
        flavour: Some("sync".to_owned()),
        runtime: "CPython".to_owned(),
        runtime_version: "3.13.0".to_owned(),
    }
}

fn written(old: &str, found: &Found) -> Baseline {
    let path = Path::new("known-failures.yaml");
    let old = Baseline::read(path, old).unwrap();
    let text = update(&old, &implementation(), "2027-01-01".parse().unwrap(), found);
    // New entries still want a reason and a link, which is for a person to write.
    Baseline::read(path, &text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn found() -> Found {
    let mut found = Found::default();
    for case in ["rooms::get::v1", "rooms::list::v1", "tokens::issue::v1"] {
        found.judge(case, Some("REQ-8"));
        found.judge(case, Some("PAG-1"));
    }
    for case in ["rooms::get::v1", "rooms::list::v1"] {
        found.add(case, Some("REQ-8"), Mode::Fails, "null".to_owned());
    }
    found
}

#[test]
fn what_is_new_gets_the_shortest_patterns_that_name_it_and_nothing_else() {
    let baseline = written("entries: []\n", &found());
    let entry = &baseline.entries[0];
    assert_eq!(entry.cases[0].as_str(), "rooms::**");
    assert_eq!(entry.rule.as_deref(), Some("REQ-8"));
    assert!(entry.reason.starts_with("TODO"));
}

#[test]
fn reasons_are_kept_while_they_hold_and_entries_go_when_nothing_fails() {
    let old = "entries:\n  - case: '*::*::v1/REQ-8'\n    reason: sends null\n    issue: link\n  - case: '**/PAG-1'\n    reason: fixed\n    issue: link\n  - case: '**/PAG-1'\n    reason: elsewhere\n    issue: link\n    versions: '<1.0'\n";
    let baseline = written(old, &found());
    let kept: Vec<&str> = baseline.entries.iter().map(|entry| entry.reason.as_str()).collect();
    assert_eq!(kept, ["sends null", "elsewhere"]);
    let cases: Vec<&str> =
        baseline.entries[0].cases.iter().map(super::super::Pattern::as_str).collect();
    assert_eq!(cases, ["rooms::get::v1", "rooms::list::v1"], "what held in part is spelt out");
}
