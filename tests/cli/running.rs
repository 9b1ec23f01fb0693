//! Calling `run`, with scenarios made for a test.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn acs() -> Command {
    let mut command = Command::cargo_bin("acs-conformance").expect("the program");
    command.env_remove("ACS_CONNECTION_STRING").env("NO_COLOR", "1").current_dir(project());
    command
}

/// A run of these arguments: exit code, standard output, standard error.
pub fn run(arguments: &[&str]) -> (i32, String, String) {
    outcome(acs().arg("run").args(arguments))
}

pub fn outcome(command: &mut Command) -> (i32, String, String) {
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// The official quickstart, with every change made to its text.
pub fn quickstart(changes: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let text = std::fs::read_to_string(project().join("scenarios/quickstart.yaml")).expect("it");
    let mut changed = text;
    for (from, to) in changes {
        assert!(changed.contains(from), "{from} is in the quickstart");
        changed = changed.replace(from, to);
    }
    scenario(&changed)
}

pub fn scenario(text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("one.yaml");
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

/// A scenario of these steps, with its head.
pub fn steps(steps: &str) -> (TempDir, PathBuf) {
    scenario(&format!(
        "name: One\nevidence: {{ assumed: \"for a test\" }}\napi-versions: [\"2025-03-13\"]\n{steps}"
    ))
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}
