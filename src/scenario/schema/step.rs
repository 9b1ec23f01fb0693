//! The form of steps.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::Value;

use super::ExpectForm;

/// A step: one key, which says its kind.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum StepForm {
    Call(Box<CallForm>),
    Request(Box<RequestForm>),
    Wait(Box<WaitForm>),
    Advance(AdvanceForm),
    Group(GroupForm),
    Use(UseForm),
}

/// An operation of the catalogue.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CallForm {
    /// The operation.
    pub op: String,
    /// Its arguments; absent, null and a value are three different things.
    pub with: Option<BTreeMap<String, Value>>,
    /// Names the outcome: `${id.…}`.
    pub id: Option<String>,
    pub name: Option<String>,
    /// Ids of the behaviours that its expectations assert.
    pub behaviours: Option<Vec<String>>,
    pub expect: Option<ExpectForm>,
    /// Why the step asserts nothing.
    pub unasserted: Option<String>,
    /// JSONPath that narrows the outcome.
    pub keep: Option<String>,
    pub print: Option<PrintForm>,
    pub for_each: Option<Value>,
    #[schemars(rename = "as")]
    pub item: Option<String>,
    /// Faults that this step's requests meet.
    pub faults: Option<Vec<FaultForm>>,
    pub timeout: Option<String>,
    /// Calls at another version than the case's.
    #[schemars(rename = "api-version")]
    pub api_version: Option<String>,
    /// Number of the resource, from 1.
    #[schemars(range(min = 1))]
    pub resource: Option<u64>,
    /// Client options for drivers that have them.
    pub options: Option<Value>,
}

/// Raw HTTP.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RequestForm {
    pub method: String,
    /// Sent as it stands.
    pub path: String,
    /// `api-version` is added unless it is named here; null leaves it out.
    pub query: Option<BTreeMap<String, Value>>,
    pub headers: Option<BTreeMap<String, Value>>,
    /// The body as JSON.
    pub json: Option<Value>,
    /// The body as text.
    pub text: Option<String>,
    /// The body as base64 of its bytes.
    pub bytes: Option<String>,
    pub auth: Option<AuthForm>,
    #[schemars(range(min = 1))]
    pub resource: Option<u64>,
    /// Names the outcome: `${id.…}`.
    pub id: Option<String>,
    pub name: Option<String>,
    /// Ids of the behaviours that its expectations assert.
    pub behaviours: Option<Vec<String>>,
    pub expect: Option<ExpectForm>,
    /// Why the step asserts nothing.
    pub unasserted: Option<String>,
    /// JSONPath that narrows the outcome.
    pub keep: Option<String>,
    pub print: Option<PrintForm>,
    pub for_each: Option<Value>,
    #[schemars(rename = "as")]
    pub item: Option<String>,
    /// Faults that this step's requests meet.
    pub faults: Option<Vec<FaultForm>>,
    pub timeout: Option<String>,
}

/// How a raw request is signed when not as it should be.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AuthForm {
    /// `primary`, `secondary`, `wrong`, or an access key in base64.
    pub key: Option<String>,
    /// Sends no credentials at all.
    pub none: Option<bool>,
    /// A bearer token; `issuer`, `expired`, `other-audience`, `no-role` ask the built-in issuer.
    pub bearer: Option<String>,
    /// Moves the date, as in `20m` or `-20m`.
    pub skew: Option<String>,
    /// Signs this body instead of the one that is sent.
    pub signed_body: Option<Value>,
    pub signed_headers: Option<String>,
    /// `wire`, `decoded`, `form` or `no-port`.
    pub spelling: Option<String>,
    /// Signs this target instead of the one that is sent.
    pub signed_target: Option<String>,
    /// Sends date and signature of the request before once more.
    pub replay: Option<bool>,
}

/// Repeats a call or a request until a condition holds.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct WaitForm {
    pub call: Option<CallForm>,
    pub request: Option<RequestForm>,
    /// Ids of the behaviours that the condition asserts.
    pub behaviours: Option<Vec<String>>,
    /// The condition: it is the assertion.
    pub until: ExpectForm,
    /// Ends the wait at once, red.
    pub fail_if: Option<ExpectForm>,
    pub interval: Option<String>,
    /// Factor by which the interval grows.
    #[schemars(range(min = 1))]
    pub backoff: Option<f64>,
    pub deadline: Option<String>,
    pub id: Option<String>,
    pub name: Option<String>,
    pub keep: Option<String>,
    pub print: Option<PrintForm>,
    pub for_each: Option<Value>,
    #[schemars(rename = "as")]
    pub item: Option<String>,
    pub faults: Option<Vec<FaultForm>>,
    pub timeout: Option<String>,
}

/// Moves the emulator's clock.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum AdvanceForm {
    By(String),
    Named(NamedAdvance),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NamedAdvance {
    pub by: String,
    pub name: Option<String>,
}

/// Steps that share a loop or a name.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct GroupForm {
    pub name: Option<String>,
    pub for_each: Option<Value>,
    #[schemars(rename = "as")]
    pub item: Option<String>,
    pub steps: Vec<StepForm>,
}

/// A reusable file.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UseForm {
    /// Its path, from the directory of this file.
    pub file: String,
    /// Its parameters.
    pub with: Option<BTreeMap<String, Value>>,
    /// Names its outputs: `${id.…}`.
    pub id: Option<String>,
    pub name: Option<String>,
    pub for_each: Option<Value>,
    #[schemars(rename = "as")]
    pub item: Option<String>,
}

/// A fault; what it does is the emulator's grammar.
#[derive(JsonSchema)]
pub struct FaultForm {
    /// An operation, or `*` for any request (the default).
    pub on: Option<String>,
    /// How many requests it meets; 1 by default.
    #[schemars(range(min = 1))]
    pub times: Option<u32>,
}

/// A text, or a list of texts and loops of texts.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum PrintForm {
    Text(String),
    Loop(PrintLoop),
    Lines(Vec<PrintLineForm>),
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum PrintLineForm {
    Text(String),
    Loop(PrintLoop),
}

/// A line for each item.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PrintLoop {
    pub for_each: Value,
    #[schemars(rename = "as")]
    pub item: Option<String>,
    pub text: String,
}
