//! How much, and how long, the front end bears.

use std::time::Duration;

/// Sizes and patience of a listener. The sizes of bodies and targets are promises; the rest guards
/// against clients that never finish what they began.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a request's body; more is 413.
    pub body: usize,
    /// Bytes of a request's target; more is 414. Continuation URLs of 8 KiB pass.
    pub target: usize,
    /// Bytes of a request's head; more is 431.
    pub head: usize,
    /// For a TLS handshake.
    pub handshake: Duration,
    /// For a whole head, and for an idle kept-alive connection.
    pub idle: Duration,
    /// For a whole body; longer is 408.
    pub upload: Duration,
    /// For a client to take bytes of an answer.
    pub download: Duration,
    /// For connections to finish what they are at when the emulator is stopped.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 20,
            target: 16 << 10,
            head: 64 << 10,
            handshake: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            upload: Duration::from_secs(30),
            download: Duration::from_secs(30),
            grace: Duration::from_secs(2),
        }
    }
}
