//! Where texts come from: the disk, or a table of texts at hand.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::super::{Diagnostic, Source};
use super::file;

/// Where texts come from.
#[derive(Debug, Default)]
pub(super) enum Files {
    #[default]
    Disk,
    Memory(HashMap<PathBuf, String>),
}

impl Files {
    pub(super) fn of(texts: &[(&str, &str)]) -> Self {
        Self::Memory(
            texts.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect(),
        )
    }

    pub(super) fn read(&self, path: &Path) -> Result<Arc<Source>, Box<Diagnostic>> {
        match self {
            Self::Disk => file::read(path),
            Self::Memory(texts) => match texts.get(path) {
                Some(text) => file::source(path, text),
                None => {
                    let message = format!("there is no built-in file `{}`", path.display());
                    Err(Box::new(Diagnostic::of_file("unreadable", message, path.to_path_buf())))
                }
            },
        }
    }

    pub(super) fn is_file(&self, path: &Path) -> bool {
        match self {
            Self::Disk => path.is_file(),
            Self::Memory(texts) => texts.contains_key(path),
        }
    }

    /// One name for one file, by whatever way it is named.
    pub(super) fn key(&self, path: &Path) -> PathBuf {
        match self {
            Self::Disk => std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()),
            Self::Memory(_) => path.to_path_buf(),
        }
    }
}

/// `a/b/../c` as `a/c`.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        let named = matches!(tidy.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::ParentDir if named => {
                tidy.pop();
            }
            Component::CurDir => {}
            part => tidy.push(part),
        }
    }
    tidy
}
