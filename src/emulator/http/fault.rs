//! Carrying out a fault on a request.

use bytes::{BufMut as _, Bytes, BytesMut};
use hyper::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue,
    TRANSFER_ENCODING,
};
use hyper::{Response, StatusCode, Version};
use serde_json::Value;

use super::answer::Answer;
use super::arrival::Arrival;
use super::body::AnswerBody;
use super::connection::Control;
use super::dispatch::Front;
use super::takeover::{Ending, Takeover};
use crate::acs::ServiceError;
use crate::emulator::faults::{
    Amendment, AnswerBody as Scripted, Cut, FaultAction, FaultKind, Garbage, Loss, Moment,
    ScriptedAnswer,
};
use crate::emulator::journal::Entry;
use crate::emulator::service::Framing;

/// A request that met a fault, and all that is needed to carry the fault out.
pub(super) struct Met<'a> {
    pub front: &'a Front,
    pub arrival: &'a Arrival,
    pub control: &'a Control,
    pub entry: Option<Entry>,
}

/// Bytes that are neither HTTP nor JSON, and no text.
const GARBAGE: &[u8] = b"\x00\xff\xfe%~ this is no answer \x01\x02\r\n\r\n";

/// Resets the connection of a request whose body was read in part.
pub(super) async fn cut_request(
    control: &Control,
    entry: Option<Entry>,
    count: usize,
) -> Response<AnswerBody> {
    let action = FaultAction::CutRequest(count);
    if let Some(entry) = entry {
        entry.note(|attempt| attempt.fault = Some(action.to_string()));
        entry.broke(action.to_string());
    }
    match control.take_over(Takeover::silent(Ending::Reset)).await {}
}

/// Carries out what the request met.
pub(super) async fn carry_out(met: Met<'_>, kind: FaultKind) -> Response<AnswerBody> {
    if let Some(entry) = &met.entry {
        entry.note(|attempt| attempt.fault = Some(kind.to_string()));
    }
    if let Some(delay) = kind.delay {
        tokio::time::sleep(delay).await;
    }
    match kind.action {
        FaultAction::Emulate | FaultAction::TlsFailure(_) | FaultAction::Refuse => {
            let answer = met.process().await;
            met.send(answer)
        }
        FaultAction::Answer(scripted) => {
            met.judge_credentials();
            met.send(met.scripted(&scripted))
        }
        FaultAction::Amend(amendment) => {
            let answer = met.process().await;
            met.send(met.amended(answer, &amendment))
        }
        FaultAction::Slow(rate) => {
            let answer = met.framed(met.process().await);
            met.answered(&answer);
            let body = AnswerBody::slow(&answer.body, rate.get());
            answer.into_response_with(body)
        }
        FaultAction::Garbage(Garbage::Body) => {
            let mut answer = met.process().await;
            answer.body = Bytes::from_static(GARBAGE);
            met.send(answer)
        }
        FaultAction::Cut(cut) => met.cut(cut).await,
        FaultAction::WrongLength(by) => met.wrong_length(by).await,
        FaultAction::Close { moment, notify } => {
            let ending = if notify { Ending::Notify } else { Ending::Bare };
            met.close(moment, ending).await
        }
        FaultAction::Reset(Moment::Before) => met.unprocessed(Ending::Reset).await,
        FaultAction::Reset(Moment::After) | FaultAction::Lost(Loss::Reset) => {
            met.lost(Ending::Reset).await
        }
        FaultAction::Lost(Loss::Close) => met.lost(Ending::Notify).await,
        FaultAction::Lost(Loss::Hang) => {
            met.process().await;
            met.hang("processed, and never answered").await
        }
        FaultAction::Hang => {
            met.judge_credentials();
            met.hang("never answered").await
        }
        FaultAction::Garbage(Garbage::Response) => {
            met.judge_credentials();
            met.broke("garbage in place of a response");
            let bytes = Bytes::from_static(GARBAGE);
            met.take_over(Takeover { bytes, ending: Ending::Notify }).await
        }
        // Met before the body is read, see `Front::handle`.
        FaultAction::CutRequest(_) => met.unprocessed(Ending::Reset).await,
    }
}

