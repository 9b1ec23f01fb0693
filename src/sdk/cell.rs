//! The environments in which the official SDKs are installed, as `.ci/sdks` lays them out.

use std::path::{Path, PathBuf};

/// A language that the project ships an adapter for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    Python,
    Javascript,
}

/// One column of the SDK matrix: a version of an SDK on a runtime, with a flavour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub language: Language,
    /// Version of the rooms package.
    pub version: String,
    /// `py3.13`; empty where the language has one runtime.
    pub runtime: String,
    /// `sync`, `aio`; empty where the SDK has one interface.
    pub flavour: &'static str,
    /// The adapter, as one text.
    pub command: String,
    /// For the adapter's process.
    pub environment: Vec<(String, String)>,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Python, Self::Javascript];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Javascript => "javascript",
        }
    }

    const fn flavours(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["sync", "aio"],
            Self::Javascript => &[""],
        }
    }
}

impl Cell {
    /// `python-1.2.0-py3.13-aio`: names the cell in tests and reports.
    pub fn name(&self) -> String {
        let parts = [self.language.name(), &self.version, &self.runtime, self.flavour];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("-")
    }

    /// Whether no cell of the same language has a newer version.
    pub fn is_newest(&self, all: &[Self]) -> bool {
        let rivals = all.iter().filter(|other| other.language == self.language);
        rivals.map(Self::numbers).max().is_none_or(|newest| newest <= self.numbers())
    }

    fn numbers(&self) -> Vec<u64> {
        self.version.split('.').map_while(|number| number.parse().ok()).collect()
    }
}

/// The cells that are installed below `folder`, in order. `adapters` holds `python/adapter.py` and
/// `javascript/adapter.mjs`.
pub fn cells(folder: &Path, adapters: &Path) -> Vec<Cell> {
    let mut found: Vec<Cell> = Language::ALL
        .into_iter()
        .flat_map(|language| of_language(language, folder, adapters))
        .collect();
    found.sort_by_key(|cell| (cell.language, cell.name()));
    found
}

fn of_language(language: Language, folder: &Path, adapters: &Path) -> Vec<Cell> {
    let Ok(entries) = std::fs::read_dir(folder.join(language.name())) else { return Vec::new() };
    let environments: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("complete").is_file())
        .collect();
    let cell = |path: &PathBuf, flavour| cell(language, path, adapters, flavour);
    let all = |path| language.flavours().iter().filter_map(move |flavour| cell(path, flavour));
    environments.iter().flat_map(all).collect()
}

fn cell(language: Language, path: &Path, adapters: &Path, flavour: &'static str) -> Option<Cell> {
    let name = path.file_name()?.to_str()?;
    let (version, runtime) = name.split_once('-').unwrap_or((name, ""));
    let path = std::path::absolute(path).ok()?;
    let (command, environment) = match language {
        Language::Python => {
            let python = path.join("bin/python");
            let adapter = adapters.join("python/adapter.py");
            let flag = if flavour == "aio" { " --aio" } else { "" };
            // Starting is half the time of a short run: no site customisation, no bytecode hunt.
            (format!("'{}' -I '{}'{flag}", python.display(), adapter.display()), Vec::new())
        }
        Language::Javascript => {
            let adapter = adapters.join("javascript/adapter.mjs");
            let modules = path.display().to_string();
            let environment = vec![("ACS_SDK_MODULES".to_owned(), modules)];
            (format!("node '{}'", adapter.display()), environment)
        }
    };
    let (version, runtime) = (version.to_owned(), runtime.to_owned());
    Some(Cell { language, version, runtime, flavour, command, environment })
}

/// The languages that must be there, out of `ACS_REQUIRE_SDKS=python,javascript`.
pub fn required_languages(variable: Option<&str>) -> Vec<String> {
    let words = variable.unwrap_or_default().split(',').map(str::trim);
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What to say of a language that has no cell.
pub fn missing_reason(language: Language, folder: &Path) -> String {
    format!(
        "no environment below {}; make one with .ci/sdks {}",
        folder.join(language.name()).display(),
        language.name()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_found_when_it_is_complete_and_once_for_each_flavour() {
        let folder = tempfile::tempdir().unwrap();
        for (name, complete) in [("1.2.0-py3.13", true), ("1.1.1-py3.10", false)] {
            let path = folder.path().join("python").join(name);
            std::fs::create_dir_all(&path).unwrap();
            if complete {
                std::fs::write(path.join("complete"), "").unwrap();
            }
        }
        let found = cells(folder.path(), Path::new("tests/sdk"));
        let names: Vec<String> = found.iter().map(Cell::name).collect();
        assert_eq!(names, ["python-1.2.0-py3.13-aio", "python-1.2.0-py3.13-sync"]);
        assert!(found[0].command.ends_with("--aio"), "{}", found[0].command);
    }

    #[test]
    fn the_newest_version_is_so_on_every_runtime_and_numbers_are_not_texts() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["python/1.9.0-py3.12", "python/1.10.0-py3.13", "python/1.10.0-py3.10"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(&path).unwrap();
            std::fs::write(path.join("complete"), "").unwrap();
        }
        let found = cells(folder.path(), Path::new("tests/sdk"));
        let newest = found.iter().filter(|cell| cell.is_newest(&found));
        let versions: Vec<&str> = newest.map(|cell| cell.version.as_str()).collect();
        assert_eq!(versions, ["1.10.0"; 4]);
    }

    #[test]
    fn required_languages_are_a_list() {
        assert_eq!(required_languages(Some("python, javascript")), ["python", "javascript"]);
        assert!(required_languages(None).is_empty());
    }
}
