//! Frozen lists of cases by date: what an SDK's score is made of. Newer cases run, unscored.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A list of what is scored from one day on. `requirements/<date>.yaml`; never changed afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementSet {
    /// The day on which it was frozen.
    pub date: NaiveDate,
    /// Ids of the rules that count.
    pub rules: BTreeSet<String>,
    /// Names of the cases that count, `<area>::<slug>::<api-version>`.
    pub cases: BTreeSet<String>,
}

/// Why there is no set (exit 2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequirementSetError {
    #[error("the requirement set {} cannot be read: {problem}", path.display())]
    Read { path: PathBuf, problem: String },
    #[error("there is no requirement set {date}; known are: {}", known.join(", "))]
    Unknown { date: String, known: Vec<String> },
    #[error("{} names rules that do not exist: {}", path.display(), rules.join(", "))]
    Rules { path: PathBuf, rules: Vec<String> },
}

/// The sets that were frozen so far: name and text.
const FROZEN: [(&str, &str); 1] =
    [("2026-11-24", include_str!("../../requirements/2026-11-24.yaml"))];

impl RequirementSet {
    /// A set by its date, or out of a file.
    ///
    /// # Errors
    ///
    /// When it does not exist, cannot be read, or names rules that do not exist.
    pub fn find(date_or_file: &str) -> Result<Self, RequirementSetError> {
        if let Some((name, text)) = FROZEN.iter().find(|(name, _)| *name == date_or_file) {
            return Self::read(Path::new(name), text);
        }
        let path = Path::new(date_or_file);
        if date_or_file.parse::<NaiveDate>().is_ok() && !path.exists() {
            let known = FROZEN.map(|(name, _)| name.to_owned()).to_vec();
            return Err(RequirementSetError::Unknown { date: date_or_file.to_owned(), known });
        }
        let text = std::fs::read_to_string(path).map_err(|error| RequirementSetError::Read {
            path: path.to_owned(),
            problem: error.to_string(),
        })?;
        Self::read(path, &text)
    }

    fn read(path: &Path, text: &str) -> Result<Self, RequirementSetError> {
        let set: Self = serde_saphyr::from_str(text).map_err(|error| {
            RequirementSetError::Read { path: path.to_owned(), problem: error.to_string() }
        })?;
        let unknown = |rule: &&String| crate::judge::rules::find(rule).is_none();
        let rules: Vec<String> = set.rules.iter().filter(unknown).cloned().collect();
        if rules.is_empty() {
            Ok(set)
        } else {
            Err(RequirementSetError::Rules { path: path.to_owned(), rules })
        }
    }

    /// Why a case is not scored; `None` when it is.
    pub fn unscored(&self, case: &str) -> Option<String> {
        (!self.cases.contains(case))
            .then(|| format!("not scored: added after the requirement set {}", self.date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frozen_set_can_be_read_and_has_its_own_date() {
        for (name, _) in FROZEN {
            let set = RequirementSet::find(name).unwrap();
            assert_eq!(set.date.to_string(), name);
            assert!(!set.rules.is_empty() && !set.cases.is_empty());
        }
    }

    #[test]
    fn an_unknown_date_names_those_that_are_known() {
        let said = RequirementSet::find("2020-01-01").unwrap_err().to_string();
        assert!(said.contains(FROZEN[0].0), "{said}");
    }

    #[test]
    fn a_newer_case_is_not_scored() {
        let set = RequirementSet::find(FROZEN[0].0).unwrap();
        assert!(set.unscored("rooms::made-up::2025-03-13").unwrap().contains("not scored"));
        assert_eq!(set.unscored(set.cases.first().unwrap()), None);
    }
}
