//! Plans of small sets of scenarios.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Abilities, BuiltIn, Durations, Filter, Plan, Selection, Shard};
use crate::acs::{ApiVersion, Service};
use crate::scenario::{Scenario, load_text};
use crate::transcript::TargetKind;

fn scenario(path: &str, more: &str) -> Arc<Scenario> {
    let text = format!(
        "name: The {path}\nevidence: {{ assumed: x }}\n{more}\nsteps:\n- call: {{ op: rooms.list, expect: {{ ok: [] }} }}\n"
    );
    let mut loaded = load_text(Path::new(path), &text);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    loaded.scenarios.remove(0)
}

fn set() -> Vec<Arc<Scenario>> {
    vec![
        scenario("scenarios/pstn.yaml", "tags: [pstn]\napi-versions: ['2025-03-13']"),
        scenario("scenarios/rooms/slow-list.yaml", "tags: [pstn, list]\nlane: slow"),
        scenario("scenarios/rooms/live.yaml", "targets: [live]\napi-versions: ['2024-04-15']"),
        scenario(
            "scenarios/rooms/retry.yaml",
            "requires: [retry-config]\napi-versions: ['2024-04-15']",
        ),
    ]
}

fn names(plan: &Plan) -> Vec<String> {
    plan.cases.iter().map(super::Case::name).collect()
}

fn filtered(filter: &str) -> Vec<String> {
    let filter = Some(Filter::parse(filter).unwrap());
    names(&Selection { filter, ..Selection::default() }.plan(&set(), &BuiltIn))
}

#[test]
fn a_case_is_a_scenario_at_a_version() {
    let plan = Selection::default().plan(&set(), &BuiltIn);
    assert_eq!(plan.cases.len(), 1 + 4, "one version, and all four");
    assert_eq!(names(&plan)[0], "quickstart::pstn::2025-03-13");
    let twice = Selection { repeat: 2, ..Selection::default() }.plan(&set(), &BuiltIn);
    assert_eq!(twice.cases.len(), 10);
    assert_eq!(twice.cases[1].repetition, 2);
}

#[test]
fn filters_join_tags_and_names() {
    assert_eq!(filtered("tag(pstn) & !name(*slow*)"), ["quickstart::pstn::2025-03-13"]);
    assert_eq!(filtered("tag(pstn)").len(), 5);
    assert_eq!(filtered("area(rooms) and version(2024-04-15)").len(), 1);
    assert_eq!(filtered("lane(slow) | name(quickstart::pstn)").len(), 5);
    assert_eq!(filtered("!(tag(list) || pstn)").len(), 0);
    assert_eq!(filtered("op(rooms.*)").len(), 5);
    assert_eq!(filtered("not tag(list)"), ["quickstart::pstn::2025-03-13"]);
}

#[test]
fn a_filter_that_is_not_understood_says_where() {
    for (text, said) in [
        ("tag(x", "expected `)`"),
        ("tag()", "needs something"),
        ("a b", "not understood"),
        ("& a", "a term is missing"),
        ("(a", "expected `)`"),
        ("tagg(x)", "did you mean `tag`?"),
        ("a & tag:x", "this is written `tag(x)`"),
    ] {
        let error = Filter::parse(text).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
        assert!(error.contains('^'), "{error}");
    }
    assert!(Filter::parse(&"(".repeat(10_000)).is_err());
    assert!(Filter::parse("rooms::name").is_ok(), "two colons are a name's own");
}

#[test]
fn what_does_not_run_has_its_reason() {
    let plan = Selection::default().plan(&set(), &BuiltIn);
    let reasons: Vec<_> = plan.skipped.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!(reasons, ["for the target live only", "requires retry-config"]);
    let live = Selection { target: TargetKind::Live, ..Selection::default() };
    assert_eq!(names(&live.plan(&set(), &BuiltIn)), ["rooms::live::2024-04-15"]);
}

#[test]
fn a_driver_is_not_asked_for_what_it_does_not_speak() {
    struct Old;
    impl Abilities for Old {
        fn has(&self, feature: &str) -> bool {
            feature == "retry-config"
        }
        fn speaks(&self, _: Service, version: &ApiVersion) -> bool {
            version.as_str() == "2024-04-15"
        }
    }
    let plan = Selection::default().plan(&set(), &Old);
    assert_eq!(names(&plan), ["rooms::slow-list::2024-04-15", "rooms::retry::2024-04-15"]);
}

#[test]
fn shards_share_the_work_by_how_long_it_took() {
    let scenarios: Vec<_> = (0..9)
        .map(|n| scenario(&format!("scenarios/s/{n}.yaml"), "api-versions: ['2025-03-13']"))
        .collect();
    let durations: Durations =
        [("s::0::2025-03-13".to_owned(), Duration::from_secs(80))].into_iter().collect();
    let shard = |index| {
        let shard = Some(Shard { index, count: 2 });
        let durations = durations.clone();
        names(&Selection { shard, durations, ..Selection::default() }.plan(&scenarios, &BuiltIn))
    };
    let (first, second) = (shard(1), shard(2));
    assert!(first.contains(&"s::0::2025-03-13".to_owned()));
    let all: BTreeSet<_> = first.iter().chain(&second).collect();
    assert_eq!((first.len() + second.len(), all.len()), (9, 9), "each case once");
    let even = Selection { shard: Some(Shard { index: 2, count: 2 }), ..Selection::default() };
    assert_eq!(even.plan(&scenarios, &BuiltIn).cases.len(), 4);
}

#[test]
fn an_empty_shard_is_told_from_an_empty_selection() {
    let one = vec![scenario("scenarios/pstn.yaml", "api-versions: ['2025-03-13']")];
    let shard =
        |index| Selection { shard: Some(Shard { index, count: 2 }), ..Selection::default() };
    assert!(shard(2).plan(&one, &BuiltIn).is_empty_shard());
    assert!(!shard(2).plan(&[], &BuiltIn).is_empty_shard());
}

#[test]
fn a_shuffle_repeats_with_its_seed() {
    let order = |seed| {
        names(
            &Selection { shuffle: Some(seed), repeat: 4, ..Selection::default() }
                .plan(&set(), &BuiltIn),
        )
    };
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
}
