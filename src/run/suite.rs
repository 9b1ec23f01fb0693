//! Many cases, in parallel, streamed to the reporters in the order of the plan.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use tokio::sync::Semaphore;

use super::CaseOptions;
use super::reporters::Reporters;
use super::sum::Sum;
use crate::driver::{Driver, DriverKind};
use crate::exit::Exit;
use crate::judge::rules::{RuleResult, RuleStatus};
use crate::judge::{JudgeOptions, Rate, Verdict};
use crate::plan::Case;
use crate::report::{Event, RunFinished, RunStarted, Sink};
use crate::scenario::Lane;
use crate::target::Target;
use crate::transcript::{Ended, Transcript};

/// How many cases may be ahead of the one that is reported next, for each job. Bounds memory.
const AHEAD: usize = 8;

/// How often a case runs that is known to fail now and then.
const RUNS_OF_FLAKY: u32 = 3;

/// A run: which cases, where, by whom, and how they are judged.
#[derive(Debug, Clone)]
pub struct Suite {
    pub cases: Arc<[Case]>,
    pub target: Arc<Target>,
    pub driver: DriverKind,
    pub options: CaseOptions,
    pub judge: JudgeOptions,
    /// How many cases run at once; at least 1.
    pub jobs: usize,
    /// Begin no case after the first red one.
    pub fail_fast: bool,
}

/// What all cases of a run share.
pub(super) struct Shared {
    pub suite: Suite,
    pub reporters: Reporters,
    permits: Semaphore,
    /// How many permits there are.
    jobs: u32,
    stop: AtomicBool,
    idle: Mutex<Vec<Driver>>,
    /// Cases that were run a second time, each with the reason.
    pub again: Mutex<Vec<String>>,
}

/// A case that was begun, with what it came to.
pub(super) struct Judged {
    pub transcript: Transcript,
    pub verdict: Verdict,
}

impl Suite {
    /// Carries all cases out and tells `sinks`. The sum's `exit` is that of the whole run.
    pub async fn run(self, started: &RunStarted<'_>, sinks: Vec<Box<dyn Sink>>) -> RunFinished {
        self.run_and_conclude(started, sinks, |_| {}).await
    }

    /// The same; `conclude` says what the cases come to together, before anybody is told of the end.
    pub async fn run_and_conclude(
        self,
        started: &RunStarted<'_>,
        sinks: Vec<Box<dyn Sink>>,
        conclude: impl FnOnce(&mut RunFinished),
    ) -> RunFinished {
        let clock = Instant::now();
        let jobs = self.jobs.max(1);
        let shared = Arc::new(Shared {
            reporters: Reporters::new(sinks),
            permits: Semaphore::new(jobs),
            jobs: u32::try_from(jobs).unwrap_or(u32::MAX),
            stop: AtomicBool::new(false),
            idle: Mutex::default(),
            again: Mutex::default(),
            suite: self,
        });
        shared.reporters.tell(&Event::RunStarted(started));
        let mut sum = Sum::new(started);
        let mut cases = futures::stream::iter(0..shared.suite.cases.len())
            .map(|index| tokio::spawn(Arc::clone(&shared).one(index)))
            .buffered(jobs.saturating_mul(AHEAD));
        let mut index = 0;
        while let Some(joined) = cases.next().await {
            sum.add(&shared, index, joined.unwrap_or_else(|error| Err(error.to_string())));
            index += 1;
        }
        drop(cases);
        shared.stop_drivers().await;
        let settlement = shared.suite.target.settle().await;
        let mut finished = sum.finish(&shared, clock.elapsed(), settlement);
        conclude(&mut finished);
        shared.reporters.close(&mut finished);
        shared.reporters.tell(&Event::RunFinished(&finished));
        finished
    }
}

