//! A server that answers constant JSON and knows nothing else: the same TLS, the same hyper.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::world::World;

pub struct Bare {
    pub address: SocketAddr,
}

/// As long as a room.
const ROOM: &[u8] = br#"{"id":"99463425440177929","createdAt":"2026-11-24T03:57:05.6854493+00:00","validFrom":"2026-11-24T03:57:05.6394493+00:00","validUntil":"2027-05-23T03:57:05.6394493+00:00","pstnDialOutEnabled":false}"#;

impl Bare {
    pub async fn start(world: &World) -> Self {
        let acceptor = TlsAcceptor::from(world.emulator.authority().server_config());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else { continue };
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    socket.set_nodelay(true).expect("an option");
                    let Ok(stream) = acceptor.accept(socket).await else { return };
                    let answer = service_fn(|_: Request<hyper::body::Incoming>| async {
                        let mut response = Response::new(Full::new(Bytes::from_static(ROOM)));
                        response.headers_mut().insert(
                            "content-type",
                            http::HeaderValue::from_static("application/json; charset=utf-8"),
                        );
                        Ok::<_, Infallible>(response)
                    });
                    let _ =
                        http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        Self { address }
    }
}
