//! The built-in client as a driver: one catalogue operation at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::Value;

use super::client::{Answered, Client, Outgoing};
use super::headers::{common, user_agent};
use super::outcome::{failure, outcome_of, success_of, unreadable};
use super::pages::{Pages, target_of};
use super::signature::Signing;
use crate::acs::Operation;
use crate::acs::request::WireRequest;
use crate::driver::adapter::CallOptions;
use crate::driver::{Invocation, Performed};
use crate::target::{Resource, World};
use crate::transcript::{ErrorKind, Exchange, Failure, Outcome};

/// Performs operations with signed requests of its own.
#[derive(Debug)]
pub struct WireDriver {
    agent: String,
    world: Option<(Client, Arc<[Resource]>)>,
    in_flight: Option<InFlight>,
}

/// A create that has left and whose answer is not there. If the step is cut off, this is what
/// cleanup knows of it.
#[derive(Debug, Clone)]
pub struct InFlight {
    pub operation: Operation,
    pub resource: usize,
    pub outgoing: Outgoing,
}

impl Default for WireDriver {
    fn default() -> Self {
        Self { agent: user_agent(), world: None, in_flight: None }
    }
}

impl WireDriver {
    pub fn begin(&mut self, world: &World) {
        self.world = Some((world.client.clone(), world.resources.clone()));
        self.in_flight = None;
    }

    pub fn end(&mut self) {
        self.world = None;
    }

    /// The create that was cut off, if there is one.
    pub fn take_in_flight(&mut self) -> Option<InFlight> {
        self.in_flight.take()
    }

    pub async fn perform(&mut self, invocation: &Invocation) -> Performed {
        let mut exchanges = Vec::with_capacity(1);
        let outcome = match self.attempt(invocation, &mut exchanges).await {
            Ok(outcome) => outcome,
            Err(failure) => Outcome::Err(failure),
        };
        Performed { exchanges, ..Performed::of(outcome) }
    }

    async fn attempt(
        &mut self,
        invocation: &Invocation,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Outcome, Failure> {
        let Some((client, resources)) = self.world.clone() else {
            return Err(invalid("the driver has no world"));
        };
        let Some(resource) = invocation.resource.checked_sub(1).and_then(|at| resources.get(at))
        else {
            return Err(invalid(&format!("there is no resource {}", invocation.resource)));
        };
        let request =
            WireRequest::new(invocation.operation, &invocation.arguments, &invocation.api_version)
                .map_err(|error| invalid(&error.to_string()))?;
        let outgoing = self.outgoing(resource, request);
        if is_list(invocation.operation) {
            return self.list(&client, resource, outgoing, invocation, exchanges).await;
        }
        let limit = limit(invocation).map_err(|why| invalid(&why))?;
        let creates = is_create(invocation.operation);
        if creates {
            self.in_flight = Some(InFlight {
                operation: invocation.operation,
                resource: invocation.resource,
                outgoing: outgoing.clone(),
            });
        }
        let answered = client.send(&outgoing, limit).await;
        if creates && (answered.exchange.received.is_some() || answered.never_left()) {
            self.in_flight = None;
        }
        let outcome = outcome_of(invocation.operation, &answered);
        exchanges.extend(answered.into_exchanges());
        Ok(outcome)
    }

    async fn list(
        &self,
        client: &Client,
        resource: &Resource,
        first: Outgoing,
        invocation: &Invocation,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Outcome, Failure> {
        let take = invocation.arguments.get("take").and_then(Value::as_u64);
        let take = take.and_then(|count| usize::try_from(count).ok());
        let by_page = invocation.arguments.get("by_page") == Some(&Value::Bool(true));
        let deadline = Instant::now() + limit(invocation).map_err(|why| invalid(&why))?;
        let mut pages = Pages::default();
        let mut outgoing = first;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let answered = client.send(&outgoing, left).await;
            let next = read_page(&mut pages, invocation.operation, &answered);
            exchanges.extend(answered.into_exchanges());
            let Some(link) = next.map_err(|failure| *failure)? else { break };
            if pages.has(take) {
                break;
            }
            let target = target_of(&link, &resource.endpoint, &invocation.api_version)
                .map_err(|why| failure(ErrorKind::Unexpected, None, None, why))?;
            outgoing = self.signed(resource, "GET", target, None, bytes::Bytes::new(), false);
        }
        Ok(Outcome::Ok(pages.into_value(take, by_page)))
    }

    fn outgoing(&self, resource: &Resource, request: WireRequest) -> Outgoing {
        let WireRequest { method, target, content_type, body, repeatable } = request;
        self.signed(resource, method, target, content_type, body, repeatable)
    }

    fn signed(
        &self,
        resource: &Resource,
        method: &str,
        target: String,
        content_type: Option<&str>,
        body: bytes::Bytes,
        repeatable: bool,
    ) -> Outgoing {
        let now = Utc::now();
        let mut headers = common(&self.agent, content_type);
        if repeatable {
            headers.push("repeatability-request-id", uuid::Uuid::new_v4().to_string());
            headers.push("repeatability-first-sent", crate::acs::time::http_date(now));
        }
        let request = (method, target.as_str(), resource.authority.as_str(), &*body);
        Signing::default().apply(&mut headers, &resource.credentials, request, now);
        Outgoing {
            method: method.to_owned(),
            endpoint: resource.endpoint.clone(),
            target,
            headers,
            body,
            cleanup: false,
        }
    }
}

/// How long a call may take: what the step says, or less where its options do. The other options
/// are for clients that retry, log and so on, which this one does not.
fn limit(invocation: &Invocation) -> Result<Duration, String> {
    let options = CallOptions::read(invocation.options.as_ref())?;
    Ok(options.timeout.map_or(invocation.limit, |timeout| timeout.min(invocation.limit)))
}

fn read_page(
    pages: &mut Pages,
    operation: Operation,
    answered: &Answered,
) -> Result<Option<String>, Box<Failure>> {
    let received = success_of(operation, answered)?;
    pages.read(operation, received).map_err(|why| Box::new(unreadable(received, &why)))
}

const fn is_list(operation: Operation) -> bool {
    matches!(operation, Operation::ListRooms | Operation::ListParticipants)
}

const fn is_create(operation: Operation) -> bool {
    matches!(operation, Operation::CreateRoom | Operation::CreateUser)
}

fn invalid(why: &str) -> Failure {
    failure(ErrorKind::Validation, None, None, why.to_owned())
}
