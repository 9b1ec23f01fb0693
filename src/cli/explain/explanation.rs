//! A scenario's plan as text: each request as it would go out, each expectation as it is written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::Utc;
use serde_json::{Map, Value};

use crate::acs::request::{JSON, MERGE_PATCH, WireRequest};
use crate::acs::{ApiVersion, Operation};
use crate::driver::wire::user_agent;
use crate::scenario::{
    Action, Body, Call, Context, ExpectationTemplate, Request, Scenario, Scope, Step, Template,
};

/// A scenario's plan as text.
pub struct Explanation<'a> {
    scenario: &'a Scenario,
    version: &'a ApiVersion,
    scope: Scope,
    context: Context,
    text: String,
}

impl<'a> Explanation<'a> {
    pub fn new(scenario: &'a Scenario, version: &'a ApiVersion) -> Self {
        let mut scope = Scope::default();
        for (name, value) in &scenario.vars {
            scope.set(name, value.value.clone());
        }
        let environment = Arc::new(BTreeMap::new());
        let context =
            Context::new(Utc::now(), version.clone(), environment, scenario.emulator.seed);
        Self { scenario, version, scope, context, text: String::new() }
    }

    fn line(&mut self, depth: usize, line: &str) {
        for part in line.lines() {
            let _ = writeln!(self.text, "{}{part}", "  ".repeat(depth));
        }
    }

    pub fn write(mut self) -> String {
        let scenario = self.scenario;
        self.line(0, &format!("{} ({}, {})", scenario.name, scenario.service, self.version));
        if let Some(about) = &scenario.about {
            self.line(0, about);
        }
        for evidence in &scenario.evidence {
            self.line(0, &format!("{}: {}", evidence.mark.name(), evidence.source));
        }
        for fault in &scenario.faults {
            self.fault(0, &fault.value);
        }
        self.steps(&scenario.steps, 0, "");
        for state in &scenario.state {
            self.line(0, "in the end");
            self.expectation(1, state);
        }
        self.text
    }

    fn fault(&mut self, depth: usize, fault: &crate::scenario::Fault) {
        let line = format!("fault on {} ({} times): {}", fault.operation, fault.times, fault.what);
        self.line(depth, &line);
    }

    fn steps(&mut self, steps: &[Step], depth: usize, prefix: &str) {
        for (index, step) in steps.iter().enumerate() {
            let number = format!("{prefix}{}", index + 1);
            self.text.push('\n');
            self.step(step, depth, &number);
        }
    }

    fn step(&mut self, step: &Step, depth: usize, number: &str) {
        let name = step.name.as_deref().unwrap_or_default();
        let id = step.id.as_ref().map_or_else(String::new, |id| format!(" → {}", id.value));
        let title = format!("{number} {}{id} {name}", what(&step.action));
        self.line(depth, title.trim_end());
        if let Some(each) = &step.for_each {
            let items = each.items.preview(&self.scope, &self.context);
            self.line(depth + 1, &format!("for each {} of {items}", each.variable));
        }
        for fault in &step.faults {
            self.fault(depth + 1, &fault.value);
        }
        self.action(&step.action, depth + 1, number);
        for expectation in &step.expect {
            self.expectation(depth + 1, expectation);
        }
        if let Some(why) = &step.unasserted {
            self.line(depth + 1, &format!("asserts nothing: {why}"));
        }
    }

    fn action(&mut self, action: &Action, depth: usize, number: &str) {
        match action {
            Action::Call(call) => self.call(call, depth),
            Action::Request(request) => self.request(request, depth),
            Action::Wait(wait) => {
                let rhythm = format!(
                    "every {} until it fits, {} at most",
                    crate::acs::time::duration_text(wait.interval),
                    crate::acs::time::duration_text(wait.deadline)
                );
                self.line(depth, &rhythm);
                self.action(&wait.step.action, depth, number);
                for expectation in &wait.until {
                    self.expectation(depth, expectation);
                }
            }
            Action::Advance(by) => {
                let by = by.preview(&self.scope, &self.context);
                self.line(depth, &format!("the clock moves on by {}", plain(&by)));
            }
            Action::Group(steps) => self.steps(steps, depth, &format!("{number}.")),
            Action::Use(used) => {
                for (name, value) in &used.with {
                    let value = value.preview(&self.scope, &self.context);
                    self.line(depth, &format!("{name}: {value}"));
                }
                let outer = self.scope.clone();
                self.scope = Scope::default();
                for (name, default) in &used.part.contract.parameters {
                    if let Some(default) = default {
                        self.scope.set(name, default.clone());
                    }
                }
                for (name, value) in &used.with {
                    let value = value.preview(&outer, &self.context);
                    self.scope.set(name, value);
                }
                self.steps(&used.part.steps, depth, &format!("{number}."));
                self.scope = outer;
            }
        }
    }

    fn call(&mut self, call: &Call, depth: usize) {
        let arguments: Map<String, Value> = call
            .arguments
            .iter()
            .map(|(name, value)| (name.clone(), value.preview(&self.scope, &self.context)))
            .collect();
        let version = call.api_version.as_ref().map_or_else(
            || self.version_of(call.operation),
            |text| ApiVersion::new(plain(&text.preview(&self.scope, &self.context))),
        );
        // A time that only a run knows is no time yet: the request is shown with a stand-in.
        let (known, stand_ins) = stand_ins(call.operation, &arguments);
        match WireRequest::new(call.operation, &known, &version) {
            Ok(request) => {
                self.line(depth, &format!("{} {}", request.method, unescape(&request.target)));
                let kind = request.content_type.map(|kind| format!("content-type: {kind}"));
                let mut headers: Vec<_> = kind.into_iter().collect();
                if request.repeatable {
                    headers.push("repeatability-request-id: <uuid>".into());
                    headers.push("repeatability-first-sent: <date>".into());
                }
                self.signed(depth, headers);
                let mut body = String::from_utf8_lossy(&request.body).into_owned();
                for (stand_in, shown) in &stand_ins {
                    body = body.replace(stand_in, shown);
                }
                self.line(depth, &body);
            }
            Err(_) => {
                self.line(depth, &format!("with {}", Value::Object(arguments)));
                self.signed(depth, Vec::new());
            }
        }
    }

