//! What a baseline says of a verdict, as a report keeps it.

use super::Redaction;
use crate::judge::Verdict;
use crate::judge::baseline::{Remark, Standing};
use crate::report::record::BaselineEntry;

/// What it says of the case: of its interface, else of the first rule that it names. A stale entry
/// comes before those that hold.
pub(super) fn of_case(verdict: &Verdict, redaction: &Redaction) -> Option<BaselineEntry> {
    let remarks = || verdict.baseline.iter();
    let found = remarks()
        .find(|remark| remark.standing == Standing::Stale)
        .or_else(|| remarks().find(|remark| remark.rule.is_none()))
        .or_else(|| remarks().next())?;
    Some(describe(found, redaction))
}

/// What it says of a rule.
pub(super) fn of_rule(
    verdict: &Verdict,
    rule: &str,
    redaction: &Redaction,
) -> Option<BaselineEntry> {
    let found = verdict.baseline.iter().find(|remark| remark.rule.as_deref() == Some(rule))?;
    Some(describe(found, redaction))
}

fn describe(remark: &Remark, redaction: &Redaction) -> BaselineEntry {
    BaselineEntry {
        expected: remark.standing == Standing::Expected,
        reason: redaction.text(&remark.reason),
        link: (!remark.issue.is_empty()).then(|| redaction.text(&remark.issue)),
    }
}
