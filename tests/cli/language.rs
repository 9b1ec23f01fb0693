//! `docs/language.md`: every example in it is checked, and it names all there is.

use std::path::Path;

use acs_conformance::acs::Operation;
use acs_conformance::scenario::diagnostics::render;
use acs_conformance::scenario::expression::Function;
use acs_conformance::scenario::load_text;

const REFERENCE: &str = include_str!("../../docs/language.md");
const HEAD: &str = "name: Example\nevidence: { assumed: \"an example\" }\n";

/// `(what stands after the fence, text)` of every YAML example.
fn examples() -> Vec<(&'static str, String)> {
    let mut examples = Vec::new();
    let mut lines = REFERENCE.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```yaml") {
            let text: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            examples.push((kind.trim(), text.join("\n") + "\n"));
        }
    }
    examples
}

#[test]
fn every_example_of_the_reference_passes_check() {
    let examples = examples();
    assert!(examples.len() > 8, "the examples were found");
    for (kind, example) in examples {
        let text = match kind {
            "" | "part" => example,
            "steps" => format!("{HEAD}steps:\n{example}"),
            "top" => format!(
                "{HEAD}{example}steps:\n  - call: {{ op: rooms.list, expect: {{ ok: [] }} }}\n"
            ),
            other => panic!("an example of an unknown kind: {other}"),
        };
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("example.yaml");
        std::fs::write(&path, &text).expect("written");
        let loaded = acs_conformance::scenario::load(&[path]);
        let told: Vec<_> = loaded.diagnostics.iter().map(|one| render(one, false)).collect();
        assert!(told.is_empty(), "{text}\n{}", told.join("\n"));
    }
}

#[test]
fn an_example_with_a_mistake_would_be_noticed() {
    let bad = format!("{HEAD}steps:\n- call: {{ op: rooms.lst, expect: {{ ok: [] }} }}\n");
    assert!(!load_text(Path::new("example.yaml"), &bad).diagnostics.is_empty());
}

#[test]
fn the_reference_names_every_operation_argument_and_function() {
    for operation in Operation::ALL {
        let row = REFERENCE
            .lines()
            .find(|line| line.starts_with('|') && line.contains(&format!("`{operation}`")))
            .unwrap_or_else(|| panic!("{operation} is missing"));
        for argument in operation.arguments() {
            assert!(
                row.contains(&format!("`{}`", argument.name)),
                "{operation}: {}",
                argument.name
            );
        }
    }
    for function in Function::ALL {
        assert!(REFERENCE.contains(&format!("`{}(", function.name())), "{}", function.name());
    }
}
