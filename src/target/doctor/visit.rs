//! The visit itself: from the name to the service.

use std::time::Duration;

use chrono::Utc;

use super::certificate::Certificate;
use super::patient::LINES;
use super::{Finding, Health, credentials};
use crate::acs::Service;
use crate::acs::time::parse_http_date;
use crate::driver::wire::{Answered, Client};
use crate::exit::Exit;
use crate::target::credentials::{Account, Plain};
use crate::target::refusal::Refusal;
use crate::transcript::Received;

/// How long one question may take.
const LIMIT: Duration = Duration::from_secs(9);

/// A clock that is off by more is an illness: signatures are refused for it. How much the service
/// bears is not documented.
const SKEW_ILL: i64 = 300;
const SKEW_REMARK: i64 = 30;

/// An identity of no resource: revoking its tokens is refused as not ours (recorded), which
/// shows that Identity answers and changes nothing.
const NOBODY: &str =
    "8%3Aacs%3A00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";

/// A look at one resource.
#[derive(Debug)]
pub struct Visit<'a> {
    pub account: &'a Account,
    pub client: &'a Client,
    /// The TLS handshake's certificates; `None` where a proxy stands between.
    pub proxied: bool,
    /// More authorities, as PEM, beside the system's.
    pub authorities: Option<&'a str>,
}

impl Visit<'_> {
    /// The ten lines.
    pub async fn pay(&self) -> Vec<Finding> {
        let mut findings = credentials(self.account);
        if let (Some(line), Err(error)) = (findings.last_mut(), self.account.token().await) {
            *line = Finding::ill(LINES[1], Exit::Unreachable, error.to_string());
        }
        findings.push(self.name().await);
        if findings.iter().any(|finding| finding.health == Health::Ill) {
            return with_the_rest_unseen(findings);
        }
        let rooms = self.ask(Plain::new("GET", target("/rooms", Service::Rooms))).await;
        let rooms = match rooms {
            Ok(rooms) => rooms,
            Err(why) => {
                findings.push(Finding::ill(LINES[3], Exit::Unreachable, with_advice(&why)));
                return with_the_rest_unseen(findings);
            }
        };
        findings.push(self.handshake().await);
        findings.push(clock(&rooms));
        findings.push(self.signature(&rooms).await);
        let path = format!("/identities/{NOBODY}/:revokeAccessTokens");
        let identity = self.ask(Plain::new("POST", target(&path, Service::Identity))).await;
        findings.push(identity_line(&identity));
        findings.push(rooms_line(&rooms));
        findings.push(versions(&rooms, identity.as_ref().ok()));
        findings.push(rate([Some(&rooms), identity.as_ref().ok()].into_iter().flatten()));
        findings
    }

    async fn ask(&self, request: Plain) -> Result<Answered, String> {
        let outgoing =
            self.account.prepare(request, Utc::now()).await.map_err(|error| error.to_string())?;
        let answered = self.client.send_once(&outgoing, LIMIT).await;
        match &answered.exchange.broken {
            Some(why) => Err(why.clone()),
            None => Ok(answered),
        }
    }

    async fn name(&self) -> Finding {
        if self.proxied {
            return Finding::remark(LINES[2], "left to the proxy that the environment names");
        }
        let authority = self.account.authority();
        let address = with_port(authority, self.account.endpoint());
        let found = tokio::time::timeout(LIMIT, tokio::net::lookup_host(&address)).await;
        match found {
            Ok(Ok(addresses)) => {
                let list: Vec<String> =
                    addresses.map(|address| address.ip().to_string()).take(4).collect();
                Finding::well(LINES[2], list.join(", "))
            }
            Ok(Err(error)) => Finding::ill(
                LINES[2],
                Exit::Unreachable,
                format!("{authority} has no address: {error}"),
            ),
            Err(_) => Finding::ill(LINES[2], Exit::Unreachable, "no answer within 9 s"),
        }
    }

    async fn handshake(&self) -> Finding {
        if self.account.endpoint().starts_with("http://") {
            return Finding::remark(LINES[3], "none: plain http");
        }
        if self.proxied {
            return Finding::well(LINES[3], "trusted, through the proxy");
        }
        match self.chain().await {
            Ok(text) => Finding::well(LINES[3], text),
            Err(why) => Finding::remark(LINES[3], format!("trusted; not looked at closer: {why}")),
        }
    }

    async fn chain(&self) -> Result<String, String> {
        let config = Client::tls(self.authorities).map_err(|error| error.to_string())?;
        let address = with_port(self.account.authority(), self.account.endpoint());
        let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host);
        let name =
            rustls::pki_types::ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
                .map_err(|error| error.to_string())?;
        let connect = async {
            let socket = tokio::net::TcpStream::connect(&address).await?;
            tokio_rustls::TlsConnector::from(std::sync::Arc::new(config))
                .connect(name, socket)
                .await
        };
        let stream = tokio::time::timeout(LIMIT, connect)
            .await
            .map_err(|_| "no handshake within 9 s".to_owned())?
            .map_err(|error| error.to_string())?;
        let (_, session) = stream.get_ref();
        let chain = session.peer_certificates().unwrap_or_default();
        let version =
            session.protocol_version().and_then(|version| version.as_str().map(str::to_owned));
        let mut text = format!(
            "trusted, {} certificate(s), {}",
            chain.len(),
            version.unwrap_or_default().replace('v', " ").replace('_', ".")
        );
        if let Some(leaf) = chain.first().and_then(|leaf| Certificate::read(leaf)) {
            let issuer = leaf.issuer.unwrap_or_else(|| "somebody unnamed".to_owned());
            text.push_str(&format!(", by {issuer}, until {}", leaf.until.format("%Y-%m-%d")));
        }
        Ok(text)
    }

    /// The primary credentials were used for the rooms; a second key is tried beside it.
    async fn signature(&self, rooms: &Answered) -> Finding {
        if let Some(refusal) = Refusal::of(&rooms.exchange) {
            return Finding::ill(
                LINES[5],
                Exit::Failed,
                refusal.to_string().replace('\n', "\n     "),
            );
        }
        if !accepts(rooms) {
            return Finding::unseen_for(LINES[5], says_nothing(rooms));
        }
        let Some(second) = self.account.secondary() else {
            return Finding::well(LINES[5], "accepted");
        };
        let request = Plain::new("GET", target("/rooms", Service::Rooms));
        let other = self.account.with_primary(second.clone());
        let answered = match other.prepare(request, Utc::now()).await {
            Ok(outgoing) => self.client.send_once(&outgoing, LIMIT).await,
            Err(error) => return Finding::ill(LINES[5], Exit::Failed, error.to_string()),
        };
        match Refusal::of(&answered.exchange) {
            Some(_) => {
                Finding::ill(LINES[5], Exit::Failed, "the first key is accepted, the second is not")
            }
            None if accepts(&answered) => Finding::well(LINES[5], "accepted, with either key"),
            None => {
                let why = says_nothing(&answered);
                Finding::remark(LINES[5], format!("accepted; of the second key, {why}"))
            }
        }
    }
}

