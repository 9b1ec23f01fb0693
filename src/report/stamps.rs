//! The evidence of live runs: which scenario was confirmed when, at which api-version, by which
//! build of the service. A file that only a live run writes, never a person.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::behaviours::Confirmations;
use super::{Event, RunFinished, Sink, replace};
use crate::scenario::Scenario;
use crate::transcript::{Probes, TargetKind, Transcript};

/// Headers by which a build of the service can be told.
const BUILD: [&str; 5] =
    ["api-supported-versions", "server", "request-context", "strict-transport-security", "x-cache"];

/// One confirmation of a scenario at one api-version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Stamp {
    pub confirmed: DateTime<Utc>,
    pub endpoint: String,
    /// Of the last answer.
    pub build: BTreeMap<String, String>,
    /// Assumed behaviours that were looked at: `confirmed` or `differs`, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub assumed: BTreeMap<String, String>,
}

/// By scenario (`area/slug`), then by api-version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamps(pub BTreeMap<String, BTreeMap<String, Stamp>>);

impl Stamps {
    /// Reads the file; a missing one holds none.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or was written by somebody else.
    pub fn read(path: &Path) -> io::Result<Self> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                let why = format!("the stamps {} cannot be read: {error}", path.display());
                return Err(io::Error::new(error.kind(), why));
            }
        };
        serde_json::from_slice(&bytes).map_err(|error| {
            let why = format!("{} holds no stamps of live runs: {error}", path.display());
            io::Error::new(io::ErrorKind::InvalidData, why)
        })
    }

    /// Both together: of one scenario at one api-version the newer confirmation counts.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (name, stamps) in other.0 {
            let known = self.0.entry(name).or_default();
            for (version, stamp) in stamps {
                if known.get(&version).is_none_or(|own| own.confirmed < stamp.confirmed) {
                    known.insert(version, stamp);
                }
            }
        }
        self
    }

    /// The newest confirmation of each scenario, in words, for `docs/behaviour.md`.
    pub fn confirmations(&self) -> Confirmations {
        let newest = |stamps: &BTreeMap<String, Stamp>| {
            let (version, stamp) = stamps.iter().max_by_key(|(_, stamp)| stamp.confirmed)?;
            Some(format!("{} at {version}", stamp.confirmed.format("%Y-%m-%d")))
        };
        self.0.iter().filter_map(|(name, all)| Some((name.clone(), newest(all)?))).collect()
    }

    /// Scenarios for a live target that were not confirmed within `age`, each with its last date.
    pub fn stale<'a>(
        &'a self,
        scenarios: impl Iterator<Item = &'a Scenario>,
        age: Duration,
        now: DateTime<Utc>,
    ) -> Vec<(String, Option<DateTime<Utc>>)> {
        scenarios
            .filter(|scenario| scenario.targets.contains(&TargetKind::Live))
            .map(|scenario| {
                let name = name(scenario);
                let last = self
                    .0
                    .get(&name)
                    .and_then(|all| all.values().map(|stamp| stamp.confirmed).max());
                (name, last)
            })
            .filter(|(_, last)| {
                last.is_none_or(|last| (now - last).to_std().is_ok_and(|since| since > age))
            })
            .collect()
    }
}

/// The path below `scenarios/`, without its ending.
fn name(scenario: &Scenario) -> String {
    if scenario.area == "quickstart" {
        return scenario.slug.clone();
    }
    format!("{}/{}", scenario.area, scenario.slug)
}

/// Stamps what passes, as a listener of a live run.
#[derive(Debug)]
pub struct Stamper {
    path: PathBuf,
    /// Of this run alone: the file may grow by those of others meanwhile.
    stamps: Stamps,
    probes: Option<Probes>,
}

