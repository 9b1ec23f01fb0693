//! What a rule is called, in reports that know only its id.

use crate::judge::rules;

/// A rule's level, profile, family and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleFacts {
    /// Its place in the catalogue; unknown rules come last.
    pub order: usize,
    /// `must`, `should`, `info`; empty for a rule that this program does not know.
    pub level: &'static str,
    pub profile: &'static str,
    pub family: &'static str,
    pub title: &'static str,
    pub source: &'static str,
    pub why: &'static str,
    pub how: &'static str,
}

/// What is known of the rule `id`; a report of a newer program may name rules unknown here.
pub fn rule_facts(id: &str) -> RuleFacts {
    let found = rules::all().enumerate().find(|(_, rule)| rule.id == id);
    match found {
        Some((order, rule)) => RuleFacts {
            order,
            level: rule.level.name(),
            profile: rule.profile.name(),
            family: rule.family.title(),
            title: rule.title,
            source: rule.source,
            why: rule.why,
            how: rule.how,
        },
        None => RuleFacts {
            order: usize::MAX,
            level: "",
            profile: "",
            family: "unknown rules",
            title: "",
            source: "",
            why: "",
            how: "",
        },
    }
}

/// The ids of all rules, in the order of the catalogue.
pub fn all_rules() -> impl Iterator<Item = &'static str> {
    rules::all().map(|rule| rule.id)
}
