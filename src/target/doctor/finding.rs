//! One line of the doctor's.

use std::fmt;

use crate::exit::Exit;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Well,
    /// It works, and somebody should know something.
    Remark,
    /// It does not work.
    Ill,
    /// It could not be looked at, since something before it does not work.
    Unseen,
}

impl Health {
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Well => "ok  ",
            Self::Remark => "note",
            Self::Ill => "FAIL",
            Self::Unseen => "-   ",
        }
    }
}

/// What was looked at, how it is, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub what: &'static str,
    pub health: Health,
    pub text: String,
    /// What it means for the exit code when it is ill.
    pub exit: Exit,
}

impl Finding {
    pub(super) fn well(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, health: Health::Well, text: text.into(), exit: Exit::Success }
    }

    pub(super) fn remark(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, health: Health::Remark, text: text.into(), exit: Exit::Success }
    }

    pub(super) fn ill(what: &'static str, exit: Exit, text: impl Into<String>) -> Self {
        Self { what, health: Health::Ill, text: text.into(), exit }
    }

    pub(super) fn unseen(what: &'static str) -> Self {
        Self::unseen_for(what, "not looked at: see above")
    }

    pub(super) fn unseen_for(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, health: Health::Unseen, text: text.into(), exit: Exit::Success }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:<12} {}", self.health.mark(), self.what, self.text)
    }
}
