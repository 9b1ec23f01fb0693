//! The self-test of an adapter: every message is exercised, every mistake named with what to do.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::answer::{CallResult, Outcome};
use super::child::{Command, Means};
use super::features::Features;
use super::message::{
    Call, CallOpts, ClientOptions, CloseClient, LogLevel, Message, OpenClient, UpdateKey,
};
use super::session::Access;
use super::{Fault, Hello, Limits, Process};
use crate::acs::{Operation, Service};

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

/// Puts one adapter through all messages. The results come one by one, so that they can be shown
/// while the examination goes on.
#[derive(Debug)]
pub struct Examination<'a> {
    command: &'a Command,
    access: &'a Access,
    /// The authority of the emulator, as a PEM file.
    ca_file: &'a std::path::Path,
    limits: Limits,
    results: Vec<Examined>,
}

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

impl<'a> Examination<'a> {
    pub fn new(
        command: &'a Command,
        access: &'a Access,
        ca_file: &'a std::path::Path,
        limits: Limits,
    ) -> Self {
        Self { command, access, ca_file, limits, results: Vec::new() }
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
        self.hello(&hello);
        if let Err(fault) = self.converse(&mut process, &hello).await {
            self.note("the conversation", ExaminedResult::Broken(fault.message));
            process.discard(self.limits.grace).await;
            return self.results;
        }
        self.goodbye(process).await;
        self.results
    }

    fn note(&mut self, what: impl Into<String>, result: ExaminedResult) {
        self.results.push(Examined { what: what.into(), result });
    }

    fn judge(&mut self, what: impl Into<String>, broken: Option<String>) {
        let result = broken.map_or(ExaminedResult::Passed, ExaminedResult::Broken);
        self.note(what, result);
    }

