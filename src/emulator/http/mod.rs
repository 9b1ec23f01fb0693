//! The front end: sockets, TLS, HTTP/1.1 and HTTP/2, time-outs, limits, and faults on the wire.
//!
//! The accept loop is our own because faults need the socket: a reset, a cut or garbage cannot be
//! said through an HTTP library.

mod answer;
mod arrival;
mod body;
mod connection;
mod dispatch;
mod fault;
mod limits;
mod listener;
mod takeover;
mod wire;

pub(super) use answer::Answer;
pub(super) use dispatch::Front;
pub use limits::Limits;
pub(super) use listener::{Listener, bind};
