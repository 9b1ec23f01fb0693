//! One connection: handshake, HTTP/1.1 or HTTP/2 as agreed, and its end.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

use super::body::AnswerBody;
use super::dispatch::Front;
use super::takeover::{Ending, Takeover, close, reset};
use super::wire::{Stream, Wire};
use crate::emulator::faults::{FaultAction, FaultKind, TlsFailure};

/// What a request's handler can do to the connection that it came on.
#[derive(Clone)]
pub(super) struct Control {
    /// Number of the connection within its listener, from 1.
    pub number: u64,
    pub wire: Wire,
    commands: mpsc::UnboundedSender<Command>,
    stopped: watch::Receiver<bool>,
}

/// What a handler tells its connection.
enum Command {
    TakeOver(Takeover),
    /// Close once the answers under way are out.
    Finish,
}

impl Control {
    /// Ends HTTP on this connection. Never returns: the connection's task ends the caller.
    pub(super) async fn take_over(&self, takeover: Takeover) -> Infallible {
        // The receiver lives as long as the connection; without it the caller is dropped anyway.
        let _ = self.commands.send(Command::TakeOver(takeover));
        std::future::pending().await
    }

    /// Never answers. The connection stays open until the client goes or the emulator stops.
    pub(super) async fn hang(&self) -> Infallible {
        let mut stopped = self.stopped.clone();
        let _ = stopped.wait_for(|stopped| *stopped).await;
        self.take_over(Takeover::silent(Ending::Bare)).await
    }

    /// Closes the connection once the answers under way are out.
    pub(super) fn finish(&self) {
        let _ = self.commands.send(Command::Finish);
    }
}

/// TLS alert record: fatal, `handshake_failure` (RFC 8446, section 6).
const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// Serves one connection to its end.
pub(super) async fn serve(
    mut socket: TcpStream,
    number: u64,
    front: Arc<Front>,
    stopped: watch::Receiver<bool>,
) {
    // Answers are small and whole; waiting to fill a segment only costs time.
    let _ = socket.set_nodelay(true);
    let mut config = front.authority.server_config();
    if let Some(FaultKind { delay, action }) = front.world.faults.meet_connection() {
        if let Some(delay) = delay {
            tokio::time::sleep(delay).await;
        }
        let other = match action {
            FaultAction::Refuse => return reset(socket),
            FaultAction::TlsFailure(TlsFailure::Alert) => return refuse_handshake(socket).await,
            FaultAction::TlsFailure(TlsFailure::Untrusted) => front.authority.untrusted_config(),
            _ => front.authority.misnamed_config(),
        };
        match other {
            Ok(other) => config = other,
            Err(error) => {
                tracing::error!(%error, "no certificate for the fault");
                return;
            }
        }
    }
    let Some(first) = first_byte(&mut socket, &front).await else { return };
    if first != HANDSHAKE {
        // Not TLS: most likely plain HTTP, whose user deserves to be told.
        let _ = socket.write_all(PLAIN_HTTP).await;
        return close(socket).await;
    }
    let handshake = TlsAcceptor::from(config).accept(socket);
    match tokio::time::timeout(front.limits.handshake, handshake).await {
        Ok(Ok(stream)) => speak(stream, number, front, stopped).await,
        Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
        Err(_) => tracing::debug!("TLS handshake took too long"),
    }
}

/// The type of the TLS record that begins a handshake.
const HANDSHAKE: u8 = 22;

const PLAIN_HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\
Content-Length: 46\r\nConnection: close\r\n\r\nThis port speaks HTTPS; use https:// instead.\n";

async fn first_byte(socket: &mut TcpStream, front: &Front) -> Option<u8> {
    let mut byte = [0];
    let peeked = tokio::time::timeout(front.limits.handshake, socket.peek(&mut byte)).await;
    matches!(peeked, Ok(Ok(1))).then_some(byte[0])
}

