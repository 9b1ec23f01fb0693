//! What the traffic of passed steps covered.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Kind, Point, universe};
use crate::acs::recognition::{Recognition, recognize};
use crate::report::record::{ExchangeEntry, Status};
use crate::report::{CaseReport, ReadError, Report};

/// How often each point was seen.
#[derive(Debug, Default)]
pub struct Coverage {
    /// All points there are, with how often each was seen.
    pub points: BTreeMap<Point, u64>,
    /// Seen, and not among what there is: odd statuses, unknown api-versions.
    pub beyond: BTreeMap<Point, u64>,
}

impl Coverage {
    /// Nothing seen yet of what there is; of one api-version where `only` names it.
    pub fn of_version(only: Option<&str>) -> Self {
        let points = universe(only).into_iter().map(|point| (point, 0)).collect();
        Self { points, beyond: BTreeMap::new() }
    }

    /// Adds the traffic of a report.
    ///
    /// # Errors
    ///
    /// When the report can no longer be read.
    pub fn take(&mut self, report: &mut Report, only: Option<&str>) -> Result<(), ReadError> {
        report.visit(|case| {
            self.take_case(case, only);
            Ok(())
        })
    }

    fn take_case(&mut self, case: &CaseReport, only: Option<&str>) {
        let passed = case.steps.iter().filter(|step| case.step_status(step) == Status::Pass);
        for exchange in passed.flat_map(|step| &step.exchanges).filter(|one| !one.cleanup) {
            for point in points(exchange) {
                if only.is_none_or(|only| only == point.api_version) {
                    self.count(point);
                }
            }
        }
    }

    fn count(&mut self, point: Point) {
        match self.points.get_mut(&point) {
            Some(seen) => *seen += 1,
            None => *self.beyond.entry(point).or_default() += 1,
        }
    }

    pub fn covered(&self) -> usize {
        self.points.values().filter(|seen| **seen > 0).count()
    }

    /// In hundredths of a per cent, so that nothing is rounded up to a threshold.
    pub fn share(&self) -> usize {
        if self.points.is_empty() { 0 } else { self.covered() * 10_000 / self.points.len() }
    }
}

/// All that one exchange shows.
fn points(exchange: &ExchangeEntry) -> Vec<Point> {
    let request = &exchange.request;
    let body = if request.body.base64 { "" } else { request.body.content.as_str() };
    let Some(found) = recognize(&request.method, request.target(), body.as_bytes()) else {
        return Vec::new();
    };
    let mut points = Vec::new();
    let mut add = |kind, name: String| {
        points.push(Point {
            api_version: found.api_version.clone().unwrap_or_else(|| "none".to_owned()),
            operation: found.operation.name(),
            kind,
            name,
        });
    };
    // A request that nobody answered covers nothing.
    let Some(response) = &exchange.response else { return points };
    add(Kind::Status, response.status.to_string());
    let answer = response.body.json();
    if let Some(code) = answer.as_ref().and_then(|body| body.pointer("/error/code")?.as_str()) {
        add(Kind::ErrorCode, code.to_owned());
    }
    if (200..300).contains(&response.status) {
        add_parameters(&found, request.body.json().as_ref(), &mut add);
        add_roles(answer.as_ref(), &mut add);
    }
    points
}

/// What was asked for and granted: refused parameters cover nothing.
fn add_parameters(found: &Recognition, body: Option<&Value>, add: &mut impl FnMut(Kind, String)) {
    if found.continues {
        add(Kind::Parameter, "nextLink".to_owned());
    }
    for (name, value) in body.and_then(Value::as_object).into_iter().flatten() {
        add(Kind::Parameter, name.clone());
        match (name.as_str(), value) {
            ("pstnDialOutEnabled", Value::Bool(on)) => add(Kind::Value, format!("{name}={on}")),
            ("scopes" | "createTokenWithScopes", Value::Array(scopes)) => {
                for scope in scopes.iter().filter_map(Value::as_str) {
                    add(Kind::Value, format!("scope={scope}"));
                }
            }
            ("participants", Value::Object(entries)) => {
                for role in entries.values().filter_map(|entry| entry.get("role")?.as_str()) {
                    add(Kind::Value, format!("role={role}"));
                }
            }
            _ => {}
        }
    }
}

/// The roles that a list of participants shows.
fn add_roles(answer: Option<&Value>, add: &mut impl FnMut(Kind, String)) {
    let listed = answer.and_then(|body| body.get("value")?.as_array());
    for role in listed.into_iter().flatten().filter_map(|entry| entry.get("role")?.as_str()) {
        add(Kind::Value, format!("role={role}"));
    }
}
