//! `wait`: a step that is repeated until a condition holds.

use std::time::{Duration, Instant};

use chrono::Utc;

use super::carrier::Carrier;
use super::steps::StepError;
use crate::acs::time::parse_http_date;
use crate::scenario::{Action, Expectation, Step, Wait};
use crate::target::courtesy::Asked;
use crate::transcript::Headers;

/// What a look may take that begins just before the deadline, or at it: a request that is cut off
/// while its answer is on the way says nothing about the condition.
const LAST_LOOK: Duration = Duration::from_secs(2);

impl Carrier<'_> {
    /// Repeats the step. The condition is the assertion: it is what the record expects, judged on
    /// the last answer. The last look is taken at the deadline.
    pub(super) async fn wait(&mut self, step: &Step, wait: &Wait) -> Result<(), StepError> {
        let begun = Instant::now();
        let deadline = step.timeout.map_or(wait.deadline, |limit| limit.min(wait.deadline));
        let mut interval = wait.interval;
        let mut asked = 0_u32;
        loop {
            if let Some(record) = &mut self.current {
                record.asked.push(record.exchanges.len());
            }
            let left = deadline.saturating_sub(begun.elapsed());
            let limit = self.limit_of_look(&wait.step, left.max(LAST_LOOK.min(deadline)));
            self.once(&wait.step, limit).await?;
            asked += 1;
            self.capture(&wait.step)?;
            self.capture(step)?;
            let until = self.expectations_of(&wait.until);
            let met = self.holds(&until);
            let failed = !met && !wait.fail_if.is_empty() && self.fails(wait)?;
            self.note(until, format!("asked {asked} times within {:.1?}", begun.elapsed()));
            if failed {
                self.broken(format!("what `fail_if` names came true when asked for time {asked}"));
                return Ok(());
            }
            let left = deadline.saturating_sub(begun.elapsed());
            let told_to_wait = self.asked_for().unwrap_or_default();
            if met || left.is_zero() || told_to_wait > left || !self.goes_on() {
                return Ok(());
            }
            tokio::time::sleep(interval.max(told_to_wait).min(left)).await;
            interval = grown(interval, wait.backoff).min(deadline);
        }
    }

    /// How long one look may take. A call that an implementation carries out is not cut short by
    /// the deadline: that would end its adapter, and lay on it what is the scenario's own choice.
    fn limit_of_look(&self, step: &Step, left: Duration) -> Duration {
        let own = matches!(step.action, Action::Request(_)) || self.driver.is_built_in();
        if own { left.min(self.options.step_limit) } else { self.options.step_limit }
    }

    /// Whether what `fail_if` names has come true.
    fn fails(&self, wait: &Wait) -> Result<bool, StepError> {
        let expectations: Result<Vec<_>, _> = wait
            .fail_if
            .iter()
            .filter(|it| it.holds_on(self.world.kind))
            .map(|it| it.resolve(&self.scope, &self.context))
            .collect();
        Ok(self.holds(&expectations?))
    }

    fn holds(&self, expectations: &[Expectation]) -> bool {
        self.current
            .as_ref()
            .is_some_and(|record| crate::judge::mismatches(record, expectations).is_empty())
    }

    fn note(&mut self, until: Vec<Expectation>, note: String) {
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

/// The next pause: a factor may be anything from 1 on, a pause may not.
fn grown(interval: Duration, backoff: f64) -> Duration {
    let seconds = interval.as_secs_f64() * backoff.max(1.0);
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// `Retry-After`, in seconds or as a date: one that is reckoned from the answer's own `Date`, since
/// the clock of a service may be another than ours.
pub(super) fn retry_after(headers: &Headers) -> Option<Duration> {
    let now = headers.get("date").and_then(parse_http_date).unwrap_or_else(Utc::now);
    Asked::read(headers, now).map(|asked| asked.wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(headers: &[(&str, &str)]) -> Option<Duration> {
        let mut all = Headers::default();
        headers.iter().for_each(|(name, value)| all.push(*name, *value));
        retry_after(&all)
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let date = ("date", "Thu, 01 Jan 2026 00:00:00 GMT");
        let seconds = |count| Some(Duration::from_secs(count));
        assert_eq!(asks(&[("retry-after", " 3 ")]), seconds(3));
        assert_eq!(asks(&[date, ("retry-after", "Thu, 01 Jan 2026 00:00:07 GMT")]), seconds(7));
        assert_eq!(asks(&[date, ("retry-after", "Wed, 31 Dec 2025 23:00:00 GMT")]), seconds(0));
        assert_eq!(asks(&[date, ("retry-after", "soon")]), None);
        assert_eq!(asks(&[date]), None);
    }

    #[test]
    fn pauses_grow_by_their_factor_and_never_overflow() {
        let pause = Duration::from_millis(400);
        assert_eq!(grown(pause, 4.0), Duration::from_millis(1600));
        assert_eq!(grown(pause, 1.0), pause);
        assert_eq!(grown(pause, f64::MAX), Duration::MAX);
    }
}
