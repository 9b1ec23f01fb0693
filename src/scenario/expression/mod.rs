//! Expressions: what stands between `${` and `}`. Paths into variables, `now`, durations and a
//! fixed set of functions; nothing Turing-complete.

mod evaluate;
mod functions;
mod parse;
mod show;
#[cfg(test)]
mod tests;

pub use functions::Function;
pub use parse::{Misspelt, SyntaxError, parse, pieces};

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// `now`: the instant of the step, in whole milliseconds.
    Now,
    /// `uuid`: another one each time.
    Uuid,
    /// `api_version`: that of the case.
    ApiVersion,
    /// `env.NAME`: a declared environment variable.
    Environment(String),
    /// `room.participants[0].id`: a variable and the way into it.
    Path { variable: String, steps: Vec<PathStep> },
    /// A literal: text in quotes, a number, `true`, `false`, `null`.
    Literal(serde_json::Value),
    /// `base64(x)`.
    Call { function: Function, arguments: Vec<Expression> },
    /// `x + 4w`, `x - 1h30m`, where `x` is an instant.
    Shift { instant: Box<Expression>, by: chrono::TimeDelta },
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    Member(String),
    /// From the end when negative: `rooms[-1]`.
    Index(i64),
}

impl Expression {
    /// Calls `visit` for every variable that is read, with the member of it that is asked for first.
    pub fn variables<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Option<&'a str>)) {
        match self {
            Self::Path { variable, steps } => {
                let member = match steps.first() {
                    Some(PathStep::Member(name)) => Some(name.as_str()),
                    _ => None,
                };
                visit(variable, member);
            }
            Self::Call { arguments, .. } => {
                arguments.iter().for_each(|argument| argument.variables(visit));
            }
            Self::Shift { instant, .. } => instant.variables(visit),
            Self::Now | Self::Uuid | Self::ApiVersion | Self::Environment(_) | Self::Literal(_) => {
            }
        }
    }

    /// Calls `visit` for every environment variable that is read.
    pub fn environment<'a>(&'a self, visit: &mut dyn FnMut(&'a str)) {
        match self {
            Self::Environment(name) => visit(name),
            Self::Call { arguments, .. } => {
                arguments.iter().for_each(|argument| argument.environment(visit));
            }
            Self::Shift { instant, .. } => instant.environment(visit),
            Self::Now | Self::Uuid | Self::ApiVersion | Self::Path { .. } | Self::Literal(_) => {}
        }
    }
}
