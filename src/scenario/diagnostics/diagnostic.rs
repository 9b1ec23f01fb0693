//! What is wrong with a scenario file: plain data. How it looks is `render`'s.

use std::path::PathBuf;

use super::super::Place;

/// Whether it makes a file invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// Something wrong with a scenario file, where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// What kind of mistake it is, such as `unknown-key`: stable, for scripts.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Where; a file that cannot be read at all has a path only.
    pub place: Option<Place>,
    pub path: Option<PathBuf>,
    /// What stands beneath the caret.
    pub label: Option<String>,
    /// Other places that matter, with what they are.
    pub related: Vec<(Place, String)>,
    /// What to do next.
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn error(code: &'static str, message: impl Into<String>, place: Place) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            place: Some(place),
            path: None,
            label: None,
            related: Vec::new(),
            help: None,
        }
    }

    /// For a file without readable text.
    pub fn of_file(code: &'static str, message: impl Into<String>, path: PathBuf) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            place: None,
            path: Some(path),
            label: None,
            related: Vec::new(),
            help: None,
        }
    }

    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    #[must_use]
    pub fn related(mut self, place: Place, what: impl Into<String>) -> Self {
        self.related.push((place, what.into()));
        self
    }

    /// The file that it is about.
    pub fn file(&self) -> Option<&std::path::Path> {
        match (&self.place, &self.path) {
            (Some(place), _) => Some(&place.source.path),
            (None, Some(path)) => Some(path),
            (None, None) => None,
        }
    }
}
