//! Frozen lists of rules and cases by date: what an SDK's score is made of. What is newer runs,
//! unscored.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Gate;
use crate::acs::{ApiVersion, Service};
use crate::builtin;
use crate::judge::rules;
use crate::plan::{Case, Selection};
use crate::scenario::Scenario;

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

impl RequirementSet {
    /// The dates of the sets that are built in, oldest first.
    pub fn dates() -> impl Iterator<Item = &'static str> {
        builtin::below("requirements/")
            .filter_map(|(path, _)| Path::new(path).file_stem()?.to_str())
    }

    /// A set by its date, or out of a file.
    ///
    /// # Errors
    ///
    /// When it does not exist, cannot be read, or names rules that do not exist.
    pub fn find(date_or_file: &str) -> Result<Self, RequirementSetError> {
        let frozen = format!("requirements/{date_or_file}.yaml");
        if let Some(text) = builtin::text(&frozen) {
            return Self::read(Path::new(&frozen), text);
        }
        let path = Path::new(date_or_file);
        if date_or_file.parse::<NaiveDate>().is_ok() && !path.exists() {
            let known = Self::dates().map(str::to_owned).collect();
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
        let unknown = |rule: &&String| rules::find(rule).is_none();
        let rules: Vec<String> = set.rules.iter().filter(unknown).cloned().collect();
        if rules.is_empty() {
            Ok(set)
        } else {
            Err(RequirementSetError::Rules { path: path.to_owned(), rules })
        }
    }

    /// The set of a day: all rules there are, and all cases that some SDK could carry out.
    pub fn freeze(date: NaiveDate, scenarios: &[Arc<Scenario>]) -> Self {
        // At every version: which one an SDK's cases run at is told by what it speaks.
        let all = [Service::Rooms, Service::Identity].into_iter().flat_map(Service::versions);
        let api_versions = all.map(|version| ApiVersion::new(*version)).collect();
        let selection = Selection { api_versions, ..Selection::default() };
        let plan = selection.plan(scenarios, &Gate::everything());
        Self {
            date,
            rules: rules::all().map(|rule| rule.id.to_owned()).collect(),
            cases: plan.cases.iter().map(Case::name).collect(),
        }
    }

    /// The text of its file.
    pub fn to_yaml(&self) -> String {
        let mut text = format!(
            "# What an SDK is scored by from this day on. Never changed afterwards: newer rules and cases run\n\
             # and do not count. `acs-conformance sdk requirements --freeze` wrote it.\n\
             date: {}\nrules:\n",
            self.date
        );
        for rule in &self.rules {
            let _ = writeln!(text, "  - {rule}");
        }
        text.push_str("cases:\n");
        for case in &self.cases {
            let _ = writeln!(text, "  - {case}");
        }
        text
    }

    /// Why a case is not scored; `None` when it is.
    pub fn unscored(&self, case: &str) -> Option<String> {
        (!self.cases.contains(case))
            .then(|| format!("not scored: added later than the requirement set {}", self.date))
    }

    /// The rules that are not scored: those that came later.
    pub fn unscored_rules(&self) -> BTreeSet<&'static str> {
        rules::all().map(|rule| rule.id).filter(|id| !self.rules.contains(*id)).collect()
    }
}

#[cfg(test)]
#[path = "requirement_set_tests.rs"]
mod tests;
