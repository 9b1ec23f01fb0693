//! One worker's adapter as a driver: case after case, each with clients of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::answer::{CallResult, Outcome as Answered};
use super::fault::{self, Fault, FaultKind};
use super::features::{self, Features};
use super::message::{Call, CloseClient, Message, UpdateKey};
use super::open_case::OpenCase;
use super::options::{CallOptions, Key};
use super::{Access, Hello, Pool, Process};
use crate::driver::{Invocation, Performed};
use crate::transcript::{ErrorKind, Failure, Headers, Outcome};

/// An adapter that carries out case after case.
#[derive(Debug)]
pub struct AdapterDriver {
    pool: Arc<Pool>,
    hello: Hello,
    features: Features,
    process: Option<Process>,
    case: Option<OpenCase>,
    /// A call is under way; still so afterwards when the case gave it up.
    asking: bool,
}

impl AdapterDriver {
    /// Starts an adapter.
    ///
    /// # Errors
    ///
    /// A fault when it does not come up.
    pub async fn start(pool: Arc<Pool>) -> Result<Self, Fault> {
        let process = pool.start().await?;
        let hello = process.hello().clone();
        let features = Features::new(hello.features.iter().cloned());
        Ok(Self { pool, hello, features, process: Some(process), case: None, asking: false })
    }

    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    pub fn features(&self) -> &Features {
        &self.features
    }

    /// Begins a case; starts the adapter anew when the last case broke it.
    ///
    /// # Errors
    ///
    /// A fault when the adapter does not come up again, has been restarted too often, or is not
    /// to be offered this case.
    pub async fn begin(
        &mut self,
        case: &str,
        resources: Vec<Access>,
        ca_file: Option<PathBuf>,
    ) -> Result<(), Fault> {
        self.pool.admit(case)?;
        if self.process.is_none() {
            self.process = Some(self.pool.start().await?);
        }
        self.case = Some(OpenCase {
            name: case.to_owned(),
            resources,
            ca_file,
            clients: Vec::new(),
            folder: None,
            rotated: false,
            failed: false,
        });
        Ok(())
    }

    /// Performs one operation.
    pub async fn perform(&mut self, invocation: &Invocation) -> Performed {
        let options = match CallOptions::read(invocation.options.as_ref()) {
            Ok(options) => options,
            Err(problem) => return Performed::of(unreadable(problem)),
        };
        let needed = features::needed(invocation.operation, &invocation.arguments, &options);
        if let Some(missing) = needed.into_iter().find(|id| !self.features.declares(id)) {
            let reason = "the adapter does not declare this feature".to_owned();
            return Performed::of(Outcome::Unsupported { feature: missing, reason });
        }
        self.asking = true;
        let answered = self.ask(invocation, &options).await;
        self.asking = false;
        match answered {
            Ok(result) => self.read(result),
            Err(fault) => self.fail(fault).await,
        }
    }

    /// Ends the case: its clients are closed, and what the adapter still had to say is heard.
    pub async fn end(&mut self) -> Option<Fault> {
        let result = self.close().await;
        let case = self.case.take()?;
        let Err(fault) = result else {
            if !case.failed {
                self.pool.went_well();
            }
            return None;
        };
        self.case = Some(case);
        let fault = self.fail(fault).await.fault;
        self.case = None;
        fault
    }

    /// Says goodbye.
    pub async fn stop(mut self) {
        if let Some(process) = self.process.take() {
            self.pool.stop(process).await;
        }
    }

    async fn ask(
        &mut self,
        invocation: &Invocation,
        options: &CallOptions,
    ) -> Result<CallResult, Fault> {
        let limit = invocation.limit;
        let client = self.client(invocation, options, limit).await?;
        if let Some(key) = options.update_key {
            self.update_key(&client, invocation.resource, key, limit).await?;
        }
        let call = Call {
            id: String::new(),
            client,
            op: invocation.operation.name().to_owned(),
            args: invocation.arguments.clone(),
            opts: options.of_call(),
        };
        self.process()?.call(call, limit).await
    }

    /// The client for a call: one that is open, or a new one.
    async fn client(
        &mut self,
        invocation: &Invocation,
        options: &CallOptions,
        limit: Duration,
    ) -> Result<String, Fault> {
        let mut wanted = options.of_client();
        wanted.api_version = wanted.api_version.or_else(|| self.version_to_ask_for(invocation));
        let case = self.case.as_mut().ok_or_else(no_case)?;
        let wanted = case.wanted(invocation, options, wanted)?;
        if let Some(open) = case.open(&wanted) {
            return Ok(open);
        }
        let opened = case.add(wanted);
        let name = opened.client.clone();
        self.process()?.tell(&Message::OpenClient(opened), limit).await?;
        Ok(name)
    }

