//! Judging a transcript by all rules, and adding up cases.

use super::{Judging, RuleResult, RuleStatus, Tally, Watch, all};
use crate::transcript::Transcript;

/// One result for each rule of the catalogue, in its order.
pub fn judge(transcript: &Transcript) -> Vec<RuleResult> {
    let watch = Watch::new(transcript);
    all()
        .map(|rule| {
            let mut tally = Tally::default();
            match rule.judging {
                Judging::Passive(check) => check(&watch, &mut tally),
                Judging::Active(check) if watch.names(rule.id) => check(&watch, &mut tally),
                Judging::Active(_) => {}
            }
            tally.result(rule)
        })
        .collect()
}

/// Adds a case's results to the sum of a run: a rule broken once is broken, a rule exercised once
/// is exercised. Findings are kept, their places those within their own case.
pub fn merge(sum: &mut Vec<RuleResult>, case: &[RuleResult]) {
    for result in case {
        match sum.iter_mut().find(|known| known.rule == result.rule) {
            None => sum.push(result.clone()),
            Some(known) => {
                known.status = worse(known.status, result.status);
                known.exercised += result.exercised;
                known.findings.extend(result.findings.iter().cloned());
            }
        }
    }
}

fn worse(one: RuleStatus, other: RuleStatus) -> RuleStatus {
    let rank = |status| match status {
        RuleStatus::NotExercised => 0,
        RuleStatus::Pass => 1,
        RuleStatus::Info => 2,
        RuleStatus::Warn => 3,
        RuleStatus::Fail => 4,
    };
    if rank(one) >= rank(other) { one } else { other }
}
