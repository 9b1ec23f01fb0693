//! The matrix in memory: implementations × rules and × scenarios, counts and findings alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::record::{BaselineEntry, CaseKey, Finding, Implementation, RuleEntry, Status};
use crate::report::{CaseReport, ReadError, Report, all_rules, rule_facts};

/// How many findings a cell keeps; the rest is counted.
const FINDINGS_KEPT: usize = 12;

/// Why reports make no matrix together.
#[derive(Debug, thiserror::Error)]
pub enum MatrixError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(
        "{second} was made from another suite than {first}: a matrix of both would compare \
         implementations by different scenarios; run them with the same ones"
    )]
    OtherSuite { first: String, second: String },
    #[error("a matrix needs at least one report")]
    Empty,
}

/// Implementations × rules and × scenarios.
#[derive(Debug, Default)]
pub struct Matrix {
    pub columns: Vec<Column>,
    /// By place in the catalogue and id; all rules, those that nobody exercised among them.
    pub rules: BTreeMap<(usize, String), Row>,
    /// By `<area>::<slug>`, with the scenario's name.
    pub scenarios: BTreeMap<String, Row>,
    /// Columns with the rules that their cases name: of those that ran, and of those that need a
    /// feature that is not declared.
    named: BTreeSet<(usize, String)>,
    beyond: BTreeSet<(usize, String)>,
    /// What the reader has to know: torn reports, versions served as others.
    pub warnings: Vec<String>,
}

/// An implementation that came to no report, and why: it has a column all the same.
#[derive(Debug, Clone)]
pub struct Absent {
    pub implementation: Implementation,
    pub target: String,
    pub reason: String,
}

/// An implementation.
#[derive(Debug, Clone)]
pub struct Column {
    pub implementation: Implementation,
    pub target: String,
    pub platform: String,
    pub api_versions: Vec<String>,
    /// Why nothing is known of it.
    pub absent: Option<String>,
}

/// The cells of a rule or a scenario, by column; a missing one says that nothing is known.
#[derive(Debug, Default)]
pub struct Row {
    /// The scenario's name; empty for rules.
    pub title: String,
    pub cells: BTreeMap<usize, Cell>,
}

/// What is known of one implementation and one rule or scenario.
#[derive(Debug, Default)]
pub struct Cell {
    pub counts: BTreeMap<Status, u64>,
    /// Of a rule: how often there was something to look at.
    pub exercised: u64,
    /// Of a scenario: the two sides of its verdict, the worst of all its cases.
    pub interface: Option<Status>,
    pub wire: Option<Status>,
    /// What rules found, each with the scenario in whose cell its exchanges are.
    pub findings: Vec<(String, Finding)>,
    pub more_findings: usize,
    pub baseline: Option<BaselineEntry>,
    /// The cases behind it: index of the report, key, and what they came to.
    pub cases: Vec<(usize, CaseKey, Status)>,
}

impl Cell {
    /// The worst of all; what was not looked at does not hide what was.
    pub fn status(&self) -> Status {
        let looked = self.counts.keys().filter(|status| !status.is_grey()).max().copied();
        match looked {
            Some(status) => status,
            None => self.counts.keys().max().copied().unwrap_or(Status::NotExercised),
        }
    }
}

impl Matrix {
    /// Reads every case of every report once.
    ///
    /// # Errors
    ///
    /// When a report can no longer be read, or the reports are not of one suite.
    pub fn of(reports: &mut [Report]) -> Result<Self, MatrixError> {
        same_suite(reports)?;
        let mut matrix = Self::default();
        for id in all_rules() {
            matrix.rules.entry(order(id)).or_default();
        }
        for (index, report) in reports.iter_mut().enumerate() {
            if let Some(torn) = &report.torn {
                matrix.warnings.push(format!("{}: {torn}", report.path.display()));
            }
            for warning in report.header.served_as_notes() {
                if !matrix.warnings.contains(&warning) {
                    matrix.warnings.push(warning);
                }
            }
            let header = report.header.clone();
            report.visit(|case| {
                let implementation =
                    case.start.as_ref().map_or(&header.implementation, |one| &one.implementation);
                let column = matrix.column(implementation, &header.target, &header.platform);
                matrix.take(index, column, case);
                Ok::<_, ReadError>(())
            })?;
        }
        matrix.part_what_is_beyond();
        Ok(matrix)
    }

    /// Adds columns for implementations that came to no report.
    pub fn add_absent(&mut self, absent: &[Absent]) {
        self.columns.extend(absent.iter().map(|one| Column {
            implementation: one.implementation.clone(),
            target: one.target.clone(),
            platform: String::new(),
            api_versions: Vec::new(),
            absent: Some(one.reason.clone()),
        }));
    }