impl Met<'_> {
    async fn process(&self) -> Answer {
        self.front.process(self.arrival, self.entry.as_ref()).await
    }

    fn send(&self, answer: Answer) -> Response<AnswerBody> {
        self.front.send(self.arrival, self.entry.as_ref(), answer)
    }

    fn framed(&self, answer: Answer) -> Answer {
        answer.framed(self.arrival.version, self.front.world.clock.now())
    }

    /// The journal tells how the credentials fitted, even when the service never sees the request.
    fn judge_credentials(&self) {
        if self.entry.is_some() {
            let _ = self.front.authenticate(self.arrival, self.entry.as_ref());
        }
    }

    fn answered(&self, answer: &Answer) {
        if let Some(entry) = &self.entry {
            entry.answered(answer.received());
        }
    }

    fn broke(&self, why: impl Into<String>) {
        if let Some(entry) = &self.entry {
            entry.broke(why);
        }
    }

    async fn take_over(&self, takeover: Takeover) -> Response<AnswerBody> {
        match self.control.take_over(takeover).await {}
    }

    async fn hang(&self, why: &str) -> Response<AnswerBody> {
        self.broke(why);
        match self.control.hang().await {}
    }

    async fn unprocessed(&self, ending: Ending) -> Response<AnswerBody> {
        self.judge_credentials();
        self.broke(words(ending));
        self.take_over(Takeover::silent(ending)).await
    }

    async fn lost(&self, ending: Ending) -> Response<AnswerBody> {
        self.process().await;
        self.broke(format!("processed, and the answer lost: {}", words(ending)));
        self.take_over(Takeover::silent(ending)).await
    }

    async fn close(&self, moment: Moment, ending: Ending) -> Response<AnswerBody> {
        if moment == Moment::Before {
            return self.unprocessed(ending).await;
        }
        let answer = self.framed(self.process().await);
        self.answered(&answer);
        if self.arrival.version == Version::HTTP_2 {
            self.control.finish();
            return answer.into_response();
        }
        let bytes = whole_response(&answer, answer.body.len());
        self.take_over(Takeover { bytes, ending }).await
    }

    async fn cut(&self, cut: Cut) -> Response<AnswerBody> {
        let answer = self.framed(self.process().await);
        let length = answer.body.len();
        let kept = match cut {
            Cut::Bytes(bytes) => bytes.min(length),
            Cut::Percent(percent) => length * usize::from(percent) / 100,
        };
        self.broke(format!("body cut after {kept} of {length} bytes"));
        if self.arrival.version == Version::HTTP_2 {
            let body = AnswerBody::broken(answer.body.slice(..kept));
            return answer.into_response_with(body);
        }
        let bytes = whole_response(&answer, kept);
        self.take_over(Takeover { bytes, ending: Ending::Bare }).await
    }

    async fn wrong_length(&self, by: i64) -> Response<AnswerBody> {
        let mut answer = self.process().await;
        let length = i64::try_from(answer.body.len()).unwrap_or(i64::MAX).saturating_add(by).max(0);
        answer.headers.remove(TRANSFER_ENCODING);
        answer.headers.insert(CONTENT_LENGTH, length.into());
        let answer = self.framed(answer);
        self.answered(&answer);
        if self.arrival.version == Version::HTTP_2 {
            let body = AnswerBody::Chunked(Some(answer.body.clone()));
            return answer.into_response_with(body);
        }
        let bytes = whole_response(&answer, answer.body.len());
        self.take_over(Takeover { bytes, ending: Ending::Notify }).await
    }

    fn scripted(&self, scripted: &ScriptedAnswer) -> Answer {
        let status = StatusCode::from_u16(scripted.status).unwrap_or(StatusCode::OK);
        let mut answer = Answer::empty(status);
        let json = "application/json; charset=utf-8";
        match &scripted.body {
            Scripted::OfStatus if status.as_u16() >= 400 => {
                let now = self.front.world.clock.now();
                let request = &self.arrival.request;
                answer = self.front.resource.error(request, status, error_of(status), now);
            }
            Scripted::OfStatus => {}
            Scripted::Json(value) => {
                answer.body = self.placed(&value.to_string()).into();
                answer.set(CONTENT_TYPE, json);
            }
            Scripted::Text(text) => answer.body = self.placed(text).into(),
            Scripted::Bytes(bytes) => answer.body = bytes.clone(),
        }
        answer.framing = if answer.body.is_empty() { Framing::Length } else { Framing::Chunked };
        let mut replaced = Vec::new();
        for (name, value) in &scripted.headers {
            let value = self.placed(value);
            let pair = (HeaderName::try_from(name), HeaderValue::try_from(value));
            let (Ok(name), Ok(value)) = pair else { continue };
            if replaced.contains(&name) {
                answer.headers.append(name, value);
            } else {
                answer.headers.insert(name.clone(), value);
                replaced.push(name);
            }
        }
        if scripted.gzip { compressed(answer) } else { answer }
    }

    fn amended(&self, mut answer: Answer, amendment: &Amendment) -> Answer {
        if let Some(status) = amendment.status.and_then(|status| StatusCode::from_u16(status).ok())
        {
            answer.status = status;
        }
        if let Some(patch) = &amendment.json {
            let mut body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
            merge(&mut body, patch);
            answer.body = self.placed(&body.to_string()).into();
            answer.headers.remove(CONTENT_LENGTH);
        }
        for (name, value) in &amendment.headers {
            let Ok(name) = HeaderName::try_from(name) else { continue };
            match value.as_ref().map(|value| HeaderValue::try_from(self.placed(value))) {
                None => _ = answer.headers.remove(name),
                Some(Ok(value)) => _ = answer.headers.insert(name, value),
                Some(Err(_)) => {}
            }
        }
        if amendment.gzip && self.takes_gzip() { compressed(answer) } else { answer }
    }

    /// Whether the client takes a packed answer: unless it says which codings it takes, and this
    /// one is not among them (RFC 9110, section 12.5.3).
    fn takes_gzip(&self) -> bool {
        let Some(value) = self.arrival.request.headers.get(ACCEPT_ENCODING) else { return true };
        let value = value.to_str().unwrap_or_default().to_ascii_lowercase();
        value.split(',').any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            ["gzip", "x-gzip", "*"].contains(&name.trim()) && !refused
        })
    }

    /// As it stands in the query; empty when there is none.
    fn api_version(&self) -> &str {
        let mut pairs = self.arrival.request.query().split('&');
        pairs.find_map(|pair| pair.strip_prefix("api-version=")).unwrap_or_default()
    }

    /// Puts the endpoint that the client called for `{endpoint}`, its port for `{port}`, the
    /// version that it asked for for `{api-version}`, and the HTTP date two seconds from now for
    /// `{date+2s}`.
    fn placed(&self, text: &str) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        let authority = &self.arrival.request.authority;
        let port = authority.rsplit_once(':').map_or("443", |(_, port)| port);
        let date = chrono::Utc::now() + chrono::TimeDelta::seconds(2);
        text.replace("{endpoint}", &format!("https://{authority}"))
            .replace("{port}", port)
            .replace("{api-version}", self.api_version())
            .replace("{date+2s}", &crate::acs::time::http_date(date))
    }
}

