//! What is built into the binary: scenarios, snapshots, schemas, skeletons and requirement sets, so
//! that it travels alone.
//!
//! Owns the choice between `./scenarios` and the built-in ones, too, since every command that takes
//! scenarios makes the same.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::scenario::{self, Loaded, Source};

/// `(path, text)`, sorted by path; paths begin with `requirements/`, `scenarios/`, `schema/`,
/// `skeletons/` or `snapshots/`.
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The directory that commands take when no paths are given.
const HERE: &str = "scenarios";

/// The text of a built-in file.
pub fn text(path: &str) -> Option<&'static str> {
    let at = FILES.binary_search_by(|(name, _)| (*name).cmp(path)).ok()?;
    FILES.get(at).map(|(_, text)| *text)
}

/// The built-in files below a directory, such as `snapshots/`.
pub fn below(directory: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied().filter(move |(name, _)| name.starts_with(directory))
}

/// Whether a source is built in, and no file beside the caller: nobody can name it as one.
pub fn is_only_here(source: &Source) -> bool {
    let path = source.path.to_str();
    path.and_then(text) == Some(source.text.as_str()) && !source.path.exists()
}

/// Where scenarios come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Files, directories and globs; empty for the built-in scenarios.
    pub paths: Vec<PathBuf>,
    /// What the first line of output says: which scenarios are meant when nobody named any.
    pub note: Option<String>,
}

/// The given paths; without any, `./scenarios` if it is there, else the built-in scenarios.
pub fn paths_or_default(given: &[PathBuf]) -> Paths {
    if !given.is_empty() {
        return Paths { paths: given.to_vec(), note: None };
    }
    if Path::new(HERE).is_dir() {
        return Paths { paths: vec![PathBuf::from(HERE)], note: None };
    }
    let note = "There is no ./scenarios: these are the built-in scenarios.".to_owned();
    Paths { paths: Vec::new(), note: Some(note) }
}

impl Paths {
    /// Whether the built-in scenarios are meant.
    pub fn is_builtin(&self) -> bool {
        self.paths.is_empty()
    }

    /// Loads and checks what is meant.
    pub fn load(&self) -> Loaded {
        if self.is_builtin() { load() } else { scenario::load(&self.paths) }
    }
}

/// Loads the built-in scenarios. Their paths are relative, as in this project.
pub fn load() -> Loaded {
    scenario::load_texts(&below("scenarios/").collect::<Vec<_>>())
}

/// Writes the built-in files below `directory`, which may be there already; files of the same name
/// are replaced. Returns what was written.
///
/// # Errors
///
/// The first file that cannot be written.
pub fn export(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut written = Vec::with_capacity(FILES.len());
    for (name, text) in FILES {
        let path = directory.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, text).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        written.push(path);
    }
    Ok(written)
}
