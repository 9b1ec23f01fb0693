//! Two reports side by side: what became worse, better, new, or is gone.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use super::reader::{CaseReport, ReadError, Report};
use super::record::Status;

/// What became of a case, or of a rule within a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Development {
    /// Was better: pass before warn before fail; what was exercised and no longer is, too.
    Regression,
    /// Red in both.
    StillRed,
    Fixed,
    /// In the second report alone.
    New,
    /// In the first report alone.
    Gone,
}

impl Development {
    const ALL: [Self; 5] = [Self::Regression, Self::StillRed, Self::Fixed, Self::New, Self::Gone];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Regression => "regressions",
            Self::StillRed => "still red",
            Self::Fixed => "fixed",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }

    /// `None` where nothing worth telling happened.
    fn of(before: Option<Status>, after: Option<Status>) -> Option<Self> {
        match (before, after) {
            (None, None) => None,
            (None, Some(after)) if after.is_red() => Some(Self::Regression),
            (None, Some(_)) => Some(Self::New),
            (Some(_), None) => Some(Self::Gone),
            (Some(before), Some(after)) if rank(after) > rank(before) => Some(Self::Regression),
            (Some(before), Some(after)) if rank(after) < rank(before) => Some(Self::Fixed),
            (Some(_), Some(after)) if after.is_red() => Some(Self::StillRed),
            (Some(_), Some(_)) => None,
        }
    }
}

/// How bad; what was not looked at lies between warned and broken, since nobody knows.
const fn rank(status: Status) -> u8 {
    match status {
        Status::Pass | Status::Info => 0,
        Status::Warn => 1,
        Status::NotApplicable | Status::NotExercised | Status::NotRun => 2,
        _ => 3,
    }
}

/// One thing that developed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The case, with the rule behind it where it is about a rule.
    pub what: String,
    pub before: Option<Status>,
    pub after: Option<Status>,
    /// Why it is red now, or was before.
    pub why: Option<String>,
}

/// All that differs between two reports.
#[derive(Debug, Default)]
pub struct Comparison {
    pub changes: BTreeMap<Development, Vec<Change>>,
    /// Why the two are hard to compare: other suites, torn reports.
    pub remarks: Vec<String>,
    pub compared: usize,
}

/// Between a case and a rule, in names of verdicts.
const RULE: &str = " · ";

/// A verdict and why.
type Verdict = (Status, Option<String>);

impl Comparison {
    /// Compares `before` with `after`, case by case and rule by rule.
    ///
    /// # Errors
    ///
    /// When a report can no longer be read.
    pub fn of(before: &mut Report, after: &mut Report) -> Result<Self, ReadError> {
        let mut comparison = Self { remarks: remarks(before, after), ..Self::default() };
        let old = verdicts(before)?;
        let new = verdicts(after)?;
        let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
        names.sort();
        names.dedup();
        comparison.compared = names.len();
        for name in names {
            let before = old.get(name).or_else(|| unexercised(name, &old));
            let after = new.get(name).or_else(|| unexercised(name, &new));
            comparison.take(name, before, after);
        }
        Ok(comparison)
    }

    fn take(&mut self, name: &str, before: Option<&Verdict>, after: Option<&Verdict>) {
        let (old, new) = (before.map(|one| one.0), after.map(|one| one.0));
        let Some(development) = Development::of(old, new) else { return };
        let why =
            after.and_then(|one| one.1.clone()).or_else(|| before.and_then(|one| one.1.clone()));
        let change = Change { what: name.to_owned(), before: old, after: new, why };
        self.changes.entry(development).or_default().push(change);
    }

    pub fn count(&self, development: Development) -> usize {
        self.changes.get(&development).map_or(0, Vec::len)
    }

    pub fn has_regressions(&self) -> bool {
        self.count(Development::Regression) > 0
    }

