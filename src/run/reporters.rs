//! The listeners of a run, told by many cases at once.

use std::sync::{Mutex, PoisonError};

use crate::exit::Exit;
use crate::report::{Event, RunFinished, Sink};

/// Tells events to all sinks, one at a time. A sink that cannot write is let go, and why is kept.
pub(super) struct Reporters {
    inner: Mutex<Inner>,
}

struct Inner {
    sinks: Vec<Box<dyn Sink>>,
    troubles: Vec<String>,
}

impl Reporters {
    pub fn new(sinks: Vec<Box<dyn Sink>>) -> Self {
        Self { inner: Mutex::new(Inner { sinks, troubles: Vec::new() }) }
    }

    pub fn tell(&self, event: &Event<'_>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { sinks, troubles } = &mut *inner;
        sinks.retain_mut(|sink| match sink.event(event) {
            Ok(()) => true,
            Err(error) => {
                troubles.push(error.to_string());
                false
            }
        });
    }

    /// Lets files be finished before anybody is told how the run ended, so that a disk which is
    /// full only now is part of that.
    pub fn close(&self, finished: &mut RunFinished) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let mut troubles = Vec::new();
        inner.sinks.retain_mut(|sink| match sink.close(finished) {
            Ok(()) => true,
            Err(error) => {
                troubles.push(error.to_string());
                false
            }
        });
        if !troubles.is_empty() {
            finished.exit = Some(Exit::worst(finished.exit.into_iter().chain([Exit::Harness])));
            finished.troubles.extend(troubles);
        }
    }

    /// Why reports could not be written.
    pub fn troubles(&self) -> Vec<String> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).troubles.clone()
    }
}
