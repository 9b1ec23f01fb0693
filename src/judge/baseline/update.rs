//! Writing `known-failures.yaml` anew from what a run found. Reasons and links are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

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
pub type Cases = BTreeMap<String, String>;

impl Found {
    pub fn add(&mut self, case: &str, rule: Option<&str>, mode: Mode, text: String) {
        let key = Key { rule: rule.unwrap_or_default().to_owned(), mode: mode.name() };
        self.wrong.entry(key).or_default().insert(case.to_owned(), text);
    }

    pub fn judge(&mut self, case: &str, rule: Option<&str>) {
        let rules = self.judged.entry(case.to_owned()).or_default();
        rules.extend(rule.map(str::to_owned));
    }
}

/// The text of the new file. Entries for other versions, runtimes and flavours stay as they are;
/// of those that hold for `implementation` only the cases that failed again stay, and what is new
/// gets an entry with a reason to be written.
pub fn update(
    old: &Baseline,
    implementation: &Implementation,
    today: chrono::NaiveDate,
    found: &Found,
) -> String {
    let mut text = format!(
        "# Known failures; `acs-conformance sdk baseline update` writes this file and keeps the reasons.\nsdk: {}\nentries:\n",
        implementation.name
    );
    let mut left = found.wrong.clone();
    for entry in &old.entries {
        if !entry.holds_for(implementation, today) {
            write_entry(&mut text, entry, &patterns(entry));
            continue;
        }
        let key = Key { rule: entry.rule.clone().unwrap_or_default(), mode: entry.mode.name() };
        let kept = kept_patterns(entry, found, &mut left, &key);
        if !kept.is_empty() || entry.mode == Mode::Flaky {
            let kept = if kept.is_empty() { patterns(entry) } else { kept };
            write_entry(&mut text, entry, &kept);
        }
    }
    for (key, cases) in left.into_iter().filter(|(_, cases)| !cases.is_empty()) {
        write_new(&mut text, &key, &cases, found, implementation);
    }
    text
}

fn patterns(entry: &Entry) -> Vec<String> {
    entry.cases.iter().map(|pattern| pattern.as_str().to_owned()).collect()
}

/// The entry's patterns that still hold; those that hold in part are spelt out.
fn kept_patterns(
    entry: &Entry,
    found: &Found,
    left: &mut BTreeMap<Key, Cases>,
    key: &Key,
) -> Vec<String> {
    let mut kept = Vec::new();
    for pattern in &entry.cases {
        let failed: Vec<String> = left
            .get(key)
            .into_iter()
            .flat_map(BTreeMap::keys)
            .filter(|case| pattern.matches(case))
            .cloned()
            .collect();
        let judged = found.judged.iter().filter(|(case, rules)| {
            pattern.matches(case) && (key.rule.is_empty() || rules.contains(&key.rule))
        });
        let all = judged.count() == failed.len() || failed.len() > MANY || pattern.as_str() == "**";
        if all && !failed.is_empty() {
            kept.push(pattern.as_str().to_owned());
        } else {
            kept.extend(failed.iter().cloned());
        }
        if let Some(cases) = left.get_mut(key) {
            failed.iter().for_each(|case| {
                cases.remove(case);
            });
        }
    }
    kept
}

/// From this many cases on an entry names all: nobody reads a longer list.
const MANY: usize = 24;

/// The shortest patterns that name exactly `cases` among those judged: all of them, all of an
/// area, all api-versions of a scenario, or one. Of very many cases, simply all.
fn compress(rule: &str, cases: &Cases, found: &Found) -> Vec<String> {
    let relevant: Vec<&String> = found
        .judged
        .iter()
        .filter(|(_, rules)| rule.is_empty() || rules.contains(rule))
        .map(|(case, _)| case)
        .collect();
    let all = relevant.len() > 1 && relevant.iter().all(|case| cases.contains_key(*case));
    if all || cases.len() > MANY {
        return vec!["**".to_owned()];
    }
    let mut patterns = BTreeSet::new();
    for case in cases.keys() {
        let elements: Vec<&str> = case.split("::").collect();
        let wider = (1..elements.len()).filter_map(|length| {
            let prefix = elements.get(..length)?.join("::");
            Some((format!("{prefix}::"), format!("{prefix}::**")))
        });
        let fitting = wider.into_iter().find(|(prefix, _)| {
            let mut within = relevant.iter().filter(|other| other.starts_with(prefix)).peekable();
            within.peek().is_some() && within.all(|other| cases.contains_key(*other))
        });
        patterns.insert(fitting.map_or_else(|| case.clone(), |(_, pattern)| pattern));
    }
    patterns.into_iter().collect()
}

fn write_new(
    text: &mut String,
    key: &Key,
    cases: &Cases,
    found: &Found,
    implementation: &Implementation,
) {
    let example = cases.values().next().map(String::as_str).unwrap_or_default();
    let _ = writeln!(text, "  - cases: {}", list(&compress(&key.rule, cases, found)));
    if !key.rule.is_empty() {
        let _ = writeln!(text, "    rule: {}", key.rule);
    }
    let _ =
        writeln!(text, "    reason: {}", quoted(&format!("TODO say why: {}", first_line(example))));
    let _ = writeln!(text, "    issue: TODO link");
    let _ = writeln!(text, "    versions: {}", quoted(&format!("={}", implementation.version)));
    if let Some(flavour) = &implementation.flavour {
        let _ = writeln!(text, "    flavour: {flavour}");
    }
    if key.mode != Mode::Fails.name() {
        let _ = writeln!(text, "    mode: {}", key.mode);
    }
}

fn write_entry(text: &mut String, entry: &Entry, cases: &[String]) {
    let _ = writeln!(text, "  - cases: {}", list(cases));
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(text, "    {name}: {value}");
        }
    };
    line("rule", entry.rule.clone());
    line("reason", Some(quoted(&entry.reason)));
    line("issue", Some(entry.issue.clone()));
    line("versions", entry.versions.as_ref().map(|range| quoted(&range.to_string())));
    line("runtime", entry.runtime.as_ref().map(|(name, range)| format!("{name} {range}")));
    line("flavour", entry.flavour.clone());
    line("until", entry.until.map(|day| quoted(&day.to_string())));
    line("match", entry.matches.as_deref().map(quoted));
    line("mode", (entry.mode != Mode::Fails).then(|| entry.mode.name().to_owned()));
}

/// One pattern stays on the line; more get a line each.
fn list(cases: &[String]) -> String {
    match cases {
        [one] => format!("[{}]", quoted(one)),
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
