//! What the adapters of a run share: how they are started, how often, and what they are spared.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::child::{Command, Means};
use super::fault::{self, Fault, FaultKind};
use super::process::Process;
use super::proxy::Proxy;
use super::session::AdapterDriver;
use crate::acs::ApiVersion;

/// How patient the harness is.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the start of the program to its `hello`.
    pub start: Duration,
    /// From the harness's `bye` to SIGTERM, and from there to SIGKILL.
    pub grace: Duration,
    /// Restarts after crashes, time-outs and broken protocol, in all.
    pub restarts: usize,
    /// Restarts without a case between them that went well.
    pub restarts_in_a_row: usize,
    /// Crashes on one case until it is not offered again.
    pub crashes_per_case: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(10),
            grace: Duration::from_secs(3),
            restarts: 10,
            restarts_in_a_row: 3,
            crashes_per_case: 2,
        }
    }
}

/// Starts adapters of one kind and keeps count of their failures. Shared by the run's workers.
#[derive(Debug)]
pub struct Pool {
    command: Command,
    limits: Limits,
    /// Api-versions that the emulator does not know, each with the one as which it is served.
    served_as: Vec<(ApiVersion, ApiVersion)>,
    counts: Mutex<Counts>,
    /// A driver that was started to hear what the adapter can do: the first worker takes it.
    kept: Mutex<Option<Box<AdapterDriver>>>,
    /// Started with the first adapter; `None` where the machine gives no port.
    proxy: OnceCell<Option<Proxy>>,
}

#[derive(Debug, Default)]
struct Counts {
    failures: usize,
    failures_in_a_row: usize,
    crashes: HashMap<String, usize>,
    notes: Vec<String>,
}

impl Pool {
    pub fn new(command: Command, limits: Limits) -> Self {
        Self {
            command,
            limits,
            served_as: Vec::new(),
            counts: Mutex::default(),
            kept: Mutex::default(),
            proxy: OnceCell::new(),
        }
    }

    /// Adapters whose unknown api-versions stand for known ones.
    #[must_use]
    pub fn serving_as(mut self, pairs: Vec<(ApiVersion, ApiVersion)>) -> Self {
        self.served_as = pairs;
        self
    }

    /// Whether a version that an adapter lists means `wanted`: it is that one, or served as it.
    pub fn means(&self, listed: &str, wanted: &ApiVersion) -> bool {
        listed == wanted.as_str()
            || self.served_as.iter().any(|(new, known)| new.as_str() == listed && known == wanted)
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Keeps a started driver for the first worker.
    pub fn keep(&self, driver: AdapterDriver) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(driver));
    }

    /// The driver that was kept, if nobody has taken it yet.
    pub fn take_kept(&self) -> Option<Box<AdapterDriver>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Starts an adapter.
    ///
    /// # Errors
    ///
    /// A fault when it does not come up, or when it has failed too often.
    pub async fn start(&self) -> Result<Process, Fault> {
        self.may_start()?;
        let mut command = self.command.clone();
        let proxy = self.proxy.get_or_init(|| async { Proxy::start().await.ok() }).await;
        for (name, value) in proxy.iter().flat_map(Proxy::environment) {
            command.environment.push((name.into(), value.into()));
        }
        let started = Process::start(&command, self.limits.start).await;
        if started.is_err() {
            self.counts().fail();
        }
        started
    }

    /// Whether a case may be offered to the adapter.
    ///
    /// # Errors
    ///
    /// A fault when the adapter has crashed on this case too often.
    pub fn admit(&self, case: &str) -> Result<(), Fault> {
        let crashes = self.counts().crashes.get(case).copied().unwrap_or_default();
        if crashes >= self.limits.crashes_per_case { Err(fault::quarantined(case)) } else { Ok(()) }
    }

    /// A case came to its end without a fault.
    pub fn went_well(&self) {
        self.counts().failures_in_a_row = 0;
    }

    /// The adapter failed on `case` and is started anew for the next.
    pub fn failed(&self, case: &str, kind: FaultKind) {
        let mut counts = self.counts();
        counts.fail();
        if matches!(kind, FaultKind::Crashed | FaultKind::TimedOut) {
            *counts.crashes.entry(case.to_owned()).or_default() += 1;
        }
    }

    /// Says goodbye to an adapter; what it took is noted.
    pub async fn stop(&self, process: Process) {
        let (status, means) = process.stop(self.limits.grace).await;
        let note = match (means, status.and_then(|status| status.code())) {
            (Means::None, Some(0)) => return,
            (Means::None, code) => format!(
                "the adapter ended with {} after bye; end with exit code 0",
                code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"))
            ),
            (Means::Terminate, _) => format!(
                "the adapter did not end within {:?} after bye; SIGTERM ended it",
                self.limits.grace
            ),
            (Means::Kill, _) => format!(
                "the adapter did not end within {:?} after bye and ignored SIGTERM; SIGKILL ended it",
                self.limits.grace
            ),
        };
        let mut counts = self.counts();
        if !counts.notes.contains(&note) {
            counts.notes.push(note);
        }
    }

    /// What was noticed beside the cases, for the summary.
    pub fn notes(&self) -> Vec<String> {
        self.counts().notes.clone()
    }

    fn may_start(&self) -> Result<(), Fault> {
        let counts = self.counts();
        if counts.failures > self.limits.restarts
            || counts.failures_in_a_row > self.limits.restarts_in_a_row
        {
            return Err(fault::exhausted(counts.failures.saturating_sub(1)));
        }
        Ok(())
    }

    /// The lock is held for a moment only, never while waiting.
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn fail(&mut self) {
        self.failures += 1;
        self.failures_in_a_row += 1;
    }
}
