//! The way of one request: from its head to its answer, past faults, authentication, throttling,
//! the service and the journal.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::CONNECTION;
use hyper::{Method, Request, Response, StatusCode, Version};

use super::answer::Answer;
use super::arrival::Arrival;
use super::body::AnswerBody;
use super::connection::Control;
use super::fault::{self, Met};
use super::limits::Limits;
use crate::emulator::authority::Authority;
use crate::emulator::clock::Clock;
use crate::emulator::journal::Entry;
use crate::emulator::resource::Resource;
use crate::emulator::world::World;
use crate::transcript::Attempt;

/// What a listener needs to answer: the resource behind it and the world that it stands in.
pub(in crate::emulator) struct Front {
    pub resource: Arc<Resource>,
    pub world: Arc<World>,
    pub authority: Authority,
    pub limits: Limits,
}

impl Front {
    /// Answers a request; does not return when its connection is taken over.
    pub(super) async fn handle(
        &self,
        request: Request<Incoming>,
        control: Control,
    ) -> Response<AnswerBody> {
        let (parts, body) = request.into_parts();
        let raw = control.wire.remembered();
        let mut arrival = Arrival::of_head(parts, raw.as_deref());
        if !arrival.is_addressed() {
            return self.refuse(&arrival, &control, StatusCode::BAD_REQUEST);
        }
        if arrival.request.authority.is_empty() {
            self.resource.authority().clone_into(&mut arrival.request.authority);
        }
        if arrival.request.target.len() > self.limits.target {
            return self.refuse(&arrival, &control, StatusCode::URI_TOO_LONG);
        }
        if let Some(count) = self.world.faults.meet_head(arrival.operation) {
            arrival.read_part(body, count).await;
            let entry = self.begin(&arrival, &control);
            return fault::cut_request(&control, entry, count).await;
        }
        let read = arrival.read_body(body, &self.limits).await;
        // What is left of this request must not be taken for the head of the next.
        let _ = control.wire.remembered();
        if let Err(status) = read {
            return self.refuse(&arrival, &control, status);
        }
        let entry = self.begin(&arrival, &control);
        match self.world.faults.meet_request(arrival.operation) {
            Some(kind) => {
                let met = Met { front: self, arrival: &arrival, control: &control, entry };
                fault::carry_out(met, kind).await
            }
            None => {
                let answer = self.process(&arrival, entry.as_ref()).await;
                self.send(&arrival, entry.as_ref(), answer)
            }
        }
    }

    /// Authentication, throttling, the service, and the state file.
    pub(super) async fn process(&self, arrival: &Arrival, entry: Option<&Entry>) -> Answer {
        let now = self.world.clock.now();
        if let Some(refusal) = self.authenticate(arrival, entry) {
            return refusal;
        }
        if let Some(wait) = self.resource.throttle.refuse(arrival.operation, now) {
            return self.resource.throttled(&arrival.request, wait, now);
        }
        self.resource.serve(&arrival.request, now, entry).await
    }

    /// Verifies the credentials and writes down how they fitted; the answer when they did not.
    pub(super) fn authenticate(&self, arrival: &Arrival, entry: Option<&Entry>) -> Option<Answer> {
        self.resource.refuse(&arrival.request, self.world.clock.now(), entry)
    }

    /// The answer as a response, written down first: who has the response finds it in the journal.
    pub(super) fn send(
        &self,
        arrival: &Arrival,
        entry: Option<&Entry>,
        answer: Answer,
    ) -> Response<AnswerBody> {
        let mut answer = answer.framed(arrival.version, self.world.clock.now());
        let bodiless = arrival.request.method == Method::HEAD;
        if bodiless {
            answer.body.clear();
        }
        if let Some(entry) = entry {
            entry.answered(answer.received());
        }
        if bodiless {
            return answer.into_response_with(AnswerBody::Whole(None));
        }
        answer.into_response()
    }

    fn begin(&self, arrival: &Arrival, control: &Control) -> Option<Entry> {
        let attempt = Attempt {
            connection: Some(control.number),
            operation: arrival.operation,
            ..Attempt::default()
        };
        // By the machine's time: rules look at dates of clients and at the time between attempts.
        self.world.journal.begin(|| arrival.sent(), Clock::machine_now(), attempt)
    }

    /// Answers what no operation is to see, and closes: the rest of the request may still come.
    fn refuse(
        &self,
        arrival: &Arrival,
        control: &Control,
        status: StatusCode,
    ) -> Response<AnswerBody> {
        let now = self.world.clock.now();
        let mut refusal = self.resource.bare(&arrival.request, status, now);
        if arrival.version != Version::HTTP_2 {
            refusal.set(CONNECTION, "close");
        }
        let entry = self.begin(arrival, control);
        self.send(arrival, entry.as_ref(), refusal)
    }
}
