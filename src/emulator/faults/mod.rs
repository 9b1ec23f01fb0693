//! Deliberate faults and scripted answers: what a request may meet instead of the service.
//!
//! [`parse()`] reads the grammar that scenarios and the admin API share, [`Faults`] is the schedule
//! of one emulator: first in, first out, never by chance, with a count of what each fault met.
//! Carrying a fault out on the wire belongs to the front end.
//!
//! | member | the request… |
//! |---|---|
//! | `status: 503`, with `headers`, `json`, `text`, `bytes` | is answered with that status; without a body, with the service's error shape |
//! | `respond: { status, headers, json, text, bytes, gzip }` | is answered exactly so |
//! | `amend: { status, headers, json, gzip }` | is processed; its answer is changed (JSON merge patch; a null header is taken away; packed where the client takes that); gzip only for a client that takes it |
//! | `emulate: true` | is processed as ever, and takes its turn in the queue |
//! | `delay: 200ms` | waits first; goes with every other member, or alone |
//! | `hang: true` | is never answered, and its connection stays open |
//! | `close: before` or `after` | finds its connection closed before, or right after, the answer; with `notify: false` without TLS `close_notify` |
//! | `reset: before` or `after` | meets a TCP reset before it is processed, or after, in place of the answer |
//! | `cut: 20` or `cut: 50%` | is processed; the answer's body ends after so many bytes |
//! | `cut_request: 10` | is cut off by a reset once so many bytes of its body were read |
//! | `slow: 100` | is processed; the body comes with so many bytes a second |
//! | `garbage: response` or `body` | is answered with bytes that are no HTTP, or with a body that is no JSON |
//! | `wrong_length: -5` | is processed; the answer's `Content-Length` is so much off |
//! | `lost: close`, `reset` or `hang` | is processed, and its answer is lost |
//! | `tls_failure: alert`, `untrusted` or `wrong_name` | no request: the next connection's TLS handshake fails so |
//! | `refuse: true` | no request: the next connection is reset before TLS |
//!
//! In the texts of answers, `{endpoint}` stands for the endpoint that was called, `{port}` for its
//! port, `{api-version}` for the version that was asked for, `{date+2s}` for the HTTP date two
//! seconds from now.

mod kind;
mod parse;
mod schedule;
mod schema;
mod value;

pub use kind::{
    Amendment, AnswerBody, Cut, FaultAction, FaultKind, Garbage, Loss, Moment, ScriptedAnswer,
    TlsFailure,
};
pub use parse::{FaultError, parse};
pub use schedule::{FaultRecord, Faults, Target};
pub use schema::schema;
pub(in crate::emulator) use value::whole;
