//! Reading baselines: what is accepted, and which mistakes are told.

use super::*;

fn read(text: &str) -> Result<Baseline, BaselineError> {
    Baseline::read(Path::new("known-failures.yaml"), text)
}

#[test]
fn an_entry_says_where_why_and_for_whom() {
    let baseline = read(
        "sdk: some-sdk\nentries:\n  - case: rooms::**/PAG-1\n    reason: because\n    issue: https://example.com/1\n    versions: '>=1.0,<1.3'\n    runtime: CPython >=3.11\n    flavour: aio\n    until: '2027-01-31'\n    match: ApiVersion\n    mode: warns\n",
    )
    .unwrap();
    let entry = &baseline.entries[0];
    assert_eq!((entry.line, entry.rule.as_deref(), entry.mode), (3, Some("PAG-1"), Mode::Warns));
    assert!(entry.names("rooms::list::2025-03-13"));
    let mut implementation = Implementation {
        name: "some-sdk".to_owned(),
        version: "1.2.0".to_owned(),
        language: "python".to_owned(),
        flavour: Some("aio".to_owned()),
        runtime: "CPython".to_owned(),
        runtime_version: "3.13.0".to_owned(),
    };
    let day = |text: &str| text.parse().unwrap();
    assert!(entry.holds_for(&implementation, day("2027-01-31")));
    assert!(!entry.holds_for(&implementation, day("2027-02-01")), "it has ended");
    implementation.runtime_version = "3.10.13".to_owned();
    assert!(!entry.holds_for(&implementation, day("2027-01-31")), "another runtime");
}

#[test]
fn all_mistakes_are_told_at_once_with_their_lines() {
    let text = "entries:\n  - case: a::b::c/NOPE-1\n    reason: r\n  - cases: []\n    reason: r\n    issue: i\n    versions: newest\n    until: soon\n  - { case: 'a::**/PAG-1', reason: r, issue: i }\n";
    let BaselineError(mistakes) = read(text).unwrap_err();
    let said = mistakes.join("\n");
    for part in [
        "known-failures.yaml:9: an entry that names many scenarios by `*` needs `match`",
        "known-failures.yaml:2: an entry needs `issue`",
        "known-failures.yaml:2: there is no rule `NOPE-1`",
        "known-failures.yaml:4: an entry needs `case`",
        "known-failures.yaml:4: versions: \"newest\"",
        "known-failures.yaml:4: until: \"soon\"",
    ] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}

#[test]
fn a_misspelt_member_is_refused() {
    let said = read("entries:\n  - case: a\n    raeson: r\n").unwrap_err().to_string();
    assert!(said.contains("raeson") && said.contains("known-failures.yaml"), "{said}");
}

#[test]
fn a_baseline_of_another_sdk_is_refused() {
    let implementation = |name: &str| Implementation {
        name: name.to_owned(),
        version: "1".to_owned(),
        language: "x".to_owned(),
        flavour: None,
        runtime: "r".to_owned(),
        runtime_version: "1".to_owned(),
    };
    let read = |text: &str| Baseline::read(Path::new("b.yaml"), text).unwrap();
    let of_mine = read("sdk: mine\nentries: []\n");
    assert_eq!(of_mine.stranger(&implementation("mine")), None);
    let said = of_mine.stranger(&implementation("theirs")).unwrap();
    assert!(said.contains("`mine`") && said.contains("`theirs`"), "{said}");
    assert_eq!(read("entries: []\n").stranger(&implementation("theirs")), None);
}

#[test]
fn what_names_many_scenarios_says_what_is_said_in_all_of_them() {
    let read = |entry: &str| {
        let text = format!("entries:\n  - {{ reason: r, issue: i, {entry} }}\n");
        Baseline::read(Path::new("b.yaml"), &text).map_err(|error| error.to_string())
    };
    for wide in ["'**'", "'*::*::*'", "'rooms::*::v1'", "'rooms::get-*::v1'"] {
        let refused = read(&format!("case: {wide}")).unwrap_err();
        assert!(refused.contains("needs `match`"), "{wide}: {refused}");
        assert!(read(&format!("case: {wide}, match: but it is absent")).is_ok(), "{wide}");
    }
    assert!(read("case: 'rooms::get::*'").is_ok(), "one scenario");
    assert!(read("case: '**', match: ''").unwrap_err().contains("without a word"));
}
