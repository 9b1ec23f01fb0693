//! `schema`: kept current, and held against the reader.

use std::fs;
use std::path::Path;

use acs_conformance::scenario::schema::schema;
use acs_conformance::scenario::{load, tree};
use jsonschema::Validator;
use serde_json::Value;

const COMMITTED: &str = "schema/scenario.schema.json";

/// What a schema can see: the form of a file, not the meaning of its texts.
const STRUCTURAL: [&str; 9] = [
    "unknown-key",
    "unknown-argument",
    "unknown-operation",
    "missing-key",
    "missing-argument",
    "unknown-step",
    "no-evidence",
    "asserts-nothing",
    "empty-expect",
];

fn validator() -> Validator {
    jsonschema::validator_for(&schema()).expect("the schema is one")
}

fn value(path: &Path) -> Option<Value> {
    let text = fs::read_to_string(path).ok()?;
    let source = acs_conformance::scenario::Source { path: path.to_path_buf(), text };
    tree::parse(&std::sync::Arc::new(source)).ok().map(|node| node.to_value())
}

#[test]
fn the_committed_schema_is_the_one_that_is_printed() {
    let printed = super::command().arg("schema").output().expect("the command runs");
    let committed = fs::read_to_string(COMMITTED).unwrap_or_default();
    assert_eq!(
        String::from_utf8_lossy(&printed.stdout),
        committed,
        "run: acs-conformance schema > {COMMITTED}"
    );
}

#[test]
fn the_schema_accepts_every_scenario() {
    let validator = validator();
    let mut wrong = Vec::new();
    for (path, text) in acs_conformance::builtin::below("scenarios/") {
        let source = acs_conformance::scenario::Source { path: path.into(), text: text.to_owned() };
        let node = tree::parse(&std::sync::Arc::new(source)).expect("scenarios are YAML");
        if let Err(error) = validator.validate(&node.to_value()) {
            wrong.push(format!("{path}: {error} at {}", error.instance_path()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_refuses_every_file_that_is_bad_in_its_form() {
    let validator = validator();
    let mut seen = 0;
    for path in super::golden::files() {
        let structural = load(std::slice::from_ref(&path)).diagnostics.iter().any(|one| {
            STRUCTURAL.contains(&one.code)
                && one.place.as_ref().is_some_and(|place| place.source.path == path)
        });
        if let (true, Some(value)) = (structural && !partial(&path), value(&path)) {
            seen += 1;
            assert!(!validator.is_valid(&value), "the schema accepts {}", path.display());
        }
    }
    assert!(seen >= 6, "only {seen} files were bad in their form");
}

#[test]
fn the_schema_holds_operators_to_what_they_take() {
    let validator = validator();
    let with = |matcher: Value| {
        serde_json::json!({ "name": "One", "evidence": { "assumed": "x" }, "steps": [
            { "call": { "op": "rooms.create", "expect": { "ok": { "id": matcher } } } },
        ] })
    };
    for good in [
        serde_json::json!({ "type": "string" }),
        serde_json::json!({ "type": ["string", "null"], "not": { "any_of": ["a"] } }),
        serde_json::json!({ "type": "strin", "more": 1 }),
        serde_json::json!({ "equals": { "type": "strin" } }),
        serde_json::json!([{ "path": { "$.type": "strin" } }]),
    ] {
        assert!(validator.is_valid(&with(good.clone())), "{good}");
    }
    for bad in [
        serde_json::json!({ "type": "strin" }),
        serde_json::json!({ "not": { "type": ["string", "nul"] } }),
        serde_json::json!({ "inner": [{ "any_of": [] }] }),
        serde_json::json!({ "exists": 1 }),
    ] {
        assert!(!validator.is_valid(&with(bad.clone())), "{bad}");
    }
}

/// Files whose only mistake of form lies in a matcher or in another file, where a schema does not
/// look.
fn partial(path: &Path) -> bool {
    [
        "unknown-member-of-an-exchange.yaml",
        "unknown-member-of-the-state.yaml",
        "parameters.yaml",
        "part-used-wrongly.yaml",
        "bad-fault.yaml",
    ]
    .iter()
    .any(|name| path.ends_with(name))
}

#[test]
fn every_scenario_names_the_schema_by_a_path_that_leads_there() {
    for (path, text) in acs_conformance::builtin::below("scenarios/") {
        let first = text.lines().next().unwrap_or_default();
        let named = first
            .strip_prefix("# yaml-language-server: $schema=")
            .unwrap_or_else(|| panic!("{path} does not name the schema in its first line"));
        let file = Path::new(path).parent().unwrap_or_else(|| Path::new("")).join(named);
        let there = fs::canonicalize(&file).ok();
        assert_eq!(there, fs::canonicalize(COMMITTED).ok(), "{path}: {named}");
    }
}
