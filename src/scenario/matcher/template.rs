//! Matchers as written: their values may hold expressions.

use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use serde_json::Value;

use super::super::Place;
use super::super::pattern::compile;
use super::super::template::{Context, ExpressionError, Scope, Template};
use super::{Comparison, JsonType, Matcher, PathTemplate, Test};
use crate::acs::time;

/// A matcher as it is written.
#[derive(Debug, Clone)]
pub struct MatcherTemplate {
    pub place: Place,
    pub test: TestTemplate,
}

/// What a written matcher demands; see [`Test`] for what each means.
#[derive(Debug, Clone)]
pub enum TestTemplate {
    Value(Template),
    Object(Vec<(Template, MatcherTemplate)>),
    List(Vec<MatcherTemplate>),
    Equals(Template),
    Matches(PatternTemplate),
    Contains(Vec<MatcherTemplate>),
    AnyOf(Vec<MatcherTemplate>),
    OneOf(Vec<MatcherTemplate>),
    AllOf(Vec<MatcherTemplate>),
    Not(Box<MatcherTemplate>),
    Exists(bool),
    Type(Vec<JsonType>),
    Length(Box<MatcherTemplate>),
    Compare(Comparison, Template),
    Time { at: Template, within: Duration },
    Exactly(Box<MatcherTemplate>),
    Unordered(Vec<MatcherTemplate>),
    Jwt(Box<MatcherTemplate>),
    Path(Vec<(PathTemplate, MatcherTemplate)>),
}

/// A regular expression that may hold `${…}`.
#[derive(Debug, Clone)]
pub enum PatternTemplate {
    /// Compiled when the file is read. Shared, since a copy would begin without the memory that
    /// matching needs, and allocate it anew in each case.
    Ready(Arc<Regex>),
    /// What its expressions come to is taken literally, not as a pattern.
    Later(Template),
}

impl MatcherTemplate {
    /// Works the expressions out.
    ///
    /// # Errors
    ///
    /// As [`Template::resolve`]; also a pattern, a path or a time that is none once worked out.
    pub fn resolve(&self, scope: &Scope, context: &Context) -> Result<Matcher, ExpressionError> {
        let all = |matchers: &[Self]| -> Result<Vec<Matcher>, ExpressionError> {
            matchers.iter().map(|matcher| matcher.resolve(scope, context)).collect()
        };
        let one = |matcher: &Self| matcher.resolve(scope, context).map(Box::new);
        let test = match &self.test {
            TestTemplate::Value(template) => Test::Value(template.resolve(scope, context)?),
            TestTemplate::Object(members) => Test::Object(object(members, scope, context)?),
            TestTemplate::List(items) => Test::List(all(items)?),
            TestTemplate::Equals(template) => Test::Equals(template.resolve(scope, context)?),
            TestTemplate::Matches(pattern) => Test::Matches(pattern.resolve(scope, context)?),
            TestTemplate::Contains(items) => Test::Contains(all(items)?),
            TestTemplate::AnyOf(items) => Test::AnyOf(all(items)?),
            TestTemplate::OneOf(items) => Test::OneOf(all(items)?),
            TestTemplate::AllOf(items) => Test::AllOf(all(items)?),
            TestTemplate::Not(matcher) => Test::Not(one(matcher)?),
            TestTemplate::Exists(there) => Test::Exists(*there),
            TestTemplate::Type(types) => Test::Type(types.clone()),
            TestTemplate::Length(matcher) => Test::Length(one(matcher)?),
            TestTemplate::Compare(comparison, template) => {
                Test::Compare(*comparison, template.resolve(scope, context)?)
            }
            TestTemplate::Time { at, within } => {
                Test::Time { at: instant(at, scope, context)?, within: *within }
            }
            TestTemplate::Exactly(matcher) => Test::Exactly(one(matcher)?),
            TestTemplate::Unordered(items) => Test::Unordered(all(items)?),
            TestTemplate::Jwt(matcher) => Test::Jwt(one(matcher)?),
            TestTemplate::Path(paths) => Test::Path(
                paths
                    .iter()
                    .map(|(path, matcher)| {
                        Ok((path.resolve(scope, context)?, matcher.resolve(scope, context)?))
                    })
                    .collect::<Result<_, _>>()?,
            ),
        };
        Ok(Matcher { place: self.place.clone(), test })
    }

