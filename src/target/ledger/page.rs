//! A ledger as it is read back: every create with what became of it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::line::VERSION;
use super::{Heading, Intent, LedgerError, Line, Tally};
use crate::transcript::ResourceKind;

/// A whole ledger, read.
#[derive(Debug, Clone)]
pub struct Page {
    pub path: PathBuf,
    /// Absent when the run was killed while it wrote its first line: then it sent nothing.
    pub heading: Option<Heading>,
    pub entries: Vec<Entry>,
}

/// A create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub intent: Intent,
    pub fate: Fate,
}

/// What became of a create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// No answer was written down.
    Unknown,
    /// The service created nothing.
    Refused,
    /// It exists, under this id.
    Exists(String),
    Deleted(String),
}

impl Page {
    /// Reads a ledger. A torn last line is as if it had not been written: what it would have
    /// announced had not been sent, or not been passed on.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or holds a line of something else.
    pub fn read(path: &Path) -> Result<Self, LedgerError> {
        let bytes = std::fs::read(path).map_err(|error| LedgerError::read(path, &error))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let mut page = Self { path: path.to_owned(), heading: None, entries: Vec::new() };
        let text = bytes.get(..whole).unwrap_or_default();
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            let line: Line = serde_json::from_slice(line)
                .map_err(|error| page.foreign(index, &error.to_string()))?;
            if let Line::Ledger(Heading { version, .. }) = &line
                && *version != VERSION
            {
                return Err(LedgerError::Version { path: path.to_owned(), version: *version });
            }
            if page.heading.is_none() && !matches!(line, Line::Ledger(_)) {
                return Err(page.foreign(index, "it should say whose ledger this is"));
            }
            page.add(line);
        }
        Ok(page)
    }

    fn foreign(&self, index: usize, why: &str) -> LedgerError {
        LedgerError::Foreign { path: self.path.clone(), line: index + 1, why: why.to_owned() }
    }

    pub(super) fn add(&mut self, line: Line) {
        match line {
            Line::Ledger(heading) => self.heading = Some(heading),
            Line::Intent(intent) => self.entries.push(Entry { intent, fate: Fate::Unknown }),
            Line::Id { intent, id, .. } => self.settle(intent, Fate::Exists(id)),
            Line::Refused { intent, .. } => self.settle(intent, Fate::Refused),
            Line::Deleted { kind, id } => {
                for entry in self.entries.iter_mut().filter(|entry| entry.is(kind, &id)) {
                    entry.fate = Fate::Deleted(id.clone());
                }
            }
        }
    }

    fn settle(&mut self, number: u64, fate: Fate) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.intent.number == number) {
            entry.fate = fate;
        }
    }

    /// What exists, last created first.
    pub fn existing(&self) -> Vec<(ResourceKind, String)> {
        let mut seen = HashSet::new();
        let existing = self.entries.iter().rev().filter_map(Entry::existing);
        existing.filter(|one| seen.insert(one.clone())).collect()
    }

    /// Creates of which nobody knows whether they came to anything.
    pub fn unknown(&self) -> impl Iterator<Item = &Intent> {
        self.entries.iter().filter(|entry| entry.fate == Fate::Unknown).map(|entry| &entry.intent)
    }

    /// What became of the create that was sent under this `x-ms-client-request-id`; `None` when
    /// it never came to be written down, and so never left.
    pub fn fate_of(&self, request_id: &str) -> Option<&Fate> {
        let of = |entry: &&Entry| entry.intent.request_id.as_deref() == Some(request_id);
        self.entries.iter().rev().find(of).map(|entry| &entry.fate)
    }

    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        // A create that was repeated stands here twice and made one thing.
        let mut seen = HashSet::new();
        for entry in &self.entries {
            match &entry.fate {
                Fate::Unknown => tally.unaccounted += 1,
                Fate::Refused => {}
                Fate::Exists(id) | Fate::Deleted(id) if !seen.insert((entry.intent.kind, id)) => {}
                Fate::Exists(_) => {
                    tally.created += 1;
                    tally.leaked += 1;
                }
                Fate::Deleted(_) => {
                    tally.created += 1;
                    tally.deleted += 1;
                }
            }
        }
        tally
    }
}

impl Entry {
    fn is(&self, kind: ResourceKind, id: &str) -> bool {
        self.intent.kind == kind
            && matches!(&self.fate, Fate::Exists(own) | Fate::Deleted(own) if own == id)
    }

    fn existing(&self) -> Option<(ResourceKind, String)> {
        match &self.fate {
            Fate::Exists(id) => Some((self.intent.kind, id.clone())),
            _ => None,
        }
    }
}