async fn refuse_handshake(mut socket: TcpStream) {
    let mut hello = [0; 4096];
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), socket.read(&mut hello)).await;
    let _ = socket.write_all(&HANDSHAKE_FAILURE).await;
    close(socket).await;
}

async fn speak(stream: Stream, number: u64, front: Arc<Front>, stopped: watch::Receiver<bool>) {
    let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let remember = !two && front.world.journal.is_kept();
    let wire = Wire::new(stream, front.limits.download, remember);
    let (commands, wanted) = mpsc::unbounded_channel();
    let control = Control { number, wire: wire.clone(), commands, stopped: stopped.clone() };
    let limits = front.limits;
    let ends = Ends { stopped: Some(stopped), renewals: Some(front.world.faults.renewals()) };
    let handle = move |request: Request<Incoming>| {
        let (front, control) = (Arc::clone(&front), control.clone());
        async move { Ok::<Response<AnswerBody>, Infallible>(front.handle(request, control).await) }
    };
    let io = TokioIo::new(wire.clone());
    if two {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.idle)
            .keep_alive_timeout(limits.idle)
            .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX))
            .auto_date_header(false);
        let connection = builder.serve_connection(io, service_fn(handle));
        let unheard = never_greeted(wire.clone(), limits.idle);
        let served =
            drive(connection, wire, wanted, ends, |connection| connection.graceful_shutdown());
        tokio::select! {
            () = served => {}
            () = unheard => tracing::debug!("no HTTP/2 preface came"),
        }
    } else {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(limits.idle)
            .max_header_size(limits.head)
            .max_buf_size(limits.head + (8 << 10))
            .auto_date_header(false);
        let connection = builder.serve_connection(io, service_fn(handle));
        drive(connection, wire, wanted, ends, |connection| connection.graceful_shutdown()).await;
    }
}

/// Bytes of the preface with which a client begins HTTP/2 (RFC 9113, section 3.4).
const PREFACE: u64 = 24;

/// Ends when the preface is not in after so long: the HTTP library begins to count idle time only
/// once it is.
async fn never_greeted(wire: Wire, patience: std::time::Duration) {
    tokio::time::sleep(patience).await;
    if wire.arrived() >= PREFACE {
        std::future::pending().await
    }
}

/// Why a connection is to finish what it is at, and close.
struct Ends {
    stopped: Option<watch::Receiver<bool>>,
    renewals: Option<watch::Receiver<u64>>,
}

impl Ends {
    async fn changed(&mut self) {
        tokio::select! {
            () = one_change(&mut self.stopped) => {}
            () = one_change(&mut self.renewals) => {}
        }
    }
}

/// Waits for the next change; nothing changes any more once the sender is gone.
async fn one_change<T>(receiver: &mut Option<watch::Receiver<T>>) {
    match receiver {
        Some(watched) => {
            if watched.changed().await.is_err() {
                *receiver = None;
            }
        }
        None => std::future::pending().await,
    }
}

/// Polls the connection until it ends, is taken over, or is told to finish.
async fn drive<C, E>(
    connection: C,
    wire: Wire,
    mut wanted: mpsc::UnboundedReceiver<Command>,
    mut ends: Ends,
    finish: impl Fn(std::pin::Pin<&mut C>),
) where
    C: Future<Output = Result<(), E>>,
    E: std::fmt::Display,
{
    let mut connection = Box::pin(connection);
    let takeover = loop {
        tokio::select! {
            biased;
            command = wanted.recv() => match command {
                Some(Command::TakeOver(takeover)) => break takeover,
                Some(Command::Finish) => finish(connection.as_mut()),
                None => return,
            },
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended early");
                }
                return;
            }
            () = ends.changed() => finish(connection.as_mut()),
        }
    };
    let stream = wire.taken();
    drop(connection);
    if let Some(stream) = stream {
        takeover.carry_out(stream).await;
    }
}