    fn hello(&mut self, hello: &Hello) {
        self.note("hello", ExaminedResult::Passed);
        let features = Features::new(hello.features.iter().cloned());
        let strangers: Vec<&str> = features.strangers().collect();
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

    async fn converse(&mut self, process: &mut Process, hello: &Hello) -> Result<(), Fault> {
        let features = Features::new(hello.features.iter().cloned());
        for service in Service::ALL {
            process.tell(&self.open(service, service.name()), PATIENCE).await?;
        }
        self.unknown_operation(process).await?;
        self.bad_client(process, &features).await?;
        self.operations(process, &features).await?;
        self.unusual_text(process, &features).await?;
        self.log(process, &features).await?;
        self.update_key(process, &features).await?;
        for service in Service::ALL {
            let close = CloseClient { client: service.name().to_owned() };
            process.tell(&Message::CloseClient(close), PATIENCE).await?;
        }
        process.tell(&self.open(Service::Rooms, "rooms"), PATIENCE).await?;
        process.settle("rooms", PATIENCE).await?;
        self.note("client.close, then client.open under the same name", ExaminedResult::Passed);
        Ok(())
    }

    async fn unknown_operation(&mut self, process: &mut Process) -> Result<(), Fault> {
        let result = process.call(call("rooms", "rooms.levitate", json!({})), PATIENCE).await?;
        let broken = (!matches!(result.outcome, Outcome::Unsupported(_)))
            .then(|| said(&result, "answer an \"op\" that you do not know with \"unsupported\""));
        self.judge("an unknown op is answered with unsupported", broken);
        Ok(())
    }

    /// What goes wrong in `client.open` is the outcome of the client's calls.
    async fn bad_client(
        &mut self,
        process: &mut Process,
        features: &Features,
    ) -> Result<(), Fault> {
        let what = "a client that cannot be opened fails in its calls";
        if !features.declares("op:rooms.get") {
            self.note(what, ExaminedResult::Skipped("op:rooms.get is not declared".to_owned()));
            return Ok(());
        }
        let Message::OpenClient(mut open) = self.open(Service::Rooms, "bad") else { return Ok(()) };
        open.connection_string = Some("this is no connection string".to_owned());
        process.tell(&Message::OpenClient(open), PATIENCE).await?;
        let get = call("bad", "rooms.get", json!({"room_id": "99400000000000000"}));
        let result = process.call(get, PATIENCE).await?;
        let broken = (!matches!(result.outcome, Outcome::Error(_))).then(|| {
            said(
                &result,
                "keep the exception that opening the client raised, and answer its calls with it",
            )
        });
        self.judge(what, broken);
        let close = CloseClient { client: "bad".to_owned() };
        process.tell(&Message::CloseClient(close), PATIENCE).await
    }

    /// Every declared operation, in an order in which each can succeed.
    async fn operations(
        &mut self,
        process: &mut Process,
        features: &Features,
    ) -> Result<(), Fault> {
        let mut known = Known::default();
        for operation in ORDER {
            let what = format!("op {operation}");
            if !features.declares(&format!("op:{operation}")) {
                let why = format!("op:{operation} is not declared");
                self.note(what, ExaminedResult::Skipped(why));
                continue;
            }
            let asked =
                call(operation.service().name(), operation.name(), known.arguments(operation));
            let result = process.call(asked, PATIENCE).await?;
            let broken = broken_value(operation, &result);
            if let Outcome::Ok(success) = &result.outcome {
                known.learn(operation, &success.value);
            }
            self.judge(what, broken);
        }
        Ok(())
    }

    async fn unusual_text(
        &mut self,
        process: &mut Process,
        features: &Features,
    ) -> Result<(), Fault> {
        let what = "text beyond ASCII";
        if !features.declares("op:rooms.get") {
            self.note(what, ExaminedResult::Skipped("op:rooms.get is not declared".to_owned()));
            return Ok(());
        }
        let get = call("rooms", "rooms.get", json!({"room_id": "é😀\u{2028}\"\\"}));
        let result = process.call(get, PATIENCE).await?;
        let broken = (!matches!(result.outcome, Outcome::Error(_)))
            .then(|| said(&result, "a room id that cannot exist must come to an \"error\""));
        self.judge(what, broken);
        Ok(())
    }

    async fn log(&mut self, process: &mut Process, features: &Features) -> Result<(), Fault> {
        let what = "log";
        if !features.declares("log-capture") {
            self.note(what, ExaminedResult::Skipped("log-capture is not declared".to_owned()));
            return Ok(());
        }
        let Message::OpenClient(mut open) = self.open(Service::Rooms, "logging") else {
            return Ok(());
        };
        open.options.log_level = Some(LogLevel::Debug);
        process.tell(&Message::OpenClient(open), PATIENCE).await?;
        let _ = process.heard();
        let get = call("logging", "rooms.get", json!({"room_id": "99400000000000000"}));
        process.call(get, PATIENCE).await?;
        process.settle("logging", PATIENCE).await?;
        let doubt = process.heard().logs.is_empty().then(|| {
            "log-capture is declared, and a call of a client with logLevel \"debug\" gave no \"log\" message".to_owned()
        });
        self.note(what, doubt.map_or(ExaminedResult::Passed, ExaminedResult::Broken));
        Ok(())
    }

    async fn update_key(
        &mut self,
        process: &mut Process,
        features: &Features,
    ) -> Result<(), Fault> {
        let what = "client.update_key";
        if !features.declares("key-rotation") || !features.declares("op:rooms.list") {
            self.note(what, ExaminedResult::Skipped("key-rotation is not declared".to_owned()));
            return Ok(());
        }
        let Message::OpenClient(mut open) = self.open(Service::Rooms, "rotating") else {
            return Ok(());
        };
        open.connection_string = None;
        open.endpoint = Some(self.access.endpoint.clone());
        open.access_key = Some("bm90IHRoZSByaWdodCBrZXk=".to_owned());
        process.tell(&Message::OpenClient(open), PATIENCE).await?;
        let access_key = self.access.secondary.expose().to_owned();
        let update = UpdateKey { client: "rotating".to_owned(), access_key };
        process.tell(&Message::UpdateKey(update), PATIENCE).await?;
        let result = process.call(call("rotating", "rooms.list", json!({})), PATIENCE).await?;
        let broken = (!matches!(result.outcome, Outcome::Ok(_))).then(|| {
            said(&result, "the call after client.update_key must be signed with the new key")
        });
        self.judge(what, broken);
        Ok(())
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

    fn open(&self, service: Service, name: &str) -> Message {
        let key = self.access.primary.expose();
        Message::OpenClient(OpenClient {
            client: name.to_owned(),
            service,
            connection_string: Some(format!("endpoint={}/;accesskey={key}", self.access.endpoint)),
            endpoint: None,
            access_key: None,
            token_file: None,
            ca_file: Some(self.ca_file.display().to_string()),
            options: ClientOptions::default(),
        })
    }
}

const ORDER: [Operation; 12] = [
    Operation::CreateUser,
    Operation::IssueToken,
    Operation::CreateRoom,
    Operation::GetRoom,
    Operation::UpdateRoom,
    Operation::ListRooms,
    Operation::AddOrUpdateParticipants,
    Operation::ListParticipants,
    Operation::RemoveParticipants,
    Operation::DeleteRoom,
    Operation::RevokeTokens,
    Operation::DeleteUser,
];

/// What earlier operations have brought to light.
#[derive(Default)]
struct Known {
    user: Option<String>,
    room: Option<String>,
}

impl Known {
    fn learn(&mut self, operation: Operation, value: &Value) {
        let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
        match operation {
            Operation::CreateUser => self.user = id,
            Operation::CreateRoom => self.room = id,
            _ => {}
        }
    }

    fn arguments(&self, operation: Operation) -> Value {
        let user = self.user.as_deref().unwrap_or(
            "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000",
        );
        let room = self.room.as_deref().unwrap_or("99400000000000000");
        match operation {
            Operation::CreateUser | Operation::CreateRoom | Operation::ListRooms => json!({}),
            Operation::IssueToken => json!({"id": user, "scopes": ["voip"]}),
            Operation::RevokeTokens | Operation::DeleteUser => json!({"id": user}),
            Operation::GetRoom | Operation::DeleteRoom | Operation::ListParticipants => {
                json!({"room_id": room})
            }
            // Both times: the first SDKs know no update of less.
            Operation::UpdateRoom => json!({"room_id": room,
                "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-01-02T00:00:00Z"}),
            Operation::AddOrUpdateParticipants => {
                json!({"room_id": room, "participants": [{"id": user, "role": "Presenter"}]})
            }
            Operation::RemoveParticipants => json!({"room_id": room, "participants": [user]}),
        }
    }
}

/// Whether a declared operation was refused, or its value has not the catalogue's shape. An error
/// is a fair answer: the SDK's own doing.
fn broken_value(operation: Operation, result: &CallResult) -> Option<String> {
    let value = match &result.outcome {
        Outcome::Error(_) => return None,
        Outcome::Unsupported(_) => {
            let advice = format!("op:{operation} is declared: perform it, or do not declare it");
            return Some(said(result, &advice));
        }
        Outcome::Ok(success) => &success.value,
    };
    let members: &[&str] = match operation {
        Operation::CreateUser => &["id"],
        Operation::IssueToken => &["token", "expiresOn"],
        Operation::CreateRoom | Operation::GetRoom | Operation::UpdateRoom => {
            &["id", "createdAt", "validFrom", "validUntil"]
        }
        Operation::ListRooms | Operation::ListParticipants => {
            let advice = format!("the value of {operation} is a list: {}", operation.result());
            return (!value.is_array()).then(|| said(result, &advice));
        }
        _ => {
            let advice = format!("{operation} has no value: give null");
            return (!value.is_null()).then(|| said(result, &advice));
        }
    };
    let missing: Vec<&str> =
        members.iter().copied().filter(|member| value.get(member).is_none()).collect();
    (!missing.is_empty()).then(|| {
        let shape = operation.result();
        said(result, &format!("the value lacks {}; its shape is {shape}", missing.join(", ")))
    })
}

fn call(client: &str, op: &str, arguments: Value) -> Call {
    let args = match arguments {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let opts = CallOpts::default();
    Call { id: String::new(), client: client.to_owned(), op: op.to_owned(), args, opts }
}

/// The result that is wrong, and what to do.
fn said(result: &CallResult, advice: &str) -> String {
    let line = serde_json::to_string(result).unwrap_or_default();
    let line: String = line.chars().take(400).collect();
    format!("{advice}\n  line: {line}")
}
