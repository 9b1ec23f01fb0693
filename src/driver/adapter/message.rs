//! What the harness says to an adapter: one JSON object a line on its standard input.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::acs::Service;

/// The protocol's version.
pub const PROTOCOL: u32 = 1;

/// A line from the harness. `type` tells which.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum Message {
    /// The first line. The adapter answers with its own `hello`.
    #[serde(rename = "hello")]
    Hello(Greeting),
    /// Makes a client. It has no answer: what goes wrong is the outcome of the client's calls.
    #[serde(rename = "client.open")]
    OpenClient(OpenClient),
    /// Gives an open client another access key, without making it anew. No answer.
    #[serde(rename = "client.update_key")]
    UpdateKey(UpdateKey),
    /// Performs an operation. Answered by exactly one `result` with the same `id`.
    #[serde(rename = "call")]
    Call(Call),
    /// Forgets a client. No answer.
    #[serde(rename = "client.close")]
    CloseClient(CloseClient),
    /// The last line: the adapter ends with exit code 0.
    #[serde(rename = "bye")]
    Bye(Bye),
}

/// The harness introduces itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Greeting {
    /// Protocol versions that the harness speaks.
    pub protocol: Vec<u32>,
    pub harness: Harness,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Harness {
    pub name: String,
    pub version: String,
}

/// How a client is made: `connectionString`, or `endpoint` with `accessKey` or `tokenFile`.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenClient {
    /// The client's name in later messages.
    pub client: String,
    /// Which service it calls: `rooms` or `identity`.
    #[schemars(with = "ServiceName")]
    pub service: Service,
    /// `endpoint=https://…/;accesskey=…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_string: Option<String>,
    /// The endpoint, for a client that is given its credential apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The access key, which `client.update_key` may replace later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// A file that holds the bearer token, read whenever the SDK asks its credential for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_file: Option<String>,
    /// The certificate authority to trust (PEM), for an SDK that ignores the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
    #[serde(default)]
    pub options: ClientOptions,
}

/// The names of the two services, for the schema.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
enum ServiceName {
    Rooms,
    Identity,
}

impl std::fmt::Debug for OpenClient {
    /// Without the connection string: it holds a key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenClient")
            .field("client", &self.client)
            .field("service", &self.service)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// What the caller asks of the client. Members that are absent leave the SDK's own default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientOptions {
    /// Feature `custom-api-version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// Feature `app-id`: goes in front of the user agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// Feature `retry-config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetryOptions>,
    /// Feature `timeout`: limit for one attempt, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Feature `log-capture`: send the SDK's own log from this level on as `log` messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_level: Option<LogLevel>,
    /// Feature `tracing`: call within a trace, so that the SDK has one to pass on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracing: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetryOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<RetryMode>,
    /// Attempts beyond the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// First delay, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// Longest delay, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_delay_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RetryMode {
    Exponential,
    Fixed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Debug,
    Info,
    Warning,
    Error,
}

/// Another key for an open client. Feature `key-rotation`.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateKey {
    pub client: String,
    /// Base64, as in a connection string.
    pub access_key: String,
}

impl std::fmt::Debug for UpdateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpdateKey").field("client", &self.client).finish_non_exhaustive()
    }
}

/// An operation to perform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Repeated in the result.
    pub id: String,
    /// A client that was opened.
    pub client: String,
    /// A name of the operation catalogue, such as `rooms.create`. One that the adapter does not
    /// know is answered with `unsupported`.
    pub op: String,
    /// Arguments by name, in snake_case. A member that is absent was not set; `null` clears.
    pub args: Map<String, Value>,
    #[serde(default)]
    pub opts: CallOpts,
}

/// Options of one call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallOpts {
    /// Feature `timeout`: limit for the whole call, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Feature `cancel`: the caller gives up after this many milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_after_ms: Option<u64>,
    /// Feature `client-request-id`: the value of `x-ms-client-request-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
    /// Feature `paging:continuation`: after so many pages, drop the list and take it up again from
    /// its continuation; the value holds what comes from there on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume_after: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseClient {
    pub client: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bye {}

impl Message {
    /// The first line of a conversation.
    pub fn hello() -> Self {
        Self::Hello(Greeting {
            protocol: vec![PROTOCOL],
            harness: Harness {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
        })
    }

    /// The message as a line, with its line feed.
    pub fn to_line(&self) -> String {
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_and_reads_back() {
        let message = Message::OpenClient(OpenClient {
            client: "a\nb".to_owned(),
            service: Service::Rooms,
            connection_string: Some("endpoint=https://localhost/;accesskey=a2V5".to_owned()),
            endpoint: None,
            access_key: None,
            token_file: None,
            ca_file: None,
            options: ClientOptions { timeout_ms: Some(5), ..ClientOptions::default() },
        });
        let line = message.to_line();
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        assert!(line.starts_with(r#"{"type":"client.open","client":"a\nb","service":"rooms""#));
        assert!(!line.contains("null"), "what is not set is left out: {line}");
        assert_eq!(serde_json::from_str::<Message>(&line).unwrap(), message);
    }

    #[test]
    fn a_key_is_never_in_the_debug_form() {
        let open =
            r#"{"type":"client.open","client":"c","service":"rooms","connectionString":"canary"}"#;
        let update = r#"{"type":"client.update_key","client":"c","accessKey":"canary"}"#;
        for line in [open, update] {
            let message: Message = serde_json::from_str(line).unwrap();
            assert!(!format!("{message:?}").contains("canary"));
        }
    }
}
