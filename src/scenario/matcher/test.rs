//! Matchers with all expressions worked out.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use regex::Regex;
use serde_json::Value;

use super::super::Place;
use super::Path;

/// A matcher with all expressions worked out.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub place: Place,
    pub test: Test,
}

/// What a matcher demands.
#[derive(Debug, Clone)]
pub enum Test {
    /// Equality of scalars; objects partial, as if written out.
    Value(Value),
    /// Each member named must fit; others may be there, unless within `exactly`.
    Object(Vec<(String, Matcher)>),
    /// As many items, each fitting its matcher, in order.
    List(Vec<Matcher>),
    /// `equals`: nothing more and nothing less, operators' names have no meaning inside.
    Equals(Value),
    Matches(Arc<Regex>),
    /// Every one of these is in the list, or in the text.
    Contains(Vec<Matcher>),
    AnyOf(Vec<Matcher>),
    OneOf(Vec<Matcher>),
    AllOf(Vec<Matcher>),
    Not(Box<Matcher>),
    /// Whether it must be there (null is), or must not.
    Exists(bool),
    Type(Vec<JsonType>),
    /// Of text in characters, of lists in items, of objects in members.
    Length(Box<Matcher>),
    Compare(Comparison, Value),
    /// An instant, this far away at most, either way.
    Time {
        at: DateTime<Utc>,
        within: Duration,
    },
    /// No members beside those that are named, at any depth.
    Exactly(Box<Matcher>),
    /// As many items, each fitting another matcher, in any order.
    Unordered(Vec<Matcher>),
    /// The two readable parts of a token, as `{ header, claims }`.
    Jwt(Box<Matcher>),
    /// What a JSONPath finds: the node where the path can only find one, else the list of all.
    Path(Vec<(Path, Matcher)>),
    /// What was expected could not be worked out, for the reason given: nothing fits.
    Unknown(String),
}

/// `gt`, `ge`, `lt`, `le`: for numbers and instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Greater,
    AtLeast,
    Less,
    AtMost,
}

impl Comparison {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Greater => "gt",
            Self::AtLeast => "ge",
            Self::Less => "lt",
            Self::AtMost => "le",
        }
    }

    pub(super) const fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
        }
    }

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Greater => "more than",
            Self::AtLeast => "at least",
            Self::Less => "less than",
            Self::AtMost => "at most",
        }
    }
}

/// A type of JSON; integers are numbers without a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonType {
    String,
    Number,
    Integer,
    Boolean,
    Null,
    Object,
    Array,
}

impl JsonType {
    pub const ALL: [Self; 7] = [
        Self::String,
        Self::Number,
        Self::Integer,
        Self::Boolean,
        Self::Null,
        Self::Object,
        Self::Array,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Null => "null",
            Self::Object => "object",
            Self::Array => "array",
        }
    }

    pub(super) fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Integer, Value::Number(number)) => {
                number.is_i64()
                    || number.is_u64()
                    || number.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            (Self::String, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Null, Value::Null)
            | (Self::Object, Value::Object(_))
            | (Self::Array, Value::Array(_)) => true,
            _ => false,
        }
    }
}