impl Shared {
    /// `None` when the case was never begun; an error is the harness's own.
    async fn one(self: Arc<Self>, index: usize) -> Result<Option<Judged>, String> {
        let Some(case) = self.suite.cases.get(index) else { return Ok(None) };
        // What a case of this lane measures would be spoilt by neighbours: it takes all places.
        let alone = case.scenario.lane == Lane::Timing;
        let places = if alone { self.jobs } else { 1 };
        let Ok(permit) = self.permits.acquire_many(places).await else { return Ok(None) };
        let interrupt = &self.suite.options.interrupt;
        if self.stop.load(Ordering::Relaxed) || interrupt.is_asked() {
            return Ok(None);
        }
        self.reporters.tell(&Event::CaseStarted { index, case });
        let mut transcript = self.carry_out(index, case, !alone).await;
        // The next case begins while this one is judged, unless it waits for the verdict.
        let permit = (alone || self.suite.fail_fast).then_some(permit);
        let mut verdict = crate::judge::judge(&transcript, &self.suite.judge);
        if alone && verdict.exit == Exit::Failed && !interrupt.is_asked() {
            // A busy machine fails such a case now and then: it is the second failure that counts.
            let why = first_reason(&transcript, &verdict);
            let note = format!(
                "{} went wrong in its first run, and the second counts: {why}",
                case.name()
            );
            self.again.lock().unwrap_or_else(PoisonError::into_inner).push(note);
            transcript = self.carry_out(index, case, false).await;
            verdict = crate::judge::judge(&transcript, &self.suite.judge);
        }
        // Before another case gets this one's place.
        if self.suite.fail_fast && !verdict.is_green() {
            self.stop.store(true, Ordering::Relaxed);
        }
        drop(permit);
        if verdict.is_flaky() && !interrupt.is_asked() {
            verdict.rate = self.rate(index, case, &verdict).await;
        }
        if alone {
            for step in &transcript.steps {
                self.reporters.tell(&Event::StepFinished { index, case, step });
            }
        }
        Ok(Some(Judged { transcript, verdict }))
    }

    /// How often a case goes well that is known to fail now and then: its run in company, and more
    /// of them alone.
    async fn rate(&self, index: usize, case: &Case, first: &Verdict) -> Option<Rate> {
        let _permit = self.permits.acquire_many(self.jobs).await.ok()?;
        let mut rate = Rate { well: u32::from(first.went_well()), runs: 1 };
        while rate.runs < RUNS_OF_FLAKY {
            let transcript = self.carry_out(index, case, false).await;
            let verdict = crate::judge::judge(&transcript, &self.suite.judge);
            rate.well += u32::from(verdict.went_well());
            rate.runs += 1;
        }
        Some(rate)
    }

    /// `live`: steps are told as they finish. Those of a case that may run twice are told when it
    /// is known which run counts, or a report would hold both.
    async fn carry_out(&self, index: usize, case: &Case, live: bool) -> Transcript {
        let kind = self.suite.target.kind();
        let mut world = match self.suite.target.open(case, self.suite.options.seed).await {
            Ok(world) => world,
            Err(error) => return unreachable(case, kind, Ended::Unreachable(error.to_string())),
        };
        let mut driver = match self.driver().await {
            Ok(driver) => driver,
            Err(error) => return unreachable(case, kind, error.into_ended()),
        };
        let mut tell = |step: &crate::transcript::StepRecord| {
            if live {
                self.reporters.tell(&Event::StepFinished { index, case, step });
            }
        };
        let transcript =
            super::run_case(case, &mut world, &mut driver, &self.suite.options, &mut tell).await;
        world.close().await;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(driver);
        transcript
    }

    /// Says goodbye to the drivers, all at once.
    async fn stop_drivers(&self) {
        let drivers =
            std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        futures::future::join_all(drivers.into_iter().map(Driver::stop)).await;
    }

    /// A driver that has nothing to do, else a new one.
    async fn driver(&self) -> Result<Driver, crate::driver::DriverError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(driver) => Ok(driver),
            None => self.suite.driver.start().await,
        }
    }
}

/// The first thing that is wrong with a case, in a line.
fn first_reason(transcript: &Transcript, verdict: &Verdict) -> String {
    let interface = crate::judge::baseline::interface::wrong(transcript, verdict);
    let interface = interface.and_then(|(_, texts)| texts.into_iter().next());
    let broken = |rule: &&RuleResult| matches!(rule.status, RuleStatus::Fail | RuleStatus::Warn);
    let rule =
        verdict.rules.iter().find(broken).and_then(|rule| {
            rule.findings.first().map(|finding| format!("{}: {finding}", rule.rule))
        });
    let text = interface.or(rule).unwrap_or_default();
    text.lines().next().unwrap_or_default().to_owned()
}

/// The transcript of a case that had no world to run in.
fn unreachable(case: &Case, target: crate::transcript::TargetKind, ended: Ended) -> Transcript {
    let why = match &ended {
        Ended::Implementation(fault) => fault.to_string(),
        Ended::Unreachable(why) => why.clone(),
        _ => String::new(),
    };
    Transcript {
        scenario: case.scenario.clone(),
        api_version: case.api_version.clone(),
        driver: String::new(),
        target,
        repetition: case.repetition,
        started: chrono::Utc::now(),
        duration: Duration::ZERO,
        printed: Vec::new(),
        steps: super::not_run::never_reached(&case.scenario.steps, &[], &why),
        cleanup: Vec::new(),
        unconsumed: Vec::new(),
        state: None,
        expectations: Vec::new(),
        keys: Arc::default(),
        ended,
    }
}