    /// Works the expressions out as far as it goes. What has no value becomes a matcher that fits
    /// nothing and says why at its own place, so that all else is judged all the same. Within
    /// operators that may fit by not fitting (`not`, `any_of`, …) the whole operator becomes one.
    pub fn resolve_all(&self, scope: &Scope, context: &Context) -> Matcher {
        let one = |matcher: &Self| matcher.resolve_all(scope, context);
        let all = |matchers: &[Self]| -> Vec<Matcher> { matchers.iter().map(one).collect() };
        let test = match &self.test {
            TestTemplate::Object(members) => {
                let keys: Result<Vec<String>, _> =
                    members.iter().map(|(key, _)| key.resolve_text(scope, context)).collect();
                keys.map(|keys| {
                    Test::Object(
                        keys.into_iter().zip(members.iter().map(|(_, m)| one(m))).collect(),
                    )
                })
            }
            TestTemplate::List(items) => Ok(Test::List(all(items))),
            TestTemplate::AllOf(items) => Ok(Test::AllOf(all(items))),
            TestTemplate::Exactly(matcher) => Ok(Test::Exactly(Box::new(one(matcher)))),
            _ => self.resolve(scope, context).map(|matcher| matcher.test),
        };
        match test {
            Ok(test) => Matcher { place: self.place.clone(), test },
            Err(error) => Matcher { place: error.place, test: Test::Unknown(error.message) },
        }
    }

    /// Calls `visit` for every template inside, in the order of the file.
    pub fn templates<'a>(&'a self, visit: &mut dyn FnMut(&'a Template)) {
        match &self.test {
            TestTemplate::Value(template)
            | TestTemplate::Equals(template)
            | TestTemplate::Compare(_, template)
            | TestTemplate::Time { at: template, .. }
            | TestTemplate::Matches(PatternTemplate::Later(template)) => visit(template),
            TestTemplate::Object(members) => {
                for (key, matcher) in members {
                    visit(key);
                    matcher.templates(visit);
                }
            }
            TestTemplate::List(items)
            | TestTemplate::Contains(items)
            | TestTemplate::AnyOf(items)
            | TestTemplate::OneOf(items)
            | TestTemplate::AllOf(items)
            | TestTemplate::Unordered(items) => {
                items.iter().for_each(|item| item.templates(visit));
            }
            TestTemplate::Not(matcher)
            | TestTemplate::Length(matcher)
            | TestTemplate::Jwt(matcher)
            | TestTemplate::Exactly(matcher) => matcher.templates(visit),
            TestTemplate::Path(paths) => {
                for (path, matcher) in paths {
                    if let PathTemplate::Later(template) = path {
                        visit(template);
                    }
                    matcher.templates(visit);
                }
            }
            TestTemplate::Matches(PatternTemplate::Ready(_))
            | TestTemplate::Exists(_)
            | TestTemplate::Type(_) => {}
        }
    }
}

impl PatternTemplate {
    fn resolve(&self, scope: &Scope, context: &Context) -> Result<Arc<Regex>, ExpressionError> {
        match self {
            Self::Ready(regex) => Ok(Arc::clone(regex)),
            Self::Later(template) => {
                let pattern = template.resolve_pattern(scope, context)?;
                compile(&pattern).map(Arc::new).map_err(|why| ExpressionError {
                    place: template.place.clone(),
                    message: format!("`{pattern}` is no regular expression: {why}"),
                })
            }
        }
    }
}

fn object(
    members: &[(Template, MatcherTemplate)],
    scope: &Scope,
    context: &Context,
) -> Result<Vec<(String, Matcher)>, ExpressionError> {
    members
        .iter()
        .map(|(key, matcher)| {
            Ok((key.resolve_text(scope, context)?, matcher.resolve(scope, context)?))
        })
        .collect()
}

fn instant(
    template: &Template,
    scope: &Scope,
    context: &Context,
) -> Result<chrono::DateTime<chrono::Utc>, ExpressionError> {
    let value = template.resolve(scope, context)?;
    value.as_str().and_then(time::parse).ok_or_else(|| ExpressionError {
        place: template.place.clone(),
        message: format!("a time is needed, and this is {}", shown(&value)),
    })
}

fn shown(value: &Value) -> String {
    super::mismatch::describe(value)
}