    /// The api-version to ask the SDK for; `None` when it uses the invocation's by default.
    fn version_to_ask_for(&self, invocation: &Invocation) -> Option<String> {
        let versions = self.hello.api_versions.of(invocation.operation.service());
        let wanted = &invocation.api_version;
        match versions.iter().position(|listed| self.pool.means(listed, wanted)) {
            Some(0) => None,
            Some(at) => versions.get(at).cloned(),
            None => (!versions.is_empty()).then(|| wanted.to_string()),
        }
    }

    async fn update_key(
        &mut self,
        client: &str,
        resource: usize,
        key: Key,
        limit: Duration,
    ) -> Result<(), Fault> {
        let case = self.case.as_ref().ok_or_else(no_case)?;
        let access_key = case.access(resource)?.key(key).expose().to_owned();
        let message = Message::UpdateKey(UpdateKey { client: client.to_owned(), access_key });
        self.process()?.tell(&message, limit).await
    }

    fn read(&mut self, result: CallResult) -> Performed {
        let mut performed = match result.outcome {
            Answered::Ok(success) => {
                let mut performed = Performed::of(Outcome::Ok(success.value));
                performed.disclosed.types = success.native;
                performed
            }
            Answered::Error(failure) => Performed::of(Outcome::Err(failure.into())),
            Answered::Unsupported(unsupported) => self.refusal(unsupported),
        };
        performed.disclosed.headers =
            result.http.map(|http| Headers(http.headers.into_iter().collect()));
        performed.disclosed.logs = self.heard();
        performed
    }

    /// `unsupported` is no outcome: all that the call needs was declared, whatever feature the
    /// adapter names now.
    fn refusal(&mut self, unsupported: super::answer::Unsupported) -> Performed {
        let super::answer::Unsupported { feature, reason, .. } = unsupported;
        let fault = Some(fault::refused(&feature, self.features.declares(&feature), &reason));
        if let Some(case) = &mut self.case {
            case.failed = true;
        }
        Performed { fault, ..Performed::of(Outcome::Unsupported { feature, reason }) }
    }

    /// Ends the process that is of no use any more.
    async fn fail(&mut self, fault: Fault) -> Performed {
        let logs = self.heard();
        if let Some(process) = self.process.take() {
            process.discard(self.pool.limits().grace).await;
        }
        if let Some(case) = &mut self.case {
            case.failed = true;
            self.pool.failed(&case.name, fault.kind);
        }
        let failure = Failure {
            kind: match fault.kind {
                FaultKind::TimedOut => ErrorKind::Timeout,
                _ => ErrorKind::Unexpected,
            },
            status: None,
            code: None,
            message: fault.message.clone(),
            request_id: None,
            native: None,
        };
        let mut performed = Performed::of(Outcome::Err(failure));
        performed.disclosed.logs = logs;
        performed.fault = Some(fault);
        performed
    }

    async fn close(&mut self) -> Result<(), Fault> {
        let Some(case) = &self.case else { return Ok(()) };
        let Some(process) = &mut self.process else { return Ok(()) };
        // Who left a call unanswered for a whole case has had its time.
        let limit = match std::mem::take(&mut self.asking) {
            true => self.pool.limits().grace,
            false => Duration::from_secs(30),
        };
        if let Some(last) = case.clients.last() {
            process.settle(&last.client, limit).await?;
        }
        for open in &case.clients {
            let client = open.client.clone();
            process.tell(&Message::CloseClient(CloseClient { client }), limit).await?;
        }
        Ok(())
    }

    /// The lines of the SDK's log since the last call.
    fn heard(&self) -> Vec<String> {
        let heard = self.process.as_ref().map(Process::heard).unwrap_or_default();
        heard.logs.into_iter().map(|log| log.text).collect()
    }

    fn process(&mut self) -> Result<&mut Process, Fault> {
        self.process.as_mut().ok_or_else(|| fault::exhausted(0))
    }
}

fn unreadable(problem: String) -> Outcome {
    Outcome::Err(Failure {
        kind: ErrorKind::Validation,
        status: None,
        code: None,
        message: problem,
        request_id: None,
        native: None,
    })
}

fn no_case() -> Fault {
    Fault {
        kind: FaultKind::NotStarted,
        message: "a call was made outside a case".to_owned(),
        last_words: String::new(),
    }
}