/// What a request that found no connection, or no trust, asks its reader to look at.
fn with_advice(why: &str) -> String {
    let advice = if why.contains("certificate") {
        "is it signed by an authority of its own? name that one with --ca-file"
    } else {
        "not reached; does anything listen at this host and port, and does a firewall or proxy \
         stand between?"
    };
    format!("{why} ({advice})")
}

/// Whether an answer shows that the service took the credentials: only one with its own list
/// does. A gateway, a firewall or a throttle answers before anybody looks at a signature.
fn accepts(answered: &Answered) -> bool {
    status_of(answered) == 200 && page(answered).is_some()
}

fn says_nothing(answered: &Answered) -> String {
    let status = status_of(answered);
    let what = match status {
        200..=299 => format!("HTTP {status} without a list of rooms"),
        _ => format!("HTTP {status}"),
    };
    format!("not seen: {what} says nothing about it")
}

/// The rooms of a page.
fn page(answered: &Answered) -> Option<Vec<serde_json::Value>> {
    let body: serde_json::Value = serde_json::from_slice(&received(answered)?.body).ok()?;
    body.get("value")?.as_array().cloned()
}

fn with_the_rest_unseen(mut findings: Vec<Finding>) -> Vec<Finding> {
    let seen = findings.len();
    findings.extend(LINES.into_iter().skip(seen).map(Finding::unseen));
    findings
}

fn target(path: &str, service: Service) -> String {
    format!("{path}?api-version={}", service.default_version())
}

fn with_port(authority: &str, endpoint: &str) -> String {
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    match (has_port, endpoint.starts_with("http://")) {
        (true, _) => authority.to_owned(),
        (false, true) => format!("{authority}:80"),
        (false, false) => format!("{authority}:443"),
    }
}

fn received(answered: &Answered) -> Option<&Received> {
    answered.exchange.received.as_ref()
}

fn clock(rooms: &Answered) -> Finding {
    let date = received(rooms).and_then(|received| received.headers.get("date"));
    let Some(theirs) = date.and_then(parse_http_date) else {
        return Finding::remark(LINES[4], "the service sent no Date to compare with");
    };
    let middle = rooms.exchange.started + rooms.exchange.duration / 2;
    let off = (middle - theirs).num_seconds();
    let text = match off {
        -1..=1 => "the same as the service's, to a second".to_owned(),
        off if off > 0 => format!("{off} s ahead of the service's"),
        off => format!("{} s behind the service's", -off),
    };
    match off.abs() {
        SKEW_ILL.. => Finding::ill(LINES[4], Exit::Failed, format!("{text}: set it")),
        SKEW_REMARK.. => Finding::remark(LINES[4], text),
        _ => Finding::well(LINES[4], text),
    }
}

