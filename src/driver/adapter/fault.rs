//! Why a case got no outcome from its adapter, in words.

use std::process::ExitStatus;
use std::time::Duration;

pub use crate::transcript::fault::{Fault, FaultKind};

use super::child::LastWords;
use super::violation::Violation;

/// How many lines of the last words a message repeats; all of them are in the fault.
const REPEATED: usize = 20;

/// The message, and the end of what the process had to say.
fn told(message: String, words: &LastWords) -> String {
    let words = words.text();
    let mut lines: Vec<&str> = words.trim_end().lines().rev().take(REPEATED).collect();
    if lines.is_empty() {
        return message;
    }
    lines.reverse();
    let lines: Vec<String> = lines.into_iter().map(|line| format!("\n  | {line}")).collect();
    format!("{message}\n  its standard error ends with:{}", lines.concat())
}

pub(super) fn not_started(command: &str, why: &str, words: &LastWords) -> Fault {
    Fault {
        kind: FaultKind::NotStarted,
        message: told(
            format!("the adapter could not be started: {why} (command: {command})"),
            words,
        ),
        last_words: words.text(),
    }
}

/// It was started, and did not say hello.
pub(super) fn no_hello(command: &str, why: &str, unmarked: bool, words: &LastWords) -> Fault {
    let mut fault = not_started(command, why, words);
    let advice = if unmarked {
        "begin every message with the two bytes @@: a line without them is taken for a log"
    } else {
        "answer the first line of standard input with your \"hello\" behind the mark @@, and flush \
         standard output"
    };
    fault.message = format!("{}\n  help: {advice}", fault.message);
    fault
}

pub(super) fn crashed(during: &str, status: Option<ExitStatus>, words: &LastWords) -> Fault {
    let how = status.map_or_else(
        || "closed its standard output".to_owned(),
        |status| format!("ended ({status})"),
    );
    Fault {
        kind: FaultKind::Crashed,
        message: told(format!("the adapter {how} during {during}"), words),
        last_words: words.text(),
    }
}

pub(super) fn timed_out(during: &str, limit: Duration, words: &LastWords) -> Fault {
    Fault {
        kind: FaultKind::TimedOut,
        message: told(format!("the adapter gave no result for {during} within {limit:?}"), words),
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

pub(super) fn refused(feature: &str, declared: bool, reason: &str) -> Fault {
    let message = if declared {
        format!(
            "the adapter declares the feature \"{feature}\" and then answers \"unsupported\" to \
             it: {reason}"
        )
    } else {
        format!(
            "the adapter declares all that the call needs and then answers \"unsupported\" for \
             want of \"{feature}\", which it was not asked for: {reason}"
        )
    };
    Fault { kind: FaultKind::Refused, message, last_words: String::new() }
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
