//! What a line of `report.jsonl` holds: plain data with a stable spelling, free of secrets.
//!
//! A report is a [`Header`], any number of records and a [`Footer`], one JSON object a line. Cases
//! run side by side, so the records of several may alternate; each names its case. The types here
//! know how to be written and read and nothing else: [`Journal`](super::Journal) writes them,
//! [`Report`](super::Report) reads them.

mod case;
mod exchange;
mod header;
mod status;
mod step;

use serde::{Deserialize, Serialize};

pub use case::*;
pub use exchange::*;
pub use header::*;
pub use status::Status;
pub use step::*;

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
pub enum Record {
    /// The first line.
    Header(Header),
    /// A case began.
    Start(CaseStart),
    /// A step ended, or will never run.
    Step(StepEntry),
    /// What one wire rule said of a case.
    Rule(RuleEntry),
    /// A case ended and was judged.
    Case(Box<CaseEntry>),
    /// The last line; a report without it is torn.
    Footer(Footer),
}

impl Record {
    /// The case that the record belongs to; `None` for header and footer.
    pub fn case(&self) -> Option<&CaseKey> {
        match self {
            Self::Header(_) | Self::Footer(_) => None,
            Self::Start(start) => Some(&start.case),
            Self::Step(step) => Some(&step.case),
            Self::Rule(rule) => Some(&rule.case),
            Self::Case(case) => Some(&case.case),
        }
    }
}
