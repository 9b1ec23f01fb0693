//! The numbers of resources: a step that names one which is not there would break when it runs.

use super::super::model::{Action, Scenario, Step};
use super::super::{Diagnostic, Place};

pub(super) fn of_scenario(scenario: &Scenario) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    steps(&scenario.steps, scenario.emulator.resources, &mut found);
    found
}

fn steps(all: &[Step], there: usize, found: &mut Vec<Diagnostic>) {
    for step in all {
        match &step.action {
            Action::Group(inner) => steps(inner, there, found),
            Action::Use(used) => {
                let mut beyond = Vec::new();
                numbers(&used.part.steps, &mut beyond);
                // What is wrong is the number of resources here, not the part.
                if let Some(number) = beyond.into_iter().find(|number| *number > there) {
                    found.push(missing(number, there, &used.file.place));
                }
            }
            action => {
                if let Some(number) = number(action).filter(|number| *number > there) {
                    let place = step.place.word(&format!("resource: {number}"));
                    found.push(missing(number, there, &place));
                }
            }
        }
    }
}

fn numbers(all: &[Step], into: &mut Vec<usize>) {
    for step in all {
        match &step.action {
            Action::Group(inner) => numbers(inner, into),
            Action::Use(used) => numbers(&used.part.steps, into),
            action => into.extend(number(action)),
        }
    }
}

fn number(action: &Action) -> Option<usize> {
    match action {
        Action::Call(call) => Some(call.resource),
        Action::Request(request) => Some(request.resource),
        Action::Wait(wait) => number(&wait.step.action),
        Action::Advance(_) | Action::Group(_) | Action::Use(_) => None,
    }
}

fn missing(number: usize, there: usize, place: &Place) -> Diagnostic {
    let message = match there {
        1 => format!("there is no resource {number}: there is one"),
        _ => format!("there is no resource {number}: there are {there}"),
    };
    Diagnostic::error("wrong-value", message, place.clone())
        .help(format!("say at the top: emulator: {{ resources: {number} }}"))
}
