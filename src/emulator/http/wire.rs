//! The byte stream of one connection: it can be taken away from the HTTP library, it remembers
//! the bytes that arrived, and it gives up on a client that takes no more bytes.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_rustls::server::TlsStream;

pub(super) type Stream = TlsStream<TcpStream>;

/// More than this of one request is not remembered.
const REMEMBERED: usize = 128 << 10;

/// A connection's stream. Clones are the same stream.
#[derive(Clone)]
pub(super) struct Wire(Arc<Mutex<State>>);

struct State {
    /// `None` once it was taken away.
    stream: Option<Stream>,
    /// What arrived since the last request; `None` when nobody asked.
    tap: Option<Vec<u8>>,
    /// How many bytes arrived in all.
    arrived: u64,
    /// Runs while the client takes no bytes.
    stalled: Option<Pin<Box<Sleep>>>,
    patience: Duration,
}

impl Wire {
    pub(super) fn new(stream: Stream, patience: Duration, remember: bool) -> Self {
        let tap = remember.then(Vec::new);
        Self(Arc::new(Mutex::new(State {
            stream: Some(stream),
            tap,
            arrived: 0,
            stalled: None,
            patience,
        })))
    }

    /// Takes the stream away from whoever else holds this wire.
    pub(super) fn taken(&self) -> Option<Stream> {
        self.lock().stream.take()
    }

    /// The bytes that arrived since the last call.
    pub(super) fn remembered(&self) -> Option<Vec<u8>> {
        self.lock().tap.as_mut().map(std::mem::take)
    }

    /// How many bytes arrived since the handshake.
    pub(super) fn arrived(&self) -> u64 {
        self.lock().arrived
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn stream(&mut self) -> io::Result<Pin<&mut Stream>> {
        let taken = || io::Error::new(io::ErrorKind::NotConnected, "the stream was taken over");
        self.stream.as_mut().map(Pin::new).ok_or_else(taken)
    }

    /// Passes on what writing came to; a wait that lasts too long becomes an error.
    fn with_patience<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes no bytes")))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.lock();
        let before = buffer.filled().len();
        ready!(state.stream()?.poll_read(context, buffer))?;
        let arrived = buffer.filled().get(before..).unwrap_or_default();
        state.arrived += arrived.len() as u64;
        if let Some(tap) = &mut state.tap {
            let room = REMEMBERED.saturating_sub(tap.len());
            tap.extend(arrived.iter().take(room));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.lock();
        let written = state.stream()?.poll_write(context, bytes);
        state.with_patience(written, context)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.lock();
        let flushed = state.stream()?.poll_flush(context);
        state.with_patience(flushed, context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.lock();
        let ended = state.stream()?.poll_shutdown(context);
        state.with_patience(ended, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.lock();
        let written = state.stream()?.poll_write_vectored(context, pieces);
        state.with_patience(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.lock().stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }
}
