//! A tap that is open: its address, its keys, what it saw.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::Utc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::forward::Forwarder;
use super::server::{self, GRACE};
use crate::acs::Secret;
use crate::driver::wire::Client;
use crate::emulator::auth::{Credentials, TokenKind};
use crate::emulator::seed::Seed;
use crate::emulator::{Authority, AuthorityError};
use crate::target::Passage;
use crate::target::credentials::Account;
use crate::transcript::Exchange;

/// What it takes to open a tap.
#[derive(Debug)]
pub struct Opening {
    pub account: Account,
    pub client: Client,
    pub passage: Passage,
    /// 0 is a free one.
    pub port: u16,
    /// Take nothing but what the wire itself says as signed.
    pub strict: bool,
}

/// Why there is no tap.
#[derive(Debug, thiserror::Error)]
pub enum TapError {
    #[error("port {port} cannot be listened on: {error}")]
    Listen { port: u16, error: io::Error },
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    #[error("the tap's own keys cannot be made: {0}")]
    Keys(String),
}

/// Stops when dropped.
pub struct Tap {
    endpoint: String,
    credentials: Credentials,
    ca_pem: String,
    journal: Journal,
    stop: watch::Sender<bool>,
    servers: JoinSet<()>,
    /// Ends when no request is on its way any more.
    busy: mpsc::Receiver<Infallible>,
}

impl std::fmt::Debug for Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tap").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// What passed, in the order of the answers.
pub(super) type Journal = Arc<Mutex<Vec<Exchange>>>;

impl Tap {
    /// Opens it on loopback, with keys that are thrown away with it.
    ///
    /// # Errors
    ///
    /// When the port is taken or no certificate can be made.
    pub async fn open(opening: Opening, authority: &Authority) -> Result<Self, TapError> {
        let sockets = bind(opening.port)
            .await
            .map_err(|error| TapError::Listen { port: opening.port, error })?;
        let port = sockets
            .first()
            .and_then(|socket| socket.local_addr().ok())
            .map_or(opening.port, |address| address.port());
        let endpoint = format!("https://localhost:{port}");
        let mut credentials = Credentials::from_seed(Seed::random(), 1)
            .map_err(|error| TapError::Keys(error.to_string()))?;
        credentials.strict = opening.strict;
        let journal = Journal::default();
        let (busy, idle) = mpsc::channel(1);
        let forwarder = Arc::new(Forwarder {
            endpoint: endpoint.clone(),
            credentials: credentials.clone(),
            account: opening.account,
            client: opening.client,
            passage: opening.passage,
            journal: Arc::clone(&journal),
            _busy: busy,
        });
        let stop = watch::Sender::new(false);
        let mut servers = JoinSet::new();
        for socket in sockets {
            let config = authority.server_config();
            servers.spawn(server::serve(socket, config, Arc::clone(&forwarder), stop.subscribe()));
        }
        let ca_pem = authority.ca_pem().to_owned();
        Ok(Self { endpoint, credentials, ca_pem, journal, stop, servers, busy: idle })
    }

    /// Scheme and authority, without a slash at the end.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What the program is given instead of the live one.
    pub fn connection_string(&self) -> Secret {
        let key = self.credentials.primary.text();
        Secret::new(format!("endpoint={}/;accesskey={}", self.endpoint, key.expose()))
    }

    /// Both of the tap's own keys.
    pub fn keys(&self) -> [Secret; 2] {
        [&self.credentials.primary, &self.credentials.secondary].map(|key| key.text().clone())
    }

    /// A token that the tap accepts, good for a day.
    pub fn bearer_token(&self) -> Secret {
        self.credentials.issuer.token(TokenKind::Valid, Utc::now())
    }

    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// What passed since the last call.
    pub fn take_exchanges(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.journal.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends it; requests that are on their way are finished first, even those of a program that
    /// is gone.
    pub async fn close(mut self) -> Vec<Exchange> {
        self.stop.send_replace(true);
        while self.servers.join_next().await.is_some() {}
        let _ = tokio::time::timeout(GRACE, self.busy.recv()).await;
        self.take_exchanges()
    }
}

/// IPv4 and IPv6 loopback: a client may look `localhost` up to either.
async fn bind(port: u16) -> io::Result<Vec<TcpListener>> {
    let four = TcpListener::bind((IpAddr::V4(Ipv4Addr::LOCALHOST), port)).await?;
    let bound = four.local_addr()?.port();
    // A machine without IPv6, or a port that is taken there: IPv4 alone serves.
    let six = TcpListener::bind((IpAddr::V6(Ipv6Addr::LOCALHOST), bound)).await.ok();
    Ok([Some(four), six].into_iter().flatten().collect())
}
