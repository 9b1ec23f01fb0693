//! Which rule found what in which exchange.

use std::collections::HashMap;

use crate::report::CaseReport;

/// What rules found in the exchanges of a case, by the exchanges' digests.
#[derive(Debug, Default)]
pub struct Notes(HashMap<String, Vec<(String, String)>>);

impl Notes {
    pub fn of_case(case: &CaseReport) -> Self {
        let mut notes = Self::default();
        for rule in &case.rules {
            for finding in &rule.findings {
                for digest in &finding.evidence {
                    let note = (rule.rule.clone(), finding.message.clone());
                    notes.0.entry(digest.clone()).or_default().push(note);
                }
            }
        }
        notes
    }

    /// `(rule, what it found)`.
    pub fn of(&self, digest: &str) -> &[(String, String)] {
        self.0.get(digest).map_or(&[], Vec::as_slice)
    }
}
