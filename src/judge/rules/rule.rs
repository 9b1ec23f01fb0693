//! What a rule is, and the table of all of them.

use super::{Family, Tally, Watch};

/// A rule of the catalogue: what is demanded, by whom, and how it is judged.
#[derive(Debug)]
pub struct Rule {
    /// Family and number: `AUTH-3`. Never given to another rule.
    pub id: &'static str,
    pub family: Family,
    pub level: Level,
    pub profile: Profile,
    /// The rule in one sentence.
    pub title: &'static str,
    /// Who demands it. `AC`, `IM` and `DS` are `azurecore.md`, `implementation.md` and `design.md`
    /// of the Azure SDK guidelines, `RG` the Azure REST API guidelines, `HM` the signing tutorial.
    pub source: &'static str,
    /// What the harness looks at.
    pub observed: &'static str,
    /// What goes wrong for users when it is broken.
    pub why: &'static str,
    /// What an implementation does to obey.
    pub how: &'static str,
    pub judging: Judging,
}

/// The judge of a rule. It counts what the rule speaks of and notes what breaks it.
pub type Check = fn(&Watch<'_>, &mut Tally);

/// Which transcripts a rule judges.
#[derive(Debug, Clone, Copy)]
pub enum Judging {
    /// All.
    Passive(Check),
    /// Those of scenarios that name it.
    Active(Check),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Broken, it fails.
    Must,
    /// Broken, it warns.
    Should,
    /// It records what the client did.
    Info,
}

impl Level {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Info => "info",
        }
    }
}

/// Whose demand a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The service's contract: a service may refuse what breaks it.
    Service,
    /// The Azure REST guidelines.
    Rest,
    /// The Azure SDK guidelines.
    Sdk,
    /// This harness's own.
    Extra,
}

impl Profile {
    /// The letter that the catalogue uses.
    pub const fn letter(self) -> char {
        match self {
            Self::Service => 'S',
            Self::Rest => 'A',
            Self::Sdk => 'G',
            Self::Extra => 'X',
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service contract",
            Self::Rest => "Azure REST guideline",
            Self::Sdk => "Azure SDK guideline",
            Self::Extra => "extra",
        }
    }
}

impl Rule {
    pub const fn is_passive(&self) -> bool {
        matches!(self.judging, Judging::Passive(_))
    }
}

/// All rules, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    Family::ALL.into_iter().flat_map(Family::rules)
}

/// The rule of that id, whatever its case.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_catalogue_holds_76_rules_each_with_an_id_of_its_own() {
        let ids: BTreeSet<&str> = all().map(|rule| rule.id).collect();
        assert_eq!((ids.len(), all().count()), (76, 76));
    }

    #[test]
    fn a_rule_is_numbered_within_its_family_without_gaps() {
        for family in Family::ALL {
            for (index, rule) in family.rules().iter().enumerate() {
                assert_eq!(rule.id, format!("{}-{}", family.prefix(), index + 1));
                assert_eq!(rule.family, family, "{}", rule.id);
            }
        }
    }

    #[test]
    fn two_rules_observe_and_the_rest_judges() {
        let info: Vec<&str> =
            all().filter(|rule| rule.level == Level::Info).map(|rule| rule.id).collect();
        assert_eq!(info, ["RET-4", "RET-8"]);
    }

    #[test]
    fn every_rule_says_what_why_how_and_on_whose_word() {
        for rule in all() {
            for text in [rule.title, rule.source, rule.observed, rule.why, rule.how] {
                assert!(text.len() > 6, "{}: {text:?}", rule.id);
            }
            for text in [rule.observed, rule.why, rule.how] {
                assert!(text.ends_with('.'), "{}: {text:?}", rule.id);
            }
        }
    }

    #[test]
    fn a_rule_is_found_by_its_id_in_any_case() {
        assert_eq!(find("auth-3").map(|rule| rule.id), Some("AUTH-3"));
        assert!(find("AUTH-99").is_none());
    }
}
