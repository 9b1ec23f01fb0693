//! The form of expectations. What their matchers may be is `matcher`'s.

use schemars::JsonSchema;
use serde_json::Value;

use super::scenario::TargetForm;

/// One expectation, or a list.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum ExpectForm {
    One(Box<ExpectationForm>),
    Several(#[schemars(length(min = 1))] Vec<ExpectationForm>),
}

/// What must come of a step.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExpectationForm {
    /// A matcher for the value of a success.
    pub ok: Option<Value>,
    /// What an error must be.
    pub error: Option<ErrorForm>,
    /// What the last exchange must be.
    pub exchange: Option<ExchangeForm>,
    /// A matcher for the list of all exchanges.
    pub exchanges: Option<Value>,
    /// A matcher for what the emulator holds.
    pub state: Option<Value>,
    /// Where it holds; everywhere without.
    pub targets: Option<Vec<TargetForm>>,
    /// Ids of the behaviours that it asserts, where they are others than its step's.
    pub behaviours: Option<Vec<String>>,
}

/// An error as outcomes have it; the members are matchers.
#[derive(JsonSchema)]
pub struct ErrorForm {
    pub kind: Option<Value>,
    pub status: Option<Value>,
    pub code: Option<Value>,
    pub message: Option<Value>,
    pub native: Option<Value>,
}

/// An exchange; the members are matchers.
#[derive(JsonSchema)]
pub struct ExchangeForm {
    pub status: Option<Value>,
    pub headers: Option<Value>,
    /// The body as JSON.
    pub body: Option<Value>,
    /// The body as text.
    pub text: Option<Value>,
    pub request: Option<RequestSeenForm>,
}

/// A request as it was seen; the members are matchers.
#[derive(JsonSchema)]
pub struct RequestSeenForm {
    pub method: Option<Value>,
    pub path: Option<Value>,
    pub query: Option<Value>,
    pub headers: Option<Value>,
    pub body: Option<Value>,
    pub text: Option<Value>,
}
