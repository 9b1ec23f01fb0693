//! The behaviours that a scenario asserts: those that its expectations name.

use std::collections::BTreeSet;

use super::super::matcher::ExpectationTemplate;
use super::{Action, Scenario, Step};

impl Scenario {
    /// The ids of the behaviours that its own expectations assert. What a part asserts is the
    /// part's own business.
    pub fn behaviours(&self) -> BTreeSet<&str> {
        let mut ids = BTreeSet::new();
        expected(&self.state, &mut ids);
        in_steps(&self.steps, &mut ids);
        ids
    }
}

fn in_steps<'a>(steps: &'a [Step], ids: &mut BTreeSet<&'a str>) {
    for step in steps {
        expected(&step.expect, ids);
        match &step.action {
            Action::Wait(wait) => expected(&wait.until, ids),
            Action::Group(steps) => in_steps(steps, ids),
            Action::Call(_) | Action::Request(_) | Action::Advance(_) | Action::Use(_) => {}
        }
    }
}

fn expected<'a>(expectations: &'a [ExpectationTemplate], ids: &mut BTreeSet<&'a str>) {
    ids.extend(expectations.iter().flat_map(|one| &one.behaviours).map(String::as_str));
}
