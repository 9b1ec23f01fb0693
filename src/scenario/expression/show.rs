//! An expression as it is written.

use std::fmt;

use super::{Expression, PathStep};
use crate::acs::time::duration_text;

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("now"),
            Self::Uuid => f.write_str("uuid"),
            Self::ApiVersion => f.write_str("api_version"),
            Self::Environment(name) => write!(f, "env.{name}"),
            Self::Literal(value) => write!(f, "{value}"),
            Self::Path { variable, steps } => {
                f.write_str(variable)?;
                steps.iter().try_for_each(|step| match step {
                    PathStep::Member(name) => write!(f, ".{name}"),
                    PathStep::Index(index) => write!(f, "[{index}]"),
                })
            }
            Self::Call { function, arguments } => {
                let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
                write!(f, "{}({})", function.name(), arguments.join(", "))
            }
            Self::Shift { instant, by } => {
                let sign = if *by < chrono::TimeDelta::zero() { '-' } else { '+' };
                let by = by.abs().to_std().unwrap_or_default();
                write!(f, "{instant} {sign} {}", duration_text(by))
            }
        }
    }
}