    /// Writes the comparison for people, in Markdown that reads well as plain text.
    ///
    /// # Errors
    ///
    /// When `out` takes no more.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for remark in &self.remarks {
            writeln!(out, "note: {remark}")?;
        }
        for (development, changes) in &self.changes {
            writeln!(out, "{} ({}):", development.name(), changes.len())?;
            for change in changes {
                writeln!(
                    out,
                    "- {}: {} -> {}{}",
                    change.what,
                    said(change.before),
                    said(change.after),
                    change.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default()
                )?;
            }
            writeln!(out)?;
        }
        let counts: Vec<String> = Development::ALL
            .into_iter()
            .map(|one| format!("{} {}", self.count(one), one.name()))
            .collect();
        writeln!(out, "{} verdicts compared: {}", self.compared, counts.join(", "))
    }

    /// Writes the comparison as JSON.
    ///
    /// # Errors
    ///
    /// When `out` takes no more.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let changes: serde_json::Map<String, serde_json::Value> = Development::ALL
            .into_iter()
            .map(|one| {
                let list = self.changes.get(&one).map(Vec::as_slice).unwrap_or_default();
                (one.name().replace(' ', "-"), list.iter().map(as_json).collect())
            })
            .collect();
        let value = json!({
            "compared": self.compared, "remarks": self.remarks, "changes": changes,
        });
        serde_json::to_writer_pretty(&mut *out, &value)?;
        out.write_all(b"\n")
    }
}

/// A rule that a report does not name, of a case that it does, was not exercised there.
fn unexercised(name: &str, verdicts: &BTreeMap<String, Verdict>) -> Option<&'static Verdict> {
    const UNEXERCISED: &Verdict = &(Status::NotExercised, None);
    let (case, _rule) = name.rsplit_once(RULE)?;
    verdicts.contains_key(case).then_some(UNEXERCISED)
}

fn as_json(change: &Change) -> serde_json::Value {
    json!({
        "what": change.what, "before": change.before, "after": change.after, "why": change.why,
    })
}

fn said(status: Option<Status>) -> &'static str {
    status.map_or("absent", Status::name)
}

fn remarks(before: &Report, after: &Report) -> Vec<String> {
    let mut remarks = Vec::new();
    for report in [before, after] {
        if let Some(torn) = &report.torn {
            remarks.push(format!("{}: {torn}", report.path.display()));
        }
    }
    let (old, new) = (&before.header, &after.header);
    if old.suite != new.suite {
        remarks.push("the scenarios changed between the two reports".to_owned());
    }
    let pairs = [
        ("implementation", old.implementation.to_string(), new.implementation.to_string()),
        ("target", old.target.clone(), new.target.clone()),
        ("acs-conformance", old.harness.clone(), new.harness.clone()),
    ];
    let changed = pairs.into_iter().filter(|(_, old, new)| old != new);
    remarks.extend(changed.map(|(what, old, new)| format!("{what}: {old} -> {new}")));
    remarks
}

fn verdicts(report: &mut Report) -> Result<BTreeMap<String, Verdict>, ReadError> {
    let mut verdicts = BTreeMap::new();
    report.visit(|case| {
        let name = case.key.to_string();
        for rule in &case.rules {
            let why = rule.findings.first().map(|finding| finding.message.clone());
            verdicts.insert(format!("{name}{RULE}{}", rule.rule), (rule.status, why));
        }
        verdicts.insert(name, (case.status(), reason(case)));
        Ok::<_, ReadError>(())
    })?;
    Ok(verdicts)
}

fn reason(case: &CaseReport) -> Option<String> {
    if case.status().is_green() { None } else { case.first_reason() }
}

#[cfg(test)]
mod tests {
    use super::{Development, Status};

    #[test]
    fn what_is_no_longer_looked_at_counts_as_worse_than_green() {
        let of = |before, after| Development::of(Some(before), Some(after));
        assert_eq!(of(Status::Pass, Status::NotExercised), Some(Development::Regression));
        assert_eq!(of(Status::Pass, Status::Warn), Some(Development::Regression));
        assert_eq!(of(Status::Fail, Status::Pass), Some(Development::Fixed));
        assert_eq!(of(Status::Fail, Status::Crashed), Some(Development::StillRed));
        assert_eq!(of(Status::Pass, Status::Pass), None);
    }

    #[test]
    fn a_new_case_that_fails_is_a_regression() {
        assert_eq!(Development::of(None, Some(Status::Fail)), Some(Development::Regression));
        assert_eq!(Development::of(None, Some(Status::Pass)), Some(Development::New));
        assert_eq!(Development::of(Some(Status::Pass), None), Some(Development::Gone));
    }
}
