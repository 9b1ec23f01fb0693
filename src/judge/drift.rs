//! Two targets side by side: where the canonical form of the same case differs.
//!
//! Pure. Deviations that name one of the two targets and not the other excuse what they point to;
//! one that excuses nothing is as wrong as a difference that none excuses.

use serde_json::Value;

use super::snapshot::excuse;
use crate::scenario::Deviation;
use crate::transcript::TargetKind;

/// A case on one target.
#[derive(Debug, Clone)]
pub struct Side {
    pub target: TargetKind,
    /// The canonical form, see [`super::snapshot::document`].
    pub document: Value,
    /// Why it did not run through, if it did not.
    pub cut: Option<String>,
}

/// What two runs of a case come to, side by side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drift {
    pub differences: Vec<Difference>,
    /// Deviations that were needed: path and reason.
    pub excused: Vec<(String, String)>,
    /// Deviations that excuse nothing any more.
    pub idle: Vec<(String, String)>,
    /// Why a side did not run through.
    pub cut: Vec<String>,
}

/// One place where the two differ; an absent side has no value there.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// `5 List the rooms`, or empty for what belongs to no step.
    pub step: String,
    /// JSON pointer within the step.
    pub path: String,
    pub left: Option<Value>,
    pub right: Option<Value>,
}

impl Drift {
    pub fn between(left: &Side, right: &Side, deviations: &[Deviation]) -> Self {
        let mut drift = Self::default();
        for side in [left, right] {
            let cut = side.cut.as_ref().map(|why| format!("{}: {why}", side.target.name()));
            drift.cut.extend(cut);
        }
        let mut excused = right.document.clone();
        for deviation in deviations.iter().filter(|one| tells_apart(one, left, right)) {
            let told = (deviation.path.clone(), deviation.reason.clone());
            if excuse(&deviation.path, &left.document, &mut excused) {
                drift.excused.push(told);
            } else if drift.cut.is_empty() {
                drift.idle.push(told);
            }
        }
        steps(&left.document, &excused, &mut drift.differences);
        drift
    }

    /// Nothing differs that is not excused, and nothing is excused that does not differ.
    pub fn is_none(&self) -> bool {
        self.differences.is_empty() && self.idle.is_empty() && self.cut.is_empty()
    }
}

fn tells_apart(deviation: &Deviation, left: &Side, right: &Side) -> bool {
    deviation.targets.contains(&left.target) != deviation.targets.contains(&right.target)
}

fn steps(left: &Value, right: &Value, found: &mut Vec<Difference>) {
    let list = |document: &Value| {
        document.get("steps").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let (lefts, rights) = (list(left), list(right));
    for index in 0..lefts.len().max(rights.len()) {
        let (one, other) = (lefts.get(index), rights.get(index));
        let name = one.or(other).map(step_name).unwrap_or_default();
        differ(&name, String::new(), one, other, found);
    }
    differ(&String::new(), "/print".to_owned(), left.get("print"), right.get("print"), found);
}

fn step_name(step: &Value) -> String {
    let text = |name: &str| step.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{} {}", text("step"), text("name"))
}

fn differ(
    step: &String,
    path: String,
    left: Option<&Value>,
    right: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    match (left, right) {
        (one, other) if one == other => {}
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let more = other.keys().filter(|name| !one.contains_key(*name));
            for name in one.keys().chain(more) {
                let path = format!("{path}/{name}");
                differ(step, path, one.get(name), other.get(name), found);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for index in 0..one.len().max(other.len()) {
                differ(step, format!("{path}/{index}"), one.get(index), other.get(index), found);
            }
        }
        (left, right) => found.push(Difference {
            step: step.clone(),
            path,
            left: left.cloned(),
            right: right.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Place, Source};
    use serde_json::json;
    use std::sync::Arc;

    fn side(target: TargetKind, document: Value) -> Side {
        Side { target, document, cut: None }
    }

    fn deviation(path: &str) -> Deviation {
        let source = Arc::new(Source { path: "a.yaml".into(), text: String::new() });
        Deviation {
            path: path.to_owned(),
            reason: "known".to_owned(),
            targets: vec![TargetKind::Live],
            place: Place::start_of(&source),
        }
    }

    fn both() -> (Side, Side) {
        let step = |role: &str| {
            json!({ "steps": [
            { "step": "1", "name": "Get", "ok": { "id": "<room:1>" } },
            { "step": "2", "name": "List", "ok": [{ "rawId": "<user:1>", "role": role }] },
        ] })
        };
        (side(TargetKind::Emulator, step("Attendee")), side(TargetKind::Live, step("Consumer")))
    }

    #[test]
    fn a_difference_is_told_by_its_step_and_place() {
        let (left, right) = both();
        let drift = Drift::between(&left, &right, &[]);
        let [one] = drift.differences.as_slice() else { panic!("{drift:?}") };
        assert_eq!((one.step.as_str(), one.path.as_str()), ("2 List", "/ok/0/role"));
        assert_eq!(one.left, Some(json!("Attendee")));
        assert!(!drift.is_none());
        assert!(
            Drift::between(&left, &side(TargetKind::Live, left.document.clone()), &[]).is_none()
        );
    }

    #[test]
    fn a_deviation_excuses_what_it_points_to_and_must_be_needed() {
        let (left, right) = both();
        let known = [deviation("$.steps[1].ok[0].role")];
        let drift = Drift::between(&left, &right, &known);
        assert!(drift.is_none() && drift.excused.len() == 1, "{drift:?}");
        let same = side(TargetKind::Live, left.document.clone());
        let idle = Drift::between(&left, &same, &known);
        assert!(!idle.is_none() && idle.idle.len() == 1, "{idle:?}");
        let twins = side(TargetKind::Emulator, right.document.clone());
        assert!(!Drift::between(&left, &twins, &known).is_none(), "it speaks of live only");
    }
}
