//! Writing `known-failures.yaml` anew from what a run found. Reasons and links are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::essence::essence;
use super::{Baseline, Entry, Mode};
use crate::transcript::Implementation;

/// What went wrong in a run: for each rule (`None`: the interface) and way, the cases, with an
/// example of the failure's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub wrong: BTreeMap<Key, Cases>,
    /// Every case that the run judged, and for which rules it had something to look at.
    pub judged: BTreeMap<String, BTreeSet<String>>,
}

/// A rule (empty: the interface) and a way to go wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub rule: String,
    pub mode: &'static str,
}

/// Cases by name, each with what was said of it.
pub type Cases = BTreeMap<String, Vec<String>>;

impl Found {
    pub fn add(&mut self, case: &str, rule: Option<&str>, mode: Mode, texts: Vec<String>) {
        let key = Key { rule: rule.unwrap_or_default().to_owned(), mode: mode.name() };
        self.wrong.entry(key).or_default().insert(case.to_owned(), texts);
    }

    pub fn judge(&mut self, case: &str, rule: Option<&str>) {
        let rules = self.judged.entry(case.to_owned()).or_default();
        rules.extend(rule.map(str::to_owned));
    }
}

/// What the file says of itself.
const HEAD: &str = "\
# Known failures: what shipping versions of this SDK do wrong, found by this suite. Strict both ways: an entry that
# excuses nothing any more fails the run, and so does a finding that says anything else than `match`.
# `acs-conformance sdk baseline update` writes this file and keeps the reasons.
";

/// The text of the new file. Entries for other versions, runtimes and flavours stay as they are;
/// of those that hold for `implementation` only the cases that failed again stay, and what is new
/// gets an entry with a reason to be written.
pub fn update(
    old: &Baseline,
    implementation: &Implementation,
    today: chrono::NaiveDate,
    found: &Found,
) -> String {
    let mut text = String::new();
    let mut left = found.wrong.clone();
    for entry in &old.entries {
        if !entry.holds_for(implementation, today) {
            write_entry(&mut text, entry, &patterns(entry));
            continue;
        }
        let rule = entry.rule.clone().unwrap_or_default();
        if entry.mode == Mode::Flaky {
            // Whether it went wrong this time says nothing.
            let same = left.iter_mut().filter(|(key, _)| key.rule == rule);
            same.for_each(|(_, cases)| {
                cases.retain(|case, texts| !(entry.names(case) && entry.knows(texts)));
            });
            write_entry(&mut text, entry, &patterns(entry));
            continue;
        }
        let kept = kept_patterns(entry, found, &mut left, &Key { rule, mode: entry.mode.name() });
        if !kept.is_empty() {
            write_entry(&mut text, entry, &kept);
        }
    }
    for (key, cases) in left {
        for cases in alike(cases) {
            write_new(&mut text, &key, &cases, found, implementation);
        }
    }
    let list = if text.is_empty() { " []" } else { "" };
    format!("{HEAD}sdk: {}\nentries:{list}\n{text}", quoted(&implementation.name))
}

/// Parts cases into groups of which something telling is said in all: one entry each, so that none
/// excuses what has nothing to do with its reason. A case of which nothing telling can be said is
/// alone.
fn alike(cases: Cases) -> Vec<Cases> {
    let of = |group: &Cases| essence(group.values().flatten().map(String::as_str));
    let mut groups: Vec<Cases> = Vec::new();
    for (case, texts) in cases {
        let home = groups.iter_mut().find(|group| {
            let mut joined = (**group).clone();
            joined.insert(case.clone(), texts.clone());
            of(&joined).is_some()
        });
        match home {
            Some(group) => _ = group.insert(case, texts),
            None => groups.push(Cases::from([(case, texts)])),
        }
    }
    groups
}

