//! Which cases an adapter runs, and why it does not run the others.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::acs::{ApiVersion, Service};
use crate::driver::adapter::{CallOptions, Features, Hello, features};
use crate::plan::Abilities;
use crate::scenario::template::Content;
use crate::scenario::{Action, Call, Scenario, Step, Template};

/// What an adapter said that it can do.
#[derive(Debug, Clone)]
pub struct Gate {
    features: Features,
    rooms: Vec<String>,
    identity: Vec<String>,
}

impl Gate {
    /// What an adapter can do, unknown api-versions being served as known ones.
    pub fn of(hello: &Hello, served_as: &[(ApiVersion, ApiVersion)]) -> Self {
        let known = |versions: &[String]| {
            let served = versions.iter().flat_map(|version| {
                served_as.iter().filter(move |(new, _)| new.as_str() == version)
            });
            let served = served.map(|(_, known)| known.to_string());
            versions.iter().cloned().chain(served).collect()
        };
        Self {
            features: Features::new(hello.features.iter().cloned()),
            rooms: known(&hello.api_versions.rooms),
            identity: known(&hello.api_versions.identity),
        }
    }

    /// An SDK that can do all there is: what it cannot be offered, none can.
    pub fn everything() -> Self {
        let versions = |service: Service| service.versions().iter().map(|one| (*one).to_owned());
        Self {
            features: Features::new(["*".to_owned()]),
            rooms: versions(Service::Rooms).collect(),
            identity: versions(Service::Identity).collect(),
        }
    }

    fn versions(&self, service: Service) -> &[String] {
        match service {
            Service::Rooms => &self.rooms,
            Service::Identity => &self.identity,
        }
    }
}

impl Abilities for Gate {
    fn has(&self, feature: &str) -> bool {
        self.features.declares(feature)
    }

    fn speaks(&self, service: Service, version: &ApiVersion) -> bool {
        self.versions(service).iter().any(|known| known == version.as_str())
    }

    /// What provokes rules takes its time, and an SDK has one pipeline for all versions: it is
    /// provoked at the first version of its list that the scenario has.
    fn only_version(&self, scenario: &Scenario) -> Option<ApiVersion> {
        let is_about_versions = scenario.requires.iter().any(|id| id == "custom-api-version");
        if scenario.rules.is_empty() || is_about_versions {
            return None;
        }
        let listed = self.versions(scenario.service).iter();
        listed.map(ApiVersion::new).find(|version| scenario.api_versions.contains(version))
    }

    fn refusal(&self, scenario: &Scenario) -> Option<String> {
        let mut needed = BTreeSet::new();
        for step in &scenario.steps {
            if let Err(reason) = collect(step, &mut needed) {
                return Some(reason);
            }
        }
        let missing: Vec<String> =
            needed.into_iter().filter(|feature| !self.features.declares(feature)).collect();
        (!missing.is_empty())
            .then(|| format!("the adapter does not declare {}", missing.join(", ")))
    }
}

/// Adds the features that a step needs, its parts included.
fn collect(step: &Step, needed: &mut BTreeSet<String>) -> Result<(), String> {
    match &step.action {
        Action::Call(call) => {
            needed.extend(of_call(call));
            Ok(())
        }
        Action::Request(_) => {
            Err("a request step is raw HTTP, which only the built-in client sends".to_owned())
        }
        Action::Wait(wait) => collect(&wait.step, needed),
        Action::Advance(_) => Ok(()),
        Action::Group(steps) => steps.iter().try_for_each(|step| collect(step, needed)),
        Action::Use(used) => {
            // What a part is given holds the roles that its calls name by a variable.
            used.with.iter().for_each(|(_, template)| roles_within(&outline(template), needed));
            used.part.steps.iter().try_for_each(|step| collect(step, needed))
        }
    }
}

fn of_call(call: &Call) -> BTreeSet<String> {
    let arguments = call.arguments.iter().map(|(name, template)| (name.clone(), outline(template)));
    // Options that cannot be read are told when the step runs.
    let options = call.options.as_ref().map(outline);
    let options = CallOptions::read(options.as_ref()).unwrap_or_default();
    let mut needed = features::needed(call.operation, &arguments.collect(), &options);
    if call.api_version.is_some() {
        needed.insert("custom-api-version".to_owned());
    }
    needed
}

fn roles_within(value: &Value, needed: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| roles_within(item, needed)),
        Value::Object(members) => {
            let role = members.get("role").and_then(Value::as_str);
            needed.extend(
                role.filter(|role| !role.contains("${")).map(|role| format!("role:{role}")),
            );
        }
        _ => {}
    }
}

/// What a template says before anything is worked out: expressions are `${…}`.
fn outline(template: &Template) -> Value {
    match &template.content {
        Content::Literal(value) => value.clone(),
        Content::Expression(_) | Content::Text(_) => Value::from("${…}"),
        Content::List(items) => items.iter().map(outline).collect(),
        Content::Map(members) => members
            .iter()
            .filter_map(|(key, value)| {
                Some((key.as_literal()?.as_str()?.to_owned(), outline(value)))
            })
            .collect(),
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
