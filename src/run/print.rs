//! What a scenario prints, worked out.

use serde_json::Value;

use super::carrier::Carrier;
use super::steps::StepError;
use crate::scenario::{Context, Print, PrintLine, Scope, Step};
use crate::transcript::{Outcome, Printed};

impl Carrier<'_> {
    /// Prints what the step says, once its operation has succeeded.
    pub(super) fn print_of(&mut self, step: &Step) -> Result<(), StepError> {
        let Some(print) = &step.print else { return Ok(()) };
        let failed = self
            .current
            .as_ref()
            .is_some_and(|record| matches!(record.outcome, Some(Outcome::Err(_))));
        if failed && step.id.is_some() {
            return Ok(());
        }
        let printed = printed(print, &mut self.scope, &self.context)?;
        if let Some(record) = &mut self.current {
            record.printed.push(printed);
        }
        Ok(())
    }
}

/// One block of lines.
pub(super) fn printed(
    print: &Print,
    scope: &mut Scope,
    context: &Context,
) -> Result<Printed, StepError> {
    let mut lines = Vec::with_capacity(print.lines.len());
    for line in &print.lines {
        match line {
            PrintLine::Text(text) => push(&mut lines, &text.resolve_text(scope, context)?),
            PrintLine::ForEach { items, variable, text } => {
                let Value::Array(items) = items.resolve(scope, context)? else {
                    return Err(StepError::Raw("for_each of a print needs a list".to_owned()));
                };
                let hidden = scope.variables.get(variable).cloned();
                for item in items {
                    scope.set(variable, item);
                    push(&mut lines, &text.resolve_text(scope, context)?);
                }
                match hidden {
                    Some(value) => scope.set(variable, value),
                    None => drop(scope.variables.shift_remove(variable)),
                }
            }
        }
    }
    Ok(Printed { lines })
}

fn push(lines: &mut Vec<String>, text: &str) {
    lines.extend(text.lines().map(str::to_owned));
}
