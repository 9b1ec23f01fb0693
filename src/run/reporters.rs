//! The listeners of a run, told by many cases at once.

use std::sync::{Mutex, PoisonError};

use crate::report::{Event, Sink};

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

    /// Why reports could not be written.
    pub fn troubles(&self) -> Vec<String> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).troubles.clone()
    }
}
