//! A piece of YAML whose texts may hold `${…}`, and what it is worked out against.
//!
//! Texts are taken apart when the file is read, so that a step only looks its variables up. Knows
//! nothing of how expressions are spelt: that is `expression`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Place;
use super::expression::Expression;
use crate::acs::ApiVersion;

/// A piece of YAML whose texts may hold `${…}`: worked out against a scope when the step runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    pub place: Place,
    pub content: Content,
}

/// What a template consists of.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing inside holds an expression.
    Literal(Value),
    /// A text that is one `${…}`: keeps the value's type.
    Expression(Expression),
    /// Text with expressions in it; always comes to text.
    Text(Vec<Piece>),
    List(Vec<Template>),
    /// Members in the order of the file; keys may hold expressions too.
    Map(Vec<(Template, Template)>),
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    Text(String),
    Expression(Expression),
}

/// The values that expressions see.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    pub variables: Map<String, Value>,
}

/// What expressions see beside variables: the step's instant, the case's api-version, the declared
/// environment, a source of uuids.
#[derive(Debug, Clone)]
pub struct Context {
    now: DateTime<Utc>,
    api_version: ApiVersion,
    environment: Arc<BTreeMap<String, String>>,
    seed: Option<u64>,
    uuids: Arc<AtomicU64>,
}

/// An expression that could not be worked out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// Where the text with the expression stands.
    pub place: Place,
    pub message: String,
}

impl Template {
    pub const fn literal(value: Value, place: Place) -> Self {
        Self { place, content: Content::Literal(value) }
    }

    /// The value, if there is nothing to work out.
    pub const fn as_literal(&self) -> Option<&Value> {
        match &self.content {
            Content::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// Works the expressions out.
    ///
    /// # Errors
    ///
    /// A variable or member that is not there, a function that cannot take its argument, a key
    /// that comes to no text.
    pub fn resolve(&self, scope: &Scope, context: &Context) -> Result<Value, ExpressionError> {
        let at = |message: String| ExpressionError { place: self.place.clone(), message };
        match &self.content {
            Content::Literal(value) => Ok(value.clone()),
            Content::Expression(expression) => expression.evaluate(scope, context).map_err(at),
            Content::Text(pieces) => text(pieces, scope, context).map(Value::String).map_err(at),
            Content::List(items) => items.iter().map(|item| item.resolve(scope, context)).collect(),
            Content::Map(members) => members
                .iter()
                .map(|(key, value)| {
                    Ok((key.resolve_text(scope, context)?, value.resolve(scope, context)?))
                })
                .collect::<Result<Map<_, _>, _>>()
                .map(Value::Object),
        }
    }

    /// Works the expressions out to text; numbers and booleans are spelt as JSON does.
    ///
    /// # Errors
    ///
    /// As [`Template::resolve`]; also a list, a map or null.
    pub fn resolve_text(
        &self,
        scope: &Scope,
        context: &Context,
    ) -> Result<String, ExpressionError> {
        match self.resolve(scope, context)? {
            Value::String(text) => Ok(text),
            value @ (Value::Number(_) | Value::Bool(_)) => Ok(value.to_string()),
            value => Err(ExpressionError {
                place: self.place.clone(),
                message: format!("this must come to text, but it is {value}"),
            }),
        }
    }

    /// Works the expressions out to a regular expression, in which what they come to stands for
    /// itself.
    ///
    /// # Errors
    ///
    /// As [`Template::resolve_text`].
    pub fn resolve_pattern(
        &self,
        scope: &Scope,
        context: &Context,
    ) -> Result<String, ExpressionError> {
        let Content::Text(pieces) = &self.content else {
            return self.resolve_text(scope, context);
        };
        let at = |message: String| ExpressionError { place: self.place.clone(), message };
        let mut whole = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => whole.push_str(text),
                Piece::Expression(expression) => {
                    let value = expression.evaluate(scope, context).map_err(at)?;
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    whole.push_str(&regex::escape(&text));
                }
            }
        }
        Ok(whole)
    }

    /// The value as far as it can be known now: an expression without a value yet stands as
    /// `<room.id>`.
    pub fn preview(&self, scope: &Scope, context: &Context) -> Value {
        let show = |expression: &Expression| {
            expression
                .evaluate(scope, context)
                .unwrap_or_else(|_| Value::String(format!("<{expression}>")))
        };
        match &self.content {
            Content::Literal(value) => value.clone(),
            Content::Expression(expression) => show(expression),
            Content::Text(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.clone(),
                    Piece::Expression(expression) => match show(expression) {
                        Value::String(text) => text,
                        value => value.to_string(),
                    },
                })
                .collect::<String>()
                .into(),
            Content::List(items) => items.iter().map(|item| item.preview(scope, context)).collect(),
            Content::Map(members) => Value::Object(
                members
                    .iter()
                    .map(|(key, value)| {
                        let key = key.preview(scope, context);
                        let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
                        (key, value.preview(scope, context))
                    })
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// Calls `visit` for every expression inside, in the order of the file.
    pub fn expressions<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression, &'a Place)) {
        match &self.content {
            Content::Literal(_) => {}
            Content::Expression(expression) => visit(expression, &self.place),
            Content::Text(pieces) => {
                for piece in pieces {
                    if let Piece::Expression(expression) = piece {
                        visit(expression, &self.place);
                    }
                }
            }
            Content::List(items) => items.iter().for_each(|item| item.expressions(visit)),
            Content::Map(members) => {
                for (key, value) in members {
                    key.expressions(visit);
                    value.expressions(visit);
                }
            }
        }
    }
}

fn text(pieces: &[Piece], scope: &Scope, context: &Context) -> Result<String, String> {
    let mut whole = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => whole.push_str(text),
            Piece::Expression(expression) => match expression.evaluate(scope, context)? {
                Value::String(text) => whole.push_str(&text),
                value => whole.push_str(&value.to_string()),
            },
        }
    }
    Ok(whole)
}

impl Scope {
    /// Gives a name to a value; a later one of the same name takes its place.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.variables.insert(name.into(), value);
    }
}

impl Context {
    /// `now` is cut to whole milliseconds, the most that every SDK can carry. With a `seed` the
    /// uuids repeat from run to run.
    pub fn new(
        now: DateTime<Utc>,
        api_version: ApiVersion,
        environment: Arc<BTreeMap<String, String>>,
        seed: Option<u64>,
    ) -> Self {
        let uuids = Arc::new(AtomicU64::new(0));
        Self { now: now.trunc_subsecs(3), api_version, environment, seed, uuids }
    }

    /// The same case at the instant of another step.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Self {
        Self { now: now.trunc_subsecs(3), ..self.clone() }
    }

    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub const fn api_version(&self) -> &ApiVersion {
        &self.api_version
    }

    pub(super) fn environment(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// A random uuid of version 4, or the next of the seed's.
    pub(super) fn uuid(&self) -> String {
        let Some(seed) = self.seed else { return uuid::Uuid::new_v4().to_string() };
        let number = self.uuids.fetch_add(1, Ordering::Relaxed);
        let digest = Sha256::digest(format!("{seed}/{number}"));
        let mut bytes = [0_u8; 16];
        for (byte, source) in bytes.iter_mut().zip(digest.iter()) {
            *byte = *source;
        }
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}
