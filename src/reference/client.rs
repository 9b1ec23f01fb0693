//! The client: operations of the catalogue, arguments in, values out.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::connection::Opening;
use super::failure::Failure;
use super::mutant::Mutant;
use super::options::{CallOptions, ClientOptions};
use super::paging::{self, Link};
use super::pipeline::{CallState, Pipeline};
use super::policy::logging::Log;
use super::policy::version;
use super::transport::{Answer, Outgoing, Transport};
use super::{body, reading, target};
use crate::acs::Operation;
use crate::acs::signing::AccessKey;
use crate::transcript::Headers;

/// A client of one resource.
pub struct Client {
    pipeline: Pipeline,
}

/// A call of an operation.
#[derive(Debug, Clone)]
pub struct Call {
    pub operation: Operation,
    /// Absent, null and a value are three different things.
    pub arguments: Map<String, Value>,
    pub options: CallOptions,
}

/// What a call came to.
#[derive(Debug)]
pub struct Done {
    pub value: Result<Value, Failure>,
    /// Status and headers of the last answer.
    pub answer: Option<(u16, Headers)>,
}

impl Client {
    /// Opens a client that trusts the authorities of `trusted` (PEM) alone.
    ///
    /// # Errors
    ///
    /// A connection string that is none, an endpoint that is not https, a PEM that cannot be read.
    pub fn open(
        opening: &Opening,
        trusted: &str,
        options: ClientOptions,
        mutant: Mutant,
    ) -> Result<Self, Failure> {
        let connection = opening.connect(mutant)?;
        let transport = Transport::new(trusted, options.timeout, mutant)?;
        let log = Log::new(options.logs, mutant);
        Ok(Self { pipeline: Pipeline { connection, options, transport, log, mutant } })
    }

    /// Uses another key from the next request on.
    pub fn update_key(&self, key: AccessKey) {
        self.pipeline.connection.update_key(key, self.pipeline.mutant);
    }

    /// The lines of the log since the last call.
    pub fn log(&self) -> Vec<String> {
        self.pipeline.log.take()
    }

    /// Performs an operation.
    pub async fn call(&self, call: &Call) -> Done {
        let mut state = CallState::new(&call.options, &self.pipeline.options);
        let mut answer = None;
        let value = match call.operation {
            Operation::ListRooms | Operation::ListParticipants => {
                self.list(call, &mut state, &mut answer).await
            }
            _ => self.single(call, &mut state, &mut answer).await,
        };
        Done { value, answer: answer.map(|answer| self.shown(answer)) }
    }

    /// What the caller may see of an answer.
    fn shown(&self, answer: Answer) -> (u16, Headers) {
        let mut headers = answer.headers;
        if self.pipeline.mutant.breaks("REP-4") {
            headers.0.retain(|(name, _)| !name.starts_with("repeatability-"));
        }
        (answer.status, headers)
    }

    async fn single(
        &self,
        call: &Call,
        state: &mut CallState,
        seen: &mut Option<Answer>,
    ) -> Result<Value, Failure> {
        let request = self.request(call)?;
        let creates = call.operation == Operation::CreateRoom;
        let answer = self.pipeline.send(request, creates, state).await?;
        *seen = Some(answer.clone());
        self.refuse_failure(call.operation, &answer)?;
        reading::value(call.operation, &answer, self.pipeline.mutant)
    }

    async fn list(
        &self,
        call: &Call,
        state: &mut CallState,
        seen: &mut Option<Answer>,
    ) -> Result<Value, Failure> {
        let mutant = self.pipeline.mutant;
        let take = call.arguments.get("take").and_then(Value::as_u64);
        let take = take.and_then(|take| usize::try_from(take).ok()).unwrap_or(usize::MAX);
        let by_page = call.arguments.get("by_page") == Some(&Value::Bool(true));
        let skipped = call.options.resume_after.unwrap_or(0);
        let mut next = Some(self.request(call)?);
        let mut pages: Vec<Vec<Value>> = Vec::new();
        let mut count = 0;
        while let Some(request) = next.take() {
            let answer = self.pipeline.send(request, false, state).await?;
            *seen = Some(answer.clone());
            self.refuse_failure(call.operation, &answer)?;
            let (items, member) = reading::page(call.operation, &answer, mutant)?;
            let stops = items.is_empty() && mutant.breaks("PAG-4");
            count += items.len();
            pages.push(items);
            let link = paging::link(member.as_ref(), self.endpoint(), &self.version(call), mutant)?;
            // A page ahead is what PAG-5's mutant fetches.
            let enough = count >= take && !(mutant.breaks("PAG-5") && pages.len() == 1);
            if !enough && !stops {
                next = link.map(|link| self.following(call, link));
            }
        }
        pages.drain(..skipped.min(pages.len()));
        Ok(given(pages, take, by_page && !mutant.breaks("PAG-6")))
    }

    /// An answer that is no success of the operation is an error.
    fn refuse_failure(&self, operation: Operation, answer: &Answer) -> Result<(), Failure> {
        let mutant = self.pipeline.mutant;
        if reading::succeeded(operation, answer.status, mutant) {
            return Ok(());
        }
        Err(Failure::of_answer(answer, mutant))
    }

    fn request(&self, call: &Call) -> Result<Outgoing, Failure> {
        let mutant = self.pipeline.mutant;
        let (method, path) = target::of(call.operation, &call.arguments, mutant)?;
        let body = body::of(call.operation, &call.arguments, mutant)?;
        let target = version::added(call.operation, &path, &self.version(call), mutant);
        let mut request = self.outgoing(method, self.endpoint().to_owned(), target);
        if let Some(body) = body {
            request.set("content-type", content_type(call.operation, method, mutant));
            request.body = Bytes::from(body.to_string());
        }
        Ok(request)
    }

    /// The request for a further page.
    fn following(&self, _call: &Call, link: Link) -> Outgoing {
        self.outgoing("GET", link.origin, link.target)
    }

    fn outgoing(&self, method: &'static str, origin: String, target: String) -> Outgoing {
        let mutant = self.pipeline.mutant;
        let headers = Headers::default();
        let mut request = Outgoing { method, origin, target, headers, body: Bytes::new() };
        let accept = if mutant.breaks("REQ-3") { "*/*" } else { "application/json" };
        request.set("accept", accept);
        if method == "GET" && mutant.breaks("REQ-6") {
            request.set("content-type", "application/json");
        }
        request
    }

    fn version(&self, call: &Call) -> String {
        version::select(call.operation.service(), &self.pipeline.options, self.pipeline.mutant)
    }

    fn endpoint(&self) -> &str {
        &self.pipeline.connection.endpoint
    }
}

fn content_type(operation: Operation, method: &str, mutant: Mutant) -> &'static str {
    match method {
        "PATCH" if operation != Operation::UpdateRoom && mutant.breaks("REQ-5") => {
            "application/json"
        }
        "PATCH" => "application/merge-patch+json",
        _ if operation == Operation::IssueToken && mutant.breaks("REQ-4") => "text/json",
        _ => "application/json",
    }
}

/// Items, or pages of items.
fn given(pages: Vec<Vec<Value>>, take: usize, by_page: bool) -> Value {
    if by_page {
        return pages.into_iter().map(Value::Array).collect();
    }
    Value::Array(pages.into_iter().flatten().take(take).collect())
}
