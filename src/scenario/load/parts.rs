//! The parts that `use` names: each read once, whoever uses it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::model::{Located, Part};
use super::super::read::{PartSource, Reader, is_part};
use super::super::{Diagnostic, check, tree};
use super::files::{Files, tidy};

/// How deep parts may use parts.
const DEEPEST: usize = 8;

/// Loads parts and keeps them; knows which are being read, to notice circles.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) files: Files,
    /// `None` for a part that could not be read at all; its errors have been told.
    loaded: HashMap<PathBuf, Option<Loaded>>,
    reading: Vec<PathBuf>,
    /// What is wrong with the parts themselves, each told once.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A part, and whether it is without errors. What one with errors takes and gives is known all the
/// same, so that whoever uses it is told what is wrong there, too.
#[derive(Clone)]
struct Loaded {
    part: Arc<Part>,
    whole: bool,
}

impl Parts {
    fn load(&mut self, path: &Path) -> Option<Loaded> {
        let source = match self.files.read(path) {
            Ok(source) => source,
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                return None;
            }
        };
        let (node, mut found) = tree::parse_on(&source);
        let Some(node) = node else {
            self.diagnostics.extend(found);
            return None;
        };
        let mut reader = Reader::new(self);
        let part = reader.part(&node);
        found.append(&mut reader.diagnostics);
        if let Some(part) = &part
            && found.is_empty()
        {
            found = check::part(part, &node.place);
        }
        let whole = found.is_empty();
        self.diagnostics.extend(found);
        part.map(|part| Loaded { part: Arc::new(part), whole })
    }

    /// Loads a part as one of the files at hand.
    pub(super) fn check(&mut self, path: &Path) {
        let key = self.files.key(path);
        if !self.loaded.contains_key(&key) {
            self.reading.push(key.clone());
            let part = self.load(path);
            self.reading.pop();
            self.loaded.insert(key, part);
        }
    }

    /// The parts that were loaded, bad ones included.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self.loaded.keys().cloned().collect();
        paths.sort();
        paths
    }

    /// Whether a file is a part. One that cannot be read tells so when it is loaded.
    fn holds_part(&self, path: &Path) -> bool {
        let Ok(source) = self.files.read(path) else { return true };
        tree::parse_on(&source).0.is_none_or(|node| is_part(&node))
    }

    fn circle(&self, key: &Path) -> Option<String> {
        let start = self.reading.iter().position(|reading| reading == key)?;
        let names: Vec<_> = self
            .reading
            .get(start..)
            .unwrap_or_default()
            .iter()
            .map(PathBuf::as_path)
            .chain([key])
            .filter_map(|path| path.file_name()?.to_str())
            .collect();
        Some(names.join(" → "))
    }
}

impl PartSource for Parts {
    fn part(
        &mut self,
        file: &Located<String>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Arc<Part>> {
        let from = file.place.source.path.parent().unwrap_or_else(|| Path::new(""));
        let path = tidy(&from.join(&file.value));
        let key = self.files.key(&path);
        let at = |code, message: String| Diagnostic::error(code, message, file.place.clone());
        if let Some(circle) = self.circle(&key) {
            diagnostics.push(at("circle", format!("these files use each other: {circle}")));
            return None;
        }
        if self.reading.len() >= DEEPEST {
            diagnostics.push(at("too-deep", format!("parts use parts {DEEPEST} deep at most")));
            return None;
        }
        if !self.files.is_file(&path) {
            let shown = if path.as_os_str().is_empty() { Path::new(".") } else { &path };
            let message = if shown.exists() {
                format!("`{}` is no regular file", file.value)
            } else {
                format!("there is no file `{}`", shown.display())
            };
            diagnostics
                .push(at("no-part", message).help("the path begins at the directory of this file"));
            return None;
        }
        if !self.loaded.contains_key(&key) && !self.holds_part(&path) {
            let message = format!("`{}` is no part: its first key is not `group`", file.value);
            diagnostics.push(at("no-part", message));
            return None;
        }
        self.check(&path);
        let loaded = self.loaded.get(&key).cloned().flatten();
        if !loaded.as_ref().is_some_and(|loaded| loaded.whole) {
            diagnostics.push(at("bad-part", format!("`{}` has errors", file.value)));
        }
        loaded.map(|loaded| loaded.part)
    }
}
