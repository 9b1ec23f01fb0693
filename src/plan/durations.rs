//! How long cases took last time, to balance shards.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use serde_json::Value;

/// Durations by the case's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Durations(HashMap<String, Duration>);

/// A file of durations that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DurationsError {
    #[error("the file of durations `{}` cannot be read: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error(
        "`{}` holds no durations: it must be an object of milliseconds by case, such as \
         {{\"quickstart::pstn::2025-03-13\": 12.5}}, or a report.jsonl",
        path.display()
    )]
    Form { path: PathBuf },
}

impl Durations {
    /// Reads a JSON object of milliseconds by case's name, or the cases of a `report.jsonl`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or that holds neither.
    pub fn read(path: &Path) -> Result<Self, DurationsError> {
        let text = fs::read_to_string(path)
            .map_err(|error| DurationsError::Read { path: path.to_path_buf(), error })?;
        Self::parse(&text).ok_or_else(|| DurationsError::Form { path: path.to_path_buf() })
    }

    fn parse(text: &str) -> Option<Self> {
        if let Ok(Value::Object(members)) = serde_json::from_str(text)
            && members.values().all(Value::is_number)
        {
            let named = members.iter().map(|(name, value)| (name.clone(), value));
            return Some(named.filter_map(measured).collect());
        }
        let mut durations = Self::default();
        let mut lines = 0;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let record: Value = serde_json::from_str(line).ok()?;
            lines += 1;
            let name = record.pointer("/case/name").and_then(Value::as_str);
            let duration = record.get("durationUs").and_then(Value::as_u64);
            let is_case = record.get("record").is_some_and(|kind| kind == "case");
            if let (true, Some(name), Some(duration)) = (is_case, name, duration) {
                durations.0.insert(name.to_owned(), Duration::from_micros(duration));
            }
        }
        (lines > 0).then_some(durations)
    }

    pub fn of(&self, name: &str) -> Option<Duration> {
        self.0.get(name).copied()
    }

    pub(super) fn average(&self) -> Option<Duration> {
        let count = u32::try_from(self.0.len()).ok().filter(|count| *count > 0)?;
        Some(self.0.values().sum::<Duration>() / count)
    }
}

impl FromIterator<(String, Duration)> for Durations {
    fn from_iter<I: IntoIterator<Item = (String, Duration)>>(named: I) -> Self {
        Self(named.into_iter().collect())
    }
}

fn measured((name, value): (String, &Value)) -> Option<(String, Duration)> {
    let seconds = value.as_f64()? / 1000.0;
    Some((name, Duration::try_from_secs_f64(seconds).ok()?))
}
