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
        found.add(
            case,
            Some("REQ-8"),
            Mode::Fails,
            vec!["`x` was not set, and null is sent".to_owned()],
        );
    }
    found
}

#[test]
fn what_is_new_gets_patterns_that_name_it_and_nothing_else() {
    let baseline = written("entries: []\n", &found());
    let entry = &baseline.entries[0];
    let cases: Vec<&str> = entry.cases.iter().map(super::super::Pattern::as_str).collect();
    assert_eq!(cases, ["rooms::get::*", "rooms::list::*"]);
    assert_eq!(entry.rule.as_deref(), Some("REQ-8"));
    assert!(entry.reason.starts_with("TODO"));
    assert_eq!(entry.matches, ["`x` was not set, and null is sent"]);
}

#[test]
fn reasons_are_kept_while_they_hold_and_entries_go_when_nothing_fails() {
    let old = "entries:\n  - case: '*::*::v1/REQ-8'\n    reason: sends null\n    match: was not set\n    issue: link\n  - case: '**/PAG-1'\n    reason: fixed\n    match: x\n    issue: link\n  - case: '**/PAG-1'\n    reason: elsewhere\n    match: x\n    issue: link\n    versions: '<1.0'\n";
    let baseline = written(old, &found());
    let kept: Vec<&str> = baseline.entries.iter().map(|entry| entry.reason.as_str()).collect();
    assert_eq!(kept, ["sends null", "elsewhere"]);
    let cases: Vec<&str> =
        baseline.entries[0].cases.iter().map(super::super::Pattern::as_str).collect();
    assert_eq!(cases, ["*::*::v1"], "it still excuses something");
}

#[test]
fn a_case_by_name_goes_when_it_goes_well_and_stays_when_it_was_not_judged() {
    let old = "entries:\n  - cases: ['rooms::get::v1', 'tokens::issue::v1', 'rooms::get::v2']\n    rule: REQ-8\n    reason: sends null\n    issue: link\n";
    let baseline = written(old, &found());
    let cases: Vec<&str> =
        baseline.entries[0].cases.iter().map(super::super::Pattern::as_str).collect();
    assert_eq!(cases, ["rooms::get::v1", "rooms::get::v2"]);
}

#[test]
fn a_name_that_yaml_would_misread_is_quoted() {
    let implementation = Implementation { name: "@scope/sdk".to_owned(), ..implementation() };
    let text =
        update(&Baseline::default(), &implementation, "2027-01-01".parse().unwrap(), &found());
    assert!(Baseline::read(Path::new("known-failures.yaml"), &text).is_ok(), "{text}");
}

#[test]
fn what_goes_wrong_now_and_then_is_not_written_twice() {
    let old = "entries:\n  - { cases: ['rooms::*::*'], rule: REQ-8, reason: a race, issue: link, match: was not set, mode: flaky }\n";
    assert_eq!(written(old, &found()).entries.len(), 1);
    assert_eq!(written(old, &Found::default()).entries.len(), 1);
}

#[test]
fn failures_that_have_nothing_in_common_get_an_entry_each() {
    let mut found = Found::default();
    for (case, text) in [
        ("rooms::get::v1", "expected 200, but the room is not found"),
        ("rooms::list::v1", "expected three rooms, but the list is empty"),
        ("rooms::put::v1", "409 came"),
        ("rooms::set::v1", "expected 201, but the room is not found"),
    ] {
        found.judge(case, None);
        found.add(case, None, Mode::Fails, vec![text.to_owned()]);
    }
    let baseline = written("entries: []\n", &found);
    let said: Vec<(usize, Vec<String>)> =
        baseline.entries.iter().map(|one| (one.cases.len(), one.matches.clone())).collect();
    let one = |text: &str| vec![text.to_owned()];
    assert_eq!(
        said,
        [
            (2, one("but the room is not found")),
            (1, one("expected three rooms, but the list is empty")),
            (1, one("came")),
        ],
        "{baseline:?}"
    );
    assert!(!baseline.entries[2].knows(&one("the process crashed")));
}

#[test]
fn what_did_not_run_keeps_its_entry() {
    let old = "entries:\n  - { case: 'other::one::v1/REQ-8', reason: by hand, issue: link }\n  - { case: 'other::one::v1', reason: by hand too, issue: link }\n  - { case: 'rooms::get::v1/RET-5', reason: another lane, issue: link }\n";
    let baseline = written(old, &found());
    let kept: Vec<&str> = baseline.entries.iter().map(|entry| entry.reason.as_str()).collect();
    assert_eq!(kept[..3], ["by hand", "by hand too", "another lane"]);
}

#[test]
fn what_is_written_can_be_read_again() {
    let odd = "entries:\n  - case: 'a::b::v1'\n    reason: r\n    issue: 'see: tracker #12 \"x\"'\n    runtime: 'C: >=3.11'\n    flavour: '#1'\n";
    let baseline = written(odd, &Found::default());
    assert_eq!(baseline.entries[0].issue, "see: tracker #12 \"x\"");
    assert_eq!(baseline.entries[0].flavour.as_deref(), Some("#1"));
    assert_eq!(written("entries: []\n", &Found::default()).entries.len(), 0);
}
