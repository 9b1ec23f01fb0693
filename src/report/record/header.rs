//! The first and the last line of a report.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Status;

/// The number that changes when older readers could no longer understand what is written.
pub const FORMAT: u32 = 1;

/// What was run, by what, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of this program.
    pub harness: String,
    /// Hash of the texts of all scenarios that were selected from: reports of different suites do
    /// not merge.
    pub suite: String,
    /// The frozen requirement set by which it was scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirements: Option<String>,
    /// Who carried the operations out, where one implementation did it all.
    pub implementation: Implementation,
    /// `emulator` or `live`.
    pub target: String,
    /// Operating system and architecture.
    pub platform: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    pub started: DateTime<Utc>,
    /// Names of all cases that this run, or this shard of it, set out to carry out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseKey>,
    /// How many cases the whole selection has, all shards together.
    pub selected: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Unknown api-versions and the known ones as which they were served.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub served_as: Vec<(String, String)>,
    /// The options that decide how cases come out, as they stand in a command.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub options: String,
    /// Whatever else tells one environment from another, such as the service's build headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
}

impl Header {
    /// A line for each version that was served as another; every report says so.
    pub fn served_as_notes(&self) -> Vec<String> {
        let note =
            |(new, known): &(String, String)| format!("api-version {new} was served as {known}");
        self.served_as.iter().map(note).collect()
    }
}

/// An SDK, or the built-in client.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Implementation {
    /// `wire` for the built-in client, else the package.
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// `sync`, `aio`, …
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub flavour: String,
    /// Name and version of what it runs on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub runtime: String,
}

impl Implementation {
    pub fn wire() -> Self {
        Self { name: "wire".to_owned(), ..Self::default() }
    }
}

impl std::fmt::Display for Implementation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [&self.name, &self.version, &self.flavour, &self.runtime];
        let said: Vec<&str> =
            parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        f.write_str(&said.join(" "))
    }
}

/// Which part of a run this is, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    pub index: usize,
    pub of: usize,
}

/// Names a case within a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CaseKey {
    /// `<area>::<slug>::<api-version>`.
    pub name: String,
    /// From 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub repetition: u32,
    /// Who carried it out, where several implementations share a report; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub driver: String,
}

impl std::fmt::Display for CaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        if self.repetition != 1 {
            write!(f, " #{}", self.repetition)?;
        }
        if !self.driver.is_empty() {
            write!(f, " [{}]", self.driver)?;
        }
        Ok(())
    }
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
const fn is_one(repetition: &u32) -> bool {
    *repetition == 1
}

/// How it ended. Whoever finds it after `records` whole lines knows that nothing is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// Lines before this one, the header included.
    pub records: u64,
    /// SHA-256 in hex of all bytes before this line.
    pub digest: String,
    /// Cases by how they came out.
    pub counts: BTreeMap<Status, u64>,
    /// The exit code of the run.
    pub exit: u8,
    #[serde(rename = "durationUs")]
    pub duration_us: u64,
    /// What became of what a run on a real resource created, by its ledger: that knows of answers
    /// that no case ever heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerEntry>,
    /// What concerns the run as a whole: waits that the service asked for, what is left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Counts of a ledger when its run ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub created: u64,
    pub deleted: u64,
    pub leaked: u64,
    pub unaccounted: u64,
}

impl LedgerEntry {
    /// Those of two shards together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            created: self.created + other.created,
            deleted: self.deleted + other.deleted,
            leaked: self.leaked + other.leaked,
            unaccounted: self.unaccounted + other.unaccounted,
        }
    }
}
