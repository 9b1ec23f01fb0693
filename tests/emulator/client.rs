//! A small HTTP/1.1 client that lets tests see and send any byte.

use std::sync::Arc;
use std::time::Duration;

use acs_conformance::acs::signing::{AccessKey, Signature};
use acs_conformance::emulator::{Builder, Emulator, Resource};
use chrono::Utc;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// One connection to an emulator.
pub struct Connection {
    pub stream: TlsStream<TcpStream>,
    read: Vec<u8>,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

pub async fn started(builder: Builder) -> Emulator {
    builder.start().await.unwrap()
}

fn connector(ca_pem: &str, protocols: &[&[u8]]) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

pub fn address(endpoint: &str) -> String {
    format!("127.0.0.1:{}", endpoint.rsplit_once(':').unwrap().1)
}

impl Connection {
    pub async fn try_open(endpoint: &str, ca_pem: &str) -> std::io::Result<Self> {
        let socket = TcpStream::connect(address(endpoint)).await?;
        Self::over(socket, ca_pem, "localhost", &[]).await
    }

    /// On a socket of the caller's, to a name that the certificate must hold.
    pub async fn over(
        socket: TcpStream,
        ca_pem: &str,
        name: &str,
        protocols: &[&[u8]],
    ) -> std::io::Result<Self> {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let stream = connector(ca_pem, protocols).connect(name, socket).await?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// Agrees on HTTP/2, of which this client knows nothing.
    pub async fn two(emulator: &Emulator) -> Self {
        let socket = TcpStream::connect(address(emulator.endpoint())).await.unwrap();
        Self::over(socket, emulator.ca_pem(), "localhost", &[b"h2"]).await.unwrap()
    }

    pub async fn open(emulator: &Emulator) -> Self {
        Self::try_open(emulator.endpoint(), emulator.ca_pem()).await.unwrap()
    }

    pub async fn to(emulator: &Emulator, resource: &Resource) -> Self {
        Self::try_open(resource.endpoint(), emulator.ca_pem()).await.unwrap()
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// The next answer; an error when the connection ends before it does.
    pub async fn receive(&mut self) -> std::io::Result<Reply> {
        let limit = Duration::from_secs(20);
        tokio::time::timeout(limit, self.receive_patiently(true)).await.expect("an answer in time")
    }

    /// The next answer to a HEAD.
    pub async fn receive_head(&mut self) -> std::io::Result<Reply> {
        self.receive_patiently(false).await
    }

    async fn receive_patiently(&mut self, with_body: bool) -> std::io::Result<Reply> {
        let end = loop {
            if let Some(at) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8(self.read.drain(..end).collect()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut reply = Reply { status, head, body: Vec::new() };
        if !with_body {
            return Ok(reply);
        }
        if reply.header("transfer-encoding") == Some("chunked") {
            loop {
                let line = loop {
                    if let Some(at) = self.read.windows(2).position(|window| window == b"\r\n") {
                        break at;
                    }
                    self.more().await?;
                };
                let text = String::from_utf8(self.read.drain(..line + 2).collect()).unwrap();
                let length = usize::from_str_radix(text.trim(), 16).unwrap();
                while self.read.len() < length + 2 {
                    self.more().await?;
                }
                reply.body.extend(self.read.drain(..length));
                self.read.drain(..2);
                if length == 0 {
                    return Ok(reply);
                }
            }
        }
        let length = reply.header("content-length").map_or(0, |length| length.parse().unwrap());
        while self.read.len() < length {
            self.more().await?;
        }
        reply.body = self.read.drain(..length).collect();
        Ok(reply)
    }

    async fn more(&mut self) -> std::io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer).await? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.read.extend_from_slice(&buffer[..read]);
                Ok(())
            }
        }
    }

    /// Everything until the connection ends, and how it ended.
    pub async fn rest(&mut self) -> (Vec<u8>, std::io::Result<()>) {
        let ended = async {
            loop {
                if let Err(error) = self.more().await {
                    break error;
                }
            }
        };
        let error = tokio::time::timeout(Duration::from_secs(20), ended).await.expect("an end");
        let all = std::mem::take(&mut self.read);
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof if error.get_ref().is_none() => (all, Ok(())),
            _ => (all, Err(error)),
        }
    }

    pub async fn call(&mut self, bytes: &[u8]) -> Reply {
        self.send(bytes).await;
        self.receive().await.unwrap()
    }
}

/// A request as it should be signed, with `content-type` fit for its method.
pub fn signed(resource: &Resource, method: &str, target: &str, body: &str) -> Vec<u8> {
    signed_with(resource, resource.primary_key(), method, target, body)
}

pub fn signed_with(
    resource: &Resource,
    key: &AccessKey,
    method: &str,
    target: &str,
    body: &str,
) -> Vec<u8> {
    let host = resource.authority();
    let signature = Signature::new(key, method, target, host, body.as_bytes(), Utc::now());
    let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nx-ms-date: {}\r\n\
         x-ms-content-sha256: {}\r\nAuthorization: {}\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        signature.date,
        signature.content_hash,
        signature.authorization,
        body.len()
    )
    .into_bytes()
}

pub const ROOMS: &str = "/rooms?api-version=2025-03-13";

/// Signed requests to the first resource.
pub fn create(emulator: &Emulator) -> Vec<u8> {
    signed(&emulator.resources()[0], "POST", ROOMS, "{}")
}

pub fn list(emulator: &Emulator) -> Vec<u8> {
    signed(&emulator.resources()[0], "GET", ROOMS, "")
}

/// How many rooms there are, as a client sees it on a connection of its own.
pub async fn rooms(emulator: &Emulator) -> usize {
    let mut connection = Connection::open(emulator).await;
    connection.call(&list(emulator)).await.json()["value"].as_array().unwrap().len()
}
