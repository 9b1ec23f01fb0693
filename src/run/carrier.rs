//! What a case is carried out with: the scope, the world, the driver, and the record so far.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::creations::Creations;
use super::{CaseOptions, StepListener};
use crate::driver::Driver;
use crate::plan::Case;
use crate::scenario::{Context, Scope, Step};
use crate::target::World;
use crate::transcript::{Ended, Outcome, StepRecord, StepStatus};

/// Carries the steps of one case. When it is cut off in the middle of a step, the record of that
/// step stays in `current`.
pub(super) struct Carrier<'a> {
    pub case: &'a Case,
    pub world: &'a mut World,
    pub driver: &'a mut Driver,
    pub options: &'a CaseOptions,
    pub scope: Scope,
    pub context: Context,
    pub steps: Vec<StepRecord>,
    pub current: Option<StepRecord>,
    pub creations: Creations,
    /// No further step is begun: one failed.
    pub stopped: bool,
    /// The target or the implementation is of no use any more.
    pub fallen: Option<Ended>,
    listener: StepListener<'a>,
    /// The last instant that a step sent as `now`.
    last_sent: Option<DateTime<Utc>>,
}

impl<'a> Carrier<'a> {
    pub fn new(
        case: &'a Case,
        world: &'a mut World,
        driver: &'a mut Driver,
        options: &'a CaseOptions,
        listener: StepListener<'a>,
    ) -> Self {
        let scenario = &case.scenario;
        let environment: BTreeMap<_, _> = scenario
            .env
            .iter()
            .filter_map(|name| Some((name.clone(), options.environment.get(name)?.clone())))
            .collect();
        let seed = options.seed.or(scenario.emulator.seed);
        let context =
            Context::new(world.now(), case.api_version.clone(), Arc::new(environment), seed);
        let mut scope = Scope::default();
        for (name, value) in &scenario.vars {
            scope.set(name, value.value.clone());
        }
        scope.set("resource", super::scope::resources(world));
        Self {
            case,
            world,
            driver,
            options,
            scope,
            context,
            steps: Vec::with_capacity(scenario.steps.len()),
            current: None,
            creations: Creations::default(),
            stopped: false,
            fallen: None,
            listener,
            last_sent: None,
        }
    }

    /// Begins the record of a step; `now` is fixed here.
    pub fn begin(&mut self, step: &Step, path: &str) {
        let now = self.now_for(step);
        self.context = self.context.at(now);
        self.current = Some(StepRecord {
            path: path.to_owned(),
            id: step.id.as_ref().map(|id| id.value.clone()),
            name: super::wording::name_of(step),
            action: super::wording::action_of(step),
            place: step.place.clone(),
            now: self.context.now(),
            status: StepStatus::Broken("it was cut off".to_owned()),
            call: None,
            raw: false,
            disclosed: crate::transcript::Disclosure::default(),
            outcome: None,
            exchanges: Vec::new(),
            asked: Vec::new(),
            expectations: Vec::new(),
            unasserted: step.unasserted.clone(),
            note: None,
            state: None,
            variables: serde_json::Map::new(),
            printed: Vec::new(),
            started: Utc::now(),
            duration: std::time::Duration::ZERO,
        });
    }

    /// Steps that send `now` have different ones, even if less than a millisecond lies between
    /// them: else two instants would be one in some runs and two in others. A clock that stands
    /// is obeyed as it is.
    fn now_for(&mut self, step: &Step) -> DateTime<Utc> {
        let now = self.world.now();
        let stands = self.world.emulator.as_ref().is_some_and(|it| it.clock().stands());
        if stands || !super::wording::sends_now(step) {
            return now;
        }
        let next = self.last_sent.map_or(now, |last| now.max(last + TimeDelta::milliseconds(1)));
        self.last_sent = Some(next.trunc_subsecs(3));
        next
    }

    /// Ends the step: it is written down, told, and decides whether the case goes on.
    pub fn finish(&mut self, clock: Instant) {
        let Some(mut record) = self.current.take() else { return };
        record.duration = clock.elapsed();
        let green = crate::judge::step(&record).result == crate::judge::StepResult::Passed;
        if !green {
            record.variables.clone_from(&self.scope.variables);
            record.variables.shift_remove("resource");
            self.stopped |= !(self.options.continue_after_failure || self.is_active());
        }
        (self.listener)(&record);
        self.steps.push(record);
    }

    /// Notes why the step in hand could not be carried out.
    pub fn broken(&mut self, why: impl Into<String>) {
        if let Some(record) = &mut self.current {
            record.status = StepStatus::Broken(why.into());
        }
    }

    /// Takes what the target wrote down, else what the driver saw, as the exchanges of this step.
    pub fn record_exchanges(&mut self, seen: Vec<crate::transcript::Exchange>, resource: usize) {
        let exchanges = self.world.take_exchanges().unwrap_or(seen);
        self.creations.note_exchanges(&exchanges, &self.world.resources, resource);
        if let Some(record) = &mut self.current {
            record.exchanges.extend(exchanges);
        }
    }

    pub fn record_outcome(&mut self, outcome: Outcome) {
        if let Some(record) = &mut self.current {
            record.status = StepStatus::Ran;
            record.outcome = Some(outcome);
        }
    }

    /// How the case came to its end, once its steps are over.
    pub fn ended(&self) -> Ended {
        if let Some(fallen) = &self.fallen {
            return fallen.clone();
        }
        if self.stopped { Ended::Failed } else { Ended::Completed }
    }

    /// The records of all steps; one that was cut off comes last.
    pub fn close(&mut self) -> Vec<StepRecord> {
        let cut_off = self.current.take().map(|mut record| {
            record.exchanges.extend(self.world.take_exchanges().unwrap_or_default());
            self.creations.note_exchanges(&record.exchanges, &self.world.resources, 1);
            record.variables.clone_from(&self.scope.variables);
            (self.listener)(&record);
            record
        });
        let mut steps = std::mem::take(&mut self.steps);
        steps.extend(cut_off);
        steps
    }

    /// Whether each step provokes rules: the later ones have their say whatever the earlier ones
    /// came to.
    fn is_active(&self) -> bool {
        !self.case.scenario.rules.is_empty()
    }

    /// Whether another step may begin.
    pub fn goes_on(&self) -> bool {
        !self.stopped && self.fallen.is_none() && !self.options.interrupt.is_asked()
    }
}
