//! One HTTP client for a whole run: sends, measures, writes down.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::Utc;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::cassette::Player;
use crate::target::Passage;
use crate::transcript::{Attempt, Exchange, Headers, Observer, Received, Sent};

/// How long a connection may take to come up, TLS included.
const CONNECT_LIMIT: Duration = Duration::from_secs(8);

/// A client that trusts one set of authorities. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    /// The way to a real resource: manners, ledger, patience.
    passage: Option<Passage>,
    /// Recorded traffic that answers instead of a network.
    player: Option<Arc<Player>>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the certificate authority cannot be read: {0}")]
    Authority(String),
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
}

/// A request that is ready to leave, signature and all.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub method: String,
    /// Scheme and authority, without a trailing slash.
    pub endpoint: String,
    /// Path and query as they go out.
    pub target: String,
    pub headers: Headers,
    pub body: Bytes,
    /// Undoing a creation: marked in the exchange, never judged.
    pub cleanup: bool,
}

/// An exchange with what only the sender knows of it.
#[derive(Debug)]
pub struct Answered {
    /// Attempts that a live target turned away and that were repeated; the last is `exchange`.
    pub earlier: Vec<Exchange>,
    pub exchange: Exchange,
    pub trouble: Option<Trouble>,
}

/// Why no whole answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No connection: refused, unknown host, TLS.
    Connect,
    /// The time limit passed.
    Timeout,
    /// The connection broke, or what came was no HTTP.
    Broken,
    /// The request could not be put on the wire at all.
    Unsendable,
}

impl Answered {
    /// Whether the request surely never reached the service.
    pub(crate) fn never_left(&self) -> bool {
        matches!(self.trouble, Some(Trouble::Connect | Trouble::Unsendable))
            && self.earlier.iter().all(|exchange| exchange.received.is_some())
    }

    /// All attempts, the last one last.
    pub(crate) fn into_exchanges(self) -> impl Iterator<Item = Exchange> {
        self.earlier.into_iter().chain([self.exchange])
    }

    /// A request that was not sent at all, for the reason given.
    pub(crate) fn unsent(outgoing: &Outgoing, why: String) -> Self {
        let exchange = Exchange {
            observer: Observer::Client,
            sent: sent(outgoing),
            received: None,
            broken: Some(why),
            started: Utc::now(),
            duration: Duration::ZERO,
            attempt: Attempt { cleanup: outgoing.cleanup, ..Attempt::default() },
        };
        Self { earlier: Vec::new(), exchange, trouble: Some(Trouble::Unsendable) }
    }
}

impl Client {
    /// Trusts `authorities` (PEM) and nothing else: reading the system's store costs milliseconds.
    /// Proxies are not used.
    ///
    /// # Errors
    ///
    /// When the PEM cannot be read.
    pub fn trusting(authorities: &str) -> Result<Self, ClientError> {
        Self::with(&Trust::only(authorities)?)
    }

    /// As [`Client::trusting`], of a trust that is at hand.
    ///
    /// # Errors
    ///
    /// When no client can be set up.
    pub fn with(trust: &Trust) -> Result<Self, ClientError> {
        Self::build(trust.0.clone(), |builder| builder.no_proxy())
    }

    /// For what lies outside this machine: trusts what the system trusts and `authorities` (PEM)
    /// beside it, and uses the proxies that the environment names (`HTTPS_PROXY`, `NO_PROXY`).
    ///
    /// # Errors
    ///
    /// When the PEM or the system's store cannot be read.
    pub fn outside(authorities: Option<&str>) -> Result<Self, ClientError> {
        let tls = Self::tls(authorities)?;
        Self::build(tls, |builder| builder)
    }

