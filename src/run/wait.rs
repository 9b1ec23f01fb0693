//! `wait`: a step that is repeated until a condition holds.

use std::time::{Duration, Instant};

use super::carrier::Carrier;
use super::steps::StepError;
use crate::scenario::{Step, Wait};
use crate::transcript::Headers;

impl Carrier<'_> {
    /// Repeats the step. The condition is the assertion: it is what the record expects, judged on
    /// the last answer.
    pub(super) async fn wait(&mut self, step: &Step, wait: &Wait) -> Result<(), StepError> {
        let begun = Instant::now();
        let mut interval = wait.interval;
        let mut asked = 0_u32;
        loop {
            if let Some(record) = &mut self.current {
                record.asked.push(record.exchanges.len());
            }
            self.once(&wait.step).await?;
            asked += 1;
            self.capture(&wait.step)?;
            self.capture(step)?;
            let until = self.expectations_of(&wait.until)?;
            let met = self.holds(&until);
            let failed = !met && !wait.fail_if.is_empty() && {
                let fail_if = self.expectations_of(&wait.fail_if)?;
                self.holds(&fail_if)
            };
            self.note(until, format!("asked {asked} times within {:.1?}", begun.elapsed()));
            if failed {
                self.broken(format!("what `fail_if` names came true when asked for time {asked}"));
                return Ok(());
            }
            let pause = self.asked_for().unwrap_or(interval).max(interval);
            if met || begun.elapsed() + pause >= wait.deadline || !self.goes_on() {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
            interval = interval.mul_f64(wait.backoff.max(1.0)).min(wait.deadline);
        }
    }

    fn holds(&self, expectations: &[crate::scenario::Expectation]) -> bool {
        self.current
            .as_ref()
            .is_some_and(|record| crate::judge::mismatches(record, expectations).is_empty())
    }

    fn note(&mut self, until: Vec<crate::scenario::Expectation>, note: String) {
        if let Some(record) = &mut self.current {
            record.expectations = until;
            record.note = Some(note);
        }
    }

    /// What the last answer's `Retry-After` asks for.
    fn asked_for(&self) -> Option<Duration> {
        let record = self.current.as_ref()?;
        retry_after(&record.exchanges.last()?.received.as_ref()?.headers)
    }
}

/// `Retry-After` in seconds, as the service gives it.
pub(super) fn retry_after(headers: &Headers) -> Option<Duration> {
    headers.get("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}
