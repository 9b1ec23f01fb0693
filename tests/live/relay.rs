//! A relay before the stand-in: its network, which can fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Bytes pass while it is up; while it is down connections are refused and open ones break.
pub struct Relay {
    pub port: u16,
    upstream: u16,
    up: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
    /// While it is down: bound and not listening, so that connections are refused and nobody else
    /// is given the port.
    held: Option<TcpSocket>,
    connections: Arc<AtomicU64>,
    latency: Duration,
}

impl Relay {
    pub async fn before(endpoint: &str, latency: Duration) -> Self {
        let upstream = endpoint.rsplit_once(':').expect("a port").1.parse().expect("a port");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let mut relay = Self {
            port,
            upstream,
            up: watch::Sender::new(true),
            server: None,
            held: None,
            connections: Arc::default(),
            latency,
        };
        relay.serve(listener);
        relay
    }

    pub fn endpoint(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    pub fn toward(&mut self, endpoint: &str) {
        self.upstream = endpoint.rsplit_once(':').expect("a port").1.parse().expect("a port");
    }

    pub async fn down(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
            let _ = server.await;
        }
        self.held = Some(bound(self.port));
        self.up.send_replace(false);
    }

    pub async fn up(&mut self) {
        self.up = watch::Sender::new(true);
        let held = self.held.take().expect("it is down");
        self.serve(held.listen(1024).expect("the port"));
    }

    fn serve(&mut self, listener: TcpListener) {
        let (upstream, latency) = (self.upstream, self.latency);
        let (up, connections) = (self.up.subscribe(), Arc::clone(&self.connections));
        self.server = Some(tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                let mut up = up.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(latency).await;
                    let Ok(mut server) = TcpStream::connect(("127.0.0.1", upstream)).await else {
                        return;
                    };
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = up.wait_for(|up| !*up) => {}
                    }
                });
            }
        }));
    }
}

fn bound(port: u16) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option");
    socket.bind((std::net::Ipv4Addr::LOCALHOST, port).into()).expect("the port");
    socket
}
