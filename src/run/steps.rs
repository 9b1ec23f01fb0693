//! The steps of a case, one after the other, loops and groups unrolled.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::carrier::Carrier;
use crate::driver::Invocation;
use crate::scenario::{Action, Call, ExpressionError, ForEach, Request, Step, Template, Use};
use crate::transcript::{Ended, Outcome};

type Boxed<'f> = Pin<Box<dyn Future<Output = ()> + Send + 'f>>;

impl Carrier<'_> {
    /// Carries out `steps`; `prefix` is the path of the group around them, with its dot.
    pub fn run_steps<'f>(&'f mut self, steps: &'f [Step], prefix: &'f str) -> Boxed<'f> {
        Box::pin(async move {
            for (index, step) in steps.iter().enumerate() {
                if !self.goes_on() {
                    return;
                }
                let path = super::wording::path_of(prefix, index, step);
                match &step.for_each {
                    None => self.run_step(step, &path).await,
                    Some(each) => self.run_loop(step, each, &path).await,
                }
            }
        })
    }

    async fn run_loop(&mut self, step: &Step, each: &ForEach, path: &str) {
        let items = match each.items.resolve(&self.scope, &self.context) {
            Ok(Value::Array(items)) => items,
            Ok(other) => {
                let kind = super::scope::kind_of(&other);
                return self.fail(step, path, format!("for_each needs a list, not {kind}"));
            }
            Err(error) => return self.fail(step, path, error.to_string()),
        };
        // A step that says why it asserts nothing need not be carried out either.
        if items.is_empty() && step.unasserted.is_none() {
            let why = "for_each loops over an empty list: nothing would be asserted";
            return self.fail(step, path, why.to_owned());
        }
        let mut captured = Vec::new();
        for item in items {
            if !self.goes_on() {
                return;
            }
            let path = format!("{path}[{}]", super::wording::item(&each.variable, &item));
            let hidden = self.bind(&each.variable, item);
            self.run_step(step, &path).await;
            self.restore(hidden);
            if let Some(id) = &step.id {
                captured.extend(self.scope.variables.shift_remove(&id.value));
            }
        }
        if let Some(id) = &step.id {
            self.scope.set(&id.value, Value::Array(captured));
        }
    }

    /// Sets the loop's variable, and one for each member of a map; gives what they hid.
    fn bind(&mut self, variable: &str, item: Value) -> Vec<(String, Option<Value>)> {
        let mut variables = match &item {
            Value::Object(members) => members.clone(),
            _ => Map::new(),
        };
        variables.insert(variable.to_owned(), item);
        variables
            .into_iter()
            .map(|(name, value)| {
                let hidden = self.scope.variables.insert(name.clone(), value);
                (name, hidden)
            })
            .collect()
    }

    fn restore(&mut self, hidden: Vec<(String, Option<Value>)>) {
        for (name, value) in hidden {
            match value {
                Some(value) => self.scope.set(name, value),
                None => drop(self.scope.variables.shift_remove(&name)),
            }
        }
    }

    /// A step that fell before it did anything.
    fn fail(&mut self, step: &Step, path: &str, why: String) {
        let clock = Instant::now();
        self.begin(step, path);
        self.broken(why);
        self.finish(clock);
    }

    async fn run_step(&mut self, step: &Step, path: &str) {
        match &step.action {
            Action::Group(steps) => self.run_steps(steps, &format!("{path}.")).await,
            Action::Use(part) => self.run_part(step, part, path).await,
            _ => {
                let clock = Instant::now();
                self.begin(step, path);
                if let Err(error) = self.act(step).await {
                    self.broken(error.to_string());
                }
                self.finish(clock);
            }
        }
    }

    /// A part runs in a scope of its own; what it gives is captured under the step's id.
    async fn run_part(&mut self, step: &Step, part: &Use, path: &str) {
        let mut inner = Map::new();
        for (name, default) in &part.part.contract.parameters {
            inner.insert(name.clone(), default.clone().unwrap_or(Value::Null));
        }
        for (name, value) in &part.with {
            match value.resolve(&self.scope, &self.context) {
                Ok(value) => drop(inner.insert(name.clone(), value)),
                Err(error) => return self.fail(step, path, error.to_string()),
            }
        }
        inner.extend(
            self.scope.variables.get("resource").map(|it| ("resource".to_owned(), it.clone())),
        );
        let outer = std::mem::replace(&mut self.scope.variables, inner);
        self.run_steps(&part.part.steps, &format!("{path}.")).await;
        let outputs = self.outputs(part);
        self.scope.variables = outer;
        if !self.goes_on() {
            return;
        }
        match (outputs, &step.id) {
            (Ok(outputs), Some(id)) => self.scope.set(&id.value, Value::Object(outputs)),
            (Ok(_), None) => {}
            (Err(error), _) => self.fail(step, path, error.to_string()),
        }
    }

    fn outputs(&self, part: &Use) -> Result<Map<String, Value>, ExpressionError> {
        part.part
            .contract
            .outputs
            .iter()
            .map(|(name, template)| {
                Ok((name.clone(), template.resolve(&self.scope, &self.context)?))
            })
            .collect()
    }

    /// Does what a step does, and all that goes with it.
    async fn act(&mut self, step: &Step) -> Result<(), StepError> {
        for fault in &step.faults {
            self.world.schedule(&fault.value)?;
        }
        match &step.action {
            Action::Advance(by) => {
                self.advance(by)?;
                self.assert(step);
            }
            Action::Wait(wait) => self.wait(step, wait).await?,
            _ => {
                let limit = step.timeout.unwrap_or(self.options.step_limit);
                self.once(step, limit).await?;
                self.capture(step)?;
                self.assert(step);
            }
        }
        self.print_of(step)
    }

    fn advance(&mut self, by: &Template) -> Result<(), StepError> {
        let by = super::scope::duration_of(by, &self.scope, &self.context)?;
        self.world.advance(by)?;
        if let Some(record) = &mut self.current {
            record.status = crate::transcript::StepStatus::Ran;
        }
        Ok(())
    }

    /// Carries out a call or a request once, within `limit`, and writes down what came of it.
    pub(super) async fn once(&mut self, step: &Step, limit: Duration) -> Result<(), StepError> {
        let outcome = match &step.action {
            Action::Call(call) => self.call(call, limit).await?,
            Action::Request(request) => self.request(request, limit).await?,
            _ => return Err(StepError::Nested),
        };
        let outcome = self.keep(step, outcome)?;
        self.record_outcome(outcome);
        Ok(())
    }

    async fn call(&mut self, call: &Call, limit: Duration) -> Result<Outcome, StepError> {
        let invocation = self.invocation(call, limit)?;
        if let Some(record) = &mut self.current {
            record.call = Some(invocation.called());
        }
        let performed = self.driver.perform(&invocation).await;
        if let Some(record) = &mut self.current {
            record.disclosed = performed.disclosed;
        }
        if let Some(fault) = performed.fault {
            self.fallen = Some(Ended::Implementation(fault));
        }
        self.creations.note_outcome(&invocation, &performed.outcome);
        self.record_exchanges(performed.exchanges, call.resource);
        Ok(performed.outcome)
    }

    async fn request(&mut self, request: &Request, limit: Duration) -> Result<Outcome, StepError> {
        let outgoing = self.raw(request)?;
        if let Some(record) = &mut self.current {
            record.raw = true;
        }
        let answered = self.world.client.send(&outgoing, limit).await;
        let outcome = super::raw::outcome_of(&answered);
        self.record_exchanges(answered.into_exchanges().collect(), request.resource);
        Ok(outcome)
    }

    fn invocation(&self, call: &Call, limit: Duration) -> Result<Invocation, ExpressionError> {
        let mut arguments = Map::new();
        for (name, template) in &call.arguments {
            arguments.insert(name.clone(), template.resolve(&self.scope, &self.context)?);
        }
        let options = call.options.as_ref();
        Ok(Invocation {
            operation: call.operation,
            arguments,
            api_version: self.version_of(call)?,
            resource: call.resource,
            options: options.map(|it| it.resolve(&self.scope, &self.context)).transpose()?,
            limit,
        })
    }

    /// The step's own version, else the case's, else the default of the other service.
    fn version_of(&self, call: &Call) -> Result<crate::acs::ApiVersion, ExpressionError> {
        if let Some(version) = &call.api_version {
            let text = version.resolve_text(&self.scope, &self.context)?;
            return Ok(crate::acs::ApiVersion::new(text));
        }
        let service = call.operation.service();
        Ok(if service == self.case.scenario.service {
            self.case.api_version.clone()
        } else {
            service.default_version()
        })
    }

    /// Narrows the outcome's value to what `keep` selects.
    fn keep(&self, step: &Step, outcome: Outcome) -> Result<Outcome, StepError> {
        let (Some(keep), Outcome::Ok(value)) = (&step.keep, &outcome) else { return Ok(outcome) };
        Ok(Outcome::Ok(keep.resolve(&self.scope, &self.context)?.keep(value)))
    }

    pub(super) fn capture(&mut self, step: &Step) -> Result<(), StepError> {
        let (Some(id), Some(record)) = (&step.id, &self.current) else { return Ok(()) };
        if let Some(Outcome::Ok(value)) = &record.outcome {
            self.scope.variables.insert(id.value.clone(), value.clone());
        }
        Ok(())
    }

    /// Works the step's expectations out, those for this target.
    fn assert(&mut self, step: &Step) {
        let expectations = self.expectations_of(&step.expect);
        if super::scope::looks_at_state(&expectations) {
            let state = self.world.state();
            self.current.iter_mut().for_each(|record| record.state.clone_from(&state));
        }
        if let Some(record) = &mut self.current {
            record.expectations = expectations;
        }
        self.probe(step);
    }

    /// Looks whether a live service does what is assumed of it.
    fn probe(&self, step: &Step) {
        let (Some(probes), Some(record)) = (&self.options.probes, &self.current) else { return };
        if self.world.kind != crate::transcript::TargetKind::Live {
            return;
        }
        for template in &step.expect {
            let assumed = super::probe::assumed(template);
            // What cannot be worked out here, such as the emulator's state, is not observed.
            let Ok(expectation) = template.resolve(&self.scope, &self.context) else { continue };
            let expectations = [expectation];
            if assumed.is_empty() || super::scope::looks_at_state(&expectations) {
                continue;
            }
            let confirmed = crate::judge::mismatches(record, &expectations).is_empty();
            for behaviour in assumed {
                probes.note(&self.case.name(), behaviour, confirmed);
            }
        }
    }

    /// The expectations for this target; those that cannot be worked out fit nothing.
    pub(super) fn expectations_of(
        &self,
        templates: &[crate::scenario::ExpectationTemplate],
    ) -> Vec<crate::scenario::Expectation> {
        templates
            .iter()
            .filter(|it| it.holds_on(self.world.kind))
            .map(|it| it.resolve_all(&self.scope, &self.context))
            .collect()
    }
}

/// Why a step could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepError {
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    #[error(transparent)]
    World(#[from] crate::target::WorldError),
    #[error("{0}")]
    Raw(String),
    #[error("only a call or a request can be repeated")]
    Nested,
}
