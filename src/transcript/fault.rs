//! Why the implementation under test gave no outcome at all.

/// The implementation failed as a process, not as an SDK.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    pub kind: FaultKind,
    /// What happened, where, and what to do.
    pub message: String,
    /// The end of the implementation's standard error and log, 64 KiB at most.
    pub last_words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Could not be started, or did not introduce itself in time.
    NotStarted,
    /// Ended in the middle of a case.
    Crashed,
    /// Did not answer a call in time.
    TimedOut,
    /// Broke the adapter protocol.
    Protocol,
    /// Declared a feature and then refused it.
    Refused,
    /// Not asked any more: it crashed twice on this case.
    Quarantined,
    /// Not asked any more: it had to be restarted too often.
    Exhausted,
}

impl FaultKind {
    /// The name that reports and baselines use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "not-started",
            Self::Crashed => "crashed",
            Self::TimedOut => "timed-out",
            Self::Protocol => "protocol",
            Self::Refused => "refused",
            Self::Quarantined => "quarantined",
            Self::Exhausted => "not-run",
        }
    }

    /// Whether the implementation as a whole is of no use, rather than this case red.
    pub const fn is_unreachable(self) -> bool {
        matches!(self, Self::NotStarted | Self::Exhausted)
    }
}
