//! Names and where they are used: undefined, too early, never used, given twice.

use super::super::expression::Expression;
use super::super::model::{Part, Scenario};
use super::super::suggest::closest;
use super::super::{Diagnostic, Place, Template};
use super::names::Names;
use super::walk;

/// The resources of the world: `${resource.2.connection_string}` and the like are the runner's.
const RESOURCES: &str = "resource";

pub(super) fn of_scenario(scenario: &Scenario) -> Vec<Diagnostic> {
    let mut variables = Variables::default();
    for (name, constant) in &scenario.vars {
        variables.names.define(name, &constant.place, "constant", &mut variables.diagnostics);
    }
    variables.environment.clone_from(&scenario.env);
    walk::scenario(scenario, &mut variables);
    variables.unused();
    variables.unused_environment(scenario);
    variables.diagnostics
}

pub(super) fn of_part(part: &Part, place: &Place) -> Vec<Diagnostic> {
    let mut variables = Variables { part: true, ..Variables::default() };
    for (name, _) in &part.contract.parameters {
        let place = place.word(name);
        variables.names.define(name, &place, "parameter", &mut variables.diagnostics);
    }
    walk::part(part, &mut variables);
    variables.unused();
    variables.diagnostics
}

/// What is known at a point of the walk, and what was found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Variables {
    pub(super) names: Names,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Names that steps further down define, with their places.
    pub(super) later: Vec<(String, Place)>,
    /// The outputs of each part in use, by the name of its step.
    pub(super) outputs: Vec<(String, Vec<String>)>,
    environment: Vec<String>,
    read_environment: Vec<String>,
    /// Names that a wrong use most likely meant: they are not also told to be unused.
    excused: Vec<String>,
    /// Parts see nothing of the scenario's environment list.
    part: bool,
}

impl Variables {
    pub(super) fn define(&mut self, name: &str, place: &Place, what: &'static str) {
        self.names.define(name, place, what, &mut self.diagnostics);
    }

    /// Notes what a template reads.
    pub(super) fn read(&mut self, template: &Template) {
        template.expressions(&mut |expression, place| self.expression(expression, place));
    }

    fn expression(&mut self, expression: &Expression, place: &Place) {
        expression.variables(&mut |name, member| {
            self.variable(name, place);
            self.output(name, member, place);
        });
        expression.environment(&mut |name| self.environment_variable(name, place));
    }

    fn variable(&mut self, name: &str, place: &Place) {
        if self.names.read(name) || name == RESOURCES {
            return;
        }
        let place = in_expression(place, name);
        let later = self.later.iter().find(|(later, _)| later == name);
        let diagnostic = if let Some((_, defined)) = later {
            self.excused.push(name.to_owned());
            let message = format!("`{name}` has no value yet");
            Diagnostic::error("too-early", message, place)
                .label("used here")
                .related(defined.clone(), "gets its value here")
        } else {
            let known: Vec<_> = self.names.known().chain(["now", "uuid", "api_version"]).collect();
            let near = closest(name, known.iter().copied());
            self.excused.extend(near.map(str::to_owned));
            let help = near.map_or_else(
                || "steps give names with `id`, constants with `vars`".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("there is no variable `{name}`");
            Diagnostic::error("undefined", message, place).help(help)
        };
        self.diagnostics.push(diagnostic);
    }

    /// A part's outputs are known, unlike the members of what a service answers.
    fn output(&mut self, name: &str, member: Option<&str>, place: &Place) {
        let outputs = self.outputs.iter().find(|(known, _)| known == name);
        let (Some((_, outputs)), Some(member)) = (outputs, member) else { return };
        if outputs.iter().any(|output| output == member) {
            return;
        }
        let near = closest(member, outputs.iter().map(String::as_str));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if outputs.is_empty() => "the part has no outputs".to_owned(),
            None => format!("the part's outputs: {}", outputs.join(", ")),
        };
        let message = format!("the part `{name}` has no output `{member}`");
        let place = in_expression(place, member);
        self.diagnostics.push(Diagnostic::error("undefined", message, place).help(help));
    }

    fn environment_variable(&mut self, name: &str, place: &Place) {
        if !self.read_environment.iter().any(|read| read == name) {
            self.read_environment.push(name.to_owned());
        }
        if self.part || self.environment.iter().any(|declared| declared == name) {
            return;
        }
        let place = in_expression(place, name);
        let message = format!("the environment variable `{name}` is not declared");
        let help = format!("declare it at the top: env: [{name}]");
        self.diagnostics
            .push(Diagnostic::error("undeclared-environment", message, place).help(help));
    }

    fn unused(&mut self) {
        for (name, place, what) in self.names.unused() {
            if self.excused.contains(&name) {
                continue;
            }
            let message = format!("the {what} `{name}` is never used");
            let help = if what == "step's name" {
                "take the `id` away, or use it"
            } else {
                "take it away, or use it"
            };
            self.diagnostics.push(Diagnostic::error("unused", message, place).help(help));
        }
    }

    fn unused_environment(&mut self, scenario: &Scenario) {
        // Parts may read what the scenario declares.
        let mut read = self.read_environment.clone();
        walk::parts(&scenario.steps, &mut |part| {
            walk::templates(&part.steps, &mut |template| {
                template.expressions(&mut |expression, _| {
                    expression.environment(&mut |name| read.push(name.to_owned()));
                });
            });
        });
        for name in self.environment.iter().filter(|name| !read.contains(name)) {
            let message = format!("the environment variable `{name}` is never used");
            let place = Place::start_of(&scenario.source);
            let whole = Place { span: 0..scenario.source.text.len(), ..place };
            let place = whole.word(name);
            self.diagnostics
                .push(Diagnostic::error("unused", message, place).help("take it away, or use it"));
        }
    }
}

/// The place of a name within the text that holds its expression.
fn in_expression(place: &Place, name: &str) -> Place {
    let written = place.source.text.get(place.span.clone()).unwrap_or_default();
    let mut from = 0;
    while let Some(at) = written.get(from..).and_then(|rest| rest.find("${")) {
        let inside = from + at + 2;
        let end = written.get(inside..).and_then(|rest| rest.find('}'));
        let end = end.map_or(written.len(), |end| inside + end);
        let text = written.get(inside..end).unwrap_or_default();
        if let Some(found) = whole_word(text, name) {
            return place.slice(inside + found, name.len());
        }
        from = end;
    }
    place.clone()
}

fn whole_word(text: &str, word: &str) -> Option<usize> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}