/// The response as HTTP/1.1 writes it, with `kept` bytes of its body. A chunk is announced whole.
fn whole_response(answer: &Answer, kept: usize) -> Bytes {
    let mut bytes = BytesMut::from(answer.head_bytes().as_slice());
    let body = answer.body.get(..kept).unwrap_or(&answer.body);
    let chunked = answer.headers.contains_key(TRANSFER_ENCODING);
    if chunked {
        bytes.put_slice(format!("{:x}\r\n", answer.body.len()).as_bytes());
    }
    bytes.put_slice(body);
    if chunked && kept == answer.body.len() {
        bytes.put_slice(b"\r\n0\r\n\r\n");
    }
    bytes.freeze()
}

fn compressed(mut answer: Answer) -> Answer {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let written = encoder.write_all(&answer.body).and_then(|()| encoder.finish());
    // Writing to memory does not fail; if it did, the answer would go out as it is.
    if let Ok(body) = written {
        answer.body = body.into();
        answer.headers.remove(CONTENT_LENGTH);
        answer.set(CONTENT_ENCODING, "gzip");
    }
    answer
}

/// JSON merge patch (RFC 7396).
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.shift_remove(name);
        } else {
            merge(members.entry(name.as_str()).or_insert(Value::Null), value);
        }
    }
}

/// The service's error shape for a status. The codes are those of the Azure REST guidelines; what
/// the service says under load was never recorded.
fn error_of(status: StatusCode) -> ServiceError {
    let (code, message) = match status.as_u16() {
        401 => ("Denied", "Denied by the resource provider."),
        404 => ("NotFound", "The server cannot find the requested resource."),
        408 => ("RequestTimeout", "The request timed out."),
        429 => ("TooManyRequests", "Too many requests. Try again later."),
        500 => ("InternalServerError", "The server encountered an internal error."),
        502 => ("BadGateway", "The server received an invalid response upstream."),
        503 => ("ServiceUnavailable", "The service is temporarily unavailable."),
        504 => ("GatewayTimeout", "The server did not receive a response in time."),
        400..=499 => ("BadRequest", "The request is refused by a deliberate fault."),
        _ => ("ServerError", "The request fails by a deliberate fault."),
    };
    ServiceError::new(code, message)
}

const fn words(ending: Ending) -> &'static str {
    match ending {
        Ending::Notify => "connection closed",
        Ending::Bare => "connection closed without TLS close_notify",
        Ending::Reset => "connection reset",
    }
}
