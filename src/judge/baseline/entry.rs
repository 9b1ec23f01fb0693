//! What one entry of a baseline says.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Pattern, Requirement};
use crate::transcript::Implementation;

/// Something that is known to go wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Line of the file, from 1.
    pub line: usize,
    /// Which cases it is about: one pattern at least.
    pub cases: Vec<Pattern>,
    /// The rule that fails in them; without one it is the interface.
    pub rule: Option<String>,
    pub reason: String,
    /// Where it was reported, or is described.
    pub issue: String,
    pub versions: Option<Requirement>,
    /// Name of the runtime, and which versions of it.
    pub runtime: Option<(String, Requirement)>,
    pub flavour: Option<String>,
    /// The entry ends with this day.
    pub until: Option<NaiveDate>,
    /// Each finding must contain one of these; any text will do when there is none.
    pub matches: Vec<String>,
    pub mode: Mode,
}

/// In which way something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    #[default]
    Fails,
    /// Sometimes: the case is run again alone, and the rate reported.
    Flaky,
    /// The implementation's process dies, hangs or breaks the protocol.
    Crashes,
    /// A SHOULD is not kept.
    Warns,
}

impl Mode {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fails => "fails",
            Self::Flaky => "flaky",
            Self::Crashes => "crashes",
            Self::Warns => "warns",
        }
    }
}

impl Entry {
    /// Whether the entry is about this implementation, today.
    pub fn holds_for(&self, implementation: &Implementation, today: NaiveDate) -> bool {
        self.versions.as_ref().is_none_or(|range| range.allows(&implementation.version))
            && self.runtime.as_ref().is_none_or(|(name, range)| {
                name.eq_ignore_ascii_case(&implementation.runtime)
                    && range.allows(&implementation.runtime_version)
            })
            && self.flavour.as_ref().is_none_or(|flavour| {
                implementation.flavour.as_deref().unwrap_or_default() == flavour
            })
            && self.until.is_none_or(|until| today <= until)
    }

    /// Whether these findings are what the entry expects: all of them, else something new would
    /// hide behind what is known.
    pub fn knows(&self, findings: &[String]) -> bool {
        let known = |text: &String| self.matches.iter().any(|part| text.contains(part));
        self.matches.is_empty() || findings.iter().all(known)
    }

    pub fn names(&self, case: &str) -> bool {
        self.cases.iter().any(|pattern| pattern.matches(case))
    }
}
