//! Going through a file's templates in the order in which they are worked out.

use super::super::matcher::{ExpectationTemplate, PathTemplate};
use serde_json::Value;

use super::super::model::{
    Action, Body, Call, ForEach, Part, Print, PrintLine, Request, Scenario, Step,
};
use super::super::template::Content;
use super::super::{Place, Template};
use super::variables::Variables;

/// What messages call the item of a loop.
pub(super) const LOOP: &str = "loop's variable";

pub(super) fn scenario(scenario: &Scenario, variables: &mut Variables) {
    if let Some(print) = &scenario.print {
        self::print(print, variables);
    }
    variables.later = later(&scenario.steps);
    steps(&scenario.steps, variables);
    expectations(&scenario.state, variables);
}

pub(super) fn part(part: &Part, variables: &mut Variables) {
    variables.later = later(&part.steps);
    steps(&part.steps, variables);
    for (_, output) in &part.contract.outputs {
        variables.read(output);
    }
}

/// Every name that some step gives.
fn later(steps: &[Step]) -> Vec<(String, Place)> {
    let mut names = Vec::new();
    for step in steps {
        if let Some(id) = &step.id {
            names.push((id.value.clone(), id.place.clone()));
        }
        if let Action::Group(inner) = &step.action {
            names.extend(later(inner));
        }
    }
    names
}

fn steps(steps: &[Step], variables: &mut Variables) {
    for step in steps {
        self::step(step, variables);
    }
}

fn step(step: &Step, variables: &mut Variables) {
    if let Some(for_each) = &step.for_each {
        variables.read(&for_each.items);
        for name in loop_names(for_each) {
            variables.define(&name, &for_each.items.place, LOOP);
        }
    }
    action(&step.action, variables);
    if let Some(PathTemplate::Later(template)) = &step.keep {
        variables.read(template);
    }
    if let Some(id) = &step.id {
        variables.define(&id.value, &id.place, "step's name");
        // A loop over parts gives a list.
        if let (Action::Use(used), None) = (&step.action, &step.for_each) {
            let outputs = used.part.contract.outputs.iter().map(|(name, _)| name.clone());
            variables.outputs.push((id.value.clone(), outputs.collect()));
        }
    }
    if let Action::Wait(wait) = &step.action {
        expectations(&wait.until, variables);
        expectations(&wait.fail_if, variables);
    }
    expectations(&step.expect, variables);
    if let Some(print) = &step.print {
        self::print(print, variables);
    }
    for name in step.for_each.iter().flat_map(loop_names) {
        variables.names.close(&name);
    }
}

/// The item's name, and those of its members where the items are maps.
fn loop_names(for_each: &ForEach) -> Vec<String> {
    let keys = |template: &Template| match &template.content {
        Content::Literal(Value::Object(members)) => members.keys().cloned().collect(),
        Content::Map(members) => members
            .iter()
            .filter_map(|(key, _)| key.as_literal()?.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    let mut names: Vec<String> = match &for_each.items.content {
        Content::Literal(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_object)
            .flat_map(|item| item.keys().cloned())
            .collect(),
        Content::List(items) => items.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    };
    names.push(for_each.variable.clone());
    names.sort();
    names.dedup();
    names
}

fn action(action: &Action, variables: &mut Variables) {
    match action {
        Action::Call(call) => self::call(call, &mut |template| variables.read(template)),
        Action::Request(request) => {
            self::request(request, &mut |template| variables.read(template));
        }
        Action::Wait(wait) => self::action(&wait.step.action, variables),
        Action::Advance(by) => variables.read(by),
        Action::Group(inner) => steps(inner, variables),
        Action::Use(used) => used.with.iter().for_each(|(_, template)| variables.read(template)),
    }
}

fn call<'a>(call: &'a Call, visit: &mut dyn FnMut(&'a Template)) {
    call.arguments.iter().for_each(|(_, template)| visit(template));
    call.api_version.iter().for_each(&mut *visit);
    call.options.iter().for_each(visit);
}

fn request<'a>(request: &'a Request, visit: &mut dyn FnMut(&'a Template)) {
    visit(&request.path);
    request.query.iter().chain(&request.headers).for_each(|(_, template)| visit(template));
    match &request.body {
        Some(Body::Json(body) | Body::Text(body) | Body::Bytes(body)) => visit(body),
        None => {}
    }
    let auth = &request.auth;
    [
        &auth.key,
        &auth.bearer,
        &auth.skew,
        &auth.signed_body,
        &auth.signed_headers,
        &auth.spelling,
        &auth.signed_target,
    ]
    .into_iter()
    .flatten()
    .for_each(visit);
}

fn expectations(expectations: &[ExpectationTemplate], variables: &mut Variables) {
    for expectation in expectations {
        for (_, matcher) in &expectation.subjects {
            matcher.templates(&mut |template| variables.read(template));
        }
    }
}

fn print(print: &Print, variables: &mut Variables) {
    for line in &print.lines {
        match line {
            PrintLine::Text(text) => variables.read(text),
            PrintLine::ForEach { items, variable, text } => {
                variables.read(items);
                variables.define(variable, &items.place, LOOP);
                variables.read(text);
                variables.names.close(variable);
            }
        }
    }
}

/// Calls `visit` for every part in use, those within parts too.
pub(super) fn parts<'a>(steps: &'a [Step], visit: &mut dyn FnMut(&'a Part)) {
    for step in steps {
        match &step.action {
            Action::Use(used) => {
                visit(&used.part);
                parts(&used.part.steps, visit);
            }
            Action::Group(inner) => parts(inner, visit),
            _ => {}
        }
    }
}

/// Calls `visit` for every template of the steps themselves.
pub(super) fn templates<'a>(steps: &'a [Step], visit: &mut dyn FnMut(&'a Template)) {
    for step in steps {
        match &step.action {
            Action::Call(call) => self::call(call, visit),
            Action::Request(request) => self::request(request, visit),
            Action::Wait(wait) => templates(std::slice::from_ref(&*wait.step), visit),
            Action::Advance(by) => visit(by),
            Action::Group(inner) => templates(inner, visit),
            Action::Use(used) => used.with.iter().for_each(|(_, template)| visit(template)),
        }
        for (_, matcher) in step.expect.iter().flat_map(|expectation| &expectation.subjects) {
            matcher.templates(visit);
        }
    }
}
