//! Taking a connection away from the HTTP library: raw bytes, and a chosen way to end.

use std::time::Duration;

use bytes::Bytes;
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::wire::Stream;

/// What a connection does in place of HTTP, and how it ends.
#[derive(Debug)]
pub(super) struct Takeover {
    /// Written as they stand.
    pub bytes: Bytes,
    pub ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// TLS is told (`close_notify`), then TCP closes.
    Notify,
    /// TCP closes, TLS is told nothing.
    Bare,
    /// TCP reset.
    Reset,
}

/// How long a closed connection still reads.
const DRAIN: Duration = Duration::from_millis(500);

impl Takeover {
    /// Ends the connection without a byte.
    pub(super) const fn silent(ending: Ending) -> Self {
        Self { bytes: Bytes::new(), ending }
    }

    /// Carries it out. Errors end it early: the client is gone.
    pub(super) async fn carry_out(self, mut stream: Stream) {
        let written = async {
            stream.write_all(&self.bytes).await?;
            stream.flush().await
        };
        if tokio::time::timeout(Duration::from_secs(30), written).await.is_err() {
            return;
        }
        match self.ending {
            Ending::Notify => {
                let _ = stream.shutdown().await;
                close(stream.into_inner().0).await;
            }
            Ending::Bare => close(stream.into_inner().0).await,
            Ending::Reset => reset(stream.into_inner().0),
        }
    }
}

/// Drops the socket with a TCP reset.
pub(super) fn reset(socket: TcpStream) {
    // Without the option the drop below would close in the ordinary way: nothing to report to.
    let _ = SockRef::from(&socket).set_linger(Some(Duration::ZERO));
    drop(socket);
}

/// Closes the socket with a FIN, and reads what still comes for a moment: bytes that nobody reads
/// would make a reset of it, and the client might lose what it was sent last.
pub(super) async fn close(mut socket: TcpStream) {
    let _ = socket.shutdown().await;
    let mut ignored = [0; 4096];
    let _ = tokio::time::timeout(DRAIN, async {
        while matches!(socket.read(&mut ignored).await, Ok(read) if read > 0) {}
    })
    .await;
}
