//! The conversation from `hello` to `bye`, and what each part of it came to.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::acs::Service;
use crate::driver::adapter::answer::{CallResult, Outcome};
use crate::driver::adapter::child::{Command, Means};
use crate::driver::adapter::features::Features;
use crate::driver::adapter::message::{
    Call, CallOpts, ClientOptions, CloseClient, Message, OpenClient,
};
use crate::driver::adapter::{Access, Fault, FaultKind, Hello, Limits, Process};

/// What one examination came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// What was looked at.
    pub what: String,
    pub result: ExaminedResult,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExaminedResult {
    Passed,
    /// Not declared, hence not looked at.
    Skipped(String),
    /// Allowed, but hardly meant.
    Doubtful(String),
    /// The protocol was broken; the text names the line and what to do.
    Broken(String),
    /// The adapter could not be started.
    NotStarted(String),
}

/// Puts one adapter through all messages.
#[derive(Debug)]
pub struct Examination<'a> {
    command: &'a Command,
    pub(super) access: &'a Access,
    /// The authority of the emulator, as a PEM file.
    ca_file: &'a Path,
    limits: Limits,
    /// How long one answer may take.
    patience: Duration,
    pub(super) features: Features,
    results: Vec<Examined>,
}

impl<'a> Examination<'a> {
    pub fn new(
        command: &'a Command,
        access: &'a Access,
        ca_file: &'a Path,
        limits: Limits,
        patience: Duration,
    ) -> Self {
        let features = Features::default();
        Self { command, access, ca_file, limits, patience, features, results: Vec::new() }
    }

    /// Carries all examinations out.
    pub async fn run(mut self) -> Vec<Examined> {
        let mut process = match Process::start(self.command, self.limits.start).await {
            Ok(process) => process,
            Err(fault) => {
                self.note("hello", ExaminedResult::NotStarted(fault.message));
                return self.results;
            }
        };
        let hello = process.hello().clone();
        self.features = Features::new(hello.features.iter().cloned());
        self.hello(&hello);
        if let Err(fault) = self.converse(&mut process).await {
            self.note("the conversation", ExaminedResult::Broken(advised(&fault)));
            process.discard(self.limits.grace).await;
            return self.results;
        }
        self.goodbye(process).await;
        self.results
    }

    fn note(&mut self, what: impl Into<String>, result: ExaminedResult) {
        self.results.push(Examined { what: what.into(), result });
    }

    pub(super) fn judge(&mut self, what: impl Into<String>, broken: Option<String>) {
        let result = broken.map_or(ExaminedResult::Passed, ExaminedResult::Broken);
        self.note(what, result);
    }

    /// Whether all of these features are declared; else what needs them is skipped, which is noted.
    pub(super) fn declares(&mut self, what: &str, features: &[&str]) -> bool {
        let missing = features.iter().find(|feature| !self.features.declares(feature));
        if let Some(missing) = missing {
            self.note(what, ExaminedResult::Skipped(format!("{missing} is not declared")));
        }
        missing.is_none()
    }

    fn hello(&mut self, hello: &Hello) {
        self.note("hello", ExaminedResult::Passed);
        let strangers: Vec<&str> = self.features.strangers().collect();
        let doubt = (!strangers.is_empty()).then(|| {
            format!(
                "the features {} mean nothing to the harness: correct the spelling (docs/adapters.md lists them)",
                strangers.join(", ")
            )
        });
        self.note("features", doubt.map_or(ExaminedResult::Passed, ExaminedResult::Doubtful));
        for (service, versions) in [
            (Service::Rooms, &hello.api_versions.rooms),
            (Service::Identity, &hello.api_versions.identity),
        ] {
            let known = service.versions();
            let strange = versions.iter().find(|version| !known.contains(&version.as_str()));
            let result = match (versions.is_empty(), strange) {
                (true, _) => ExaminedResult::Doubtful(format!(
                    "no api-version is listed, so that no case of {service} will run: list the SDK's default first"
                )),
                (_, Some(version)) => ExaminedResult::Doubtful(format!(
                    "the emulator does not know {version}; run with --serve-as {version}=<a known one>"
                )),
                _ => ExaminedResult::Passed,
            };
            self.note(format!("apiVersions.{service}"), result);
        }
    }

