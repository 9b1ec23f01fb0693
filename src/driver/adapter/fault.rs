//! Why a case got no outcome from its adapter, in words.

use std::process::ExitStatus;
use std::time::Duration;

pub use crate::transcript::fault::{Fault, FaultKind};

use super::child::LastWords;
use super::violation::Violation;

pub(super) fn not_started(command: &str, why: &str, words: &LastWords) -> Fault {
    Fault {
        kind: FaultKind::NotStarted,
        message: format!("the adapter could not be started: {why} (command: {command})"),
        last_words: words.text(),
    }
}

pub(super) fn crashed(during: &str, status: Option<ExitStatus>, words: &LastWords) -> Fault {
    let how = status.map_or_else(
        || "closed its standard output".to_owned(),
        |status| format!("ended ({status})"),
    );
    Fault {
        kind: FaultKind::Crashed,
        message: format!("the adapter {how} during {during}"),
        last_words: words.text(),
    }
}

pub(super) fn timed_out(during: &str, limit: Duration, words: &LastWords) -> Fault {
    Fault {
        kind: FaultKind::TimedOut,
        message: format!("the adapter gave no result for {during} within {limit:?}"),
        last_words: words.text(),
    }
}

pub(super) fn protocol(violation: &Violation, words: &LastWords) -> Fault {
    Fault {
        kind: FaultKind::Protocol,
        message: format!(
            "the adapter broke the protocol: {violation}\n  line: {}\n  help: {}",
            violation.line(),
            violation.advice()
        ),
        last_words: words.text(),
    }
}

pub(super) fn refused(feature: &str, reason: &str) -> Fault {
    Fault {
        kind: FaultKind::Refused,
        message: format!(
            "the adapter declares the feature \"{feature}\" and then answers \"unsupported\" to \
             it: {reason}"
        ),
        last_words: String::new(),
    }
}

pub(super) fn quarantined(case: &str) -> Fault {
    Fault {
        kind: FaultKind::Quarantined,
        message: format!("the adapter crashed twice on {case} and is not offered it again"),
        last_words: String::new(),
    }
}

pub(super) fn exhausted(restarts: usize) -> Fault {
    Fault {
        kind: FaultKind::Exhausted,
        message: format!("the adapter was given up after {restarts} restarts"),
        last_words: String::new(),
    }
}
