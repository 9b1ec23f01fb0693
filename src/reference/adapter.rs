//! The reference client as an adapter: protocol v1 over standard input and output.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::client::{Call, Client, Done};
use super::connection::Opening;
use super::failure::Failure;
use super::mutant::Mutant;
use super::options::{CallOptions, ClientOptions, Retry};
use crate::acs::secret::Secret;
use crate::acs::signing::AccessKey;
use crate::acs::{Operation, Service};
use crate::driver::adapter::answer::{
    self, Answer, ApiVersions, CallResult, Hello, Http, Native, Outcome, Runtime, Sdk, Success,
    Timing, Unsupported,
};
use crate::driver::adapter::features;
use crate::driver::adapter::message::{self, LogLevel, Message, OpenClient, RetryMode};
use crate::transcript::ErrorKind;

/// Speaks the protocol until `bye` or the end of the input. Calls are carried out one by one.
/// `newer` is an api-version of Rooms that is spoken by default, before all that are known.
///
/// # Errors
///
/// When the input cannot be read, holds no message, or the output cannot be written.
pub async fn serve(
    input: impl BufRead,
    mut output: impl Write,
    mutant: Mutant,
    newer: Option<String>,
) -> io::Result<()> {
    let mut adapter = Adapter { clients: HashMap::new(), mutant, newer };
    for line in input.lines() {
        let message: Message = serde_json::from_str(&line?).map_err(io::Error::other)?;
        let Some(answers) = adapter.hear(message).await else { return Ok(()) };
        for answer in answers {
            let text = serde_json::to_string(&answer).map_err(io::Error::other)?;
            writeln!(output, "{}{text}", answer::MARK)?;
        }
        output.flush()?;
    }
    Ok(())
}

struct Adapter {
    /// A client that could not be opened is the outcome of its calls.
    clients: HashMap<String, Result<Client, Failure>>,
    mutant: Mutant,
    newer: Option<String>,
}

impl Adapter {
    /// Hears a message; `None` after the last one.
    async fn hear(&mut self, message: Message) -> Option<Vec<Answer>> {
        let mut answers = Vec::new();
        match message {
            Message::Hello(_) => answers.push(Answer::Hello(Box::new(hello(self.newer.clone())))),
            Message::OpenClient(open) => {
                let client = self.open(&open);
                self.clients.insert(open.client, client);
            }
            Message::UpdateKey(update) => {
                if let Some(Ok(client)) = self.clients.get(&update.client)
                    && let Ok(key) = AccessKey::from_base64(&update.access_key)
                {
                    client.update_key(key);
                }
            }
            Message::Call(call) => answers = self.call(&call).await,
            Message::CloseClient(close) => _ = self.clients.remove(&close.client),
            Message::Bye(_) => return None,
        }
        Some(answers)
    }

    fn open(&self, open: &OpenClient) -> Result<Client, Failure> {
        let opening = opening(open)?;
        let trusted = open.ca_file.as_deref().map(std::fs::read_to_string).transpose();
        let trusted = trusted
            .map_err(|error| Failure::new(ErrorKind::Unexpected, error.to_string()))?
            .unwrap_or_default();
        let mut options = client_options(&open.options);
        if open.service == Service::Rooms {
            options.api_version = options.api_version.or_else(|| self.newer.clone());
        }
        Client::open(&opening, &trusted, options, self.mutant)
    }

    async fn call(&self, call: &message::Call) -> Vec<Answer> {
        let began = Instant::now();
        let Some(operation) = Operation::from_name(&call.op) else {
            return vec![result(call, unsupported(&call.op), None, began)];
        };
        let client = match self.clients.get(&call.client) {
            Some(Ok(client)) => client,
            Some(Err(failure)) => {
                return vec![result(call, Outcome::Error(told(failure)), None, began)];
            }
            None => {
                let failure = Failure::new(ErrorKind::Unexpected, "no such client was opened");
                return vec![result(call, Outcome::Error(told(&failure)), None, began)];
            }
        };
        let options = call_options(&call.opts);
        let arguments = call.args.clone();
        let Done { value, answer } = client.call(&Call { operation, arguments, options }).await;
        let outcome = match value {
            Ok(value) => Outcome::Ok(Success { value, native: Default::default() }),
            Err(failure) => Outcome::Error(told(&failure)),
        };
        let http = answer
            .map(|(status, headers)| Http { status, headers: headers.0.into_iter().collect() });
        let log = |text| Answer::Log(answer::Log { level: LogLevel::Debug, text });
        client.log().into_iter().map(log).chain([result(call, outcome, http, began)]).collect()
    }
}

