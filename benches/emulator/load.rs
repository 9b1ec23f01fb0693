//! Many kept-alive connections that send the same requests over and over.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::client::TlsStream;

use crate::world::World;

pub struct Load {
    pub connections: usize,
    pub time: Duration,
}

/// Rates of several rounds.
#[derive(Default)]
pub struct Rate(Vec<f64>);

impl Rate {
    pub fn take(&mut self, rate: f64) {
        self.0.push(rate);
    }

    pub fn best(&self) -> f64 {
        self.0.iter().copied().fold(0.0, f64::max)
    }
}

impl Load {
    /// Requests a second. Each connection sends the request of its number.
    pub async fn run(
        &self,
        address: SocketAddr,
        world: &World,
        request: impl Fn(usize) -> Vec<u8>,
    ) -> f64 {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut clients = JoinSet::new();
        for index in 0..self.connections {
            let mut stream = connect(address, world).await;
            let bytes = request(index);
            let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
            clients.spawn(async move {
                let mut buffer = vec![0; 64 * 1024];
                while !stop.load(Ordering::Relaxed) {
                    exchange(&mut stream, &bytes, &mut buffer).await;
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Warm before it counts.
        tokio::time::sleep(self.time / 4).await;
        let (begun, before) = (Instant::now(), answered.load(Ordering::Relaxed));
        tokio::time::sleep(self.time).await;
        let count = answered.load(Ordering::Relaxed) - before;
        let rate = count as f64 / begun.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        while clients.join_next().await.is_some() {}
        rate
    }
}

async fn connect(address: SocketAddr, world: &World) -> TlsStream<TcpStream> {
    let socket = TcpStream::connect(address).await.expect("a connection");
    socket.set_nodelay(true).expect("an option");
    let name = ServerName::try_from("localhost").expect("a name");
    world.connector.connect(name, socket).await.expect("a handshake")
}

async fn exchange(stream: &mut TlsStream<TcpStream>, request: &[u8], buffer: &mut [u8]) {
    stream.write_all(request).await.expect("to send");
    let mut length = 0;
    loop {
        let read = stream.read(&mut buffer[length..]).await.expect("to receive");
        assert!(read > 0, "the server closed");
        length += read;
        if is_whole(&buffer[..length]) {
            assert!(
                buffer.starts_with(b"HTTP/1.1 20"),
                "{}",
                String::from_utf8_lossy(&buffer[..length])
            );
            return;
        }
    }
}

/// Chunked answers end with the empty chunk; the others state their length.
fn is_whole(answer: &[u8]) -> bool {
    if answer.ends_with(b"\r\n0\r\n\r\n") {
        return true;
    }
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let head = std::str::from_utf8(&answer[..end]).expect("a head");
    let stated = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    stated
        .is_some_and(|length| answer.len() == end + 4 + length.parse::<usize>().expect("a length"))
}
