//! The schedule of one emulator: which fault meets which request.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::kind::{FaultAction, FaultKind};
use crate::acs::Operation;

/// Which requests a fault meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Those of one operation.
    Operation(Operation),
    /// Any, those without a known route too.
    Any,
}

impl Target {
    fn takes(self, operation: Option<Operation>) -> bool {
        match self {
            Self::Any => true,
            Self::Operation(one) => operation == Some(one),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(operation) => f.write_str(operation.name()),
            Self::Any => f.write_str("*"),
        }
    }
}

impl FromStr for Target {
    type Err = super::FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(Self::Any);
        }
        Operation::from_name(text).map(Self::Operation).ok_or_else(|| super::FaultError {
            path: "on".into(),
            message: format!("'{text}' is no operation of the catalogue, nor *"),
        })
    }
}

/// A scheduled fault and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultRecord {
    /// From 1, in order of scheduling.
    pub id: u64,
    pub on: Target,
    /// How many requests (or connections) it is for.
    pub times: u32,
    /// How many it has met.
    pub met: u32,
    pub kind: FaultKind,
}

impl fmt::Display for FaultRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "fault {} on {}: {}; met {} of {}",
            self.id, self.on, self.kind, self.met, self.times
        )
    }
}

/// The faults of an emulator, first in, first out. Clones share the schedule.
///
/// A request meets the oldest fault that is for it and not used up; one request meets one fault.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    schedule: Arc<Mutex<Schedule>>,
    /// Rises with every fault of connections, so that kept-alive ones make way for new ones.
    renewals: Arc<watch::Sender<u64>>,
}

/// Waiting and used faults change together, hence one lock.
#[derive(Debug, Default)]
struct Schedule {
    scheduled: u64,
    waiting: VecDeque<FaultRecord>,
    used: Vec<FaultRecord>,
}

impl Faults {
    /// Puts a fault at the end of the queue and gives its id. `times` of 0 is never met.
    pub fn schedule(&self, on: Target, times: u32, kind: FaultKind) -> u64 {
        let mut schedule = self.lock();
        schedule.scheduled += 1;
        let id = schedule.scheduled;
        if kind.action.meets_connections() {
            self.renewals.send_modify(|renewals| *renewals += 1);
        }
        schedule.waiting.push_back(FaultRecord { id, on, times, met: 0, kind });
        id
    }

    /// Changes whenever kept-alive connections are to be closed, for the next fault is for new ones.
    pub(in crate::emulator) fn renewals(&self) -> watch::Receiver<u64> {
        self.renewals.subscribe()
    }

    /// The fault that a request of `operation` meets, counted as met.
    pub fn meet_request(&self, operation: Option<Operation>) -> Option<FaultKind> {
        self.meet(|fault| !fault.kind.action.meets_connections() && fault.on.takes(operation))
    }

    /// The fault that a request meets before its body is read: only one that cuts the request off,
    /// when it is this request's turn for it.
    pub(in crate::emulator) fn meet_head(&self, operation: Option<Operation>) -> Option<usize> {
        let turn = |fault: &FaultRecord| {
            !fault.kind.action.meets_connections() && fault.on.takes(operation)
        };
        let is_cut = |fault: &&FaultRecord| matches!(fault.kind.action, FaultAction::CutRequest(_));
        let mut schedule = self.lock();
        schedule.waiting.iter().find(|fault| turn(fault)).filter(is_cut)?;
        match schedule.meet(turn)?.action {
            FaultAction::CutRequest(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The fault that a new connection meets, counted as met.
    pub fn meet_connection(&self) -> Option<FaultKind> {
        self.meet(|fault| fault.kind.action.meets_connections())
    }

    /// All faults in order of scheduling, used ones included.
    pub fn records(&self) -> Vec<FaultRecord> {
        let schedule = self.lock();
        let mut all: Vec<FaultRecord> =
            schedule.used.iter().chain(&schedule.waiting).cloned().collect();
        all.sort_by_key(|fault| fault.id);
        all
    }

    /// Those that met less than they are for.
    pub fn unconsumed(&self) -> Vec<FaultRecord> {
        self.lock().waiting.iter().cloned().collect()
    }

    /// Forgets all of them; ids go on.
    pub fn clear(&self) {
        let mut schedule = self.lock();
        schedule.waiting.clear();
        schedule.used.clear();
    }

    fn meet(&self, fits: impl Fn(&FaultRecord) -> bool) -> Option<FaultKind> {
        self.lock().meet(fits)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Schedule {
    fn meet(&mut self, fits: impl Fn(&FaultRecord) -> bool) -> Option<FaultKind> {
        let fits = |fault: &FaultRecord| fault.met < fault.times && fits(fault);
        let index = self.waiting.iter().position(fits)?;
        let fault = self.waiting.get_mut(index)?;
        fault.met += 1;
        let kind = fault.kind.clone();
        if fault.met == fault.times
            && let Some(fault) = self.waiting.remove(index)
        {
            self.used.push(fault);
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn status(status: u16) -> FaultKind {
        super::super::parse(&json!({ "status": status })).unwrap()
    }

    fn met(faults: &Faults, operation: Operation) -> Option<String> {
        faults.meet_request(Some(operation)).map(|kind| kind.to_string())
    }

    #[test]
    fn a_request_meets_the_oldest_fault_that_is_for_it() {
        let faults = Faults::default();
        faults.schedule(Target::Operation(Operation::CreateRoom), 2, status(429));
        faults.schedule(Target::Any, 1, status(500));
        faults.schedule(Target::Operation(Operation::CreateRoom), 1, status(503));
        assert_eq!(met(&faults, Operation::CreateRoom).unwrap(), "answer 429");
        assert_eq!(met(&faults, Operation::GetRoom).unwrap(), "answer 500");
        assert_eq!(met(&faults, Operation::CreateRoom).unwrap(), "answer 429");
        assert_eq!(met(&faults, Operation::CreateRoom).unwrap(), "answer 503");
        assert_eq!(met(&faults, Operation::CreateRoom), None);
        assert_eq!(faults.records().iter().map(|fault| fault.met).collect::<Vec<_>>(), [2, 1, 1]);
    }

    #[test]
    fn what_was_not_met_in_full_is_unconsumed() {
        let faults = Faults::default();
        faults.schedule(Target::Any, 2, status(500));
        faults.meet_request(None);
        assert_eq!(
            faults.unconsumed().iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["fault 1 on *: answer 500; met 1 of 2"]
        );
        faults.meet_request(None);
        assert!(faults.unconsumed().is_empty());
    }

    #[test]
    fn a_fault_of_connections_meets_no_request() {
        let faults = Faults::default();
        faults.schedule(Target::Any, 1, super::super::parse(&json!({"refuse": true})).unwrap());
        assert_eq!(faults.meet_request(None), None);
        assert!(faults.meet_connection().is_some());
        assert_eq!(faults.meet_connection(), None);
    }
}