    /// The TLS of [`Client::outside`].
    pub(crate) fn tls(authorities: Option<&str>) -> Result<rustls::ClientConfig, ClientError> {
        let extra = authorities.map(certificates).transpose()?.unwrap_or_default();
        let protocols = protocols()?;
        let provider = protocols.crypto_provider().clone();
        let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider)
            .map_err(|error| ClientError::Authority(error.to_string()))?;
        Ok(protocols
            .dangerous()
            .with_custom_certificate_verifier(std::sync::Arc::new(verifier))
            .with_no_client_auth())
    }

    /// The same client, with everything it sends going through `passage`.
    #[must_use]
    pub fn through(&self, passage: Passage) -> Self {
        Self { http: self.http.clone(), passage: Some(passage), player: None }
    }

    pub(crate) fn passage(&self) -> Option<&Passage> {
        self.passage.as_ref()
    }

    /// A client that sends nothing: `player` answers.
    ///
    /// # Errors
    ///
    /// When no client can be set up at all.
    pub fn playing(player: Arc<Player>) -> Result<Self, ClientError> {
        let nobody = rustls::RootCertStore::empty();
        let tls = protocols()?.with_root_certificates(nobody).with_no_client_auth();
        let silent = Self::build(tls, |builder| builder.no_proxy())?;
        Ok(Self { player: Some(player), ..silent })
    }

    /// The bare HTTP client: its trust and proxies, without passage and without a record.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    fn build(
        tls: rustls::ClientConfig,
        adjust: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<Self, ClientError> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_gzip()
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_LIMIT);
        let http = adjust(builder).build().map_err(|error| ClientError::Setup(chain(&error)))?;
        Ok(Self { http, passage: None, player: None })
    }

    /// Sends one request and waits at most `limit` for the whole answer. Toward a live target
    /// with the manners, the patience and the ledger of its [`Passage`].
    pub async fn send(&self, outgoing: &Outgoing, limit: Duration) -> Answered {
        match &self.passage {
            Some(passage) => passage.send(self, outgoing, limit).await,
            None => self.send_once(outgoing, limit).await,
        }
    }

    /// Sends one request, once, whatever the target.
    pub(crate) async fn send_once(&self, outgoing: &Outgoing, limit: Duration) -> Answered {
        let started = Utc::now();
        let clock = Instant::now();
        let result = match self.request(outgoing) {
            Ok(_) if self.player.is_some() => self.play(outgoing),
            Ok(request) => match tokio::time::timeout(limit, self.exchange(request)).await {
                Ok(result) => result,
                Err(_) => Err((Trouble::Timeout, format!("no whole answer within {limit:?}"))),
            },
            Err(why) => Err((Trouble::Unsendable, why)),
        };
        let (received, broken, trouble) = match result {
            Ok(received) => (Some(received), None, None),
            Err((trouble, why)) => (None, Some(why), Some(trouble)),
        };
        let exchange = Exchange {
            observer: Observer::Client,
            sent: sent(outgoing),
            received,
            broken,
            started,
            duration: clock.elapsed(),
            attempt: Attempt { cleanup: outgoing.cleanup, ..Attempt::default() },
        };
        Answered { earlier: Vec::new(), exchange, trouble }
    }

    fn play(&self, outgoing: &Outgoing) -> Result<Received, (Trouble, String)> {
        match &self.player {
            Some(player) => player.answer(outgoing).map_err(|why| (Trouble::Broken, why)),
            None => Err((Trouble::Unsendable, "there is no cassette".to_owned())),
        }
    }

    fn request(&self, outgoing: &Outgoing) -> Result<reqwest::Request, String> {
        let text = format!("{}{}", outgoing.endpoint, outgoing.target);
        let url = Url::parse(&text).map_err(|error| format!("{text} is no URL: {error}"))?;
        let method = Method::from_bytes(outgoing.method.as_bytes())
            .map_err(|_| format!("{:?} is no HTTP method", outgoing.method))?;
        let mut request = reqwest::Request::new(method, url);
        *request.headers_mut() = header_map(&outgoing.headers)?;
        if !outgoing.body.is_empty() {
            *request.body_mut() = Some(outgoing.body.clone().into());
        }
        Ok(request)
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<Received, (Trouble, String)> {
        let response = self.http.execute(request).await.map_err(|error| trouble(&error))?;
        let status = response.status().as_u16();
        let headers = received_headers(response.headers());
        let body = response.bytes().await.map_err(|error| trouble(&error))?;
        Ok(Received { status, headers, body })
    }
}

/// Whom a client trusts. Clients of one trust have connections of their own, and resume each
/// other's TLS sessions.
#[derive(Debug, Clone)]
pub struct Trust(rustls::ClientConfig);

impl Trust {
    /// Trusts `authorities` (PEM) and nothing else.
    ///
    /// # Errors
    ///
    /// When the PEM cannot be read.
    pub fn only(authorities: &str) -> Result<Self, ClientError> {
        let mut roots = rustls::RootCertStore::empty();
        for certificate in certificates(authorities)? {
            roots.add(certificate).map_err(|error| ClientError::Authority(error.to_string()))?;
        }
        Ok(Self(protocols()?.with_root_certificates(roots).with_no_client_auth()))
    }
}

type Protocols = rustls::ConfigBuilder<rustls::ClientConfig, rustls::WantsVerifier>;

fn protocols() -> Result<Protocols, ClientError> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError::Setup(error.to_string()))
}

fn certificates(pem: &str) -> Result<Vec<rustls::pki_types::CertificateDer<'static>>, ClientError> {
    use rustls::pki_types::pem::PemObject;
    let found: Vec<_> = rustls::pki_types::CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| ClientError::Authority(error.to_string()))?;
    if found.is_empty() {
        return Err(ClientError::Authority("it holds no PEM certificate".to_owned()));
    }
    Ok(found)
}

fn header_map(headers: &Headers) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::with_capacity(headers.0.len());
    for (name, value) in &headers.0 {
        let key = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("{name:?} is no header name"))?;
        let value = HeaderValue::from_str(value)
            .map_err(|_| format!("the value of header {name} cannot go over the wire"))?;
        map.append(key, value);
    }
    Ok(map)
}

fn received_headers(map: &HeaderMap) -> Headers {
    Headers(
        map.iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect(),
    )
}

fn sent(outgoing: &Outgoing) -> Sent {
    let (scheme, authority) = outgoing.endpoint.split_once("://").unwrap_or(("https", ""));
    let mut headers = outgoing.headers.clone();
    if headers.get("host").is_none() {
        headers.push("host", authority);
    }
    Sent {
        method: outgoing.method.clone(),
        scheme: scheme.to_owned(),
        authority: authority.to_owned(),
        target: outgoing.target.clone(),
        protocol: "HTTP/1.1".to_owned(),
        headers,
        body: outgoing.body.clone(),
    }
}

fn trouble(error: &reqwest::Error) -> (Trouble, String) {
    let kind = if error.is_connect() {
        Trouble::Connect
    } else if error.is_timeout() {
        Trouble::Timeout
    } else {
        Trouble::Broken
    };
    (kind, chain(error))
}

/// The innermost causes say what happened; the outer ones repeat the address.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}
