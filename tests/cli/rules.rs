//! `rules`: the catalogue as a list, as JSON, as the committed page, and one rule explained.

use super::command;

fn rules(arguments: &[&str]) -> (i32, String, String) {
    let output = command().arg("rules").args(arguments).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn all_76_rules_are_listed_with_all_that_is_to_be_known_of_each() {
    let (code, json, _) = rules(&["--json"]);
    assert_eq!(code, 0);
    let all: Vec<serde_json::Value> = serde_json::from_str(&json).expect("a list");
    assert_eq!(all.len(), 76);
    let (_, list, _) = rules(&[]);
    for rule in &all {
        for member in
            ["id", "family", "level", "profile", "title", "source", "observed", "why", "how"]
        {
            let text = rule[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{} has no {member}", rule["id"]);
        }
        let id = rule["id"].as_str().unwrap_or_default();
        assert!(list.lines().any(|line| line.trim_start().starts_with(id)), "{id}: {list}");
    }
}

#[test]
fn a_rule_is_explained_and_a_wrong_id_leads_to_its_family() {
    let (code, said, _) = rules(&["explain", "AUTH-3"]);
    assert_eq!(code, 0);
    for word in ["AUTH-3", "Level", "Source", "Why", "How"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let (code, _, said) = rules(&["explain", "AUTH-33"]);
    assert_eq!(code, 2);
    assert!(said.contains("there is no rule AUTH-33; that family has AUTH-1, AUTH-2"), "{said}");
    let (code, _, said) = rules(&["explain", "XYZ-1"]);
    assert_eq!(code, 2);
    assert!(said.contains("`acs-conformance rules` lists them"), "{said}");
}

#[test]
fn the_committed_page_is_the_printed_one() {
    let committed = std::fs::read_to_string("docs/rules.md").expect("it is there");
    assert!(
        rules(&["--markdown"]).1 == committed,
        "acs-conformance rules --markdown > docs/rules.md"
    );
}
