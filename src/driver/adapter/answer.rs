//! What an adapter says: one JSON object a line on its standard output, after the mark `@@`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::message::LogLevel;
use super::violation::Violation;
use crate::acs::Service;
use crate::transcript::{self, Implementation};

/// The two bytes that begin a protocol line; any other line is the adapter's log.
pub const MARK: &str = "@@";

/// A line from the adapter, after the mark. `type` tells which.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum Answer {
    /// Answers the harness's `hello`, before anything else.
    #[serde(rename = "hello")]
    Hello(Box<Hello>),
    /// What a call came to. One for every `call`, in any order.
    #[serde(rename = "result")]
    Result(CallResult),
    /// A line of the SDK's own log. Feature `log-capture`.
    #[serde(rename = "log")]
    Log(Log),
}

/// Who the adapter is and what it can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hello {
    /// The version that is spoken from here on: 1.
    pub protocol: u32,
    pub sdk: Sdk,
    pub runtime: Runtime,
    /// Operating system and architecture.
    pub os: String,
    /// Per service the api-versions that can be asked for, the SDK's default first.
    pub api_versions: ApiVersions,
    /// Feature ids; an entry that ends in `*` covers all that begin so.
    pub features: Vec<String>,
}

/// The SDK under test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sdk {
    /// The package's name in its registry.
    pub name: String,
    pub version: String,
    /// Programming language, lower case.
    pub language: String,
    /// Which of several interfaces of one package: `sync`, `aio`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flavour: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Where to report what is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issues: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    pub name: String,
    pub version: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiVersions {
    #[serde(default)]
    pub rooms: Vec<String>,
    #[serde(default)]
    pub identity: Vec<String>,
}

impl ApiVersions {
    /// Those of one service.
    pub fn of(&self, service: Service) -> &[String] {
        match service {
            Service::Rooms => &self.rooms,
            Service::Identity => &self.identity,
        }
    }
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallResult {
    /// The call's `id`.
    pub id: String,
    pub outcome: Outcome,
    /// What the SDK let see of the last answer, where it does. Feature `raw-response`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<Http>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub status: u16,
    /// Headers of the answer, as the SDK gives them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// Milliseconds that the SDK took.
    pub ms: f64,
}

/// Exactly one member: `ok`, `error` or `unsupported`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Ok(Success),
    Error(Failure),
    Unsupported(Unsupported),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Success {
    /// With the wire's member names, times as RFC 3339 in UTC; null for operations without one.
    pub value: Value,
    /// The type that the SDK gave a member, by its path in `value` (`validFrom`, `[0].id`), for
    /// those that a reader of the SDK's documentation could be surprised by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub native: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Failure {
    #[schemars(with = "KindName")]
    pub kind: transcript::ErrorKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `error.code` of the service, as the SDK gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Type name and text of the SDK's own exception.
    pub native: Native,
}

/// The kinds of failure, for the schema.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
enum KindName {
    /// The service answered with an error status.
    Http,
    /// No answer: connection refused, reset, closed, TLS.
    Transport,
    Timeout,
    Cancelled,
    /// No credentials could be had.
    Auth,
    /// The client refused the arguments before sending.
    Validation,
    /// An answer came that the client could not read.
    Decode,
    Unexpected,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Native {
    pub r#type: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unsupported {
    /// The feature id that is missing, such as `op:rooms.list`.
    pub feature: String,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub level: LogLevel,
    pub text: String,
}

impl Answer {
    /// Reads a protocol line, the mark already taken off.
    ///
    /// # Errors
    ///
    /// A [`Violation`] that says where in the line and what to do.
    pub fn read(line: &str) -> Result<Self, Violation> {
        let mut value: Value =
            serde_json::from_str(line).map_err(|error| Violation::not_json(line, &error))?;
        let Some(members) = value.as_object_mut() else {
            return Err(Violation::NotAnObject { line: line.to_owned() });
        };
        let kind = match members.remove("type") {
            Some(Value::String(kind)) => kind,
            other => return Err(Violation::NoType { line: line.to_owned(), found: other }),
        };
        match kind.as_str() {
            "hello" => typed(value, line, "hello").map(|hello| Self::Hello(Box::new(hello))),
            "result" => typed(value, line, "result").map(Self::Result),
            "log" => typed(value, line, "log").map(Self::Log),
            _ => Err(Violation::UnknownType { line: line.to_owned(), found: kind }),
        }
    }
}

fn typed<T: serde::de::DeserializeOwned>(
    value: Value,
    line: &str,
    kind: &'static str,
) -> Result<T, Violation> {
    serde_path_to_error::deserialize(value).map_err(|error| Violation::WrongShape {
        line: line.to_owned(),
        kind,
        path: error.path().to_string(),
        problem: error.inner().to_string(),
    })
}

impl Hello {
    pub fn implementation(&self) -> Implementation {
        Implementation {
            name: self.sdk.name.clone(),
            version: self.sdk.version.clone(),
            language: self.sdk.language.clone(),
            flavour: self.sdk.flavour.clone(),
            runtime: self.runtime.name.clone(),
            runtime_version: self.runtime.version.clone(),
        }
    }
}

impl From<Failure> for transcript::Failure {
    fn from(failure: Failure) -> Self {
        Self {
            kind: failure.kind,
            status: failure.status,
            code: failure.code,
            message: failure.message,
            request_id: failure.request_id,
            native: Some(transcript::outcome::Native {
                r#type: failure.native.r#type,
                text: failure.native.text,
            }),
        }
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
