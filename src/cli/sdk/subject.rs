//! What is put through the suite, and what that came to.

use super::place::PlaceArgs;
use crate::cli::output::warn;
use crate::exit::Exit;
use crate::judge::baseline::Baseline;
use crate::report::quoted;
use crate::sdk::{Outcome, Prepared};

/// An adapter with what belongs to it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The adapter's command, as one text.
    pub command: String,
    /// Added to its environment.
    pub environment: Vec<(String, String)>,
    pub baseline: Option<Baseline>,
    pub place: PlaceArgs,
    /// Say nothing of single cases.
    pub quiet: bool,
}

impl Subject {
    /// The command as a shell would have to be given it.
    pub fn command_with_environment(&self) -> String {
        let variables: String = self
            .environment
            .iter()
            .map(|(name, value)| format!("{name}={} ", quoted(value)))
            .collect();
        let env = if variables.is_empty() { "" } else { "env " };
        format!("{env}{variables}{}", self.command)
    }
}

/// What a run of the suite came to.
pub enum Ran {
    Done(Box<(Prepared, Outcome)>),
    /// It did not come to a run; the reason was told.
    Not(Exit, String),
}

impl Ran {
    /// Tells why there is no run.
    pub fn refused(exit: Exit, why: &dyn std::fmt::Display) -> Self {
        let why = why.to_string();
        warn!("error: {why}");
        Self::Not(exit, why)
    }
}
