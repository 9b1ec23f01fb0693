//! Reading `known-failures.yaml`: every mistake is told with its line.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{ActiveBaseline, Entry, Mode, Pattern, Requirement};
use crate::transcript::Implementation;

/// A baseline file, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Baseline {
    pub path: PathBuf,
    /// The name of the SDK that it is about, as its adapter gives it; any when absent.
    pub sdk: Option<String>,
    pub entries: Vec<Entry>,
}

/// Why a baseline cannot be used (exit 2). One line a mistake, each with file and line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BaselineError(pub Vec<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Which SDK this is about.
    #[serde(default)]
    sdk: Option<String>,
    #[serde(default)]
    entries: Vec<Spanned<WrittenEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    #[serde(default)]
    case: Option<String>,
    #[serde(default)]
    cases: Vec<String>,
    #[serde(default)]
    rule: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    issue: Option<String>,
    #[serde(default)]
    versions: Option<String>,
    #[serde(default)]
    runtime: Option<String>,
    #[serde(default)]
    flavour: Option<String>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default, rename = "match")]
    matches: Texts,
    #[serde(default)]
    mode: Mode,
}

/// One text, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Default for Texts {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Baseline {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// All mistakes of all entries at once.
    pub fn load(path: &Path) -> Result<Self, BaselineError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| BaselineError(vec![format!("{}: {error}", path.display())]))?;
        Self::read(path, &text)
    }

    /// Reads `text`, which stands at `path`.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn read(path: &Path, text: &str) -> Result<Self, BaselineError> {
        let written: Written = serde_saphyr::from_str(text)
            .map_err(|error| BaselineError(vec![format!("{}: {error}", path.display())]))?;
        let mut mistakes = Vec::new();
        let mut entries = Vec::new();
        for entry in written.entries {
            let line = usize::try_from(entry.referenced.line()).unwrap_or_default();
            match entry.value.check(line) {
                Ok(entry) => entries.push(entry),
                Err(problems) => mistakes.extend(
                    problems
                        .into_iter()
                        .map(|problem| format!("{}:{line}: {problem}", path.display())),
                ),
            }
        }
        if mistakes.is_empty() {
            Ok(Self { path: path.to_owned(), sdk: written.sdk, entries })
        } else {
            Err(BaselineError(mistakes))
        }
    }

    /// Why it cannot be held against an implementation: it is about another SDK (exit 2).
    pub fn stranger(&self, implementation: &Implementation) -> Option<String> {
        let sdk = self.sdk.as_deref().filter(|sdk| *sdk != implementation.name)?;
        Some(format!(
            "{}: this baseline is about the SDK `{sdk}`, and the adapter's is `{}`; give it its own, or correct `sdk:`",
            self.path.display(),
            implementation.name
        ))
    }

    /// Entries that ended before a day, a line each: they excuse nothing any more.
    pub fn ended(&self, today: chrono::NaiveDate) -> Vec<String> {
        let past = |entry: &&Entry| entry.until.is_some_and(|until| until < today);
        let told = |entry: &Entry| {
            let until = entry.until.map(|day| day.to_string()).unwrap_or_default();
            let path = self.path.display();
            format!(
                "{path}:{}: this entry ended on {until}, remove it: {}",
                entry.line, entry.reason
            )
        };
        self.entries.iter().filter(past).map(told).collect()
    }

    /// The entries that hold for an implementation on a day, ready to be applied.
    pub fn activate(
        &self,
        implementation: &Implementation,
        today: chrono::NaiveDate,
    ) -> ActiveBaseline {
        let held = self.entries.iter().filter(|entry| entry.holds_for(implementation, today));
        ActiveBaseline::new(self.path.clone(), held.cloned().collect())
    }
}

impl WrittenEntry {
    fn check(self, line: usize) -> Result<Entry, Vec<String>> {
        let mut problems = Vec::new();
        let mut demand = |name: &str, value: Option<String>| match value {
            Some(text) if !text.trim().is_empty() => text,
            _ => {
                problems.push(format!("an entry needs `{name}`: say why it is expected to fail, and where that is reported"));
                String::new()
            }
        };
        let reason = demand("reason", self.reason);
        let issue = demand("issue", self.issue);
        let (cases, rule) = cases(self.case, self.cases, self.rule, &mut problems);
        let versions = self.versions.and_then(|text| {
            Requirement::parse(&text)
                .map_err(|problem| problems.push(format!("versions: {problem}")))
                .ok()
        });
        let runtime = self.runtime.and_then(|text| {
            read_runtime(&text).map_err(|problem| problems.push(format!("runtime: {problem}"))).ok()
        });
        let until = self.until.and_then(|text| {
            text.parse()
                .map_err(|_| {
                    problems.push(format!("until: \"{text}\" is no date such as 2027-01-31"))
                })
                .ok()
        });
        let matches = match self.matches {
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        };
        if matches.iter().any(|text| text.trim().is_empty()) {
            problems.push("a `match` without a word fits whatever comes".to_owned());
        }
        if matches.is_empty() && cases.iter().any(Pattern::is_wide) {
            problems.push(
                "an entry that names many scenarios by `*` needs `match`: what is said in all of them"
                    .to_owned(),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let (flavour, mode) = (self.flavour, self.mode);
        Ok(Entry {
            line,
            cases,
            rule,
            reason,
            issue,
            versions,
            runtime,
            flavour,
            until,
            matches,
            mode,
        })
    }
}

/// `case: pattern[/RULE]` or `cases: [patterns]` with `rule: RULE`.
fn cases(
    case: Option<String>,
    mut cases: Vec<String>,
    mut rule: Option<String>,
    problems: &mut Vec<String>,
) -> (Vec<Pattern>, Option<String>) {
    if let Some(text) = case {
        match text.split_once('/') {
            Some((_, within)) if rule.is_some() => {
                problems.push(format!("the rule is given twice: `{within}` in `case`, and `rule`"));
            }
            Some((pattern, within)) => {
                rule = Some(within.to_owned());
                cases.push(pattern.to_owned());
            }
            None => cases.push(text),
        }
    }
    if cases.is_empty() {
        problems.push("an entry needs `case` (or `cases`): which cases fail".to_owned());
    }
    if let Some(unknown) = rule.as_deref().filter(|id| crate::judge::rules::find(id).is_none()) {
        problems.push(format!("there is no rule `{unknown}`; `acs-conformance rules` lists them"));
    }
    (cases.into_iter().map(Pattern::new).collect(), rule)
}

/// `CPython >=3.11`
fn read_runtime(text: &str) -> Result<(String, Requirement), String> {
    let (name, range) = text
        .split_once(' ')
        .ok_or_else(|| format!("\"{text}\" is no runtime such as \"CPython >=3.11\""))?;
    Ok((name.to_owned(), Requirement::parse(range.trim())?))
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
