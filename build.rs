//! Lists the files that are built into the binary: requirement sets, scenarios, snapshots, schemas and
//! skeletons.
//!
//! Writes `files.rs`, a list of `(path, text)` sorted by path, which `src/builtin.rs` includes. The
//! texts themselves come in through `include_str!`, so that the compiler sees them change.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Directories, what they are called in the binary, and the endings of what is taken from them.
const TAKEN: [(&str, &str, &[&str]); 5] = [
    ("requirements", "requirements", &["yaml"]),
    ("scenarios", "scenarios", &["yaml"]),
    ("snapshots", "snapshots", &["snap"]),
    ("schema", "schema", &["json"]),
    (
        "src/driver/adapter/skeletons",
        "skeletons",
        &["py", "js", "mjs", "cs", "java", "go", "swift"],
    ),
];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut files = Vec::new();
    for (taken, called, endings) in TAKEN {
        println!("cargo::rerun-if-changed={taken}");
        let directory = root.join(taken);
        let mut found = Vec::new();
        walk(&directory, endings, &mut found)?;
        files.extend(found.into_iter().map(|file| {
            let below = file.strip_prefix(&directory).unwrap_or(&file).to_string_lossy();
            let below = below.replace('\\', "/");
            (format!("{called}/{below}"), format!("{taken}/{below}"))
        }));
    }
    files.sort();
    let mut list = String::from("&[\n");
    // Without the place of the project: the list is the same for a copy that shares a target folder.
    for (name, file) in &files {
        let file = format!("/{file}");
        let _ = writeln!(
            list,
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {file:?}))),"
        );
    }
    list.push_str("]\n");
    fs::write(out.join("files.rs"), list)
}

fn walk(directory: &Path, endings: &[&str], files: &mut Vec<PathBuf>) -> io::Result<()> {
    // A directory that is not there yet holds nothing.
    let Ok(entries) = fs::read_dir(directory) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, endings, files)?;
        } else if path
            .extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| endings.contains(&ending))
        {
            files.push(path);
        }
    }
    Ok(())
}