    fn version_of(&self, operation: Operation) -> ApiVersion {
        if operation.service() == self.scenario.service {
            self.version.clone()
        } else {
            operation.service().default_version()
        }
    }

    fn request(&mut self, request: &Request, depth: usize) {
        let show = |template: &Template| plain(&template.preview(&self.scope, &self.context));
        let mut query: Vec<String> = request
            .query
            .iter()
            .filter(|(_, value)| !value.preview(&self.scope, &self.context).is_null())
            .map(|(name, value)| format!("{name}={}", show(value)))
            .collect();
        let path = show(&request.path);
        let named = request.query.iter().any(|(name, _)| name == "api-version");
        if !named && !path.contains("api-version=") {
            query.push(format!("api-version={}", self.version));
        }
        let join = if path.contains('?') { "&" } else { "?" };
        let query =
            if query.is_empty() { String::new() } else { format!("{join}{}", query.join("&")) };
        let mut headers: Vec<_> = request
            .headers
            .iter()
            .map(|(name, value)| format!("{}: {}", name.to_lowercase(), show(value)))
            .collect();
        if request.body.is_some() && !request.headers.iter().any(|(name, _)| is_content_type(name))
        {
            let patch = request.method.eq_ignore_ascii_case("patch");
            headers.insert(0, format!("content-type: {}", if patch { MERGE_PATCH } else { JSON }));
        }
        let body = match &request.body {
            Some(Body::Json(body)) => Some(body.preview(&self.scope, &self.context).to_string()),
            Some(Body::Text(body) | Body::Bytes(body)) => Some(show(body)),
            None => None,
        };
        let bearer = request.auth.bearer.as_ref().map(show);
        self.line(depth, &format!("{} {path}{query}", request.method));
        match bearer {
            Some(bearer) => {
                headers.push(format!("authorization: Bearer *** ({bearer})"));
                self.headers(depth, &headers);
            }
            None if request.auth.none => self.headers(depth, &headers),
            None => self.signed(depth, headers),
        }
        if let Some(body) = body {
            self.line(depth, &body);
        }
    }

    fn signed(&mut self, depth: usize, mut headers: Vec<String>) {
        headers.push("x-ms-date: ***".into());
        headers.push("x-ms-content-sha256: ***".into());
        headers.push(
            "authorization: HMAC-SHA256 \
             SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=***"
                .into(),
        );
        self.headers(depth, &headers);
    }

    /// These headers, after those that the built-in client sends with every request unless it is
    /// told another value.
    fn headers(&mut self, depth: usize, own: &[String]) {
        let agent = user_agent();
        let usual = [
            ("host", "<endpoint>"),
            ("accept", "application/json"),
            ("user-agent", agent.as_str()),
            ("x-ms-client-request-id", "<uuid>"),
        ];
        for (name, value) in usual {
            if !own.iter().any(|header| header.split(':').next() == Some(name)) {
                self.line(depth, &format!("{name}: {value}"));
            }
        }
        self.line(depth, &own.join("\n"));
    }

    /// The expectation in the file's own words.
    fn expectation(&mut self, depth: usize, expectation: &ExpectationTemplate) {
        let place = &expectation.place;
        let written = place.source.text.get(place.span.clone()).unwrap_or_default();
        let indent = place.column.saturating_sub(1);
        let lines: Vec<_> = written
            .trim_end()
            .lines()
            .enumerate()
            .map(|(index, line)| {
                let blank = line.len() - line.trim_start().len();
                if index == 0 { line } else { line.get(blank.min(indent)..).unwrap_or(line) }
            })
            .collect();
        self.line(depth, &format!("expects {}", lines.join("\n        ")));
    }
}

fn what(action: &Action) -> String {
    match action {
        Action::Call(call) => call.operation.name().to_owned(),
        Action::Request(request) => format!("raw {}", request.method),
        Action::Wait(wait) => format!("wait: {}", what(&wait.step.action)),
        Action::Advance(_) => "advance".to_owned(),
        Action::Group(_) => "group".to_owned(),
        Action::Use(used) => format!("use {}", used.file.value),
    }
}

fn is_content_type(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-type")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Times of the year 1970 in place of those that are not known yet, and what they stand for.
fn stand_ins(
    operation: Operation,
    arguments: &Map<String, Value>,
) -> (Map<String, Value>, Vec<(String, String)>) {
    let mut known = arguments.clone();
    let mut stand_ins = Vec::new();
    for argument in operation.arguments() {
        let Some(Value::String(text)) = known.get_mut(argument.name) else { continue };
        if argument.kind == crate::acs::ArgumentKind::Time && text.starts_with('<') {
            let stand_in = format!("1970-01-01T00:00:{:02}Z", stand_ins.len());
            stand_ins.push((stand_in.clone(), std::mem::replace(text, stand_in)));
        }
    }
    (known, stand_ins)
}

/// `<room.id>` as it is written: only what a run will put there is encoded.
fn unescape(target: &str) -> String {
    target.replace("%3C", "<").replace("%3E", ">")
}