fn opening(open: &OpenClient) -> Result<Opening, Failure> {
    if let Some(text) = &open.connection_string {
        return Ok(Opening::ConnectionString(text.clone()));
    }
    let endpoint = open.endpoint.clone().unwrap_or_default();
    match (&open.access_key, &open.token_file) {
        (Some(key), _) => Ok(Opening::Key { endpoint, key: Secret::new(key.as_str()) }),
        (None, Some(file)) => Ok(Opening::TokenFile { endpoint, path: PathBuf::from(file) }),
        (None, None) => Err(Failure::new(ErrorKind::Auth, "no credentials were given")),
    }
}

fn result(call: &message::Call, outcome: Outcome, http: Option<Http>, began: Instant) -> Answer {
    let timing = Some(Timing { ms: began.elapsed().as_secs_f64() * 1000.0 });
    Answer::Result(CallResult { id: call.id.clone(), outcome, http, timing })
}

fn unsupported(operation: &str) -> Outcome {
    Outcome::Unsupported(Unsupported {
        feature: format!("op:{operation}"),
        reason: "the catalogue has no such operation".to_owned(),
        issue_url: None,
    })
}

fn told(failure: &Failure) -> answer::Failure {
    answer::Failure {
        kind: failure.kind,
        status: failure.status,
        code: failure.code.clone(),
        message: failure.message.clone(),
        request_id: failure.request_id.clone(),
        native: Native { r#type: failure.type_name().to_owned(), text: failure.to_string() },
    }
}

fn client_options(options: &message::ClientOptions) -> ClientOptions {
    let mut retry = Retry::default();
    if let Some(given) = &options.retry {
        retry.max_retries = given.max_retries.unwrap_or(retry.max_retries);
        retry.delay = given.delay_ms.map_or(retry.delay, Duration::from_millis);
        retry.max_delay = given.max_delay_ms.map_or(retry.max_delay, Duration::from_millis);
        retry.exponential = given.mode != Some(RetryMode::Fixed);
    }
    ClientOptions {
        api_version: options.api_version.clone(),
        application_id: options.application_id.clone(),
        retry,
        timeout: options.timeout_ms.map(Duration::from_millis),
        logs: options.log_level.is_some(),
        tracing: options.tracing == Some(true),
    }
}

fn call_options(options: &message::CallOpts) -> CallOptions {
    CallOptions {
        cancel_after: options.cancel_after_ms.map(Duration::from_millis),
        client_request_id: options.client_request_id.clone(),
        resume_after: options.resume_after,
    }
}

/// Declares all there is.
fn hello(newer: Option<String>) -> Hello {
    let families = ["op:*", "arg:*", "role:*", "api-version:*"];
    let features = families.into_iter().chain(features::KNOWN.iter().map(|(id, _)| *id));
    let versions = |service: Service| {
        let mut versions: Vec<String> =
            service.versions().iter().map(|version| (*version).to_owned()).collect();
        versions.reverse();
        versions
    };
    Hello {
        protocol: message::PROTOCOL,
        sdk: Sdk {
            name: "reference-client".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: "rust".to_owned(),
            flavour: None,
            homepage: None,
            issues: None,
        },
        runtime: Runtime { name: "tokio".to_owned(), version: "1".to_owned() },
        os: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        api_versions: ApiVersions {
            rooms: newer.into_iter().chain(versions(Service::Rooms)).collect(),
            identity: versions(Service::Identity),
        },
        features: features.map(str::to_owned).collect(),
    }
}
