//! Steps that were never reached: written down, never green.

use std::collections::HashSet;

use crate::scenario::{Action, Step};
use crate::transcript::{Disclosure, StepRecord, StepStatus};

/// Records for all steps of `steps` that `ran` does not speak of.
pub(super) fn never_reached(steps: &[Step], ran: &[StepRecord], why: &str) -> Vec<StepRecord> {
    let reached: HashSet<String> = ran.iter().map(|record| without_turns(&record.path)).collect();
    let mut missing = Vec::new();
    walk(steps, "", &reached, why, &mut missing);
    missing
}

fn walk(
    steps: &[Step],
    prefix: &str,
    reached: &HashSet<String>,
    why: &str,
    missing: &mut Vec<StepRecord>,
) {
    for (index, step) in steps.iter().enumerate() {
        let path = super::wording::path_of(prefix, index, step);
        match &step.action {
            Action::Group(inner) => walk(inner, &format!("{path}."), reached, why, missing),
            Action::Use(part) => {
                walk(&part.part.steps, &format!("{path}."), reached, why, missing);
            }
            _ if reached.contains(&path) => {}
            _ => missing.push(record(step, path, why)),
        }
    }
}

/// The path as the file has it: without the turns of loops.
fn without_turns(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut depth = 0_usize;
    for character in path.chars() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    plain
}

fn record(step: &Step, path: String, why: &str) -> StepRecord {
    StepRecord {
        path,
        id: step.id.as_ref().map(|id| id.value.clone()),
        name: super::wording::name_of(step),
        action: super::wording::action_of(step),
        place: step.place.clone(),
        now: chrono::DateTime::UNIX_EPOCH,
        status: StepStatus::NotRun(why.to_owned()),
        call: None,
        raw: false,
        disclosed: Disclosure::default(),
        outcome: None,
        exchanges: Vec::new(),
        asked: Vec::new(),
        expectations: Vec::new(),
        unasserted: None,
        note: None,
        state: None,
        variables: serde_json::Map::new(),
        printed: Vec::new(),
        started: chrono::DateTime::UNIX_EPOCH,
        duration: std::time::Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::without_turns;

    #[test]
    fn the_turns_of_loops_are_no_part_of_a_steps_place() {
        assert_eq!(without_turns("2[role=Presenter].3[a=[1]].1"), "2.3.1");
    }
}
