//! What a rule is called, in reports that know only its id.

/// A rule's level, profile, family and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleFacts {
    /// `must`, `should`, `observation`; empty for a rule that this program does not know.
    pub level: &'static str,
    pub profile: &'static str,
    pub family: &'static str,
    pub title: &'static str,
    pub source: &'static str,
}

/// What is known of the rule `id`; a report of a newer program may name rules unknown here.
pub fn rule_facts(id: &str) -> RuleFacts {
    let family = match id.split('-').next().unwrap_or_default() {
        "ID" => "Identity and telemetry",
        "VER" => "Version",
        "REQ" => "Request shape",
        "AUTH" => "Authentication",
        "RET" => "Retry",
        "REP" => "Idempotency",
        "PAG" => "Paging",
        "TOL" => "Response tolerance",
        "ERR" => "Errors",
        "NET" => "Transport",
        "LOG" => "Logging and secrets",
        _ => "Others",
    };
    RuleFacts { level: "", profile: "", family, title: "", source: "" }
}
