//! Listening for the program: TLS, HTTP/1.1 and HTTP/2, whole requests in and whole answers out.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::forward::Forwarder;
use super::journey::Arrival;
use crate::transcript::{Headers, Sent};

/// Larger bodies are nothing that the service takes.
const LARGEST_BODY: usize = 4 << 20;
/// How long requests that are on their way may take when the tap closes.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// Takes connections until told to stop.
pub(super) async fn serve(
    socket: TcpListener,
    config: Arc<ServerConfig>,
    forwarder: Arc<Forwarder>,
    mut stop: watch::Receiver<bool>,
) {
    let acceptor = TlsAcceptor::from(config);
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        tokio::select! {
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => {
                    number += 1;
                    let (acceptor, forwarder) = (acceptor.clone(), Arc::clone(&forwarder));
                    connections.spawn(connection(stream, acceptor, forwarder, number, stop.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "the tap cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
            Some(_) = connections.join_next() => {}
            _ = stop.changed() => break,
        }
    }
    drop(socket);
    let finished = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, finished).await;
}

async fn connection(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    forwarder: Arc<Forwarder>,
    number: u64,
    mut stop: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let stream = match acceptor.accept(stream).await {
        Ok(stream) => stream,
        Err(error) => {
            tracing::info!(%error, "a program does not trust the tap, or speaks no TLS");
            return;
        }
    };
    let service = service_fn(move |request| {
        let forwarder = Arc::clone(&forwarder);
        async move { Ok::<_, Infallible>(answer(request, forwarder, number).await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = stop.changed() => connection.as_mut().graceful_shutdown(),
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    forwarder: Arc<Forwarder>,
    connection: u64,
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let arrival = Arrival {
        sent: sent(&parts, body.to_bytes()),
        method: parts.method,
        headers: parts.headers,
        connection,
    };
    // A program that hangs up, or is killed, does not take along the answer to what it asked:
    // what was created must come to be known.
    let forwarding = tokio::spawn(async move { forwarder.forward(arrival).await });
    let Ok(Some(received)) = forwarding.await else {
        return plain(StatusCode::BAD_GATEWAY);
    };
    let mut response = Response::builder().status(received.status);
    for (name, value) in &received.headers.0 {
        if !is_framing(name) {
            response = response.header(name, value);
        }
    }
    response.body(Full::new(received.body)).unwrap_or_else(|_| plain(StatusCode::BAD_GATEWAY))
}

fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

/// Headers that belong to one connection, not to the answer.
fn is_framing(name: &str) -> bool {
    ["connection", "keep-alive", "transfer-encoding", "content-length", "upgrade", "trailer"]
        .iter()
        .any(|framing| name.eq_ignore_ascii_case(framing))
}

fn sent(parts: &hyper::http::request::Parts, body: Bytes) -> Sent {
    let header = parts.headers.get("host").and_then(|host| host.to_str().ok());
    let authority = parts.uri.authority().map_or(header.unwrap_or_default(), |own| own.as_str());
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), text)
        })
        .collect();
    Sent {
        method: parts.method.as_str().to_owned(),
        scheme: "https".to_owned(),
        authority: authority.to_owned(),
        target: target.to_owned(),
        protocol: if parts.version == Version::HTTP_2 { "HTTP/2" } else { "HTTP/1.1" }.to_owned(),
        headers: Headers(headers),
        body,
    }
}
