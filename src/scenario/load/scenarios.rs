//! Loading scenario files.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::super::model::Scenario;
use super::super::read::{Identity, Reader, is_part};
use super::super::{Diagnostic, Source, check, tree};
use super::discover::discover;
use super::file;
use super::files::Files;
use super::parts::Parts;

/// What loading came to.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The files without errors, in the order given; parts for `use` are not among them.
    pub scenarios: Vec<Arc<Scenario>>,
    /// Everything that is wrong, file by file.
    pub diagnostics: Vec<Diagnostic>,
    /// How many files were read, bad ones and parts included.
    pub files: usize,
    /// The files that scenarios use, bad ones included.
    pub parts: Vec<PathBuf>,
}

impl Loaded {
    /// The files with errors, each once: as many failed cases.
    pub fn bad_files(&self) -> Vec<&Path> {
        let mut files: Vec<&Path> = Vec::new();
        for file in self.diagnostics.iter().filter_map(Diagnostic::file) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }
}

/// Loads and checks files, directories and globs. A bad file gives diagnostics and no scenario;
/// the others load all the same.
pub fn load(paths: &[PathBuf]) -> Loaded {
    let mut loader = Loader::default();
    let files = discover(paths, &mut loader.loaded.diagnostics);
    loader.files(&files);
    loader.loaded
}

/// The files that [`load()`] would read for `paths`, without those that scenarios use.
pub fn files(paths: &[PathBuf]) -> Vec<PathBuf> {
    discover(paths, &mut Vec::new())
}

/// Loads the scenarios of a table of texts, `(path, text)`: those whose paths end in `.yaml`.
pub fn load_texts(texts: &[(&str, &str)]) -> Loaded {
    let mut loader = Loader::default();
    loader.parts.files = Files::of(texts);
    let mut files: Vec<PathBuf> = texts
        .iter()
        .map(|(path, _)| PathBuf::from(path))
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    loader.files(&files);
    loader.loaded
}

/// Loads a scenario from a text at hand; `path` names it in messages, and is where its `use`
/// begins.
pub fn load_text(path: &Path, text: &str) -> Loaded {
    let mut loader = Loader::default();
    loader.loaded.files = 1;
    match file::source(path, text) {
        Ok(source) => loader.source(&source),
        Err(diagnostic) => loader.loaded.diagnostics.push(*diagnostic),
    }
    let told = std::mem::take(&mut loader.parts.diagnostics);
    loader.loaded.diagnostics.extend(told);
    loader.loaded
}

#[derive(Default)]
struct Loader {
    loaded: Loaded,
    parts: Parts,
}

impl Loader {
    fn files(&mut self, files: &[PathBuf]) {
        self.loaded.files = files.len();
        for path in files {
            match self.parts.files.read(path) {
                Ok(source) => self.source(&source),
                Err(diagnostic) => self.loaded.diagnostics.push(*diagnostic),
            }
            let told = std::mem::take(&mut self.parts.diagnostics);
            self.loaded.diagnostics.extend(told);
        }
        self.loaded.parts = self.parts.paths();
        self.twins();
    }

    fn source(&mut self, source: &Arc<Source>) {
        let (node, mut found) = tree::parse_on(source);
        let Some(node) = node else { return self.loaded.diagnostics.extend(found) };
        if is_part(&node) {
            return self.parts.check(&source.path);
        }
        let mut reader = Reader::new(&mut self.parts);
        let scenario = reader.scenario(&node, identity(source));
        found.append(&mut reader.diagnostics);
        if let Some(scenario) = &scenario {
            // A name that only an expression with a mistake in it reads is in use all the same.
            let misspelt = found.iter().any(|one| one.code == "expression-syntax");
            let checked = check::scenario(scenario).into_iter();
            found.extend(checked.filter(|one| !(misspelt && one.code == "unused")));
        }
        found.sort_by_key(|diagnostic| {
            diagnostic.place.as_ref().map_or(0, |place| place.span.start)
        });
        let whole = found.is_empty();
        self.loaded.diagnostics.extend(found);
        self.loaded.scenarios.extend(scenario.filter(|_| whole).map(Arc::new));
    }

    /// Two files that would have one name.
    fn twins(&mut self) {
        let mut seen: Vec<(&str, &str, &Path)> = Vec::new();
        for scenario in &self.loaded.scenarios {
            let path = scenario.source.path.as_path();
            let twin = seen
                .iter()
                .find(|(area, slug, _)| *area == scenario.area && *slug == scenario.slug);
            if let Some((area, slug, other)) = twin {
                let message = format!("`{area}/{slug}` is also the name of {}", other.display());
                let twin = Diagnostic::of_file("duplicate-id", message, path.to_path_buf());
                self.loaded.diagnostics.push(twin.help("give one of the files another name"));
            }
            seen.push((&scenario.area, &scenario.slug, path));
        }
    }
}

/// Area and slug from where a file lies: the folders below the last `scenarios`; `quickstart`
/// directly in it, `local` for files that lie elsewhere.
fn identity(source: &Arc<Source>) -> Identity {
    let path = std::path::absolute(&source.path).unwrap_or_else(|_| source.path.clone());
    let folders: Vec<String> = path
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let area = match folders.iter().rposition(|folder| folder == "scenarios") {
        None => "local".to_owned(),
        Some(at) => {
            let below = folders.get(at + 1..).unwrap_or_default().join("-");
            if below.is_empty() { "quickstart".to_owned() } else { below }
        }
    };
    let slug =
        path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Identity { source: Arc::clone(source), area, slug }
}
