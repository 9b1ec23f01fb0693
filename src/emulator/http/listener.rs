//! Listening sockets and the accept loop.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::connection;
use super::dispatch::Front;

/// Sockets that share one port.
#[derive(Debug)]
pub(in crate::emulator) struct Listener {
    pub sockets: Vec<TcpListener>,
    pub port: u16,
}

/// How many free ports are tried until one is free for IPv6 too.
const ATTEMPTS: usize = 16;

/// Binds `address` (`None`: IPv4 and IPv6 loopback, for a client may look `localhost` up to either).
///
/// # Errors
///
/// The port is taken, or not ours to use.
pub(in crate::emulator) fn bind(address: Option<IpAddr>, port: u16) -> io::Result<Listener> {
    if let Some(address) = address {
        let socket = listen(SocketAddr::new(address, port))?;
        let port = socket.local_addr()?.port();
        return Ok(Listener { sockets: vec![socket], port });
    }
    let mut attempt = 0;
    loop {
        let four = listen(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port))?;
        let bound = four.local_addr()?.port();
        match listen(SocketAddr::new(Ipv6Addr::LOCALHOST.into(), bound)) {
            Ok(six) => return Ok(Listener { sockets: vec![four, six], port: bound }),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                attempt += 1;
                if port != 0 || attempt == ATTEMPTS {
                    return Err(error);
                }
            }
            // A machine without IPv6.
            Err(_) => return Ok(Listener { sockets: vec![four], port: bound }),
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // Who listens on every address means those of IPv4 too.
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    // A restart must not wait for the connections of the one before.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    TcpListener::from_std(socket.into())
}

/// Takes connections until told to stop, then gives those at work a moment to finish.
pub(super) async fn accept(
    socket: TcpListener,
    numbers: Arc<AtomicU64>,
    front: Arc<Front>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => {
                    let number = numbers.fetch_add(1, Ordering::Relaxed) + 1;
                    let served =
                        connection::serve(stream, number, Arc::clone(&front), stopped.clone());
                    connections.spawn(served);
                }
                Err(error) => {
                    // Out of file descriptors, most likely: others must end first.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
            Some(_) = connections.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(socket);
    let finished = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(front.limits.grace, finished).await;
}

impl Listener {
    /// Starts an accept loop a socket; they end once `stopped`, or with the tasks.
    pub(in crate::emulator) fn serve(
        self,
        front: &Arc<Front>,
        stopped: &watch::Sender<bool>,
        tasks: &mut JoinSet<()>,
    ) {
        let numbers = Arc::new(AtomicU64::new(0));
        for socket in self.sockets {
            let (front, numbers) = (Arc::clone(front), Arc::clone(&numbers));
            tasks.spawn(accept(socket, numbers, front, stopped.subscribe()));
        }
    }
}