fn status_of(answered: &Answered) -> u16 {
    received(answered).map_or(0, |received| received.status)
}

fn identity_line(answered: &Result<Answered, String>) -> Finding {
    let answered = match answered {
        Ok(answered) => answered,
        Err(why) => return Finding::ill(LINES[6], Exit::Unreachable, why.clone()),
    };
    let body = received(answered).map(|received| received.body.as_ref()).unwrap_or_default();
    let code = crate::acs::ServiceError::from_json(body).map(|error| error.code);
    match (status_of(answered), code.as_deref()) {
        (401, Some("IdentityNotOwned")) => {
            Finding::well(LINES[6], "answers, and tells its own identities from others'")
        }
        (204, _) | (404, Some(_)) => Finding::well(LINES[6], "answers"),
        (401, _) => Finding::ill(LINES[6], Exit::Failed, "refuses these credentials"),
        (status, code) => Finding::ill(
            LINES[6],
            Exit::Failed,
            format!("answers HTTP {status} {}", code.unwrap_or_default()),
        ),
    }
}

fn rooms_line(answered: &Answered) -> Finding {
    let body = received(answered)
        .and_then(|received| serde_json::from_slice::<serde_json::Value>(&received.body).ok());
    let page = body.as_ref().and_then(|body| body.get("value")?.as_array());
    match (status_of(answered), page) {
        (200, Some(page)) => {
            let more = body.as_ref().is_some_and(|body| body.get("nextLink").is_some());
            let more = if more { ", and more follow" } else { "" };
            Finding::well(LINES[7], format!("{} on the first page{more}", page.len()))
        }
        (401, _) => Finding::ill(LINES[7], Exit::Failed, "refuses these credentials"),
        (status, _) => {
            let advice = match status {
                429 | 503 => "come again later",
                300..=399 => "is this the resource's own address, or one that leads to it?",
                403 => "a firewall of the resource's, or a gateway, may let this machine not in",
                _ => "is this the resource's own address?",
            };
            let text = format!("answers HTTP {status}, and no list ({advice})");
            Finding::ill(LINES[7], Exit::Failed, text)
        }
    }
}

fn versions(rooms: &Answered, identity: Option<&Answered>) -> Finding {
    let mut told = Vec::new();
    let mut lacking = false;
    for (service, answered) in [(Service::Rooms, Some(rooms)), (Service::Identity, identity)] {
        let header = answered
            .and_then(received)
            .and_then(|received| received.headers.get("api-supported-versions"));
        let Some(header) = header else {
            told.push(format!("{service}: not told"));
            continue;
        };
        let theirs: Vec<&str> = header.split(',').map(str::trim).collect();
        let missing: Vec<&str> =
            service.versions().iter().copied().filter(|own| !theirs.contains(own)).collect();
        let newest = service.default_version();
        let newer: Vec<&str> =
            theirs.iter().copied().filter(|version| *version > newest.as_str()).collect();
        let mut text = format!("{service}: {newest}");
        if missing.is_empty() {
            text.push_str(" and all older ones");
        } else {
            lacking = true;
            text.push_str(&format!(", without {}", missing.join(", ")));
        }
        if !newer.is_empty() {
            text.push_str(&format!(", and newer {}", newer.join(", ")));
        }
        told.push(text);
    }
    let text = told.join("; ");
    if lacking { Finding::remark(LINES[8], text) } else { Finding::well(LINES[8], text) }
}

fn rate<'a>(answers: impl Iterator<Item = &'a Answered>) -> Finding {
    let answers: Vec<&Answered> = answers.collect();
    let throttled = answers.iter().find(|answered| matches!(status_of(answered), 429 | 503));
    let times: Vec<u128> =
        answers.iter().map(|answered| answered.exchange.duration.as_millis()).collect();
    let (least, most) =
        (times.iter().min().copied().unwrap_or(0), times.iter().max().copied().unwrap_or(0));
    match throttled {
        Some(answered) => {
            let asked = received(answered).and_then(|received| received.headers.get("retry-after"));
            let asked =
                asked.map_or_else(String::new, |asked| format!(", come again in {asked} s"));
            Finding::remark(LINES[9], format!("throttled: HTTP {}{asked}", status_of(answered)))
        }
        None => {
            Finding::well(LINES[9], format!("not throttled; answers took {least} to {most} ms"))
        }
    }
}
