//! The proxy that adapters are told of by `HTTPS_PROXY`: it shows whether the SDK listens.
//!
//! One host is known to this proxy alone ([`BEHIND_PROXY`]): it is led to the same port of this
//! machine, so that a request for it arrives only from clients that use the proxy. This machine's
//! own names are refused: `NO_PROXY` names them. All else passes, as before, so that a command that
//! first installs something keeps working.

use std::io;
use std::net::Ipv4Addr;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::emulator::BEHIND_PROXY;

/// What `NO_PROXY` says to adapters.
const EXCEPTED: &str = "localhost,127.0.0.1,::1";
/// The longest head of a request that is read.
const LONGEST_HEAD: usize = 16 << 10;

/// A running proxy; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    port: u16,
    task: JoinHandle<()>,
}

impl Proxy {
    pub(super) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    // A tunnel that breaks is its client's to notice.
                    let _ = serve(client).await;
                });
            }
        });
        Ok(Self { port, task })
    }

    /// The variables that tell an adapter of it.
    pub(super) fn environment(&self) -> [(&'static str, String); 4] {
        let address = format!("http://127.0.0.1:{}", self.port);
        [
            ("HTTPS_PROXY", address.clone()),
            ("https_proxy", address),
            ("NO_PROXY", EXCEPTED.to_owned()),
            ("no_proxy", EXCEPTED.to_owned()),
        ]
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(client: TcpStream) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let Some(target) = target(&mut client).await? else {
        return client
            .write_all(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            .await;
    };
    let (host, port) = target.rsplit_once(':').unwrap_or((&target, "443"));
    let excepted = EXCEPTED.split(',').any(|name| name == host.trim_matches(['[', ']']));
    if excepted {
        return client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    }
    let mut server = match connect(host, port, &target).await {
        Ok(server) => server,
        Err(_) => {
            return client
                .write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                .await;
        }
    };
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await.map(|_| ())
}

/// Reads the head of a request; `host:port` of a CONNECT, `None` for other methods.
async fn target(client: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut target = None;
    let mut read = 0;
    let mut line = String::new();
    loop {
        line.clear();
        let length = client.read_line(&mut line).await?;
        read += length;
        if read == length {
            let mut words = line.split(' ');
            target = words
                .next()
                .filter(|method| *method == "CONNECT")
                .and(words.next())
                .map(str::to_owned);
        }
        if length == 0 || read > LONGEST_HEAD || line == "\r\n" {
            return Ok(target);
        }
    }
}

async fn connect(host: &str, port: &str, target: &str) -> io::Result<TcpStream> {
    if host != BEHIND_PROXY {
        return TcpStream::connect(target).await;
    }
    let port = port.parse().map_err(io::Error::other)?;
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    async fn asked(proxy: &Proxy, target: &str) -> String {
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port)).await.unwrap();
        let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        client.read_exact(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn the_one_host_is_led_to_this_machine_and_its_own_names_are_refused() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = server.local_addr().unwrap().port();
        let proxy = Proxy::start().await.unwrap();
        assert_eq!(asked(&proxy, &format!("{BEHIND_PROXY}:{port}")).await, "HTTP/1.1 200");
        assert_eq!(asked(&proxy, &format!("localhost:{port}")).await, "HTTP/1.1 403");
    }
}
