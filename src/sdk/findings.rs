//! What went wrong in a run, case by case: what its baseline is written from.

use crate::judge::Verdict;
use crate::judge::baseline::{Found, Mode, interface};
use crate::judge::rules::RuleStatus;
use crate::transcript::Transcript;

/// Collects what a baseline would have to expect.
#[derive(Debug, Clone, Default)]
pub struct Findings(pub Found);

impl Findings {
    pub fn add(&mut self, case: &str, transcript: &Transcript, verdict: &Verdict) {
        self.0.judge(case, None);
        if let Some((mode, texts)) = interface::wrong(transcript, verdict) {
            self.0.add(case, None, mode, texts);
        }
        for result in &verdict.rules {
            let mode = match result.status {
                RuleStatus::NotExercised => continue,
                RuleStatus::Fail => Some(Mode::Fails),
                RuleStatus::Warn => Some(Mode::Warns),
                RuleStatus::Pass | RuleStatus::Info => None,
            };
            self.0.judge(case, Some(result.rule));
            if let Some(mode) = mode {
                let texts = result.findings.iter().map(|finding| finding.message.clone());
                self.0.add(case, Some(result.rule), mode, texts.collect());
            }
        }
    }
}
