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
    /// `None` for a part with errors, which have been told.
    loaded: HashMap<PathBuf, Option<Arc<Part>>>,
    reading: Vec<PathBuf>,
    /// What is wrong with the parts themselves, each told once.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Parts {
    fn load(&mut self, path: &Path) -> Option<Arc<Part>> {
        let source = match self.files.read(path) {
            Ok(source) => source,
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                return None;
            }
        };
        let node = match tree::parse(&source) {
            Ok(node) => node,
            Err(diagnostics) => {
                self.diagnostics.extend(diagnostics);
                return None;
            }
        };
        let mut reader = Reader::new(self);
        let part = reader.part(&node);
        let mut found = std::mem::take(&mut reader.diagnostics);
        if let Some(part) = &part
            && found.is_empty()
        {
            found = check::part(part, &node.place);
        }
        let whole = found.is_empty();
        self.diagnostics.extend(found);
        part.filter(|_| whole).map(Arc::new)
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
        tree::parse(&source).map_or(true, |node| is_part(&node))
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
            let message = format!("there is no file `{}`", path.display());
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
        let part = self.loaded.get(&key).cloned().flatten();
        if part.is_none() {
            diagnostics.push(at("bad-part", format!("`{}` has errors", file.value)));
        }
        part
    }
}
