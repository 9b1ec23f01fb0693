//! The kinds of step.

use std::time::Duration;

use super::super::Place;
use super::super::matcher::{ExpectationTemplate, PathTemplate};
use super::super::template::Template;
use super::{Fault, GroupContract, Located, Print};
use crate::acs::Operation;

/// A step with what all kinds share.
#[derive(Debug, Clone)]
pub struct Step {
    pub place: Place,
    /// Names the outcome: `${id.…}`. The value (after `keep`) is in scope from the step's own
    /// `expect` and `print` on, so that one member can be held against another. Under `for_each`
    /// it is a list of all values, for the steps after this one; within the loop, the round's own.
    pub id: Option<Located<String>>,
    pub name: Option<String>,
    pub action: Action,
    /// Run the step once for each item; `variable` (or the keys of a map item) names it.
    pub for_each: Option<ForEach>,
    pub expect: Vec<ExpectationTemplate>,
    /// Why the step asserts nothing.
    pub unasserted: Option<String>,
    /// JSONPath that narrows the outcome's value before it is judged, captured and printed.
    pub keep: Option<PathTemplate>,
    pub print: Option<Print>,
    /// Scheduled just before the step runs.
    pub faults: Vec<Located<Fault>>,
    pub timeout: Option<Duration>,
}

impl Step {
    /// Whether `asked` holds of what this step does, or of a step within it.
    pub fn does(&self, asked: &dyn Fn(&Action) -> bool) -> bool {
        let any = |steps: &[Self]| steps.iter().any(|step| step.does(asked));
        asked(&self.action)
            || match &self.action {
                Action::Group(steps) => any(steps),
                Action::Use(used) => any(&used.part.steps),
                Action::Wait(wait) => wait.step.does(asked),
                Action::Call(_) | Action::Request(_) | Action::Advance(_) => false,
            }
    }
}

#[derive(Debug, Clone)]
pub struct ForEach {
    pub items: Template,
    /// Names the item. Where the item is a map, its members are variables too.
    pub variable: String,
}

impl ForEach {
    /// The item's name when the file gives none.
    pub const ITEM: &'static str = "item";
}

#[derive(Debug, Clone)]
pub enum Action {
    Call(Call),
    Request(Box<Request>),
    Wait(Wait),
    /// Moves the emulator's virtual clock.
    Advance(Template),
    /// Steps that share a loop, or nothing but a name.
    Group(Vec<Step>),
    Use(Use),
}

/// An operation of the catalogue, with arguments by name in the order of the file.
#[derive(Debug, Clone)]
pub struct Call {
    pub operation: Operation,
    pub arguments: Vec<(String, Template)>,
    /// Calls the service at another version than the case's.
    pub api_version: Option<Template>,
    /// Number of the resource in the world, from 1.
    pub resource: usize,
    /// Client options for drivers that have them (`retry`, `application_id`, `cancel_after`, …).
    pub options: Option<Template>,
}

/// Raw HTTP, signed as it should be unless `auth` says otherwise.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// Path, sent as it stands. `api-version` is added to the query unless `query` names it (null: leave out).
    pub path: Template,
    pub query: Vec<(String, Template)>,
    pub headers: Vec<(String, Template)>,
    pub body: Option<Body>,
    pub auth: Auth,
    pub resource: usize,
}

#[derive(Debug, Clone)]
pub enum Body {
    Json(Template),
    Text(Template),
    /// Base64 of the bytes.
    Bytes(Template),
}

/// How a raw request is signed. The default signs it correctly with the first key.
#[derive(Debug, Clone, Default)]
pub struct Auth {
    /// `primary`, `secondary`, `wrong`, or an access key in base64.
    pub key: Option<Template>,
    /// Sends no credentials at all.
    pub none: bool,
    /// A bearer token instead of a signature. Of the built-in issuer: `issuer`, and such as are
    /// refused: `expired`, `other-audience`, `no-role`.
    pub bearer: Option<Template>,
    /// Moves `x-ms-date` by this much.
    pub skew: Option<Template>,
    /// Signs this body instead of the one that is sent.
    pub signed_body: Option<Template>,
    /// The value of SignedHeaders, with the headers signed in that order.
    pub signed_headers: Option<Template>,
    /// `wire`, `decoded`, `form`, `no-port`: the spelling of target and host that is signed.
    pub spelling: Option<Template>,
    /// Signs this target (path and query) instead of the one that is sent.
    pub signed_target: Option<Template>,
    /// Sends date and signature of the request before once more.
    pub replay: bool,
}

impl Auth {
    /// Whether it takes a key of the resource: with a token there is nothing to sign, well or
    /// wrongly.
    pub fn needs_key(&self) -> bool {
        if self.none || self.bearer.is_some() {
            return false;
        }
        let signing = [
            &self.skew,
            &self.signed_body,
            &self.signed_headers,
            &self.spelling,
            &self.signed_target,
        ];
        match self.key.as_ref().map(|key| key.as_literal().and_then(serde_json::Value::as_str)) {
            None => self.replay || signing.into_iter().any(Option::is_some),
            Some(key) => matches!(key, None | Some("primary" | "secondary")),
        }
    }
}

/// Repeats a step until a condition holds; the condition is the assertion.
#[derive(Debug, Clone)]
pub struct Wait {
    /// The step that is repeated: a call or a request, with nothing but what the call or request
    /// itself has. `id`, `keep`, `print`, `faults` and `timeout` belong to the step that waits.
    pub step: Box<Step>,
    pub until: Vec<ExpectationTemplate>,
    /// Ends the wait at once, red.
    pub fail_if: Vec<ExpectationTemplate>,
    pub interval: Duration,
    /// Factor by which the interval grows; 1 keeps it.
    pub backoff: f64,
    pub deadline: Duration,
}

/// A reusable file: its steps run in a scope of their own.
#[derive(Debug, Clone)]
pub struct Use {
    pub file: Located<String>,
    pub with: Vec<(String, Template)>,
    /// The part's own steps and contract, loaded.
    pub part: std::sync::Arc<Part>,
}

#[derive(Debug)]
pub struct Part {
    pub contract: GroupContract,
    pub steps: Vec<Step>,
}
