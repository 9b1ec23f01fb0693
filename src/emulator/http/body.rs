//! The body of an answer on its way out: whole, without a stated length, slow, or ending early.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// A response body.
pub(super) enum AnswerBody {
    /// With its length stated.
    Whole(Option<Bytes>),
    /// Of a length that is not stated: chunked over HTTP/1.1.
    Chunked(Option<Bytes>),
    /// Piece by piece.
    Paced(Paced),
}

/// Pieces with a wait after each, and perhaps an error in place of the end.
pub(super) struct Paced {
    pieces: VecDeque<Bytes>,
    pause: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    breaks: bool,
}

impl AnswerBody {
    /// `bytes` with so many bytes a second.
    pub(super) fn slow(bytes: &Bytes, rate: u32) -> Self {
        // Ten pieces a second, or one byte at a time where the rate is lower.
        let size = usize::try_from(rate / 10).unwrap_or(usize::MAX).max(1);
        let pieces: VecDeque<Bytes> =
            bytes.chunks(size).map(|piece| bytes.slice_ref(piece)).collect();
        let pause = Duration::from_secs_f64(size as f64 / f64::from(rate));
        Self::Paced(Paced { pieces, pause, waiting: None, breaks: false })
    }

    /// `bytes`, and then an error: the stream is reset, the connection closed.
    pub(super) fn broken(bytes: Bytes) -> Self {
        let pause = Duration::from_millis(20);
        Self::Paced(Paced { pieces: VecDeque::from([bytes]), pause, waiting: None, breaks: true })
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Self::Whole(bytes) | Self::Chunked(bytes) => {
                Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes))))
            }
            Self::Paced(paced) => paced.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) | Self::Chunked(bytes) => bytes.is_none(),
            Self::Paced(paced) => paced.pieces.is_empty() && !paced.breaks,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            _ => SizeHint::default(),
        }
    }
}

impl Paced {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(waiting) = &mut self.waiting {
            ready!(waiting.as_mut().poll(context));
        }
        self.waiting = Some(Box::pin(tokio::time::sleep(self.pause)));
        Poll::Ready(match self.pieces.pop_front() {
            Some(piece) => Some(Ok(Frame::data(piece))),
            None if self.breaks => Some(Err(io::Error::other("cut off on purpose"))),
            None => None,
        })
    }
}
