//! What a fault does, as data.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

/// A fault: a wait, perhaps none, and what comes after it.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultKind {
    /// Machine time that passes before anything else happens.
    pub delay: Option<Duration>,
    pub action: FaultAction,
}

/// What happens to the request, or to the connection.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultAction {
    /// The service answers as ever.
    Emulate,
    /// This is the answer; the service does not see the request.
    Answer(ScriptedAnswer),
    /// The service's answer, changed.
    Amend(Amendment),
    /// No answer, the connection stays open.
    Hang,
    /// The connection is closed; `notify` says whether TLS is told so first.
    Close {
        moment: Moment,
        notify: bool,
    },
    /// The connection is reset. [`Moment::After`]: once the request is processed.
    Reset(Moment),
    /// The answer's body ends early, and the connection with it.
    Cut(Cut),
    /// A reset once so many bytes of the request's body were read.
    CutRequest(usize),
    /// Bytes of the answer's body a second.
    Slow(NonZeroU32),
    Garbage(Garbage),
    /// By how much the answer's `Content-Length` differs from its body's length.
    WrongLength(i64),
    /// Processed, and the answer is lost.
    Lost(Loss),
    /// The next connection's handshake fails.
    TlsFailure(TlsFailure),
    /// The next connection is reset before its handshake.
    Refuse,
}

impl FaultAction {
    /// Whether it meets a new connection, not a request.
    pub const fn meets_connections(&self) -> bool {
        matches!(self, Self::TlsFailure(_) | Self::Refuse)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before the service sees the request.
    Before,
    /// After it has processed it.
    After,
}

/// Where an answer's body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Bytes(usize),
    /// 0 to 99.
    Percent(u8),
}

/// How an answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    Close,
    Reset,
    Hang,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Garbage {
    /// In place of the whole answer.
    Response,
    /// In place of its body.
    Body,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFailure {
    /// A fatal `handshake_failure`.
    Alert,
    /// The certificate of a CA that nobody trusts.
    Untrusted,
    /// A certificate of our CA, for another host.
    WrongName,
}

/// An answer as somebody wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptedAnswer {
    pub status: u16,
    /// In the order written, names as written.
    pub headers: Vec<(String, String)>,
    pub body: AnswerBody,
    /// The body goes out compressed, with `Content-Encoding: gzip`.
    pub gzip: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum AnswerBody {
    /// The service's error shape with a code that fits the status, or nothing below 400.
    OfStatus,
    Json(Value),
    Text(String),
    Bytes(Bytes),
}

/// Changes to the service's own answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Amendment {
    pub status: Option<u16>,
    /// Set to the value, or taken away.
    pub headers: Vec<(String, Option<String>)>,
    /// JSON merge patch (RFC 7396) of the body.
    pub json: Option<Value>,
    pub gzip: bool,
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.delay {
            Some(delay) if self.action == FaultAction::Emulate => write!(f, "delay {delay:?}"),
            Some(delay) => write!(f, "{} after {delay:?}", self.action),
            None => write!(f, "{}", self.action),
        }
    }
}

impl fmt::Display for FaultAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Emulate => f.write_str("emulate"),
            Self::Answer(answer) => write!(f, "answer {}", answer.status),
            Self::Amend(_) => f.write_str("amended answer"),
            Self::Hang => f.write_str("hang"),
            Self::Close { moment: Moment::Before, .. } => f.write_str("close before the answer"),
            Self::Close { moment: Moment::After, .. } => f.write_str("close after the answer"),
            Self::Reset(Moment::Before) => f.write_str("TCP reset before processing"),
            Self::Reset(Moment::After) => f.write_str("TCP reset after processing"),
            Self::Cut(Cut::Bytes(bytes)) => write!(f, "body cut after {bytes} bytes"),
            Self::Cut(Cut::Percent(percent)) => write!(f, "body cut after {percent}%"),
            Self::CutRequest(bytes) => write!(f, "request cut after {bytes} bytes of its body"),
            Self::Slow(rate) => write!(f, "{rate} bytes a second"),
            Self::Garbage(Garbage::Response) => f.write_str("garbage for a response"),
            Self::Garbage(Garbage::Body) => f.write_str("garbage for a body"),
            Self::WrongLength(by) => write!(f, "Content-Length wrong by {by:+}"),
            Self::Lost(Loss::Close) => f.write_str("processed, answer lost by a close"),
            Self::Lost(Loss::Reset) => f.write_str("processed, answer lost by a reset"),
            Self::Lost(Loss::Hang) => f.write_str("processed, answer never sent"),
            Self::TlsFailure(TlsFailure::Alert) => f.write_str("TLS handshake refused"),
            Self::TlsFailure(TlsFailure::Untrusted) => f.write_str("certificate of an unknown CA"),
            Self::TlsFailure(TlsFailure::WrongName) => f.write_str("certificate of another host"),
            Self::Refuse => f.write_str("connection refused"),
        }
    }
}
