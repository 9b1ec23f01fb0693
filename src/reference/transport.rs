//! One request out, one answer in: connections, TLS, proxies.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};

use super::failure::Failure;
use super::mutant::Mutant;
use crate::transcript::{ErrorKind, Headers};

/// A request as it goes on the wire.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub method: &'static str,
    /// Scheme and authority.
    pub origin: String,
    /// Path and query.
    pub target: String,
    pub headers: Headers,
    pub body: Bytes,
}

impl Outgoing {
    /// Sets a header, whatever it held.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.headers.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push(name, value);
    }

    pub fn authority(&self) -> &str {
        self.origin.split_once("://").map_or(&self.origin, |(_, authority)| authority)
    }
}

/// A whole answer, its body decoded from gzip.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: Headers,
    pub body: Bytes,
}

/// Why no whole answer came.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub kind: TroubleKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TroubleKind {
    /// No connection: refused, unknown host, TLS.
    Connect,
    /// The connection broke before an answer.
    Broken,
    /// The answer broke off in its body.
    Cut,
    Timeout,
}

/// The connections of one client.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    http: reqwest::Client,
    timeout: Option<Duration>,
    /// Whether a body that says so is decoded.
    gzip: bool,
}

impl Transport {
    /// Trusts the authorities of `trusted` (PEM) alone, and uses the environment's proxies.
    pub fn new(trusted: &str, timeout: Option<Duration>, mutant: Mutant) -> Result<Self, Failure> {
        let setup = |text: String| Failure::new(ErrorKind::Unexpected, text);
        let tls = tls(trusted, mutant).map_err(|error| setup(error.to_string()))?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_gzip()
            .retry(reqwest::retry::never());
        if mutant.breaks("NET-1") {
            builder = builder.pool_max_idle_per_host(0);
        }
        builder = builder.no_proxy();
        if let Some(proxy) = environment_proxy().filter(|_| !mutant.breaks("NET-3")) {
            builder = builder.proxy(proxy);
        }
        let http = builder.build().map_err(|error| setup(chain(&error)))?;
        Ok(Self { http, timeout, gzip: !mutant.breaks("TOL-6") })
    }

    /// Sends one request and reads the answer to its end.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Answer, Trouble> {
        let exchange = self.exchange(outgoing);
        match self.timeout {
            None => exchange.await,
            Some(limit) => tokio::time::timeout(limit, exchange).await.unwrap_or_else(|_| {
                Err(Trouble {
                    kind: TroubleKind::Timeout,
                    text: format!("no whole answer within {limit:?}"),
                })
            }),
        }
    }

    async fn exchange(&self, outgoing: &Outgoing) -> Result<Answer, Trouble> {
        let request =
            request(outgoing).map_err(|text| Trouble { kind: TroubleKind::Connect, text })?;
        let response = self.http.execute(request).await.map_err(|error| trouble(&error))?;
        let status = response.status().as_u16();
        let headers = received(response.headers());
        let body = response
            .bytes()
            .await
            .map_err(|error| Trouble { kind: TroubleKind::Cut, text: chain(&error) })?;
        Ok(Answer { status, body: self.decoded(&headers, body), headers })
    }

    fn decoded(&self, headers: &Headers, body: Bytes) -> Bytes {
        use std::io::Read as _;
        let coded = headers.get("content-encoding").is_some_and(|c| c.eq_ignore_ascii_case("gzip"));
        if !(coded && self.gzip) {
            return body;
        }
        let mut plain = Vec::new();
        match flate2::read::GzDecoder::new(body.as_ref()).read_to_end(&mut plain) {
            Ok(_) => plain.into(),
            Err(_) => body,
        }
    }
}

fn request(outgoing: &Outgoing) -> Result<reqwest::Request, String> {
    let text = format!("{}{}", outgoing.origin, outgoing.target);
    let url = Url::parse(&text).map_err(|error| format!("{text} is no URL: {error}"))?;
    let method = Method::from_bytes(outgoing.method.as_bytes()).map_err(|e| e.to_string())?;
    let mut request = reqwest::Request::new(method, url);
    let mut headers = HeaderMap::new();
    for (name, value) in &outgoing.headers.0 {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| e.to_string())?;
        headers.append(name, HeaderValue::from_str(value).map_err(|e| e.to_string())?);
    }
    *request.headers_mut() = headers;
    if !outgoing.body.is_empty() {
        *request.body_mut() = Some(outgoing.body.clone().into());
    }
    Ok(request)
}

fn received(map: &HeaderMap) -> Headers {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Headers(map.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
}

fn trouble(error: &reqwest::Error) -> Trouble {
    let kind = if error.is_connect() { TroubleKind::Connect } else { TroubleKind::Broken };
    Trouble { kind, text: chain(error) }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// `HTTPS_PROXY`, with the exceptions of `NO_PROXY`; in lower case too.
fn environment_proxy() -> Option<reqwest::Proxy> {
    let read =
        |name: &str| std::env::var(name).or_else(|_| std::env::var(name.to_lowercase())).ok();
    let proxy = reqwest::Proxy::https(read("HTTPS_PROXY").filter(|text| !text.is_empty())?).ok()?;
    let exceptions = read("NO_PROXY").and_then(|text| reqwest::NoProxy::from_string(&text));
    Some(proxy.no_proxy(exceptions))
}

fn tls(trusted: &str, mutant: Mutant) -> Result<rustls::ClientConfig, Box<dyn Error>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    if mutant.breaks("NET-2") {
        let anyone = Arc::new(Anyone(provider));
        return Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(anyone)
            .with_no_client_auth());
    }
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(trusted.as_bytes()) {
        roots.add(certificate?)?;
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// What NET-2's mutant trusts.
#[derive(Debug)]
struct Anyone(Arc<rustls::crypto::CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
