//! What cases will cost a resource, counted before anything is sent.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::acs::Operation;
use crate::plan::Case;
use crate::scenario::template::Content;
use crate::scenario::{Action, Step, Template};
use crate::transcript::ResourceKind;

/// At least this much: lists of several pages, waits and loops over what is not yet known cost
/// more. Undoing is included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Estimate {
    pub cases: u64,
    pub requests: u64,
    pub rooms: u64,
    pub users: u64,
    /// Whether something could not be counted.
    pub open: bool,
    /// Requests among them that delete.
    deletes: u64,
}

impl Estimate {
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Self {
        let mut sum = Self::default();
        for case in cases {
            let mut one = Self::default();
            one.add_steps(&case.scenario.steps, 1);
            sum.cases += 1;
            // What no step deletes, the undoing does.
            sum.requests += one.requests.max(one.requests - one.deletes + one.rooms + one.users);
            sum.rooms += one.rooms;
            sum.users += one.users;
            sum.open |= one.open;
        }
        sum
    }

    /// How long the requests take at this rate, at least.
    pub fn time_at(&self, rate: Option<f64>) -> Option<Duration> {
        let rate = rate.filter(|rate| rate.is_finite() && *rate > 1e-5)?;
        let requests = u32::try_from(self.requests).unwrap_or(u32::MAX);
        Some(Duration::from_secs_f64(f64::from(requests) / rate))
    }

    fn add_steps(&mut self, steps: &[Step], times: u64) {
        for step in steps {
            let times = times * self.rounds(step);
            match &step.action {
                Action::Call(call) => self.add_operation(call.operation, times),
                Action::Request(request) => {
                    self.add_request(&request.method, &request.path, times);
                }
                Action::Wait(wait) => {
                    self.open = true;
                    self.add_steps(std::slice::from_ref(&*wait.step), times);
                }
                Action::Group(steps) => self.add_steps(steps, times),
                Action::Use(used) => self.add_steps(&used.part.steps, times),
                Action::Advance(_) => {}
            }
        }
    }

    /// How often a step's loop goes round, where the file itself says it.
    fn rounds(&mut self, step: &Step) -> u64 {
        let Some(each) = &step.for_each else { return 1 };
        match &each.items.content {
            Content::Literal(Value::Array(items)) => items.len() as u64,
            Content::List(items) => items.len() as u64,
            _ => {
                self.open = true;
                1
            }
        }
    }

    fn add_operation(&mut self, operation: Operation, times: u64) {
        self.requests += times;
        match operation {
            Operation::CreateRoom => self.add_creation(ResourceKind::Room, times),
            Operation::CreateUser => self.add_creation(ResourceKind::User, times),
            Operation::DeleteRoom | Operation::DeleteUser => self.deletes += times,
            Operation::ListRooms | Operation::ListParticipants => self.open = true,
            _ => {}
        }
    }

    fn add_request(&mut self, method: &str, path: &Template, times: u64) {
        self.requests += times;
        match (method, path.as_literal().and_then(Value::as_str)) {
            ("POST", Some("/rooms")) => self.add_creation(ResourceKind::Room, times),
            ("POST", Some("/identities")) => self.add_creation(ResourceKind::User, times),
            ("DELETE", _) => self.deletes += times,
            _ => {}
        }
    }

    fn add_creation(&mut self, kind: ResourceKind, times: u64) {
        match kind {
            ResourceKind::Room => self.rooms += times,
            ResourceKind::User => self.users += times,
        }
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cases, requests, rooms, users, open, .. } = self;
        let least = if *open { "at least " } else { "" };
        write!(f, "{cases} cases: {least}{requests} requests, {rooms} rooms, {users} users")
    }
}