/// What an entry must say of cases that have nothing telling in common: each text as it is, up to
/// what changes from run to run.
fn spelt_out(cases: &Cases) -> Vec<String> {
    let steady = |text: &String| {
        let parts = text.split(|one: char| one.is_ascii_digit() || one.is_control());
        parts.max_by_key(|part| part.len()).unwrap_or_default().trim().to_owned()
    };
    let parts: BTreeSet<String> = cases.values().flatten().map(steady).collect();
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

fn patterns(entry: &Entry) -> Vec<String> {
    entry.cases.iter().map(|pattern| pattern.as_str().to_owned()).collect()
}

/// The patterns of an entry that still excuses something: all but the cases by name that were
/// judged and went well. None when it excuses nothing, or all goes wrong in another way.
fn kept_patterns(
    entry: &Entry,
    found: &Found,
    left: &mut BTreeMap<Key, Cases>,
    key: &Key,
) -> Vec<String> {
    let wrong = left.get(key).into_iter().flatten();
    let known = wrong.filter(|(case, texts)| entry.names(case) && entry.knows(texts));
    let known: BTreeSet<String> = known.map(|(case, _)| case.clone()).collect();
    if known.is_empty() {
        // What did not run says nothing of what is known of it.
        let judged = found.judged.iter().any(|(case, rules)| {
            entry.names(case) && (key.rule.is_empty() || rules.contains(&key.rule))
        });
        return if judged { Vec::new() } else { patterns(entry) };
    }
    if let Some(cases) = left.get_mut(key) {
        cases.retain(|case, _| !known.contains(case));
    }
    let went_well = |case: &str| {
        let rules = found.judged.get(case);
        !known.contains(case)
            && rules.is_some_and(|rules| key.rule.is_empty() || rules.contains(&key.rule))
    };
    let patterns = entry.cases.iter().filter(|it| !(it.is_exact() && went_well(it.as_str())));
    patterns.map(|pattern| pattern.as_str().to_owned()).collect()
}

/// From this many patterns on an area is named as a whole: nobody reads a longer list.
const MANY: usize = 24;

/// Patterns for the cases among those judged: a scenario at all api-versions where all of them go
/// wrong, else at each. Of very many, areas.
fn compress(rule: &str, cases: &Cases, found: &Found) -> Vec<String> {
    let judged = |case: &&String| {
        found.judged.get(*case).is_some_and(|rules| rule.is_empty() || rules.contains(rule))
    };
    let relevant: Vec<&String> = found.judged.keys().filter(judged).collect();
    let patterns: BTreeSet<String> = cases
        .keys()
        .map(|case| {
            let scenario = case.rsplit_once("::").map_or("", |(scenario, _)| scenario);
            let mut versions = relevant
                .iter()
                .filter(|other| other.rsplit_once("::").is_some_and(|(of, _)| of == scenario));
            let all = versions.all(|other| cases.contains_key(*other));
            if all { format!("{scenario}::*") } else { case.clone() }
        })
        .collect();
    if patterns.len() <= MANY {
        return patterns.into_iter().collect();
    }
    let area = |pattern: &String| pattern.split("::").next().map(|area| format!("{area}::**"));
    patterns.iter().filter_map(area).collect::<BTreeSet<String>>().into_iter().collect()
}

fn write_new(
    text: &mut String,
    key: &Key,
    cases: &Cases,
    found: &Found,
    implementation: &Implementation,
) {
    let example = cases.values().flatten().next().map(String::as_str).unwrap_or_default();
    let essence = essence(cases.values().flatten().map(String::as_str));
    // Without words in common each case is named: a pattern would excuse whatever comes.
    let patterns = match &essence {
        Some(_) => compress(&key.rule, cases, found),
        None => cases.keys().cloned().collect(),
    };
    let _ = writeln!(text, "  - cases:{}", list(&patterns));
    if !key.rule.is_empty() {
        let _ = writeln!(text, "    rule: {}", key.rule);
    }
    let _ =
        writeln!(text, "    reason: {}", quoted(&format!("TODO say why: {}", first_line(example))));
    let _ = writeln!(text, "    issue: TODO link");
    let matches = essence.map_or_else(|| spelt_out(cases), |essence| vec![essence]);
    if let Some(matches) = written(&matches) {
        let _ = writeln!(text, "    match: {matches}");
    }
    let _ = writeln!(text, "    versions: {}", quoted(&format!("={}", implementation.version)));
    if let Some(flavour) = &implementation.flavour {
        let _ = writeln!(text, "    flavour: {}", quoted(flavour));
    }
    if key.mode != Mode::Fails.name() {
        let _ = writeln!(text, "    mode: {}", key.mode);
    }
}

fn write_entry(text: &mut String, entry: &Entry, cases: &[String]) {
    let _ = writeln!(text, "  - cases:{}", list(cases));
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(text, "    {name}: {value}");
        }
    };
    line("rule", entry.rule.clone());
    line("reason", Some(quoted(&entry.reason)));
    line("issue", Some(quoted(&entry.issue)));
    line("versions", entry.versions.as_ref().map(|range| quoted(&range.to_string())));
    line("runtime", entry.runtime.as_ref().map(|(name, range)| quoted(&format!("{name} {range}"))));
    line("flavour", entry.flavour.as_deref().map(quoted));
    line("until", entry.until.map(|day| quoted(&day.to_string())));
    line("match", written(&entry.matches));
    line("mode", (entry.mode != Mode::Fails).then(|| entry.mode.name().to_owned()));
}

/// One text stands alone, more stand in a list.
fn written(texts: &[String]) -> Option<String> {
    match texts {
        [] => None,
        [one] => Some(quoted(one)),
        many => {
            Some(format!("[{}]", many.iter().map(|one| quoted(one)).collect::<Vec<_>>().join(", ")))
        }
    }
}

/// One pattern stays on the line; more get a line each.
fn list(cases: &[String]) -> String {
    match cases {
        [one] => format!(" [{}]", quoted(one)),
        many => many.iter().fold(String::new(), |mut lines, case| {
            let _ = write!(lines, "\n      - {}", quoted(case));
            lines
        }),
    }
}

/// A double-quoted YAML scalar: JSON's escapes are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(160).collect()
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
