//! What README.md shows is what there is: its Rust, its counts, its files.

use std::path::Path;

use acs_conformance::plan::{BuiltIn, Selection};
use acs_conformance::scenario;

fn readme() -> &'static str {
    include_str!("../README.md")
}

/// The lines of the README's Rust, in a function that compiles.
#[tokio::test]
async fn its_library_example_compiles_and_runs() -> Result<(), Box<dyn std::error::Error>> {
    let shown: Vec<&str> = between("```rust\n", "```").lines().map(code).collect();
    let here: Vec<&str> = include_str!("readme.rs").lines().map(code).collect();
    for line in shown {
        assert!(here.contains(&line), "not compiled here: {line}");
    }
    let emulator = acs_conformance::emulator::Emulator::builder().page_size(2).start().await?;
    let connection_string = emulator.connection_string();
    emulator.clock().advance(chrono::TimeDelta::hours(1));
    assert!(connection_string.expose().starts_with("endpoint=https://"));
    emulator.stop().await;
    Ok(())
}

/// A line without its indentation and its comment.
fn code(line: &str) -> &str {
    line.split("   //").next().unwrap_or(line).trim()
}

#[test]
fn its_counts_are_those_of_the_scenarios() {
    let scenarios = scenario::load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")]);
    let plan = Selection::default().plan(&scenarios.scenarios, &BuiltIn);
    let (cases, skipped) = (plan.cases.len(), plan.skipped.len());
    for shown in [
        format!("running {cases} cases on emulator with wire"),
        format!("summary: {cases} passed, {skipped} not applicable in"),
        format!("test result: ok. {} passed; 0 failed; {skipped} ignored;", cases + 2),
        format!("the {cases} cases of `scenarios/` with `--repeat 140`"),
    ] {
        assert!(readme().contains(&shown), "README.md does not say: {shown}");
    }
}

#[test]
fn its_scenario_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let parts = folder.path().join("scenarios/parts");
    std::fs::create_dir_all(&parts).expect("a folder");
    std::fs::copy(root.join("scenarios/parts/three-users.yaml"), parts.join("three-users.yaml"))
        .expect("copied");
    let file = folder.path().join("scenarios/guests.yaml");
    std::fs::write(&file, between("```yaml\nname:", "```").replacen(' ', "name: ", 1))
        .expect("written");
    let mut command = assert_cmd::Command::cargo_bin("acs-conformance").expect("the program");
    let output = command.arg("run").arg(&file).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_file_that_it_links_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links: Vec<&str> =
        readme().split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 10, "{links:?}");
    for link in links.into_iter().filter(|link| !link.starts_with("http") && !link.starts_with('#'))
    {
        assert!(root.join(link).exists(), "README.md links {link}, which is not there");
    }
}

fn between(from: &str, to: &str) -> &'static str {
    let (_, rest) = readme().split_once(from).expect("it begins");
    rest.split_once(to).expect("it ends").0
}
