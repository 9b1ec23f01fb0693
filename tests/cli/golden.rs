//! Every message of the language, as a user sees it: `tests/golden/<what>.yaml` and `.stderr`.
//!
//! `ACS_BLESS=1 cargo test --test cli golden` writes the `.stderr` files anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use acs_conformance::scenario::diagnostics::render;
use acs_conformance::scenario::{Diagnostic, load};

/// Relative, so that messages name the files as a user of this directory would.
const GOLDEN: &str = "tests/golden";

/// Codes whose files cannot lie in this directory: one is too large. `check` has its message.
const ELSEWHERE: [&str; 1] = ["too-large"];

/// Paths that lead to no file; their messages stand together in `paths.stderr`.
const PATHS: [&str; 4] = [
    "tests/golden/unusde.yaml",
    "tests/golden/parts/*.json",
    "tests/golden/[z.yaml",
    "tests/golden/unused.yaml/more",
];

pub fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir(GOLDEN).expect("tests run in the package's directory");
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    files
}

fn diagnostics(path: &Path) -> Vec<Diagnostic> {
    load(&[path.to_path_buf()]).diagnostics
}

fn said(path: &Path) -> String {
    let said: String = diagnostics(path)
        .iter()
        .map(|diagnostic| format!("{}\n\n", render(diagnostic, false)))
        .collect();
    assert!(!said.is_empty(), "{} has no errors", path.display());
    said
}

/// What is not as its golden file says; with `ACS_BLESS` the file is written.
fn compare(golden: &Path, said: &str) -> Option<String> {
    if std::env::var_os("ACS_BLESS").is_some() {
        fs::write(golden, said).expect("the golden file can be written");
        return None;
    }
    let same = fs::read_to_string(golden).unwrap_or_default() == said;
    (!same).then(|| format!("{}:\n{said}", golden.display()))
}

#[test]
fn every_message_is_as_its_golden_file_says() {
    let of_files = files().into_iter().map(|path| (path.with_extension("stderr"), said(&path)));
    let of_paths: String = PATHS.iter().map(|path| said(Path::new(path))).collect();
    let of_paths = (Path::new(GOLDEN).join("paths.stderr"), of_paths);
    let wrong: Vec<_> =
        of_files.chain([of_paths]).filter_map(|(golden, said)| compare(&golden, &said)).collect();
    assert!(wrong.is_empty(), "not as before (ACS_BLESS=1 accepts):\n{}", wrong.join("\n"));
}

#[test]
fn every_code_of_an_error_has_a_golden_file() {
    let shown: BTreeSet<&str> = files()
        .into_iter()
        .chain(PATHS.map(PathBuf::from))
        .flat_map(|path| diagnostics(&path))
        .map(|one| one.code)
        .collect();
    let pattern = r#"(?:error|at|of_file|fail)\(\s*"([a-z]+(?:-[a-z]+)+|binary|empty|circle|undefined|unused|unreadable|contradiction)""#;
    let pattern = regex::Regex::new(pattern).expect("the pattern is one");
    let mut written = BTreeSet::new();
    sources(Path::new("src/scenario"), &mut |text| {
        written.extend(pattern.captures_iter(text).map(|found| found[1].to_owned()));
    });
    assert!(written.len() > 30, "the sources were read");
    let missing: Vec<_> = written
        .iter()
        .filter(|code| !shown.contains(code.as_str()) && !ELSEWHERE.contains(&code.as_str()))
        .collect();
    assert!(missing.is_empty(), "no golden file shows {missing:?}");
}

fn sources(directory: &Path, visit: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(directory).expect("the sources are here").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, visit);
        } else {
            visit(&fs::read_to_string(&path).expect("a source is text"));
        }
    }
}