    /// A rule that met nothing since all that names it needs undeclared features is n/a: it is not
    /// missing.
    fn part_what_is_beyond(&mut self) {
        for (column, rule) in self.beyond.difference(&self.named) {
            let row = self.rules.entry(order(rule)).or_default();
            let cell = row.cells.entry(*column).or_default();
            if cell.exercised == 0 && cell.findings.is_empty() {
                cell.counts = BTreeMap::from([(Status::NotApplicable, 1)]);
            }
        }
    }

    fn column(&mut self, implementation: &Implementation, target: &str, platform: &str) -> usize {
        let known = self
            .columns
            .iter()
            .position(|column| column.implementation == *implementation && column.target == target);
        known.unwrap_or_else(|| {
            self.columns.push(Column {
                implementation: implementation.clone(),
                target: target.to_owned(),
                platform: platform.to_owned(),
                api_versions: Vec::new(),
                absent: None,
            });
            self.columns.len() - 1
        })
    }

    fn take(&mut self, report: usize, column: usize, case: &CaseReport) {
        let status = case.status();
        if let (Some(start), Some(known)) = (&case.start, self.columns.get_mut(column)) {
            let version = &start.scenario.api_version;
            if !version.is_empty() && !status.is_grey() && !known.api_versions.contains(version) {
                known.api_versions.push(version.clone());
                known.api_versions.sort();
            }
        }
        let rules = case.start.iter().flat_map(|start| &start.scenario.rules);
        let names =
            if status == Status::NotApplicable { &mut self.beyond } else { &mut self.named };
        names.extend(rules.map(|rule| (column, rule.clone())));
        let row = self.scenarios.entry(scenario_of(case)).or_default();
        if let Some(start) = &case.start {
            row.title.clone_from(&start.scenario.name);
        }
        row.cells.entry(column).or_default().take_case(report, case, status);
        for rule in &case.rules {
            let row = self.rules.entry(order(&rule.rule)).or_default();
            row.cells.entry(column).or_default().take_rule(report, case, rule);
        }
    }
}

impl Cell {
    fn take_case(&mut self, report: usize, case: &CaseReport, status: Status) {
        // An expected failure is shown as what it is, and as expected.
        let expected = case
            .entry
            .as_ref()
            .filter(|entry| entry.baseline.as_ref().is_some_and(|baseline| baseline.expected));
        let status = expected.map_or(status, |entry| entry.interface.max(entry.wire));
        *self.counts.entry(status).or_default() += 1;
        self.cases.push((report, case.key.clone(), status));
        let Some(entry) = &case.entry else { return };
        self.interface = self.interface.max(Some(entry.interface));
        self.wire = self.wire.max(Some(entry.wire));
        if entry.baseline.is_some() {
            self.baseline.clone_from(&entry.baseline);
        }
    }

    fn take_rule(&mut self, report: usize, case: &CaseReport, rule: &RuleEntry) {
        *self.counts.entry(rule.status).or_default() += 1;
        self.exercised += rule.exercised;
        if rule.exercised > 0 || !rule.findings.is_empty() {
            self.cases.push((report, case.key.clone(), rule.status));
        }
        let room = FINDINGS_KEPT.saturating_sub(self.findings.len());
        let scenario = scenario_of(case);
        let kept = rule.findings.iter().take(room);
        self.findings.extend(kept.map(|finding| (scenario.clone(), finding.clone())));
        self.more_findings += rule.findings.len().saturating_sub(room);
        if rule.baseline.is_some() {
            self.baseline.clone_from(&rule.baseline);
        }
    }
}

fn order(id: &str) -> (usize, String) {
    (rule_facts(id).order, id.to_owned())
}

fn same_suite(reports: &[Report]) -> Result<(), MatrixError> {
    let Some(first) = reports.first() else { return Err(MatrixError::Empty) };
    match reports.iter().find(|one| one.header.suite != first.header.suite) {
        None => Ok(()),
        Some(other) => Err(MatrixError::OtherSuite {
            first: first.path.display().to_string(),
            second: other.path.display().to_string(),
        }),
    }
}

/// `<area>::<slug>`, as rows are called.
fn scenario_of(case: &CaseReport) -> String {
    match &case.start {
        Some(start) if !start.scenario.slug.is_empty() => {
            format!("{}::{}", start.scenario.area, start.scenario.slug)
        }
        _ => {
            let parts: Vec<&str> = case.key.name.splitn(3, "::").take(2).collect();
            parts.join("::")
        }
    }
}