impl Stamper {
    /// Goes on with the file at `path`.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn open(path: &Path, probes: Option<Probes>) -> io::Result<Self> {
        Stamps::read(path)?;
        Ok(Self { path: path.to_owned(), stamps: Stamps::default(), probes })
    }

    /// Adds what was stamped to what the file holds now. Runs that end at once take turns.
    fn write(&self) -> io::Result<()> {
        if let Some(parent) = self.path.parent().filter(|it| !it.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent)?;
        }
        let turn = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(&self.path))?;
        turn.lock()?;
        let all = Stamps::read(&self.path)?.and(self.stamps.clone());
        replace(&self.path, |out| {
            serde_json::to_writer_pretty(&mut *out, &all)?;
            out.write_all(b"\n")
        })
    }

    fn stamp(&mut self, transcript: &Transcript) {
        let last = transcript.steps.iter().flat_map(|step| &step.exchanges).next_back();
        let Some(exchange) = last else { return };
        let Some(received) = &exchange.received else { return };
        let build = BUILD
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), received.headers.get(name)?.to_owned())))
            .collect();
        let endpoint = format!("{}://{}", exchange.sent.scheme, exchange.sent.authority);
        let assumed = self.probes.as_ref().map(|probes| probes.of_case(&transcript.case_name()));
        let assumed = assumed.unwrap_or_default();
        let stamp = Stamp { confirmed: transcript.started, endpoint, build, assumed };
        let version = transcript.api_version.as_str().to_owned();
        self.stamps.0.entry(name(&transcript.scenario)).or_default().insert(version, stamp);
    }
}

impl Sink for Stamper {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::CaseFinished(finished)
                if finished.verdict.is_green()
                    && finished.transcript.target == TargetKind::Live =>
            {
                self.stamp(finished.transcript);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn close(&mut self, _finished: &RunFinished) -> io::Result<()> {
        self.write().map_err(|error| {
            let why = format!("the stamps {} cannot be written: {error}", self.path.display());
            io::Error::new(error.kind(), why)
        })
    }
}

/// The file that is locked in place of one that is replaced: `evidence/.live.json.lock`.
fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".lock");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(day: u32) -> Stamp {
        Stamp {
            confirmed: format!("2026-11-{day:02}T10:00:00Z").parse().expect("a time"),
            endpoint: "https://contoso.communication.azure.com".to_owned(),
            build: BTreeMap::new(),
            assumed: BTreeMap::new(),
        }
    }

    fn stamps(name: &str, version: &str, day: u32) -> Stamps {
        let all = BTreeMap::from([(version.to_owned(), stamp(day))]);
        Stamps(BTreeMap::from([(name.to_owned(), all)]))
    }

    #[test]
    fn of_several_files_the_newer_confirmation_counts() {
        let both = stamps("a", "2025-03-13", 12).and(stamps("a", "2025-03-13", 20));
        let all = both.and(stamps("a", "2025-03-13", 1)).and(stamps("b", "2024-04-15", 2));
        assert_eq!(all.0["a"]["2025-03-13"], stamp(20));
        assert_eq!(all.0["b"]["2024-04-15"], stamp(2));
    }

    fn stamper(path: &Path, name: &str) -> Stamper {
        let mut stamper = Stamper::open(path, None).expect("no file yet");
        stamper.stamps = stamps(name, "2025-03-13", 12);
        stamper
    }

    #[test]
    fn runs_that_end_at_once_keep_each_others_stamps() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("evidence/live.json");
        let names: Vec<String> = (0..20).map(|number| format!("rooms/{number}")).collect();
        std::thread::scope(|scope| {
            for name in &names {
                let mut stamper = stamper(&path, name);
                scope.spawn(move || stamper.close(&RunFinished::default()).expect("written"));
            }
        });
        assert_eq!(Stamps::read(&path).expect("stamps").0.len(), names.len());
    }

    #[test]
    fn stamps_that_cannot_be_written_are_part_of_how_the_run_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("evidence/live.json");
        let mut stamper = stamper(&path, "rooms/create");
        std::fs::write(folder.path().join("evidence"), "in the way").expect("written");
        let error = stamper.close(&RunFinished::default()).expect_err("no folder").to_string();
        assert!(error.contains("live.json cannot be written"), "{error}");
    }

    #[test]
    fn the_newest_confirmation_of_a_scenario_is_told() {
        let all = BTreeMap::from([
            ("2024-04-15".to_owned(), stamp(20)),
            ("2025-03-13".to_owned(), stamp(12)),
        ]);
        let stamps = Stamps(BTreeMap::from([("rooms/create".to_owned(), all)]));
        let told = stamps.confirmations();
        assert_eq!(told.get("rooms/create").map(String::as_str), Some("2026-11-20 at 2024-04-15"));
    }

    #[test]
    fn a_file_of_somebody_else_is_refused_and_a_missing_one_is_empty() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "[]").expect("written");
        assert!(Stamps::read(file.path()).is_err());
        assert_eq!(Stamps::read(Path::new("/nowhere/live.json")).ok(), Some(Stamps::default()));
    }
}
