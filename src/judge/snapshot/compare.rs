//! A transcript against its snapshot, deviations taken into account.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{SnapshotFile, document, location, text};
use crate::judge::{JudgeOptions, Problem, SnapshotMode, SnapshotVerdict};
use crate::scenario::Deviation;
use crate::transcript::Transcript;

/// Compares a transcript with its snapshot; also names deviations that excuse nothing.
pub fn compare(transcript: &Transcript, options: &JudgeOptions) -> (SnapshotVerdict, Vec<Problem>) {
    if options.snapshots == SnapshotMode::Off {
        return not_compared("snapshots are off");
    }
    let missing = |path| {
        let required = options.require_snapshots;
        (SnapshotVerdict::Missing { path, required }, Vec::new())
    };
    let Some(file) = location(transcript, options) else {
        return missing(None);
    };
    let actual = document(transcript);
    match file.read() {
        Ok(Some(expected)) => held_against(transcript, options, file, &expected, actual),
        Ok(None) | Err(_) if options.snapshots == SnapshotMode::Update => {
            update(transcript, file, &text(&actual), Vec::new())
        }
        Ok(None) => missing(Some(file.path)),
        Err(error) => {
            let problem = Problem::SnapshotUnreadable { path: file.path, why: error.to_string() };
            (SnapshotVerdict::NotCompared(problem.to_string()), vec![problem])
        }
    }
}

fn held_against(
    transcript: &Transcript,
    options: &JudgeOptions,
    file: SnapshotFile,
    expected: &str,
    mut excused: Value,
) -> (SnapshotVerdict, Vec<Problem>) {
    let mut idle = Vec::new();
    let here = |deviation: &&Deviation| deviation.targets.contains(&transcript.target);
    let deviations: Vec<_> = transcript.scenario.deviations.iter().filter(here).collect();
    if !deviations.is_empty()
        && let Ok(known) = serde_json::from_str::<Value>(expected)
    {
        for deviation in deviations {
            if !excuse(&deviation.path, &known, &mut excused) {
                let (path, reason) = (deviation.path.clone(), deviation.reason.clone());
                idle.push(Problem::IdleDeviation { path, reason });
            }
        }
    }
    let shown = text(&excused);
    let proposes = options.snapshots != SnapshotMode::Hold;
    if shown == expected {
        if proposes {
            file.forget_pending();
        }
        return (SnapshotVerdict::Same, idle);
    }
    if options.snapshots == SnapshotMode::Update {
        return update(transcript, file, &shown, idle);
    }
    if proposes {
        // A proposal that cannot be written changes nothing: the difference is told all the same.
        let _ = file.propose(transcript, &shown);
    }
    let (path, expected) = (file.path, expected.to_owned());
    (SnapshotVerdict::Differs { path, expected, actual: shown }, idle)
}

/// Puts what the snapshot holds at `path` in place of what came. Whether that made a difference.
pub fn excuse(path: &str, known: &Value, actual: &mut Value) -> bool {
    let Ok(path) = JsonPath::parse(path) else { return false };
    let places: BTreeSet<String> = [&*actual, known]
        .iter()
        .flat_map(|document| path.query_located(document))
        .map(|node| node.location().to_json_pointer())
        .collect();
    let mut excused = false;
    for place in places {
        let (before, after) = (known.pointer(&place).cloned(), actual.pointer(&place).cloned());
        if before == after {
            continue;
        }
        excused = true;
        match (actual.pointer_mut(&place), before) {
            (Some(node), Some(value)) => *node = value,
            (Some(_), None) => remove(actual, &place),
            (None, Some(value)) => insert(actual, &place, value),
            (None, None) => {}
        }
    }
    excused
}

fn remove(document: &mut Value, place: &str) {
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    match document.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.shift_remove(&unescaped(name))),
        Some(Value::Array(items)) => {
            if let Some(index) = name.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

fn insert(document: &mut Value, place: &str, value: Value) {
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    match document.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.insert(unescaped(name), value)),
        Some(Value::Array(items)) => items.push(value),
        _ => {}
    }
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

fn update(
    transcript: &Transcript,
    file: SnapshotFile,
    text: &str,
    mut problems: Vec<Problem>,
) -> (SnapshotVerdict, Vec<Problem>) {
    let Err(error) = file.accept(transcript, text) else {
        return (SnapshotVerdict::Updated { path: file.path }, problems);
    };
    let problem = Problem::SnapshotUnwritten { path: file.path, why: error.to_string() };
    let verdict = SnapshotVerdict::NotCompared(problem.to_string());
    problems.push(problem);
    (verdict, problems)
}

fn not_compared(why: &str) -> (SnapshotVerdict, Vec<Problem>) {
    (SnapshotVerdict::NotCompared(why.to_owned()), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_deviation_takes_the_snapshots_value_and_knows_whether_it_was_needed() {
        let known = json!({ "steps": [{ "ok": { "a": 1, "b": 2 } }] });
        let mut actual = json!({ "steps": [{ "ok": { "a": 9, "b": 2 } }] });
        assert!(excuse("$.steps[0].ok.a", &known, &mut actual));
        assert_eq!(actual, known);
        assert!(!excuse("$.steps[0].ok.b", &known, &mut actual), "nothing to excuse");
        assert!(!excuse("$.nowhere", &known, &mut actual));
    }

    #[test]
    fn a_member_that_only_one_side_has_is_excused_too() {
        let known = json!({ "ok": { "a": 1 } });
        let mut actual = json!({ "ok": { "a": 1, "extra": true } });
        assert!(excuse("$.ok.extra", &known, &mut actual));
        assert_eq!(actual, known);
        let mut actual = json!({ "ok": {} });
        assert!(excuse("$.ok.a", &known, &mut actual));
        assert_eq!(actual, known);
    }
}