    async fn converse(&mut self, process: &mut Process) -> Result<(), Fault> {
        for service in Service::ALL {
            let open = self.opening(service, service.name());
            self.tell(process, Message::OpenClient(open)).await?;
        }
        self.unknown_operation(process).await?;
        self.bad_client(process).await?;
        self.operations(process).await?;
        self.unusual_text(process).await?;
        self.client_options(process).await?;
        self.call_options(process).await?;
        self.log(process).await?;
        self.update_key(process).await?;
        self.token_file(process).await?;
        self.closing(process).await
    }

    /// Says something that has no answer.
    pub(super) async fn tell(&self, process: &mut Process, message: Message) -> Result<(), Fault> {
        process.tell(&message, self.patience).await
    }

    /// Performs a call.
    pub(super) async fn ask(&self, process: &mut Process, call: Call) -> Result<CallResult, Fault> {
        process.call(call, self.patience).await
    }

    /// Hears all that is left to be heard of the calls so far.
    pub(super) async fn settle(&self, process: &mut Process, client: &str) -> Result<(), Fault> {
        process.settle(client, self.patience).await
    }

    /// Opens a client, performs one call and closes the client.
    pub(super) async fn once(
        &self,
        process: &mut Process,
        open: OpenClient,
        call: Call,
    ) -> Result<CallResult, Fault> {
        let client = open.client.clone();
        self.tell(process, Message::OpenClient(open)).await?;
        let result = self.ask(process, call).await?;
        self.tell(process, Message::CloseClient(CloseClient { client })).await?;
        Ok(result)
    }

    async fn goodbye(&mut self, process: Process) {
        let (status, means) = process.stop(self.limits.grace).await;
        let broken = match (means, status.and_then(|status| status.code())) {
            (Means::None, Some(0)) => None,
            (Means::None, code) => Some(format!(
                "the adapter ended with {}; end with exit code 0",
                code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"))
            )),
            (means, _) => Some(format!(
                "the adapter still ran {:?} after bye and was ended with {}; leave the loop that reads standard input, and stop background threads",
                self.limits.grace,
                if means == Means::Terminate { "SIGTERM" } else { "SIGKILL" }
            )),
        };
        self.judge("bye", broken);
    }

    /// A client with the resource's connection string.
    pub(super) fn opening(&self, service: Service, name: &str) -> OpenClient {
        let key = self.access.primary.expose();
        OpenClient {
            client: name.to_owned(),
            service,
            connection_string: Some(format!("endpoint={}/;accesskey={key}", self.access.endpoint)),
            endpoint: None,
            access_key: None,
            token_file: None,
            ca_file: Some(self.ca_file.display().to_string()),
            options: ClientOptions::default(),
        }
    }
}

/// A call without options; its id is filled in when it is sent.
pub(super) fn call(client: &str, op: &str, arguments: Value) -> Call {
    let args = match arguments {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let opts = CallOpts::default();
    Call { id: String::new(), client: client.to_owned(), op: op.to_owned(), args, opts }
}

/// The result that is wrong, and what to do.
pub(super) fn said(result: &CallResult, advice: &str) -> String {
    let line = serde_json::to_string(result).unwrap_or_default();
    let line: String = line.chars().take(400).collect();
    format!("{advice}\n  line: {line}")
}

/// Why a declared feature was refused, if it was.
pub(super) fn refused(result: &CallResult, feature: &str) -> Option<String> {
    matches!(result.outcome, Outcome::Unsupported(_))
        .then(|| said(result, &format!("{feature} is declared: do it, or do not declare it")))
}

/// A fault with what the adapter's author can do about it.
fn advised(fault: &Fault) -> String {
    let advice = match fault.kind {
        FaultKind::TimedOut => {
            "answer every \"call\" with one \"result\" that repeats its \"id\", and flush standard \
             output after each line"
        }
        FaultKind::Crashed => {
            "catch whatever the SDK raises and answer the call with \"error\"; end after \"bye\" only"
        }
        _ => return fault.message.clone(),
    };
    format!("{}\n  help: {advice}", fault.message)
}
