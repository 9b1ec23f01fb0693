//! The `options` of a `call` step: what the caller asks of the client, read from the scenario.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::message::{CallOpts, ClientOptions, LogLevel, RetryMode, RetryOptions};
use crate::acs::time::parse_duration;

/// Options of a call as a scenario writes them. Durations are texts such as `200ms` or `1s`.
///
/// Calls with the same options (those of the call itself aside) share one client.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallOptions {
    /// Goes in front of the user agent. Feature `app-id`.
    pub application_id: Option<String>,
    /// Feature `retry-config`.
    pub retry: Option<Retry>,
    /// Limit of one attempt. Feature `timeout`.
    #[serde(deserialize_with = "duration")]
    pub timeout: Option<Duration>,
    /// The caller gives up after this long. Feature `cancel`.
    #[serde(deserialize_with = "duration")]
    pub cancel_after: Option<Duration>,
    /// Feature `client-request-id`.
    pub client_request_id: Option<String>,
    /// Feature `custom-api-version`.
    pub api_version: Option<String>,
    /// Capture the SDK's log from this level on. Feature `log-capture`.
    pub log_level: Option<LogLevel>,
    /// Call within a trace. Feature `tracing`.
    pub tracing: bool,
    /// How the client is given its credential; `token` needs the feature `token-credential`.
    pub credential: Credential,
    /// Which of the resource's keys the client is opened with.
    pub key: Key,
    /// Before the call, gives the open client (`credential: key`) this key. Feature `key-rotation`.
    pub update_key: Option<Key>,
    /// Before the call, the file of the token credential (`credential: token`) gets another token;
    /// the old one is accepted still.
    pub rotate_token: bool,
    /// Opens the client with this text instead of the resource's connection string; `{key}`,
    /// `{endpoint}` and `{authority}` stand for those of the resource.
    pub connection_string: Option<String>,
    /// Opens the client (`credential: key` or `token`) with this endpoint; `{endpoint}` and
    /// `{authority}` stand for those of the resource.
    pub endpoint: Option<String>,
    /// A list is dropped after so many pages and taken up again from there. Feature
    /// `paging:continuation`.
    pub resume_after: Option<usize>,
    /// Parts clients that would else be one.
    pub client: Option<String>,
}

/// How retries are configured; what is absent is the SDK's own default.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    pub mode: Option<RetryMode>,
    /// Attempts beyond the first.
    pub max_retries: Option<u32>,
    /// First delay.
    #[serde(deserialize_with = "duration")]
    pub delay: Option<Duration>,
    #[serde(deserialize_with = "duration")]
    pub max_delay: Option<Duration>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Credential {
    /// Endpoint and key in one text.
    #[default]
    #[serde(rename = "connection-string")]
    ConnectionString,
    /// Endpoint and key apart; the key can be replaced while the client is open.
    Key,
    /// A bearer token, out of a file that is read whenever the SDK asks.
    Token,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Key {
    #[default]
    Primary,
    Secondary,
}

impl CallOptions {
    /// Reads the options of a step; none are the defaults.
    ///
    /// # Errors
    ///
    /// A text that names the member that is wrong, and how.
    pub fn read(options: Option<&Value>) -> Result<Self, String> {
        let Some(options) = options else { return Ok(Self::default()) };
        serde_path_to_error::deserialize(options).map_err(|error| match error.path().to_string() {
            path if path == "." => format!("options: {}", error.inner()),
            path => format!("options.{path}: {}", error.inner()),
        })
    }

    /// The features that an adapter must declare for these options.
    pub fn features(&self) -> impl Iterator<Item = &'static str> {
        [
            (self.application_id.is_some(), "app-id"),
            (self.retry.is_some(), "retry-config"),
            (self.timeout.is_some(), "timeout"),
            (self.cancel_after.is_some(), "cancel"),
            (self.client_request_id.is_some(), "client-request-id"),
            (self.api_version.is_some(), "custom-api-version"),
            (self.log_level.is_some(), "log-capture"),
            (self.tracing, "tracing"),
            (self.credential == Credential::Token, "token-credential"),
            (self.update_key.is_some(), "key-rotation"),
            (self.resume_after.is_some(), "paging:continuation"),
        ]
        .into_iter()
        .filter_map(|(needed, feature)| needed.then_some(feature))
    }

    /// What goes into `client.open`.
    pub fn of_client(&self) -> ClientOptions {
        ClientOptions {
            api_version: self.api_version.clone(),
            application_id: self.application_id.clone(),
            retry: self.retry.as_ref().map(|retry| RetryOptions {
                mode: retry.mode,
                max_retries: retry.max_retries,
                delay_ms: retry.delay.map(milliseconds),
                max_delay_ms: retry.max_delay.map(milliseconds),
            }),
            timeout_ms: self.timeout.map(milliseconds),
            log_level: self.log_level,
            tracing: self.tracing.then_some(true),
        }
    }

    /// What goes into `call`.
    pub fn of_call(&self) -> CallOpts {
        CallOpts {
            timeout_ms: None,
            cancel_after_ms: self.cancel_after.map(milliseconds),
            client_request_id: self.client_request_id.clone(),
            resume_after: self.resume_after,
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    parse_duration(&text).map(Some).ok_or_else(|| {
        serde::de::Error::custom(format!("\"{text}\" is no duration such as 200ms, 1s or 1h30m"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn options_are_read_and_say_which_features_they_need() {
        let options = json!({"retry": {"max_retries": 1, "delay": "10ms"}, "cancel_after": "1s"});
        let options = CallOptions::read(Some(&options)).unwrap();
        assert_eq!(options.features().collect::<Vec<_>>(), ["retry-config", "cancel"]);
        assert_eq!(options.of_client().retry.unwrap().delay_ms, Some(10));
        assert_eq!(options.of_call().cancel_after_ms, Some(1000));
        assert_eq!(CallOptions::read(None).unwrap().features().count(), 0);
    }

    #[test]
    fn a_mistake_is_named_with_its_path() {
        let misspelt = CallOptions::read(Some(&json!({"retry": {"max_retrys": 1}}))).unwrap_err();
        assert!(misspelt.starts_with("options.retry"), "{misspelt}");
        assert!(misspelt.contains("max_retries"), "{misspelt}");
        let duration = CallOptions::read(Some(&json!({"cancel_after": "soon"}))).unwrap_err();
        assert!(duration.contains("\"soon\" is no duration"), "{duration}");
    }
}
