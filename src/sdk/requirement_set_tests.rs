//! Frozen sets are kept, and what is newer does not count.

use super::*;

#[test]
fn every_frozen_set_has_its_own_date_and_names_rules_and_cases_that_exist() {
    let now = RequirementSet::freeze(NaiveDate::default(), &builtin::load().scenarios);
    assert!(RequirementSet::dates().next().is_some());
    for date in RequirementSet::dates() {
        let set = RequirementSet::find(date).unwrap();
        assert_eq!(set.date.to_string(), date);
        assert!(set.rules.len() >= 76, "{date} scores {} rules", set.rules.len());
        assert!(set.cases.len() > 100, "{date} scores {} cases", set.cases.len());
        let gone: Vec<&String> = set.cases.difference(&now.cases).collect();
        assert!(gone.is_empty(), "{date} scores cases that exist no more: {gone:?}");
    }
}

#[test]
fn a_set_reads_back_as_it_was_frozen() {
    let date = NaiveDate::from_ymd_opt(2031, 2, 3).unwrap();
    let set = RequirementSet::freeze(date, &builtin::load().scenarios);
    assert_eq!(RequirementSet::read(Path::new("a.yaml"), &set.to_yaml()).unwrap(), set);
    assert!(set.cases.contains("quickstart::quickstart::2025-03-13"));
    // Raw requests are for the built-in client: no SDK could ever pass them.
    assert!(!set.cases.iter().any(|case| case.starts_with("limits::broken-json::")));
}

#[test]
fn an_unknown_date_names_those_that_are_known() {
    let said = RequirementSet::find("2020-01-01").unwrap_err().to_string();
    assert!(said.contains(RequirementSet::dates().next().unwrap()), "{said}");
}

#[test]
fn newer_cases_and_rules_are_not_scored() {
    let rules = ["AUTH-1".to_owned()].into();
    let cases = ["rooms::old::2025-03-13".to_owned()].into();
    let set = RequirementSet { date: NaiveDate::default(), rules, cases };
    assert_eq!(set.unscored("rooms::old::2025-03-13"), None);
    let said = set.unscored("rooms::new::2025-03-13").unwrap();
    assert_eq!(said, "not scored: added later than the requirement set 1970-01-01");
    assert!(!set.unscored_rules().contains("AUTH-1"));
    assert!(set.unscored_rules().contains("AUTH-2"));
}

/// What is frozen stays as it is: a score of a day means the same on every other. A new set gets a
/// line here; none is ever changed.
#[test]
fn a_frozen_set_is_never_changed() {
    let digests = [
        ("2026-11-25", "89e800eb1d70458dd2b16d601c6c7ad8b41c90ac4c6e24dfef5b27bc9afff691"),
        ("2026-11-26", "d7c3139d96b5c40477c2fde0d84f3675a31f6a445124f9922f2072b1bd2dacda"),
    ];
    let known: Vec<&str> = digests.iter().map(|(date, _)| *date).collect();
    assert_eq!(RequirementSet::dates().collect::<Vec<_>>(), known);
    for (date, digest) in digests {
        let text = builtin::text(&format!("requirements/{date}.yaml")).unwrap();
        assert_eq!(hex(text), digest, "{date}");
    }
}

fn hex(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
